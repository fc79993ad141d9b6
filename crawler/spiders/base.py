"""What all spiders share: lanes of work that run side by side, stop when asked, and survive a fault in one piece of work."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from shutil import disk_usage
from typing import Any, TypeVar

from scrapy import Spider, signals

from crawler.browser import Rendered, RenderFailed
from crawler.context import RunContext, WorkDone
from crawler.fetch import Fetcher
from crawler.politeness import DomainRests
from detectors.model import Profile
from keywords.hosts import host_of, owned_domain
from pipelines.errors import MonitorError, StoreUnavailable

__all__ = ["RunSpider", "merged"]

_Work = TypeVar("_Work")
_Item = TypeVar("_Item")
_MOMENT_S = 0.01
_MB = 1_000_000


class RunSpider(Spider):
    """A spider of one run. Its items come from `lanes`, each lane doing one piece of work after the other."""

    name = "run"

    def __init__(self, context: RunContext, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.context = context
        self._under_way = 0

    @property
    def fetcher(self) -> Fetcher:
        """Return the way this spider looks at addresses."""
        context, settings = self.context, self.context.settings
        return Fetcher(
            self.crawler, context.gate, settings.crawl, context.politeness, obeys_robots=settings.sweep.obeys_robots
        )

    async def render(self, url: str, profile: Profile) -> Rendered:
        """Let the browser look when it is the site's turn. Raises `RenderFailed`, `BrowserMissing`."""
        try:
            async with self.context.politeness.turn(owned_domain(host_of(url))):
                return await self.context.browser.render(url, profile)
        except DomainRests as rests:
            raise RenderFailed(rests.sentence) from None

    def lanes(self) -> Sequence[AsyncIterator[WorkDone]]:
        """Return the lanes."""
        raise NotImplementedError

    async def start(self) -> AsyncIterator[WorkDone]:
        """Yield what the lanes finish, as it is finished; end when all of it was accepted.

        Scrapy looks for idleness right after `start` ends, then only every five seconds: ending later ends the crawl sooner.
        """
        for signal in (signals.item_scraped, signals.item_error, signals.item_dropped):
            self.crawler.signals.connect(self._on_item, signal=signal)
        async for done in merged(self.lanes()):
            self._under_way += 1
            yield done
        while self._under_way:
            await asyncio.sleep(_MOMENT_S)
        await asyncio.sleep(_MOMENT_S)

    def _on_item(self) -> None:
        self._under_way -= 1

    async def lane(
        self, pieces: Iterator[_Work], work: Callable[[_Work], Awaitable[WorkDone | None]]
    ) -> AsyncIterator[WorkDone]:
        """Do the pieces one by one until there are none or the run stops. Lanes may share `pieces`.

        A fault of ours leaves that piece unfinished and is named in the report; it never stops the others.
        """
        for piece in pieces:
            if not self.context.is_stopping:
                self._require_room()
            if self.context.is_stopping:
                return
            [outcome] = await asyncio.gather(self.context.notes.counted(work, piece), return_exceptions=True)
            if isinstance(outcome, WorkDone):
                yield outcome
            elif isinstance(outcome, MonitorError):
                self.context.abort(outcome)
            elif isinstance(outcome, Exception):
                kind = type(outcome).__name__
                self.context.notes.fail(f"程序出错，一项工作未完成（{kind}: {str(outcome)[:160]}）")
            elif isinstance(outcome, BaseException):
                raise outcome

    def _require_room(self) -> None:
        """Stop the run while the disk still has room for what is under way."""
        settings = self.context.settings
        least = settings.crawl.min_free_bytes
        if least and settings.home.exists() and (free := disk_usage(settings.home).free) < least:
            have, want = free // _MB, least // _MB
            self.context.abort(
                StoreUnavailable(
                    str(settings.home),
                    f"磁盘只剩 {have} MB，低于 crawl.min_free_bytes（{want} MB）",
                    f"{have} MB of disk are left, less than crawl.min_free_bytes ({want} MB)",
                )
            )


async def merged(lanes: Sequence[AsyncIterator[_Item]]) -> AsyncIterator[_Item]:
    """Yield the items of all lanes as they come."""
    waiting = {asyncio.ensure_future(anext(lane)): lane for lane in lanes}
    try:
        while waiting:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                lane = waiting.pop(task)
                if isinstance(task.exception(), StopAsyncIteration):
                    continue
                yield task.result()
                waiting[asyncio.ensure_future(anext(lane))] = lane
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
