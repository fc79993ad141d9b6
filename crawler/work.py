"""Work items of the frontier and what they carry: one place that writes and reads their payloads."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TypeVar

import msgspec

from detectors.model import Advert, Candidate, CandidateKind, Discovery, Listing
from keywords.hosts import canonical_url, host_of, registrable_domain
from pipelines.model import WorkItem

__all__ = [
    "ListingPage", "NameBatch", "Query", "Recheck", "Visit", "group_by_place", "item", "listing_item", "query_item", "read",
    "search_item", "visit_item",
]  # fmt: skip


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """A suspect to look at."""

    url: str
    source: str
    found_at: datetime
    query: str = ""
    rank: int | None = None
    detail: str = ""
    promised: str = ""
    """What the engine says is on the page; empty: no engine said anything."""
    depth: int = 0
    """1: found by following a redirect of another suspect."""

    @property
    def discovery(self) -> Discovery:
        """Return how it was come upon."""
        return Discovery(
            source=self.source, found_at=self.found_at, query=self.query, rank=self.rank, detail=self.detail
        )

    @property
    def candidate(self) -> Candidate:
        """Return the suspected site."""
        host = host_of(self.url)
        return Candidate(
            kind=CandidateKind.SITE,
            url=self.url,
            host=host,
            registrable_domain=registrable_domain(host),
            discovery=self.discovery,
        )


class NameBatch(msgspec.Struct, frozen=True, kw_only=True):
    """Invented names to look up: (name, imitated host, technique)."""

    names: tuple[tuple[str, str, str], ...]


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """One result page to ask of an engine."""

    engine: str
    text: str
    page: int = 1
    terms: tuple[str, ...] = ()
    """What of the plan it asks for."""
    pages: int = 0
    """Result pages the budget allows it; 0: as many as any query."""


class ListingPage(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a platform: a search page, or a listing's own."""

    platform: str
    text: str
    """The keyword that led here; empty: none did."""
    page: int = 1
    url: str = ""
    """The listing's own page; empty: a search page."""
    rank: int | None = None
    source: str = ""
    """Empty: the platform's own search."""
    terms: tuple[str, ...] = ()
    """What of the plan the keyword asks for; empty: it is no query of the plan."""
    pages: int = 0
    """Search pages the budget allows the keyword; 0: as many as any."""
    cursor: str = ""
    """Where a partner interface goes on; empty: at the beginning, or it counts pages."""
    partial: str = ""
    """JSON of the listing as the search page showed it; empty: nothing is known yet."""


class Recheck(msgspec.Struct, frozen=True, kw_only=True):
    """A handed-over lead to look at again."""

    candidate: Candidate
    listing: Listing | None = None
    """As the person decided on it."""
    advert: Advert | None = None
    """As the person decided on it."""
    platform: str = ""
    """Name of the definition to read it by; empty: none, or it is a site."""


_Payload = Visit | NameBatch | Query | ListingPage | Recheck
_OnePayload = TypeVar("_OnePayload", Visit, NameBatch, Query, ListingPage, Recheck)


def item(kind: str, key: str, payload: _Payload) -> WorkItem:
    """Return the work item that carries this payload."""
    return WorkItem(kind=kind, key=key, payload=msgspec.json.encode(payload).decode())


def visit_item(visit: Visit) -> WorkItem:
    """Return the work item of a visit: one per address and way of finding it, so that every way is kept."""
    url = canonical_url(visit.url)
    return item("visit", f"{url} {visit.source} {visit.query}".strip(), msgspec.structs.replace(visit, url=url))


def listing_item(page: ListingPage) -> WorkItem:
    """Return the work item of a listing's own page: one, however many searches show it."""
    return item("listing_page", f"{page.platform} {page.url}", page)


def query_item(query: Query) -> WorkItem:
    """Return the work item of an engine's result page."""
    return item("query", f"{query.engine} {query.page} {query.text}", query)


def search_item(page: ListingPage) -> WorkItem:
    """Return the work item of a platform's search page."""
    return item("listing_page", f"{page.platform} ?{page.page} {page.text}", page)


def read(work: WorkItem, kind: type[_OnePayload]) -> _OnePayload:
    """Return the payload of a work item."""
    return msgspec.json.decode(work.payload, type=kind)


def group_by_place(work: Iterable[WorkItem]) -> Iterator[tuple[tuple[WorkItem, Visit], ...]]:
    """Yield visits of the same page together, whatever scheme they name: one look serves them all."""
    groups: dict[str, list[tuple[WorkItem, Visit]]] = {}
    for one in work:
        visit = read(one, Visit)
        groups.setdefault(visit.url.partition("://")[2], []).append((one, visit))
    yield from (tuple(group) for group in groups.values())
