"""Streams the rows of a registry export: millions of rows in the memory of a few. CSV in UTF-8, UTF-16 or GB 18030, or XLSX.

The table starts at the first of the first 20 rows that names its columns; titles and merged rows above are passed over, and kept
for the date they may tell. A broken row is a `Rejection`; only a file that is no such table at all is an error.
"""

import csv
import io
import zipfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import openpyxl

from pipelines.errors import InputUnreadable
from pipelines.imports.model import Rejection
from pipelines.imports.sheets import BROKEN_BOOK

__all__ = ["FilingTable", "RawRow", "open_table"]

_HEADER_ROWS = 20
_SAMPLE_BYTES = 262_144
_MAX_LINE_BYTES = 65_536
_MAX_RECORD_LINES = 20
_MAX_UNPACKED_BYTES = 8_000_000_000
_MAX_SHARED_BYTES = 600_000_000
_MAX_CELLS = 200
_ZIP_MAGIC = b"PK\x03\x04"
_OLE_MAGIC = b"\xd0\xcf\x11\xe0"
_MARKS = ",\t;|"
HeaderTest = Callable[[Sequence[str]], bool]


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row below the header."""

    line: int
    """Line of a text file, row of a sheet, 1 first."""
    cells: Sequence[str]
    sheet: str = ""
    """Name of the sheet, where a book has several; empty: it has one."""


@dataclass(slots=True)
class FilingTable:
    """An opened export."""

    path: Path
    header: list[str]
    title: str
    """The words above the header; empty: it is the first row."""
    _rows: Iterator[RawRow | Rejection]
    _position: Callable[[], int]
    _opened: list[IO[bytes]] = field(default_factory=list)

    def rows(self) -> Iterator[RawRow | Rejection]:
        """Yield the rows below the header in order, once."""
        return self._rows

    def position_bytes(self) -> int:
        """Return how many bytes of the file were read; 0 for sheets: nobody knows."""
        return self._position()

    def close(self) -> None:
        """Let go of the file."""
        for one in self._opened:
            one.close()


def open_table(
    path: Path, is_header: HeaderTest, missing: Callable[[Sequence[Sequence[str]]], tuple[str, str]]
) -> FilingTable:
    """Open an export and find its header.

    `is_header` says whether a row names the columns; `missing` makes the sentence (Chinese, English) about the first rows when none does.
    Raises `InputUnreadable`.
    """
    stream = _opened(path)
    magic = stream.peek(8)[:8] if isinstance(stream, io.BufferedReader) else b""
    try:
        _refuse(path, magic)
        if magic.startswith(_ZIP_MAGIC):
            rows: Iterator[RawRow | Rejection] = _sheet_rows(path, stream, is_header)
            return _with_header(path, rows, is_header, missing, lambda: 0, stream)
        lines = _TextLines(stream, is_header)
        return _with_header(path, lines.rows(), is_header, missing, lambda: lines.position_bytes, stream)
    except BaseException:
        stream.close()
        raise


def _refuse(path: Path, magic: bytes) -> None:
    if not magic:
        raise InputUnreadable(str(path), "文件是空的", "it is empty")
    if magic.startswith(_OLE_MAGIC):
        raise InputUnreadable(
            str(path),
            "是旧版或加密的 Excel 文件，请另存为 .xlsx 或 CSV",
            "it is an old or encrypted Excel file; save it as .xlsx or CSV",
        )


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise InputUnreadable(str(path), "找不到这个文件", "there is no such file") from None
    except OSError as error:
        raise InputUnreadable(
            str(path), f"系统拒绝读取（{error.strerror}）", f"the system refused ({error.strerror})"
        ) from error


def _with_header(
    path: Path,
    rows: Iterator[RawRow | Rejection],
    is_header: HeaderTest,
    missing: Callable[[Sequence[Sequence[str]]], tuple[str, str]],
    position: Callable[[], int],
    stream: IO[bytes],
) -> FilingTable:
    above: list[Sequence[str]] = []
    for row in rows:
        if isinstance(row, Rejection):
            above.append((row.original[:200],))
        elif is_header(row.cells):
            header = [cell.strip() for cell in row.cells]
            title = " ".join(" ".join(cells) for cells in above)[:2_000]
            return FilingTable(path, header, title, rows, position, [stream])
        else:
            above.append(row.cells)
        if len(above) >= _HEADER_ROWS:
            break
    if not any(any(cell.strip() for cell in cells) for cells in above):
        raise InputUnreadable(str(path), "文件是空的", "it is empty")
    raise InputUnreadable(str(path), *missing(above))


# --- text -------------------------------------------------------------------------------------------------------------


class _TextLines:
    """Rows of a text file, read line by line."""

    def __init__(self, stream: IO[bytes], is_header: HeaderTest) -> None:
        sample = stream.read(_SAMPLE_BYTES)
        stream.seek(0)
        self._encoding = _encoding_of(sample)
        self._stream = stream
        self._mark, self._marks = _mark_of(sample.decode(self._encoding, errors="replace"), is_header)
        self._put_back: deque[tuple[int, str | Rejection]] = deque()
        self.position_bytes = 0

    def rows(self) -> Iterator[RawRow | Rejection]:
        """Yield rows and lines that are no text in the file's encoding."""
        lines = self._with_put_back(self._lines())
        for number, line in lines:
            if isinstance(line, Rejection):
                yield line
            elif not line.strip(f" \t{self._mark}"):
                continue
            elif '"' in line:
                yield self._quoted(number, line, lines)
            else:
                yield RawRow(number, line.split(self._mark, _MAX_CELLS))

    def _with_put_back(self, lines: Iterator[tuple[int, str | Rejection]]) -> Iterator[tuple[int, str | Rejection]]:
        while True:
            following = self._put_back.popleft() if self._put_back else next(lines, None)
            if following is None:
                return
            yield following

    def _quoted(self, number: int, line: str, lines: Iterator[tuple[int, str | Rejection]]) -> RawRow | Rejection:
        """Return the record that begins here: several lines while a cell is open, but never the records behind it."""
        taken, looked_at = line, deque[tuple[int, str | Rejection]]()
        while taken.count('"') % 2 and len(looked_at) < _MAX_RECORD_LINES:
            following = next(lines, None)
            if following is None:
                break
            looked_at.append(following)
            if not isinstance(following[1], str) or following[1].count(self._mark) >= self._marks:
                break  # a record of its own: the quote was never closed
            taken += f"\n{following[1]}"
        if taken.count('"') % 2 == 0:
            return RawRow(number, next(csv.reader([taken], delimiter=self._mark), []))
        self._put_back.extend(looked_at)
        return Rejection(number, "引号没有成对，单元格没有结束", line[:2_000])

    def _lines(self) -> Iterator[tuple[int, str | Rejection]]:
        if self._encoding.startswith("utf-16"):
            yield from self._wide_lines()
            return
        number = 0
        for raw in iter(lambda: self._stream.readline(_MAX_LINE_BYTES), b""):
            number += 1
            self.position_bytes += len(raw)
            if len(raw) >= _MAX_LINE_BYTES and not raw.endswith(b"\n"):
                while (rest := self._stream.readline(_MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
                    self.position_bytes += len(rest)
                yield number, Rejection(number, "这一行太长", raw[:200].decode(self._encoding, "replace"))
                continue
            try:
                text = raw.decode(self._encoding)
            except UnicodeDecodeError:
                shown = raw.decode(self._encoding, errors="replace").rstrip("\r\n")
                name = "UTF-8" if self._encoding.startswith("utf") else "GBK"
                yield number, Rejection(number, f"含有不是 {name} 编码的字节", shown[:2_000])
                continue
            text = text.rstrip("\r\n")
            if number == 1:
                text = text.removeprefix("\ufeff")
            yield number, (Rejection(number, "含有空字符，可能已损坏", text[:2_000]) if "\x00" in text else text)

    def _wide_lines(self) -> Iterator[tuple[int, str | Rejection]]:
        text = io.TextIOWrapper(self._stream, encoding="utf-16", errors="replace", newline="\n")
        for number, line in enumerate(iter(lambda: text.readline(_MAX_LINE_BYTES), ""), 1):
            self.position_bytes += 2 * len(line)
            stripped = line.rstrip("\r\n")
            yield (
                number,
                Rejection(number, "含有无法读取的字符", stripped[:2_000]) if "\ufffd" in line else stripped,
            )
        text.detach()


def _encoding_of(sample: bytes) -> str:
    """Return the encoding of a file from its beginning: by its mark, else by which one reads more of its lines."""
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    lines = [line for line in sample.split(b"\n")[:2_000] if not line.isascii()]
    if len(sample) == _SAMPLE_BYTES:
        lines = lines[:-1]  # cut in the middle
    broken = {name: sum(not _decodes(line, name) for line in lines) for name in ("utf-8", "gb18030")}
    # Chinese text in GB 18030 is next to never sound UTF-8, but the reverse happens.
    return "utf-8" if broken["utf-8"] * 2 <= len(lines) else "gb18030"


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _mark_of(sample: str, is_header: HeaderTest) -> tuple[str, int]:
    """Return the mark between cells and how many of them the header has."""
    head = sample.removeprefix("\ufeff").splitlines()[:_HEADER_ROWS]
    for line in head:
        for mark in _MARKS:
            if mark in line and is_header(next(csv.reader([line], delimiter=mark), [])):
                return mark, line.count(mark)
    text = "\n".join(head)
    mark = max(_MARKS, key=lambda mark: (text.count(mark), mark == ","))
    return mark, max(1, head[0].count(mark) if head else 1)


# --- sheets -----------------------------------------------------------------------------------------------------------


def _sheet_rows(path: Path, stream: IO[bytes], is_header: HeaderTest) -> Iterator[RawRow | Rejection]:
    not_a_sheet = InputUnreadable(str(path), "不是完好的 .xlsx 表格", "it is no sound .xlsx sheet")
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = {entry.filename: entry.file_size for entry in archive.infolist()}
        if sum(entries.values()) > _MAX_UNPACKED_BYTES or entries.get("xl/sharedStrings.xml", 0) > _MAX_SHARED_BYTES:
            raise InputUnreadable(str(path), "表格太大，请另存为 CSV 后导入", "the sheet is too large; save it as CSV")
        stream.seek(0)
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        sheets = book.worksheets
    except BROKEN_BOOK as error:
        raise not_a_sheet from error
    has_header = False
    for sheet in sheets:
        name = sheet.title if len(sheets) > 1 else ""
        try:
            # Some programs write a wrong size into the sheet; the rows themselves tell the truth.
            sheet.reset_dimensions()
            for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
                texts = [_cell_text(cell) for cell in cells[:_MAX_CELLS]]
                if not any(texts) or (has_header and number <= _HEADER_ROWS and is_header(texts)):
                    continue  # sheets that go on with the table repeat its header
                yield RawRow(number, texts, name)
                has_header = has_header or is_header(texts)
        except BROKEN_BOOK as error:
            raise not_a_sheet from error


def _cell_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
