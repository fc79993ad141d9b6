"""The quickest look for words: pairs of characters, over a whole text at once.

Each pair is given one of 64 bits; a place passes if its character can begin, and the next one can end, a pair of the same bit.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from keywords.characters import EVERY_POINT, Points, places_of

__all__ = ["Pairs"]

_PRIME = 40_503


class Pairs:
    """Pairs that words begin with."""

    def __init__(self, words: Iterable[str]) -> None:
        self._firsts = np.zeros(EVERY_POINT, np.uint64)
        self._seconds = np.zeros(EVERY_POINT, np.uint64)
        for pair in {word[:2] for word in words}:
            bit = np.uint64(1 << (ord(pair[1]) * _PRIME % 64))
            self._firsts[ord(pair[0])] |= bit
            self._seconds[ord(pair[1])] |= bit

    def may_start(self, points: Points) -> NDArray[np.int64]:
        """Return where one of the words may begin: all places where one does, and few others."""
        return places_of(self._firsts.take(points[:-1]) & self._seconds.take(points[1:]))
