"""The one place where real adapters are built: settings in, the whole case out."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from detectors.model import OfficialSnapshot
from detectors.registry import Detector, Knowledge
from keywords.loader import Lexicon
from keywords.roster import Roster
from pipelines.bench import Bench
from pipelines.clock import SystemClock
from pipelines.errors import StoreUnavailable, UsageError
from pipelines.evidence.vault import Vault
from pipelines.filings.registry import FilingRegistry
from pipelines.institutions import known_institutions
from pipelines.intake import Intake
from pipelines.judged_aside import JudgedAside
from pipelines.marks.books import MarkBooks
from pipelines.marks.followed_leads import FollowedLeads
from pipelines.moves.backup import Backup, StoreFile
from pipelines.moves.check import CheckFault, check_documents, check_evidence
from pipelines.moves.copy import Place, Progress
from pipelines.moves.restore import Restore
from pipelines.name_watch import NameWatch
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
    QueryLedger,
    RunStore,
    RunTallies,
    SavedSearches,
    SnapshotStore,
)  # fmt: skip
from pipelines.rechecks.book import RecheckBook
from pipelines.secrets import keyed_pseudonym
from pipelines.settings import Settings
from pipelines.shared_work import SharedWork, shared_work
from pipelines.stores.cluster_file import ClusterStoreFile
from pipelines.stores.shared import cluster_place, cluster_shelf, opened_cluster, shared_stores
from pipelines.stores.shared_model import SharedStores
from pipelines.stores.sqlite.bookmarks import SqliteFeedBookmarks
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.fact_cache import SqliteFactCache
from pipelines.stores.sqlite.filings import SqliteFilings
from pipelines.stores.sqlite.frontier import SqliteFrontier
from pipelines.stores.sqlite.inspection import Inspection
from pipelines.stores.sqlite.marks import SqliteMarks
from pipelines.stores.sqlite.queries import SqliteQueryLedger
from pipelines.stores.sqlite.shelf import SqliteShelf
from pipelines.stores.sqlite.store_file import SqliteStoreFile
from pipelines.stores.sqlite.tallies import SqliteRunTallies
from pipelines.terms import term_lexicon
from pipelines.weights import WeightsFolder

__all__ = [
    "SHELF_NAMES", "Case", "backup_of", "checked_store", "kept_snapshots", "open_case", "open_filings", "open_queries", "open_shelf", "restore_of",
]  # fmt: skip

SHELF_NAMES = ("sqlite", "elasticsearch")
"""Stores a case can be copied between; `sqlite:PATH` is another SQLite file."""


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
    tallies: RunTallies
    queries: QueryLedger
    feed_bookmarks: FeedBookmarks
    names: NameStore
    filings: SqliteFilings
    """The filing registry: looked up (`FilingRegistry`) and replaced (`FilingImports`)."""
    marks: MarkStore
    mark_books: MarkBooks
    evidence: EvidenceStore
    intake: Intake
    shared_work: SharedWork | None = None
    """None: `workers.redis_url` is empty, this process works alone."""
    _database: Database = field(repr=False)
    _shared: SharedStores | None = field(repr=False, default=None)
    _bench: Bench = field(repr=False)

    @property
    def detectors(self) -> tuple[Detector, ...]:
        """Return the detectors as they judge now."""
        return self._bench.detectors

    def refresh_detectors(self) -> None:
        """Build the detectors anew and note what official pages carry, after snapshots were taken."""
        self.mark_books.note_official(self.snapshots.all())
        self._bench.refresh()

    @contextmanager
    def judged_aside(self) -> Iterator[None]:
        """Let a process of its own judge meanwhile; detectors are not to be refreshed within."""
        weights = WeightsFolder(self.settings.home).in_force()
        with JudgedAside(self._bench.knowledge, weights) as aside, self.intake.judged_aside(aside):
            yield

    def close(self) -> None:
        """Let go of the store."""
        self._database.close()
        if self._shared:
            self._shared.close()
        if self.shared_work:
            self.shared_work.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def kept_snapshots(settings: Settings) -> tuple[OfficialSnapshot, ...]:
    """Return the snapshots staff took, for who judges without a case; none where this home folder has no store yet."""
    path = settings.home / settings.store.path
    if settings.store.kind == "sqlite" and not path.is_file():
        return ()
    database = Database(path, busy_timeout_s=settings.store.busy_timeout_s)
    try:
        shared = shared_stores(settings, database, SystemClock())
        try:
            return shared.snapshots.all()
        finally:
            shared.close()
    finally:
        database.close()


def open_case(settings: Settings, clock: Clock | None = None) -> Case:
    """Open the store and the evidence vault below the home folder.

    Raises `StoreUnavailable` when the store cannot be used, `InputUnreadable` when an imported roster, terms or the adopted weights are damaged.
    """
    clock, roster, lexicon = clock or SystemClock(), official_roster(settings), term_lexicon(settings)
    work = shared_work(settings)
    database = Database(settings.home / settings.store.path, busy_timeout_s=settings.store.busy_timeout_s)
    try:
        shared = shared_stores(settings, database, clock)
    except BaseException:
        database.close()
        raise
    evidence, filings, marks = Vault(settings.home / "evidence"), SqliteFilings(database), SqliteMarks(database)
    books = MarkBooks(marks, roster, keyed_pseudonym(settings.home, "mark"))
    leads = FollowedLeads(shared.leads, books)

    def knowledge() -> Knowledge:
        institutions = known_institutions(settings)
        return Knowledge(roster=roster, lexicon=lexicon, snapshots=shared.snapshots.all(), institutions=institutions)

    bench = Bench(knowledge)
    return Case(
        settings=settings,
        clock=clock,
        roster=roster,
        lexicon=lexicon,
        leads=leads,
        observations=shared.observations,
        audit=shared.audit,
        accounts=shared.accounts,
        saved_searches=shared.saved_searches,
        snapshots=shared.snapshots,
        fact_cache=SqliteFactCache(database),
        frontier=work.frontier if work else SqliteFrontier(database),
        runs=shared.runs,
        tallies=work.tallies if work else SqliteRunTallies(database),
        queries=work.queries if work else SqliteQueryLedger(database),
        feed_bookmarks=SqliteFeedBookmarks(database),
        names=shared.names,
        filings=filings,
        marks=marks,
        mark_books=books,
        evidence=evidence,
        intake=Intake(
            evidence=evidence,
            observations=shared.observations,
            leads=leads,
            detectors=lambda: bench.detectors,
            weights=WeightsFolder(settings.home).in_force(),
            filings=filings,
            marks=books,
            rechecks=RecheckBook(leads, marks, clock, roster.is_official),
            names=NameWatch(shared.names, clock),
        ),
        shared_work=work,
        _database=database,
        _shared=shared,
        _bench=bench,
    )


@contextmanager
def open_filings(settings: Settings) -> Iterator[FilingRegistry | None]:
    """Give the filing registry alone; None: no store was ever made. Raises `StoreUnavailable` when it cannot be used."""
    with _own_file(settings) as database:
        yield SqliteFilings(database) if database else None


@contextmanager
def open_queries(settings: Settings) -> Iterator[QueryLedger | None]:
    """Give the ledger of queries alone, that of all workers where there are several; None: no store was ever made.

    Raises `SettingInvalid`, `StoreUnavailable`.
    """
    if work := shared_work(settings):
        try:
            yield work.queries
        finally:
            work.close()
        return
    with _own_file(settings) as database:
        yield SqliteQueryLedger(database) if database else None


@contextmanager
def _own_file(settings: Settings) -> Iterator[Database | None]:
    """Give the machine's own SQLite file; None: there is none yet."""
    path = settings.home / settings.store.path
    if not path.exists():
        yield None
        return
    database = Database(path, busy_timeout_s=settings.store.busy_timeout_s)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def open_shelf(settings: Settings, name: str, *, may_be_made: bool = False) -> Iterator[Place]:
    """Give a whole store by its name (`SHELF_NAMES`), to be copied or checked.

    Raises `UsageError` for a name nobody knows and, unless it may be made, for a SQLite file that is not there; `StoreUnavailable`.
    """
    kind, _, path_text = name.partition(":")
    if kind not in SHELF_NAMES or (path_text and kind != "sqlite"):
        raise UsageError(
            f"没有名为 {name} 的数据存储，可用的有：{'、'.join(SHELF_NAMES)}，或 sqlite:文件路径。",
            f"There is no store called {name}; there are {', '.join(SHELF_NAMES)}, or sqlite:PATH.",
        )
    path = Path(path_text).absolute() if path_text else settings.home / settings.store.path
    if kind == "sqlite" and not may_be_made and not path.is_file():
        raise UsageError(f"找不到数据存储文件 {path}。", f"There is no store {path}.")
    # The cluster first: where it cannot be used, no file is made.
    with opened_cluster(settings) if kind == "elasticsearch" else nullcontext() as cluster:
        database = Database(path, busy_timeout_s=settings.store.busy_timeout_s)
        try:
            if cluster:
                yield cluster_place(cluster_shelf(cluster, database), str(path))
            else:
                yield Place(str(path), SqliteShelf(database))
        finally:
            database.close()


def backup_of(settings: Settings, clock: Clock, progress: Progress) -> Backup:
    """Return what backs this home folder up. Raises `UsageError` where there is no store yet."""
    home, path = settings.home, settings.home / settings.store.path
    if not path.is_file():
        raise UsageError(
            f"找不到数据存储文件 {path}，没有可备份的内容。", f"There is no store {path}; there is nothing to back up."
        )
    inside = str(path.relative_to(home)) if path.is_relative_to(home) else path.name
    feeds = (home / feed.path for feed in settings.feeds if feed.kind == "folder")
    inputs = frozenset(str(one.relative_to(home)) for one in feeds if one.is_relative_to(home))
    is_shared = settings.store.kind == "elasticsearch"
    store: StoreFile = ClusterStoreFile(settings, clock) if is_shared else SqliteStoreFile(path)
    return Backup(home, store, clock, progress, store_path=inside, leaves_out=inputs)


def restore_of(settings: Settings, backup: Path, progress: Progress) -> Restore:
    """Return what restores a backup to this home folder. Raises `BackupRefused`."""
    path = settings.home / settings.store.path
    return Restore(backup, settings.home, SqliteStoreFile(path), progress)


def checked_store(settings: Settings, progress: Progress, *, is_quick: bool = False) -> Iterator[CheckFault]:
    """Yield all that is off with the store of the settings; quick: without reading evidence and the index of words.

    Raises `UsageError` where there is no store, `StoreUnavailable` where it cannot be read for another reason than damage.
    """
    path, is_damaged = settings.home / settings.store.path, False
    with open_shelf(settings, settings.store.kind) as place:
        try:
            if path.is_file():
                database = Database(path, busy_timeout_s=settings.store.busy_timeout_s)
                try:
                    for fault in Inspection(database, progress).faults(is_quick=is_quick):
                        is_damaged |= fault.about == "file"
                        yield fault
                finally:
                    database.close()
            yield from check_documents(place.shelf, progress)
            if not is_quick:
                yield from check_evidence(place.shelf, Vault(settings.home / "evidence"), progress)
        except StoreUnavailable as error:
            if not is_damaged:
                raise
            yield CheckFault("file", "", error.zh, error.en)
