"""Takes turns at other people's servers: so many questions at once, so far apart, and none while a server asked us to wait.

Registries cut off clients that ask too fast, and then answer nothing useful for a day. A server that cannot be reached several
times in a row is left alone for a while too: a list of names must not wait for each one of them.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

__all__ = ["ServerResting", "Turns"]


_FAILURES = 3
_FAILURE_REST_S = 60.0
_REFUSAL_REST_S = 10.0
_LONGEST_REFUSAL_REST_S = 640.0


class ServerResting(Exception):
    """The server is not to be asked for `wait_s` from now: it said so, or it could not be reached (then `cause` says how)."""

    def __init__(self, server: str, wait_s: float, cause: str = "") -> None:
        super().__init__(f"{server}: {wait_s:.0f} s")
        self.server = server
        self.wait_s = wait_s
        self.cause = cause

    @property
    def sentence(self) -> str:
        """Return it in Chinese for staff."""
        if self.cause:
            return f"{self.cause}（多次失败，约 {max(1, round(self.wait_s))} 秒后再试）"
        return f"查询服务器 {self.server} 限制查询频率，约 {max(1, round(self.wait_s))} 秒后可再查"


@dataclass(slots=True)
class _Server:
    slots: asyncio.Semaphore
    order: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_at: float = 0.0
    rests_until: float = 0.0
    cause: str = ""
    """Why it could not be reached; empty: it was, or it rests because it asked us to."""
    failures: int = 0
    """In a row."""
    refusals: int = 0
    """In a row."""


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

    def fail(self, server: str, cause: str) -> None:
        """Note that the server could not be reached (one Chinese sentence)."""
        known = self._known(server)
        known.failures += 1
        if known.failures >= _FAILURES:
            known.cause = cause
            self.rest(server, _FAILURE_REST_S)

    def succeed(self, server: str) -> None:
        """Note that the server answered, whatever it said of the name."""
        known = self._known(server)
        known.failures, known.refusals, known.cause = 0, 0, ""

    def refuse(self, server: str) -> None:
        """Note that the server says in words that we ask too often: it is left alone, twice as long each time in a row."""
        known = self._known(server)
        known.failures, known.cause = 0, ""
        self.rest(server, min(_LONGEST_REFUSAL_REST_S, _REFUSAL_REST_S * 2**known.refusals))
        known.refusals = min(known.refusals + 1, 20)

    async def _wait_out_rest(self, server: str, known: _Server) -> None:
        wait_s = known.rests_until - self._now()
        if wait_s > self._patience_s or (wait_s > 0 and known.cause):
            raise ServerResting(server, wait_s, known.cause)
        if wait_s > 0:
            await self._sleep(wait_s)

    def _known(self, server: str) -> _Server:
        return self._servers.setdefault(server, _Server(asyncio.Semaphore(self._slots)))
