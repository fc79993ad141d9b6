"""Run reports in Elasticsearch."""

from pipelines.model import RunReport
from pipelines.moves.shelf import Kind
from pipelines.stores.elastic.connection import Cluster
from pipelines.stores.elastic.index import Index

__all__ = ["ElasticRuns"]


class ElasticRuns:
    """A `RunStore`."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.index = Index(cluster, Kind.RUNS)

    def put(self, report: RunReport) -> None:
        """Create or replace the report of its id; a running sweep writes it often and waits for no search."""
        self.index.put(self.index.row(report.id, 1, report), is_seen=False)

    def latest(self, limit: int = 20) -> tuple[RunReport, ...]:
        """Return the newest reports first."""
        hits = self.index.hits(limit, sort=[{"started": "desc"}, {"key": "desc"}], source_includes=["document"])
        return tuple(self._cluster.document(RunReport, hit["_source"]["document"]) for hit in hits)
