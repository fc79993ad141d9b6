"""Snapshots of official pages in SQLite."""

from datetime import UTC

from detectors.model import OfficialSnapshot
from pipelines.documents import encode
from pipelines.ports import SNAPSHOT_VERSIONS
from pipelines.stores.sqlite.connection import Database

__all__ = ["SqliteSnapshots"]

_NEWEST = """
SELECT document FROM snapshots AS one
WHERE taken_at = (SELECT max(taken_at) FROM snapshots WHERE url = one.url) ORDER BY url
"""
_PRUNE = """
DELETE FROM snapshots WHERE url = ? AND taken_at NOT IN
(SELECT taken_at FROM snapshots WHERE url = ? ORDER BY taken_at DESC LIMIT ?)
"""


class SqliteSnapshots:
    """A `SnapshotStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, snapshot: OfficialSnapshot) -> None:
        """Keep it as a version of its URL; of more than `SNAPSHOT_VERSIONS` the oldest go."""
        at = snapshot.taken_at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        with self._database.writing() as connection:
            connection.execute("REPLACE INTO snapshots VALUES (?, ?, ?)", (snapshot.url, at, encode(snapshot).decode()))
            connection.execute(_PRUNE, (snapshot.url, snapshot.url, SNAPSHOT_VERSIONS))

    def all(self) -> tuple[OfficialSnapshot, ...]:
        """Return the newest of each URL, by URL."""
        with self._database.reading() as connection:
            rows = connection.execute(_NEWEST).fetchall()
        return tuple(self._database.document(OfficialSnapshot, content) for (content,) in rows)

    def versions(self, url: str) -> tuple[OfficialSnapshot, ...]:
        """Return every kept version of the URL, the newest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT document FROM snapshots WHERE url = ? ORDER BY taken_at DESC", (url,)
            ).fetchall()
        return tuple(self._database.document(OfficialSnapshot, content) for (content,) in rows)
