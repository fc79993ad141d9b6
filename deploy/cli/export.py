"""`jianwei export takedown|delisting`: the papers as files, with a receipt of rows and digests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from deploy.cli import output, session
from pipelines.bootstrap import Case, open_case
from pipelines.errors import StoreUnavailable
from pipelines.every_lead import every_lead
from pipelines.exports.delisting import addressees, export_delisting
from pipelines.exports.model import ExportContext, ExportFile, NothingToExport
from pipelines.exports.takedown import export_takedown
from pipelines.files import replace_file
from pipelines.model import FindingOutcome, Lead, LeadQuery

app = typer.Typer(no_args_is_help=True, help="导出处置清单和平台下架函。")

Folder = Annotated[Path, typer.Option("--out", help="Folder for the files.")]
Search = Annotated[
    str, typer.Option(help="只导出符合这句搜索的线索，写法同页面搜索框。 Only leads this search of the desk finds.")
]


@app.callback()
def exports() -> None:
    """导出处置清单和平台下架函。"""


@app.command()
def takedown(out: Folder = Path(), search: Search = "") -> None:
    """导出已认定假冒网站的处置清单（XLSX）。"""
    with open_case(session.current.settings()) as case:
        leads = _confirmed(case, search)
        _save(case, export_takedown(leads, _context(case), case.roster), "export.takedown", out, search)


@app.command()
def delisting(
    out: Folder = Path(),
    platform: Annotated[str, typer.Option(help="Only the letter to this platform or engine.")] = "",
    search: Search = "",
) -> None:
    """导出平台下架函（DOCX），每个平台一份。"""
    with open_case(session.current.settings()) as case:
        leads = tuple(_confirmed(case, search))
        names = [platform] if platform else list(addressees(leads))
        if not names:
            raise NothingToExport("平台下架函", "delisting letters")
        for name in names:
            _save(case, export_delisting(leads, _context(case), name), "export.delisting", out, search)


def _confirmed(case: Case, search: str) -> Iterator[Lead]:
    counterfeit = ("outcome", (FindingOutcome.COUNTERFEIT.value,))
    return every_lead(case.leads, LeadQuery(text=search, filters=(counterfeit,)))


def _context(case: Case) -> ExportContext:
    return ExportContext(organisation=case.settings.organisation, exported_by="命令行", at=case.clock.now())


def _save(case: Case, file: ExportFile, act: str, out: Path, search: str) -> None:
    path = out / file.name
    try:
        out.mkdir(parents=True, exist_ok=True)
        replace_file(path, file.content, is_synced=False)
    except OSError as error:
        raise StoreUnavailable(
            str(path), f"文件无法写入（{error.strerror}）", f"the file cannot be written ({error.strerror})"
        ) from error
    detail = f"{file.row_count} leads, sha256 {file.sha256}" + (f", search {search}" if search else "")
    case.audit.append(case.clock.now(), "system", act, file.name, detail)
    output.write_record({"file": str(path), "rows": file.row_count, "sha256": file.sha256})
