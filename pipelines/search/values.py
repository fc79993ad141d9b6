"""What stands after a field's colon → a condition: labels, numbers, dates at the office (Asia/Shanghai), ranges of both."""

import re
from datetime import date, datetime, timedelta

from pipelines.clock import CHINA
from pipelines.labels import PLATFORM_ZH, SOURCE_FAMILY_ZH
from pipelines.search.fields import NONE_ZH, Field, Stored, microseconds
from pipelines.search.model import Condition, Contains, FieldIs, IsEmpty, Range
from pipelines.stores.search_text import fold

__all__ = ["BadValue", "value_condition"]

_RANGE = re.compile(r"(?P<sign>>=|<=|>|<|=|≥|≤)\s*(?P<one>.+)|(?P<low>.*?)(?:\.\.+|~)(?P<high>.*)", re.DOTALL)
_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2}))?)?[月日号]?", re.ASCII)
_DAYS_AGO = re.compile(r"(\d{1,4})天(前|后)", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_PLAIN = str.maketrans("＞＜＝～０１２３４５６７８９", "><=~0123456789")
_RELATIVE = {"前天": -2, "昨天": -1, "今天": 0, "明天": 1, "后天": 2}
_YEARS = range(1970, 9000)
_Span = tuple[int, int]
"""First and last value that a written number or date covers."""


class BadValue(Exception):
    """A value that its field cannot have: what is wrong and what to write instead, each (Chinese, English)."""

    def __init__(self, problem: tuple[str, str], advice: tuple[str, str]) -> None:
        super().__init__(problem[0])
        self.problem = problem
        self.advice = advice


def value_condition(field: Field, written: str, today: date, *, is_quoted: bool) -> Condition:
    """Return what one written value asks for. Raises `BadValue`."""
    is_none = not is_quoted and fold(written) in NONE_ZH
    match field.stored:
        case Stored.PART:
            return IsEmpty(field.code) if is_none else _contains(field, written)
        case Stored.KEYWORD | Stored.KEYWORDS:
            return FieldIs(field.code, ("",) if is_none else _keyword(field, written))
        case Stored.DAY if is_none:
            return IsEmpty(field.code)
        case _:
            return _range(field, written.translate(_PLAIN), today)


def _contains(field: Field, written: str) -> Condition:
    folded = fold(written)
    if not folded:
        raise _bad(field, f"“{field.names_zh[0]}”的引号里没有文字", f"the quotes of {field.code} are empty")
    return Contains(folded, field.code)


def _keyword(field: Field, written: str) -> tuple[str, ...]:
    folded = fold(written)
    if known := field.labels.get(folded):
        return known
    if field.is_closed:
        zh = [name for name in field.labels if not name.isascii() or name == "app"]
        raise _bad(
            field,
            f"{field.names_zh[0]}没有“{written[:20]}”，可用的有：{'、'.join(zh)}",
            f"{field.code} has no such value; there are {', '.join(sorted({v for vs in field.labels.values() for v in vs}))}",
        )
    if field.code == "source":
        return _source(folded, written)
    if field.code == "imitates":
        return (folded,)
    return (folded.capitalize(),) if field.code == "id" else (written,)


def _source(folded: str, written: str) -> tuple[str, ...]:
    """Return the stored sources a name may stand for: with its family (平台：闲鱼) or without (闲鱼)."""
    family, colon, name = folded.partition(":")
    for code, zh in SOURCE_FAMILY_ZH.items():
        if colon and family in (code, zh):
            own = written[-len(name) :] if len(written) >= len(name) else name
            shipped = _shipped_platform(own.strip()) if code == "platform" else ()
            return (f"{code}:{own.strip()}", *shipped)
    return (written, *(f"{code}:{written}" for code in SOURCE_FAMILY_ZH), *_shipped_platform(written))


def _shipped_platform(title: str) -> tuple[str, ...]:
    """Return the source that a shipped platform's Chinese name stands for; none if there is no such platform."""
    return tuple(f"platform:{name}" for name, zh in PLATFORM_ZH.items() if zh.lower() == title.lower())


def _range(field: Field, written: str, today: date) -> Condition:
    found = _RANGE.fullmatch(written)
    if found is None:
        return Range(field.code, *_span(field, written, today))
    if sign := found["sign"]:
        low, high = _span(field, found["one"], today)
        return Range(
            field.code,
            *{">": (high + 1, None), "<": (None, low - 1), "=": (low, high)}.get(
                sign, (low, None) if sign in (">=", "≥") else (None, high)
            ),
        )
    first, last = found["low"].strip(), found["high"].strip()
    if not (first or last):
        raise _bad(field, "范围两头都没有写", "the range has neither a beginning nor an end")
    low_end = _span(field, first, today)[0] if first else None
    high_end = _span(field, last, today)[1] if last else None
    if low_end is not None and high_end is not None and low_end > high_end:
        raise _bad(field, "范围的起点大于终点", "the range begins after its end")
    return Range(field.code, low_end, high_end)


def _span(field: Field, written: str, today: date) -> _Span:
    written = written.strip()
    if field.stored is Stored.NUMBER:
        if not _NUMBER.fullmatch(written):
            raise _bad(field, f"“{written[:20]}”不是整数", f"“{written[:20]}” is no whole number")
        return int(written), int(written)
    first, after = _days(field, written, today)
    if field.stored is Stored.DAY:
        return first.toordinal(), after.toordinal() - 1
    return _starts_at(first), _starts_at(after) - 1


def _starts_at(day: date) -> int:
    return microseconds(datetime(day.year, day.month, day.day, tzinfo=CHINA))


def _days(field: Field, written: str, today: date) -> tuple[date, date]:
    """Return the first day a written day, month or year covers, and the first after it."""
    if written in _RELATIVE:
        day = today + timedelta(days=_RELATIVE[written])
        return day, day + timedelta(days=1)
    if found := _DAYS_AGO.fullmatch(written):
        day = today + timedelta(days=int(found[1]) * (-1 if found[2] == "前" else 1))
        return day, day + timedelta(days=1)
    found = _DATE.fullmatch(written)
    year, month, day_of_month = (int(part or 1) for part in found.groups()) if found else (0, 0, 0)
    try:
        first = date(year if year in _YEARS else 0, month, day_of_month)
    except ValueError:
        problem = f"“{written[:20]}”不是日期", f"“{written[:20]}” is no date"
        advice = (
            f"请写成 {field.names_zh[0]}:>2026-11-01、2026-11、今天 或 7天前",
            f"Write e.g. {field.code}:>2026-11-01",
        )
        raise BadValue(problem, advice) from None
    _, has_month, has_day = found.groups() if found else ("", "", "")
    if has_day:
        return first, first + timedelta(days=1)
    if has_month:
        return first, date(year + month // 12, month % 12 + 1, 1)
    return first, date(year + 1, 1, 1)


def _bad(field: Field, problem_zh: str, problem_en: str) -> BadValue:
    name = field.names_zh[0]
    return BadValue(
        (problem_zh, problem_en), (f"请写成 {name}:{field.example}", f"Write e.g. {field.code}:{field.example}")
    )
