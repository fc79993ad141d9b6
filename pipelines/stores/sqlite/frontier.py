"""The work of a run in SQLite. Losing its last second to a power cut repeats work that is idempotent, so it is not synced."""

import sqlite3
from collections.abc import Iterable

from pipelines.model import WorkItem
from pipelines.stores.sole_worker import SoleWorker
from pipelines.stores.sqlite.connection import Database

__all__ = ["SqliteFrontier"]

_ADD = "INSERT OR IGNORE INTO frontier (run_id, kind, key, payload, is_done) VALUES (?, ?, ?, ?, ?)"


class SqliteFrontier(SoleWorker):
    """A `Frontier`."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database

    def add(self, run_id: str, items: Iterable[WorkItem]) -> int:
        """Add items not known to the run yet; return how many were new."""
        made = tuple(items)
        with self._database.writing(is_synced=False) as connection:
            return _add(connection, run_id, made)

    def pending(self, run_id: str, kind: str) -> tuple[WorkItem, ...]:
        """Return the unfinished items of a kind in the order they were added."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT key, payload FROM frontier WHERE run_id = ? AND kind = ? AND NOT is_done ORDER BY position",
                (run_id, kind),
            ).fetchall()
        return tuple(WorkItem(kind=kind, key=key, payload=payload) for key, payload in rows)

    def finish(self, run_id: str, item: WorkItem, found: Iterable[WorkItem] = ()) -> None:
        """Mark the item done and add what it led to, both or neither."""
        made = tuple(found)
        with self._database.writing(is_synced=False) as connection:
            connection.execute(
                f"{_ADD.replace(' OR IGNORE', '')} ON CONFLICT (run_id, kind, key) DO UPDATE SET is_done = 1",
                (run_id, item.kind, item.key, item.payload, 1),
            )
            _add(connection, run_id, made)

    def counts(self, run_id: str) -> tuple[dict[str, int], dict[str, int]]:
        """Return (done, left), each kind → number."""
        done: dict[str, int] = {}
        left: dict[str, int] = {}
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT kind, is_done, count(*) FROM frontier WHERE run_id = ? GROUP BY kind, is_done", (run_id,)
            ).fetchall()
        for kind, is_done, count in rows:
            (done if is_done else left)[kind] = count
        return done, left


def _add(connection: sqlite3.Connection, run_id: str, items: tuple[WorkItem, ...]) -> int:
    rows = [(run_id, item.kind, item.key, item.payload, 0) for item in items]
    return max(connection.executemany(_ADD, rows).rowcount, 0) if rows else 0
