"""`jianwei import filings FILE…`: the regulator's export becomes the filing registry; `--answers`: what people looked up by hand."""

import contextlib
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from deploy.cli import output, session
from deploy.cli.import_table import By, who_imports
from pipelines.bootstrap import Case, open_case
from pipelines.errors import ExitCode, Interrupted, UsageError
from pipelines.every_lead import every_lead
from pipelines.filings.queue import OPEN
from pipelines.filings.refresh import Refreshed, refresh_leads
from pipelines.imports.filings import FilingsReport, import_filings
from pipelines.imports.filings_answers import AnswersReport, import_answers
from pipelines.model import LeadQuery

__all__ = ["filings", "take_answers"]

_SHOWN = 100


def filings(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="CSV or XLSX; several files make one registry.")],
    date: Annotated[
        datetime | None,
        typer.Option(
            "--date", formats=["%Y-%m-%d"], help="数据截止日期；默认取文件名、标题中的日期。 As of when the data are."
        ),
    ] = None,
    answers: Annotated[
        bool, typer.Option("--answers", help="文件是填好的人工查询表。 The file is the filled-in look-up sheet.")
    ] = False,
    by: By = "",
    as_json: Annotated[bool, typer.Option("--json", help="JSON on stdout.")] = False,
) -> None:
    """导入通管部门的备案库（整库替换），或人工查询的结果。 Import the filing registry, or answers of manual look-ups."""
    who = who_imports(by)
    if answers:
        take_answers(files, who, as_json=as_json)
        return
    with open_case(session.current.settings()) as case:
        try:
            with _shown() as progress:
                report = import_filings(
                    files,
                    case.filings,
                    at=case.clock.now(),
                    by=who,
                    rejects_folder=case.settings.home / "rejected",
                    registry_on=date.date() if date else None,
                    progress=progress,
                )
        except KeyboardInterrupt:
            raise Interrupted(f"jianwei import filings {' '.join(str(path) for path in files)}") from None
        edition = report.edition
        refreshed = Refreshed(looked_at=0, changed=0)
        if not report.is_unchanged:
            detail = f"{edition.records} records as of {edition.registry_on}, {report.rejected} rejected, sha256 {edition.sha256}"
            case.audit.append(case.clock.now(), who, "import.filings", edition.source[:200], detail)
            refreshed = _refresh(case)
        _tell(report, refreshed, as_json=as_json)
    if report.rejected:
        raise typer.Exit(ExitCode.NEEDS_PERSON)


def take_answers(files: list[Path], by: str, *, as_json: bool) -> None:
    """Take filled-in look-up sheets back and bring the leads of their domains up to date."""
    has_rejections = False
    with open_case(session.current.settings()) as case:
        for path in files:
            report = import_answers(
                path, case.filings, at=case.clock.now(), rejects_folder=case.settings.home / "rejected"
            )
            detail = f"{report.answered} answered, {report.changed} changed, {len(report.rejections)} rejected"
            case.audit.append(case.clock.now(), by, "import.filing_answers", path.name, detail)
            refreshed = _refresh(case, report.domains)
            _tell_answers(report, refreshed, as_json=as_json)
            has_rejections = has_rejections or bool(report.rejections)
    if has_rejections:
        raise typer.Exit(ExitCode.NEEDS_PERSON)


def _refresh(case: Case, domains: frozenset[str] | None = None) -> Refreshed:
    leads = every_lead(case.leads, LeadQuery(filters=(("status", tuple(one.value for one in OPEN)),)))
    return refresh_leads(case.leads, leads, case.filings, case.roster, case.clock, domains)


class _Bars:
    """One bar a stage; bytes where they are known."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._task = bars.add_task("", total=None)

    def stage(self, title: str, total: int) -> None:
        self._bars.update(self._task, description=title, completed=0, total=total or None)

    def at(self, position: int) -> None:
        self._bars.update(self._task, completed=position)


class _Quiet:
    """For logs: nothing but the result."""

    def stage(self, title: str, total: int) -> None:
        del title, total

    def at(self, position: int) -> None:
        del position


@contextlib.contextmanager
def _shown() -> Iterator[_Bars | _Quiet]:
    if not sys.stderr.isatty():
        yield _Quiet()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        yield _Bars(bars)


def _tell(report: FilingsReport, refreshed: Refreshed, *, as_json: bool) -> None:
    edition, say = report.edition, session.current.say
    if not output.is_for_people(as_json=as_json):
        output.write_record(
            {
                "source": edition.source,
                "registry_on": edition.registry_on,
                "registry_on_from": report.date_source,
                "rows": report.rows,
                "records": edition.records,
                "domains": edition.domains,
                "provinces": edition.provinces,
                "duplicates": report.duplicates,
                "rejected": report.rejected,
                "rejections": [
                    {"file": one.source, "line": one.rejection.line, "reason": one.rejection.reason}
                    for one in report.rejections
                ],
                "rejects_file": str(report.rejects_path) if report.rejects_path else None,
                "resumed_at_row": report.resumed_at,
                "unchanged": report.is_unchanged,
                "leads_updated": refreshed.changed,
            }
        )
    if report.is_unchanged:
        output.note(
            say(
                f"备案库已是这些文件的内容（{edition.registry_on}，{edition.records} 条），没有改动。",
                f"The registry is of these files already ({edition.registry_on}, {edition.records} records); nothing was done.",
            )
        )
        return
    if report.resumed_at:
        output.note(
            say(f"接着上次的进度，从第 {report.resumed_at + 1} 行继续。", f"Went on behind row {report.resumed_at}.")
        )
    output.note(
        say(
            f"备案库已启用：{edition.records} 条，{edition.domains} 个域名，数据日期 {edition.registry_on}（取自{report.date_source}）；"
            f"读取 {report.rows} 行，重复 {report.duplicates} 条，退回 {report.rejected} 行；更新线索 {refreshed.changed} 条。",
            f"The registry is in use: {edition.records} records, {edition.domains} domains, as of {edition.registry_on}; "
            f"{report.rows} rows read, {report.duplicates} duplicates, {report.rejected} rejected; {refreshed.changed} leads updated.",
        )
    )
    for one in report.rejections[:_SHOWN]:
        output.note(f"  {one.source}:{one.rejection.line}  {one.rejection.reason}")
    _tell_rejects(report.rejects_path)


def _tell_rejects(path: Path | None) -> None:
    if path:
        output.note(
            session.current.say(
                f"退回的行和原因保存在 {path}；请在原文件中改正后再次导入。",
                f"The rejected rows are kept in {path}; correct them in your file and import it again.",
            )
        )


def _tell_answers(report: AnswersReport, refreshed: Refreshed, *, as_json: bool) -> None:
    if not output.is_for_people(as_json=as_json):
        output.write_record(
            {
                "file": str(report.path),
                "answered": report.answered,
                "changed": report.changed,
                "not_filled_in": report.empty,
                "rejected": len(report.rejections),
                "rejections": [{"line": one.line, "reason": one.reason} for one in report.rejections],
                "rejects_file": str(report.rejects_path) if report.rejects_path else None,
                "leads_updated": refreshed.changed,
            }
        )
    output.note(
        session.current.say(
            f"{report.path}：收回 {report.answered} 个域名的查询结果（{report.changed} 个有变化），{report.empty} 行未填，"
            f"退回 {len(report.rejections)} 行；更新线索 {refreshed.changed} 条。",
            f"{report.path}: {report.answered} domains answered ({report.changed} changed), {report.empty} rows not filled in, "
            f"{len(report.rejections)} rejected; {refreshed.changed} leads updated.",
        )
    )
    for one in report.rejections[:_SHOWN]:
        output.note(f"  {report.path.name}:{one.line}  {one.reason}")
    _tell_rejects(report.rejects_path)


def checked_suffix(path: Path) -> str:
    """Return `.csv` or `.xlsx`. Raises `UsageError` for another ending."""
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".xlsx"):
        raise UsageError(f"{path.name}：文件名应以 .csv 或 .xlsx 结尾。", f"{path.name}: name a .csv or .xlsx file.")
    return suffix
