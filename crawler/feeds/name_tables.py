"""Finds the names in one column of a table that imitate an official site. Rows are read one by one, memory stays bounded."""

import csv
from collections.abc import Iterator
from itertools import islice

from crawler.feeds.name_blocks import ByteSource, blocks
from crawler.feeds.name_columns import TableShape
from crawler.feeds.name_lists import BrokenLine, Findings, MatchedName, cause_of, decoded
from detectors.names.engine import NameMatcher
from keywords.host_lines import host_of_text

__all__ = ["match_table", "table_cells"]

_CELLS = 5000
_SHOWN_BROKEN = 20
_MAX_ROW_LINES = 3
"""A row of a host list spans hardly more lines than this; beyond, a quotation mark was left open."""


def match_table(table: ByteSource, shape: TableShape, matcher: NameMatcher) -> Iterator[Findings]:
    """Yield findings part by part. Raises what `table.read` raises."""
    part = _Part()
    for line, cell in table_cells(table, shape):
        part.take(cell, line, matcher)
        if part.cell_count >= _CELLS:
            yield part.findings()
            part = _Part()
    yield part.findings()


def table_cells(table: ByteSource, shape: TableShape) -> Iterator[tuple[int, str]]:
    """Yield (line, cell) of each cell that should hold a name. Raises what `table.read` raises."""
    lines = _Lines(table)
    rows = csv.reader(lines, delimiter=shape.mark)
    for _ in islice(rows, shape.head_rows):
        pass
    for row in _rows(rows, lines, shape.mark):
        for cell in _cells(row, shape.places):
            yield lines.line, cell


def _cells(row: list[str], places: tuple[int, ...]) -> list[str]:
    """Return the cells of a row that should hold a name: one where one column holds them, those filled where several do."""
    cells = [row[place] if place < len(row) else "" for place in places]
    return [cell for cell in cells if cell.strip()] or cells[:1]


class _Part:
    """Some rows of the table."""

    def __init__(self) -> None:
        self.cell_count = 0
        self._byte_count = 0
        self._broken_count = 0
        self._found: list[MatchedName] = []
        self._broken: list[BrokenLine] = []

    def take(self, cell: str, line: int, matcher: NameMatcher) -> None:
        self.cell_count += 1
        self._byte_count += len(cell)
        try:
            written, host = host_of_text(cell)
        except ValueError as error:
            self._broken_count += 1
            if len(self._broken) < _SHOWN_BROKEN:
                self._broken.append(BrokenLine(line, cell[:80], cause_of(error)))
            return
        if hits := matcher.match(host):
            self._found.append(MatchedName(line, written, host, hits))

    def findings(self) -> Findings:
        return Findings(
            line_count=self.cell_count,
            name_count=self.cell_count - self._broken_count,
            byte_count=self._byte_count,
            found=tuple(self._found),
            broken=tuple(self._broken),
            broken_count=self._broken_count,
        )


def _rows(rows: Iterator[list[str]], lines: "_Lines", mark: str) -> Iterator[list[str]]:
    """Yield rows that hold anything. A stray quotation mark must not swallow the lines behind it: they are read one by one."""
    while True:
        lines.taken.clear()
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            row = []
        if row and len(lines.taken) <= _MAX_ROW_LINES:
            several = [row]
        else:
            several = [next(csv.reader([line], delimiter=mark), []) for line in lines.taken]
        yield from (one for one in several if any(one))


class _Lines:
    """Lines for the CSV reader, which remembers where it is."""

    def __init__(self, stream: ByteSource) -> None:
        self._lines = (line for block in blocks(stream) for line in block.text[1:-1].split(b"\n"))
        self.line = 0
        self.taken: list[str] = []
        """Lines read since the reader of rows last cleared it."""

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines).replace(b"\0", b"?")
        self.line += 1
        text = decoded(line)
        self.taken.append(text)
        return text
