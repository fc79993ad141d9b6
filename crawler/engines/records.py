"""How a parsed row is written down, and the recorded pages every engine must still read as it did."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

import msgspec

from crawler.engines import ENGINES
from crawler.engines.model import EngineFailure, Provider, Row

__all__ = ["RecordedCheck", "check_recorded", "record_of"]


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


def check_recorded() -> Iterator[RecordedCheck]:
    """Read every shipped page (`recorded/<engine>_<year>.html`) and compare with the rows beside it (`.json`)."""
    folder = files("crawler.engines") / "recorded"
    known = {engine.name: engine for engine in ENGINES}
    for page in sorted(folder.iterdir(), key=lambda one: one.name):
        name, _, ending = page.name.partition(".")
        if ending == "html":
            expected = msgspec.json.decode((folder / f"{name}.json").read_bytes())
            yield _check(known[name.partition("_")[0]], name, page.read_text("utf-8"), expected)


def _check(engine: Provider, name: str, html: str, expected: list[object]) -> RecordedCheck:
    try:
        rows = [record_of(row) for row in engine.parse(html, engine.request("x", 1).url).rows]
    except EngineFailure as failure:
        return RecordedCheck(engine=engine.name, page=name, rows=0, problem=f"{engine.title}{failure.zh}")
    wrong = "" if rows == expected else f"读出 {len(rows)} 条，与留存的 {len(expected)} 条不一致"
    return RecordedCheck(engine=engine.name, page=name, rows=len(rows), problem=wrong)
