"""Lists and tables of names as a feed reads them: opened, matched part by part."""

from collections.abc import Iterator

from crawler.feeds.name_files import opened
from crawler.feeds.name_lists import Findings, match_list
from crawler.feeds.name_tables import match_table
from detectors.names.engine import NameMatcher

__all__ = ["ListReader"]


class ListReader:
    """A `crawler.feeds.model.ReadList`."""

    def __init__(self, matcher: NameMatcher) -> None:
        self._matcher = matcher

    def __call__(self, path: str, column: str) -> Iterator[Findings]:
        """Yield what the file holds, part by part. Raises `InputUnreadable`."""
        with opened(path) as names:
            if column:
                yield from match_table(names, column, self._matcher)
            else:
                yield from match_list(names, lambda: self._matcher)
