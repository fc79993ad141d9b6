"""A folded text with the way back to the original, and how edits are applied to it.

Where each character came from is worked out when it is first asked for: most texts hold nothing anybody asks about.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

__all__ = ["Edges", "Edit", "Folded", "Offsets", "edited"]

Edit = tuple[int, int, str]
"""Start, end and what is written there instead."""
Offsets = NDArray[np.int64] | list[int]
"""Places in the original, one for each folded character."""
Edges = tuple[Offsets, Offsets]
"""Where each folded character began in the original, and where it ended."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text with the way back to the original."""

    text: str
    original: str
    _moved: Callable[[], Edges] | None = field(default=None, repr=False, compare=False)
    """Works out the edges; None: nothing moved."""
    _known: list[Edges] = field(default_factory=list, repr=False, compare=False)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original's span of the folded text's characters `start` to `end` (exclusive, not empty)."""
        if self._moved is None:
            return start, end
        starts, ends = self.edges()
        return int(starts[start]), int(ends[end - 1])

    def spans(self, places: Sequence[tuple[int, int]]) -> Sequence[tuple[int, int]]:
        """Return the original's spans of many places, looked up together."""
        if self._moved is None or not places:
            return places
        starts, ends = self.edges()
        firsts, lasts = zip(*places, strict=True)
        if isinstance(starts, list) or isinstance(ends, list):
            return [(int(starts[start]), int(ends[end - 1])) for start, end in places]
        return list(zip(starts.take(firsts).tolist(), ends.take(np.array(lasts, np.int64) - 1).tolist(), strict=True))

    def part(self, start: int, end: int, begun: int, ended: int) -> "Folded":
        """Return one text of several that were folded together: where it stands in them folded, and where it stood before."""
        moved = None if self._moved is None else partial(_of_part, self, start, end, begun)
        return Folded(self.text[start:end], self.original[begun:ended], moved)

    @property
    def offsets(self) -> tuple[int, ...]:
        """Return for each folded character where it began in the original; never falling."""
        return tuple(map(int, self.edges()[0]))

    def edges(self) -> Edges:
        """Return where each folded character began and where it ended."""
        if not self._known:
            self._known.append(self._moved() if self._moved else _at_home(len(self.text)))
        return self._known[0]


def _at_home(length: int) -> Edges:
    """Return the edges of a text in which nothing moved."""
    return list(range(length)), list(range(1, length + 1))


def _of_part(whole: Folded, start: int, end: int, begun: int) -> Edges:
    """Return the edges of one text of several, counted from where it began."""
    starts, ends = whole.edges()
    return np.asarray(starts[start:end], np.int64) - begun, np.asarray(ends[start:end], np.int64) - begun


def edited(folded: Folded, edits: Sequence[Edit]) -> Folded:
    """Apply edits, in order and apart; offsets of a replacement are those of what it replaced."""
    text, pieces, at = folded.text, list[str](), 0
    for start, end, new in edits:
        pieces += (text[at:start], new)
        at = end
    pieces.append(text[at:])
    return Folded("".join(pieces), folded.original, partial(_moved, folded, edits))


def _moved(folded: Folded, edits: Sequence[Edit]) -> Edges:
    old_starts, old_ends = folded.edges()
    starts, ends, at = list[int](), list[int](), 0
    for start, end, new in edits:
        starts.extend(old_starts[at:start])
        ends.extend(old_ends[at:start])
        starts.extend([old_starts[start]] * len(new))
        ends.extend([old_ends[end - 1]] * len(new))
        at = end
    starts.extend(old_starts[at:])
    ends.extend(old_ends[at:])
    return starts, ends
