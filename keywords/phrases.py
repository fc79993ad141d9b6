"""Many regular expressions over one text in one look: each is tried only where one of its beginnings stands.

What a match can begin with is read from the expression itself, so an expression is written once and nothing has to be kept in step.
One automaton looks for all beginnings of all expressions; where none stands, no expression is tried.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice, product
from re import _constants as codes  # type: ignore[attr-defined]  # the only reader of expressions there is
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import numpy as np
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from keywords.characters import EVERY_POINT, Points, points_of, text_of
from keywords.once import once

__all__ = ["Phrases", "Tried", "beginnings", "first_characters", "matches_at", "openings"]

_LENGTHS = (6, 4, 3, 2, 1)
"""Characters of a beginning; fewer where there would be too many of them."""
_MOST_BEGINNINGS = 2_000
_ALIKE = {"0": "0123456789", "一": "一二两三四五六七八九十几半"}
"""All of these are looked for as one character: else a number has a thousand beginnings."""
_SHOWN = {char: shown for shown, chars in _ALIKE.items() for char in chars}
_TELL_NOTHING, _TELLING_LENGTH, _LONGEST = frozenset("0一-~"), 4, 9
"""Texts are full of numbers: a beginning of so many characters that is only these goes on to the first one that is another."""
_REPEATS = {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}
_LOOKS = {codes.ASSERT, codes.ASSERT_NOT, codes.AT}
_LARGEST_RANGE = 30
_MOST_OPENINGS, _LONGEST_OPENING = 30, 3


class Phrases:
    """Regular expressions looked for together. `\\d` is 0 to 9 in the texts it is made for: folded ones."""

    def __init__(self, patterns: Sequence[re.Pattern[str]]) -> None:
        self._patterns = tuple(patterns)

    @once
    def _begun(self) -> tuple[tuple[int, ...], tuple[tuple[int, ...], ...], AhoCorasick]:
        """The patterns that may begin anywhere, those that begin with each beginning, and the automaton of all beginnings."""
        tried: dict[str, list[int]] = {}
        everywhere = list[int]()
        for place, pattern in enumerate(self._patterns):
            begun = beginnings(pattern)
            if not begun:
                everywhere.append(place)
            for beginning in begun:
                tried.setdefault(beginning, []).append(place)
        automaton = AhoCorasick(list(tried), matchkind=MatchKind.Standard, implementation=Implementation.ContiguousNFA)
        return tuple(everywhere), tuple(map(tuple, tried.values())), automaton

    def find(self, text: str, most_each: int) -> Iterator[tuple[int, re.Match[str]]]:
        """Yield (place of the pattern, match) for what `finditer` of each finds, pattern by pattern; the first `most_each` of each."""
        everywhere, tried, automaton = self._begun
        starts: dict[int, list[int]] = {place: [] for place in everywhere}
        for index, start, _ in automaton.find_matches_as_indexes(_blurred(text), overlapping=True):
            for place in tried[index]:
                if place in starts:
                    starts[place].append(start)
                else:
                    starts[place] = [start]
        for place in sorted(starts):
            pattern, begun = self._patterns[place], starts[place]
            if not begun:
                yield from ((place, match) for match in islice(pattern.finditer(text), most_each))
            elif len(begun) > 1:
                yield from ((place, match) for match in islice(matches_at(pattern, text, sorted({*begun})), most_each))
            elif most_each and (match := pattern.match(text, begun[0])):
                yield place, match


class Tried:
    """One regular expression, tried only where one of its first characters stands. For texts in plain form, as above."""

    def __init__(self, expression: str) -> None:
        self._pattern = re.compile(expression)

    @once
    def _firsts(self) -> re.Pattern[str] | None:
        """One of the characters a match begins with; None: it may begin with any."""
        chars = "".join(sorted(first_characters(self._pattern)))
        return re.compile(f"[{re.escape(chars)}]") if chars else None

    def search(self, text: str) -> re.Match[str] | None:
        """Return what the expression's own `search` returns."""
        if self._firsts is None:
            return self._pattern.search(text)
        match_at = self._pattern.match
        for first in self._firsts.finditer(text):
            if found := match_at(text, first.start()):
                return found
        return None

    def findall(self, text: str) -> list[str]:
        """Return all that is found, whole."""
        if self._firsts is None:
            return [found[0] for found in self._pattern.finditer(text)]
        return [
            found[0] for found in matches_at(self._pattern, text, (one.start() for one in self._firsts.finditer(text)))
        ]


def matches_at(pattern: re.Pattern[str], text: str, starts: Iterable[int]) -> Iterator[re.Match[str]]:
    """Yield what `finditer` finds, given every place at which a match may begin."""
    at, match_at = 0, pattern.match
    for start in starts:
        if start >= at and (match := match_at(text, start)):
            yield match
            at = max(match.end(), start + 1)


def beginnings(pattern: re.Pattern[str], longest: int = _LENGTHS[0]) -> frozenset[str]:
    """Return short strings one of which every match begins with, digits and numerals told as one; none: it may begin with anything."""
    if pattern.flags & ~re.UNICODE:
        return frozenset()
    parsed = parser.parse(pattern.pattern)
    for length in (one for one in _LENGTHS if one <= longest):
        try:
            open_ones, closed = _grown({""}, parsed, length)
        except _TooManyError:
            continue
        found = frozenset(open_ones | closed)
        return frozenset() if "" in found else found
    return frozenset()


def first_characters(pattern: re.Pattern[str]) -> frozenset[str]:
    """Return the characters one of which every match begins with; none: it may begin with anything."""
    return frozenset(char for one in beginnings(pattern, 1) for char in _ALIKE.get(one, one))


def openings(pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Return a few strings one of which every match begins with, as short as they tell; none: there are many, or it may begin with anything.

    To look for them one by one is quicker than to search for an expression that begins with one of several.
    """
    begun = beginnings(pattern, _LONGEST_OPENING)
    shortest = [one for one in begun if not any(one[:length] in begun for length in range(1, len(one)))]
    written = {"".join(chars) for one in shortest for chars in product(*(_ALIKE.get(char, char) for char in one))}
    return tuple(sorted(written)) if len(written) <= _MOST_OPENINGS else ()


class _TooManyError(Exception):
    """More beginnings than are worth looking for."""


def _grown(begun: set[str], items: Iterable[Any], length: int) -> tuple[set[str], set[str]]:
    """Return what a sequence makes of these beginnings: those that go on with what follows it, and those that are at their end."""
    closed = set[str]()
    for item in items:
        long = {one for one in begun if _is_long(one, length)}
        closed |= long
        begun, ended = _grown_by(begun - long, item, length)
        closed |= ended
        if len(begun) + len(closed) > _MOST_BEGINNINGS:
            raise _TooManyError
        if not begun:
            break
    return begun, closed


def _is_long(begun: str, length: int) -> bool:
    """Say whether a beginning is as long as is asked for, and tells something."""
    if len(begun) < length:
        return False
    return not (length >= _TELLING_LENGTH and len(begun) < _LONGEST and _TELL_NOTHING.issuperset(begun))


def _grown_by(begun: set[str], item: Any, length: int) -> tuple[set[str], set[str]]:
    kind, what = item
    if kind in _LOOKS:
        return begun, set()
    if kind is codes.SUBPATTERN and not what[1]:  # flags of its own change what its letters mean
        return _grown(begun, what[-1], length)
    if kind is codes.BRANCH:
        grown = [_grown(begun, branch, length) for branch in what[1]]
        return set().union(*(one for one, _ in grown)), set().union(*(one for _, one in grown))
    if kind in _REPEATS:
        return _repeated(begun, what, length)
    chars = _characters(kind, what)
    return ({one + char for one in begun for char in chars}, set()) if chars else (set(), begun)


def _repeated(begun: set[str], what: Any, length: int) -> tuple[set[str], set[str]]:
    fewest, most, items = what
    closed, going_on = set[str](), set(begun) if fewest == 0 else set()
    for count in range(1, min(most, fewest + max(length, _LONGEST)) + 1):
        begun, ended = _grown(begun, items, length)
        closed |= ended
        going_on |= begun if count >= fewest else set()
        if not begun:
            break
    return going_on, closed


def _characters(kind: Any, what: Any) -> str:
    """Return the characters an item stands for; empty: too many to name."""
    if kind is codes.LITERAL:
        return _SHOWN.get(chr(what), chr(what))
    if kind is not codes.IN:
        return ""
    named = ""
    for inner, value in what:
        if inner is codes.LITERAL:
            named += chr(value)
        elif inner is codes.RANGE and value[1] - value[0] < _LARGEST_RANGE:
            named += "".join(map(chr, range(value[0], value[1] + 1)))
        elif inner is codes.CATEGORY and value is codes.CATEGORY_DIGIT:
            named += "0123456789"
        else:
            return ""
    return "".join({_SHOWN.get(char, char) for char in named})


def _blurred(text: str) -> str:
    """Return the text with all digits and all numerals alike; offsets stay."""
    return text_of(_points_shown().take(points_of(text)))


@lru_cache(maxsize=1)
def _points_shown() -> Points:
    shown = np.arange(EVERY_POINT, dtype=np.uint32)
    for char, instead in _SHOWN.items():
        shown[ord(char)] = ord(instead)
    return shown
