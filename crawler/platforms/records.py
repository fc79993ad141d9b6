"""The recorded files every platform definition must still read as it did: made by hand, in the shapes of the platforms."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path

import msgspec

from crawler.platforms.imports import ListingFiles
from crawler.platforms.model import Platform
from detectors.model import Observation
from pipelines.errors import InputUnreadable

__all__ = ["PlatformCheck", "check_recorded_files", "reading_of_file"]

_EXPECTED = ".expected.txt"
_AT = datetime(2026, 12, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformCheck:
    """What became of one recorded file."""

    platform: str
    file: str
    listings: int
    problem: str = ""
    """One Chinese sentence; empty: it reads as it did."""


def reading_of_file(platforms: Sequence[Platform], path: Path, platform: str) -> list[dict[str, object]]:
    """Return what a file holds: its listings, and what could not be read. Sellers stand as `<name>`."""
    records: list[dict[str, object]] = []
    try:
        for one in ListingFiles(platforms).read(path, at=_AT, pseudonym=lambda name: f"<{name}>", platform=platform):
            records.append(_record(one) if isinstance(one, Observation) else {"rejected": one.reason, "line": one.line})
    except InputUnreadable as unreadable:
        records.append({"unreadable": unreadable.en.partition(": ")[2]})
    return records


def _record(one: Observation) -> dict[str, object]:
    told = msgspec.to_builtins(one.listing) if one.listing else {}
    kept = {name: value for name, value in told.items() if value not in ("", None, (), [], False)}
    return {"kind": one.candidate.kind.value, "url": one.candidate.url, **kept}


def check_recorded_files(platforms: Sequence[Platform]) -> Iterator[PlatformCheck]:
    """Read every shipped file (`recorded/<platform>_<what>.<ending>`) and compare with what is beside it (`.expected.txt`)."""
    names = sorted((one.name for one in platforms), key=len, reverse=True)
    folder = files("crawler.platforms") / "recorded"
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        stem = entry.name.rpartition(".")[0]
        if entry.name.endswith((_EXPECTED, ".md")) or not stem:
            continue
        name = next(one for one in names if entry.name.startswith(f"{one}_"))
        with as_file(entry) as path:
            reading = msgspec.json.decode(msgspec.json.encode(reading_of_file(platforms, path, name)))
        expected = msgspec.json.decode((folder / f"{stem}{_EXPECTED}").read_bytes())
        same = reading == expected
        problem = "" if same else f"读出 {len(reading)} 条，与留存的 {len(expected)} 条不一致"
        yield PlatformCheck(platform=name, file=entry.name, listings=len(reading), problem=problem)
