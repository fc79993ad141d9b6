"""`jianwei import institutions FILE`: a county's roster of lawful training and examination institutions."""

import csv
import getpass
import io
import sys
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli import output, session
from pipelines.bootstrap import open_case
from pipelines.clock import SystemClock
from pipelines.errors import ExitCode, UsageError
from pipelines.imports.institutions import TEMPLATE, InstitutionsReport, import_institutions
from pipelines.settings import Settings

__all__ = ["institutions"]

_SHOWN = 100


def institutions(
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE…", help="CSV, XLSX, JSON or JSON Lines.")] = None,
    template: Annotated[
        bool, typer.Option("--template", help="输出空表头和一行示例。 Print a header and an example row.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入。 Check only, write nothing.")] = False,
    by: Annotated[
        str, typer.Option("--by", help="导入人；默认为登录用户名。 Who imports; default: the login name.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line per file.")] = False,
) -> None:
    """导入合法培训、考试机构名录：网站或联系方式与名录相符的，判断时作为不利于“售假”的依据。 Lawful schools and examiners."""
    if template:
        stream = io.StringIO(newline="")
        csv.writer(stream).writerows(TEMPLATE)
        # Office programs take a CSV file without this mark for the national encoding.
        sys.stdout.buffer.write((b"" if sys.stdout.isatty() else b"\xef\xbb\xbf") + stream.getvalue().encode())
        return
    if not files:
        raise UsageError(
            "请给出要导入的文件，或用 --template 取得空表。",
            "Name a file to import, or get an empty table with --template.",
        )
    settings = session.current.settings()
    who = by.strip() or _login_name()
    reports = [_imported(path, settings, who, is_dry_run=dry_run) for path in files]
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


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


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
    for one in report.rejections[:_SHOWN]:
        output.note(f"  {report.path.name}:{one.line}  退回：{one.reason}")
    if is_dry_run:
        output.note(say("仅检查，没有写入。", "Only checked; nothing was written."))
