"""Lists of names and zone files for feeds, read line by line in bounded memory."""

from collections.abc import Iterator
from dataclasses import dataclass

from crawler.feeds.hand_on import Matcher
from crawler.feeds.model import ListPart
from deploy.cli.domains.match import _csv_hosts, _lines, _listed_hosts, _opened, _Tally
from detectors.names.hit import NameHit

__all__ = ["ListReader"]

_PART_NAMES = 5000


@dataclass(frozen=True, slots=True)
class _Found:
    """A `crawler.feeds.model.MatchedName`."""

    written: str
    host: str
    line: int
    hits: tuple[NameHit, ...]


@dataclass(frozen=True, slots=True)
class _Broken:
    """A `crawler.feeds.model.BrokenLine`."""

    line: int
    cause: str


@dataclass(frozen=True, slots=True)
class _Part:
    """A `crawler.feeds.model.ListPart`."""

    name_count: int
    found: tuple[_Found, ...]
    broken: tuple[_Broken, ...]
    broken_count: int


class _Counting(_Tally):
    """Broken lines of one part."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[_Broken] = []

    def reject(self, line: int, why: Exception, text: str) -> None:
        self.broken += 1
        if len(self.lines) < _PART_NAMES:
            self.lines.append(_Broken(line, f"{text[:60]!r}（{why}）"))


class ListReader:
    """A `crawler.feeds.model.ReadList`."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher

    def __call__(self, path: str, column: str) -> Iterator[ListPart]:
        """Yield what the file holds, some thousand names at a time. Raises `InputUnreadable`."""
        tally = _Counting()
        found: list[_Found] = []
        with _opened(path) as stream:
            counted = _Counted(_lines(stream, path))
            hosts = _csv_hosts(counted, column, path, tally) if column else _listed_hosts(counted, tally)
            for written, host in hosts:
                tally.names += 1
                hits = tuple(self._matcher.match(host))
                if hits:
                    found.append(_Found(written, host, counted.line, hits))
                if tally.names >= _PART_NAMES:
                    yield _part(tally, found)
            yield _part(tally, found)


def _part(tally: _Counting, found: list[_Found]) -> _Part:
    """Return what was gathered, and begin anew."""
    part = _Part(tally.names, tuple(found), tuple(tally.lines[:20]), tally.broken)
    found.clear()
    tally.lines.clear()
    tally.names = tally.broken = 0
    return part


class _Counted:
    """Lines, remembering which one was read last."""

    def __init__(self, lines: Iterator[tuple[int, str | None]]) -> None:
        self._lines = lines
        self.line = 0

    def __iter__(self) -> Iterator[tuple[int, str | None]]:
        return self

    def __next__(self) -> tuple[int, str | None]:
        self.line, text = next(self._lines)
        return self.line, text
