"""Leads in SQLite: the document as JSON, what is asked for in tables of its own (see `layout_search.sql`)."""

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipelines.errors import VersionConflict
from pipelines.lifecycle import merge_sighting
from pipelines.model import Facets, Lead, LeadPage, LeadQuery, Merged, Sighting, Versioned
from pipelines.ports import Clock
from pipelines.rechecks.record import RechecksAhead
from pipelines.search.fields import instant, microseconds
from pipelines.stores.query import COUNT_LIMIT, check_fields, condition_of, from_cursor, page_size, position, to_cursor
from pipelines.stores.sqlite.combinations import Combinations
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.lead_reads import Effort, LeadReads
from pipelines.stores.sqlite.lead_rows import LeadRows, Place, Write

__all__ = ["SqliteLeads", "place_leads"]

_BATCH_S = 0.5
"""For about this long sightings are merged in one transaction: a colleague who wants to write hardly waits."""
_CHUNK = 100
"""Sightings looked up and written with one statement per table."""


@dataclass(slots=True)
class _Merging:
    """A lead in the middle of a chunk."""

    lead: Lead | None
    version: int
    place: Place | None
    is_changed: bool = False


class SqliteLeads:
    """A `LeadStore`."""

    def __init__(self, database: Database, clock: Clock, effort: Effort = Effort()) -> None:  # noqa: B008 - frozen
        """Make the keys of leads that an older layout left without; a stop in the middle goes on the next time."""
        self._database = database
        self._clock = clock
        self._effort = effort
        self._combinations = Combinations()
        self._places: dict[tuple[str, ...], int] = {}
        while self._index_some() or self._plan_some():
            pass

    def get(self, lead_id: str) -> Versioned[Lead] | None:
        """Return the lead, or None."""
        with self._database.asking() as connection:
            row = connection.execute("SELECT version, document FROM leads WHERE id = ?", (lead_id,)).fetchone()
        return Versioned(self._database.document(Lead, row[1]), row[0]) if row else None

    def put(self, lead: Lead, expected_version: int) -> int:
        """Write the lead if its stored version is the expected one. Raises `VersionConflict`."""
        with self._database.writing() as connection:
            version, place = _stored(connection, (lead.id,)).get(lead.id, (0, None))
            if version != expected_version:
                raise VersionConflict(lead.id, expected_version, version)
            LeadRows(connection, self._places).write([Write(lead, version + 1, place)])
        return version + 1

    def merge_many(self, sightings: Sequence[Sighting]) -> tuple[Merged, ...]:
        """Create or update leads in batches, each whole or not at all; see `lifecycle.merge_sighting`."""
        merged: list[Merged] = []
        while len(merged) < len(sightings):
            with self._database.writing() as connection:
                rows = LeadRows(connection, self._places)
                until = time.monotonic() + _BATCH_S
                while len(merged) < len(sightings) and time.monotonic() < until:
                    merged += self._merge(connection, rows, sightings[len(merged) : len(merged) + _CHUNK])
        return tuple(merged)

    def find(self, query: LeadQuery) -> LeadPage:
        """Return one page of leads."""
        condition = condition_of(query, self._clock.now())
        after, size = from_cursor(query.cursor), page_size(query)
        with self._database.reading() as connection:
            reads = LeadReads(connection, self._combinations, condition, self._effort)
            numbers = reads.page(query.sort, after, size + 1)
            limit = COUNT_LIMIT if query.text.strip() else None
            total = reads.total(limit)
            rows = [
                connection.execute("SELECT version, document FROM leads WHERE number = ?", (number,)).fetchone()
                for number in numbers[:size]
            ]
        leads = tuple(Versioned(self._database.document(Lead, content), version) for version, content in rows)
        cursor = to_cursor(position(leads[-1].document, query.sort)) if len(numbers) > size else ""
        is_capped = limit is not None and total > limit
        return LeadPage(leads=leads, total=limit if is_capped and limit else total, is_capped=is_capped, cursor=cursor)

    def aggregate(self, fields: Sequence[str], query: LeadQuery) -> Facets:
        """Count leads per value of each field, its own filter left out."""
        check_fields(query, tuple(fields))
        now, facets = self._clock.now(), dict[str, dict[str, int]]()
        filtered = {field for field, accepted in query.filters if accepted}
        together = [field for field in fields if field not in filtered]
        apart = [[field] for field in fields if field in filtered]
        with self._database.reading() as connection:
            for some in [together, *apart] if together else apart:
                others = tuple(one for one in query.filters if one[0] not in some)
                reads = LeadReads(
                    connection, self._combinations, condition_of(replace(query, filters=others), now), self._effort
                )
                facets.update(reads.counts(some, COUNT_LIMIT if query.text.strip() else None))
        return {field: facets[field] for field in fields}

    def due(self, at: datetime) -> tuple[Lead, ...]:
        """Return the leads to be looked at again by then, longest due first."""
        with self._database.reading() as connection:
            found = connection.execute(
                "SELECT document FROM lead_rechecks JOIN leads USING (number) WHERE due_us <= ? ORDER BY due_us, id",
                (microseconds(at),),
            ).fetchall()
        return tuple(self._database.document(Lead, document) for (document,) in found)

    def rechecks_ahead(self, at: datetime) -> RechecksAhead:
        """Return how many leads are due by then, and when the next is: two looks into the index."""
        at_us = microseconds(at)
        with self._database.reading() as connection:
            due, next_us = connection.execute(
                "SELECT (SELECT count(*) FROM lead_rechecks WHERE due_us <= :at), (SELECT min(due_us) FROM lead_rechecks WHERE due_us > :at)",
                {"at": at_us},
            ).fetchone()
        return RechecksAhead(due=due, next_at=None if next_us is None else instant(next_us))

    def _merge(self, connection: sqlite3.Connection, rows: LeadRows, sightings: Sequence[Sighting]) -> list[Merged]:
        at, known = self._clock.now(), self._known(connection, sightings)
        merged = []
        for sighting in sightings:
            one = known[sighting.lead_id]
            lead, outcome = merge_sighting(one.lead, sighting, at)
            if lead != one.lead:
                one.lead, one.version, one.is_changed = lead, one.version + 1, True
            merged.append(Merged(lead_id=lead.id, outcome=outcome))
        rows.write([Write(one.lead, one.version, one.place) for one in known.values() if one.is_changed and one.lead])
        return merged

    def _known(self, connection: sqlite3.Connection, sightings: Sequence[Sighting]) -> dict[str, _Merging]:
        """Return the leads of these sightings as they are stored; only those that are there cost reading a document."""
        known = {one.lead_id: _Merging(None, 0, None) for one in sightings}
        for lead_id, (version, place) in _stored(connection, tuple(known)).items():
            document = connection.execute("SELECT document FROM leads WHERE number = ?", (place.number,)).fetchone()[0]
            known[lead_id] = _Merging(self._database.document(Lead, document), version, place)
        return known

    def _plan_some(self) -> int:
        """Reckon when leads of an older layout are due; see `layout_recheck_due.sql`."""
        unplanned = "FROM lead_rechecks JOIN leads USING (number) WHERE due_us = 0 LIMIT ?"
        with self._database.asking() as connection:
            if connection.execute(f"SELECT 1 {unplanned}", (1,)).fetchone() is None:
                return 0
        with self._database.writing() as connection:
            found = connection.execute(f"SELECT number, document {unplanned}", (_CHUNK,)).fetchall()
            LeadRows(connection).plan_rechecks(
                (number, self._database.document(Lead, document)) for number, document in found
            )
        return len(found)

    def _index_some(self) -> int:
        with self._database.asking() as connection:
            if connection.execute("SELECT 1 FROM leads_unindexed LIMIT 1").fetchone() is None:
                return 0
        with self._database.writing() as connection:
            found = connection.execute(
                "SELECT number, document FROM leads_unindexed JOIN leads USING (number) ORDER BY number LIMIT ?",
                (_CHUNK,),
            ).fetchall()
            LeadRows(connection).index(
                (number, 0, self._database.document(Lead, document)) for number, document in found
            )
            connection.executemany("DELETE FROM leads_unindexed WHERE number = ?", [(number,) for number, _ in found])
        return len(found)


def _stored(connection: sqlite3.Connection, ids: Sequence[str]) -> dict[str, tuple[int, Place]]:
    """Return version and place of those leads that are stored."""
    marks = ", ".join("?" * len(ids))
    found = connection.execute(
        f"SELECT l.id, version, number, combination FROM leads l JOIN lead_keys USING (number) WHERE l.id IN ({marks})",  # noqa: S608 - only marks
        tuple(ids),
    )
    return {lead_id: (version, Place(number, combination)) for lead_id, version, number, combination in found}


def place_leads(connection: sqlite3.Connection, leads: Sequence[tuple[Lead, int, str]]) -> None:
    """Write leads, each id once, with these versions and this JSON of them, in place of others of their ids. The caller holds the write lock."""
    stored = _stored(connection, [lead.id for lead, _, _ in leads])
    nowhere: tuple[int, Place | None] = (0, None)
    LeadRows(connection).write([Write(lead, version, stored.get(lead.id, nowhere)[1]) for lead, version, _ in leads])
    connection.executemany(
        "UPDATE leads SET document = ? WHERE id = ?", [(document, lead.id) for lead, _, document in leads]
    )
