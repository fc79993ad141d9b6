"""The one place where real adapters are built: settings in, the whole case out."""

from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from detectors.registry import Detector, Knowledge, build_detectors
from keywords.loader import Lexicon, load_lexicon
from keywords.roster import Roster
from pipelines.clock import SystemClock
from pipelines.evidence.vault import Vault
from pipelines.institutions import known_institutions
from pipelines.intake import Intake
from pipelines.official_sites import official_roster
from pipelines.ports import (
    AccountStore,
    AuditLog,
    Clock,
    EvidenceStore,
    FactCache,
    FeedBookmarks,
    Frontier,
    LeadStore,
    NameStore,
    ObservationLog,
    RunStore,
    SnapshotStore,
)  # fmt: skip
from pipelines.settings import Settings
from pipelines.stores.sqlite.accounts import SqliteAccounts
from pipelines.stores.sqlite.audit import SqliteAudit
from pipelines.stores.sqlite.bookmarks import SqliteFeedBookmarks
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.fact_cache import SqliteFactCache
from pipelines.stores.sqlite.frontier import SqliteFrontier
from pipelines.stores.sqlite.leads import SqliteLeads
from pipelines.stores.sqlite.log import SqliteObservations
from pipelines.stores.sqlite.names import SqliteNames
from pipelines.stores.sqlite.runs import SqliteRuns
from pipelines.stores.sqlite.snapshots import SqliteSnapshots

__all__ = ["Case", "open_case"]


@dataclass(slots=True)
class _Bench:
    """The detectors as they are built now."""

    detectors: tuple[Detector, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything a command, the crawler or the review desk works with. Use it in a `with` block, from any thread."""

    settings: Settings
    clock: Clock
    roster: Roster
    lexicon: Lexicon
    leads: LeadStore
    observations: ObservationLog
    audit: AuditLog
    accounts: AccountStore
    snapshots: SnapshotStore
    fact_cache: FactCache
    frontier: Frontier
    runs: RunStore
    feed_bookmarks: FeedBookmarks
    names: NameStore
    evidence: EvidenceStore
    intake: Intake
    _database: Database = field(repr=False)
    _bench: _Bench = field(repr=False)

    @property
    def detectors(self) -> tuple[Detector, ...]:
        """Return the detectors as they judge now."""
        return self._bench.detectors

    def refresh_detectors(self) -> None:
        """Build the detectors anew, after snapshots were taken."""
        knowledge = Knowledge(
            roster=self.roster,
            lexicon=self.lexicon,
            snapshots=self.snapshots.all(),
            institutions=known_institutions(self.settings),
        )
        self._bench.detectors = build_detectors(knowledge)

    def close(self) -> None:
        """Let go of the store."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_case(settings: Settings, clock: Clock | None = None) -> Case:
    """Open the store and the evidence vault below the home folder and build the detectors.

    Raises `StoreUnavailable` when the store cannot be used, `InputUnreadable` when an imported roster is damaged.
    """
    clock, roster = clock or SystemClock(), official_roster(settings)
    database = Database(settings.home / settings.store.path, busy_timeout_s=settings.store.busy_timeout_s)
    leads, observations = SqliteLeads(database, clock), SqliteObservations(database)
    evidence = Vault(settings.home / "evidence")
    bench = _Bench()
    case = Case(
        settings=settings,
        clock=clock,
        roster=roster,
        lexicon=load_lexicon(),
        leads=leads,
        observations=observations,
        audit=SqliteAudit(database),
        accounts=SqliteAccounts(database),
        snapshots=SqliteSnapshots(database),
        fact_cache=SqliteFactCache(database),
        frontier=SqliteFrontier(database),
        runs=SqliteRuns(database),
        feed_bookmarks=SqliteFeedBookmarks(database),
        names=SqliteNames(database),
        evidence=evidence,
        intake=Intake(evidence=evidence, observations=observations, leads=leads, detectors=lambda: bench.detectors),
        _database=database,
        _bench=bench,
    )
    case.refresh_detectors()
    return case
