"""`jianwei import institutions FILE`: a county's roster of lawful training and examination institutions."""

from pathlib import Path

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
from pipelines.imports.institutions import TEMPLATE, InstitutionsReport, import_institutions
from pipelines.settings import Settings

__all__ = ["institutions"]


def institutions(
    files: Files = None,
    template: Template = False,
    dry_run: DryRun = False,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """导入合法培训、考试机构名录：网站或联系方式与名录相符的，判断时作为不利于“售假”的依据。 Lawful schools and examiners."""
    if template:
        write_template(TEMPLATE)
        return
    settings = session.current.settings()
    who = who_imports(by)
    reports = [_imported(path, settings, who, is_dry_run=dry_run) for path in named(files)]
    for report in reports:
        _tell(report, as_json=as_json, is_dry_run=dry_run)
    if any(report.rejections for report in reports):
        raise typer.Exit(ExitCode.NEEDS_PERSON)


def _imported(path: Path, settings: Settings, by: str, *, is_dry_run: bool) -> InstitutionsReport:
    if is_dry_run:
        return import_institutions(path, settings.home, at=SystemClock().now(), by=by, is_dry_run=True)
    with open_case(settings) as case:
        report = import_institutions(path, settings.home, at=case.clock.now(), by=by)
        detail = (
            f"{report.added} added, {report.corrected} corrected, {report.withdrawn} withdrawn, "
            f"{report.unchanged} unchanged, {len(report.rejections)} rejected; sha256 {report.sha256 or 'unchanged'}"
        )
        case.audit.append(case.clock.now(), by, "import.institutions", path.name, detail)
    return report


def _tell(report: InstitutionsReport, *, as_json: bool, is_dry_run: bool) -> None:
    if not output.is_for_people(as_json=as_json):
        output.write_record(
            {
                "file": str(report.path),
                "added": report.added,
                "corrected": report.corrected,
                "withdrawn": report.withdrawn,
                "unchanged": report.unchanged,
                "rejected": len(report.rejections),
                "rejections": [{"line": one.line, "reason": one.reason} for one in report.rejections],
                "rejects_file": str(report.rejects_path) if report.rejects_path else None,
                "roster_file": str(report.roster_path),
                "dry_run": is_dry_run,
            }
        )
    say = session.current.say
    output.note(
        say(
            f"{report.path}：新增 {report.added} 家，更正 {report.corrected} 家，停用 {report.withdrawn} 家，未变 {report.unchanged} 家，退回 {len(report.rejections)} 行。",
            f"{report.path}: {report.added} added, {report.corrected} corrected, {report.withdrawn} withdrawn, {report.unchanged} unchanged, {len(report.rejections)} rejected.",
        )
    )
    tell_of_rows(report.path, [(one.line, one.reason) for one in report.rejections], ())
    tell_of_files(report.rejects_path, is_dry_run=is_dry_run)
