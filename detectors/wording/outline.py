"""The outline of a text: its folded words with every certificate, trade, price, contact and number replaced by one sign.

`办理电工证500元加微信abc_123` and `办理焊工证 680 元加微信 xyz-9` have the same outline, so what is learned from one holds for the
other. Each sign and character knows its place in the folded text, so that a cue found here can be quoted as it was written.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from detectors.wording.marks import Mark, Sense
from detectors.wording.passages import Document

__all__ = ["CERTIFICATE", "CONTACT", "NEIGHBOUR", "PRICE", "TRADE", "Outline", "outline_of"]

CERTIFICATE, TRADE, NEIGHBOUR, CONTACT, PRICE = "CTN@¥"
_NUMBER = "0"
_NAMED = {Sense.CERTIFICATE: CERTIFICATE, Sense.TRADE: TRADE, Sense.NEIGHBOUR: NEIGHBOUR}
_NUMBERS = re.compile(r"\d+(?:\.\d+)*")


@dataclass(frozen=True, slots=True)
class Outline:
    """An outline with the places of its characters."""

    text: str
    """Folded text is lower case, so the capital letters are signs only."""
    _starts: tuple[int, ...]
    """Where each piece begins in the outline, ascending."""
    _pieces: tuple[tuple[int, int], ...]
    """Where each piece begins and ends in the folded text. A sign's piece is one character here, several there."""

    def folded_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the folded text that a span of the outline stands for; `start` < `end`."""
        return self._place(start)[0], self._place(end - 1)[1]

    def folded_spans(self, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
        """Return the starts and the ends of `folded_span` of many spans."""
        first = np.array((*self._starts, len(self.text)), np.int64)
        begun, ended = np.fromiter(chain.from_iterable(self._pieces), np.int64, 2 * len(self._pieces)).reshape(-1, 2).T
        is_same = np.diff(first) == ended - begun
        low = np.searchsorted(first, starts, side="right") - 1
        high = np.searchsorted(first, ends - 1, side="right") - 1
        return (
            begun[low] + is_same[low] * (starts - first[low]),
            np.where(is_same[high], begun[high] + ends - first[high], ended[high]),
        )

    def _place(self, at: int) -> tuple[int, int]:
        index = bisect_right(self._starts, at) - 1
        start, end = self._pieces[index]
        next_start = self._starts[index + 1] if index + 1 < len(self._starts) else len(self.text)
        if next_start - self._starts[index] == end - start:
            place = start + at - self._starts[index]
            return place, place + 1
        return start, end


def outline_of(document: Document) -> Outline:
    """Return the outline of a document; linear in its length."""
    text = document.folded.text
    written: list[str] = []
    starts: list[int] = []
    pieces: list[tuple[int, int]] = []
    at = length = 0
    for start, _, last, sign in _signs(document):
        if start < at:
            continue
        if start > at:
            starts.append(length)
            pieces.append((at, start))
            written.append(text[at:start])
            length += start - at
        at = -last
        starts.append(length)
        pieces.append((start, at))
        written.append(sign)
        length += 1
    if at < len(text):
        starts.append(length)
        pieces.append((at, len(text)))
        written.append(text[at:])
    return Outline("".join(written), tuple(starts), tuple(pieces))


def _signs(document: Document) -> list[tuple[int, int, int, str]]:
    """Return what is replaced (start, rank, end negated, sign) in order: of what overlaps the first wins; names over prices, prices over numbers."""
    found = [(one.start, 0, -one.end, CONTACT) for one in document.contacts]
    found += [(mark.start, 1, -mark.end, _sign_of(mark)) for mark in document.marks if mark.sense in _NAMED]
    found += [(one.start, 2, -one.end, PRICE) for one in document.prices]
    found += [(start, 3, -end, _NUMBER) for start, end in map(re.Match.span, _NUMBERS.finditer(document.folded.text))]
    found.sort()
    return found


def _sign_of(mark: Mark) -> str:
    """Return the sign of a name; a trade named with its paper (司炉证) is a certificate."""
    return CERTIFICATE if mark.sense is Sense.TRADE and "证" in mark.text else _NAMED[mark.sense]
