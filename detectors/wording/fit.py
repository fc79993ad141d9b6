"""Fits the table of cue and trait weights to labelled texts: logistic regression, the same input gives the same table.

A text is a bag of stretches. Of a text that sells, only its likest stretch has to look like a sale (the rest may be a poem or a pasted
warning); of any other text, no stretch may. So the fit goes round: choose each seller's stretch, fit, choose again. Of several
thousand cues the heaviest are kept and fitted once more, so that the table stays short enough to be read.

Fitted beside traits, cues say little where a trait speaks already, and a text whose trait is mistaken is lost. So a table is the mean
of two fits: with traits, and by cues alone.

A rare cue says more than a common one, and one that stands on one side more than one that stands on both, so while fitting each
counts by its rarity and its one-sidedness; the table holds weights that have them in them.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from detectors.wording.likeness import BIAS, cues_in, damping
from detectors.wording.passages import Document
from detectors.wording.traits import LABELS, stretches

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Bag", "CueRow", "bag_of", "fit"]

_ROUNDS = 3
_STEPS, _RATE = 120, 0.1
_CUE_SHRINKAGE, _TRAIT_SHRINKAGE = 0.0003, 0.001
"""How strongly weights are pulled to nothing: what was seen three times must not decide alone. Chosen, like the number of cues and
their sizes, on occasions the table was not fitted to.
"""
_FEWEST_TEXTS = 3
_MOST_CUES = 8000
_EVEN = 0.5
"""What a cue counts by that stands as often on both sides, beside the logarithm of how much likelier others are on one."""
_MEAN_DECAY, _SPREAD_DECAY, _TINY = 0.9, 0.999, 1e-8


@dataclass(frozen=True, slots=True)
class Bag:
    """One labelled text."""

    sells: bool
    stretches: tuple[tuple[frozenset[str], tuple[str, ...]], ...]
    """(cues, traits) of each stretch; empty: the text is out of reach of the weights."""


class CueRow(NamedTuple):
    """One row of the table."""

    cue: str
    weight: float
    selling_count: int
    """Texts that sell in which it stands."""
    other_count: int


def bag_of(document: Document, *, sells: bool, is_page: bool) -> Bag:
    """Return the bag of one text."""
    found = stretches(document, is_page=is_page)
    return Bag(sells, tuple((one.turns | cues_in(one.text), one.traits) for one in found))


def fit(bags: Sequence[Bag]) -> tuple[CueRow, ...]:
    """Return the table: the bias, the traits, then the cues from the heaviest for a sale to the heaviest against."""
    bags = [bag for bag in bags if bag.stretches]
    counts = _counts(bags)
    cues = sorted(
        cue for cue, (selling, other) in counts.items() if not cue.startswith("~") and selling + other >= _FEWEST_TEXTS
    )
    telling = _telling(bags, {cue: counts[cue] for cue in cues})
    first = _fitted(bags, cues, telling)
    ranked = sorted(cues, key=lambda cue: (-abs(first[cue]) * sum(counts[cue]) ** 0.5, cue))
    kept = sorted(ranked[:_MOST_CUES])
    weights = _mean(_fitted(bags, kept, telling), _fitted([_by_cues_alone(bag) for bag in bags], kept, telling))
    names = [BIAS, *LABELS, *sorted(kept, key=lambda cue: (-round(weights[cue], 2), cue))]
    return tuple(CueRow(name, round(weights[name], 2), *counts.get(name, (0, 0))) for name in names)


def _telling(bags: Sequence[Bag], counts: Mapping[str, tuple[int, int]]) -> dict[str, float]:
    """Return what each cue counts by: its rarity, times how much likelier it is on one side. On the whole as much as rarity alone."""
    rarity = {cue: 1 + math.log((1 + len(bags)) / (1 + sum(count))) for cue, count in counts.items()}
    selling_total, other_total = (sum(1 + count[side] for count in counts.values()) for side in (0, 1))
    told = {
        cue: rarity[cue] * (_EVEN + abs(math.log((1 + selling) / selling_total / ((1 + other) / other_total))))
        for cue, (selling, other) in counts.items()
    }
    scale = math.sqrt(sum(one**2 for one in rarity.values()) / max(1.0, sum(one**2 for one in told.values())))
    return {cue: one * scale for cue, one in told.items()}


def _by_cues_alone(bag: Bag) -> Bag:
    return Bag(bag.sells, tuple((cues, ()) for cues, _ in bag.stretches))


def _mean(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    return {name: (one[name] + other[name]) / 2 for name in one}


def _counts(bags: Iterable[Bag]) -> dict[str, tuple[int, int]]:
    """Count in how many texts that sell, and in how many others, each cue and trait stands."""
    selling, other = Counter[str](), Counter[str]()
    for bag in bags:
        (selling if bag.sells else other).update({name for cues, traits in bag.stretches for name in (*cues, *traits)})
    return {name: (selling[name], other[name]) for name in selling | other}


def _fitted(bags: Sequence[Bag], cues: Sequence[str], telling: Mapping[str, float]) -> dict[str, float]:
    """Return the weights of bias, traits and cues."""
    import numpy as np

    names = [*LABELS, *cues]
    place = {name: at for at, name in enumerate(names)}
    counted = np.array([1.0] * len(LABELS) + [telling[cue] for cue in cues])
    rows = [_row(stretch, place, counted, len(LABELS)) for bag in bags for stretch in bag.stretches]
    shrinkage = np.full(len(names), _CUE_SHRINKAGE)
    shrinkage[: len(LABELS)] = _TRAIT_SHRINKAGE
    matrix, weights, bias = _matrix_of(rows), np.zeros(len(names)), 0.0
    for _ in range(_ROUNDS):
        chosen, sells, shares = _chosen(bags, matrix.times(weights) + bias)
        shares = np.where(sells, shares / shares[sells].sum(), shares / shares[~sells].sum()) / 2
        weights, bias = _descend(_matrix_of([rows[at] for at in chosen]), sells, shares, shrinkage)
    return {BIAS: bias, **dict(zip(names, map(float, weights * counted), strict=True))}


def _row(
    stretch: tuple[frozenset[str], tuple[str, ...]], place: dict[str, int], counted: "NDArray[Any]", trait_count: int
) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """Return (columns, values) of what a stretch holds. `counted`: what each column counts by."""
    cues, traits = stretch
    known = sorted(place[cue] for cue in cues if place.get(cue, -1) >= trait_count)
    told = [place[trait] for trait in traits]
    return (*told, *known), (*(1.0 for _ in told), *(counted[known] * damping(len(known))))


@dataclass(frozen=True, slots=True)
class _Matrix:
    """Rows of which most columns are nought, one behind the other; no row is empty."""

    columns: "NDArray[Any]"
    values: "NDArray[Any]"
    starts: "NDArray[Any]"
    lengths: "NDArray[Any]"

    def times(self, weights: "NDArray[Any]") -> "NDArray[Any]":
        """Return the sum of each row."""
        import numpy as np

        return np.add.reduceat(weights[self.columns] * self.values, self.starts)

    def across(self, errors: "NDArray[Any]", width: int) -> "NDArray[Any]":
        """Return the sum of each column, its rows multiplied by these."""
        import numpy as np

        return np.bincount(self.columns, np.repeat(errors, self.lengths) * self.values, width)


def _matrix_of(rows: "Sequence[tuple[tuple[int, ...], tuple[float, ...]]]") -> _Matrix:
    import numpy as np

    lengths = np.array([max(1, len(columns)) for columns, _ in rows])
    columns = np.array([column for row, _ in rows for column in row or (0,)])
    values = np.array([value for _, row in rows for value in row or (0.0,)])
    return _Matrix(columns, values, np.cumsum(lengths) - lengths, lengths)


def _chosen(bags: Sequence[Bag], logits: "NDArray[Any]") -> "tuple[list[int], NDArray[Any], NDArray[Any]]":
    """Return the rows to fit on, whether each sells, and its share: the likest row of a seller, every row of another."""
    import numpy as np

    rows: list[int] = []
    sells: list[bool] = []
    shares: list[float] = []
    at = 0
    for bag in bags:
        count = len(bag.stretches)
        likest = at + int(np.argmax(logits[at : at + count]))
        if bag.sells:
            rows.append(likest)
            sells.append(True)
            shares.append(1.0)
        else:
            rows += range(at, at + count)
            sells += [False] * count
            shares += [1.0 if row == likest else 0.3 / count for row in range(at, at + count)]
        at += count
    return rows, np.array(sells), np.array(shares)


def _descend(
    matrix: _Matrix, sells: "NDArray[Any]", shares: "NDArray[Any]", shrinkage: "NDArray[Any]"
) -> "tuple[NDArray[Any], float]":
    """Minimise the shared log loss with weights pulled to nothing (Adam, from nought, a fixed number of steps)."""
    import numpy as np

    width = len(shrinkage)
    values = np.zeros(width + 1)
    mean, spread = np.zeros(width + 1), np.zeros(width + 1)
    for step in range(1, _STEPS + 1):
        logits = np.clip(matrix.times(values[:width]) + values[width], -30, 30)
        error = (1 / (1 + np.exp(-logits)) - sells) * shares
        slope = np.append(matrix.across(error, width) + shrinkage * values[:width], error.sum())
        mean = _MEAN_DECAY * mean + (1 - _MEAN_DECAY) * slope
        spread = _SPREAD_DECAY * spread + (1 - _SPREAD_DECAY) * slope**2
        values -= _RATE * (mean / (1 - _MEAN_DECAY**step)) / (np.sqrt(spread / (1 - _SPREAD_DECAY**step)) + _TINY)
    return values[:width], float(values[width])
