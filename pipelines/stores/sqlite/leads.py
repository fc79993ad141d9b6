"""Leads in SQLite: the document as JSON, what is asked for in columns, the search index beside it."""

# ruff: noqa: S608 - names come from the tables of this module, values are always parameters

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipelines.documents import decode, encode
from pipelines.errors import VersionConflict
from pipelines.lifecycle import merge_sighting
from pipelines.model import Facets, Lead, LeadPage, LeadQuery, LeadSort, Merged, Sighting, Versioned
from pipelines.ports import Clock
from pipelines.search.fields import microseconds
from pipelines.stores.query import check_fields, from_cursor, page_size, position, to_cursor
from pipelines.stores.search_text import fold, searchable
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.words import match_expression, pairs

__all__ = ["SqliteLeads", "place_lead"]

_BATCH_S = 0.2
"""For this long sightings are merged in one transaction: a colleague who wants to write hardly waits."""
_COLUMNS = ("status", "level", "kind", "imitates", "assignee", "outcome")
_ORDERS = {
    LeadSort.SCORE: ("-score_permille", "-last_seen_us", "id"),
    LeadSort.LATEST: ("-last_seen_us", "-score_permille", "id"),
    LeadSort.OLDEST: ("first_seen_us", "-score_permille", "id"),
}
"""The columns behind `query.position`, term by term."""


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    version: int
    lead: Lead


class SqliteLeads:
    """A `LeadStore`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def get(self, lead_id: str) -> Versioned[Lead] | None:
        """Return the lead, or None."""
        with self._database.reading() as connection:
            row = self._row(connection, lead_id)
        return Versioned(row.lead, row.version) if row else None

    def put(self, lead: Lead, expected_version: int) -> int:
        """Write the lead if its stored version is the expected one. Raises `VersionConflict`."""
        with self._database.writing() as connection:
            row = self._row(connection, lead.id)
            actual = row.version if row else 0
            if actual != expected_version:
                raise VersionConflict(lead.id, expected_version, actual)
            _write(connection, lead, row)
        return actual + 1

    def merge_many(self, sightings: Sequence[Sighting]) -> tuple[Merged, ...]:
        """Create or update leads in batches, each whole or not at all; see `lifecycle.merge_sighting`."""
        merged: list[Merged] = []
        while len(merged) < len(sightings):
            with self._database.writing() as connection:
                until = time.monotonic() + _BATCH_S
                while len(merged) < len(sightings) and time.monotonic() < until:
                    merged.append(self._merge(connection, sightings[len(merged)]))
        return tuple(merged)

    def find(self, query: LeadQuery) -> LeadPage:
        """Return one page of leads."""
        check_fields(query)
        after = from_cursor(query.cursor)
        size = page_size(query)
        order = ", ".join(_ORDERS[query.sort])
        where, wanted = _conditions(query)
        beyond, place = (f" AND ({order}) > (?, ?, ?)", after) if after else ("", ())
        with self._database.reading() as connection:
            total = connection.execute(f"SELECT count(*) FROM leads WHERE {where}", wanted).fetchone()[0]
            rows = connection.execute(
                f"SELECT version, document FROM leads WHERE {where}{beyond} ORDER BY {order} LIMIT ?",
                (*wanted, *place, size + 1),
            ).fetchall()
        leads = tuple(Versioned(self._database.document(Lead, content), version) for version, content in rows[:size])
        cursor = to_cursor(position(leads[-1].document, query.sort)) if len(rows) > size else ""
        return LeadPage(leads=leads, total=total, cursor=cursor)

    def aggregate(self, fields: Sequence[str], query: LeadQuery) -> Facets:
        """Count leads per value of each field, its own filter left out."""
        check_fields(query, tuple(fields))
        facets: Facets = {}
        with self._database.reading() as connection:
            for field in fields:
                others = tuple(one for one in query.filters if one[0] != field)
                where, wanted = _conditions(replace(query, filters=others))
                table = "leads JOIN lead_sources ON lead = number" if field == "source" else "leads"
                counted = connection.execute(
                    f"SELECT {field}, count(*) FROM {table} WHERE {where} GROUP BY {field}", wanted
                )
                facets[field] = dict(counted.fetchall())
        return facets

    def _row(self, connection: sqlite3.Connection, lead_id: str) -> _Row | None:
        found = connection.execute("SELECT number, version, document FROM leads WHERE id = ?", (lead_id,)).fetchone()
        return _Row(found[0], found[1], self._database.document(Lead, found[2])) if found else None

    def _merge(self, connection: sqlite3.Connection, sighting: Sighting) -> Merged:
        row = self._row(connection, sighting.lead_id)
        before = row.lead if row else None
        lead, outcome = merge_sighting(before, sighting, self._clock.now())
        if lead != before:
            _write(connection, lead, row)
        return Merged(lead_id=lead.id, outcome=outcome)


def _write(connection: sqlite3.Connection, lead: Lead, row: _Row | None) -> None:
    """Write the lead over `row` (None: as a new one). The caller holds the write lock and has compared the versions."""
    stored = {
        "id": lead.id,
        "version": row.version + 1 if row else 1,
        "document": encode(lead).decode(),
        "status": lead.status.value,
        "level": lead.assessment.level.value,
        "kind": lead.observation.candidate.kind.value,
        "imitates": lead.assessment.imitates,
        "assignee": lead.assignee,
        "outcome": lead.finding.outcome.value if lead.finding else "",
        "score_permille": lead.assessment.score_permille,
        "first_seen_us": microseconds(lead.first_seen_at),
        "last_seen_us": microseconds(lead.last_seen_at),
    }
    names = ", ".join(stored)
    marks = ", ".join("?" * len(stored))
    if row is None:
        number = connection.execute(f"INSERT INTO leads ({names}) VALUES ({marks})", tuple(stored.values())).lastrowid
        assert number is not None  # noqa: S101 - sqlite3 sets it for every insert
    else:
        number = row.number
        connection.execute(f"UPDATE leads SET ({names}) = ({marks}) WHERE number = ?", (*stored.values(), number))
    if row is None or row.lead.sources != lead.sources:
        connection.execute("DELETE FROM lead_sources WHERE lead = ?", (number,))
        connection.executemany("INSERT INTO lead_sources VALUES (?, ?)", [(number, source) for source in lead.sources])
    _index(connection, number, searchable(lead))


def place_lead(connection: sqlite3.Connection, lead: Lead, version: int, document: str) -> None:
    """Write a lead with this version and this JSON of it, in place of another of its id. The caller holds the write lock."""
    found = connection.execute("SELECT number, version, document FROM leads WHERE id = ?", (lead.id,)).fetchone()
    _write(connection, lead, _Row(found[0], found[1], decode(Lead, found[2])) if found else None)
    connection.execute("UPDATE leads SET version = ?, document = ? WHERE id = ?", (version, document, lead.id))


def _index(connection: sqlite3.Connection, number: int, text: str) -> None:
    found = connection.execute("SELECT text FROM lead_texts WHERE lead = ?", (number,)).fetchone()
    if found and found[0] == text:
        return
    if found:
        forget = "INSERT INTO lead_words (lead_words, rowid, pairs) VALUES ('delete', ?, ?)"
        connection.execute(forget, (number, pairs(found[0])))
    connection.execute("REPLACE INTO lead_texts VALUES (?, ?)", (number, text))
    connection.execute("INSERT INTO lead_words (rowid, pairs) VALUES (?, ?)", (number, pairs(text)))


def _conditions(query: LeadQuery) -> tuple[str, tuple[str, ...]]:
    """Return the query's filters and text as SQL over `leads`, and its parameters."""
    clauses, wanted = ["1"], []
    sought = fold(query.text).split()
    if sought:
        clauses.append("number IN (SELECT rowid FROM lead_words WHERE lead_words MATCH ?)")
        wanted.append(match_expression(sought))
    for field, accepted in query.filters:
        if not accepted:
            continue
        marks = ", ".join("?" * len(accepted))
        is_source = field == "source"
        clauses.append(
            f"number IN (SELECT lead FROM lead_sources WHERE source IN ({marks}))"
            if is_source
            else f"{field} IN ({marks})"
        )
        wanted += accepted
    return " AND ".join(clauses), tuple(wanted)
