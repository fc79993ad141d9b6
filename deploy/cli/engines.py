"""`jianwei engines`: read a saved result page; check that every definition still reads its recorded page."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from crawler.engines import ENGINES
from crawler.engines.model import EngineFailure
from crawler.engines.records import check_recorded, record_of
from crawler.platforms.model import load_platforms
from deploy.cli import output, session
from detectors.pages.read import decode_html
from pipelines.errors import ExitCode, InputUnreadable, UsageError

__all__ = ["app"]

app = typer.Typer(help="搜索引擎和平台定义：解析已保存的结果页、检查规则是否仍然有效。", no_args_is_help=True)

_MAX_PAGE = 20_000_000


@app.command()
def parse(
    engine: Annotated[str, typer.Argument(help="baidu, so360 or bing.")],
    file: Annotated[Path, typer.Argument(help="A saved result page.")],
) -> None:
    """读出一个已保存结果页中的自然结果和广告。"""
    provider = next((one for one in ENGINES if one.name == engine), None)
    if provider is None:
        have = ", ".join(one.name for one in ENGINES)
        raise UsageError(
            f"没有名为 {engine} 的搜索引擎，可用：{have}。", f"There is no engine {engine!r}; there are {have}."
        )
    try:
        with file.open("rb") as stream:
            content = stream.read(_MAX_PAGE)
    except OSError as error:
        raise InputUnreadable(str(file), f"打不开（{error.strerror}）", f"cannot open it ({error.strerror})") from None
    try:
        page = provider.parse(decode_html(content, "text/html"), provider.request("x", 1).url)
    except EngineFailure as failure:
        raise InputUnreadable(
            str(file), f"不是可用的{provider.title}结果页（{failure.zh}）", f"the {provider.name} page {failure.en}"
        ) from None
    for row in page.rows:
        output.write_record(record_of(row))


@app.command()
def check(as_json: Annotated[bool, typer.Option("--json", help="One JSON line per page.")] = False) -> None:
    """检查每个搜索引擎定义能否读出留存的结果页，平台定义是否完整。"""
    settings = session.current.settings().sweep
    checks = tuple(check_recorded())
    platforms = load_platforms(settings.platforms, settings.platform_definitions)
    if output.is_for_people(as_json=as_json):
        table = Table("engine", "page", "rows", "problem")
        for one in checks:
            table.add_row(one.engine, one.page, str(one.rows), one.problem or "-")
        for platform in platforms:
            table.add_row(platform.name, platform.search_url, "-", "-")
        Console().print(table)
    else:
        for one in checks:
            output.write_record({"engine": one.engine, "page": one.page, "rows": one.rows, "problem": one.problem})
        for platform in platforms:
            output.write_record({"platform": platform.name, "page": platform.search_url, "problem": ""})
    if any(one.problem for one in checks):
        raise typer.Exit(ExitCode.NEEDS_PERSON)
