"""Adds signals up to a score that staff can add up themselves."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from detectors.model import Assessment, Direction, Signal, Skip
from detectors.ruleset import RULES, level_of
from detectors.weights import SHIPPED, Weights

__all__ = ["assess", "score_of"]

_FULL = 1000
_POSING = frozenset({"identity.claims_official_site", "identity.claims_authority", "identity.invented_body"})
_SCHOOL = "context.lawful_training"


def assess(signals: Iterable[Signal], skips: Iterable[Skip] = (), weights: Weights = SHIPPED) -> Assessment:
    """Return the assessment of these signals: strengths after damping within their group, summed, cut to 0 to 1000.

    Each returned signal's strength is what it really contributed, so the shown numbers add up to the uncut score.
    """
    counted = _damp(weights.applied(_without_alibi(tuple(signals))))
    score = _cut(counted)
    ordered = sorted(counted, key=lambda s: (s.direction is Direction.AGAINST, -s.strength_permille, s.code))
    return Assessment(
        score_permille=score,
        level=level_of(score),
        signals=tuple(ordered),
        skips=tuple(skips),
        imitates=_imitated(ordered),
        ruleset_version=weights.version,
    )


def score_of(signals: Iterable[Signal]) -> int:
    """Return the score (permille) `assess` gives these signals with the shipped weights."""
    return _cut(_damp(_without_alibi(tuple(signals))))


def _cut(counted: Iterable[Signal]) -> int:
    total = sum(
        [one.strength_permille if one.direction is Direction.FOR else -one.strength_permille for one in counted]
    )
    return max(0, min(_FULL, total))


def _without_alibi(signals: tuple[Signal, ...]) -> Iterable[Signal]:
    """Return the signals; words of courses excuse nobody who opens a query in the state's name and leads to no official one."""
    codes = {one.code for one in signals}
    if "query_form.entrance" not in codes or "link.official_only" in codes or codes.isdisjoint(_POSING):
        return signals
    return [one for one in signals if one.code != _SCHOOL]


def _damp(signals: Iterable[Signal]) -> list[Signal]:
    groups: dict[str, list[Signal]] = defaultdict(list)
    for one in signals:
        groups[RULES[one.code].group].append(one)
    damped: list[Signal] = []
    for members in groups.values():
        if len(members) == 1:
            damped += members
            continue
        members.sort(key=lambda s: (-s.strength_permille, s.reason))
        damped.append(members[0])
        damped += [replace(s, strength_permille=s.strength_permille >> place) for place, s in enumerate(members[1:], 1)]
    return damped


def _imitated(ordered: Iterable[Signal]) -> str:
    """Return the rostered host named by the strongest signal for that names one."""
    for one in ordered:
        official = dict(one.data).get("official", "")
        if official and one.direction is Direction.FOR:
            return official
    return ""
