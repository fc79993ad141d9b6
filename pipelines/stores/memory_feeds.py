"""Bookmarks of feeds in memory: what tests use, and the plain statement of what the other store must do."""

import threading
from collections.abc import Iterable
from datetime import datetime

from pipelines.feeds import FeedBookmark

__all__ = ["MemoryFeedBookmarks"]


class MemoryFeedBookmarks:
    """A `FeedBookmarks`."""

    def __init__(self) -> None:
        self._bookmarks: dict[str, FeedBookmark] = {}
        self._reported: dict[tuple[str, str], datetime | None] = {}
        self._lock = threading.Lock()

    def get(self, feed: str) -> FeedBookmark | None:
        """Return the bookmark of a feed, or None."""
        return self._bookmarks.get(feed)

    def put(self, bookmark: FeedBookmark, reported: Iterable[str] = (), at: datetime | None = None) -> None:
        """Keep the bookmark and the names reported with it, both or neither; a name known keeps its first instant."""
        names = tuple(reported)
        with self._lock:
            self._bookmarks[bookmark.feed] = bookmark
            for name in names:
                self._reported.setdefault((bookmark.feed, name), at)

    def unreported(self, feed: str, names: Iterable[str]) -> tuple[str, ...]:
        """Return those names the feed has not reported yet, each once, in the order given."""
        with self._lock:
            return tuple(name for name in dict.fromkeys(names) if (feed, name) not in self._reported)

    def all(self) -> tuple[FeedBookmark, ...]:
        """Return the bookmarks of all feeds by name."""
        return tuple(self._bookmarks[feed] for feed in sorted(self._bookmarks))
