"""`jianwei import`: what a platform sent, judged and put into the queue; a county's official sites; departments' terms. Broken rows are named and kept."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.cli import output, session
from deploy.cli.import_filings import filings
from deploy.cli.import_institutions import institutions
from deploy.cli.import_sites import sites
from deploy.cli.import_terms import terms
from pipelines.bootstrap import open_case
from pipelines.errors import ExitCode
from pipelines.imports.accept import import_listings
from pipelines.imports.model import ImportReport
from pipelines.secrets import seller_pseudonym

app = typer.Typer(no_args_is_help=True, help="导入平台商品、官方网站名录、各部门关键词、备案库等外部文件。")
app.command("sites")(sites)
app.command("terms")(terms)
app.command("filings")(filings)
app.command("institutions")(institutions)

_SHOWN_REJECTIONS = 100


@app.callback()
def imports() -> None:
    """导入平台商品、官方网站名录、各部门关键词、备案库等外部文件。"""


@app.command()
def listings(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="CSV, XLSX, JSON or JSON Lines.")],
    platform: Annotated[str, typer.Option(help="Platform, where the file does not name it.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line per file.")] = False,
) -> None:
    """导入平台导出的商品（信息）表，逐条初判并进入线索队列。"""
    settings = session.current.settings()
    reports = []
    with open_case(settings) as case:
        pseudonym = seller_pseudonym(settings.home)
        for path in files:
            report = import_listings(path, case.intake, case.clock, pseudonym, settings.home / "rejected", platform)
            case.audit.append(
                case.clock.now(),
                "system",
                "import.listings",
                path.name,
                f"{report.accepted} accepted, {len(report.rejections)} rejected",
            )
            reports.append(report)
            _tell(report, as_json=as_json)
    if any(report.rejections for report in reports):
        raise typer.Exit(ExitCode.NEEDS_PERSON)


def _tell(report: ImportReport, *, as_json: bool) -> None:
    rejections = [{"line": one.line, "reason": one.reason} for one in report.rejections]
    if not output.is_for_people(as_json=as_json):
        output.write_record(
            {
                "file": str(report.path),
                "accepted": report.accepted,
                "rejected": len(rejections),
                "outcomes": report.outcomes,
                "rejections": rejections,
                "rejects_file": str(report.rejects_path) if report.rejects_path else None,
            }
        )
    say = session.current.say
    output.note(
        say(
            f"{report.path}：导入 {report.accepted} 行，退回 {len(rejections)} 行。",
            f"{report.path}: {report.accepted} rows imported, {len(rejections)} rejected.",
        )
    )
    for one in report.rejections[:_SHOWN_REJECTIONS]:
        output.note(f"  {report.path.name}:{one.line}  {one.reason}")
    if report.rejects_path:
        output.note(
            say(
                f"退回的行保存在 {report.rejects_path}，改正后可再次导入。",
                f"The rejected rows are kept in {report.rejects_path}; correct them and import that file again.",
            )
        )
