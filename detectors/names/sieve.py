"""Which lines of a buffer are worth reading: a first look over raw text at the speed of memory, a second at what it found.

The first look is Hyperscan's, where it is installed, for the fragments of all clues. The second, and the only one elsewhere,
is Aho-Corasick's for the clues themselves, in names without separators. Both only pass names over that no rule could match.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Protocol

import ahocorasick_rs

from detectors.names.clues import ALPHABET, number_apart
from detectors.names.confusable import EYE_PAIRS
from detectors.names.international import International

__all__ = ["FirstLook", "LookedFor", "Sieve", "Spans", "all_lines"]

_LINE = b"\n"
_FOREIGN = b"--"
"""In every international label (`xn--`, in either case)."""
_SEPARATOR = b"-"
_PAIRS = tuple((pair.encode(), letter.encode()) for pair, letter in EYE_PAIRS.items())


Spans = list[tuple[int, int]]


class FirstLook(Protocol):
    """Finds where in a translated buffer a fragment ends."""

    def ends(self, text: bytes) -> list[int]:
        """Return the places, in order, perhaps more than one in a line."""


@dataclass(frozen=True, slots=True)
class LookedFor:
    """What both looks look for: all that the rules' clues come to, and all that need be kept of them from one start to the next."""

    forms: Sequence[bytes]
    """See `clues.forms`."""
    first: FirstLook | None
    """None: there is no first look."""


class Sieve:
    """Passes over names in which no clue is to be found."""

    def __init__(self, wanted: LookedFor, words: Iterable[str]) -> None:
        """Build the second look, for clues and for words of Chinese names."""
        self._look = wanted.first
        self._international = International(words)
        self._clues = ahocorasick_rs.BytesAhoCorasick(wanted.forms)

    def lets_through(self, host: str) -> bool:
        """Say whether a lower-case A-label name holds any clue. Most names end here."""
        return self._second([host.encode()])[0]

    def lines(self, buffers: Sequence[bytes], *, are_whole: bool = True) -> list[Spans]:
        """Return of each buffer (start, end) of the lines worth reading, in order. A buffer begins and ends with a line feed.

        Each look goes over all buffers before the next begins, so that its tables stay in the processor's cache.
        `are_whole`: each line is one whole name. In a zone file it is not: the origin may stand elsewhere.
        """
        found = [self._first(buffer, self._look) if self._look else all_lines(buffer) for buffer in buffers]
        if not are_whole:
            return found
        is_kept = iter(
            self._second(
                [buffer[start:end] for buffer, spans in zip(buffers, found, strict=True) for start, end in spans]
            )
        )
        return [[span for span in spans if next(is_kept)] for spans in found]

    @staticmethod
    def _first(buffer: bytes, look: FirstLook) -> Spans:
        spans: Spans = []
        reached = 1
        begin, finish = buffer.rfind, buffer.find
        for end in look.ends(buffer.translate(ALPHABET)):
            if end > reached:  # else: once more in the line before, or the line feed that ends it
                at = finish(_LINE, end - 1)
                spans.append((begin(_LINE, 0, end - 1) + 1, at))
                reached = at + 1
        return spans

    def _second(self, lines: list[bytes]) -> list[bool]:
        """Say of each line whether it holds a clue or a known Chinese word; all are looked at in one pass."""
        is_kept = [False] * len(lines)
        foreign = [at for at, line in enumerate(lines) if _FOREIGN in line]
        if foreign:
            worth, latin = self._international.read(_LINE.join([lines[at] for at in foreign]))
            lines = lines.copy()
            for at, line in zip(foreign, latin.split(_LINE), strict=True):
                lines[at] = line
            for which in worth:
                is_kept[foreign[which]] = True
        for at in self._with_clue(_LINE.join(lines)):
            is_kept[at] = True
        return is_kept

    def _with_clue(self, text: bytes) -> Iterator[int]:
        """Yield the numbers of the lines that hold a clue, perhaps more than once."""
        for folded in _folded(text):
            at = reached = 0
            for _, start, _ in self._clues.find_matches_as_indexes(folded):
                at += folded.count(_LINE, reached, start)
                reached = start
                yield at


def all_lines(buffer: bytes) -> Spans:
    """Return (start, end) of each line that is not empty, of a buffer that begins and ends with a line feed."""
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
