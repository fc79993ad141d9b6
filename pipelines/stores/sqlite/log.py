"""The observation log in SQLite.

Not synced by itself: whatever is acknowledged on top of an entry (a lead, a finished work item) comes later in the same
write-ahead log and cannot outlive it.
"""

from detectors.model import Observation
from pipelines.documents import encode
from pipelines.search.fields import microseconds
from pipelines.stores.sqlite.connection import Database
from pipelines.trim import trim

__all__ = ["SqliteObservations"]


class SqliteObservations:
    """An `ObservationLog`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, observation: Observation, lead_id: str) -> bool:
        """Keep it, trimmed; return False if the same one was kept before."""
        row = (observation.identity, lead_id, microseconds(observation.observed_at), encode(trim(observation)).decode())
        with self._database.writing(is_synced=False) as connection:
            return (
                connection.execute(
                    "INSERT OR IGNORE INTO observations (identity, lead_id, observed_us, document) VALUES (?, ?, ?, ?)",
                    row,
                ).rowcount
                == 1
            )

    def of_lead(self, lead_id: str) -> tuple[Observation, ...]:
        """Return the observations that made a lead, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT document FROM observations WHERE lead_id = ? ORDER BY observed_us", (lead_id,)
            ).fetchall()
        return tuple(self._database.document(Observation, content) for (content,) in rows)
