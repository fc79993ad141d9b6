"""Weighs how much a text reads like an advert that sells certificates: a sum of weights from one table, nothing hidden.

`data/cues.csv` holds a row for each cue (2 to 4 characters of outline, see `outline`) and each trait (`~contact`, see `traits`) with its
weight: positive speaks for a sale, negative against. The sum of a stretch is squeezed to permille by the logistic function; a text is as
like an advert as its likest stretch, so an advert at the end of an article is found. The table is made by `jianwei wording train`.
"""

import csv
import io
import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from detectors.wording.passages import Document
from detectors.wording.traits import Stretch, stretches

__all__ = ["BIAS", "Likeness", "Weights", "cues_in", "damping", "load_weights", "weights_of"]

BIAS = "~bias"
_RUNS = re.compile(r"[\w@¥?]+").findall
_SIZES = (2, 3, 4)
_FEW_CUES = 8
"""So many cues count as one text's worth: damps long stretches, in which some cue always stands."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The table: weight by cue and by trait, in logits."""

    bias: float
    cues: Mapping[str, float]
    traits: Mapping[str, float]
    _finder: "_Finder" = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_finder", _Finder(self.cues))

    def weigh(self, document: Document, *, is_page: bool) -> "Likeness | None":
        """Return the likest stretch of a document; None: it has none in which a certificate could be sold."""
        place: _CuePlaces | None = None
        found = list[Likeness]()
        for stretch in stretches(document, is_page=is_page):
            place = place or _CuePlaces(
                stretch.outline.text, self._finder
            )  # stretches overlap: all cues are found once
            found.append(self._likeness(stretch, place.within(stretch.start, stretch.end)))
        return max(found, key=lambda one: one.logit, default=None)

    def _likeness(self, stretch: Stretch, known: Sequence[str]) -> "Likeness":
        scale = damping(len(known))
        logit = self.bias + sum(self.traits.get(trait, 0.0) for trait in stretch.traits)
        logit += scale * sum(map(self.cues.__getitem__, sorted(known)))
        return Likeness(stretch, logit, tuple(known), self)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a stretch weighs."""

    stretch: Stretch
    logit: float
    cues: tuple[str, ...]
    """Known cues in it."""
    weights: Weights

    @property
    def permille(self) -> int:
        """Return the likeness, 0 to 1000; 500: as like as not."""
        return round(1000 / (1 + math.exp(-max(-30.0, min(30.0, self.logit)))))

    def told(self, *, is_for: bool, most: int = 3) -> tuple[tuple[int, int], ...]:
        """Return the places in the folded text of the heaviest cues of one direction, heaviest first, not overlapping."""
        sign = 1 if is_for else -1
        ranked = sorted(self.cues, key=lambda cue: (-sign * self.weights.cues[cue], cue))
        spans: list[tuple[int, int]] = []
        for cue in ranked:
            if len(spans) == most or sign * self.weights.cues[cue] <= 0:
                break
            start = self.stretch.outline.text.index(cue, self.stretch.start)
            span = self.stretch.outline.folded_span(start, start + len(cue))
            if all(span[1] <= low or high <= span[0] for low, high in spans):
                spans.append(span)
        return tuple(spans)


class _Finder:
    """All cues of a table in one automaton."""

    def __init__(self, cues: Iterable[str]) -> None:
        self.cues = tuple(cues)
        self._automaton = AhoCorasick(
            self.cues, matchkind=MatchKind.Standard, implementation=Implementation.ContiguousNFA
        )

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """Return (start, end, place of the cue) of every cue, also overlapping."""
        found = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return sorted([(start, end, index) for index, start, end in found])


class _CuePlaces:
    """Where the known cues stand in one outline."""

    def __init__(self, outline: str, finder: _Finder) -> None:
        self._found = finder.find(outline)
        self._cues = finder.cues

    def within(self, start: int, end: int) -> tuple[str, ...]:
        """Return the different cues that stand whole between two places."""
        first, last = bisect_left(self._found, (start,)), bisect_left(self._found, (end,))
        cues = self._cues
        return tuple({cues[index] for _, at_end, index in self._found[first:last] if at_end <= end})


def cues_in(outline: str) -> set[str]:
    """Return the different pieces of 2 to 4 characters between punctuation."""
    return set(_pieces(_RUNS(outline)))


def _pieces(runs: Iterable[str]) -> Iterator[str]:
    for run in runs:
        for size in _SIZES:
            for at in range(len(run) - size + 1):
                yield run[at : at + size]


def damping(known_count: int) -> float:
    """Return what the sum of a stretch's cue weights is multiplied by."""
    return 1 / math.sqrt(_FEW_CUES + known_count)


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """Read the shipped table."""
    text = (files("detectors") / "wording" / "data" / "cues.csv").read_text("utf-8")
    return weights_of({row["cue"]: float(row["weight"]) for row in csv.DictReader(io.StringIO(text, newline=""))})


def weights_of(table: Mapping[str, float]) -> Weights:
    """Return the weights of a table of cues, traits and the bias."""
    traits = {name: weight for name, weight in table.items() if name.startswith("~")}
    cues = {name: weight for name, weight in table.items() if name not in traits}
    return Weights(traits.pop(BIAS), cues, traits)
