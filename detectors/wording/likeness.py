"""Weighs how much a text reads like an advert that sells certificates: a sum of weights from one table, nothing hidden.

`data/cues.csv` holds a row for each cue (1 to 3 characters of outline, see `outline`, or a turn of speech such as `%无>考`, see `turns`) and
each trait (`~contact`, see `traits`) with its weight: positive speaks for a sale, negative against. The sum of a stretch is squeezed to permille by the logistic function; a text is as
like an advert as its likest stretch, so an advert at the end of an article is found. The table is made by `jianwei wording train`.
"""

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import heapify, heappop
from importlib.resources import files
from itertools import repeat

import numpy as np
from ahocorasick_rs import AhoCorasick, Implementation, MatchKind
from numpy.typing import NDArray

from detectors.wording.bounds import Ceiling, at_most
from detectors.wording.cues import CueTable
from detectors.wording.passages import Document
from detectors.wording.traits import Spans, Stretch, asking, spans_of
from detectors.wording.turns import MARK

__all__ = ["BIAS", "LONGEST_CUE", "Likeness", "Weights", "cues_in", "damping", "load_weights", "weights_of"]

BIAS = "~bias"
_SIZES = (1, 2, 3)
LONGEST_CUE = _SIZES[-1]
"""Characters of the longest piece."""
_IS_READABLE = re.compile(r"[\w@¥?](?:.*[\w@¥?])?").fullmatch
"""From a word to a word of one line: what begins or ends in punctuation is a cue too, and shows nobody anything."""
_FEW_SPANS = 6
"""Fewer stretches are all read: to ask first which can be the likest would take longer."""
_MOST_ASKING = 30
"""More stretches that ask are weighed with all others."""
_FEW_CUES = 8
"""So many cues count as one text's worth: damps long stretches, in which some cue always stands."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The table: weight by cue and by trait, in logits."""

    bias: float
    cues: Mapping[str, float]
    traits: Mapping[str, float]
    _turns: frozenset[str] = field(init=False, repr=False, compare=False)
    shown: Mapping[str, float] = field(init=False, repr=False, compare=False)
    """How much each cue tells a reader: a single character tells little, whatever it weighs."""
    _finder: "_Finder" = field(init=False, repr=False, compare=False)
    _table: CueTable = field(init=False, repr=False, compare=False)
    _ceiling: Ceiling = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        pieces = {cue: weight for cue, weight in self.cues.items() if not cue.startswith(MARK)}
        object.__setattr__(self, "_turns", frozenset(self.cues.keys() - pieces.keys()))
        shown = {cue: weight * _told_length(cue) for cue, weight in self.cues.items()}
        object.__setattr__(self, "shown", shown)
        object.__setattr__(self, "_finder", _Finder(pieces))
        object.__setattr__(self, "_table", CueTable(pieces))
        object.__setattr__(self, "_ceiling", Ceiling.of(self.traits))

    def weigh(
        self, document: Document, *, is_page: bool, at_least: float = -math.inf, must_ask: bool = False
    ) -> "Likeness | None":
        """Return the likest stretch of a document; None: it has none in which a certificate could be sold, or its logit is below `at_least`.

        `must_ask`: None too where no stretch that asks somebody to call or pay (`ASKED_FOR`) reaches `at_least`.
        """
        found = spans_of(document, is_page=is_page)
        if not found.spans:
            return None
        if len(found.spans) < _FEW_SPANS:
            known = _Known(self, found)
            return _from(
                at_least,
                self._likest(found, known, self._worth_reading(found, known, at_least, range(len(found.spans)))),
            )
        if must_ask and not self._may_ask(found, at_least):
            return None
        bounds = at_most(found, self, self._table, _damping_of_each)
        order = np.argsort(-bounds, kind="stable")
        return _from(
            at_least, self._likest(found, _Known(self, found), order[bounds[order] >= at_least].tolist(), bounds)
        )

    def weigh_all(self, document: Document, *, is_page: bool) -> "Likeness | None":
        """Return what `weigh` returns, without asking first which stretches can be the likest: slow, to check against."""
        found = spans_of(document, is_page=is_page)
        return self._likest(found, _Known(self, found), range(len(found.spans)))

    def _may_ask(self, found: Spans, at_least: float) -> bool:
        """Say whether a stretch that asks reaches so much. Of long pages few do: they are read before all others are weighed."""
        spans, known = asking(found), _Known(self, found)
        return len(spans) > _MOST_ASKING or any(
            self._likeness(found.stretch(*found.spans[index]), known[index]).logit >= at_least
            for index in self._worth_reading(found, known, at_least, spans)
        )

    def _worth_reading(self, found: Spans, known: "_Known", at_least: float, spans: Iterable[int]) -> Iterator[int]:
        """Yield of these spans those whose cues may suffice for so much, whatever traits the text can give them."""
        if at_least == -math.inf:
            yield from spans
            return
        most = self.bias + self._ceiling.over(found, self.traits)
        weight_of = self.cues.__getitem__
        for index in spans:
            cues = known[index]
            if most + damping(len(cues)) * sum(map(weight_of, cues)) >= at_least:  # the ceiling allows for any order
                yield index

    def known_in(self, found: Spans, start: int, end: int) -> frozenset[str]:
        """Return the known cues of a span."""
        return self._finder.find(found.outline.text[start:end]) | (found.spoken.within(start, end) & self._turns)

    def _cued(self, known: frozenset[str]) -> float:
        return damping(len(known)) * sum(map(self.cues.__getitem__, sorted(known)))

    def _likest(
        self, found: Spans, known: "_Known", order: Iterable[int], bounds: NDArray[np.floating] | None = None
    ) -> "Likeness | None":
        """Return the likest stretch, the first if several are. `order`: of spans, those first that can weigh most if `bounds` are given."""
        likest: tuple[float, int, Likeness] | None = None
        for index in order:
            if likest and bounds is not None and bounds[index] < likest[0]:
                break
            stretch = found.stretch(*found.spans[index])
            one = self._likeness(stretch, known[index])
            if likest is None or (one.logit, -index) > likest[:2]:
                likest = one.logit, -index, one
        return likest[2] if likest else None

    def _likeness(self, stretch: Stretch, known: frozenset[str]) -> "Likeness":
        logit = self.bias + sum(map(self.traits.get, stretch.traits, repeat(0.0))) + self._cued(known)
        return Likeness(stretch, logit, known, self)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a stretch weighs."""

    stretch: Stretch
    logit: float
    cues: frozenset[str]
    """Known cues in it."""
    weights: Weights

    @property
    def permille(self) -> int:
        """Return the likeness, 0 to 1000; 500: as like as not."""
        return round(1000 / (1 + math.exp(-max(-30.0, min(30.0, self.logit)))))

    def told(self, *, is_for: bool, most: int = 3) -> tuple[tuple[int, int], ...]:
        """Return the places in the folded text of the heaviest cues of one direction, not overlapping.

        Heaviest first, a long one before a short one that weighs as much.
        """
        sign = 1 if is_for else -1
        shown = self.weights.shown
        heavy = [(-told, cue) for cue in self.cues if (told := sign * shown[cue]) > 0]
        heapify(heavy)
        spans: list[tuple[int, int]] = []
        while heavy and len(spans) < most:
            _, cue = heappop(heavy)
            start, end = self._first(cue)
            if not _IS_READABLE(self.stretch.outline.text[start:end]):
                continue
            span = self.stretch.outline.folded_span(start, end)
            if all(span[1] <= low or high <= span[0] for low, high in spans):
                spans.append(span)
        return tuple(spans)

    def _first(self, cue: str) -> tuple[int, int]:
        """Return where in the outline a cue stands first in the stretch."""
        if cue.startswith(MARK):
            return self.stretch.spoken.first(cue, self.stretch.start)
        start = self.stretch.outline.text.index(cue, self.stretch.start)
        return start, start + len(cue)


def _told_length(cue: str) -> int:
    """Return the characters of a piece; a turn is named by several words."""
    return LONGEST_CUE if cue.startswith(MARK) else len(cue)


def _from(at_least: float, likeness: Likeness | None) -> Likeness | None:
    return likeness if likeness and likeness.logit >= at_least else None


class _Known(dict[int, frozenset[str]]):
    """The known cues of each span, by its number, looked for when they are first asked for."""

    def __init__(self, weights: Weights, found: Spans) -> None:
        super().__init__()
        self._weights, self._found = weights, found

    def __missing__(self, index: int) -> frozenset[str]:
        cues = self[index] = self._weights.known_in(self._found, *self._found.spans[index])
        return cues


class _Finder:
    """All pieces of a table in one automaton."""

    def __init__(self, cues: Iterable[str]) -> None:
        self.cues = tuple(cues)
        self._automaton = AhoCorasick(
            self.cues,
            matchkind=MatchKind.Standard,
            implementation=Implementation.ContiguousNFA,
            store_patterns=True,  # finds the cues themselves, with their hashes
        )

    def find(self, outline: str) -> frozenset[str]:
        """Return the different cues that stand in a piece of outline."""
        return frozenset(self._automaton.find_matches_as_strings(outline, overlapping=True))


def cues_in(outline: str) -> set[str]:
    """Return the different pieces of 1 to 3 characters, punctuation and blanks included: adverts are cut into bits, notices into sentences."""
    return {outline[at : at + size] for size in _SIZES for at in range(len(outline) - size + 1)}


def damping(known_count: int) -> float:
    """Return what the sum of a stretch's cue weights is multiplied by."""
    return 1 / math.sqrt(_FEW_CUES + known_count)


def _damping_of_each(known_counts: NDArray[np.int64]) -> NDArray[np.float64]:
    damped: NDArray[np.float64] = 1 / np.sqrt(_FEW_CUES + known_counts)
    return damped


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
