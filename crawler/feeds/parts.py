"""What every feed works with, whatever it reads."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from crawler.feeds.hand_on import HandOn
from crawler.feeds.model import FeedWatch
from pipelines.ports import Clock

__all__ = ["FeedParts", "Pause"]

Pause = Callable[[float], Awaitable[None]]

_LONGEST_RETRY_AFTER_S = 3600.0
_LONGEST_ONCE_S = 150.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedParts:
    """What every feed works with."""

    hand_on: HandOn
    clock: Clock
    watch: FeedWatch
    pause: Pause
    """`asyncio.sleep`."""
    is_once: bool = False
    """Nobody wants to wait: a server that asks for a long pause ends the look."""

    @property
    def longest_retry_after_s(self) -> float:
        """Return how long a server may make us wait within one look."""
        return _LONGEST_ONCE_S if self.is_once else _LONGEST_RETRY_AFTER_S
