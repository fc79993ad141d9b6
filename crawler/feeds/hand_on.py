"""Hands on what a feed read: matches names, reports those not reported before, and only then moves the bookmark.

A crash between report and bookmark repeats the report, it never loses one. Whoever takes the reports must bear repetition.
"""

import asyncio
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from crawler.feeds.model import FeedHit, MatchedName, SeenName
from detectors.names.hit import NameHit
from keywords.host_lines import host_of_text
from pipelines.feeds import FeedBookmark
from pipelines.ports import Clock, FeedBookmarks

__all__ = ["HandOn", "Matcher"]


class Matcher(Protocol):
    """What is needed of `detectors.names.engine.NameMatcher`."""

    def match(self, host: str) -> Sequence[NameHit]:
        """Return the hits of an A-label host name, best first."""


class HandOn:
    """One for all feeds; reports come one batch at a time."""

    def __init__(
        self,
        matcher: Matcher,
        bookmarks: FeedBookmarks,
        clock: Clock,
        report: Callable[[Sequence[FeedHit]], None],
    ) -> None:
        """`report` must have written the hits where they are safe when it returns."""
        self._matcher = matcher
        self._bookmarks = bookmarks
        self._clock = clock
        self._report = report
        self._lock = threading.Lock()

    async def names(self, mark: FeedBookmark, names: Iterable[SeenName]) -> FeedBookmark:
        """Match the names, report what is new, keep the bookmark, and return it with its counts."""
        return await asyncio.to_thread(self._hand_on_names, mark, tuple(names))

    async def matched(self, mark: FeedBookmark, file: str, found: Sequence[MatchedName]) -> FeedBookmark:
        """Report names of a list that matched already; else as `names`."""
        return await asyncio.to_thread(self._hand_on_matched, mark, file, found)

    async def keep(self, mark: FeedBookmark) -> None:
        """Keep the bookmark alone."""
        await asyncio.to_thread(self._bookmarks.put, mark)

    def _hand_on_names(self, mark: FeedBookmark, names: Sequence[SeenName]) -> FeedBookmark:
        now = self._clock.now()
        hits: dict[str, FeedHit] = {}
        for seen in names:
            try:
                _, host = host_of_text(seen.name)
            except ValueError:
                continue
            found = () if host in hits else self._matcher.match(host)
            if found:
                hits[host] = FeedHit(feed=mark.feed, name=seen.name, hit=found[0], first_seen_at=now, seen=seen)
        return self._finish(replace(mark, names=mark.names + len(names)), hits)

    def _hand_on_matched(self, mark: FeedBookmark, file: str, found: Sequence[MatchedName]) -> FeedBookmark:
        now = self._clock.now()
        hits: dict[str, FeedHit] = {}
        for one in found:
            if one.hits:
                hit = FeedHit(
                    feed=mark.feed, name=one.written, hit=one.hits[0], first_seen_at=now, file=file, line=one.line
                )
                hits.setdefault(one.host, hit)
        return self._finish(mark, hits)

    def _finish(self, mark: FeedBookmark, hits: dict[str, FeedHit]) -> FeedBookmark:
        with self._lock:
            new = self._bookmarks.unreported(mark.feed, hits) if hits else ()
            mark = replace(mark, hits=mark.hits + len(new))
            if new:
                self._report([hits[host] for host in new])
            self._bookmarks.put(mark, new, self._clock.now())
        return mark
