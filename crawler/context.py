"""What all parts of one run share, and the case as the crawler needs it."""

import asyncio
import functools
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

import msgspec

from crawler.browser import Renderer
from crawler.facts.dns import DnsResolver
from crawler.gate.proxy import EgressGate
from crawler.politeness import Politeness
from detectors.model import Assessment, Observation
from keywords.roster import Roster
from pipelines.errors import MonitorError
from pipelines.model import MergeOutcome, WorkItem
from pipelines.pictures.pool import PictureReader
from pipelines.ports import Clock, EvidenceStore, Frontier, LeadStore, QueryLedger, RunStore, RunTallies, SnapshotStore
from pipelines.run_health import error_kind
from pipelines.run_tally import Tally
from pipelines.settings import Settings
from pipelines.shared_work import SharedWork

__all__ = ["Accepted", "Intake", "Notes", "Progress", "RunContext", "SilentProgress", "SweepCase", "WorkDone"]

_Result = TypeVar("_Result")
_Work = TypeVar("_Work")
_Posted = tuple[dict[str, int], list[str], list[str], list[str]]
_PIECE: ContextVar[Tally | None] = ContextVar("_PIECE", default=None)
"""Where the piece of work this task does counts; None: no piece is being done."""
_MAX_FAILURES = 200
_DISK_THREADS = 4
"""Evidence is written through to the disk: that of several pages waits for it at once."""


class Accepted(Protocol):
    """What intake answers."""

    @property
    def lead_id(self) -> str:
        """Return the lead; empty: nothing worth a person's look."""

    @property
    def outcome(self) -> MergeOutcome | None:
        """Return what became of the lead; None: nothing worth a person's look."""


class Intake(Protocol):
    """The one door in."""

    def judge(self, observation: Observation) -> Assessment:
        """Return the machine's 初判 and keep nothing."""

    def accept_many(self, observations: Sequence[Observation]) -> Sequence[Accepted]:
        """Keep the evidence, judge, and merge into leads; idempotent. May be called from any thread."""


class SweepCase(Protocol):
    """What a sweep needs of `pipelines.bootstrap.Case`."""

    @property
    def intake(self) -> Intake: ...  # noqa: D102
    @property
    def leads(self) -> LeadStore: ...  # noqa: D102
    @property
    def frontier(self) -> Frontier: ...  # noqa: D102
    @property
    def runs(self) -> RunStore: ...  # noqa: D102
    @property
    def tallies(self) -> RunTallies: ...  # noqa: D102
    @property
    def queries(self) -> QueryLedger: ...  # noqa: D102
    @property
    def snapshots(self) -> SnapshotStore: ...  # noqa: D102
    @property
    def evidence(self) -> EvidenceStore: ...  # noqa: D102
    @property
    def clock(self) -> Clock: ...  # noqa: D102
    @property
    def roster(self) -> Roster: ...  # noqa: D102
    @property
    def shared_work(self) -> SharedWork | None: ...  # noqa: D102

    def refresh_detectors(self) -> None:
        """Build the detectors anew with the latest snapshots."""

    def judged_aside(self) -> AbstractContextManager[None]:
        """Let a process of its own judge meanwhile; detectors are not to be refreshed within."""


class Progress(Protocol):
    """Told how a run goes on."""

    def stage(self, title: str, total: int) -> None:
        """Begin a stage of so many pieces of work."""

    def advance(self, count: int = 1) -> None:
        """Count finished pieces of the stage."""

    def note(self, sentence: str) -> None:
        """Say something to the person who waits."""


class SilentProgress:
    """Tells nobody."""

    def stage(self, title: str, total: int) -> None:
        """Ignore it."""

    def advance(self, count: int = 1) -> None:
        """Ignore it."""

    def note(self, sentence: str) -> None:
        """Ignore it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDone:
    """The Scrapy item: finished work with everything it brought, accepted whole or not at all."""

    work: tuple[WorkItem, ...]
    observations: tuple[Observation, ...] = ()
    """One for each piece of work, or as many as the only piece brought."""
    found: tuple[WorkItem, ...] = ()
    tally: Tally = field(default_factory=Tally)
    """What was counted while the work was done."""


@dataclass(slots=True)
class Notes:
    """What the run report will say besides the state of the frontier."""

    total: Tally = field(default_factory=Tally)
    """Of all finished work, over all parts of the run."""
    unfinished: Tally = field(default_factory=Tally)
    """Of work that came to nothing in this part of the run, and is tried again."""
    failures: list[str] = field(default_factory=list)
    not_run: list[str] = field(default_factory=list)
    postponed: list[str] = field(default_factory=list)

    @property
    def piece(self) -> Tally:
        """Return where the piece of work this task does counts: kept if the piece is finished, forgotten if it is done again."""
        return _PIECE.get() or self.unfinished

    @property
    def outcomes(self) -> Counter[str]:
        """Return the outcomes of the piece of work this task does."""
        return self.piece.outcomes

    async def counted(self, work: Callable[[_Work], Awaitable[WorkDone | None]], piece: _Work) -> WorkDone | None:
        """Do a piece of work and return it with what was counted meanwhile. To be run as a task of its own."""
        tally = Tally()
        _PIECE.set(tally)
        done = await work(piece)
        if done is None:
            self.unfinished.add(tally)
            return None
        return replace(done, tally=tally)

    def with_others(self, others: Sequence[bytes]) -> "Notes":
        """Return these notes and those of other workers together, as `posted` gave them."""
        errors_here = Tally(errors=Counter(self.unfinished.errors))
        together = Notes(self.total, errors_here, [*self.failures], [*self.not_run], [*self.postponed])
        for errors, failures, not_run, postponed in (msgspec.json.decode(one, type=_Posted) for one in others):
            together.unfinished.errors.update(errors)
            together.failures += [one for one in failures if one not in together.failures]
            together.not_run += [one for one in not_run if one not in together.not_run]
            together.postponed += [one for one in postponed if one not in together.postponed]
        return together

    def posted(self) -> bytes:
        """Return the notes as other workers read them; what finished work counted lies in its tallies."""
        return msgspec.json.encode((self.unfinished.errors, self.failures, self.not_run, self.postponed))

    def fail(self, sentence: str, kind: str = "") -> None:
        """Note what did not work, once; its kind each time (empty: as the sentence tells)."""
        self.piece.errors[kind or error_kind(sentence)] += 1
        if sentence not in self.failures and len(self.failures) < _MAX_FAILURES:
            self.failures.append(sentence)

    def skip(self, sentence: str) -> None:
        """Note what did not run and why, once."""
        if sentence not in self.not_run:
            self.not_run.append(sentence)

    def postpone(self, sentence: str) -> None:
        """Note what a spent budget leaves for another day, once."""
        if sentence not in self.postponed:
            self.postponed.append(sentence)


@dataclass(slots=True, kw_only=True)
class RunContext:
    """One run: its case, its way out and what it noted."""

    case: SweepCase
    settings: Settings
    run_id: str
    resolver: DnsResolver
    gate: EgressGate
    browser: Renderer
    politeness: Politeness
    progress: Progress
    pictures: PictureReader | None = None
    """None: pictures are kept as evidence and not read."""
    notes: Notes = field(default_factory=Notes)
    suspended: set[str] = field(default_factory=set)
    """Engines and platforms left alone for the rest of the run."""
    is_stopping: bool = False
    """A person asked to stop, or the store failed: finish what is begun, begin nothing."""
    fatal: MonitorError | None = None
    """Why the run cannot go on; None: it can."""
    _case_thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "jianwei-case"))
    """One: judging is Python's work, and two threads of it only take the interpreter from each other."""
    _disk_threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_DISK_THREADS, "jianwei-evidence")
    )

    async def in_case(self, call: Callable[..., _Result], *args: Any, **kwargs: Any) -> _Result:
        """Run a blocking call of the case in its thread, one after the other; a `MonitorError` ends the run."""
        return await self._in(self._case_thread, call, *args, **kwargs)

    async def keep_evidence(self, contents: Iterable[bytes]) -> None:
        """Put bytes into the evidence vault, one after the other, while others do the same; a `MonitorError` ends the run."""
        put = self.case.evidence.put
        await self._in(self._disk_threads, lambda: [put(content) for content in contents])

    async def _in(
        self, threads: ThreadPoolExecutor, call: Callable[..., _Result], *args: Any, **kwargs: Any
    ) -> _Result:
        loop = asyncio.get_running_loop()
        try:
            # The thread counts where this task does.
            within = functools.partial(copy_context().run, call, *args, **kwargs)
            return await loop.run_in_executor(threads, within)
        except MonitorError as error:
            self.abort(error)
            raise

    def abort(self, error: MonitorError) -> None:
        """Stop the run because of this."""
        self.fatal = self.fatal or error
        self.is_stopping = True

    async def close(self) -> None:
        """Wait for the threads."""
        for threads in (self._disk_threads, self._case_thread):
            await asyncio.to_thread(threads.shutdown)
