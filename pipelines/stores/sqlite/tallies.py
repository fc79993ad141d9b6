"""What the finished pieces of an open run counted, in SQLite; not synced, like the frontier whose rows they stand beside."""

import msgspec

from pipelines.model import WorkItem
from pipelines.run_tally import Tally, summed
from pipelines.stores.sqlite.connection import Database

__all__ = ["SqliteRunTallies"]


class SqliteRunTallies:
    """A `RunTallies`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, run_id: str, work: WorkItem, tally: Tally) -> None:
        """Keep what a piece of work counted, in place of what it counted before."""
        document = msgspec.json.encode(tally.groups()).decode()
        with self._database.writing(is_synced=False) as connection:
            connection.execute("REPLACE INTO run_tallies VALUES (?, ?, ?, ?)", (run_id, work.kind, work.key, document))

    def sum(self, run_id: str) -> Tally:
        """Return what all pieces of the run counted."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT document FROM run_tallies WHERE run_id = ?", (run_id,)).fetchall()
        return summed(msgspec.json.decode(document, type=dict[str, dict[str, int]]) for (document,) in rows)

    def forget(self, run_id: str) -> None:
        """Drop the tallies of a run."""
        with self._database.writing(is_synced=False) as connection:
            connection.execute("DELETE FROM run_tallies WHERE run_id = ?", (run_id,))
