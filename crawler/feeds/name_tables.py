"""Finds the names in one column of a CSV table that imitate an official site. Rows are read one by one, memory stays bounded."""

import csv
from collections.abc import Iterator

from crawler.feeds.name_blocks import ByteSource, blocks
from crawler.feeds.name_files import NameFile
from crawler.feeds.name_lists import BrokenLine, Findings, MatchedName, cause_of, decoded
from detectors.names.engine import NameMatcher
from keywords.host_lines import host_of_text
from pipelines.errors import InputUnreadable

__all__ = ["match_table"]

_ROWS = 5000
_SHOWN_BROKEN = 20
_MAX_ROW_LINES = 3
"""A row of a host list spans hardly more lines than this; beyond, a quotation mark was left open."""


def match_table(table: NameFile, column: str, matcher: NameMatcher) -> Iterator[Findings]:
    """Yield findings part by part. Raises `InputUnreadable`, also where there is no such column."""
    lines = _Lines(table)
    rows = csv.reader(lines)
    header = [cell.strip() for cell in next(rows, [])]
    if column not in header:
        found = ", ".join(header[:20])
        raise InputUnreadable(
            table.name, f"没有名为“{column}”的列（现有：{found}）", f"there is no column {column} (found: {found})"
        )
    place = header.index(column)
    part = _Part()
    for row in _rows(rows, lines):
        part.take(row[place] if place < len(row) else "", lines.line, matcher)
        if part.row_count == _ROWS:
            yield part.findings()
            part = _Part()
    yield part.findings()


class _Part:
    """Some rows of the table."""

    def __init__(self) -> None:
        self.row_count = 0
        self._byte_count = 0
        self._broken_count = 0
        self._found: list[MatchedName] = []
        self._broken: list[BrokenLine] = []

    def take(self, cell: str, line: int, matcher: NameMatcher) -> None:
        self.row_count += 1
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
            line_count=self.row_count,
            name_count=self.row_count - self._broken_count,
            byte_count=self._byte_count,
            found=tuple(self._found),
            broken=tuple(self._broken),
            broken_count=self._broken_count,
        )


def _rows(rows: Iterator[list[str]], lines: "_Lines") -> Iterator[list[str]]:
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
            several = [next(csv.reader([line]), []) for line in lines.taken]
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
