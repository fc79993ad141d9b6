"""What is going on in a running range: its phase, and every request that was made."""

import time
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from deploy.range.world import World

__all__ = ["Record", "Stage"]

_KEPT_RECORDS = 200_000
_WINDOW_S = 600


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One request that reached the range."""

    at: datetime
    method: str
    scheme: str
    """`http`, `https`; empty for a refused CONNECT."""
    authority: str
    """What the client wanted to reach, with the port: a name or an address."""
    host: str
    """Name of the host that answered; empty: nobody, the proxy refused."""
    path: str
    """With the query."""
    user_agent: str
    status: int
    body_bytes: int = 0
    """Size of the request's body."""


class Stage:
    """The running state shared by name server, proxy and control port."""

    def __init__(
        self,
        world: World,
        log_file: Path,
        phase: str = "",
        *,
        engine_page_limit: int = 60,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.world = world
        self.phase = phase
        self.control_url = "http://127.0.0.1:1"
        """Filled in when the control port is open; traps lure the product to it."""
        self.engine_page_limit = engine_page_limit
        self.records: deque[Record] = deque(maxlen=_KEPT_RECORDS)
        self._clock = clock
        self._log = log_file.open("ab", buffering=0)
        self._asked: defaultdict[str, deque[float]] = defaultdict(deque)

    def record(self, **values: str | int) -> None:
        """Keep one request and append it to the log file."""
        record = msgspec.convert({"at": datetime.now(UTC), **values}, Record)
        self.records.append(record)
        self._log.write(msgspec.json.encode(record) + b"\n")

    def is_over_limit(self, engine: str) -> bool:
        """Count one result page of `engine` and say whether it was one too many in ten minutes."""
        now, asked = self._clock(), self._asked[engine]
        while asked and now - asked[0] > _WINDOW_S:
            asked.popleft()
        asked.append(now)
        return len(asked) > self.engine_page_limit

    def close(self) -> None:
        """Close the log file."""
        self._log.close()
