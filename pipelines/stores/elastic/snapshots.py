"""Snapshots of official pages in Elasticsearch."""

import hashlib
from typing import Any

from detectors.model import OfficialSnapshot
from pipelines.moves.shelf import Kind, instant_key, join_key
from pipelines.ports import SNAPSHOT_VERSIONS
from pipelines.stores.elastic.connection import Cluster
from pipelines.stores.elastic.index import Index

__all__ = ["ElasticSnapshots"]

_PAGE = 1000


class ElasticSnapshots:
    """A `SnapshotStore`."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.index = Index(cluster, Kind.SNAPSHOTS)

    def put(self, snapshot: OfficialSnapshot) -> None:
        """Keep it as a version of its URL; of more than `SNAPSHOT_VERSIONS` the oldest go."""
        key = join_key(snapshot.url, instant_key(snapshot.taken_at))
        self.index.put(self.index.row(key, 1, snapshot))
        hits = self._of_url(snapshot.url, source_includes=["key"])
        self.index.delete([hit["_source"]["key"] for hit in hits[SNAPSHOT_VERSIONS:]])

    def all(self) -> tuple[OfficialSnapshot, ...]:
        """Return the newest of each URL, by URL."""
        hits = self.index.search(
            collapse={"field": "url_sha256"}, sort=[{"taken": "desc"}], size=_PAGE, source_includes=["document"]
        )["hits"]["hits"]
        return tuple(sorted((self._snapshot(hit) for hit in hits), key=lambda one: one.url))

    def versions(self, url: str) -> tuple[OfficialSnapshot, ...]:
        """Return every kept version of the URL, the newest first."""
        return tuple(self._snapshot(hit) for hit in self._of_url(url, source_includes=["document"]))

    def _of_url(self, url: str, **more: Any) -> list[dict[str, Any]]:
        of_url = {"term": {"url_sha256": {"value": hashlib.sha256(url.encode()).hexdigest()}}}
        return list(self.index.search(query=of_url, sort=[{"taken": "desc"}], size=_PAGE, **more)["hits"]["hits"])

    def _snapshot(self, hit: dict[str, Any]) -> OfficialSnapshot:
        return self._cluster.document(OfficialSnapshot, hit["_source"]["document"])
