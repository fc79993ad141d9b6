"""Tells a table from a list by its first lines: what parts its cells, where its header stands, which column holds the names. Pure."""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crawler.feeds.name_lists import decoded
from keywords.host_lines import HostLines, host_of_text

__all__ = ["TableShape", "first_lines", "shape_of", "shape_with"]

_MARKS = ",\t;|，、 "
_LOOKED_AT = 200
_HEADER_ROWS = 20
"""Above the header there may be a title and a note."""
_BETWEEN_WORDS = re.compile(r"[\s_\-\"'\ufeff]+")
_HEADERS = (
    re.compile(r"domain ?(name)?|fqdn|host ?(name)?|域名(名称)?|主机名?"),
    re.compile(r"(.* )?(domain ?(name)?|host ?name)|.*(域名|主机名)"),
    re.compile(r"(.* )?(url|web ?site|site|link)|.*(网址|网站|网站地址|链接)"),
)
"""The columns that hold names, those that surely do first; `域名注册商` and `域名状态` are none."""


@dataclass(frozen=True, slots=True)
class TableShape:
    """How a table is made."""

    mark: str
    """What parts the cells."""
    places: tuple[int, ...]
    """Of the columns with names: one that says so in its header, else all that hold names."""
    head_rows: int
    """Rows up to the header and with it, which hold no names; 0: there is no header."""


def first_lines(head: bytes) -> list[str]:
    """Return the first lines of a file as text, whole ones only."""
    return [decoded(line) for line in head.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")[:_LOOKED_AT]]


def shape_of(lines: Sequence[str]) -> TableShape | None:
    """Return the shape of a table; None where the lines are a list: most of them can be read as they stand."""
    said = [line for line in lines if line.strip()]
    if not said or 2 * sum(map(_is_readable, said)) >= len(said):
        return None
    tables = [(mark, _rows(lines, mark)) for mark in _MARKS]
    tables = [(mark, rows) for mark, rows in tables if 2 * sum(len(row) > 1 for row in rows) > len(said)]
    for mark, rows in tables:
        if named := _column_by_header(rows):
            return TableShape(mark, (named[0],), named[1])
    for mark, rows in tables:
        if places := _columns_by_content(rows):
            return TableShape(mark, places, 0)
    return None


def shape_with(lines: Sequence[str], column: str) -> TableShape | None:
    """Return the shape of a table that has a column of this name; None: it has none."""
    for mark in _MARKS:
        for number, row in enumerate(_rows(lines, mark)[:_HEADER_ROWS]):
            cells = [cell.strip("\ufeff ") for cell in row]
            if column in cells:
                return TableShape(mark, (cells.index(column),), number + 1)
    return None


def _is_readable(line: str) -> bool:
    try:
        HostLines().host_of(line)
    except ValueError:
        return False
    return True


def _rows(lines: Iterable[str], mark: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=mark))
    except csv.Error:
        return []


def _column_by_header(rows: Sequence[Sequence[str]]) -> tuple[int, int] | None:
    """Return (place of the column, rows up to the header and with it). A header is believed only if a name stands below it, or nothing."""
    for number, row in enumerate(rows[:_HEADER_ROWS], start=1):
        cells = [_header(cell) for cell in row]
        is_title = len([cell for cell in cells if cell]) == 1
        below = [one for one in rows[number:] if any(one)]
        for header in _HEADERS:
            for place, cell in enumerate(cells):
                is_named = not is_title and header.fullmatch(cell)
                if is_named and (not below or any(_is_name(one[place]) for one in below if place < len(one))):
                    return place, number
    return None


def _header(cell: str) -> str:
    words = _BETWEEN_WORDS.split(cell.strip("\ufeff \"'").lower())
    return ("" if not cell.isascii() else " ").join(words).strip()


def _columns_by_content(rows: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """Return the columns that hold a name in every second row."""
    held = [0] * max(map(len, rows), default=0)
    for row in rows:
        for place, cell in enumerate(row):
            held[place] += _is_name(cell)
    count = len([row for row in rows if row])
    return tuple(place for place, names in enumerate(held) if names and 2 * names >= count)


def _is_name(cell: str) -> bool:
    """Say whether a cell holds a name or the URL of one; a number, a day, an address of mail or network is none."""
    try:
        host = host_of_text(cell)[1]
    except ValueError:
        return False
    return host.rpartition(".")[2][:1].isalpha() and ("@" not in cell or "://" in cell)
