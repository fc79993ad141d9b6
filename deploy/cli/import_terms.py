"""`jianwei import terms FILE`: departments' lists of terms are added, corrected and withdrawn, each with the list it came from."""

from datetime import date
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
from pipelines.errors import ExitCode, UsageError
from pipelines.imports.term_rows import ListDefaults
from pipelines.imports.term_words import TEMPLATE
from pipelines.imports.terms import TermOutcome, TermsReport, import_terms
from pipelines.settings import Settings

__all__ = ["terms"]


def terms(  # noqa: PLR0913, PLR0917 - one parameter for each option
    files: Files = None,
    template: Template = False,
    dry_run: DryRun = False,
    department: Annotated[
        str, typer.Option(help="表中没有“提供部门”时用它。 Whose list it is, where the rows do not say.")
    ] = "",
    notice: Annotated[str, typer.Option(help="表中没有“文号”时用它。 Number of the notice, likewise.")] = "",
    listed_on: Annotated[
        str, typer.Option("--date", metavar="YYYY-MM-DD", help="表中没有“提供日期”时用它。 Date of the list, likewise.")
    ] = "",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """导入各部门提供的关键词；来源、文号、日期逐条保留，重复的合并，矛盾的列出。 Import departments' lists of terms."""
    if template:
        write_template(TEMPLATE)
        return
    defaults = ListDefaults(department=department.strip(), notice=notice.strip(), listed_on=_day(listed_on))
    settings = session.current.settings()
    who = who_imports(by)
    reports = []
    for path in named(files):
        report = _imported(path, settings, who, defaults, is_dry_run=dry_run)
        reports.append(report)
        _tell(report, as_json=as_json, is_dry_run=dry_run)
    if any(report.rejections or any(change.conflicts for change in report.changes) for report in reports):
        raise typer.Exit(ExitCode.NEEDS_PERSON)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(
            f"--date “{text}” 不是日期，请写成 2026-06-01。", f"--date {text!r} is no date; write 2026-06-01."
        ) from None


def _imported(path: Path, settings: Settings, by: str, defaults: ListDefaults, *, is_dry_run: bool) -> TermsReport:
    if is_dry_run:
        return import_terms(path, settings.home, at=SystemClock().now(), by=by, defaults=defaults, is_dry_run=True)
    with open_case(settings) as case:
        report = import_terms(path, settings.home, at=case.clock.now(), by=by, defaults=defaults)
        counts = ", ".join(f"{report.outcomes.get(outcome, 0)} {outcome.value}" for outcome in TermOutcome)
        detail = f"{counts}, {len(report.rejections)} rejected; terms sha256 {report.sha256 or 'unchanged'}"
        words = " ".join(c.row.term.text for c in report.changes if c.outcome is not TermOutcome.UNCHANGED)
        case.audit.append(case.clock.now(), by, "import.terms", path.name, f"{detail}; {words}"[:2000])
    return report


def _tell(report: TermsReport, *, as_json: bool, is_dry_run: bool) -> None:
    if not output.is_for_people(as_json=as_json):
        output.write_record(_record(report, is_dry_run=is_dry_run))
    say, counts = session.current.say, report.outcomes
    added, joined, corrected, withdrawn, same = (counts.get(outcome, 0) for outcome in TermOutcome)
    output.note(
        say(
            f"{report.path}：新增 {added} 个词，并入已有词 {joined} 个，更正 {corrected} 个，停用 {withdrawn} 个，未变 {same} 个，退回 {len(report.rejections)} 行。",
            f"{report.path}: {added} terms added, {joined} joined to known ones, {corrected} corrected, {withdrawn} withdrawn, {same} unchanged, {len(report.rejections)} rows rejected.",
        )
    )
    tell_of_rows(
        report.path,
        [(one.line, one.reason) for one in report.rejections],
        [(change.line, sentence) for change in report.changes for sentence in change.conflicts],
    )
    if report.undated_count:
        output.note(
            say(
                f"有 {report.undated_count} 个词没有日期，与其他部门不一致时排在后面；可用 --date 指定。",
                f"{report.undated_count} terms have no date and give way to dated lists; name it with --date.",
            )
        )
    tell_of_files(report.rejects_path, is_dry_run=is_dry_run)
    if report.sha256:
        output.note(
            say(
                f"各部门词库：{report.terms_path}。下一次巡查先查新词；正在运行的服务重新启动后使用新词。",
                f"Departments' terms: {report.terms_path}. The next sweep asks for new ones first; running services use them once restarted.",
            )
        )


def _record(report: TermsReport, *, is_dry_run: bool) -> dict[str, object]:
    return {
        "file": str(report.path),
        **{outcome.value: report.outcomes.get(outcome, 0) for outcome in TermOutcome},
        "rejected": len(report.rejections),
        "undated": report.undated_count,
        "rejections": [{"line": one.line, "reason": one.reason} for one in report.rejections],
        "conflicts": [
            {
                "line": change.line,
                "term": change.row.term.text,
                "department": change.row.origin.department,
                "reason": sentence,
            }
            for change in report.changes
            for sentence in change.conflicts
        ],
        "rejects_file": str(report.rejects_path) if report.rejects_path else None,
        "terms_file": str(report.terms_path),
        "dry_run": is_dry_run,
    }
