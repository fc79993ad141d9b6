"""Opens XLSX books and gives the rows of their sheets as texts; what a cell merged over several rows holds is said of each of them."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.cell import column_index_from_string
from openpyxl.utils.exceptions import InvalidFileException

from pipelines.errors import InputUnreadable
from pipelines.imports.model import Rejection

__all__ = ["BROKEN_BOOK", "MAX_UNPACKED_BYTES", "Sheet", "cell_text", "open_book"]

BROKEN_BOOK = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, LookupError, ValueError, SyntaxError, OSError, RuntimeError, TypeError, AttributeError, EOFError,
)  # fmt: skip
"""What zipfile, expat and openpyxl raise on damaged and locked books."""
MAX_UNPACKED_BYTES = 1_000_000_000
_FILLED_BYTES, _FILLED_RATIO = 50_000_000, 300
"""A part this large that packs this well holds nothing but one thing over and over: rows pack ten to fifty times."""
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})"')
_CHUNK = 1_000_000
_LONGEST_TAG = 200
_MOST_MERGES = 100_000
_Merges = Mapping[int, Sequence[tuple[int, int]]]
"""First row → (column from 0, last row) of the cells that reach below it."""


class Sheet:
    """One sheet of a book opened for reading only, a kind of sheet openpyxl's types do not name."""

    def __init__(self, sheet: Any, merges: _Merges) -> None:
        self._sheet = sheet
        self._merges = merges

    @property
    def title(self) -> str:
        """Return what its tab says."""
        return str(self._sheet.title)

    def rows(self) -> Iterator[tuple[int, list[str]] | Rejection]:
        """Yield (number from 1, texts) of each row that holds anything of its own; of a damaged sheet what stands before the damage."""
        number = 0
        try:
            for number, texts in self._filled():
                yield number, texts
        except BROKEN_BOOK:
            yield Rejection(number + 1, "工作表从这里起已损坏，其后的行没有读取", "")

    def _filled(self) -> Iterator[tuple[int, list[str]]]:
        reaching: dict[int, tuple[int, str]] = {}
        width = 0
        # Some programs write a wrong size into the sheet; the rows themselves tell the truth.
        self._sheet.reset_dimensions()
        for number, cells in enumerate(self._sheet.iter_rows(values_only=True), 1):
            width = max(width, len(cells))
            texts = [cell_text(cell) for cell in cells] + [""] * (width - len(cells))
            has_own = any(texts)
            for column, (last, text) in reaching.items():
                if number <= last and column < width and not texts[column]:
                    texts[column] = text
            for column, last in self._merges.get(number, ()):
                reaching[column] = (last, texts[column] if column < width else "")
            if has_own:
                yield number, texts


def open_book(path: Path, content: bytes) -> Sequence[Sheet]:
    """Return the sheets of a book, at least one. Raises `InputUnreadable`."""
    not_a_sheet = InputUnreadable(str(path), "不是完好的 .xlsx 表格", "it is no sound .xlsx sheet")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise InputUnreadable(str(path), "解压后超过 1 GB，拒绝读取", "it unpacks to more than 1 GB")
            if any(_is_filled_up(entry) for entry in archive.infolist()):
                raise InputUnreadable(
                    str(path), "压缩比异常，像是压缩炸弹，拒绝读取", "it packs as only a zip bomb does"
                )
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            sheets = [Sheet(one, _merges(archive, getattr(one, "_worksheet_path", ""))) for one in book.worksheets]
    except BROKEN_BOOK as error:
        raise not_a_sheet from error
    if not sheets:
        raise not_a_sheet
    return sheets


def _is_filled_up(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > max(_FILLED_BYTES, _FILLED_RATIO * entry.compress_size)


def cell_text(cell: object) -> str:
    """Return what a cell holds as text; empty for an empty one."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _merges(archive: zipfile.ZipFile, name: str) -> _Merges:
    """Return the cells of a sheet merged over several rows: openpyxl tells of them only when it holds the whole book in memory."""
    found: dict[int, list[tuple[int, int]]] = {}
    count, rest = 0, b""
    with archive.open(name) as file:
        while (chunk := file.read(_CHUNK)) and count < _MOST_MERGES:
            seen = rest + chunk
            end = 0
            for merge in _MERGE.finditer(seen) if b"mergeCell" in seen else ():
                end, count = merge.end(), count + 1
                first, last = int(merge[2]), int(merge[3])
                if last > first:
                    found.setdefault(first, []).append((column_index_from_string(merge[1].decode()) - 1, last))
            rest = seen[max(end, len(seen) - _LONGEST_TAG) :]
    return found
