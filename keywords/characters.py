"""One character's plain form: width, case, traditional script, digits of any script, and what is nothing at all (zero-width, combining, control).

Strictly one for one, so that offsets stay; what becomes longer (⑴) or is a word (🐧) is left to `keywords.fold`. Texts are looked up
as arrays of code points in a table that fills itself: megabytes go at a few nanoseconds a character.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any, Final

import numpy as np
import opencc
from numpy.typing import NDArray

__all__ = [
    "EVERY_POINT",
    "GAP",
    "NOTHING",
    "Points",
    "cut_like",
    "places_of",
    "plain",
    "plain_each",
    "plain_points",
    "points_of",
    "squeeze",
    "text_of",
]

NOTHING: Final = "\ue000"
"""Stands for a character that is not there; private-use characters mean nothing and become it too."""
GAP: Final = "·"
"""Stands for every ornament (★ ◆ 🔥) that is no word."""

Points = NDArray[np.uint32]
"""A text as an array of code points."""

_NOT_THERE = frozenset({"Mn", "Me", "Cf", "Cc", "Cs", "Co"})
_ORNAMENT = frozenset({"So", "Sk"})
_BLANKS = {"\t": " ", "\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"}
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")  # letters and signs that show nothing at all
EVERY_POINT = 0x110000
"""Code points there are: the size of a table that knows every character."""
_LETTER_BLOCKS = (0x1F150, 0x1F170, 0x1F1E6)
"""🅐, 🅰 and 🇦 begin runs of 26 letters; Unicode does not say which letters they are."""


def plain(text: str, kept: frozenset[str] = frozenset()) -> str:
    """Return the text with every character in its plain form, same length. Ornaments in `kept` stay themselves."""
    return text_of(plain_points(text, kept)) if text else text


def plain_each(texts: Sequence[str], kept: frozenset[str] = frozenset()) -> list[str]:
    """Return the plain forms of many texts, looked up together."""
    return cut_like(plain("".join(texts), kept), texts)


def cut_like(together: str, texts: Sequence[str]) -> list[str]:
    """Cut a text into pieces as long as these texts are, one after another."""
    ends = accumulate(map(len, texts), initial=0)
    return [together[start:end] for start, end in pairwise(ends)]


def plain_points(text: str, kept: frozenset[str] = frozenset()) -> Points:
    """Return the code points of `plain(text, kept)`."""
    return _table(kept).read(points_of(text))


def points_of(text: str) -> Points:
    """Return the code points of a text; lone surrogates too."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def text_of(points: Points) -> str:
    """Return the text of code points."""
    return points.tobytes().decode("utf-32-le", "surrogatepass")


def places_of(values: NDArray[Any]) -> NDArray[np.int64]:
    """Return where values are not 0: numpy looks through truth values at five times the speed of numbers."""
    places: NDArray[np.int64] = (values != 0).nonzero()[0]
    return places


def squeeze(text: str) -> str:
    """Return the plain form without blanks: what differs beyond this was written differently on purpose."""
    return "".join(plain(text).split())


class _Plain:
    """A table of plain forms by code point that fills itself: most texts use few of the 150,000 characters. 0: not looked up yet."""

    def __init__(self, kept: frozenset[str]) -> None:
        self._kept = kept
        self._plain = np.zeros(EVERY_POINT, np.uint32)

    def read(self, points: Points) -> Points:
        """Return the plain forms of these code points."""
        found: Points = self._plain.take(points)
        if np.count_nonzero(found) < len(found):  # quicker than `all` on short texts
            for point in np.unique(points[found == 0]).tolist():
                char = chr(point)
                self._plain[point] = ord(char if char in self._kept else _plain_char(char))
            found = self._plain.take(points)
        return found


@lru_cache(maxsize=4)
def _table(kept: frozenset[str]) -> _Plain:
    return _Plain(kept)


@lru_cache(maxsize=1)
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _plain_char(char: str) -> str:
    for _ in range(4):  # NFKC of a simplified form may fold again (compatibility ideographs)
        if char in _BLANKS:
            return _BLANKS[char]
        category = unicodedata.category(char)
        if char == "\n":
            return char
        if category in _NOT_THERE or char in _FILLERS:
            return NOTHING
        if category == "Zs":
            return " "
        folded = _one(_digit(char, category), char)
        folded = _one(unicodedata.normalize("NFKC", folded), folded)
        folded = _one(folded.lower(), folded)
        folded = _one(_simplifier().convert(folded), folded)
        if folded == char:
            return _letter(char) or (GAP if category in _ORNAMENT else char)
        char = folded
    return char


def _digit(char: str, category: str) -> str:
    """Return the ASCII digit a digit of any script stands for (٣, ३, 🯳), also ❸, ➂ and ⓿; empty if it is none."""
    if category == "Nd" or (category == "No" and not unicodedata.decomposition(char)):
        value = unicodedata.digit(char, None)
        return "" if value is None else str(value)
    return ""


def _letter(char: str) -> str:
    """Return the letter in a filled circle or square, or of a flag; empty if it is none."""
    for first in _LETTER_BLOCKS:
        if 0 <= ord(char) - first < 26:  # noqa: PLR2004 - letters of the alphabet
            return chr(ord("a") + ord(char) - first)
    return ""


def _one(candidate: str, fallback: str) -> str:
    return candidate if len(candidate) == 1 else fallback
