"""The stores that staff share, on whichever kind the settings name. The cluster's client is loaded only where a cluster is used."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipelines.errors import SettingInvalid
from pipelines.moves.copy import Place
from pipelines.ports import Clock
from pipelines.settings import Settings
from pipelines.stores.shared_model import SharedStores
from pipelines.stores.sqlite.accounts import SqliteAccounts
from pipelines.stores.sqlite.audit import SqliteAudit
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.leads import SqliteLeads
from pipelines.stores.sqlite.log import SqliteObservations
from pipelines.stores.sqlite.names import SqliteNames
from pipelines.stores.sqlite.runs import SqliteRuns
from pipelines.stores.sqlite.saved_searches import SqliteSavedSearches
from pipelines.stores.sqlite.shelf import SqliteShelf
from pipelines.stores.sqlite.snapshots import SqliteSnapshots

if TYPE_CHECKING:
    from pipelines.stores.elastic.connection import Cluster
    from pipelines.stores.elastic.shelf import ClusterShelf

__all__ = ["cluster_place", "cluster_shelf", "opened_cluster", "shared_stores"]


def shared_stores(settings: Settings, database: Database, clock: Clock) -> SharedStores:
    """Return the shared stores; `database` is this machine's own file. Raises `SettingInvalid`, `StoreUnavailable`."""
    if settings.store.kind == "elasticsearch":
        _check_client(settings)
        from pipelines.stores.elastic.stores import cluster_of, stores_of

        return stores_of(cluster_of(settings), clock)
    return SharedStores(
        leads=SqliteLeads(database, clock),
        observations=SqliteObservations(database),
        audit=SqliteAudit(database),
        accounts=SqliteAccounts(database),
        saved_searches=SqliteSavedSearches(database),
        snapshots=SqliteSnapshots(database),
        runs=SqliteRuns(database),
        names=SqliteNames(database),
        close=lambda: None,
    )


def cluster_shelf(cluster: "Cluster", database: Database) -> "ClusterShelf":
    """Return a cluster with this machine's own file as one shelf."""
    from pipelines.stores.elastic.shelf import ClusterShelf

    return ClusterShelf(cluster, SqliteShelf(database))


def cluster_place(shelf: "ClusterShelf", own_name: str) -> Place:
    """Return such a shelf and where it is; `own_name`: of this machine's own file."""
    return Place(shelf.name, shelf, dict.fromkeys(shelf.own_kinds, own_name))


@contextmanager
def opened_cluster(settings: Settings) -> Iterator["Cluster"]:
    """Give the cluster of the settings itself. Raises `SettingInvalid`, `StoreUnavailable`."""
    _check_client(settings)
    from pipelines.stores.elastic.stores import cluster_of

    cluster = cluster_of(settings)
    try:
        yield cluster
    finally:
        cluster.close()


def _check_client(settings: Settings) -> None:
    from importlib.util import find_spec

    if find_spec("elasticsearch") is None:
        raise SettingInvalid(
            "store.kind",
            settings.origins.get("store.kind", "jianwei.toml"),
            "没有安装 Elasticsearch 客户端，请运行 pip install 'jianwei[cluster]'",
            "the Elasticsearch client is not installed: pip install 'jianwei[cluster]'",
        )
