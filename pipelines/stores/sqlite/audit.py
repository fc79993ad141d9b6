"""The audit log in SQLite. The write lock makes numbers follow each other; the number is the key, so none is used twice."""

from datetime import datetime

from pipelines.audit import chained, fits
from pipelines.documents import decode, encode
from pipelines.model import AuditEvent
from pipelines.stores.sqlite.connection import Database

__all__ = ["SqliteAudit"]


class SqliteAudit:
    """An `AuditLog`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, at: datetime, by: str, act: str, about: str, detail: str = "") -> AuditEvent:
        """Add one entry after the last."""
        with self._database.writing() as connection:
            last = connection.execute("SELECT document FROM audit ORDER BY number DESC LIMIT 1").fetchone()
            previous = self._database.document(AuditEvent, last[0]) if last else None
            entry = chained(previous, at, by, act, about, detail)
            connection.execute("INSERT INTO audit VALUES (?, ?, ?)", (entry.number, about, encode(entry).decode()))
        return entry

    def entries(self, about: str = "", limit: int = 1000) -> tuple[AuditEvent, ...]:
        """Return the newest entries first."""
        with self._database.reading() as connection:
            if about:
                sought = "SELECT document FROM audit WHERE about = ? ORDER BY number DESC LIMIT ?"
                rows = connection.execute(sought, (about, limit)).fetchall()
            else:
                newest = "SELECT document FROM audit ORDER BY number DESC LIMIT ?"
                rows = connection.execute(newest, (limit,)).fetchall()
        return tuple(self._database.document(AuditEvent, content) for (content,) in rows)

    def first_broken(self) -> int | None:
        """Return the number of the first entry that does not fit the chain, or None."""
        previous = None
        with self._database.reading() as connection:
            rows = connection.execute("SELECT number, about, document FROM audit ORDER BY number")
            for expected, (number, about, content) in enumerate(rows, start=1):
                entry = self._entry(content)
                if entry is None or (number, about) != (entry.number, entry.about) or not fits(entry, previous):
                    return expected
                previous = entry
        return None

    def _entry(self, content: str) -> AuditEvent | None:
        try:
            return decode(AuditEvent, content)
        except ValueError:
            return None
