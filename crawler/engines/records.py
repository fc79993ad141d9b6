"""How a parsed row is written down, and the recorded pages every engine must still read as it did."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import msgspec

from crawler.engines.model import EngineFailure, Provider, Row

__all__ = ["RecordedCheck", "check_recorded", "reading_of", "record_of"]

_PAGES = (".html", ".txt")
"""Web pages, and answers that are JSON."""
_MAX_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedCheck:
    """What became of one recorded page."""

    engine: str
    page: str
    rows: int
    problem: str = ""
    """One Chinese sentence; empty: it reads as it did."""


def record_of(row: Row) -> dict[str, object]:
    """Return a row as the command writes it; `target` and `advertiser` only where they are known."""
    record: dict[str, object] = {"row": row.kind.value, "rank": row.rank, "title": row.title, "url": row.url}
    if row.target:
        record["target"] = row.target
    if row.advertiser:
        record["advertiser"] = row.advertiser
    return record


def reading_of(engine: Provider, page: str) -> list[dict[str, object]] | dict[str, object]:
    """Return what the engine makes of a page: its rows, or the failure it stands for and the seconds to wait."""
    try:
        return [record_of(row) for row in engine.parse(page, engine.request("x", 1).url).rows]
    except EngineFailure as failure:
        return {"failure": failure.kind, "wait_s": failure.wait_s}


def check_recorded(engines: Mapping[str, Provider]) -> Iterator[RecordedCheck]:
    """Read every shipped page (`recorded/<engine>_<what>.html` or `.txt`) and compare with what is beside it (`.json`)."""
    folder = files("crawler.engines") / "recorded"
    for page in sorted(folder.iterdir(), key=lambda one: one.name):
        if page.name.endswith(_PAGES):
            name = page.name.rpartition(".")[0]
            expected = msgspec.json.decode((folder / f"{name}.json").read_bytes())
            yield _check(engines[name.partition("_")[0]], name, page.read_text("utf-8"), expected)


def _check(engine: Provider, name: str, page: str, expected: Any) -> RecordedCheck:
    reading = reading_of(engine, page)
    rows = len(reading) if isinstance(reading, list) else 0
    return RecordedCheck(engine=engine.name, page=name, rows=rows, problem=_problem(engine, page, reading, expected))


def _problem(engine: Provider, page: str, reading: object, expected: Any) -> str:
    if reading == expected:
        return ""
    what = f"读出 {len(reading)} 条" if isinstance(reading, list) else f"判为 {reading}"
    before = f"{len(expected)} 条" if isinstance(expected, list) else str(expected)
    missed = [f"{one.rule}（{one.selector}）" for one in engine.counts(page) if not one.found]
    broken = (
        f"；没有找到任何内容的规则：{'，'.join(missed[:_MAX_NAMED])}" if missed and isinstance(expected, list) else ""
    )
    return f"{what}，与留存的 {before} 不一致{broken}"
