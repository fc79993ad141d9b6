"""`jianwei keywords plan` and `jianwei keywords yield`: what each engine is asked next, and what asking has brought."""

from collections.abc import Iterator
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from deploy.cli import output, session
from keywords.loader import load_regions
from keywords.plan import near_regions, plan_queries
from pipelines.bootstrap import open_case, open_queries
from pipelines.clock import SystemClock, day_of
from pipelines.every_lead import every_lead
from pipelines.labels import source_label
from pipelines.query_coverage import (
    EngineCoverage,
    WordCoverage,
    asked_at,
    asked_sources,
    engine_coverage,
    planned_words,
    word_coverage,
)
from pipelines.query_ledger import QueryRecord
from pipelines.query_yield import QueryYield, yields_of
from pipelines.settings import Settings
from pipelines.terms import term_lexicon

__all__ = ["plan", "query_yield"]

_HOME_LEVELS = ("county", "city")
_HOME_CODES = ("3207", "32")
"""Lianyungang's counties and Jiangsu's cities: asked for where the configuration names no region that is known."""


class By(StrEnum):
    """What a yield is summed by."""

    QUERY = "query"
    TERM = "term"
    ENGINE = "engine"


def plan(
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="查询词个数。")] = 30,
    region: Annotated[list[str] | None, typer.Option(help="加上这个地名，可多次给出。")] = None,
    engine: Annotated[str, typer.Option(help="哪个搜索引擎（默认配置中的第一个）；平台写作 platform:名称。")] = "",
) -> None:
    """列出下一次巡查的查询词，最要紧的在前；按该引擎查过什么、有什么收获轮流安排。不给 --region 时用配置中的地区及其上下级。"""
    settings = session.current.settings()
    regions = region or near_regions(settings.organisation.region) or tuple(_home())
    wanted = engine or next(iter(settings.sweep.engines), "baidu")
    source = wanted if ":" in wanted else f"engine:{wanted}"
    today = day_of(SystemClock().now())
    asked = asked_at(_records(settings), source, today)
    for query in plan_queries(term_lexicon(settings), regions, limit, asked):
        output.write_record({"text": query.text, "terms": query.terms, "priority": query.priority, "source": source})


def query_yield(
    by: Annotated[By, typer.Option(help="按查询词、关键词还是引擎汇总。")] = By.QUERY,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="最多列出多少行。")] = 1000,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines.")] = False,
) -> None:
    """列出查过什么、带来什么：各查询词的线索（收获最多的在前），或各关键词、各引擎的覆盖和收获。"""
    settings = session.current.settings()
    rows = {By.QUERY: _by_query, By.TERM: _by_term, By.ENGINE: _by_engine}[by](settings)
    shown = 0
    for record, line in rows:
        if shown == limit:
            break
        shown += 1
        if output.is_for_people(as_json=as_json):
            typer.echo(line)
        else:
            output.write_record(record)
    if not shown:
        output.note(session.current.say("还没有查询过任何引擎。", "No engine has been asked yet."))


_Rows = Iterator[tuple[dict[str, object], str]]


def _by_query(settings: Settings) -> _Rows:
    """Yield queries by what their leads became, then those that were asked and brought nothing, most asked first."""
    with open_case(settings) as case:
        yields = yields_of(every_lead(case.leads))
    asked: dict[str, list[QueryRecord]] = {}
    for one in _records(settings):
        asked.setdefault(one.text, []).append(one)
    for found in yields:
        yield _yield_record(found, asked.pop(found.query, [])), _yield_line(found)
    for text, records in sorted(asked.items(), key=lambda item: (-sum(one.asked_count for one in item[1]), item[0])):
        count = sum(one.asked_count for one in records)
        yield {"query": text, "leads": 0, **_asked_record(records)}, f"{text}  线索 0  查询 {count} 次"


def _by_term(settings: Settings) -> _Rows:
    records = _records(settings)
    words = planned_words(term_lexicon(settings), near_regions(settings.organisation.region))
    for one in word_coverage(records, words, asked_sources(settings.sweep.engines, records)):
        yield asdict(one), _word_line(one)


def _by_engine(settings: Settings) -> _Rows:
    today = day_of(SystemClock().now())
    with open_queries(settings) as ledger:
        records, spent = (ledger.records(), ledger.spent(today)) if ledger else ((), {})
    words = planned_words(term_lexicon(settings), near_regions(settings.organisation.region))
    for source in asked_sources(settings.sweep.engines, records):
        one = engine_coverage(records, words, source, today, spent.get(source, 0))
        yield asdict(one), _engine_line(one)


def _records(settings: Settings) -> tuple[QueryRecord, ...]:
    with open_queries(settings) as ledger:
        return ledger.records() if ledger else ()


def _yield_record(one: QueryYield, records: list[QueryRecord]) -> dict[str, object]:
    return {
        "query": one.query,
        "leads": one.lead_count,
        "by_level": one.by_level,
        "confirmed": one.confirmed_count,
        "dismissed": one.dismissed_count,
        "open": one.open_count,
        "last_seen_at": one.last_seen_at,
        **_asked_record(records),
    }


def _asked_record(records: list[QueryRecord]) -> dict[str, object]:
    return {
        "asked": sum(one.asked_count for one in records),
        "by_source": {
            one.source: {
                "asked": one.asked_count,
                "pages": one.page_count,
                "rows": one.row_count,
                "adverts": one.advert_count,
                "leads": one.lead_count,
                "last_asked_on": one.last_asked_on,
            }
            for one in records
        },
    }


def _yield_line(one: QueryYield) -> str:
    levels = "，".join(f"{level} {count}" for level, count in one.by_level.items())
    return f"{one.query}  线索 {one.lead_count}（{levels}）  已认定 {one.confirmed_count}  已排除 {one.dismissed_count}  待处理 {one.open_count}"


def _word_line(one: WordCoverage) -> str:
    when = f"最近 {one.last_asked_on}" if one.last_asked_on else "还没有查过"
    return f"{one.word}  {source_label(one.source)}  查询 {one.asked_count} 次  结果 {one.row_count} 条  线索 {one.lead_count}  {when}"


def _engine_line(one: EngineCoverage) -> str:
    wait = f"，最久的一个在 {one.longest_wait_days} 天前" if one.longest_wait_days is not None else ""
    return (
        f"{source_label(one.source)}  查过 {one.asked_word_count}/{one.word_count} 个关键词{wait}  查询词 {one.query_count}  "
        f"结果页 {one.page_count}  结果 {one.row_count} 条（广告 {one.advert_count}）  线索 {one.lead_count}  今天已查 {one.spent_today} 页"
    )


def _home() -> Iterator[str]:
    for level, code in zip(_HOME_LEVELS, _HOME_CODES, strict=True):
        yield from (place.name for place in load_regions() if place.level == level and place.code.startswith(code))
