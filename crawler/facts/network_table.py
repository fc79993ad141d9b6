"""The operator's own network table: a CSV with `cidr` or `start`,`end` and any of `asn`, `owner`, `country`, `province`.

Read once and checked whole: the first row that makes no sense is named with its line and nothing is half-loaded.
"""

import csv
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from crawler.facts.network_ranges import AddressRanges, RangeError, as_number
from detectors.model import Unknown
from detectors.name_facts import NetworkFacts
from pipelines.errors import InputUnreadable

__all__ = ["OperatorTable", "load_table"]

_COLUMNS = ("cidr", "start", "end", "asn", "owner", "country", "province")
_MAX_TEXT = 200
_COUNTRY = re.compile(r"[A-Za-z]{2}")
_EMPTY = Unknown("网络归属表中该行未填写")
_NOT_IN_TABLE = Unknown("网络归属表中没有该地址")

Note = tuple[int | None, str, str, str]
"""Number of the autonomous system, owner, country, province; None or empty: the row does not say."""


class OperatorTable:
    """A `NetworkTable` made of one file."""

    def __init__(self, name: str, on: date, ranges: Mapping[int, AddressRanges], notes: tuple[Note, ...]) -> None:
        self.name = name
        self.on = on
        self._ranges = ranges
        self._notes = notes

    def facts_of(self, address: str) -> NetworkFacts:
        """Return what the table knows of an address. Raises ValueError if it is no address."""
        bits, number = as_number(address)
        place = self._ranges[bits].note_of(number)
        if place is None:
            return NetworkFacts(
                address=address, asn=_NOT_IN_TABLE, owner=_NOT_IN_TABLE, country=_NOT_IN_TABLE, province=_NOT_IN_TABLE,
                table=self.name, table_on=self.on,
            )  # fmt: skip
        asn, owner, country, province = self._notes[place]
        return NetworkFacts(
            address=address,
            asn=_EMPTY if asn is None else asn,
            owner=owner or _EMPTY,
            country=country or _EMPTY,
            province=province or _EMPTY,
            table=self.name,
            table_on=self.on,
        )


def load_table(path: Path) -> OperatorTable:
    """Read the table. Its date is that of a first line `# YYYY-MM-DD`, else of the file. Raises `InputUnreadable`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline(1000)
            on = _date_in(first) or datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
            skipped = 1 if first.startswith("#") else 0
            if not skipped:
                file.seek(0)
            return _read(path, on, csv.reader(file, strict=True), skipped)
    except OSError as error:
        raise InputUnreadable(str(path), f"{error.strerror or error}", f"{error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InputUnreadable(str(path), "不是 UTF-8 编码", "it is not UTF-8") from error


def _read(path: Path, on: date, rows: "csv.Reader", skipped: int) -> OperatorTable:  # type: ignore[name-defined]
    ranges = {32: AddressRanges(), 128: AddressRanges()}
    notes: dict[Note, int] = {}
    line = skipped + 1
    try:
        columns = _columns(next(rows, []))
        for row in rows:
            line = rows.line_num + skipped
            if row:
                bits, start, end = _range_in(row, columns)
                ranges[bits].add(start, end, notes.setdefault(_note_in(row, columns), len(notes)), line)
        for one in ranges.values():
            one.close()
    except RangeError as error:
        where_zh, where_en = ("", "") if "overlaps" in error.args[1] else (f"第 {line} 行：", f"line {line}: ")
        raise InputUnreadable(str(path), where_zh + error.args[0], where_en + error.args[1]) from None
    except csv.Error as error:
        raise InputUnreadable(str(path), f"第 {line + 1} 行附近：{error}", f"near line {line + 1}: {error}") from None
    return OperatorTable(path.name, on, ranges, tuple(notes))


def _columns(header: list[str]) -> dict[str, int]:
    columns = {name.strip().lower(): place for place, name in enumerate(header)}
    if "cidr" not in columns and not {"start", "end"} <= columns.keys():
        raise RangeError("表头没有 cidr 列，也没有 start、end 两列", "no column cidr, and not both start and end")
    if unknown := [name for name in columns if name not in _COLUMNS]:
        raise RangeError(f"不认识的列 {unknown[0][:40]}", f"unknown column {unknown[0][:40]}")
    return columns


def _range_in(row: list[str], columns: Mapping[str, int]) -> tuple[int, int, int]:
    """Return (bits of the family, first, last address). Raises `RangeError`."""
    cidr = _cell(row, columns, "cidr")
    try:
        if cidr:
            address, slash, length = cidr.partition("/")
            bits, start = as_number(address)
            return bits, start, start + _size(bits, start, int(length) if slash else bits) - 1
        bits, start = as_number(_cell(row, columns, "start"))
        end_bits, end = as_number(_cell(row, columns, "end"))
    except ValueError:
        shown = cidr or f"{_cell(row, columns, 'start')} - {_cell(row, columns, 'end')}"
        raise RangeError(f"不是有效的地址范围：{shown[:80]}", f"not an address range: {shown[:80]}") from None
    if end_bits != bits or end < start:
        raise RangeError(
            "范围的终点在起点之前，或两者不是同一种地址", "its end lies before its start or is of another family"
        )
    return bits, start, end


def _size(bits: int, start: int, length: int) -> int:
    """Return the number of addresses of a network. Raises ValueError if it does not begin where it says."""
    if not 0 <= length <= bits or start % (1 << (bits - length)):
        raise ValueError(length)
    return 1 << (bits - length)


def _note_in(row: list[str], columns: Mapping[str, int]) -> Note:
    asn = _cell(row, columns, "asn").upper().removeprefix("AS")
    country = _cell(row, columns, "country")
    if asn and not (asn.isascii() and asn.isdigit() and int(asn) < 1 << 32):
        raise RangeError(f"自治系统号不是数字：{asn[:40]}", f"not a number of an autonomous system: {asn[:40]}")
    if country and not _COUNTRY.fullmatch(country):
        raise RangeError(f"国家代码应为两个字母：{country[:40]}", f"not a two-letter country code: {country[:40]}")
    owner, province = _cell(row, columns, "owner")[:_MAX_TEXT], _cell(row, columns, "province")[:_MAX_TEXT]
    return int(asn) if asn else None, owner, country.upper(), province


def _cell(row: list[str], columns: Mapping[str, int], name: str) -> str:
    place = columns.get(name, -1)
    return row[place].strip() if 0 <= place < len(row) else ""


def _date_in(line: str) -> date | None:
    found = re.search(r"^#.*?(\d{4}-\d{2}-\d{2})", line)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None
