"""`jianwei engines`: read a saved result page; check that every definition still reads its recorded pages; who asked to be left alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from crawler.engines import Provider, engines
from crawler.engines.model import EngineFailure, Row
from crawler.engines.records import check_recorded, record_of
from crawler.pauses import pauses_of
from crawler.platforms.archive import saved_pages
from crawler.platforms.model import known_platforms, load_platforms
from crawler.platforms.records import check_recorded_files
from deploy.cli import output, session
from detectors.pages.read import decode_html
from pipelines.clock import SystemClock
from pipelines.errors import ExitCode, InputUnreadable, UsageError
from pipelines.settings import Settings
from pipelines.shared_work import shared_work

__all__ = ["app"]

app = typer.Typer(
    help="搜索引擎和平台定义：解析已保存的结果页、检查规则是否仍然有效、查看和解除暂停。", no_args_is_help=True
)

_MAX_FILE = 60_000_000
"""A page saved with its pictures; what follows is cut."""
_ENGINE = Annotated[str, typer.Argument(help="baidu, bing, so360, sogou, weixin, quark, toutiao or searxng.")]


def _engines() -> dict[str, Provider]:
    sweep = session.current.settings().sweep
    return engines(sweep.engine_definitions, sweep.searxng_url)


@app.command()
def parse(
    engine: _ENGINE,
    file: Annotated[Path, typer.Argument(help="A saved result page: HTML, JSON, MHTML or a HAR record.")],
) -> None:
    """读出一个已保存结果页中的自然结果和广告。"""
    known = _engines()
    provider = known.get(engine)
    if provider is None:
        have = ", ".join(known)
        raise UsageError(
            f"没有名为 {engine} 的搜索引擎，可用：{have}。", f"There is no engine {engine!r}; there are {have}."
        )
    try:
        with file.open("rb") as stream:
            content = stream.read(_MAX_FILE)
    except OSError as error:
        raise InputUnreadable(str(file), f"打不开（{error.strerror}）", f"cannot open it ({error.strerror})") from None
    for row in _rows_of(provider, file, content):
        output.write_record(record_of(row))


def _rows_of(provider: Provider, file: Path, content: bytes) -> tuple[Row, ...]:
    """Return the rows of every result page in the file. Raises `InputUnreadable` with what the first page is where none can be read."""
    rows: list[Row] = []
    failures: list[EngineFailure] = []
    for page in saved_pages(content, file.suffix.lower()):
        try:
            rows += provider.parse(decode_html(page.body, page.media_type), provider.request("x", 1).url).rows
        except EngineFailure as other:
            failures.append(other)
    if rows:
        return tuple(rows)
    if not failures:
        raise InputUnreadable(str(file), "文件中没有网页", "there is no page in it")
    failure = failures[0]
    said = f"：{failure.detail}" if failure.detail else ""
    raise InputUnreadable(
        str(file),
        f"不是可用的{provider.title}结果页（{failure.zh}{said}）",
        f"the {provider.name} page {failure.en}" + (f" ({failure.detail})" if failure.detail else ""),
    )


@app.command()
def check(as_json: Annotated[bool, typer.Option("--json", help="One JSON line per page.")] = False) -> None:
    """检查每个搜索引擎定义能否读出留存的结果页，平台定义是否完整，哪些引擎在暂停。"""
    records = list(_checked(session.current.settings()))
    if output.is_for_people(as_json=as_json):
        table = Table("", "page", "rows", "problem")
        for record in records:
            table.add_row(*(str(record.get(name) or "-") for name in ("name", "page", "rows", "problem")))
        Console().print(table)
    else:
        for record in records:
            kind = record.pop("kind")
            output.write_record({kind: record.pop("name"), **record})
    if any(record["problem"] for record in records):
        raise typer.Exit(ExitCode.NEEDS_PERSON)


def _checked(settings: Settings) -> Iterator[dict[str, Any]]:
    """Yield what became of each recorded page and file, the platforms to sweep, and who is left alone until when."""
    sweep = settings.sweep
    for page in check_recorded(_engines()):
        yield {"kind": "engine", "name": page.engine, "page": page.page, "rows": page.rows, "problem": page.problem}
    for file in check_recorded_files(known_platforms(sweep.platform_definitions)):
        yield {
            "kind": "platform", "name": file.platform, "page": file.file, "rows": file.listings, "problem": file.problem,
        }  # fmt: skip
    for platform in load_platforms(sweep.platforms, sweep.platform_definitions):
        yield {"kind": "platform", "name": platform.name, "page": platform.search_url, "problem": ""}
    for pause in pauses_of(settings, shared_work(settings)).all(SystemClock().now()):
        sentence = session.current.say(
            f"{pause.said}，暂停到 {pause.until:%Y-%m-%d %H:%M} UTC",
            f"{pause.kind}, paused until {pause.until:%Y-%m-%d %H:%M} UTC",
        )
        yield {"kind": "engine", "name": pause.name, "page": "", "rows": 0, "problem": sentence, "detail": pause.detail}


@app.command()
def resume(
    engine: Annotated[str, typer.Argument(help="As `engines check` names it: `sogou`, `weixin/links`.")],
) -> None:
    """提前解除暂停：人工处理完验证码或改好规则之后。"""
    settings = session.current.settings()
    known = _engines()
    if engine.partition("/")[0] not in known:
        raise UsageError(
            f"没有名为 {engine} 的搜索引擎，可用：{', '.join(known)}。",
            f"There is no engine {engine!r}; there are {', '.join(known)}.",
        )
    was_paused = pauses_of(settings, shared_work(settings)).end(engine)
    typer.echo(
        session.current.say(
            f"{engine} 已恢复，下次巡查会再查询它。", f"{engine} will be asked again by the next sweep."
        )
        if was_paused
        else session.current.say(f"{engine} 没有在暂停。", f"{engine} was not paused.")
    )
