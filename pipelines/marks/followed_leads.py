"""A `LeadStore` that tells the books of marks what a person decided."""

from collections.abc import Sequence
from datetime import datetime

from pipelines.marks.books import MarkBooks
from pipelines.model import Facets, Lead, LeadPage, LeadQuery, Merged, Sighting, Versioned
from pipelines.ports import LeadStore
from pipelines.rechecks.record import RechecksAhead

__all__ = ["FollowedLeads"]


class FollowedLeads:
    """Passes everything on; every write by a person moves the lead in the books as well."""

    def __init__(self, leads: LeadStore, books: MarkBooks) -> None:
        self._leads = leads
        self._books = books

    def get(self, lead_id: str) -> Versioned[Lead] | None:
        """Return the lead, or None."""
        return self._leads.get(lead_id)

    def put(self, lead: Lead, expected_version: int) -> int:
        """Write the lead, then let it stand in the books as it now does. Raises `VersionConflict`, `StoreUnavailable`."""
        version = self._leads.put(lead, expected_version)
        self._books.follow(lead)
        return version

    def merge_many(self, sightings: Sequence[Sighting]) -> tuple[Merged, ...]:
        """Merge sightings; intake hands them to the books itself."""
        return self._leads.merge_many(sightings)

    def find(self, query: LeadQuery) -> LeadPage:
        """Return one page of leads."""
        return self._leads.find(query)

    def aggregate(self, fields: Sequence[str], query: LeadQuery) -> Facets:
        """Count leads per value of each field."""
        return self._leads.aggregate(fields, query)

    def due(self, at: datetime) -> tuple[Lead, ...]:
        """Return the leads to be looked at again by then."""
        return self._leads.due(at)

    def rechecks_ahead(self, at: datetime) -> RechecksAhead:
        """Return how many leads are due by then, and when the next is."""
        return self._leads.rechecks_ahead(at)
