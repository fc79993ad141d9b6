"""A worker that only renders: takes pages from the workers that crawl, shows them to Chromium through a gate of its own, gives them back."""

import asyncio
import uuid
from collections.abc import Callable

import msgspec

from crawler.browser import Browser, RenderFailed
from crawler.browser_path import find_chromium
from crawler.facts.dns import DnsResolver
from crawler.gate.proxy import EgressGate
from crawler.workers.render_pool import Job, packed, packed_failure
from pipelines.errors import BrowserMissing
from pipelines.settings import Settings
from pipelines.shared_work import RenderQueue

__all__ = ["run_renderer"]

_AT_ONCE = 3
_TIMES_PER_LEASE = 4


async def run_renderer(
    settings: Settings, queue: RenderQueue, say: Callable[[int], None], stopping: asyncio.Event
) -> None:
    """Render until `stopping` is set: what is begun is finished, nothing more is taken. `say` hears how many pages were rendered.

    Raises `BrowserMissing` where there is no Chromium, `SourceUnreachable` where name server or proxy are dead, `StoreUnavailable`.
    """
    if not await asyncio.to_thread(find_chromium):
        raise BrowserMissing
    async with EgressGate.of(settings.egress, DnsResolver(settings.dns).addresses) as gate:
        await gate.require_way_out()
        browser = Browser(settings.crawl, gate.url)
        try:
            await _Renderer(settings, queue, browser, say, stopping).run()
        finally:
            await browser.close()
            await queue.aclose()


class _Renderer:
    def __init__(
        self,
        settings: Settings,
        queue: RenderQueue,
        browser: Browser,
        say: Callable[[int], None],
        stopping: asyncio.Event,
    ) -> None:
        self._settings = settings
        self._queue = queue
        self._browser = browser
        self._say = say
        self._stopping = stopping
        self._name = uuid.uuid4().hex
        self._rendered_count = 0

    async def run(self) -> None:
        tasks = [asyncio.ensure_future(self._beat()), *(asyncio.ensure_future(self._lane()) for _ in range(_AT_ONCE))]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._queue.leave(self._name)

    async def _beat(self) -> None:
        """Be heard of; where this process hangs it is not, and its pages are rendered by others."""
        pause_s = self._settings.workers.lease_s / _TIMES_PER_LEASE
        while not self._stopping.is_set():
            await self._queue.renew(self._name)
            try:
                await asyncio.wait_for(self._stopping.wait(), pause_s)
            except TimeoutError:
                continue

    async def _lane(self) -> None:
        while not self._stopping.is_set():
            taken = await self._queue.take(self._name)
            if taken is None:
                continue
            name, content = taken
            await self._queue.answer(name, await self._answer(content))
            self._rendered_count += 1
            self._say(self._rendered_count)

    async def _answer(self, content: bytes) -> bytes:
        try:
            job = msgspec.msgpack.decode(content, type=Job)
        except msgspec.DecodeError:
            return packed_failure("渲染请求无法读取，请检查各台机器的版本是否一致")
        try:
            rendered = await self._browser.render(job.url, job.profile)
        except RenderFailed as failed:
            return packed_failure(failed.sentence)
        return packed(rendered, self._settings.workers.max_rendered_bytes)
