"""Pages to render, and what came of them: who crawls puts a job in, a renderer takes it and puts the answer where the asker waits.

Nothing stays: a job is forgotten when its asker gives up, an answer after a minute.
"""

import time
import uuid

from pipelines.stores.redis.connection import RedisLink, Script

__all__ = ["RedisRenders"]

_BASE = "jianwei:{render}"
_ALIVE, _LIVE_COUNT = Script("render_alive"), Script("render_count")
_LOOK_S = 1.0
_ANSWER_KEPT_S = 60
_LOST_LOOKS = 2
"""Looks at which a job is nowhere before it is put in again: for a moment a job that is being taken is nowhere, too."""


class RedisRenders:
    """A `RenderQueue`. From an event loop."""

    def __init__(self, link: RedisLink, *, lease_s: float) -> None:
        self._link = link
        self._lease_s = lease_s

    async def renderers(self) -> int:
        """Return how many renderers are at work."""
        return int(await _LIVE_COUNT.arun(self._link, _BASE))

    async def ask(self, job: bytes, wait_s: float) -> bytes | None:
        """Put a job in and return its answer; None: none came in time. A job whose renderer is gone is put in again."""
        name = uuid.uuid4().hex
        ends_at, lost = time.monotonic() + wait_s, 0
        await self._put_in(name, job, wait_s)
        try:
            while (left_s := ends_at - time.monotonic()) > 0:
                look_s = max(0.05, min(_LOOK_S, left_s))
                if (answer := await self._next_of(f"{_BASE}:answer:{name}", look_s)) is not None:
                    return answer
                lost = 0 if await _ALIVE.arun(self._link, _BASE, name) else lost + 1
                if lost >= _LOST_LOOKS:
                    lost = 0
                    await self._put_in(name, job, wait_s)
            return None
        finally:
            await self._link.arun(lambda client: client.delete(f"{_BASE}:job:{name}", f"{_BASE}:by:{name}"))
            await self._link.arun(lambda client: client.lrem(f"{_BASE}:jobs", 0, name))

    async def take(self, renderer: str) -> tuple[str, bytes] | None:
        """Return the next job's name and content; None: none came for a moment."""
        found = await self._next_of(f"{_BASE}:jobs", _LOOK_S)
        if found is None:
            return None
        name = found.decode()
        kept_ms = int(self._lease_s * 4000)
        await self._link.arun(lambda client: client.set(f"{_BASE}:by:{name}", renderer, px=kept_ms))
        job = await self._link.arun(lambda client: client.get(f"{_BASE}:job:{name}"))
        return (name, bytes(job)) if job else None

    async def answer(self, name: str, content: bytes) -> None:
        """Hand over what came of a job, unless nobody waits any more."""
        if not await self._link.arun(lambda client: client.exists(f"{_BASE}:job:{name}")):
            return
        key = f"{_BASE}:answer:{name}"
        await self._link.arun(lambda client: client.rpush(key, content))
        await self._link.arun(lambda client: client.expire(key, _ANSWER_KEPT_S))

    async def renew(self, renderer: str) -> None:
        """Be heard of; to be called several times within a lease."""
        now_ms = await self._now_ms()
        ends_ms = now_ms + int(self._lease_s * 1000)
        await self._link.arun(lambda client: client.zremrangebyscore(f"{_BASE}:renderers", "-inf", now_ms))
        await self._link.arun(lambda client: client.zadd(f"{_BASE}:renderers", {renderer: ends_ms}))

    async def leave(self, renderer: str) -> None:
        """Be at work no more."""
        await self._link.arun(lambda client: client.zrem(f"{_BASE}:renderers", renderer))

    async def aclose(self) -> None:
        """Let go of the connections of this event loop."""
        await self._link.aclose()

    async def _put_in(self, name: str, job: bytes, wait_s: float) -> None:
        await self._link.arun(lambda client: client.delete(f"{_BASE}:by:{name}"))
        await self._link.arun(lambda client: client.set(f"{_BASE}:job:{name}", job, px=int(wait_s * 1000) + 1000))
        await self._link.arun(lambda client: client.rpush(f"{_BASE}:jobs", name))

    async def _next_of(self, key: str, for_s: float) -> bytes | None:
        found = await self._link.arun(lambda client: client.blpop(key, for_s))
        return bytes(found[1]) if found else None

    async def _now_ms(self) -> int:
        seconds, micros = await self._link.arun(lambda client: client.time())
        return int(seconds) * 1000 + int(micros) // 1000
