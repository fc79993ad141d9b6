"""Compares what the product thinks with what the range knows: who was missed, who was wrongly accused."""

from collections.abc import Iterable
from dataclasses import dataclass

from deploy.range.model import Truth, Verdict
from detectors.model import CandidateKind, Level
from pipelines.model import Lead

__all__ = ["Scorecard", "compare"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """The comparison at level high."""

    counterfeits: int
    """How many there are."""
    found: int
    missed: tuple[str, ...]
    """Counterfeits without a lead at level high, each with its pattern."""
    false_alarms: tuple[str, ...]
    """Benign things with a lead at level high, each with its pattern."""


def compare(truths: Iterable[Truth], leads: Iterable[Lead]) -> Scorecard:
    """Return how the leads stand to the ground truth. What is `suspicious` may be either."""
    high = {key for lead in leads if lead.assessment.level is Level.HIGH for key in _keys(lead)}
    judged = [truth for truth in truths if truth.kind in {"site", "listing"}]
    counterfeits = [truth for truth in judged if truth.verdict is Verdict.COUNTERFEIT]
    missed = [truth for truth in counterfeits if not _names(truth) & high]
    accused = [truth for truth in judged if truth.verdict is Verdict.BENIGN and _names(truth) & high]
    return Scorecard(
        counterfeits=len(counterfeits),
        found=len(counterfeits) - len(missed),
        missed=tuple(f"{truth.key} ({truth.pattern})" for truth in missed),
        false_alarms=tuple(f"{truth.key} ({truth.pattern})" for truth in accused),
    )


def _names(truth: Truth) -> set[tuple[str, str]]:
    return {(truth.kind, name) for name in (truth.key, *truth.aliases)}


def _keys(lead: Lead) -> tuple[tuple[str, str], ...]:
    candidate = lead.observation.candidate
    if candidate.kind is CandidateKind.SITE:
        return (("site", candidate.host),)
    if candidate.kind is CandidateKind.LISTING:
        return (("listing", candidate.url),)
    return ()
