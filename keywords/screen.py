"""The look that comes before the work: in which stretches of a plain text can anything be disguised at all?

Each test is a necessary condition of one step of `keywords.fold`, on whole arrays: a bracket around one character, seven digits close
together, two characters that begin a disguised word, three that sound like a piece of a word of the trade but are not written like it.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from keywords.characters import Points
from keywords.contexts import ADD_CUES, ID_CUES, MESSENGER_CUES
from keywords.disguises import disguises
from keywords.kinds import BRACKET_CLOSES, BRACKET_OPENS, COMMA, HAN, LATIN, Kinds
from keywords.layout import Places, stretch_ends
from keywords.readings import readings

__all__ = ["LOOKS_LIKE_A_NUMBER", "LOOKS_LIKE_A_WORD", "LOOKS_SPELT_OUT", "SOUNDS_LIKE_A_WORD", "suspicious"]

LOOKS_LIKE_A_WORD, LOOKS_SPELT_OUT, LOOKS_LIKE_A_NUMBER, SOUNDS_LIKE_A_WORD = (1 << bit for bit in range(4))

_FEWEST_DIGITS = 7
_WIDEST_GAP = 12
_EVERY_POINT = 0x110000
_DIGIT, _MARK, _MESSENGER, _ADDS, _CUE_BEFORE, _CUE_AFTER, _MESSENGER_AFTER = (1 << bit for bit in range(7))
_LATIN_RUN = re.compile("[a-z]{2,}")
_HASH_BITS = 20
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


def suspicious(points: Points, kinds: Kinds, text: str, *, looks_first: bool = True) -> list[tuple[int, int, int]]:
    """Return the stretches of a plain text that may hold a disguise as (start, end, the tests that say so, as bits).

    All of them, with no test, if it does not look first.
    """
    if not len(points):
        return []
    ends = stretch_ends(points, kinds)
    starts = np.concatenate(([0], ends[:-1]))
    said = np.zeros(len(ends), np.int64)
    if looks_first:
        for test, marks in _marks(points, kinds, text):
            if marks.size:
                said[np.searchsorted(ends, marks, side="right")] |= test
    chosen = np.flatnonzero(said) if looks_first else np.arange(len(ends))
    return list(zip(starts[chosen].tolist(), ends[chosen].tolist(), said[chosen].tolist(), strict=True))


def _marks(points: Points, kinds: Kinds, text: str) -> Iterator[tuple[int, Places]]:
    tables = _tables()
    flags = tables.flags.take(points)
    yield LOOKS_LIKE_A_WORD, np.flatnonzero(flags & _MARK)
    yield LOOKS_LIKE_A_WORD, _messengers(points, kinds, flags, tables)
    yield LOOKS_LIKE_A_WORD, tables.pairs.starts(points)
    yield LOOKS_SPELT_OUT, _enclosed(kinds)
    yield LOOKS_LIKE_A_NUMBER, _digits(points, kinds, flags)
    yield SOUNDS_LIKE_A_WORD, tables.backwards.starts(points)
    yield SOUNDS_LIKE_A_WORD, _misheard(points, text, tables)
    yield SOUNDS_LIKE_A_WORD, _latin(kinds, text)


def _messengers(points: Points, kinds: Kinds, flags: Kinds, tables: "_Tables") -> Places:
    """Return single characters that stand for a messenger or for 加, beside what makes them that."""
    at = np.flatnonzero(flags & (_MESSENGER | _ADDS))
    if not at.size:
        return at
    before, after = np.maximum(at - 1, 0), np.minimum(at + 1, len(flags) - 1)
    one, adds = flags[at], (flags[after] & _MESSENGER_AFTER).astype(bool)
    cued = (flags[before] & _CUE_BEFORE).astype(bool) | (flags[after] & _CUE_AFTER).astype(bool)
    inside = (kinds[at] & LATIN).astype(bool) & (
        ((kinds[before] & LATIN).astype(bool) & (before < at)) | ((kinds[after] & LATIN).astype(bool) & (after > at))
    )
    inside |= tables.meant.has(points[at].astype(np.int64) << 21 | points[after])
    found: Places = at[(((one & _MESSENGER).astype(bool) & cued) | ((one & _ADDS).astype(bool) & adds)) & ~inside]
    return found


def _enclosed(kinds: Kinds) -> Places:
    opened = np.flatnonzero(kinds[:-2] & BRACKET_OPENS)
    opened = opened[(kinds[opened + 1] & HAN).astype(bool) & (kinds[opened + 2] & BRACKET_CLOSES).astype(bool)]
    commas = np.flatnonzero(kinds[:-3] & COMMA)
    commas = commas[(kinds[commas + 2] & COMMA).astype(bool)]
    commas = commas[(kinds[commas + 1] & HAN).astype(bool) & (kinds[commas + 3] & HAN).astype(bool)]
    return np.concatenate((opened, commas))


def _digits(points: Points, kinds: Kinds, flags: Kinds) -> Places:
    """Return where seven digits of any writing follow each other with little between, unless they are plain ones in a row."""
    at = np.flatnonzero(flags & _DIGIT)
    if len(at) < _FEWEST_DIGITS:
        return at[:0]
    apart = np.diff(at)
    linked = (apart == 1) | ((apart <= _WIDEST_GAP + 1) & ~(kinds[at[:-1] + 1] & (HAN | LATIN)).astype(bool))
    links = np.concatenate(([0], np.cumsum(linked)))
    foreign = np.concatenate(([0], np.cumsum(points[at] > 127)))  # noqa: PLR2004 - ASCII
    is_run = links[_FEWEST_DIGITS - 1 :] - links[: 1 - _FEWEST_DIGITS] == _FEWEST_DIGITS - 1
    wide = at[_FEWEST_DIGITS - 1 :] - at[: 1 - _FEWEST_DIGITS]
    is_plain = (wide == _FEWEST_DIGITS - 1) & (foreign[_FEWEST_DIGITS:] == foreign[:-_FEWEST_DIGITS])
    found: Places = at[: 1 - _FEWEST_DIGITS][is_run & ~is_plain]
    return found


def _misheard(points: Points, text: str, tables: "_Tables") -> Places:
    """Return where three characters sound like three of a word of the trade but are not these."""
    sounds = tables.sounds.take(points)
    at = np.flatnonzero(tables.two_sounds[sounds[:-1].astype(np.int32) << 9 | sounds[1:]])
    at = at[at < len(points) - 2]
    at = at[
        tables.three_sounds.has(
            sounds[at].astype(np.int64) << 18 | sounds[at + 1].astype(np.int64) << 9 | sounds[at + 2]
        )
    ]
    at = at[~tables.windows.has(_three(points, at))]
    read = readings()
    return np.array([place for place in at.tolist() if read.may_mean_else(text, place)], np.int64)


def _latin(kinds: Kinds, text: str) -> Places:
    """Return runs of letters that can be pinyin or a word of the table spelt out."""
    at = np.flatnonzero(kinds & LATIN)
    if not at.size:
        return at
    alone = np.diff(at, prepend=-2, append=len(kinds) + 2)
    single = at[(alone[:-1] > 1) & (alone[1:] > 1)]
    spelt = single[:-1][np.diff(single) <= 4]  # noqa: PLR2004 - a letter, up to three separators, a letter
    first = at[(alone[:-1] > 1) & (alone[1:] == 1)]
    is_pinyin, ending = readings().is_pinyin, _LATIN_RUN
    runs = [start for start in first.tolist() if (found := ending.match(text, start)) and is_pinyin(found[0])]
    return np.concatenate((spelt, np.array(runs, np.int64)))


class _Set:
    """A set of numbers that arrays are looked up in: first in a small table of hashes, then exactly."""

    def __init__(self, numbers: Iterable[int]) -> None:
        self._numbers = np.unique(np.array(list(numbers), np.int64))
        self._hashed = np.zeros(1 << _HASH_BITS, np.bool_)
        self._hashed[_hash(self._numbers)] = True

    def has(self, numbers: Places) -> NDArray[np.bool_]:
        found = self._hashed[_hash(numbers)]
        likely = np.flatnonzero(found)
        if likely.size and self._numbers.size:
            nearest = np.searchsorted(self._numbers[:-1], numbers[likely])
            found[likely] = self._numbers[nearest] == numbers[likely]
        return found


class _Beginnings:
    """How words begin: two characters, or three where they have so many."""

    def __init__(self, words: Iterable[str]) -> None:
        words = set(words)
        self._firsts = np.zeros(_EVERY_POINT, np.bool_)
        self._firsts[[ord(word[0]) for word in words]] = True
        self._pairs = _Set(_packed(word[:2]) for word in words)
        self._short = _Set(_packed(word) for word in words if len(word) == 2)  # noqa: PLR2004
        self._long = _Set(_packed(word[:3]) for word in words if len(word) > 2)  # noqa: PLR2004

    def starts(self, points: Points) -> Places:
        """Return where one of the words may begin."""
        at = np.flatnonzero(self._firsts.take(points[:-1]))
        pairs = points[at].astype(np.int64) << 21 | points[at + 1]
        likely = self._pairs.has(pairs)
        at, pairs = at[likely], pairs[likely]
        if not at.size:
            return at
        third = points[np.minimum(at + 2, len(points) - 1)]
        return at[self._short.has(pairs) | self._long.has(pairs << 21 | third)]


class _Tables:
    """What the tests look up."""

    def __init__(self) -> None:
        table, read = disguises(), readings()
        singles = {written: row for written, row in table.words.items() if len(written) == 1}
        contact = {written: meant for written, (meant, context) in singles.items() if context == "contact"}
        self.flags = np.zeros(_EVERY_POINT, np.uint8)
        for chars, bit in (
            ("0123456789" + "".join(table.digits), _DIGIT),
            (
                "".join(
                    table.kept | {written for written in set(singles) - set(contact) if written != singles[written][0]}
                ),
                _MARK,
            ),
            ("".join(char for char, meant in contact.items() if meant not in {"加", "加我"}), _MESSENGER),
            ("".join(char for char, meant in contact.items() if meant in {"加", "加我"}), _ADDS),
            (ADD_CUES, _CUE_BEFORE),
            (ID_CUES, _CUE_AFTER),
            (MESSENGER_CUES, _MESSENGER_AFTER),
        ):
            for char in chars:
                self.flags[ord(char)] |= bit
        longer = (written for written, (meant, _) in table.words.items() if len(written) > 1 and written != meant)
        self.pairs = _Beginnings([*longer, *read.splits])
        self.backwards = _Beginnings(read.backwards)
        self.meant = _Set(_packed(meant) for meant, _ in table.words.values() if len(meant) == 2)  # noqa: PLR2004
        self._listen()

    def _listen(self) -> None:
        read = readings()
        self.sounds = np.zeros(_EVERY_POINT, np.uint16)
        for char, sound in read.sounds.items():
            self.sounds[ord(char)] = ord(sound) - 0xFF
        heard = [[int(self.sounds[ord(char)]) for char in window] for window in read.windows]
        self.two_sounds = np.zeros(1 << 18, np.bool_)
        for first, second, _ in heard:
            self.two_sounds[first << 9 | second] = True
        self.three_sounds = _Set(first << 18 | second << 9 | third for first, second, third in heard)
        self.windows = _Set(map(_packed, read.windows))


def _packed(chars: str) -> int:
    """Return up to three characters as one number."""
    packed = 0
    for char in chars:
        packed = packed << 21 | ord(char)
    return packed


def _three(points: Points, at: Places) -> Places:
    return points[at].astype(np.int64) << 42 | points[at + 1].astype(np.int64) << 21 | points[at + 2]


def _hash(numbers: Places) -> NDArray[np.uint64]:
    return (numbers.astype(np.uint64) * _SPREAD) >> np.uint64(64 - _HASH_BITS)


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    return _Tables()
