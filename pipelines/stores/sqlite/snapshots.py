"""Snapshots of official pages in SQLite."""

from detectors.model import OfficialSnapshot
from pipelines.documents import encode
from pipelines.stores.sqlite.connection import Database

__all__ = ["SqliteSnapshots"]


class SqliteSnapshots:
    """A `SnapshotStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, snapshot: OfficialSnapshot) -> None:
        """Keep it in place of the older one of the same URL."""
        with self._database.writing() as connection:
            connection.execute("REPLACE INTO snapshots VALUES (?, ?)", (snapshot.url, encode(snapshot).decode()))

    def all(self) -> tuple[OfficialSnapshot, ...]:
        """Return all of them by URL."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT document FROM snapshots ORDER BY url").fetchall()
        return tuple(self._database.document(OfficialSnapshot, content) for (content,) in rows)
