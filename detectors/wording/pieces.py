"""Weighs how much a text as a whole resembles those that sell: naive Bayes, from counts anybody can check.

`data/pieces.csv` says of each piece (1 to 3 characters of outline, see `outline`) in how many labelled texts that sell it stands, and in
how many others. Nothing is chosen and nothing fitted, so a word seen in one advert counts for something too: whoever sells without a
word of sale is known by the many small things he shares with others who do. `likeness` weighs the likest stretch, by few strong cues;
this weighs all there is. The table is made by `jianwei wording train`.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detectors.wording.likeness import LONGEST_CUE, cues_in, damping
from keywords.characters import EVERY_POINT, places_of, points_of

__all__ = ["TEXTS", "PieceRow", "Pieces", "counted", "load_pieces", "shipped_pieces"]

TEXTS = "~texts"
"""The row that says how many texts were counted."""
_UNSEEN = 0.05
"""What a piece counts for on the side on which it was never seen."""
_SCALE = 5.0
"""Brings the sum to the size of a logit: found, with the marks of `third_reading`, on occasions that were not counted."""
_NO_KEYS = np.zeros(0, np.int64)
_PARTED = "\0"
"""Stands between texts that are weighed together: no folded text has it, and no piece."""
_FEW_TEXTS = 3
"""Fewer are weighed one by one."""
_CLAUSE = re.compile(r"[^\s,.。!?;:、~·|]{2,24}")


class PieceRow(NamedTuple):
    """One row of the table."""

    piece: str
    selling_count: int
    """Texts that sell in which it stands."""
    other_count: int


class Pieces:
    """The table: what each piece says. A piece goes by one number made of its characters', so that all of a text are looked up at once."""

    def __init__(self, rows: Iterable[PieceRow]) -> None:
        """Work out the weights: how much likelier a piece is in texts that sell (log ratio), times its rarity."""
        ordered = sorted(rows, key=lambda row: len(row.piece))
        counts = np.array([(row.selling_count, row.other_count) for row in ordered if row.piece != TEXTS], float)
        text_count = sum(row.selling_count + row.other_count for row in ordered if row.piece == TEXTS)
        selling, other = counts.reshape(-1, 2).T
        rarity = 1 + np.log((1 + text_count) / (1 + selling + other))
        weights = rarity * (_log_share(selling) - _log_share(other)) / _SCALE
        pieces = [row.piece for row in ordered if row.piece != TEXTS]
        letters = sorted(set().union(*pieces))
        self._base = len(letters) + 1
        self._numbered = np.zeros(EVERY_POINT, np.int64)
        self._numbered[list(map(ord, letters))] = np.arange(1, self._base)
        keys = np.concatenate([self._keys_of(list(some)) for _, some in groupby(pieces, len)] or [_NO_KEYS])
        order = np.argsort(keys)
        self._known, self._weights = keys[order], weights[order]

    def _keys_of(self, pieces: Sequence[str]) -> NDArray[np.int64]:
        """Return the numbers of pieces of one length."""
        digits = self._numbered.take(points_of("".join(pieces))).reshape(len(pieces), -1)
        return digits @ self._base ** np.arange(digits.shape[1])[::-1]

    def weigh(self, outline: str) -> float:
        """Return how much likelier the text is to sell than not, as a logit without a prior; 0: nothing in it is known."""
        _, weights = self._looked_up(_different(self._keys(outline)))
        return damping(len(weights)) * float(weights.sum())

    def weigh_each(self, outlines: Sequence[str]) -> list[float]:
        """Return the same for each of many texts, which are looked up together: every piece of a text once."""
        if len(outlines) < _FEW_TEXTS:
            return list(map(self.weigh, outlines))
        count = len(outlines)
        keys = self._keys(_PARTED.join(outlines))
        texts = np.repeat(np.arange(count), [len(one) + 1 for one in outlines])[:-1]
        texts = np.concatenate([texts[: len(texts) - size] for size in range(LONGEST_CUE)])
        at = places_of(keys)
        held = _different(keys[at] * count + texts[at])
        keys = held // count
        is_known, weights = self._looked_up(keys)
        texts = (held - keys * count)[is_known]
        sums = np.bincount(texts, weights, count)
        counts = np.bincount(texts, minlength=count)
        return [damping(one) * total for one, total in zip(counts.tolist(), sums.tolist(), strict=True)]

    def _looked_up(self, keys: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        """Return which of these ascending numbers are in the table, and what those weigh."""
        if not len(self._known):
            return np.zeros(len(keys), np.bool_), self._weights
        places = np.minimum(np.searchsorted(self._known, keys), len(self._known) - 1)
        is_known = self._known[places] == keys
        return is_known, self._weights[places[is_known]]

    def _keys(self, outline: str) -> NDArray[np.int64]:
        """Return the numbers of all pieces of a text; 0: one with a character no piece has."""
        one = longer = self._numbered.take(points_of(outline))
        found = [one]
        for size in range(2, LONGEST_CUE + 1):
            begun, ends = longer[:-1], one[size - 1 :]
            longer = np.where((begun > 0) & (ends > 0), begun * self._base + ends, 0)
            found.append(longer)
        return np.concatenate(found)

    def told(self, outline: str, most: int = 3) -> tuple[tuple[int, int], ...]:
        """Return the places in the outline of the clauses that speak most for a sale, the heaviest first."""
        clauses = [(self.weigh(one.group()), one.span()) for one in _CLAUSE.finditer(outline)]
        return tuple(span for weight, span in sorted(clauses, key=lambda one: (-one[0], one[1]))[:most] if weight > 0)


def counted(outlines: Iterable[tuple[str, bool]]) -> tuple[PieceRow, ...]:
    """Return the table of (outline, sells): the number of texts, then the pieces by their characters."""
    selling, other = Counter[str](), Counter[str]()
    for outline, sells in outlines:
        (selling if sells else other).update({TEXTS, *cues_in(outline)})
    names = [TEXTS, *sorted({*selling, *other} - {TEXTS})]
    return tuple(PieceRow(name, selling[name], other[name]) for name in names)


@lru_cache(maxsize=1)
def load_pieces() -> Pieces:
    """Return what the shipped table says."""
    return Pieces(shipped_pieces())


def shipped_pieces() -> tuple[PieceRow, ...]:
    """Read the shipped table."""
    text = (files("detectors") / "wording" / "data" / "pieces.csv").read_text("utf-8")
    rows = csv.reader(io.StringIO(text, newline=""))
    next(rows)
    return tuple(PieceRow(piece, int(selling), int(other)) for piece, selling, other in rows)


def _different(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the different ones of these numbers, ascending: what `np.unique` does, at a third of its price."""
    numbers.sort()
    is_first = np.ones(len(numbers), np.bool_)
    np.not_equal(numbers[1:], numbers[:-1], out=is_first[1:])
    return numbers[is_first]


def _log_share(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    smoothed = counts + _UNSEEN
    shares: NDArray[np.float64] = np.log(smoothed / max(smoothed.sum(), 1.0))
    return shares
