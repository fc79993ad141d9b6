"""The politeness of all workers together: slots, distance, budgets of the day and rests are kept where everyone sees them."""

import asyncio
import random
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from crawler.politeness import LONGEST_REST_S, PATIENCE_S, DomainRests, Paces
from pipelines.shared_work import Turns

__all__ = ["SharedPoliteness"]

_JITTER_S = 0.02
"""So that workers who wait for one slot do not ask in step."""


class SharedPoliteness:
    """A `Politeness`. Belongs to one event loop. Waits where one machine's would; hears of the others by asking again."""

    def __init__(
        self,
        turns: Turns,
        paces: Paces,
        *,
        now: Callable[[], datetime] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._turns = turns
        self._paces = paces
        self._now = now
        self._sleep = sleep

    @asynccontextmanager
    async def turn(self, domain: str) -> AsyncIterator[None]:
        """Wait for our turn; see `Politeness`. Raises `StoreUnavailable`."""
        token = uuid.uuid4().hex
        await self._wait(domain, token)
        try:
            yield
        finally:
            await self._turns.give_back(domain, token)

    async def leave_alone(self, domain: str, seconds: float) -> None:
        """Note a wish; see `Politeness`. Raises `StoreUnavailable`."""
        await self._turns.rest(domain, min(max(seconds, 0.0), LONGEST_REST_S), now_ms=self._now_ms())

    async def _wait(self, domain: str, token: str) -> None:
        pace = self._paces.of(domain)
        interval_s = pace.interval_s * (1 + pace.jitter * random.random())
        while True:
            said = await self._turns.ask(
                domain, token, slots=pace.slots, interval_s=interval_s, budget=pace.daily_budget, now_ms=self._now_ms()
            )
            if said.what == "go":
                return
            if said.what == "spent" or (said.what == "rest" and said.seconds > PATIENCE_S):
                until = (self._now() if self._now else datetime.now(UTC)) + timedelta(seconds=said.seconds)
                raise DomainRests(domain, until, is_spent=said.what == "spent")
            await self._sleep(said.seconds if self._now else said.seconds + random.random() * _JITTER_S)

    def _now_ms(self) -> int:
        """Return the tests' clock; 0: the server's."""
        return int(self._now().timestamp() * 1000) if self._now else 0
