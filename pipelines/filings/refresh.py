"""Puts new knowledge of the registry on leads that are already there.

A lead keeps no markup, so it is not judged anew as a whole: what the registry detector said is taken out of its assessment and what it
says now is put in. Everything else stands.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from detectors.filings.filing_registry import FilingRegistryDetector
from detectors.model import Assessment, CandidateKind, Direction, Signal, Skip
from detectors.ruleset import RULES, level_of
from keywords.roster import Roster
from pipelines.errors import VersionConflict
from pipelines.filings.lookup import filing_key, with_filings
from pipelines.filings.queue import OPEN
from pipelines.filings.registry import FilingRegistry
from pipelines.lifecycle import reassess
from pipelines.model import Lead, Versioned
from pipelines.ports import Clock, LeadStore

__all__ = ["Refreshed", "refresh_leads"]

_SAID_BY_REGISTRY = frozenset(
    {code for code in RULES if code.startswith("filing.registry_")} | {"filing.consistent", "filing.holder_mismatch"}
)
_TRIES = 5
_FULL = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What became of the leads looked at."""

    looked_at: int
    changed: int


def refresh_leads(
    leads: LeadStore,
    wanted: Iterable[Lead],
    registry: FilingRegistry,
    roster: Roster,
    clock: Clock,
    domains: frozenset[str] | None = None,
) -> Refreshed:
    """Bring the open leads of sites up to what the registry says now; only those of `domains` (filing keys), None: all.

    Raises `StoreUnavailable`. Doing it twice changes nothing.
    """
    detector = FilingRegistryDetector(roster)
    looked_at = changed = 0
    for lead in tuple(wanted):
        host = lead.observation.candidate.host
        if lead.observation.candidate.kind is not CandidateKind.SITE or not host:
            continue
        if domains is not None and filing_key(host) not in domains:
            continue
        looked_at += 1
        changed += _refresh(leads, lead.id, detector, registry, clock)
    return Refreshed(looked_at=looked_at, changed=changed)


def _refresh(
    leads: LeadStore, lead_id: str, detector: FilingRegistryDetector, registry: FilingRegistry, clock: Clock
) -> bool:
    for attempt in range(_TRIES):
        stored: Versioned[Lead] | None = leads.get(lead_id)
        if stored is None or stored.document.status not in OPEN:
            return False
        lead = stored.document
        observation = with_filings(lead.observation, registry)
        assessment = _reassessed(lead.assessment, detector.examine(observation))
        if observation == lead.observation and assessment == lead.assessment:
            return False
        try:
            leads.put(reassess(lead, observation, assessment, clock.now(), "备案信息更新"), stored.version)
        except VersionConflict:
            if attempt == _TRIES - 1:
                raise
        else:
            return True
    return False


def _reassessed(before: Assessment, said: tuple[Signal, ...] | Skip) -> Assessment:
    """Return the assessment with the registry's part exchanged; strengths of the rest are kept as they were counted."""
    kept = [one for one in before.signals if one.code not in _SAID_BY_REGISTRY]
    skips = [one for one in before.skips if one.detector != FilingRegistryDetector.name]
    if isinstance(said, Skip):
        skips.append(said)
        fresh: list[Signal] = []
    else:
        fresh = list(said)
    places: dict[str, int] = {}
    for one in kept:
        places[RULES[one.code].group] = places.get(RULES[one.code].group, 0) + 1
    counted = list(kept)
    for one in sorted(fresh, key=lambda s: (-s.strength_permille, s.reason)):
        place = places.get(group := RULES[one.code].group, 0)
        counted.append(replace(one, strength_permille=one.strength_permille >> place))
        places[group] = place + 1
    total = sum(s.strength_permille if s.direction is Direction.FOR else -s.strength_permille for s in counted)
    score = max(0, min(_FULL, total))
    ordered = sorted(counted, key=lambda s: (s.direction is Direction.AGAINST, -s.strength_permille, s.code))
    return replace(before, score_permille=score, level=level_of(score), signals=tuple(ordered), skips=tuple(skips))
