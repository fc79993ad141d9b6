"""Pages rendered by browsers apart from the crawl: the crawler's side of the pool, and what travels between the two.

A job is an address and a profile; an answer is what `Browser.render` returns, as MessagePack with types, within `max_rendered_bytes`.
The pages are a suspect's: what came through Redis is checked like what came through the web.
"""

import asyncio
import time

import msgspec

from crawler.browser import Rendered, Renderer, RenderFailed
from crawler.capture import Answer
from detectors.model import Hop, Profile
from pipelines.errors import RendererMissing
from pipelines.settings import Settings
from pipelines.shared_work import RenderQueue

__all__ = ["Job", "PoolRenderer", "packed", "packed_failure"]

_TIMES_TIMEOUT = 2
"""A page may take its time-out twice (`Browser.render`)."""
_QUEUE_S = 60.0
"""Besides, how long a job may wait for its turn."""
_LOOK_AGAIN_S = 1.0
_MISSING_FOR_S = 60.0
"""When nobody came to render: how long the crawl goes on without, before it waits for a renderer again."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One page to render."""

    url: str
    profile: Profile


class _Page(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a job."""

    failure: str = ""
    """Why there is no page (one Chinese sentence); empty: there is one."""
    final_url: str = ""
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    is_truncated: bool = False
    redirects: tuple[tuple[str, int, str], ...] = ()
    """(URL, status, location) of each hop."""
    user_agent: str = ""
    screenshot: bytes = b""


def packed(rendered: Rendered, max_bytes: int) -> bytes:
    """Return a rendered page for its way through Redis: without the screenshot, then cut, where it would be too big."""
    answer = rendered.answer
    body = answer.body[:max_bytes]
    screenshot = rendered.screenshot if len(body) + len(rendered.screenshot) <= max_bytes else b""
    page = _Page(
        final_url=answer.final_url,
        status=answer.status,
        headers=answer.headers,
        body=body,
        is_truncated=answer.is_truncated or len(body) < len(answer.body),
        redirects=tuple((hop.url, hop.status, hop.location) for hop in answer.redirects),
        user_agent=answer.user_agent,
        screenshot=screenshot,
    )
    return msgspec.msgpack.encode(page)


def packed_failure(sentence: str) -> bytes:
    """Return why a page could not be rendered."""
    return msgspec.msgpack.encode(_Page(failure=sentence))


def _unpacked(content: bytes, url: str, max_body_bytes: int) -> Rendered:
    try:
        page = msgspec.msgpack.decode(content, type=_Page)
    except msgspec.DecodeError:
        raise RenderFailed("渲染结果无法读取，请检查各台机器的版本是否一致") from None
    if page.failure:
        raise RenderFailed(page.failure)
    answer = Answer(
        requested_url=url,
        final_url=page.final_url,
        status=page.status,
        headers=page.headers,
        body=page.body[:max_body_bytes],
        is_truncated=page.is_truncated or len(page.body) > max_body_bytes,
        redirects=tuple(Hop(url=at, status=status, location=location) for at, status, location in page.redirects),
        user_agent=page.user_agent,
    )
    return Rendered(answer=answer, screenshot=page.screenshot)


class PoolRenderer:
    """A `Renderer`: gives pages to whoever runs `jianwei render`; without any, to this machine's browser, if it may render."""

    def __init__(self, queue: RenderQueue, own: Renderer, settings: Settings) -> None:
        self._queue = queue
        self._own = own if settings.workers.renders_here else None
        self._close_own = own.close
        self._settings = settings
        self._is_off = not settings.crawl.renders
        self._missing_until = 0.0

    @property
    def is_missing(self) -> bool:
        """Say whether nobody rendered when last waited for, and this machine may not or cannot."""
        if self._is_off:
            return True
        return (self._own is None or self._own.is_missing) and time.monotonic() < self._missing_until

    async def render(self, url: str, profile: Profile) -> Rendered:
        """Have the page rendered. Raises `RenderFailed`, `RendererMissing`, `StoreUnavailable`."""
        if not await self._queue.renderers():
            if self._own is not None and not self._own.is_missing:
                return await self._own.render(url, profile)
            await self._wait_for_renderer()
        wait_s = self._settings.crawl.timeout_s * _TIMES_TIMEOUT + _QUEUE_S
        content = await self._queue.ask(msgspec.msgpack.encode(Job(url=url, profile=profile)), wait_s)
        if content is None:
            raise RenderFailed("渲染进程没有在时限内返回结果")
        if len(content) > self._settings.workers.max_rendered_bytes * 2:
            raise RenderFailed("渲染结果过大，已丢弃")
        return _unpacked(content, url, self._settings.crawl.max_body_bytes)

    async def close(self) -> None:
        """Let go of this machine's browser and of the connections of this event loop."""
        await self._close_own()
        await self._queue.aclose()

    async def _wait_for_renderer(self) -> None:
        """Wait until somebody renders, within the limit. Raises `RendererMissing`."""
        ends_at = time.monotonic() + self._settings.workers.renderer_wait_s
        while time.monotonic() < ends_at:
            if await self._queue.renderers():
                return
            await asyncio.sleep(_LOOK_AGAIN_S)
        self._missing_until = time.monotonic() + _MISSING_FOR_S
        raise RendererMissing
