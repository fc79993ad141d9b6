"""What each keyword query brought in: leads by level and by what staff made of them, counted from the stored leads.

A lead that several queries found counts for each of them. A query that is missing here has brought no lead; whether and how often it was
asked stands in the ledger (`pipelines.query_ledger`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from detectors.model import Level
from pipelines.model import Lead, LeadStatus

__all__ = ["QueryYield", "yields_of"]

_OPEN = frozenset({LeadStatus.NEW, LeadStatus.SCREENING})


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryYield:
    """What one query brought in."""

    query: str
    lead_count: int
    by_level: dict[str, int]
    """Level of the machine's assessment → leads."""
    confirmed_count: int
    """Confirmed by a person, whatever became of them since."""
    dismissed_count: int
    open_count: int
    """Waiting for a person."""
    last_seen_at: datetime
    """When a lead of it was last seen."""


def yields_of(leads: Iterable[Lead]) -> tuple[QueryYield, ...]:
    """Return the yield of every query that found a lead: most confirmed first, then most leads of high level, then most leads."""
    found: dict[str, list[Lead]] = defaultdict(list)
    for lead in leads:
        for query in lead.queries:
            found[query].append(lead)
    yields = (_yield(query, several) for query, several in found.items())
    return tuple(
        sorted(
            yields,
            key=lambda one: (-one.confirmed_count, -one.by_level.get(Level.HIGH, 0), -one.lead_count, one.query),
        )
    )


def _yield(query: str, leads: list[Lead]) -> QueryYield:
    statuses = Counter(lead.status for lead in leads)
    dismissed = statuses[LeadStatus.DISMISSED]
    waiting = sum(statuses[status] for status in _OPEN)
    return QueryYield(
        query=query,
        lead_count=len(leads),
        by_level=dict(sorted(Counter(lead.assessment.level.value for lead in leads).items())),
        confirmed_count=len(leads) - dismissed - waiting,
        dismissed_count=dismissed,
        open_count=waiting,
        last_seen_at=max(lead.last_seen_at for lead in leads),
    )
