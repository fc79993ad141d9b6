"""Reads a workbook (.xlsx) as the lines of a table: the rows of all its sheets, one after another, a line each."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO

from pipelines.errors import InputUnreadable

__all__ = ["poured", "rows_as_csv"]

_ROWS = 1000
_BUFFER_BYTES = 1 << 17


def rows_as_csv(path: str, book: IO[bytes], unpacked_bytes: int) -> Iterator[bytes]:
    """Yield the rows as lines of CSV, so that the number of a line is that of its row. Raises `InputUnreadable`."""
    from pipelines.imports.sheets import (  # with openpyxl: longer to import than most lists to read
        BROKEN_BOOK,
        MAX_UNPACKED_BYTES,
    )

    if unpacked_bytes > MAX_UNPACKED_BYTES:
        raise InputUnreadable(path, "解压后超过 1 GB，拒绝读取", "it unpacks to more than 1 GB")
    try:
        rows = _rows(book)
        while part := list(islice(rows, _ROWS)):
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows(part)
            yield text.getvalue().encode()
    except BROKEN_BOOK as error:
        raise InputUnreadable(path, f"不是完好的 .xlsx 表格（{error}）", f"it is no sound .xlsx sheet ({error})") from error  # fmt: skip


def _rows(book: IO[bytes]) -> Iterator[list[str]]:
    from openpyxl import load_workbook

    for sheet in load_workbook(book, read_only=True, data_only=True, keep_links=False).worksheets:
        sheet.reset_dimensions()  # programs that write sheets get them wrong
        for cells in sheet.iter_rows(values_only=True):
            yield ["" if cell is None else " ".join(str(cell).split()) for cell in cells]


def poured(parts: Iterable[bytes]) -> io.BufferedReader:
    """Return a stream of the parts."""
    return io.BufferedReader(_Poured(parts), _BUFFER_BYTES)


class _Poured(io.RawIOBase):
    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = iter(parts)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        while not self._rest:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._rest = memoryview(part)
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
