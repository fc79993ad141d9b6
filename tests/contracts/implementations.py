"""Every port, in memory, on a SQLite file, and on an Elasticsearch with the SQLite file for what is the machine's own."""

from dataclasses import dataclass, fields, replace
from pathlib import Path

from pipelines.evidence.vault import Vault
from pipelines.stores import memory
from pipelines.stores.elastic.connection import Cluster
from pipelines.stores.elastic.shelf import ClusterShelf
from pipelines.stores.elastic.stores import stores_of
from pipelines.stores.memory_feeds import MemoryFeedBookmarks
from pipelines.stores.memory_filings import MemoryFilings
from pipelines.stores.memory_marks import MemoryMarks
from pipelines.stores.memory_names import MemoryNames
from pipelines.stores.memory_queries import MemoryQueryLedger, MemoryRunTallies
from pipelines.stores.memory_shelf import MemoryShelf
from pipelines.stores.sqlite.accounts import SqliteAccounts
from pipelines.stores.sqlite.audit import SqliteAudit
from pipelines.stores.sqlite.bookmarks import SqliteFeedBookmarks
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.fact_cache import SqliteFactCache
from pipelines.stores.sqlite.filings import SqliteFilings
from pipelines.stores.sqlite.frontier import SqliteFrontier
from pipelines.stores.sqlite.lead_reads import Effort
from pipelines.stores.sqlite.leads import SqliteLeads
from pipelines.stores.sqlite.log import SqliteObservations
from pipelines.stores.sqlite.marks import SqliteMarks
from pipelines.stores.sqlite.names import SqliteNames
from pipelines.stores.sqlite.queries import SqliteQueryLedger
from pipelines.stores.sqlite.runs import SqliteRuns
from pipelines.stores.sqlite.saved_searches import SqliteSavedSearches
from pipelines.stores.sqlite.shelf import SqliteShelf
from pipelines.stores.sqlite.snapshots import SqliteSnapshots
from pipelines.stores.sqlite.tallies import SqliteRunTallies


@dataclass(frozen=True)
class Stores:
    leads: object
    observations: object
    audit: object
    accounts: object
    saved_searches: object
    snapshots: object
    fact_cache: object
    frontier: object
    runs: object
    tallies: object
    queries: object
    names: object
    evidence: object
    feed_bookmarks: object
    filings: object
    marks: object
    shelf: object = None
    """Over the stores above; None: this implementation has none."""


def in_memory(clock) -> Stores:
    stores = Stores(
        leads=memory.MemoryLeads(clock),
        observations=memory.MemoryObservations(),
        audit=memory.MemoryAudit(),
        accounts=memory.MemoryAccounts(),
        saved_searches=memory.MemorySavedSearches(),
        snapshots=memory.MemorySnapshots(),
        fact_cache=memory.MemoryFactCache(),
        frontier=memory.MemoryFrontier(),
        runs=memory.MemoryRuns(),
        tallies=MemoryRunTallies(),
        queries=MemoryQueryLedger(),
        names=MemoryNames(),
        evidence=memory.MemoryEvidence(),
        feed_bookmarks=MemoryFeedBookmarks(),
        filings=MemoryFilings(),
        marks=MemoryMarks(),
    )
    own = {one.name: getattr(stores, one.name) for one in fields(MemoryShelf) if one.init}
    return replace(stores, shelf=MemoryShelf(**own))


def on_sqlite(database: Database, folder: Path, clock, effort: Effort | None = None) -> Stores:
    return Stores(
        leads=SqliteLeads(database, clock, effort or Effort()),
        observations=SqliteObservations(database),
        audit=SqliteAudit(database),
        accounts=SqliteAccounts(database),
        saved_searches=SqliteSavedSearches(database),
        snapshots=SqliteSnapshots(database),
        fact_cache=SqliteFactCache(database),
        frontier=SqliteFrontier(database),
        runs=SqliteRuns(database),
        tallies=SqliteRunTallies(database),
        queries=SqliteQueryLedger(database),
        names=SqliteNames(database),
        evidence=Vault(folder / "evidence"),
        feed_bookmarks=SqliteFeedBookmarks(database),
        filings=SqliteFilings(database),
        marks=SqliteMarks(database),
        shelf=SqliteShelf(database),
    )


def on_elastic(cluster: Cluster, database: Database, folder: Path, clock) -> Stores:
    own, shared = on_sqlite(database, folder, clock), stores_of(cluster, clock)
    ports = {one.name: getattr(shared, one.name) for one in fields(shared) if one.name != "close"}
    return replace(own, **ports, shelf=ClusterShelf(cluster, SqliteShelf(database)))
