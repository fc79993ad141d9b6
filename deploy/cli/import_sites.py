"""`jianwei import sites FILE`: a county adds, corrects and withdraws rows of the roster of official sites."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.cli import output, session
from deploy.cli.import_table import (
    AsJson,
    By,
    DryRun,
    Files,
    Template,
    named,
    tell_of_files,
    tell_of_rows,
    who_imports,
    write_template,
)
from pipelines.bootstrap import open_case
from pipelines.clock import SystemClock
from pipelines.errors import ExitCode
from pipelines.imports.site_rows import TEMPLATE
from pipelines.imports.sites import SiteOutcome, SitesReport, import_sites
from pipelines.settings import Settings

__all__ = ["sites"]


def sites(
    files: Files = None,
    template: Template = False,
    dry_run: DryRun = False,
    accept_lookalike: Annotated[
        bool,
        typer.Option("--accept-lookalike", help="核对后仍要列入像仿冒的域名。 Take hosts that look like counterfeits."),
    ] = False,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """补充、更正、停用官方网站名录中的行；本单位导入的行优先于随软件提供的行。 Add, correct, withdraw official sites."""
    if template:
        write_template(TEMPLATE)
        return
    settings = session.current.settings()
    who = who_imports(by)
    reports = []
    for path in named(files):
        report = _imported(path, settings, who, accepts_lookalikes=accept_lookalike, is_dry_run=dry_run)
        reports.append(report)
        _tell(report, as_json=as_json, is_dry_run=dry_run)
    if any(report.rejections or any(change.conflicts for change in report.changes) for report in reports):
        raise typer.Exit(ExitCode.NEEDS_PERSON)


def _imported(path: Path, settings: Settings, by: str, *, accepts_lookalikes: bool, is_dry_run: bool) -> SitesReport:
    if is_dry_run:
        now = SystemClock().now()
        return import_sites(path, settings.home, at=now, by=by, accepts_lookalikes=accepts_lookalikes, is_dry_run=True)
    with open_case(settings) as case:
        report = import_sites(path, settings.home, at=case.clock.now(), by=by, accepts_lookalikes=accepts_lookalikes)
        counts = ", ".join(f"{report.outcomes.get(outcome, 0)} {outcome.value}" for outcome in SiteOutcome)
        detail = f"{counts}, {len(report.rejections)} rejected; roster sha256 {report.sha256 or 'unchanged'}"
        hosts = " ".join(c.row.site.host for c in report.changes if c.outcome is not SiteOutcome.UNCHANGED)
        case.audit.append(case.clock.now(), by, "import.sites", path.name, f"{detail}; {hosts}"[:2000])
    return report


def _tell(report: SitesReport, *, as_json: bool, is_dry_run: bool) -> None:
    if not output.is_for_people(as_json=as_json):
        output.write_record(_record(report, is_dry_run=is_dry_run))
    say, counts = session.current.say, report.outcomes
    added, corrected, withdrawn, same = (counts.get(outcome, 0) for outcome in SiteOutcome)
    output.note(
        say(
            f"{report.path}：新增 {added} 行，更正 {corrected} 行，停用 {withdrawn} 行，未变 {same} 行，退回 {len(report.rejections)} 行。",
            f"{report.path}: {added} rows added, {corrected} corrected, {withdrawn} withdrawn, {same} unchanged, {len(report.rejections)} rejected.",
        )
    )
    tell_of_rows(
        report.path,
        [(one.line, one.reason) for one in report.rejections],
        [(change.line, sentence) for change in report.changes for sentence in change.conflicts],
    )
    tell_of_files(report.rejects_path, is_dry_run=is_dry_run)
    if report.sha256:
        output.note(
            say(
                f"本单位名录：{report.roster_path}。正在运行的服务重新启动后使用新名录。",
                f"Own roster: {report.roster_path}. Services that are running use it once they are started again.",
            )
        )


def _record(report: SitesReport, *, is_dry_run: bool) -> dict[str, object]:
    return {
        "file": str(report.path),
        **{outcome.value: report.outcomes.get(outcome, 0) for outcome in SiteOutcome},
        "rejected": len(report.rejections),
        "rejections": [{"line": one.line, "reason": one.reason} for one in report.rejections],
        "conflicts": [
            {"line": change.line, "host": change.row.site.host, "reason": sentence}
            for change in report.changes
            for sentence in change.conflicts
        ],
        "rejects_file": str(report.rejects_path) if report.rejects_path else None,
        "roster_file": str(report.roster_path),
        "dry_run": is_dry_run,
    }
