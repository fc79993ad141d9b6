"""Run reports in SQLite."""

import sqlite3
from dataclasses import replace

from pipelines.documents import encode
from pipelines.model import RunReport, StopRequest
from pipelines.run_stop import asked_to_stop, with_stop_of
from pipelines.search.fields import microseconds
from pipelines.stores.sqlite.connection import Database

__all__ = ["SqliteRuns"]


class SqliteRuns:
    """A `RunStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, report: RunReport) -> None:
        """Create or replace the report of its id."""
        with self._database.writing() as connection:
            self._write(connection, with_stop_of(self._read(connection, report.id), report))

    def latest(self, limit: int = 20) -> tuple[RunReport, ...]:
        """Return the newest reports first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT document FROM runs ORDER BY started_us DESC, id DESC LIMIT ?", (limit,)
            ).fetchall()
        return tuple(self._database.document(RunReport, content) for (content,) in rows)

    def ask_to_stop(self, run_id: str, request: StopRequest) -> StopRequest | None:
        """Keep the request and return the one that holds; None: there is no such run, or it has ended."""
        with self._database.writing() as connection:
            report = asked_to_stop(self._read(connection, run_id), request)
            if report:
                self._write(connection, report)
        return report.stop if report else None

    def stop_request(self, run_id: str) -> StopRequest | None:
        """Return the request to stop as it stands now."""
        with self._database.asking() as connection:
            report = self._read(connection, run_id)
        return report.stop if report else None

    def withdraw_stop(self, run_id: str) -> None:
        """Forget the request."""
        with self._database.writing() as connection:
            report = self._read(connection, run_id)
            if report:
                self._write(connection, replace(report, stop=None))

    def _read(self, connection: sqlite3.Connection, run_id: str) -> RunReport | None:
        row = connection.execute("SELECT document FROM runs WHERE id = ?", (run_id,)).fetchone()
        return self._database.document(RunReport, row[0]) if row else None

    def _write(self, connection: sqlite3.Connection, report: RunReport) -> None:
        row = (report.id, microseconds(report.started_at), encode(report).decode())
        connection.execute("REPLACE INTO runs VALUES (?, ?, ?)", row)
