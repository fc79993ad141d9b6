"""Reads all leads of a query, page after page."""

from collections.abc import Iterator
from dataclasses import replace

from pipelines.model import Lead, LeadQuery
from pipelines.ports import LeadStore

__all__ = ["every_lead"]

_PAGE = 200


def every_lead(leads: LeadStore, query: LeadQuery | None = None) -> Iterator[Lead]:
    """Yield each lead the query finds, in its order; no query: all leads. Raises `StoreUnavailable`."""
    query = replace(query or LeadQuery(), limit=_PAGE)
    while True:
        page = leads.find(query)
        yield from (versioned.document for versioned in page.leads)
        if not page.cursor:
            return
        query = replace(query, cursor=page.cursor)
