"""Where words may begin in a text, by their first two or three characters as one number: all places at once."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from keywords.characters import Points
from keywords.layout import Places

__all__ = ["Beginnings", "Begun", "NumberSet", "packed"]

_HASH_BITS = 20
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


class NumberSet:
    """A set of numbers that arrays are looked up in: first in a small table of hashes, then exactly."""

    def __init__(self, numbers: Iterable[int]) -> None:
        self._numbers = np.unique(np.array(list(numbers), np.int64))
        self._hashed = np.zeros(1 << _HASH_BITS, np.bool_)
        self._hashed[_hash(self._numbers)] = True

    def has(self, numbers: Places) -> NDArray[np.bool_]:
        """Say of each number whether it is in the set."""
        found = self._hashed[_hash(numbers)]
        likely = np.flatnonzero(found)
        if likely.size and self._numbers.size:
            nearest = np.searchsorted(self._numbers[:-1], numbers[likely])
            found[likely] = self._numbers[nearest] == numbers[likely]
        return found


class Begun(NamedTuple):
    """Places of a text with the two and the three characters that begin there, as numbers."""

    places: Places
    pairs: Places
    triples: Places

    @classmethod
    def at(cls, points: Points, places: Places) -> "Begun":
        """Return what begins at these places; none of them is the last of the text."""
        pairs = points[places].astype(np.int64) << 21 | points[places + 1] if places.size else places
        return cls(places, pairs, pairs << 21 | points[np.minimum(places + 2, len(points) - 1)])


class Beginnings:
    """How words begin: two characters, or three where they have so many."""

    def __init__(self, words: Iterable[str]) -> None:
        words = set(words)
        self._short = NumberSet(packed(word) for word in words if len(word) == 2)  # noqa: PLR2004
        self._long = NumberSet(packed(word[:3]) for word in words if len(word) > 2)  # noqa: PLR2004

    def starts(self, begun: Begun) -> Places:
        """Return at which of these places one of the words may begin."""
        return begun.places[self._short.has(begun.pairs) | self._long.has(begun.triples)]


def packed(chars: str) -> int:
    """Return up to three characters as one number."""
    number = 0
    for char in chars:
        number = number << 21 | ord(char)
    return number


def _hash(numbers: Places) -> NDArray[np.uint64]:
    return (numbers.astype(np.uint64) * _SPREAD) >> np.uint64(64 - _HASH_BITS)
