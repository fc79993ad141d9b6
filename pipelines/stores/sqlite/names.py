"""Watched names in SQLite: the record as JSON, what is asked for in columns, changes in a log beside it.

Synced on every commit: a change that was acknowledged is not found a second time, the look that made it is past.
"""

# ruff: noqa: S608 - conditions are made of this module's own words, values are always parameters

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from pipelines.documents import encode
from pipelines.errors import VersionConflict
from pipelines.model import Versioned
from pipelines.name_plan import due_at
from pipelines.name_record import LoggedChange, NameChange, NameCounts, NameRecord
from pipelines.search.fields import microseconds
from pipelines.stores.sqlite.connection import Database

__all__ = ["SqliteNames", "place_name"]

_PUT = "REPLACE INTO names (host, version, presence, due_us, score_permille, document) VALUES (?, ?, ?, ?, ?, ?)"
_LOG = "INSERT INTO name_changes (host, imitates, noted_us, is_notice, document) VALUES (?, ?, ?, ?, ?)"
_LOOK = (
    "INSERT INTO name_looks VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET position = max(position, excluded.position)"
)
_LOOKED = "coalesce((SELECT position FROM name_looks), 0)"


class SqliteNames:
    """A `NameStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, host: str) -> Versioned[NameRecord] | None:
        """Return the record of a name, or None."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT version, document FROM names WHERE host = ?", (host,)).fetchone()
        return Versioned(self._database.document(NameRecord, row[1]), row[0]) if row else None

    def put(self, record: NameRecord, expected_version: int, changes: Sequence[NameChange] = ()) -> int:
        """Write the record and log the changes if the stored version is the expected one. Raises `VersionConflict`."""
        logged = [
            (record.host, record.imitates, microseconds(one.noted_at), one.is_notice, encode(one).decode())
            for one in changes
        ]
        document = encode(record).decode()
        with self._database.writing() as connection:
            row = connection.execute("SELECT version FROM names WHERE host = ?", (record.host,)).fetchone()
            actual = row[0] if row else 0
            if actual != expected_version:
                raise VersionConflict(record.host, expected_version, actual)
            place_name(connection, record, int(actual) + 1, document)
            connection.executemany(_LOG, logged)
        return int(actual) + 1

    def changes(
        self, *, after: int = 0, since: datetime | None = None, with_quiet: bool = False, limit: int = 1000
    ) -> tuple[LoggedChange, ...]:
        """Return logged changes in the order they were written."""
        clauses, wanted = ["position > ?"], [after]
        if not with_quiet:
            clauses.append("is_notice")
        if since is not None:
            clauses.append("noted_us >= ?")
            wanted.append(microseconds(since))
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT position, host, imitates, document FROM name_changes"
                f" WHERE {' AND '.join(clauses)} ORDER BY position LIMIT ?",
                (*wanted, limit),
            ).fetchall()
        return tuple(
            LoggedChange(
                position=position, host=host, imitates=imitates, change=self._database.document(NameChange, text)
            )
            for position, host, imitates, text in rows
        )

    def due(self, at: datetime, limit: int = 1000) -> tuple[NameRecord, ...]:
        """Return the names to be looked at by then."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT document FROM names WHERE due_us <= ? ORDER BY due_us, -score_permille, host LIMIT ?",
                (microseconds(at), limit),
            ).fetchall()
        return tuple(self._database.document(NameRecord, text) for (text,) in rows)

    def counts(self, at: datetime) -> NameCounts:
        """Count names and new notices."""
        with self._database.reading() as connection:
            by_presence = dict(connection.execute("SELECT presence, count(*) FROM names GROUP BY presence").fetchall())
            due = connection.execute("SELECT count(*) FROM names WHERE due_us <= ?", (microseconds(at),)).fetchone()[0]
            new = connection.execute(
                f"SELECT count(*) FROM name_changes WHERE is_notice AND position > {_LOOKED}"
            ).fetchone()[0]
        return NameCounts(by_presence=by_presence, due=due, new_notices=new)

    def looked_up_to(self) -> int:
        """Return the position up to which changes were looked at."""
        with self._database.reading() as connection:
            return int(connection.execute(f"SELECT {_LOOKED}").fetchone()[0])

    def note_look(self, position: int) -> None:
        """Remember a look."""
        with self._database.writing() as connection:
            connection.execute(_LOOK, (position,))


def place_name(connection: sqlite3.Connection, record: NameRecord, version: int, document: str) -> None:
    """Write a record with this version, in place of another of its host. The caller holds the write lock."""
    presence, due_us = record.known.presence.value, microseconds(due_at(record))
    connection.execute(_PUT, (record.host, version, presence, due_us, record.score_permille, document))
