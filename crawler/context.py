"""What all parts of one run share, and the case as the crawler needs it."""

import asyncio
import functools
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import msgspec

from crawler.browser import Renderer
from crawler.facts.dns import DnsResolver
from crawler.gate.proxy import EgressGate
from crawler.politeness import Politeness
from detectors.model import Assessment, Observation
from keywords.roster import Roster
from pipelines.errors import MonitorError
from pipelines.model import MergeOutcome, RunReport, WorkItem
from pipelines.pictures.pool import PictureReader
from pipelines.ports import Clock, EvidenceStore, Frontier, RunStore, SnapshotStore
from pipelines.settings import Settings
from pipelines.shared_work import SharedWork

__all__ = ["Accepted", "Intake", "Notes", "Progress", "RunContext", "SilentProgress", "SweepCase", "WorkDone"]

_Result = TypeVar("_Result")
_Posted = tuple[dict[str, int], list[str], list[str]]
_MAX_FAILURES = 200
_THREADS = 4
"""Evidence is written through to the disk: several writes wait for it at once."""


class Accepted(Protocol):
    """What intake answers."""

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
    def frontier(self) -> Frontier: ...  # noqa: D102
    @property
    def runs(self) -> RunStore: ...  # noqa: D102
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
    found: tuple[WorkItem, ...] = ()


@dataclass(slots=True)
class Notes:
    """What the run report will say besides counts."""

    outcomes: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    not_run: list[str] = field(default_factory=list)

    def resume(self, report: RunReport) -> None:
        """Go on counting where an earlier part of the run stopped; what did not work then is tried again."""
        self.outcomes.update(report.outcomes)

    def with_others(self, others: Sequence[bytes]) -> "Notes":
        """Return these notes and those of other workers together, as `posted` gave them."""
        together = Notes(Counter(self.outcomes), list(self.failures), list(self.not_run))
        for outcomes, failures, not_run in (msgspec.json.decode(one, type=_Posted) for one in others):
            together.outcomes.update(outcomes)
            for sentence in failures:
                together.fail(sentence)
            for sentence in not_run:
                together.skip(sentence)
        return together

    def posted(self) -> bytes:
        """Return the notes as other workers read them."""
        return msgspec.json.encode((self.outcomes, self.failures, self.not_run))

    def fail(self, sentence: str) -> None:
        """Note what did not work, once."""
        if sentence not in self.failures and len(self.failures) < _MAX_FAILURES:
            self.failures.append(sentence)

    def skip(self, sentence: str) -> None:
        """Note what did not run and why, once."""
        if sentence not in self.not_run:
            self.not_run.append(sentence)


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
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_THREADS, "jianwei-case"))

    async def in_case(self, call: Callable[..., _Result], *args: Any, **kwargs: Any) -> _Result:
        """Run a blocking call of the case in a thread of its own; a `MonitorError` ends the run."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, functools.partial(call, *args, **kwargs))
        except MonitorError as error:
            self.abort(error)
            raise

    def abort(self, error: MonitorError) -> None:
        """Stop the run because of this."""
        self.fatal = self.fatal or error
        self.is_stopping = True

    async def close(self) -> None:
        """Wait for the case's threads."""
        await asyncio.to_thread(self._threads.shutdown)
