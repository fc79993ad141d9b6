"""Run reports in SQLite."""

from pipelines.documents import encode
from pipelines.model import RunReport
from pipelines.search.fields import microseconds
from pipelines.stores.sqlite.connection import Database

__all__ = ["SqliteRuns"]


class SqliteRuns:
    """A `RunStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, report: RunReport) -> None:
        """Create or replace the report of its id."""
        row = (report.id, microseconds(report.started_at), encode(report).decode())
        with self._database.writing() as connection:
            connection.execute("REPLACE INTO runs VALUES (?, ?, ?)", row)

    def latest(self, limit: int = 20) -> tuple[RunReport, ...]:
        """Return the newest reports first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT document FROM runs ORDER BY started_us DESC, id DESC LIMIT ?", (limit,)
            ).fetchall()
        return tuple(self._database.document(RunReport, content) for (content,) in rows)
