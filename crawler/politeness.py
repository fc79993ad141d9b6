"""Whose turn it is at other people's sites: few requests at once to one registrable domain, far apart, so many a day, none while it rests.

`Politeness` is the seam. `HomePoliteness` serves one machine: what must outlive a run (requests of the day, rests) is a journal of
the home folder, one line a request, which all processes of the machine append to and read on in.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from keywords.hosts import owned_domain
from pipelines.clock import CHINA, day_of
from pipelines.errors import StoreUnavailable
from pipelines.settings import Settings

__all__ = ["LONGEST_REST_S", "PATIENCE_S", "DomainRests", "HomePoliteness", "Pace", "Paces", "Politeness", "paces_of"]

LONGEST_REST_S = 86_400.0
"""A site that wants to be left alone for a year may not hide from us for longer than a day."""
PATIENCE_S = 20.0
"""How long a visit waits for a site that rests; beyond, it is put off."""
_REMEMBERED = 2000
_CHUNK = 1 << 20


class DomainRests(Exception):
    """The domain is not to be asked before `until`: it said so, or the requests of the day are used up."""

    def __init__(self, domain: str, until: datetime, *, is_spent: bool = False) -> None:
        super().__init__(f"{domain}: until {until:%Y-%m-%d %H:%M}")
        self.domain = domain
        self.until = until
        self.is_spent = is_spent
        """The budget of the day is used up; else the site asked us to wait."""

    @property
    def sentence(self) -> str:
        """Return it in Chinese for staff."""
        why = "今日访问次数已达上限" if self.is_spent else "对方要求稍后再访问"
        return f"{self.domain} {why}，{self.until.astimezone(CHINA):%m-%d %H:%M}（北京时间）之后再看"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How one registrable domain is asked."""

    slots: int = 2
    """Requests at once."""
    interval_s: float = 1.0
    """Between the starts of two requests."""
    jitter: float = 0.0
    """Up to this share of the interval is added at random."""
    daily_budget: int = 0
    """Requests a day; 0: no limit."""


@dataclass(frozen=True, slots=True)
class Paces:
    """The pace of every domain."""

    usual: Pace
    own: Mapping[str, Pace] = field(default_factory=dict)
    """Registrable domain → its own pace."""

    def of(self, domain: str) -> Pace:
        """Return the pace of a registrable domain."""
        return self.own.get(domain, self.usual)


class Politeness(Protocol):
    """One for all who ask: lanes of a run, processes of a machine, or workers of many machines."""

    def turn(self, domain: str) -> AbstractAsyncContextManager[None]:
        """Wait for our turn at the registrable domain and hold it. Raises `DomainRests` rather than wait long."""

    async def leave_alone(self, domain: str, seconds: float) -> None:
        """Note that the domain wants no request for so long (at most a day); an earlier, longer wish stands."""


def paces_of(settings: Settings, engines: tuple[str, ...] = (), platforms: tuple[str, ...] = ()) -> Paces:
    """Return the paces of the settings. Hosts of engines and platforms have budgets of their own: the ledger of queries counts their pages."""
    crawl = settings.crawl
    usual = Pace(slots=crawl.host_slots, interval_s=crawl.host_delay_s, daily_budget=crawl.host_daily_budget)
    slow = Pace(slots=1, interval_s=settings.sweep.engine_delay_s, jitter=0.5)
    steady = Pace(slots=1, interval_s=crawl.host_delay_s)
    return Paces(
        usual, {owned_domain(host): steady for host in platforms} | {owned_domain(host): slow for host in engines}
    )


def _wall_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class _Line:
    """Those who wait at one domain."""

    slots: asyncio.Semaphore
    order: asyncio.Lock = field(default_factory=asyncio.Lock)
    count: int = 0


class HomePoliteness:
    """The politeness of one machine. Belongs to one event loop; other processes share its budgets and rests, not its pace."""

    def __init__(
        self,
        home: Path,
        paces: Paces,
        *,
        now: Callable[[], datetime] = _wall_clock,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._paces = paces
        self._now = now
        self._sleep = sleep
        self._journal = _Journal(home / "politeness")
        self._lines: dict[str, _Line] = {}
        self._next_at: dict[str, datetime] = {}

    @asynccontextmanager
    async def turn(self, domain: str) -> AsyncIterator[None]:
        """Wait for our turn; see `Politeness`. Raises `StoreUnavailable` where the journal cannot be written."""
        line = self._lines.setdefault(domain, _Line(asyncio.Semaphore(self._paces.of(domain).slots)))
        line.count += 1
        try:
            async with line.slots:
                async with line.order:
                    await self._wait(domain)
                yield
        finally:
            line.count -= 1
            if not line.count:
                self._lines.pop(domain, None)

    async def leave_alone(self, domain: str, seconds: float) -> None:
        """Note a wish; see `Politeness`. Raises `StoreUnavailable`."""
        now = self._now()
        self._journal.read_on(now)
        self._journal.rest(domain, now + timedelta(seconds=min(max(seconds, 0.0), LONGEST_REST_S)), now)

    async def _wait(self, domain: str) -> None:
        pace = self._paces.of(domain)
        while (wait_s := self._wait_s(domain)) > 0:
            await self._sleep(wait_s)
        now = self._now()
        if pace.daily_budget and self._journal.counts[domain] >= pace.daily_budget:
            raise DomainRests(domain, _midnight(now), is_spent=True)
        self._journal.count(domain, now)
        if pace.interval_s:
            self._next_at[domain] = now + timedelta(seconds=pace.interval_s * (1 + pace.jitter * random.random()))
            if len(self._next_at) > _REMEMBERED:
                self._next_at = {name: at for name, at in self._next_at.items() if at > now}

    def _wait_s(self, domain: str) -> float:
        now = self._now()
        self._journal.read_on(now)
        rests_until = self._journal.rests.get(domain, now)
        if (rests_until - now).total_seconds() > PATIENCE_S:
            raise DomainRests(domain, rests_until)
        return (max(rests_until, self._next_at.get(domain, now)) - now).total_seconds()


class _Journal:
    """Requests and rests of the day, a file a day: `domain` a line for each request, `domain<tab>seconds since 1970` for a rest."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._day: date | None = None
        self._handle = -1
        self._read_bytes = 0
        self._cut = b""
        self.counts: Counter[str] = Counter()
        self.rests: dict[str, datetime] = {}

    def __del__(self) -> None:
        self._close()

    def count(self, domain: str, now: datetime) -> None:
        """Write one request down and count it."""
        self._append(domain, now)

    def rest(self, domain: str, until: datetime, now: datetime) -> None:
        """Write a rest down and heed it."""
        self._append(f"{domain}\t{until.timestamp():.0f}", now)

    def read_on(self, now: datetime) -> None:
        """Take in what was written since, by whichever process. Raises `StoreUnavailable`."""
        today = day_of(now)
        try:
            if today != self._day:
                self._turn_page(today)
            while content := os.pread(self._handle, _CHUNK, self._read_bytes):
                self._read_bytes += len(content)
                self._take_in(content)
        except OSError as error:
            raise self._trouble(error) from None

    def _append(self, line: str, now: datetime) -> None:
        self.read_on(now)
        start = "\n" if self._cut else ""  # a process was killed in the middle of its line
        try:
            os.write(self._handle, f"{start}{line}\n".encode())
        except OSError as error:
            raise self._trouble(error) from None
        self.read_on(now)

    def _turn_page(self, today: date) -> None:
        """Begin a day: the requests of the last are forgotten, its rests are not."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        yesterday = self._path(today - timedelta(days=1))
        if self._day is None and yesterday.exists():
            self._take_in(yesterday.read_bytes())
        self._close()
        self.counts.clear()
        self._day, self._read_bytes, self._cut = today, 0, b""
        self._handle = os.open(self._path(today), os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        for older in self._folder.glob("*.log"):
            if older.name < yesterday.name:
                older.unlink(missing_ok=True)

    def _take_in(self, content: bytes) -> None:
        *lines, self._cut = (self._cut + content).split(b"\n")
        for line in lines:
            domain, _, until = line.decode("ascii", "replace").partition("\t")
            if not until:
                self.counts[domain] += 1
            elif until.isdigit():
                asked = datetime.fromtimestamp(int(until), UTC)
                self.rests[domain] = max(asked, self.rests.get(domain, asked))

    def _path(self, day: date) -> Path:
        return self._folder / f"{day:%Y-%m-%d}.log"

    def _close(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def _trouble(self, error: OSError) -> StoreUnavailable:
        problem = error.strerror or "I/O"
        return StoreUnavailable(
            str(self._folder), f"读写不了（{problem}）", f"it cannot be read or written ({problem})"
        )


def _midnight(now: datetime) -> datetime:
    tomorrow = day_of(now) + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=CHINA)
