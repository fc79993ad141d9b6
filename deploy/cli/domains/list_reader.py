"""Lists of names and zone files for feeds: each name that imitates something, read line by line in bounded memory."""

from collections.abc import Iterator
from dataclasses import dataclass

from crawler.feeds.hand_on import Matcher
from crawler.feeds.model import MatchedName
from deploy.cli.domains.match import _csv_hosts, _lines, _listed_hosts, _opened, _Tally
from detectors.names.hit import NameHit

__all__ = ["ListReader"]


@dataclass(frozen=True, slots=True)
class _Found:
    """A `crawler.feeds.model.MatchedName`."""

    written: str
    host: str
    line: int
    hits: tuple[NameHit, ...]


class ListReader:
    """A `crawler.feeds.model.ReadList`."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher

    def __call__(self, path: str, column: str) -> Iterator[MatchedName]:
        """Yield the names of a file that imitate something. Raises `InputUnreadable`."""
        tally = _Tally()
        with _opened(path) as stream:
            counted = _Counted(_lines(stream, path))
            found = _csv_hosts(counted, column, path, tally) if column else _listed_hosts(counted, tally)
            for written, host in found:
                hits = tuple(self._matcher.match(host))
                if hits:
                    yield _Found(written, host, counted.line, hits)


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
