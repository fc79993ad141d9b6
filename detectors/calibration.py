"""How right the levels are on decided cases, and weights that would be righter. Nothing here changes anything."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from detectors.model import Level
from detectors.ruleset import HIGH_FROM, LEAD_FROM, MEDIUM_FROM, RULES
from detectors.weights import STRONGEST, Weights, score_of

__all__ = ["DecidedCase", "Proposal", "Rightness", "fit", "interval", "rightness", "rightness_of"]

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
_NORMAL_95 = 1.96
_FROM = ((Level.HIGH, HIGH_FROM), (Level.MEDIUM, MEDIUM_FROM), (Level.LOW, LEAD_FROM))
"""Level and the score from which it counts; low: put before staff at all."""


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
    """Low: put before staff at all."""
    counterfeits: int
    """All decided to be counterfeit."""
    found: int
    """Of them, those at this level or above."""
    innocents: int
    alarms: int
    """Innocents at this level or above."""

    @property
    def missed(self) -> int:
        """Return how many counterfeits are below the level."""
        return self.counterfeits - self.found

    @property
    def recall(self) -> float | None:
        """Return the share of counterfeits found; None: there are none."""
        return self.found / self.counterfeits if self.counterfeits else None

    def precision_at(self, base_rate: float) -> float | None:
        """Return the share of counterfeits among what would be reported if this share of all seen were counterfeit; None: nothing to go by."""
        if not self.counterfeits or not self.innocents:
            return None
        return _precision(self.found / self.counterfeits, self.alarms / self.innocents, base_rate)

    def precision_interval_at(self, base_rate: float) -> tuple[float, float] | None:
        """Return between what the precision lies, taking recall and alarms each at the end of its interval that is worse, then better."""
        if not self.counterfeits or not self.innocents:
            return None
        recall, alarm = interval(self.found, self.counterfeits), interval(self.alarms, self.innocents)
        return _precision(recall[0], alarm[1], base_rate) or 0.0, _precision(recall[1], alarm[0], base_rate) or 0.0


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
    return rightness_of((score_of(case.hits, weights), case.is_counterfeit) for case in cases)[:2]


def rightness_of(judged: Iterable[tuple[int, bool]]) -> tuple[Rightness, ...]:
    """Return the counts of (score, is a counterfeit) at high, at medium or higher, and of all that is put before staff."""
    scores = list(judged)
    total = Counter(is_counterfeit for _, is_counterfeit in scores)
    counted = []
    for level, least in _FROM:
        at = Counter(is_counterfeit for score, is_counterfeit in scores if score >= least)
        counted.append(
            Rightness(level=level, counterfeits=total[True], found=at[True], innocents=total[False], alarms=at[False])
        )
    return tuple(counted)


def interval(count: int, total: int) -> tuple[float, float]:
    """Return between what a share lies with 95 % confidence (Wilson's score interval). `total` 0: anywhere."""
    if not total:
        return 0.0, 1.0
    share, squared = count / total, _NORMAL_95**2
    middle = (share + squared / (2 * total)) / (1 + squared / total)
    reach = _NORMAL_95 * math.sqrt(share * (1 - share) / total + squared / (4 * total**2)) / (1 + squared / total)
    low, high = max(0.0, middle - reach), min(1.0, middle + reach)
    return (0.0 if count == 0 else low), (1.0 if count == total else high)


def _precision(recall: float, alarm: float, base_rate: float) -> float | None:
    right, wrong = base_rate * recall, (1 - base_rate) * alarm
    return right / (right + wrong) if right + wrong else None


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
