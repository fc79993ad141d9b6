"""Which lines of a buffer are worth reading: a first look over raw text at the speed of memory, a second at what it found.

The first look is Hyperscan's, where it is installed, for the fragments of all clues. The second, and the only one elsewhere,
is Aho-Corasick's for the clues themselves, in names without separators. Both only pass names over that no rule could match.
"""

from collections.abc import Iterable
from itertools import accumulate, pairwise
from typing import Protocol

import ahocorasick_rs

from detectors.names.clues import ALPHABET, Clue, joined, number_apart
from detectors.names.confusable import EYE_PAIRS
from detectors.names.international import International

__all__ = ["FirstLook", "Sieve"]

_LINE = b"\n"
_FOREIGN = b"--"
"""In every international label (`xn--`, in either case)."""
_SEPARATOR = b"-"
_PAIRS = tuple((pair.encode(), letter.encode()) for pair, letter in EYE_PAIRS.items())


class FirstLook(Protocol):
    """Finds where in a translated buffer a fragment ends."""

    def ends(self, text: bytes) -> list[int]:
        """Return the places, in order, perhaps more than one in a line."""


class Sieve:
    """Passes over names in which no clue is to be found."""

    def __init__(self, clues: Iterable[Clue], words: Iterable[str], look: FirstLook | None = None) -> None:
        """Build the second look, for clues and for words of Chinese names; `look` is the first, None: there is none."""
        self._look = look
        self._international = International(words)
        self._clues = ahocorasick_rs.BytesAhoCorasick(
            sorted({letters.encode() for row in clues for letters in joined(row)})
        )

    def lets_through(self, host: str) -> bool:
        """Say whether a lower-case A-label name holds any clue. Most names end here."""
        return self._second([host.encode()])[0]

    def lines(self, buffer: bytes, *, are_whole: bool = True) -> list[tuple[int, int]]:
        """Return (start, end) of the lines worth reading, in order. The buffer begins and ends with a line feed.

        `are_whole`: each line is one whole name. In a zone file it is not: the origin may stand elsewhere.
        """
        spans = self._first(buffer, self._look) if self._look else _all_lines(buffer)
        if not are_whole:
            return spans
        is_kept = self._second([buffer[start:end] for start, end in spans])
        return [span for span, kept in zip(spans, is_kept, strict=True) if kept]

    @staticmethod
    def _first(buffer: bytes, look: FirstLook) -> list[tuple[int, int]]:
        spans: list[tuple[int, int]] = []
        reached = 0
        for end in look.ends(buffer.translate(ALPHABET)):
            if end - 1 > reached:  # else: once more in the line before, or the line feed that ends it
                start = buffer.rfind(_LINE, 0, end - 1) + 1
                reached = buffer.find(_LINE, end - 1)
                spans.append((start, reached))
        return spans

    def _second(self, lines: list[bytes]) -> list[bool]:
        """Say of each line whether it holds a clue or a known Chinese word; all are looked at in one pass."""
        is_kept = [False] * len(lines)
        foreign = [at for at, line in enumerate(lines) if _FOREIGN in line]
        if foreign:
            lines = list(lines)
            is_worth, latin = self._international.read([lines[at] for at in foreign])
            for at, worth, line in zip(foreign, is_worth, latin, strict=True):
                is_kept[at], lines[at] = worth, line
        for folded in _folded(_LINE.join(lines)):
            at = reached = 0
            for _, start, _ in self._clues.find_matches_as_indexes(folded):
                at += folded.count(_LINE, reached, start)
                reached = start
                is_kept[at] = True
        return is_kept


def _all_lines(buffer: bytes) -> list[tuple[int, int]]:
    ends = list(accumulate(len(line) + 1 for line in buffer.split(_LINE)))
    return [(start, end - 1) for start, end in pairwise(ends) if end - 1 > start]


def _folded(text: bytes) -> tuple[bytes, bytes]:
    """Return lines as a hasty eye reads them, without separators: the forms clues are written in, pairs as two letters and as one."""
    letters = number_apart(text.lower().decode("latin-1")).encode("latin-1")
    paired = letters
    for pair, letter in _PAIRS:
        paired = paired.replace(pair, letter)
    return letters.translate(_LETTERS).replace(_SEPARATOR, b""), paired.translate(_LETTERS).replace(_SEPARATOR, b"")


def _letters() -> bytes:
    table = bytearray(ALPHABET)
    table[ord("A") : ord("Z") + 1] = range(ord("A"), ord("Z") + 1)
    return bytes(table)


_LETTERS = _letters()
"""As ALPHABET, but capitals stay: they are the digits of numbers."""
