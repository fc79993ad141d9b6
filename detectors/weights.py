"""The weights in force: the shipped table, or a county's own, fitted to its staff's findings and adopted by a person."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from detectors.model import Direction, Signal
from detectors.ruleset import RULES, RULESET_VERSION

__all__ = ["SHIPPED", "STRONGEST", "Weights", "raw_strengths", "score_of"]

STRONGEST = 1000
"""No weight is above it, none below 0."""


@dataclass(frozen=True)
class Weights:
    """Strength in permille of each signal whose weight is not the shipped one. Raises ValueError for unknown codes and odd strengths."""

    changed: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for code, strength in self.changed.items():
            if code not in RULES:
                raise ValueError(f"no such signal: {code!r}")
            if not 0 <= strength <= STRONGEST:
                raise ValueError(f"{code}: {strength} is not between 0 and {STRONGEST}")

    def __getitem__(self, code: str) -> int:
        return self.changed.get(code, RULES[code].strength_permille)

    @cached_property
    def version(self) -> str:
        """Return the version that stands in assessments: the ruleset's, and a digest of what differs from it."""
        differing = sorted((c, s) for c, s in self.changed.items() if s != RULES[c].strength_permille)
        if not differing:
            return RULESET_VERSION
        digest = hashlib.sha256("\n".join(f"{code} {strength}" for code, strength in differing).encode())
        return f"{RULESET_VERSION}+{digest.hexdigest()[:8]}"

    def applied(self, signals: Iterable[Signal]) -> list[Signal]:
        """Return the signals, made with shipped strengths, as strong as these weights say."""
        if not self.changed:
            return list(signals)
        return [replace(one, strength_permille=self._scaled(one.code, one.strength_permille)) for one in signals]

    def _scaled(self, code: str, strength_permille: int) -> int:
        shipped = RULES[code].strength_permille
        return strength_permille * self[code] // shipped if shipped else self[code]


SHIPPED = Weights()


def raw_strengths(signals: Iterable[Signal], weights: Weights) -> tuple[tuple[str, int], ...]:
    """Return (code, share of its weight in permille) of signals as they stand in an assessment made with these weights.

    In an assessment all but a group's first are damped; the share is what was certain of each hit before that.
    """
    groups: dict[str, list[Signal]] = defaultdict(list)
    for one in signals:
        if one.code in RULES:
            groups[RULES[one.code].group].append(one)
    found = []
    for members in groups.values():
        members.sort(key=lambda s: -s.strength_permille)
        for place, one in enumerate(members):
            weight = weights[one.code]
            share = min(STRONGEST, (one.strength_permille << place) * STRONGEST // weight) if weight else STRONGEST
            found.append((one.code, share))
    return tuple(found)


def score_of(hits: Iterable[tuple[str, int]], weights: Weights) -> int:
    """Return the score (0 to 1000) that these hits, as `raw_strengths` gives them, have under other weights."""
    groups: dict[str, list[int]] = defaultdict(list)
    for code, share in hits:
        rule = RULES[code]
        strength = weights[code] * share // STRONGEST
        groups[rule.group].append(strength if rule.direction is Direction.FOR else -strength)
    total = 0
    for strengths in groups.values():
        strengths.sort(key=lambda s: -abs(s))
        total += sum((abs(s) >> place) * (1 if s > 0 else -1) for place, s in enumerate(strengths))
    return max(0, min(STRONGEST, total))
