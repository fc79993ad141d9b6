"""A tailer in a test: real client, real server; matcher, clock and pauses are ours."""

import asyncio
import base64
import re
from collections.abc import Sequence
from datetime import timedelta

import httpx

from crawler.feeds.ct_rfc6962 import Rfc6962Log
from crawler.feeds.ct_signatures import LogKey
from crawler.feeds.ct_static import StaticLog
from crawler.feeds.ct_tailer import LogTailer
from crawler.feeds.fetch import LogServer
from crawler.feeds.hand_on import HandOn
from crawler.feeds.model import FeedHit
from crawler.feeds.parts import FeedParts
from detectors.names.hit import NameHit, Technique
from detectors.names.sieve import Spans
from pipelines.feeds import FeedBookmark
from pipelines.settings import CtFeed
from pipelines.stores.memory_feeds import MemoryFeedBookmarks
from tests.conftest import FixedClock


class GovMatcher:
    """Takes every name with `gov` in it for an imitation, and every line for worth reading."""

    def lines(self, buffers: Sequence[bytes], *, are_whole: bool = True) -> list[Spans]:
        del are_whole
        return [[found.span() for found in re.finditer(rb"[^\n]+", buffer)] for buffer in buffers]

    def read(self, host: str) -> tuple[NameHit, ...]:
        return self.match(host)

    def match(self, host: str) -> tuple[NameHit, ...]:
        if "gov" not in host:
            return ()
        return (
            NameHit(
                imitates="cx.mem.gov.cn", technique=Technique.GOV_LABEL, score_permille=900, span=(0, 3), reason="似"
            ),
        )


class Watched:
    """A `FeedWatch` that remembers."""

    def __init__(self) -> None:
        self.states: list[tuple[FeedBookmark, str]] = []
        self.notes: list[str] = []

    def show(self, mark, state) -> None:
        self.states.append((mark, state))

    def note(self, feed: str, zh: str, en: str) -> None:
        self.notes.append(en)


class Killed(Exception):
    """Stands for `kill -9`."""


class Desk:
    """What is around a feed and outlives it: bookmarks, reports, the time."""

    def __init__(self, bookmarks=None, clock: FixedClock | None = None) -> None:
        self.bookmarks = bookmarks or MemoryFeedBookmarks()
        self.clock = clock or FixedClock()
        self.hits: list[FeedHit] = []
        self.pauses: list[float] = []
        self.watch = Watched()
        self.is_once = False

    def report(self, hits) -> None:
        self.hits += hits

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.clock.at += timedelta(seconds=seconds)
        await asyncio.sleep(0)

    def parts(self) -> FeedParts:
        hand_on = HandOn(GovMatcher(), self.bookmarks, self.clock, self.report)
        return FeedParts(hand_on=hand_on, clock=self.clock, watch=self.watch, pause=self.pause, is_once=self.is_once)

    def mark(self, feed: str = "log") -> FeedBookmark:
        return self.bookmarks.get(feed)

    @property
    def names(self) -> list[str]:
        return [hit.name for hit in self.hits]

    def later(self, **time: float) -> None:
        self.clock.at += timedelta(**time)


class Following:
    """One log, followed by a new tailer at each look, as after a restart."""

    def __init__(
        self, kind: str, url: str, desk: Desk, public_key: str = "", timeout_s: float = 5.0, **settings
    ) -> None:
        self.desk = desk
        self.timeout_s = timeout_s
        self.settings = CtFeed(kind=kind, name="log", url=url, public_key=public_key, **settings)

    def look(self, times: int = 1, *, from_start: bool = False) -> bool:
        """Look so many times with one tailer; return whether the last one reached the server."""
        return asyncio.run(self._look(times, from_start))

    async def _look(self, times: int, from_start: bool) -> bool:
        async with httpx.AsyncClient(trust_env=False, timeout=self.timeout_s) as client:
            server = LogServer(client, self.settings.url, now=self.desk.clock.now)
            key = LogKey(base64.b64decode(self.settings.public_key)) if self.settings.public_key else None
            log_type = {"rfc6962": Rfc6962Log, "static_ct": StaticLog}[self.settings.kind]
            tailer = LogTailer(
                self.settings,
                log_type("log", server, key),
                self.desk.mark(),
                self.desk.parts(),
                from_start=from_start,
            )
            was_reached = False
            for _ in range(times):
                was_reached = await tailer.look()
            return was_reached
