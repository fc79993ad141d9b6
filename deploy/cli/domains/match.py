"""`jianwei domains match`: the names of a list that imitate an official site."""

import os
import sys
import time
from collections.abc import Iterator
from typing import Annotated

import typer

from crawler.feeds.list_reader import matcher_for, read_list
from crawler.feeds.name_files import NameFile, opened
from crawler.feeds.name_lists import BrokenLine, Findings, MatchedName
from deploy.cli import session
from deploy.cli.domains.find_keywords import find_keywords
from deploy.cli.output import note, write_record
from deploy.cli.progress import shown_reading
from detectors.ruleset import level_of
from pipelines.official_sites import official_roster

__all__ = ["match"]

_SHOWN_BROKEN = 20
_WORTH_SHARING_BYTES = 200_000_000
"""Starting another process takes about as long as reading this much."""


def match(
    file: Annotated[
        str, typer.Argument(metavar="[FILE|-]", help="One host a line, a zone file, CSV or .xlsx; also in gzip or ZIP.")
    ] = "-",
    column: Annotated[
        str,
        typer.Option(
            help="The column of a table that holds the host or URL; default: found by its name, else by its cells."
        ),
    ] = "",
    keyword: Annotated[
        list[str] | None, typer.Option(help="Only names that hold this word, or whose first label is one edit from it.")
    ] = None,
    workers: Annotated[int, typer.Option(help="Processes; 0: as many as the file is worth.", min=0)] = 0,
) -> None:
    """Print the names of a list that imitate an official site, as JSON Lines: one hit, the best, per name."""
    if keyword:
        find_keywords(file, keyword)
        return
    tally = _Tally()
    with opened(file) as names, shown_reading(names.size_bytes) as advance:
        for part in _findings(names, column, workers):
            for one in part.found:
                write_record(_record(one))
            tally.add(part)
            advance(names.position())
    sys.stdout.flush()
    tally.report()


def _findings(names: NameFile, column: str, workers: int) -> Iterator[Findings]:
    settings = session.current.settings()
    opens = matcher_for(names, official_roster(settings), settings.home / "cache")
    share = workers or (os.cpu_count() or 1 if names.size_bytes >= _WORTH_SHARING_BYTES else 1)
    return read_list(names, column, opens, workers=1 if names.is_short else share)


def _record(one: MatchedName) -> dict[str, object]:
    best = one.hits[0]
    return {
        "name": one.written,
        "imitates": best.imitates,
        "technique": best.technique.value,
        "score_permille": best.score_permille,
        "level": level_of(best.score_permille).value,
        "span": list(best.span),
        "reason": best.reason,
    }


class _Tally:
    """What was read, for the closing lines on stderr."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._names = self._hits = self._broken = 0
        self._shown: list[BrokenLine] = []

    def add(self, part: Findings) -> None:
        self._names += part.name_count
        self._hits += len(part.found)
        self._broken += part.broken_count
        self._shown += part.broken[: _SHOWN_BROKEN - len(self._shown)]

    def report(self) -> None:
        say = session.current.say
        for one in self._shown:
            place = say(
                f"第 {one.line} 行：{one.text[:60]!r}（{one.cause[:80]}）",
                f"line {one.line}: {one.text[:60]!r} ({one.cause[:80]})",
            )
            note(say(f"无法识别，已跳过：{place}", f"skipped, not a host name: {place}"))
        if more := self._broken - len(self._shown):
            note(say(f"另有 {more} 行无法识别", f"and {more} more broken lines"))
        speed = int(self._names / max(time.perf_counter() - self._started, 1e-9))
        note(
            say(
                f"读取域名 {self._names} 个，命中 {self._hits} 个，无法识别 {self._broken} 行，每秒 {speed} 个",
                f"names read: {self._names}, hits: {self._hits}, broken lines: {self._broken}, names/s: {speed}",
            )
        )
