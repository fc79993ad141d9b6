"""Reads the names of a table in bounded memory: one column as a list with a name a line, several columns cell by cell."""

import csv
from collections.abc import Iterator
from io import BytesIO
from itertools import islice

from crawler.feeds.name_blocks import ByteSource, blocks
from crawler.feeds.name_columns import TableShape
from crawler.feeds.name_lists import BrokenLine, Findings, MatchedName, cause_of, decoded
from detectors.names.engine import NameMatcher
from keywords.host_lines import host_of_text

__all__ = ["column_lines", "match_table", "table_cells"]

_CELLS = 5000
_MAX_ROW_BYTES = 1 << 14
_WITHIN_CHARACTERS = "|"
"""A mark whose byte is also the second one of some characters in the national encoding."""
_QUOTE = b'"'
_SHOWN_BROKEN = 20
_MAX_ROW_LINES = 3
"""A row of a host list spans hardly more lines than this; beyond, a quotation mark was left open."""


def column_lines(table: ByteSource, shape: TableShape) -> Iterator[bytes]:
    """Yield the cells of the one column as lines of a list, each on the line of its row, so that a table is read as fast as a list.

    A row without a name is given whole, to be told as a line that holds none. Raises what `table.read` raises.
    """
    head, is_byte = shape.head_rows, shape.mark.isascii() and shape.mark not in _WITHIN_CHARACTERS
    for text in _whole_rows(table):
        lines = _plain(text, shape, head) if is_byte and _QUOTE not in text else _quoted(text, shape, head)
        head = max(0, head - len(lines))
        yield b"\n".join((*lines, b""))


def _whole_rows(table: ByteSource) -> Iterator[bytes]:
    """Yield whole lines; a row whose quotation mark is open where a block ends is kept for the next, if it is no longer than rows are."""
    waiting = b""
    for block in blocks(table):
        text = waiting + block.text[1:-1]
        waiting = _open_row(text) if text.count(_QUOTE) % 2 else b""
        yield text[: len(text) - len(waiting) - 1] if waiting else text
        waiting += b"\n" if waiting else b""
    if waiting:
        yield waiting[:-1]


def _open_row(text: bytes) -> bytes:
    """Return the lines from the one with the last quotation mark; empty: too many for a row, or all."""
    start = text.rfind(b"\n", 0, text.rfind(_QUOTE)) + 1
    return text[start:] if start > 0 and len(text) - start <= _MAX_ROW_BYTES else b""


def _plain(text: bytes, shape: TableShape, head: int) -> list[bytes]:
    """Return the cells of rows without quotation marks: a row is a line, and what parts its cells is a byte of its own."""
    mark, (place,) = shape.mark.encode(), shape.places
    rows = [(line, line.split(mark, place + 1)) for line in text.split(b"\n")]
    cells = [(len(cells) > place and cells[place].strip()) or _nameless(line, mark) for line, cells in rows]
    return [b""] * min(head, len(cells)) + cells[head:]


def _nameless(line: bytes, mark: bytes) -> bytes:
    return line if line.strip(mark + b" \t") else b""


def _quoted(text: bytes, shape: TableShape, head: int) -> list[bytes]:
    cells = [b""] * (text.count(b"\n") + 1)
    for line, row in _numbered_rows(BytesIO(text), shape.mark, head):
        (cell,) = _cells(row, shape.places)
        cells[line - 1] = " ".join((cell.strip() or shape.mark.join(row)).split()).encode()
    return cells


def match_table(table: ByteSource, shape: TableShape, matcher: NameMatcher) -> Iterator[Findings]:
    """Yield findings part by part, of a table in which several columns hold names. Raises what `table.read` raises."""
    part = _Part()
    for line, cell in table_cells(table, shape):
        part.take(cell, line, matcher)
        if part.cell_count >= _CELLS:
            yield part.findings()
            part = _Part()
    yield part.findings()


def table_cells(table: ByteSource, shape: TableShape) -> Iterator[tuple[int, str]]:
    """Yield (line, cell) of each cell that should hold a name. Raises what `table.read` raises."""
    for line, row in _numbered_rows(table, shape.mark, shape.head_rows):
        for cell in _cells(row, shape.places):
            yield line, cell


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


def _numbered_rows(table: ByteSource, mark: str, head: int) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, row) of rows that hold anything, behind the first `head` rows.

    A stray quotation mark must not swallow the lines behind it: they are read one by one.
    """
    lines = _Lines(table)
    rows = csv.reader(lines, delimiter=mark)
    for _ in islice(rows, head):
        pass
    while True:
        lines.taken.clear()
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            row = []
        if row and len(lines.taken) <= _MAX_ROW_LINES:
            several = [(lines.line, row)]
        else:
            first = lines.line - len(lines.taken) + 1
            several = [(at, next(csv.reader([line], delimiter=mark), [])) for at, line in enumerate(lines.taken, first)]
        yield from ((at, one) for at, one in several if any(one))


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
