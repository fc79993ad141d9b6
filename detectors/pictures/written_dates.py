"""Dates as people write them on certificates and in lists: figures or Chinese numerals, any mark between, short years, a serial number.

`dates_in` reads running text, where a year has four figures; `cell_dates` reads a cell that holds nothing but dates, where less is enough.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta

__all__ = ["cell_dates", "dates_in", "years_lasting"]

_FIGURES = {char: str(value % 10) for value, char in enumerate("〇一二三四五六七八九")}
_FIGURES |= {char: str(value % 10) for value, char in enumerate("零壹贰叁肆伍陆柒捌玖")}
_FIGURES |= {"○": "0", "◯": "0", "O": "0", "o": "0", "两": "2", "元": "1"}
_TENS = {"十": "1", "拾": "1", "廿": "2", "卅": "3"}
_NUMERAL = "〇零○◯Oo一二两三四五六七八九十廿卅壹贰叁肆伍陆柒捌玖拾"
_WRITTEN_YEAR = re.compile(f"(?<![{_NUMERAL}\\d])([{_NUMERAL}]{{4}})(?=\\s*年)")
_WRITTEN_DAY = re.compile(rf"(?<=[年月])(\s*)([{_NUMERAL}元]{{1,3}})(?=\s*[月日号])")
_DASHES = str.maketrans(dict.fromkeys("–—−‐‑﹣ー", "-") | {"、": ".", "。": ".", "·": ".", "・": ".", "．": "."})
_MARK = r"\s*[-/.年月]\s*"
_DATE = re.compile(
    rf"(?<!\d)((?:19|20)\d{{2}})(?:{_MARK}(\d{{1,2}})(?!\d)(?:{_MARK}(\d{{1,2}})(?!\d)\s*[日号]?)?\s*月?|(\d{{2}})(\d{{2}})(?!\d))"
)
_SPACED = re.compile(r"((?:19|20)\d{2}) +(\d{1,2}) +(\d{1,2})")
_MONTH_ONLY = re.compile(r"(20\d{2})(0[1-9]|1[0-2])")
_SHORT = re.compile(rf"(?<!\d)'?(\d{{1,2}}){_MARK}(\d{{1,2}}){_MARK}(\d{{4}}|\d{{1,2}})(?!\d)\s*[日号]?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH = re.compile(
    rf"(?:(?<!\d)(\d{{1,2}})[-\s,./]+)?\b({'|'.join(_MONTHS)})[a-z]*[-\s,./]+(?:(\d{{1,2}}),\s*)?(\d{{4}}|\d{{2}})(?!\d)", re.IGNORECASE
)  # fmt: skip
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_DAYS = range(36_526, 73_051)
"""Serial numbers of the years 2000 to 2099: what a date becomes when its column loses its format."""
_LASTING = re.compile(r"(?:有效期?)?(?:限|为|[:：])*\s*(\d{1,2}|[一二两三四五六七八九十])\s*年(?:有效|期)?")
_FIRST_SHORT_YEAR = 13
"""A short figure up to twelve may be a month, so it is no year."""
_MOST = 200
"""Characters of a cell that holds dates."""


def dates_in(text: str) -> tuple[date, ...]:
    """Return the dates a text names, in order: `2023-05-10`, `2023年5月`, `20230510`, `二〇二三年五月`; impossible ones are left out."""
    return tuple(_dates(_DATE.findall(_in_figures(text))))


def cell_dates(text: str) -> tuple[date, ...]:
    """Return the dates a cell names, in order: also `24.3.5`, `3/5/2024`, `202403`, `May-23`, and the number a spreadsheet counts days by."""
    plain = _in_figures(text[:_MOST]).strip(" '\"")
    serial = _SERIAL.fullmatch(plain)
    if serial and int(serial[1]) in _EXCEL_DAYS:
        return (_EXCEL_EPOCH + timedelta(days=int(serial[1])),)
    if spaced := _SPACED.fullmatch(plain) or _MONTH_ONLY.fullmatch(plain):
        return tuple(_dates([(*spaced.groups(), "", "", "")[:5]]))
    found = tuple(_dates(_DATE.findall(plain)))
    return found or tuple(_dates(_english(plain))) or tuple(_dates(_short(plain)))


def years_lasting(text: str) -> int:
    """Return how many years a cell says a certificate lasts (`6年`, `有效期六年`); 0: it does not say."""
    found = _LASTING.fullmatch(unicodedata.normalize("NFKC", text[:_MOST]).strip())
    if not found:
        return 0
    return 10 if found[1] == "十" else int(_FIGURES.get(found[1], found[1]))


def _dates(written: list[tuple[str, ...]]) -> Iterator[date]:
    """Yield the dates of (year, month, day, month, day) in figures; a missing month or day is the first."""
    for year, month, day, tight_month, tight_day in written:
        try:
            yield date(int(year), int(month or tight_month or 1), int(day or tight_day or 1))
        except ValueError:
            continue


def _english(text: str) -> list[tuple[str, ...]]:
    """Return `5-Mar-2024`, `Mar 5, 2024` and `May-23` in figures."""
    return [
        (_full_year(year), str(_MONTHS.index(month[:3].lower()) + 1), before or after, "", "")
        for before, month, after, year in _ENGLISH.findall(text)
    ]


def _short(text: str) -> list[tuple[str, ...]]:
    """Return `24.3.5` and what a spreadsheet in English writes, `3/5/24` and `3/5/2024`, in figures; what may be either is left out."""
    found: list[tuple[str, ...]] = []
    for first, second, third in _SHORT.findall(text):
        if len(third) > 2 or int(third) >= _FIRST_SHORT_YEAR > int(first):  # noqa: PLR2004 - a short year
            month, day = (second, first) if int(first) >= _FIRST_SHORT_YEAR else (first, second)
            found.append((_full_year(third), month, day, "", ""))
        elif int(first) >= _FIRST_SHORT_YEAR:
            found.append((_full_year(first), second, third, "", ""))
    return found


def _full_year(year: str) -> str:
    return year if len(year) > 2 else f"20{year}"  # noqa: PLR2004 - a short year


def _in_figures(text: str) -> str:
    """Return the text half-width, with one sort of dash and point, its Chinese numerals before 年, 月 and 日 as figures."""
    plain = unicodedata.normalize("NFKC", text.replace("○", "〇")).translate(_DASHES)
    plain = _WRITTEN_YEAR.sub(lambda found: _in_row(found[1]), plain)
    for _ in "年月":  # the day follows a month that is in figures by then
        plain = _WRITTEN_DAY.sub(lambda found: found[1] + _counted(found[2]), plain)
    return plain


def _in_row(numerals: str) -> str:
    return "".join(_FIGURES.get(char, char) for char in numerals)


def _counted(numerals: str) -> str:
    """Return 二十一, 廿一, 十 and 〇三 in figures; what is no count stays as it is."""
    tens = next((char for char in numerals if char in _TENS), "")
    if not tens:
        return _in_row(numerals)
    before, _, after = numerals.partition(tens)
    head = _FIGURES.get(before, "") or _TENS[tens]
    return head + (_FIGURES.get(after, "0") if len(after) < 2 else after)  # noqa: PLR2004 - one figure after the ten
