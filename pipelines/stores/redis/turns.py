"""Whose turn it is at a site, among all workers: slots, distance, budgets of the day and rests on one clock, the server's."""

from typing import Literal, cast

from pipelines.shared_work import Said
from pipelines.stores.redis.connection import RedisLink, Script

__all__ = ["RedisTurns"]

_TURN, _REST = Script("turn"), Script("rest")


class RedisTurns:
    """A `Turns`. From an event loop. A worker that dies holds a slot for `held_s` at most."""

    def __init__(self, link: RedisLink, *, held_s: float) -> None:
        self._link = link
        self._held_ms = int(held_s * 1000)

    async def ask(
        self, domain: str, token: str, *, slots: int, interval_s: float, budget: int, now_ms: int = 0
    ) -> Said:
        """Ask for a turn under a token of one's own. `now_ms`: 0, or a clock for tests. Raises `StoreUnavailable`."""
        what, ms = await _TURN.arun(
            self._link, _base(domain), now_ms, token, slots, int(interval_s * 1000), budget, self._held_ms
        )  # fmt: skip
        return Said(cast(Literal["go", "wait", "rest", "spent"], what.decode()), ms / 1000)

    async def give_back(self, domain: str, token: str) -> None:
        """Let others have the slot. Raises `StoreUnavailable`."""
        await self._link.arun(lambda client: client.zrem(f"{_base(domain)}:slots", token))

    async def rest(self, domain: str, seconds: float, *, now_ms: int = 0) -> None:
        """Let nobody ask for so long. Raises `StoreUnavailable`."""
        await _REST.arun(self._link, _base(domain), now_ms, int(seconds * 1000))


def _base(domain: str) -> str:
    return f"jianwei:turns:{{{domain}}}"
