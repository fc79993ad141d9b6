"""Bookmarks of feeds in SQLite, synced: an offset that survived a power cut must not be ahead of what was handed on.

Bookmark and reported names are written in one transaction, after they were handed on; a crash in between repeats, it never loses.
"""

from collections.abc import Iterable
from datetime import datetime

from pipelines.documents import encode
from pipelines.feeds import FeedBookmark
from pipelines.search.fields import microseconds
from pipelines.stores.sqlite.connection import Database

__all__ = ["SqliteFeedBookmarks"]

_ASKED_AT_ONCE = 500


class SqliteFeedBookmarks:
    """A `FeedBookmarks`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, feed: str) -> FeedBookmark | None:
        """Return the bookmark of a feed, or None."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT document FROM feed_bookmarks WHERE feed = ?", (feed,)).fetchone()
        return self._database.document(FeedBookmark, row[0]) if row else None

    def put(self, bookmark: FeedBookmark, reported: Iterable[str] = (), at: datetime | None = None) -> None:
        """Keep the bookmark and the names reported with it, both or neither; a name known keeps its first instant."""
        rows = [(bookmark.feed, name, microseconds(at) if at else 0) for name in reported]
        with self._database.writing() as connection:
            connection.execute("REPLACE INTO feed_bookmarks VALUES (?, ?)", (bookmark.feed, encode(bookmark).decode()))
            connection.executemany("INSERT OR IGNORE INTO feed_reported VALUES (?, ?, ?)", rows)

    def unreported(self, feed: str, names: Iterable[str]) -> tuple[str, ...]:
        """Return those names the feed has not reported yet, each once, in the order given."""
        wanted = list(dict.fromkeys(names))
        known: set[str] = set()
        with self._database.reading() as connection:
            for start in range(0, len(wanted), _ASKED_AT_ONCE):
                part = wanted[start : start + _ASKED_AT_ONCE]
                marks = ", ".join("?" * len(part))
                rows = connection.execute(
                    f"SELECT name FROM feed_reported WHERE feed = ? AND name IN ({marks})",  # noqa: S608 - question marks only
                    (feed, *part),
                )
                known |= {name for (name,) in rows}
        return tuple(name for name in wanted if name not in known)

    def all(self) -> tuple[FeedBookmark, ...]:
        """Return the bookmarks of all feeds by name."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT document FROM feed_bookmarks ORDER BY feed").fetchall()
        return tuple(self._database.document(FeedBookmark, content) for (content,) in rows)
