"""What stands between the characters of a word: zero-width signs, ornaments and blanks, line breaks within a word. Whole texts at a time.

Also cuts a text into stretches that are folded each by itself.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from keywords.characters import Points, places_of, text_of
from keywords.kinds import BREAK, HAN, HIDDEN, SEPARATOR, Kinds
from keywords.loader import rows, several
from keywords.trade_words import is_broken_word, pairs_inside

__all__ = ["Places", "standing", "stretch_ends"]

Places = NDArray[np.int64]
_LONGEST_SEPARATOR = 8
_FEWEST_SINGLE_LINES = 3
_REACH = 12
_STOP = ord("。")


def standing(points: Points, kinds: Kinds) -> Places | None:
    """Return the places of the characters that stay when what only separates is taken out; None: all stay. `kinds`: theirs."""
    stay: Places | None = None
    for wanted, dropped in ((HIDDEN, _hidden), (SEPARATOR, _separators), (BREAK, _breaks)):
        places = places_of(kinds & wanted)
        if places.size and (drop := dropped(points, kinds, places)).size:
            left = np.delete(np.arange(len(points)), drop)
            points, kinds = points[left], kinds[left]
            stay = left if stay is None else stay[left]
    return stay


def stretch_ends(points: Points, kinds: Kinds) -> Places:
    """Return where the stretches end: at line breaks, and at full stops between Chinese characters."""
    is_end = (kinds & BREAK) != 0
    stops = np.flatnonzero(points[1:-1] == _STOP) + 1
    is_end[stops] = (kinds[stops - 1] & kinds[stops + 1] & HAN) != 0
    if len(is_end):
        is_end[-1] = True
    return np.flatnonzero(is_end) + 1


def _hidden(_points: Points, _kinds: Kinds, places: Places) -> Places:
    return places


def _separators(_points: Points, kinds: Kinds, places: Places) -> Places:
    """Return the places of short runs of separators between Chinese characters."""
    cuts = np.flatnonzero(np.diff(places) > 1)
    firsts = places[np.concatenate(([0], cuts + 1))]
    lasts = places[np.concatenate((cuts, [len(places) - 1]))]
    lengths = lasts - firsts + 1
    goes = (firsts > 0) & (lasts < len(kinds) - 1) & (lengths <= _LONGEST_SEPARATOR)
    goes &= (kinds[firsts - 1] & HAN).astype(bool) & (kinds[np.minimum(lasts + 1, len(kinds) - 1)] & HAN).astype(bool)
    taken: Places = places[np.repeat(goes, lengths)]
    return taken


def _breaks(points: Points, kinds: Kinds, places: Places) -> Places:
    """Return the places of line breaks within a word, and of those between lines of one character each (written downwards)."""
    inner = _inner_breaks(kinds, places)
    if not inner.size:
        return inner
    return np.union1d(_within_words(points, inner), _downwards(kinds, places))


def _inner_breaks(kinds: Kinds, places: Places) -> Places:
    """Return the breaks between two Chinese characters."""
    inner = places[(places > 0) & (places < len(kinds) - 1)] if places.size else places
    return inner[(kinds[inner - 1] & HAN).astype(bool) & (kinds[inner + 1] & HAN).astype(bool)] if inner.size else inner


def _within_words(points: Points, places: Places) -> Places:
    """Return the breaks over which a word goes on."""
    pairs = points[places - 1].astype(np.int64) << 21 | points[places + 1]
    likely = places[np.equal(_pairs()[np.searchsorted(_pairs()[:-1], pairs)], pairs)]
    found = [
        place
        for place in likely.tolist()
        if is_broken_word(_near(points[max(0, place - _REACH) : place]), _near(points[place + 1 : place + 1 + _REACH]))
    ]
    return np.concatenate((np.array(found, np.int64), places[np.isin(points[places - 1], _bound_parts())]))


def _near(points: Points) -> str:
    """Return the text beside a break; a word may be broken more than once."""
    return text_of(points).replace("\n", "")


def _downwards(kinds: Kinds, places: Places) -> Places:
    """Return the breaks between three or more lines of a single Chinese character."""
    firsts, ends = np.concatenate(([0], places + 1)), np.append(places, len(kinds))
    is_single = (ends - firsts == 1) & (kinds[np.minimum(firsts, len(kinds) - 1)] & HAN).astype(bool)
    between = is_single[:-1] & is_single[1:]
    edges = np.flatnonzero(np.diff(np.concatenate(([0], between.astype(np.int8), [0]))))
    runs = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    found = [places[first:end] for first, end in runs if end - first + 1 >= _FEWEST_SINGLE_LINES]
    return np.concatenate(found) if found else places[:0]


@lru_cache(maxsize=1)
def _bound_parts() -> Points:
    """Return the parts of characters that never stand alone; a line that ends with one was broken within a character."""
    return np.array([ord(part) for row in rows("components") for part in several(row["bound"])], np.uint32)


@lru_cache(maxsize=1)
def _pairs() -> Places:
    return np.array(sorted(ord(pair[0]) << 21 | ord(pair[1]) for pair in pairs_inside()), np.int64)
