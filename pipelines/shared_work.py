"""What workers share besides the frontier, where `workers.redis_url` is set; a process that works alone has none of it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from pipelines.ports import Frontier, QueryLedger, RunTallies
from pipelines.settings import Settings

__all__ = ["RenderQueue", "RunBoard", "Said", "SharedTexts", "SharedWork", "Turns", "shared_work"]


class RunBoard(Protocol):
    """What the workers of one run tell each other."""

    def announce(self, run_id: str, needs: bytes) -> None:
        """Say that the run is planned and others may join, and what they must know for it."""

    def announced(self, run_id: str) -> bytes | None:
        """Return what who joins must know; None: the run is not open to others."""

    def post(self, run_id: str, note: bytes) -> tuple[bytes, ...]:
        """Put this worker's note in place of its earlier one; return those of the others."""

    def alone(self, run_id: str) -> AbstractContextManager[None]:
        """Let one worker at a time write the report, so that none is lost."""


class SharedTexts(Protocol):
    """Short documents by name, which every worker sees."""

    def all(self) -> dict[str, bytes]:
        """Return every document by name."""

    def put(self, name: str, document: bytes) -> None:
        """Create or replace one."""

    def drop(self, name: str) -> bool:
        """Forget one; say whether there was one."""


class Said(NamedTuple):
    """The answer to who asks for a turn at a site."""

    what: Literal["go", "wait", "rest", "spent"]
    """Go; ask again after so long; the domain wants to be left alone; the day's budget is used up."""
    seconds: float


class Turns(Protocol):
    """Turns at registrable domains, among all workers, on one clock. `now_ms`: 0, or a clock for tests."""

    async def ask(
        self, domain: str, token: str, *, slots: int, interval_s: float, budget: int, now_ms: int = 0
    ) -> Said:
        """Ask for a turn under a token of one's own."""

    async def give_back(self, domain: str, token: str) -> None:
        """Let others have the slot."""

    async def rest(self, domain: str, seconds: float, *, now_ms: int = 0) -> None:
        """Let nobody ask for so long; an earlier, longer wish stands."""


class RenderQueue(Protocol):
    """Pages to render, and what came of them."""

    async def renderers(self) -> int:
        """Return how many renderers are at work."""

    async def ask(self, job: bytes, wait_s: float) -> bytes | None:
        """Put a job in and return its answer; None: none came in time."""

    async def take(self, renderer: str) -> tuple[str, bytes] | None:
        """Return the next job's name and content; None: none came for a moment."""

    async def answer(self, name: str, content: bytes) -> None:
        """Hand over what came of a job, unless nobody waits any more."""

    async def renew(self, renderer: str) -> None:
        """Be heard of; to be called several times within a lease."""

    async def leave(self, renderer: str) -> None:
        """Be at work no more."""

    async def aclose(self) -> None:
        """Let go of the connections of this event loop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedWork:
    """The work of several workers. Nothing connects before the first question."""

    frontier: Frontier
    board: RunBoard
    tallies: RunTallies
    queries: QueryLedger
    pauses: SharedTexts
    turns: Turns
    renders: RenderQueue
    require_answer: Callable[[], None]
    """Make sure that the server is there. Raises `StoreUnavailable`."""
    close: Callable[[], None]


def shared_work(settings: Settings) -> SharedWork | None:
    """Return what is shared; None: `workers.redis_url` is empty. Raises `SettingInvalid`."""
    if not settings.workers.redis_url:
        return None
    from pipelines.stores.redis.work import work_on_redis

    return work_on_redis(settings)
