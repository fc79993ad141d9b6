"""One character's plain form: width, case, traditional script, and what is nothing at all (zero-width, combining, control).

Strictly one for one, so that offsets stay; what becomes longer (⑩) or is a word (🐧) is left to `keywords.fold`.
"""

import unicodedata
from functools import lru_cache
from typing import Final

import opencc

__all__ = ["GAP", "NOTHING", "plain", "squeeze"]

NOTHING: Final = "\ue000"
"""Stands for a character that is not there; private-use characters mean nothing and become it too."""
GAP: Final = "·"
"""Stands for every ornament (★ ◆ 🔥) that is no word."""

_NOT_THERE = frozenset({"Mn", "Me", "Cf", "Cc", "Cs", "Co"})
_ORNAMENT = frozenset({"So", "Sk"})
_BLANKS = {"\t": " ", "\r": "\n", "\x0b": "\n", "\x0c": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n"}


class _Plain(dict[int, str]):
    """A translation table that fills itself: most texts use few of the 150,000 characters."""

    def __init__(self, kept: frozenset[str]) -> None:
        super().__init__()
        self._kept = kept

    def __missing__(self, point: int) -> str:
        char = chr(point)
        self[point] = char if char in self._kept else _plain_char(char)
        return self[point]


def plain(text: str, kept: frozenset[str] = frozenset()) -> str:
    """Return the text with every character in its plain form, same length. Ornaments in `kept` stay themselves."""
    return text.translate(_table(kept))


def squeeze(text: str) -> str:
    """Return the plain form without blanks: what differs beyond this was written differently on purpose."""
    return "".join(plain(text).split())


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
        if category in _NOT_THERE:
            return NOTHING
        if category == "Zs":
            return " "
        folded = _one(unicodedata.normalize("NFKC", char), char)
        folded = _one(folded.lower(), folded)
        folded = _one(_simplifier().convert(folded), folded)
        if folded == char:
            return GAP if category in _ORNAMENT else char
        char = folded
    return char


def _one(candidate: str, fallback: str) -> str:
    return candidate if len(candidate) == 1 else fallback
