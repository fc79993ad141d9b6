"""Lists and tables of names as everybody reads them: opened, told apart, matched part by part."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from crawler.feeds.name_blocks import blocks
from crawler.feeds.name_columns import TableShape, first_lines, shape_of, shape_with
from crawler.feeds.name_files import NameFile, opened
from crawler.feeds.name_lists import Findings, OpenMatcher, decoded, match_list
from crawler.feeds.name_tables import column_lines, match_table, table_cells
from crawler.feeds.name_workbooks import poured
from detectors.names.engine import NameMatcher, matcher_of
from keywords.roster import Roster
from pipelines.errors import InputUnreadable
from pipelines.name_matcher import open_matcher

__all__ = ["ListReader", "matcher_for", "read_list", "texts_of"]


class ListReader:
    """A `crawler.feeds.model.ReadList`."""

    def __init__(self, matcher: NameMatcher) -> None:
        self._matcher = matcher

    def __call__(self, path: str, column: str) -> Iterator[Findings]:
        """Yield what the file holds, part by part. Raises `InputUnreadable`."""
        with opened(path) as names:
            yield from read_list(names, column, lambda: self._matcher)


def read_list(names: NameFile, column: str, opens: OpenMatcher, *, workers: int = 1) -> Iterator[Findings]:
    """Return what a list holds, or the column of a table: the one of this name, or (empty) that which holds names.

    Raises `InputUnreadable`, also where there is no such column.
    """
    shape = _shape(names, column)
    if shape and len(shape.places) > 1:
        return match_table(names, shape, opens())
    return match_list(poured(column_lines(names, shape)) if shape else names, opens, workers=workers)


def matcher_for(names: NameFile, roster: Roster, cache: Path) -> OpenMatcher:
    """Return what opens the matcher a list is worth: a short one is read sooner than a sieve is made. `cache`: see `open_matcher`."""
    return partial(matcher_of, roster) if names.is_short else partial(open_matcher, roster, cache)


def texts_of(names: NameFile) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of each line of a list, or of each cell of a table that should hold a name, whatever it holds. Raises `InputUnreadable`."""
    if shape := _shape(names, ""):
        yield from table_cells(names, shape)
    else:
        lines = (line for block in blocks(names) for line in block.text[1:-1].split(b"\n"))
        yield from ((number, decoded(line)) for number, line in enumerate(lines, start=1))


def _shape(names: NameFile, column: str) -> TableShape | None:
    lines = first_lines(names.head)
    if not column:
        return shape_of(lines)
    if shape := shape_with(lines, column):
        return shape
    found = next((line.strip()[:200] for line in lines if line.strip()), "")
    raise InputUnreadable(
        names.name, f"没有名为“{column}”的列（首行：{found}）", f"there is no column {column} (first line: {found})"
    )
