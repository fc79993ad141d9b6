"""Reads tables as offices and platforms send them: CSV in any Chinese encoding, XLSX, JSON, JSON Lines.

A broken row becomes a `Rejection` and never takes its neighbours along; only a file that is no table at all is an error.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from pipelines.errors import InputUnreadable
from pipelines.imports.model import Rejection, Row, on_sheet
from pipelines.imports.sheets import Sheet, cell_text, open_book

__all__ = ["read_rows"]

_LISTING_COLUMNS = ("商品ID、标题、价格、链接", "id, title, price, url")
HeaderTest = Callable[[Sequence[str]], bool]

_MAX_FILE_BYTES = 300_000_000
_MAX_CELL_CHARS = 200_000
_MAX_RECORD_LINES = 200
_MAX_JSON_DEPTH = 8
_HEADER_SEARCH_ROWS = 20
_FEWEST_TABLE_ROWS = 3
"""A sheet with fewer rows of several cells is no table."""
_WIDE_HEAD, _WIDE_SHARE = 2000, 20
"""Of so many bytes one in so many is a zero in UTF-16: marks, figures and addresses between the characters."""
_ZIP_MAGIC = b"PK\x03\x04"
_GB18030_MARK = "\ufeff".encode("gb18030")
_WEB_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|meta|table|\?xml|style)\b", re.IGNORECASE)
_OLE_MAGIC = b"\xd0\xcf\x11\xe0"


def read_rows(
    path: Path, is_header: HeaderTest, columns: tuple[str, str] = _LISTING_COLUMNS
) -> Iterator[Row | Rejection]:
    """Yield every row of the file, in order. `is_header` says whether a row of texts names the columns.

    `columns` are examples of column names, Chinese and English, for the sentence that says there is no header.

    Raises `InputUnreadable` when the file is missing, too large, encrypted, or has no row that names columns.
    """
    content = _read(path)
    if content.startswith(_OLE_MAGIC):
        raise InputUnreadable(
            str(path),
            "是旧版或加密的 Excel 文件，请另存为 .xlsx 或 CSV",
            "it is an old or encrypted Excel file; save it as .xlsx or CSV",
        )
    if content.startswith(_ZIP_MAGIC):
        yield from _book_rows(path, content, is_header, columns)
        return
    if _WEB_PAGE.match(content):
        raise InputUnreadable(
            str(path),
            "是改了名的网页（许多系统这样导出 .xls），请用表格软件打开后另存为 .xlsx",
            "it is a web page under another name, as many systems export .xls; open and save it as .xlsx",
        )
    lines, problems = _decoded_lines(content)
    first = next((line.strip() for line in lines if line.strip()), "")
    if first.startswith(("{", "[")) or path.suffix.lower() in {".json", ".jsonl", ".ndjson"}:
        yield from _json_rows(path, lines, problems, is_header)
    else:
        yield from _with_header(path, _csv_rows(lines, problems, _delimiter(lines, is_header)), is_header, columns)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise InputUnreadable(
                str(path), f"文件超过 {_MAX_FILE_BYTES // 1_000_000} MB，请拆分后导入", "it is over 300 MB; split it"
            )
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputUnreadable(str(path), "找不到这个文件", "there is no such file") from None
    except OSError as error:
        raise InputUnreadable(
            str(path), f"系统拒绝读取（{error.strerror}）", f"the system refused ({error.strerror})"
        ) from error
    if not content.strip():
        raise InputUnreadable(str(path), "文件是空的", "it is empty")
    return content


# --- text -------------------------------------------------------------------------------------------------------------


def _decoded_lines(content: bytes) -> tuple[list[str], dict[int, str]]:
    """Return the physical lines and, for those that are not text in the file's encoding, line number → what is wrong."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace").splitlines(), {}
    if wide := _wide_encoding(content):
        return content.decode(wide, errors="replace").splitlines(), {}
    raw = (
        content.removeprefix(b"\xef\xbb\xbf")
        .removeprefix(_GB18030_MARK)
        .replace(b"\r\n", b"\n")
        .replace(b"\r", b"\n")
        .split(b"\n")
    )
    foreign = [number for number, line in enumerate(raw, 1) if not line.isascii()]
    broken = {
        name: [number for number in foreign if not _decodes(raw[number - 1], name)] for name in ("utf-8", "gb18030")
    }
    # Chinese text in GB 18030 is next to never sound UTF-8, but the reverse happens: so UTF-8 wherever the header is, or most lines are.
    is_utf8 = not broken["utf-8"] or broken["utf-8"][0] != foreign[0] or len(broken["utf-8"]) * 2 <= len(foreign)
    encoding = "utf-8" if is_utf8 else "gb18030"
    lines = [line.decode(encoding, errors="replace") for line in raw]
    problems = {number: f"含有不是 {encoding.upper()} 编码的字节" for number in broken[encoding]}
    problems |= {number: "含有空字符，可能已损坏" for number, line in enumerate(lines, 1) if "\x00" in line}
    return lines, problems


def _wide_encoding(content: bytes) -> str:
    """Return which UTF-16 a text without a mark is in, told by where its zeros stand; empty: in none."""
    head = content[: _WIDE_HEAD - len(content[:_WIDE_HEAD]) % 2]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * _WIDE_SHARE < len(head) or min(even, odd):
        return ""
    return "utf-16-le" if odd else "utf-16-be"


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(lines: Sequence[str], is_header: HeaderTest) -> str:
    """Return the mark that makes a header of one of the first lines, else the most frequent: cells may hold lists with marks of their own."""
    head = lines[:_HEADER_SEARCH_ROWS]
    for line in head:
        for mark in ",\t;|":
            if mark in line and is_header(next(csv.reader([line], delimiter=mark), [])):
                return mark
    text = "\n".join(head)
    return max(",\t;|", key=lambda mark: (text.count(mark), mark == ","))


def _csv_rows(
    lines: Sequence[str], problems: Mapping[int, str], delimiter: str
) -> Iterator[tuple[int, list[str]] | Rejection]:
    index = 0
    while index < len(lines):
        number, line = index + 1, lines[index]
        if number in problems:
            yield Rejection(number, problems[number], line)
            index += 1
        elif not line.strip(f" {delimiter}\t"):
            index += 1
        else:
            taken = _lines_of_record(lines, index, problems)
            text = "\n".join(lines[index : index + taken])
            index += taken
            try:
                yield number, next(csv.reader([text], delimiter=delimiter), [])
            except csv.Error as error:
                yield Rejection(number, f"引号或换行不成对，读不成一行（{error}）", text)


def _lines_of_record(lines: Sequence[str], start: int, problems: Mapping[int, str]) -> int:
    """Return how many lines the record takes: more than one while a quoted cell is open; one when it never closes."""
    quotes = 0
    for taken in range(1, _MAX_RECORD_LINES + 1):
        at = start + taken - 1
        if at >= len(lines) or (at + 1) in problems:
            break
        quotes += lines[at].count('"')
        if quotes % 2 == 0:
            return taken
    return 1


# --- sheets -----------------------------------------------------------------------------------------------------------


def _book_rows(
    path: Path, content: bytes, is_header: HeaderTest, columns: tuple[str, str]
) -> Iterator[Row | Rejection]:
    """Yield the rows of every sheet with a header. Of the others, a table is rejected as a whole, and notes are passed over."""
    sheets = open_book(path, content)
    headless: list[Rejection] = []
    failures: list[InputUnreadable] = []
    for sheet in sheets:
        title = sheet.title if len(sheets) > 1 else ""
        try:
            for row in _with_header(path, sheet.rows(), is_header, columns):
                yield _titled(row, title)
        except InputUnreadable as failure:
            failures.append(failure)
            headless += _headless(sheet, title)
    if len(failures) == len(sheets):
        raise failures[0]
    yield from headless


def _headless(sheet: Sheet, title: str) -> Iterator[Rejection]:
    rows = [row for row in islice(sheet.rows(), _HEADER_SEARCH_ROWS) if not isinstance(row, Rejection)]
    if sum(len([cell for cell in cells if cell]) > 1 for _, cells in rows) >= _FEWEST_TABLE_ROWS:
        number, cells = rows[0]
        yield Rejection(number, on_sheet(title, "没有找到表头行，整张表没有读取"), ",".join(cells))


def _titled(row: Row | Rejection, title: str) -> Row | Rejection:
    if not title:
        return row
    return replace(row, sheet=title) if isinstance(row, Row) else replace(row, reason=on_sheet(title, row.reason))


# --- header and JSON --------------------------------------------------------------------------------------------------


def _with_header(
    path: Path, records: Iterable[tuple[int, list[str]] | Rejection], is_header: HeaderTest, columns: tuple[str, str]
) -> Iterator[Row | Rejection]:
    header: list[str] | None = None
    is_first = True
    waiting: list[Rejection] = []
    for place, record in enumerate(records):
        if isinstance(record, Rejection):
            waiting.append(record)
            if header is not None:
                yield waiting.pop()
            continue
        number, cells = record
        if header is None:
            if is_header(cells):
                header = _header(cells)
                yield from waiting
            elif place >= _HEADER_SEARCH_ROWS:
                break
            continue
        if is_first and (below := _second_header(header, cells)):
            header, is_first = _distinct(below), False
            continue
        is_first = False
        if is_header(cells):
            # Below another group's caption the columns are named anew, and on each printed page again.
            header = _header(cells)
            continue
        yield _row(number, header, cells)
    if header is None:
        raise InputUnreadable(
            str(path),
            f"没有找到表头行：前 20 行里应有一行写明列名（如 {columns[0]}）",
            f"no header row was found: one of the first 20 rows should name the columns (such as {columns[1]})",
        )


def _header(cells: Sequence[str]) -> list[str]:
    """Return the columns' names as far as any stands."""
    header = _distinct([cell.strip() for cell in cells])
    while header and not header[-1]:
        header.pop()
    return header


def _distinct(names: Sequence[str]) -> list[str]:
    """Return the columns' names, one that stands again numbered (证书编号, 证书编号（2）): neither column covers the other."""
    met: dict[str, int] = {}
    distinct = []
    for name in names:
        met[name] = met.get(name, 0) + 1
        distinct.append(f"{name}（{met[name]}）" if name and met[name] > 1 else name)
    return distinct


def _second_header(header: Sequence[str], cells: Sequence[str]) -> list[str]:
    """Return the columns where the row only divides those of merged cells above it (价格: 原价, 现价); empty: it does not."""
    width = max(len(header), len(cells))
    above, below = ([*row, *[""] * (width - len(row))] for row in (header, cells))
    divided = {at for at, name in enumerate(above) if not name}
    divided |= {at - 1 for at in divided if at}
    # What is merged over both rows of a header stands in the second as well.
    named = {at for at, cell in enumerate(below) if cell.strip() and cell.strip() != above[at]}
    if not named or not divided or not named <= divided or len(named) < len(divided):
        return []
    return [cell.strip() or name for cell, name in zip(below, above, strict=True)]


def _row(number: int, header: Sequence[str], cells: Sequence[str]) -> Row | Rejection:
    original = ",".join(cells)
    extra = [cell for cell in cells[len(header) :] if cell.strip()]
    if extra:
        return Rejection(number, f"有 {len(cells)} 列，表头只有 {len(header)} 列", original)
    if len(cells) < len(header) and len(cells) <= len(header) // 2:
        return Rejection(number, f"只有 {len(cells)} 列，表头有 {len(header)} 列", original)
    if any(len(cell) > _MAX_CELL_CHARS for cell in cells):
        return Rejection(number, f"有单元格超过 {_MAX_CELL_CHARS} 字", original[:_MAX_CELL_CHARS])
    padded = [*cells, *[""] * (len(header) - len(cells))]
    return Row(number, {name: _as_shown(cell) for name, cell in zip(header, padded, strict=False) if name})


def _as_shown(cell: str) -> str:
    """Return what a spreadsheet shows: numbers that must stay text are exported as `="00123"`."""
    cell = cell.strip()
    return cell[2:-1] if len(cell) > len('=""') and cell.startswith('="') and cell.endswith('"') else cell


def _json_rows(
    path: Path, lines: Sequence[str], problems: Mapping[int, str], is_header: HeaderTest
) -> Iterator[Row | Rejection]:
    whole = _parsed("\n".join(lines).encode()) if not problems else None
    records = _records(whole, is_header)
    if whole is not None and not (
        isinstance(whole, dict) and len([line for line in lines if line.strip()]) == 1 and records is None
    ):
        if records is None:
            raise InputUnreadable(str(path), "JSON 里没有商品列表（应为对象数组）", "the JSON holds no list of objects")
        for number, record in enumerate(records, 1):
            yield _json_row(number, record)
        return
    if whole is None and not any(_parsed(line.encode()) is not None for line in lines if line.strip()):
        raise InputUnreadable(
            str(path), "不是完好的 JSON，也不是每行一个对象的 JSON Lines", "it is neither sound JSON nor JSON Lines"
        )
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        record = None if number in problems else _parsed(line.encode())
        if record is None:
            yield Rejection(number, problems.get(number, "不是完好的 JSON"), line)
        else:
            yield _json_row(number, record)


def _parsed(text: bytes) -> Any | None:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _records(whole: Any, is_header: HeaderTest) -> list[Any] | None:
    """Return the objects that are records: the list a reply is wrapped around, or those within its parts that have columns we know."""
    wrapped = _wrapped_list(whole)
    known = _known_records(whole, is_header, _MAX_JSON_DEPTH)
    within = {id(one) for one in known}
    named = [one for one in wrapped or () if isinstance(one, dict) and is_header(list(one))]
    if named and all(id(one) in within for one in named):
        return wrapped  # with those of its elements that are broken
    return known or wrapped


def _known_records(value: Any, is_header: HeaderTest, depth: int) -> list[Any]:
    if not depth or not isinstance(value, dict | list):
        return []
    if isinstance(value, list):
        return [found for one in value for found in _known_records(one, is_header, depth - 1)]
    lists = (part for part in value.values() if isinstance(part, list))
    if is_header(list(value)):
        # An object with an id and a name of its own may be the page its records stand on.
        return [found for part in lists for found in _known_records(part, is_header, depth - 1)] or [value]
    return [found for part in value.values() for found in _known_records(part, is_header, depth - 1)]


def _wrapped_list(whole: Any) -> list[Any] | None:
    """Return the list of objects a platform wrapped its reply around, at most three levels down."""
    level: list[Any] = [whole]
    for _ in range(4):
        for value in level:
            if isinstance(value, list) and any(isinstance(element, dict) for element in value):
                return value
        level = [child for value in level if isinstance(value, dict) for child in value.values()]
    return None


def _json_row(number: int, record: object) -> Row | Rejection:
    if not isinstance(record, dict):
        return Rejection(number, "不是一个对象", str(record)[:2000])
    return Row(number, {str(key): _json_text(value) for key, value in record.items()})


def _json_text(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(element, str) for element in value):
        return " ".join(value)
    return cell_text(value) if isinstance(value, int | float) else msgspec.json.encode(value).decode()
