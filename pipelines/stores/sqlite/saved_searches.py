"""Saved searches in SQLite."""

from pipelines.documents import encode
from pipelines.model import SavedSearch
from pipelines.stores.sqlite.connection import Database

__all__ = ["SqliteSavedSearches"]


class SqliteSavedSearches:
    """A `SavedSearches`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, search: SavedSearch) -> None:
        """Create or replace the owner's search of that name."""
        with self._database.writing() as connection:
            row = (search.owner, search.name, encode(search).decode())
            connection.execute("REPLACE INTO saved_searches (owner, name, document) VALUES (?, ?, ?)", row)

    def delete(self, owner: str, name: str) -> bool:
        """Forget it; return False if there was none."""
        with self._database.writing() as connection:
            gone = connection.execute("DELETE FROM saved_searches WHERE (owner, name) = (?, ?)", (owner, name))
            return gone.rowcount == 1

    def of(self, owner: str) -> tuple[SavedSearch, ...]:
        """Return an owner's searches by name."""
        with self._database.asking() as connection:
            rows = connection.execute(
                "SELECT document FROM saved_searches WHERE owner = ? ORDER BY name", (owner,)
            ).fetchall()
        return tuple(self._database.document(SavedSearch, content) for (content,) in rows)
