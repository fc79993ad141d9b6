"""Every port that lives in the cluster, built from the settings."""

from pathlib import Path

from pipelines.errors import SettingInvalid
from pipelines.ports import Clock
from pipelines.settings import ElasticsearchSettings, Settings
from pipelines.stores.elastic.accounts import ElasticAccounts
from pipelines.stores.elastic.audit import ElasticAudit
from pipelines.stores.elastic.connection import Cluster, Credentials
from pipelines.stores.elastic.leads import ElasticLeads
from pipelines.stores.elastic.names import ElasticNames
from pipelines.stores.elastic.observations import ElasticObservations
from pipelines.stores.elastic.runs import ElasticRuns
from pipelines.stores.elastic.saved_searches import ElasticSavedSearches
from pipelines.stores.elastic.snapshots import ElasticSnapshots
from pipelines.stores.shared_model import SharedStores

__all__ = ["cluster_of", "stores_of"]


def stores_of(cluster: Cluster, clock: Clock) -> SharedStores:
    """Return the stores of a cluster. Nothing is asked or made before it is used; closing them lets go of the cluster."""
    return SharedStores(
        leads=ElasticLeads(cluster, clock),
        observations=ElasticObservations(cluster),
        audit=ElasticAudit(cluster),
        accounts=ElasticAccounts(cluster),
        saved_searches=ElasticSavedSearches(cluster),
        snapshots=ElasticSnapshots(cluster),
        runs=ElasticRuns(cluster),
        names=ElasticNames(cluster),
        close=cluster.close,
    )


def cluster_of(settings: Settings) -> Cluster:
    """Return the cluster the settings name, after it answered. Raises `SettingInvalid`, `StoreUnavailable`."""
    wanted = settings.store.elasticsearch
    if not wanted.nodes:
        raise _invalid(settings, "nodes", "没有写明集群节点", "no node is named")
    ca_file = settings.home / wanted.ca_file if wanted.ca_file else None
    if ca_file and not ca_file.is_file():
        raise _invalid(settings, "ca_file", f"找不到文件 {ca_file}", f"there is no file {ca_file}")
    cluster = Cluster(
        wanted.nodes,
        _credentials(settings, wanted),
        ca_file=str(ca_file) if ca_file else None,
        prefix=wanted.prefix,
        shards=wanted.shards,
        replicas=wanted.replicas,
        refresh_ms=wanted.refresh_ms,
        timeout_s=wanted.timeout_s,
        patience_s=wanted.patience_s,
    )
    try:
        cluster.check()
    except BaseException:
        cluster.close()
        raise
    return cluster


def _credentials(settings: Settings, wanted: ElasticsearchSettings) -> Credentials:
    password = wanted.password.get_secret_value() or _secret(settings, "password_file", wanted.password_file)
    api_key = wanted.api_key.get_secret_value() or _secret(settings, "api_key_file", wanted.api_key_file)
    return Credentials(username=wanted.username, password=password, api_key=api_key)


def _secret(settings: Settings, key: str, path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return (settings.home / path).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise _invalid(
            settings, key, f"文件 {path} 无法读取（{error}）", f"the file {path} cannot be read ({error})"
        ) from error


def _invalid(settings: Settings, key: str, zh: str, en: str) -> SettingInvalid:
    dotted = f"store.elasticsearch.{key}"
    return SettingInvalid(dotted, settings.origins.get(dotted, "jianwei.toml"), zh, en)
