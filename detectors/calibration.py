"""How right the levels are on decided cases, and weights that would be righter. Nothing here changes anything."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from detectors.model import Level
from detectors.ruleset import MEDIUM_FROM, RULES, level_of
from detectors.weights import STRONGEST, Weights, score_of

__all__ = ["DecidedCase", "Proposal", "Rightness", "fit", "rightness"]

FEWEST_CASES = 10
"""A signal seen in fewer decided cases keeps its weight: ten findings are not yet a rule."""
_SLOPE = 120
"""Points between a case that is as likely as not (medium begins there) and one that is about three to one."""
_STEPS = (-80, -40, -20, 20, 40, 80)
_FARTHEST = 2
"""A fitted weight is at least a half and at most twice the shipped one: findings correct the table, they do not replace it."""
_HOLD = 4.0
"""How many cases' worth of evidence it takes to move a weight all the way."""
_MOST_ROUNDS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedCase:
    """What was seen of one lead, and what staff found."""

    hits: tuple[tuple[str, int], ...]
    """(code, share in permille), as `detectors.weights.raw_strengths` gives them."""
    is_counterfeit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rightness:
    """Counts of decided cases at one level or above."""

    level: Level
    counterfeits: int
    """All decided to be counterfeit."""
    found: int
    """Of them, those at this level or above."""
    innocents: int
    alarms: int
    """Innocents at this level or above."""

    @property
    def recall(self) -> float | None:
        """Return the share of counterfeits found; None: there are none."""
        return self.found / self.counterfeits if self.counterfeits else None

    def precision_at(self, base_rate: float) -> float | None:
        """Return the share of counterfeits among what would be reported if this share of all seen were counterfeit; None: nothing to go by."""
        if not self.counterfeits or not self.innocents:
            return None
        right = base_rate * self.found / self.counterfeits
        wrong = (1 - base_rate) * self.alarms / self.innocents
        return right / (right + wrong) if right + wrong else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One weight as it is and as the findings would have it."""

    code: str
    old_permille: int
    new_permille: int
    in_counterfeits: int
    """Decided counterfeits that showed the signal."""
    in_innocents: int


def rightness(cases: Sequence[DecidedCase], weights: Weights) -> tuple[Rightness, ...]:
    """Return the counts at high and at medium or higher."""
    levels = [(level_of(score_of(case.hits, weights)), case.is_counterfeit) for case in cases]
    total = Counter(is_counterfeit for _, is_counterfeit in levels)
    counted = []
    for level, above in ((Level.HIGH, {Level.HIGH}), (Level.MEDIUM, {Level.HIGH, Level.MEDIUM})):
        at = Counter(is_counterfeit for reached, is_counterfeit in levels if reached in above)
        counted.append(
            Rightness(level=level, counterfeits=total[True], found=at[True], innocents=total[False], alarms=at[False])
        )
    return tuple(counted)


def fit(cases: Sequence[DecidedCase], weights: Weights) -> tuple[Proposal, ...]:
    """Return a proposal for every signal seen often enough, changed or not, in the order of the table.

    One weight at a time is moved in small steps as long as the findings become likelier, held back towards the shipped one. The same
    cases always give the same weights. Both kinds of cases count alike, however many there are of each.
    """
    seen = {
        kind: Counter(code for case in cases if case.is_counterfeit is kind for code in {code for code, _ in case.hits})
        for kind in (True, False)
    }
    kinds = Counter(case.is_counterfeit for case in cases)
    fitted = dict(weights.changed)
    usual = [code for code in RULES if seen[True][code] + seen[False][code] >= FEWEST_CASES]
    if len(kinds) == len(seen):
        counted = {kind: len(cases) / 2 / count for kind, count in kinds.items()}
        for _ in range(_MOST_ROUNDS):
            moved = [code for code in usual if _moves(code, cases, fitted, counted)]
            if not moved:
                break
    return tuple(
        Proposal(
            code=code,
            old_permille=weights[code],
            new_permille=Weights(fitted)[code],
            in_counterfeits=seen[True][code],
            in_innocents=seen[False][code],
        )
        for code in usual
    )


def _moves(code: str, cases: Sequence[DecidedCase], fitted: dict[str, int], counted: Mapping[bool, float]) -> bool:
    """Set the weight of this signal to the best of its neighbours; say whether that changed it. `counted`: what a case of each kind counts."""
    touched = [case for case in cases if any(one == code for one, _ in case.hits)]
    shipped, now = RULES[code].strength_permille, Weights(fitted)[code]

    def loss(strength: int) -> float:
        trial = Weights({**fitted, code: strength})
        surprise = sum(_surprise(case, trial) * counted[case.is_counterfeit] for case in touched)
        return surprise + _HOLD * ((strength - shipped) / shipped) ** 2

    best = min((now, *_steps(code, now)), key=lambda one: (loss(one), abs(one - now)))
    fitted[code] = best
    return best != now


def _steps(code: str, now: int) -> Iterator[int]:
    shipped = RULES[code].strength_permille
    for step in _STEPS:
        moved = now + step
        if shipped // _FARTHEST <= moved <= min(STRONGEST, shipped * _FARTHEST):
            yield moved


def _surprise(case: DecidedCase, weights: Weights) -> float:
    """Return how unlikely the finding is under the score, in nats."""
    distance = (score_of(case.hits, weights) - MEDIUM_FROM) / _SLOPE
    return math.log1p(math.exp(-distance if case.is_counterfeit else distance))
