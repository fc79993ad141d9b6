"""Leads in Elasticsearch."""

import contextlib
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pipelines.lifecycle import merge_sighting
from pipelines.model import Facets, Lead, LeadPage, LeadQuery, LeadSort, Merged, MergeOutcome, Sighting, Versioned
from pipelines.moves.shelf import Kind
from pipelines.ports import Clock
from pipelines.rechecks.record import RechecksAhead
from pipelines.search.fields import instant, microseconds
from pipelines.stores.elastic.bulk import Write, write_many
from pipelines.stores.elastic.connection import Cluster, IndexMoved
from pipelines.stores.elastic.index import Index, Stored
from pipelines.stores.elastic.search import query_of
from pipelines.stores.query import (
    COUNT_LIMIT,
    check_fields,
    condition_of,
    from_cursor,
    page_size,
    position,
    to_cursor,
)  # fmt: skip

__all__ = ["ElasticLeads"]

_BATCH = 500
"""Sightings that are merged and sent at once."""
_UNDER_WAY = 2
"""Batches at the server at once; the next is not prepared before one of them is answered."""
_VALUES = 10_000
"""Values of a field that are counted."""
_ORDERS: Mapping[LeadSort, tuple[tuple[str, int], ...]] = {
    LeadSort.SCORE: (("score", -1), ("last", -1)),
    LeadSort.LATEST: (("last", -1), ("score", -1)),
    LeadSort.OLDEST: (("first", 1), ("score", -1)),
}
"""The fields behind `query.position`, and the sign they have there; the key comes third."""


@dataclass(slots=True)
class _Merging:
    """One lead while sightings are merged into it."""

    stored: Stored | None
    lead: Lead | None
    version: int
    outcomes: list[MergeOutcome]


@dataclass(frozen=True, slots=True)
class _Batch:
    """Sightings, the same by lead, and what became of each lead."""

    sightings: Sequence[Sighting]
    of_lead: Mapping[str, Sequence[Sighting]]
    merging: dict[str, _Merging]


class ElasticLeads:
    """A `LeadStore`."""

    def __init__(self, cluster: Cluster, clock: Clock) -> None:
        self._cluster = cluster
        self._clock = clock
        self.index = Index(cluster, Kind.LEADS)

    def get(self, lead_id: str) -> Versioned[Lead] | None:
        """Return the lead, or None."""
        stored = self.index.get(lead_id)
        return self._versioned(stored) if stored else None

    def put(self, lead: Lead, expected_version: int) -> int:
        """Write the lead if its stored version is the expected one; the next search of anybody sees it. Raises `VersionConflict`."""
        patience = self._cluster.patience()
        while True:
            stored = self.index.get_at(lead.id, expected_version, version_only=True)
            with contextlib.suppress(IndexMoved):
                if self.index.write(self.index.row(lead.id, expected_version + 1, lead), stored):
                    return expected_version + 1
            patience.wait()

    def merge_many(self, sightings: Sequence[Sighting]) -> tuple[Merged, ...]:
        """Create or update leads in batches, each lead whole or not at all; see `lifecycle.merge_sighting`.

        While the server writes one batch, the next is read and merged.
        """
        batches = [sightings[start : start + _BATCH] for start in range(0, len(sightings), _BATCH)]
        if len(batches) <= 1:
            return tuple(self._sent(self._prepared(sightings))) if sightings else ()
        merged: list[Merged] = []
        under_way: deque[tuple[set[str], Future[list[Merged]]]] = deque()
        with ThreadPoolExecutor(_UNDER_WAY, "merge") as senders:
            for batch in batches:
                own = {one.lead_id for one in batch}
                # A lead that is being written must be read afterwards.
                while under_way and (
                    len(under_way) >= _UNDER_WAY or any(not ids.isdisjoint(own) for ids, _ in under_way)
                ):
                    merged += under_way.popleft()[1].result()
                under_way.append((own, senders.submit(self._sent, self._prepared(batch))))
            for _, sent in under_way:
                merged += sent.result()
        return tuple(merged)

    def find(self, query: LeadQuery) -> LeadPage:
        """Return one page of leads."""
        condition = condition_of(query, self._clock.now())
        after, size = from_cursor(query.cursor), page_size(query)
        order = _ORDERS[query.sort]
        body: dict[str, Any] = {
            "query": query_of(condition),
            "sort": [*({field: "asc" if sign > 0 else "desc"} for field, sign in order), {"key": "asc"}],
            "size": size + 1,
            "track_total_hits": COUNT_LIMIT if query.text.strip() else True,
            "source_includes": ["key", "version", "document"],
            "seq_no_primary_term": True,
        }
        if after:
            body["search_after"] = [after[0] * order[0][1], after[1] * order[1][1], after[2]]
        hits = self.index.search(**body)["hits"]
        leads = tuple(self._found(hit) for hit in hits["hits"][:size])
        cursor = to_cursor(position(leads[-1].document, query.sort)) if len(hits["hits"]) > size else ""
        total = hits["total"]
        return LeadPage(leads=leads, total=total["value"], is_capped=total["relation"] != "eq", cursor=cursor)

    def aggregate(self, fields: Sequence[str], query: LeadQuery) -> Facets:
        """Count leads per value of each field, its own filter left out: one search, whatever the number of fields."""
        check_fields(query, tuple(fields))
        now = self._clock.now()
        counted: dict[str, Any] = {}
        for field in fields:
            others = replace(query, filters=tuple(one for one in query.filters if one[0] != field))
            terms = {"terms": {"field": field, "size": _VALUES}}
            counted[field] = {"filter": query_of(condition_of(others, now)), "aggs": {"values": terms}}
        if not counted:
            return {}
        answer = self.index.search(size=0, track_total_hits=False, aggs=counted)["aggregations"]
        return {field: {one["key"]: one["doc_count"] for one in answer[field]["values"]["buckets"]} for field in fields}

    def due(self, at: datetime) -> tuple[Lead, ...]:
        """Return the leads to be looked at again by then, longest due first."""
        hits = self.index.hits(
            query={"range": {"recheck_due": {"lte": microseconds(at)}}},
            sort=[{"recheck_due": "asc"}, {"key": "asc"}],
            source_includes=["document"],
        )
        return tuple(self._cluster.document(Lead, hit["_source"]["document"]) for hit in hits)

    def rechecks_ahead(self, at: datetime) -> RechecksAhead:
        """Return how many leads are due by then, and when the next is: one search that reads no lead."""
        at_us = microseconds(at)
        counted = {
            "due": {"filter": {"range": {"recheck_due": {"lte": at_us}}}},
            "later": {"filter": {"range": {"recheck_due": {"gt": at_us}}}, "aggs": {"next": {"min": {"field": "recheck_due"}}}},
        }  # fmt: skip
        answer = self.index.search(size=0, track_total_hits=False, aggs=counted)["aggregations"]
        next_us = answer["later"]["next"]["value"]
        return RechecksAhead(due=answer["due"]["doc_count"], next_at=None if next_us is None else instant(int(next_us)))

    def _prepared(self, sightings: Sequence[Sighting]) -> _Batch:
        """Read the leads of these sightings and merge them."""
        of_lead: dict[str, list[Sighting]] = {}
        for sighting in sightings:
            of_lead.setdefault(sighting.lead_id, []).append(sighting)
        return _Batch(sightings, of_lead, self._read_and_merged(of_lead))

    def _sent(self, batch: _Batch) -> list[Merged]:
        """Write a batch; leads that somebody else wrote meanwhile are read and merged again, until none is left."""
        outcomes: dict[str, Iterator[MergeOutcome]] = {}
        patience = self._cluster.patience()
        merging = batch.merging
        while merging:
            writes = {lead_id: one for lead_id, one in merging.items() if one.version > _version(one.stored)}
            made = dict(zip(writes, write_many(self.index, [self._write(one) for one in writes.values()]), strict=True))
            done = {lead_id: one for lead_id, one in merging.items() if made.get(lead_id, True)}
            outcomes |= {lead_id: iter(one.outcomes) for lead_id, one in done.items()}
            left = {lead_id: batch.of_lead[lead_id] for lead_id in merging if lead_id not in done}
            if left:
                patience.wait()
            merging = self._read_and_merged(left)
        return [Merged(lead_id=one.lead_id, outcome=next(outcomes[one.lead_id])) for one in batch.sightings]

    def _read_and_merged(self, of_lead: Mapping[str, Sequence[Sighting]]) -> dict[str, _Merging]:
        there = self.index.get_many(of_lead)
        return {lead_id: self._merged(there[lead_id], own) for lead_id, own in of_lead.items()}

    def _merged(self, stored: Stored | None, sightings: Sequence[Sighting]) -> _Merging:
        before = self._cluster.document(Lead, stored.content) if stored else None
        one = _Merging(stored, before, _version(stored), [])
        for sighting in sightings:
            lead, outcome = merge_sighting(one.lead, sighting, self._clock.now())
            one.version += lead != one.lead
            one.lead = lead
            one.outcomes.append(outcome)
        return one

    def _write(self, one: _Merging) -> Write:
        assert one.lead is not None  # noqa: S101 - a sighting makes a lead
        return Write(self.index.row(one.lead.id, one.version, one.lead), one.stored)

    def _versioned(self, stored: Stored) -> Versioned[Lead]:
        return Versioned(self._cluster.document(Lead, stored.content), stored.version)

    def _found(self, hit: Mapping[str, Any]) -> Versioned[Lead]:
        source = hit["_source"]
        return Versioned(self._cluster.document(Lead, source["document"]), source["version"])


def _version(stored: Stored | None) -> int:
    return stored.version if stored else 0
