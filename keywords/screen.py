"""The look that comes before the work: in which stretches of a plain text can anything be disguised at all?

Each test is a necessary condition of one step of `keywords.fold`, on whole arrays: a bracket around one character, seven digits close
together, two characters that begin a disguised word, three that sound like a piece of a word of the trade but are not written like it.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from keywords.beginnings import Beginnings, Begun, NumberSet, packed
from keywords.characters import EVERY_POINT, Points, places_of
from keywords.contexts import ADD_CUES, ID_CUES, MESSENGER_CUES
from keywords.disguises import disguises
from keywords.kinds import BRACKET_CLOSES, BRACKET_OPENS, COMMA, HAN, LATIN, Kinds
from keywords.layout import Places, stretch_ends
from keywords.pairs import Pairs
from keywords.readings import readings

__all__ = [
    "LOOKS_BACKWARDS", "LOOKS_BRACKETED", "LOOKS_LIKE_AN_ACCOUNT", "LOOKS_LIKE_A_NUMBER", "LOOKS_LIKE_A_PICTURE", "LOOKS_LIKE_A_WORD",
    "LOOKS_LIKE_LATIN", "LOOKS_SPELT_OUT", "LOOKS_SPLIT", "SOUNDS_LIKE_A_WORD", "suspicious",
]  # fmt: skip

(
    LOOKS_LIKE_A_WORD, LOOKS_LIKE_A_PICTURE, LOOKS_SPLIT, LOOKS_BRACKETED, LOOKS_SPELT_OUT, LOOKS_LIKE_A_NUMBER,
    LOOKS_LIKE_AN_ACCOUNT, SOUNDS_LIKE_A_WORD, LOOKS_BACKWARDS, LOOKS_LIKE_LATIN,
) = (1 << bit for bit in range(10))  # fmt: skip

_FEWEST_DIGITS = 7
_WIDEST_GAP = 12
(
    _DIGIT,
    _MARK,
    _MESSENGER,
    _ADDS,
    _CUE_BEFORE,
    _CUE_AFTER,
    _MESSENGER_AFTER,
    _ORDINARY_SIGN,
    _NUMBER_CUE_END,
    _STANDS_ALONE,
) = (1 << bit for bit in range(10))
Flags = NDArray[np.uint16]
_LATIN_RUN = re.compile("[a-z]{2,}")
_MOST_AT_ONCE = 50_000
"""Gaps looked at together: a row of places for each."""
_ORDINARY_SIGNS = "-—–.:/,、~()× "
_WIDEST_ORDINARY = 3
_NUMBER_CUE_ENDS, _NUMBER_CUE_REACH = "q信vx话机号扣鹅", 4
"""See what lets such numbers be in `keywords.disguises`."""


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
        flags = _tables().flags.take(points)
        for test, marks in _marks(points, kinds, flags, text):
            if marks.size:
                said[np.searchsorted(ends, marks, side="right")] |= test
        _look_for_numbers(said, points, kinds, flags, text, (starts, ends))
    chosen = np.flatnonzero(said) if looks_first else np.arange(len(ends))
    return list(zip(starts[chosen].tolist(), ends[chosen].tolist(), said[chosen].tolist(), strict=True))


def _marks(points: Points, kinds: Kinds, flags: Flags, text: str) -> Iterator[tuple[int, Places]]:
    tables = _tables()
    yield LOOKS_LIKE_A_WORD | LOOKS_LIKE_A_PICTURE, places_of(flags & _MARK)
    yield LOOKS_LIKE_A_WORD, _messengers(points, kinds, flags, tables)
    begun = Begun.at(points, tables.pairs.may_start(points))
    for test, words in (
        (LOOKS_LIKE_A_WORD, tables.forms),
        (LOOKS_SPLIT, tables.splits),
        (LOOKS_BACKWARDS, tables.backwards),
    ):
        yield test, words.starts(begun)
    yield LOOKS_BRACKETED, _enclosed(kinds)
    yield LOOKS_SPELT_OUT, _listed(kinds)
    yield SOUNDS_LIKE_A_WORD, _misheard(points, text, tables)
    yield LOOKS_LIKE_LATIN, _latin(kinds, text)


def _messengers(points: Points, kinds: Kinds, flags: Flags, tables: "_Tables") -> Places:
    """Return single characters that stand for a messenger or for 加, beside what makes them that."""
    at = np.flatnonzero(_is_cued(flags))
    if not at.size:
        return at
    before, after = np.maximum(at - 1, 0), np.minimum(at + 1, len(flags) - 1)
    inside = (kinds[at] & LATIN).astype(bool) & (
        ((kinds[before] & LATIN).astype(bool) & (before < at)) | ((kinds[after] & LATIN).astype(bool) & (after > at))
    )
    inside |= tables.meant.has(points[at].astype(np.int64) << 21 | points[after])
    found: Places = at[~inside]
    return found


def _is_cued(flags: Flags) -> NDArray[np.bool_]:
    """Say of each character whether it may stand for a messenger or for 加, and its neighbours do not speak against it."""
    before, after = np.concatenate((flags[:1], flags[:-1])), np.concatenate((flags[1:], flags[-1:]))
    is_cued = ((before & _CUE_BEFORE) | (after & _CUE_AFTER)) != 0
    is_one: NDArray[np.bool_] = (((flags & _MESSENGER) != 0) & is_cued) | (
        ((flags & _ADDS) != 0) & ((after & _MESSENGER_AFTER) != 0)
    )
    return is_one


def _enclosed(kinds: Kinds) -> Places:
    return np.flatnonzero(
        (kinds[:-2] & BRACKET_OPENS != 0) & (kinds[1:-1] & HAN != 0) & (kinds[2:] & BRACKET_CLOSES != 0)
    )


def _listed(kinds: Kinds) -> Places:
    """Return where single characters stand between commas."""
    commas = (kinds & COMMA) != 0
    return np.flatnonzero(commas[:-3] & commas[2:-1] & (kinds[1:-2] & kinds[3:] & HAN != 0))


def _look_for_numbers(
    said: Places, points: Points, kinds: Kinds, flags: Flags, text: str, stretches: tuple[Places, Places]
) -> None:
    """Mark in `said` the stretches with numbers that are broken up, and those in which an account's digits may stand apart."""
    starts, ends = stretches
    is_digit = (points >= ord("0")) & (points <= ord("9"))
    begun = np.flatnonzero(
        (kinds[:-2] & LATIN != 0) & is_digit[1:-1] & (kinds[2:] & (HAN | LATIN) == 0) & ~is_digit[2:]
    )
    said[np.searchsorted(ends, begun, side="right")] |= LOOKS_LIKE_AN_ACCOUNT
    firsts, lasts = _digits(points, kinds, flags, ends)
    if not firsts.size:
        return
    within = np.searchsorted(ends, firsts, side="right")
    odd = np.flatnonzero(~_are_ordinary(firsts, lasts, points, flags))
    numbers = disguises().numbers
    for place, first, last in zip(within[odd].tolist(), firsts[odd].tolist(), lasts[odd].tolist(), strict=True):
        start = int(starts[place])
        if any(True for _ in numbers(text[start : last + 1], first - start)):
            said[place] |= LOOKS_LIKE_A_NUMBER


def _digits(points: Points, kinds: Kinds, flags: Flags, ends: Places) -> tuple[Places, Places]:
    """Return the first and last digits of the chains of digits of any writing with little between, each within a stretch.

    Only of those with seven that are not all plain ones in a row.
    """
    at = places_of(flags & _DIGIT)
    if len(at) < _FEWEST_DIGITS:
        return at[:0], at[:0]
    apart = np.diff(at)
    linked = apart == 1
    may_link = apart <= _WIDEST_GAP + 1
    inner = ends[np.searchsorted(ends, at[0], side="right") : np.searchsorted(ends, at[-1], side="right")]
    may_link[np.searchsorted(at, inner) - 1] = False
    may_link = linked | (may_link & ~_is_said_of(at[:-1], kinds))
    runs = np.flatnonzero(np.diff(may_link, prepend=False, append=False)).reshape(-1, 2)
    is_long = runs[:, 1] - runs[:, 0] >= _FEWEST_DIGITS - 1
    if not is_long.any():
        return at[:0], at[:0]
    near = np.flatnonzero(may_link & ~linked)
    near = near[is_long[np.searchsorted(runs[:, 0], near, side="right") - 1]]  # in shorter runs there is no such chain
    for some in np.array_split(near, len(near) // _MOST_AT_ONCE + 1):
        linked[some] = _may_be_between(at[some], apart[some], kinds, flags)
    cuts = np.flatnonzero(~linked)
    firsts, lasts = np.concatenate(([0], cuts + 1)), np.append(cuts, len(at) - 1)
    is_long = lasts - firsts >= _FEWEST_DIGITS - 1
    firsts, lasts = firsts[is_long], lasts[is_long]
    foreign = np.concatenate(([0], np.cumsum(points[at] > 127)))  # noqa: PLR2004 - ASCII
    is_plain = (at[lasts] - at[firsts] == lasts - firsts) & (foreign[lasts + 1] == foreign[firsts])
    return at[firsts[~is_plain]], at[lasts[~is_plain]]


def _is_said_of(at: Places, kinds: Kinds) -> NDArray[np.bool_]:
    """Say of each digit whether a word follows at once that is not all there is in brackets: the quickest look at what is between."""
    is_inside = ((kinds[np.maximum(at - 1, 0)] & BRACKET_OPENS) != 0) & (
        (kinds[np.minimum(at + 2, len(kinds) - 1)] & BRACKET_CLOSES) != 0
    )
    is_said: NDArray[np.bool_] = ((kinds[at + 1] & (HAN | LATIN)) != 0) & ~is_inside
    return is_said


def _may_be_between(at: Places, apart: Places, kinds: Kinds, flags: Flags) -> NDArray[np.bool_]:
    """Say of what follows these digits up to the next whether it may just break a number up: words in brackets only."""
    steps = np.arange(1, _WIDEST_GAP + 1)
    places = np.minimum(at[:, None] + steps, len(kinds) - 1)
    is_within, kind = steps < apart[:, None], kinds[places]
    is_word = (kind & (HAN | LATIN) != 0) | (flags[places] & (_STANDS_ALONE | _DIGIT) == _STANDS_ALONE)
    is_opened = (kind[:, 0] & (HAN | LATIN) == 0) & (is_within & (kind & BRACKET_OPENS != 0)).any(axis=1)
    is_inside = (kinds[np.maximum(at - 1, 0)] & BRACKET_OPENS != 0) & (kind[:, 1] & BRACKET_CLOSES != 0)  # (三年)
    is_between: NDArray[np.bool_] = is_opened | is_inside | ~(is_within & is_word).any(axis=1)
    return is_between


def _are_ordinary(firsts: Places, lasts: Places, points: Points, flags: Flags) -> NDArray[np.bool_]:
    """Say of each chain whether it is dates, times and such: ASCII digits, some together, with short ordinary signs between.

    None of these is as long as a telephone number, and nothing before it says that it is one.
    """
    digits = np.flatnonzero((points >= ord("0")) & (points <= ord("9")))
    if not digits.size:
        return np.zeros(len(firsts), np.bool_)
    signs = places_of(flags & _ORDINARY_SIGN)
    low, high = np.searchsorted(digits, firsts), np.searchsorted(digits, lasts, side="right")
    between = np.searchsorted(signs, lasts) - np.searchsorted(signs, firsts)
    is_ordinary: NDArray[np.bool_] = (high - low + between == lasts - firsts + 1) & (between > 0)
    apart = np.diff(digits, append=len(points) + _WIDEST_GAP)
    wide = np.concatenate(([0], np.cumsum(apart > _WIDEST_ORDINARY + 1)))
    together = np.concatenate(([0], np.cumsum(apart == 1)))
    is_ordinary &= (wide[high - 1] == wide[low]) & (together[high - 1] > together[low])
    is_ordinary &= ~_may_be_telephones(points, digits, low, high - low)
    before = np.maximum(firsts[:, None] - np.arange(1, _NUMBER_CUE_REACH + 1), 0)
    is_ordinary &= ~(flags[before] & _NUMBER_CUE_END != 0).any(axis=1)
    return is_ordinary


def _may_be_telephones(points: Points, digits: Places, low: Places, count: Places) -> NDArray[np.bool_]:
    """Say of each chain of digits (where it begins among them, how many they are) whether it may be a mobile or landline number."""
    last = len(digits) - 1
    first, second, third = (points[digits[np.minimum(low + at, last)]] - ord("0") for at in range(3))
    is_mobile = (count == 11) & (first == 1) & (second >= 3)  # noqa: PLR2004 - 13 to 19
    is_landline = (count >= 10) & (count <= 12) & (first == 0)  # noqa: PLR2004
    is_service = (count == 10) & ((first == 4) | (first == 8)) & (second == 0) & (third == 0)  # noqa: PLR2004 - 400, 800
    may_be: NDArray[np.bool_] = is_mobile | is_landline | is_service
    return may_be


def _misheard(points: Points, text: str, tables: "_Tables") -> Places:
    """Return where three characters sound like three of a word of the trade but are not these."""
    sounds = tables.sounds.take(points)
    at = np.flatnonzero(tables.two_sounds.take(sounds[:-1].astype(np.int32) << 9 | sounds[1:]))
    at = at[at < len(points) - 2]
    heard = sounds[at].astype(np.int64) << 18 | sounds[at + 1].astype(np.int64) << 9 | sounds[at + 2]
    likely = np.flatnonzero(tables.three_sounds.has(heard))
    at, heard = at[likely], heard[likely]
    likely = np.flatnonzero(~tables.windows.has(_three(points, at)))
    at, heard = at[likely], heard[likely]
    if not at.size:
        return at
    # A word is just these three, or goes on before or after them.
    before, after = sounds[np.maximum(at - 1, 0)].astype(np.int64), sounds[np.minimum(at + 3, len(sounds) - 1)]
    goes_on = tables.four_sounds.has(before << 27 | heard) | tables.four_sounds.has(heard << 9 | after)
    at = at[goes_on | tables.short_words.has(heard)]
    read = readings()
    return np.array([place for place in at.tolist() if read.may_mean_else(text, place)], np.int64)


def _latin(kinds: Kinds, text: str) -> Places:
    """Return runs of letters that can be pinyin or a word of the table spelt out."""
    at = places_of(kinds & LATIN)
    if not at.size:
        return at
    alone = np.diff(at, prepend=-2, append=len(kinds) + 2)
    single = at[(alone[:-1] > 1) & (alone[1:] > 1)]
    spelt = single[:-1][np.diff(single) <= 4]  # noqa: PLR2004 - a letter, up to three separators, a letter
    first = at[(alone[:-1] > 1) & (alone[1:] == 1)]
    is_pinyin, ending = readings().is_pinyin, _LATIN_RUN
    runs = [start for start in first.tolist() if (found := ending.match(text, start)) and is_pinyin(found[0])]
    return np.concatenate((spelt, np.array(runs, np.int64)))


class _Tables:
    """What the tests look up."""

    def __init__(self) -> None:
        table, read = disguises(), readings()
        singles = {written: row for written, row in table.words.items() if len(written) == 1}
        contact = {written: meant for written, (meant, context) in singles.items() if context == "contact"}
        self.flags = np.zeros(EVERY_POINT, np.uint16)
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
            (_ORDINARY_SIGNS, _ORDINARY_SIGN),
            (_NUMBER_CUE_ENDS, _NUMBER_CUE_END),
            ("。¥$€%", _STANDS_ALONE),
        ):
            for char in chars:
                self.flags[ord(char)] |= bit
        longer = (written for written, (meant, _) in table.words.items() if len(written) > 1 and written != meant)
        forms = list(longer)
        self.forms, self.splits, self.backwards = map(Beginnings, (forms, read.splits, read.backwards))
        self.pairs = Pairs([*forms, *read.splits, *read.backwards])
        self.meant = NumberSet(packed(meant) for meant, _ in table.words.values() if len(meant) == 2)  # noqa: PLR2004
        self._listen()

    def _listen(self) -> None:
        read = readings()
        self.sounds = np.zeros(EVERY_POINT, np.uint16)
        for char, sound in read.sounds.items():
            self.sounds[ord(char)] = ord(sound) - 0xFF
        heard = [[int(self.sounds[ord(char)]) for char in window] for window in read.windows]
        self.two_sounds = np.zeros(1 << 18, np.bool_)
        for first, second, _ in heard:
            self.two_sounds[first << 9 | second] = True
        numbered = [[ord(sound) - 0xFF for sound in word] for word in read.heard_words]
        self.short_words = NumberSet(_together(word) for word in numbered if len(word) == 3)  # noqa: PLR2004
        self.four_sounds = NumberSet(_together(word[at : at + 4]) for word in numbered for at in range(len(word) - 3))
        self.three_sounds = NumberSet(first << 18 | second << 9 | third for first, second, third in heard)
        self.windows = NumberSet(map(packed, read.windows))


def _together(sounds: Iterable[int]) -> int:
    """Return up to seven sounds as one number."""
    together = 0
    for sound in sounds:
        together = together << 9 | sound
    return together


def _three(points: Points, at: Places) -> Places:
    return points[at].astype(np.int64) << 42 | points[at + 1].astype(np.int64) << 21 | points[at + 2]


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    return _Tables()
