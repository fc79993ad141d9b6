"""A folded text with the way back to the original, and how edits are applied to it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["Edit", "Folded", "Offsets", "edited"]

Edit = tuple[int, int, str]
"""Start, end and what is written there instead."""
Offsets = NDArray[np.int64] | list[int]
"""Places in the original, one for each folded character."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text with the way back to the original."""

    text: str
    original: str
    _starts: Offsets | None = field(default=None, repr=False, compare=False)
    """Where each folded character began; None: nothing moved."""
    _ends: Offsets | None = field(default=None, repr=False, compare=False)
    """Where each ended; None: each is one character long."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original's span of the folded text's characters `start` to `end` (exclusive, not empty)."""
        if self._starts is None:
            return start, end
        last = self._starts[end - 1] + 1 if self._ends is None else self._ends[end - 1]
        return int(self._starts[start]), int(last)

    @property
    def offsets(self) -> tuple[int, ...]:
        """Return for each folded character where it began in the original; never falling."""
        return tuple(range(len(self.text))) if self._starts is None else tuple(map(int, self._starts))

    def edges(self) -> tuple[Offsets, Offsets]:
        """Return where each folded character began and where it ended."""
        starts = list(range(len(self.text))) if self._starts is None else self._starts
        if self._ends is not None:
            return starts, self._ends
        return starts, list(range(1, len(self.text) + 1)) if self._starts is None else [end + 1 for end in starts]


def edited(folded: Folded, edits: Iterable[Edit]) -> Folded:
    """Apply edits, in order and apart; offsets of a replacement are those of what it replaced."""
    edits = list(edits)
    if not edits:
        return folded
    text, pieces, at = folded.text, list[str](), 0
    old_starts, old_ends = folded.edges()
    starts, ends = list[int](), list[int]()
    for start, end, new in edits:
        pieces += (text[at:start], new)
        starts.extend(old_starts[at:start])
        ends.extend(old_ends[at:start])
        starts.extend([old_starts[start]] * len(new))
        ends.extend([old_ends[end - 1]] * len(new))
        at = end
    pieces.append(text[at:])
    starts.extend(old_starts[at:])
    ends.extend(old_ends[at:])
    return Folded("".join(pieces), folded.original, starts, ends)
