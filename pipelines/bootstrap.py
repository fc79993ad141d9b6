"""The one place where real adapters are built: settings in, the whole case out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from detectors.model import OfficialSnapshot
from detectors.registry import Detector, Knowledge, build_detectors
from keywords.loader import Lexicon
from keywords.roster import Roster
from pipelines.clock import SystemClock
from pipelines.evidence.vault import Vault
from pipelines.filings.registry import FilingRegistry
from pipelines.institutions import known_institutions
from pipelines.intake import Intake
from pipelines.marks.books import MarkBooks
from pipelines.marks.followed_leads import FollowedLeads
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
    MarkStore,
    NameStore,
    ObservationLog,
    RunStore,
    SavedSearches,
    SnapshotStore,
)  # fmt: skip
from pipelines.secrets import keyed_pseudonym
from pipelines.settings import Settings
from pipelines.stores.sqlite.accounts import SqliteAccounts
from pipelines.stores.sqlite.audit import SqliteAudit
from pipelines.stores.sqlite.bookmarks import SqliteFeedBookmarks
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.fact_cache import SqliteFactCache
from pipelines.stores.sqlite.filings import SqliteFilings
from pipelines.stores.sqlite.frontier import SqliteFrontier
from pipelines.stores.sqlite.leads import SqliteLeads
from pipelines.stores.sqlite.log import SqliteObservations
from pipelines.stores.sqlite.marks import SqliteMarks
from pipelines.stores.sqlite.names import SqliteNames
from pipelines.stores.sqlite.runs import SqliteRuns
from pipelines.stores.sqlite.saved_searches import SqliteSavedSearches
from pipelines.stores.sqlite.snapshots import SqliteSnapshots
from pipelines.terms import term_lexicon
from pipelines.weights import WeightsFolder

__all__ = ["Case", "kept_snapshots", "open_case", "open_filings"]


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
    saved_searches: SavedSearches
    snapshots: SnapshotStore
    fact_cache: FactCache
    frontier: Frontier
    runs: RunStore
    feed_bookmarks: FeedBookmarks
    names: NameStore
    filings: SqliteFilings
    """The filing registry: looked up (`FilingRegistry`) and replaced (`FilingImports`)."""
    marks: MarkStore
    mark_books: MarkBooks
    evidence: EvidenceStore
    intake: Intake
    _database: Database = field(repr=False)
    _bench: _Bench = field(repr=False)

    @property
    def detectors(self) -> tuple[Detector, ...]:
        """Return the detectors as they judge now."""
        return self._bench.detectors

    def refresh_detectors(self) -> None:
        """Build the detectors anew and note what official pages carry, after snapshots were taken."""
        self.mark_books.note_official(self.snapshots.all())
        self._build_detectors()

    def _build_detectors(self) -> None:
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


def kept_snapshots(settings: Settings) -> tuple[OfficialSnapshot, ...]:
    """Return the snapshots staff took, for who judges without a case; none where this home folder has no store yet."""
    path = settings.home / settings.store.path
    if not path.is_file():
        return ()
    database = Database(path, busy_timeout_s=settings.store.busy_timeout_s)
    try:
        return SqliteSnapshots(database).all()
    finally:
        database.close()


def open_case(settings: Settings, clock: Clock | None = None) -> Case:
    """Open the store and the evidence vault below the home folder and build the detectors.

    Raises `StoreUnavailable` when the store cannot be used, `InputUnreadable` when an imported roster, terms or the adopted weights are damaged.
    """
    clock, roster = clock or SystemClock(), official_roster(settings)
    database = Database(settings.home / settings.store.path, busy_timeout_s=settings.store.busy_timeout_s)
    evidence, filings = Vault(settings.home / "evidence"), SqliteFilings(database)
    marks, observations = SqliteMarks(database), SqliteObservations(database)
    books = MarkBooks(marks, roster, keyed_pseudonym(settings.home, "mark"))
    leads = FollowedLeads(SqliteLeads(database, clock), books)
    bench = _Bench()
    case = Case(
        settings=settings,
        clock=clock,
        roster=roster,
        lexicon=term_lexicon(settings),
        leads=leads,
        observations=observations,
        audit=SqliteAudit(database),
        accounts=SqliteAccounts(database),
        saved_searches=SqliteSavedSearches(database),
        snapshots=SqliteSnapshots(database),
        fact_cache=SqliteFactCache(database),
        frontier=SqliteFrontier(database),
        runs=SqliteRuns(database),
        feed_bookmarks=SqliteFeedBookmarks(database),
        names=SqliteNames(database),
        filings=filings,
        marks=marks,
        mark_books=books,
        evidence=evidence,
        intake=Intake(
            evidence=evidence,
            observations=observations,
            leads=leads,
            detectors=lambda: bench.detectors,
            weights=WeightsFolder(settings.home).in_force(),
            filings=filings,
            marks=books,
        ),
        _database=database,
        _bench=bench,
    )
    case._build_detectors()
    return case


@contextmanager
def open_filings(settings: Settings) -> Iterator[FilingRegistry | None]:
    """Give the filing registry alone; None: no store was ever made. Raises `StoreUnavailable` when it cannot be used."""
    path = settings.home / settings.store.path
    if not path.exists():
        yield None
        return
    database = Database(path, busy_timeout_s=settings.store.busy_timeout_s)
    try:
        yield SqliteFilings(database)
    finally:
        database.close()
