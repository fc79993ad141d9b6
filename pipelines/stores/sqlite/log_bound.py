"""Keeps the write-ahead log from growing without end while readers follow each other without a gap.

SQLite folds the log into the file by itself, but only as far as no reader still needs; with somebody always reading it never gets to
the end, and the log never starts anew. Asked to truncate, it holds writers back, waits until those who read old pages are done,
and starts anew; who begins to read meanwhile is not held back. A reader who stays long (a backup) is not waited for.
"""

import sqlite3
from pathlib import Path

__all__ = ["LogBound"]

_WAIT_MS = 250
"""For readers of old pages, who are done in a few milliseconds; writers stand still meanwhile."""


class LogBound:
    """The limit of one file's log; one per process and file."""

    def __init__(self, path: Path, limit_bytes: int, busy_timeout_s: float) -> None:
        self._log = path.with_name(f"{path.name}-wal")
        self._limit = self._next = limit_bytes
        self._busy_timeout_ms = int(busy_timeout_s * 1000)

    def keep(self, connection: sqlite3.Connection) -> None:
        """Fold the log in if it is too large. To be called outside of a transaction; a log that cannot be folded in now is left."""
        size = self._size()
        if size <= self._limit:
            self._next = self._limit
        elif size > self._next:
            connection.execute(f"PRAGMA busy_timeout = {min(_WAIT_MS, self._busy_timeout_ms):d}")
            try:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except sqlite3.OperationalError:
                # What was to be written is written; folding in can wait.
                pass
            finally:
                connection.execute(f"PRAGMA busy_timeout = {self._busy_timeout_ms:d}")
            # Somebody reads on for long: do not make every writer wait for him.
            self._next = self._size() * 5 // 4

    def _size(self) -> int:
        try:
            return self._log.stat().st_size
        except OSError:
            return 0
