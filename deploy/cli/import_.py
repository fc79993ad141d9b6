"""`jianwei import`: what a platform sent, judged and put into the queue; a county's official sites; departments' terms. Broken rows are named and kept."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from crawler.platforms.imports import ListingFiles
from crawler.platforms.model import known_platforms
from deploy.cli import output, session
from deploy.cli.import_filings import filings
from deploy.cli.import_institutions import institutions
from deploy.cli.import_sites import sites
from deploy.cli.import_terms import terms
from pipelines.bootstrap import open_case
from pipelines.errors import ExitCode, UsageError
from pipelines.imports.accept import import_listings
from pipelines.imports.model import ImportReport
from pipelines.seller_vault import SellerVault, kept_pseudonym

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
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="CSV, XLSX, JSON, JSON Lines, HAR, MHTML or a saved page; also gzipped."),
    ],
    platform: Annotated[str, typer.Option(help="Platform, where the file does not name it: xianyu, 闲鱼 …")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line per file.")] = False,
) -> None:
    """导入平台导出的商品（信息）表、浏览器记录（HAR）或保存的网页，逐条初判并进入线索队列。"""
    settings = session.current.settings()
    reports = []
    with open_case(settings) as case:
        pseudonym = kept_pseudonym(settings.home)
        reader = ListingFiles(known_platforms(settings.sweep.platform_definitions))
        for path in files:
            report = import_listings(
                path,
                case.intake,
                case.clock,
                pseudonym,
                settings.home / "rejected",
                partial(reader.read, platform=platform),
            )
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


@app.command()
def seller(
    token: Annotated[str, typer.Argument(metavar="PSEUDONYM", help="As a listing shows it: 16 hex digits.")],
    reason: Annotated[str, typer.Option(help="Why it is opened; kept in the audit log.")],
) -> None:
    """打开一个卖家代号：写协查函时用，每次打开都记入审计日志。"""
    settings = session.current.settings()
    if not reason.strip():
        raise UsageError("请用 --reason 写明用途。", "Say why with --reason.")
    with open_case(settings) as case:
        name = SellerVault(settings.home).open(token)
        if not name:
            raise UsageError(f"没有留存代号为 {token} 的卖家。", f"No seller is kept under {token}.")
        case.audit.append(case.clock.now(), "system", "seller.open", token, reason.strip()[:500])
    output.write_record({"seller": token, "stands_for": name})


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
