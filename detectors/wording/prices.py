"""Reads prices in yuan: 500元, ￥1,280, 500-800元, 1.5万, 三千八, 两百块, 几百元, 300一本."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from keywords.characters import EVERY_POINT, places_of, points_of
from keywords.pairs import Pairs

__all__ = ["Price", "chinese_number", "find_prices"]

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_TIMES = {"": 1, "万": 10_000, "w": 10_000, "千": 1000, "k": 1000, "百": 100}

_LATIN = r"\d{1,3}(?:,\d{3}){1,2}(?:\.\d{1,2})?|\d{1,7}(?:\.\d{1,2})?"
_HAN = r"[一二两三四五六七八九](?:[一二两三四五六七八九]?[十百千万]零?[一二两三四五六七八九]?){1,6}|[一二两三四五六七八九十](?=[块元])"
_NUMBER = rf"(?:{_LATIN}|{_HAN})"
_BEFORE = r"(?P<before>[¥￥]|rmb|(?:价格?|售价|只要|只需|仅需|仅|费用|收费|一口价|特价|优惠价|定金|低至|全包|全套|一[本证个张套]证?|起步价?|每人收|每[本张证]收?)[:：为是]?)"
_AFTER = r"(?P<after>元|块钱?|圆|rmb|人民币|(?=(?:[一/每])(?:本|个|套|张|证|份|人)|全包|搞定|拿下|包[下拿过]))"
_RANGE = rf"(?P<low>{_NUMBER})(?:(?:元|块)?\s?(?:-|~|—|到|至)\s?(?P<high>{_NUMBER}))?\s?(?P<times>[万wk千百](?![a-z]))?\s?(?:多|几|左右|来)?"
_PRICE = re.compile(rf"(?<![\d.a-z]){_BEFORE}?\s?(?<![\d.]){_RANGE}{_AFTER}?")
_HELD = ",.-—~:：¥￥零一二两三四五六七八九十百千万wkrmb价格售只要需仅费用收口特优惠定金低至全包套本证个张起步每人为是元块钱圆民币到多几左右来"
_WRITTEN_WITH = re.escape(_HELD)
_NUMERAL = r"\d一二两三四五六七八九十"
_STRETCH = re.compile(rf"[{_NUMERAL}][{_WRITTEN_WITH}\d\s]*")
"""What a price ends within: a number and what may follow it, up to the next character no price holds. Few such stretches hold money."""
_LONGEST_BEFORE = 8
_MONEY = re.compile(
    r"[¥￥元块圆价售仅费收万千百wk]|rmb|只要|只需|定金|低至|全包|全套|起步|人民币|搞定|拿下|包[下拿过]|[一/每][本证个张套份人]"
).search
_MONEY_SIGNS, _MONEY_WORDS = (
    "¥￥元块圆价售仅费收万w",
    ("rmb", "只要", "只需", "定金", "低至", "全包", "全套", "起步", "人民币", "搞定", "拿下"),
)
"""The same for whole arrays; of words the first two characters."""
_MONEY_PAIRS = (
    *(word[:2] for word in _MONEY_WORDS),
    *("包" + one for one in "下拿过"),
    *(per + one for per in "一/每" for one in "本证个张套份人"),
)
_NUMERAL_BIT, _HELD_BIT, _MONEY_BIT, _DIGIT_BIT, _UNIT_BIT = 1, 2, 4, 8, 16
_LONG = 600
"""Characters from which a text is first looked through by whole arrays."""
_LOOKS_AHEAD = 2
_VAGUE = re.compile(r"几(?P<unit>十|百|千)(?:元|块)")
_COLLOQUIAL = re.compile("[一二两三四五六七八九][百千万][一二三四五六七八九]").fullmatch
_MOST = 100_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A price or a span of prices, in yuan, with its place in the text."""

    low: float
    high: float
    """Equal to `low`: one price."""
    start: int
    end: int

    @property
    def shown(self) -> str:
        """Return it as staff write it: `500元`, `500至800元`."""
        return f"{self.low:g}元" if self.low == self.high else f"{self.low:g}至{self.high:g}元"


def find_prices(text: str) -> tuple[Price, ...]:
    """Return the prices in a folded text by place. A bare number is none: a currency, a unit or a price word must be there."""
    found = [price for match in _all(text) if (price := _price(match))]
    for match in _VAGUE.finditer(text):
        unit = _UNITS[match["unit"]]
        found.append(Price(low=unit, high=unit * 10 - 1, start=match.start(), end=match.end()))
    return tuple(sorted(found, key=lambda price: price.start))


def _all(text: str) -> Iterator[re.Match[str]]:
    """Yield what `_PRICE` finds in the stretches in which it can find a price."""
    at = 0
    for start, end in _stretches(text):
        at = max(at, start - _LONGEST_BEFORE)
        if _MONEY(text, at, end + _LOOKS_AHEAD):
            while (match := _PRICE.search(text, at, end + _LOOKS_AHEAD)) and match.start() < end:
                yield match
                at = match.end()


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches in which a number may stand and, of long texts, only those that hold a sign of money or are near one."""
    if len(text) < _LONG:
        yield from (stretch.span() for stretch in _STRETCH.finditer(text))
        return
    points = points_of(text)
    bits = _bits().take(points)
    money = _money(points, bits)
    numerals = places_of(bits & _NUMERAL_BIT)
    if not (money.size and numerals.size):
        return
    edges = np.flatnonzero(np.diff((bits & _HELD_BIT) != 0, prepend=False, append=False))
    firsts, ends = edges[::2], edges[1::2]
    nearest = np.searchsorted(numerals, firsts)
    starts = np.append(numerals, len(text))[nearest]
    is_one = starts < ends
    starts, ends = starts[is_one], ends[is_one]
    near = np.searchsorted(money, ends + _LOOKS_AHEAD) > np.searchsorted(money, starts - _LONGEST_BEFORE)
    yield from zip(starts[near].tolist(), ends[near].tolist(), strict=True)


def _money(points: NDArray[np.uint32], bits: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return where the signs and words of money stand."""
    is_money = (bits & _MONEY_BIT) != 0
    is_money[_money_pairs().may_start(points)] = True
    # 三千八 is money by itself, 三千八百 is not.
    is_digit, is_unit = (bits & _DIGIT_BIT) != 0, (bits & _UNIT_BIT) != 0
    is_money[:-3] |= is_digit[:-3] & is_unit[1:-2] & is_digit[2:-1] & ~is_unit[3:]
    is_money[-3:] |= is_digit[-3:].any()
    return np.flatnonzero(is_money)


@lru_cache(maxsize=1)
def _money_pairs() -> Pairs:
    return Pairs(_MONEY_PAIRS)


@lru_cache(maxsize=1)
def _bits() -> NDArray[np.uint8]:
    """Return what each character of a folded text is good for."""
    bits = np.zeros(EVERY_POINT, np.uint8)
    numerals = "0123456789一二两三四五六七八九十"
    for chars, bit in (
        (numerals, _NUMERAL_BIT), (f"{_HELD}{numerals} \n", _HELD_BIT), (_MONEY_SIGNS, _MONEY_BIT), ("一二两三四五六七八九", _DIGIT_BIT),
        ("十百千万", _UNIT_BIT),
    ):  # fmt: skip
        for char in chars:
            bits[ord(char)] |= bit
    return bits


def chinese_number(text: str) -> float:
    """Return the value of a Chinese numeral, colloquial endings understood (三千八 = 3800). Raises ValueError."""
    total = section = 0
    digit, last_unit = 0, 1
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
            last_unit = last_unit if digit else 1  # after 零 the next digit is what it is: 一千零五
        elif char in _UNITS:
            section += (digit or 1) * _UNITS[char]
            digit, last_unit = 0, _UNITS[char]
        elif char == "万":
            total += (section + digit) * 10_000
            section, digit, last_unit = 0, 0, 10_000
        else:
            raise ValueError(f"not a Chinese numeral: {text!r}")
    return float(total + section + digit * max(1, last_unit // 10))


def _price(match: re.Match[str]) -> Price | None:
    times = match["times"] or ""
    is_money = match["before"] or match["after"] is not None or times in {"万", "w"} or _COLLOQUIAL(match["low"])
    if not is_money:
        return None
    try:
        low = _value(match["low"]) * _TIMES[times]
        high = _value(match["high"]) * _TIMES[times] if match["high"] else low
    except ValueError:
        return None
    if not 0 < low <= high <= _MOST:
        return None
    return Price(low=low, high=high, start=match.start(), end=match.end())


def _value(text: str) -> float:
    return float(text.replace(",", "")) if text[0].isdigit() else chinese_number(text)
