"""Takes turns at other people's servers: so many questions at once, so far apart, and none while a server asked us to wait.

Registries cut off clients that ask too fast, and then answer nothing useful for a day.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

__all__ = ["ServerResting", "Turns"]


class ServerResting(Exception):
    """The server asked us to wait, longer than we are willing to; `wait_s` is how long from now."""

    def __init__(self, server: str, wait_s: float) -> None:
        super().__init__(f"{server}: {wait_s:.0f} s")
        self.server = server
        self.wait_s = wait_s

    @property
    def sentence(self) -> str:
        """Return it in Chinese for staff."""
        return f"查询服务器 {self.server} 限制查询频率，约 {max(1, round(self.wait_s))} 秒后可再查"


@dataclass(slots=True)
class _Server:
    slots: asyncio.Semaphore
    order: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_at: float = 0.0
    rests_until: float = 0.0


class Turns:
    """One for all clients of a run. Belongs to one event loop; `now` and `sleep` are seconds of one clock that never goes back."""

    def __init__(
        self,
        *,
        slots: int,
        interval_s: float,
        patience_s: float,
        now: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._slots = slots
        self._interval_s = interval_s
        self._patience_s = patience_s
        self._now = now
        self._sleep = sleep
        self._servers: dict[str, _Server] = {}

    @asynccontextmanager
    async def turn(self, server: str) -> AsyncIterator[None]:
        """Wait for our turn at the server and hold it. Raises `ServerResting` rather than wait beyond our patience."""
        known = self._known(server)
        async with known.slots:
            async with known.order:
                await self._wait_out_rest(server, known)
                if (wait_s := known.next_at - self._now()) > 0:
                    await self._sleep(wait_s)
                known.next_at = self._now() + self._interval_s
            yield

    def rest(self, server: str, wait_s: float) -> None:
        """Note that the server wants no question for so long."""
        known = self._known(server)
        known.rests_until = max(known.rests_until, self._now() + wait_s)

    async def _wait_out_rest(self, server: str, known: _Server) -> None:
        wait_s = known.rests_until - self._now()
        if wait_s > self._patience_s:
            raise ServerResting(server, wait_s)
        if wait_s > 0:
            await self._sleep(wait_s)

    def _known(self, server: str) -> _Server:
        return self._servers.setdefault(server, _Server(asyncio.Semaphore(self._slots)))
