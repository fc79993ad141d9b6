"""Where the cues of a table stand in an outline, for many stretches at once: whole arrays instead of one stretch after another.

A long page has hundreds of stretches that overlap. What their cues weigh is worked out for all of them together, and only the
stretches that can be the likest one are then read (`detectors.wording.bounds`).
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from keywords.characters import EVERY_POINT, places_of, points_of

__all__ = ["CueTable", "add_once"]

_Places = NDArray[np.int64]
_Numbers = NDArray[np.floating]


class CueTable:
    """The cues as a tree of characters: a step is one look into a table, for all places of a text together."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        cues = sorted(weights)
        chars = sorted({char for cue in cues for char in cue})
        self._width = len(chars) + 1
        self._numbered = np.zeros(EVERY_POINT, np.int32)
        self._numbered[list(map(ord, chars))] = np.arange(1, self._width)
        number = {char: place for place, char in enumerate(chars, 1)}
        self._steps: list[NDArray[np.int32]] = []
        self._cue_at: list[NDArray[np.int32]] = []
        self._weights = np.array([weights[cue] for cue in cues])
        states = dict(zip(chars, range(1, self._width), strict=True))
        by_text = {cue: place for place, cue in enumerate(cues)}
        self._cue_at.append(_cues_of(states, by_text))
        for length in range(2, max(map(len, cues), default=1) + 1):
            begun = sorted({cue[:length] for cue in cues if len(cue) >= length})
            step = np.zeros((len(states) + 1) * self._width, np.int32)
            for state, text in enumerate(begun, 1):
                step[states[text[:-1]] * self._width + number[text[-1]]] = state
            states = {text: state for state, text in enumerate(begun, 1)}
            self._steps.append(step)
            self._cue_at.append(_cues_of(states, by_text))

    def weigh(self, outline: str, starts: _Places, ends: _Places) -> tuple[_Numbers, _Places]:
        """Return for each stretch the sum of the weights of its different cues, and how many there are."""
        total, count = np.zeros(len(starts)), np.zeros(len(starts), np.int64)
        numbered = self._numbered.take(points_of(outline))
        at = places_of(numbered)
        states = numbered[at]
        for length, cue_at in enumerate(self._cue_at, 1):
            if length > 1:
                keep = at < len(numbered) - length + 1
                at, states = at[keep], states[keep]
                states = self._steps[length - 2].take(states * self._width + numbered[at + length - 1])
                alive = places_of(states)
                at, states = at[alive], states[alive]
            cues = cue_at.take(states)
            found = np.flatnonzero(cues >= 0)
            if found.size:
                add_once(total, count, at[found], cues[found], self._weights, starts, ends - length + 1)
        return total, count


def add_once(
    total: _Numbers, count: _Places, at: _Places, cues: NDArray[np.int32], weights: _Numbers, starts: _Places, ends: _Places
) -> None:  # fmt: skip
    """Add cues by ascending place, each once a stretch: where it stands first in it. `ends`: up to where one may begin."""
    lows, highs = np.searchsorted(at, starts), np.searchsorted(at, ends)
    lengths = np.maximum(highs - lows, 0)
    stretch = np.repeat(np.arange(len(starts)), lengths)
    index = np.arange(len(stretch)) + np.repeat(lows - (np.cumsum(lengths) - lengths), lengths)
    first = _before(at, cues.astype(np.min_scalar_type(len(weights))))[index] < starts[stretch]
    stretch, index = stretch[first], index[first]
    total += np.bincount(stretch, weights[cues[index]], len(starts))
    count += np.bincount(stretch, minlength=len(starts))


def _cues_of(states: Mapping[str, int], by_text: Mapping[str, int]) -> NDArray[np.int32]:
    """Return the place of the cue that ends in each state; -1: none does."""
    found = np.full(len(states) + 1, -1, np.int32)
    for text, state in states.items():
        found[state] = by_text.get(text, -1)
    return found


def _before(at: _Places, cues: NDArray[np.integer]) -> _Places:
    """Return where the same cue stood before; -1: nowhere. Numbers of 16 bits are sorted many times faster."""
    order: Sequence[int] | _Places = np.argsort(cues, kind="stable")
    again = cues[order][1:] == cues[order][:-1]
    before = np.full(len(at), -1, np.int64)
    before[order[1:][again]] = at[order[:-1][again]]
    return before
