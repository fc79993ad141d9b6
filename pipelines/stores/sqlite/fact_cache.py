"""Facts about names in SQLite, each until it expires."""

from datetime import UTC, datetime, timedelta

from pipelines.stores.sqlite.connection import Database

__all__ = ["SqliteFactCache"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class SqliteFactCache:
    """A `FactCache`. Not synced to the disk: a power cut costs questions, nothing else."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, kind: str, key: str, now: datetime) -> str | None:
        """Return the kept document; None if there is none or it expired at or before `now`."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT document FROM fact_cache WHERE kind = ? AND key = ? AND expires_us > ?", (kind, key, _us(now))
            ).fetchone()
        return None if row is None else str(row[0])

    def put(self, kind: str, key: str, document: str, expires_at: datetime) -> None:
        """Keep the document in place of an older one of the same kind and key."""
        with self._database.writing(is_synced=False) as connection:
            connection.execute("REPLACE INTO fact_cache VALUES (?, ?, ?, ?)", (kind, key, document, _us(expires_at)))

    def forget_expired(self, now: datetime) -> int:
        """Drop what expired at or before `now`; return how many were dropped."""
        with self._database.writing(is_synced=False) as connection:
            return int(connection.execute("DELETE FROM fact_cache WHERE expires_us <= ?", (_us(now),)).rowcount)


def _us(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND
