"""Run reports in Elasticsearch."""

import contextlib
from collections.abc import Callable
from dataclasses import replace

from pipelines.model import RunReport, StopRequest
from pipelines.moves.shelf import Kind
from pipelines.run_stop import asked_to_stop, with_stop_of
from pipelines.stores.elastic.connection import Cluster, IndexMoved
from pipelines.stores.elastic.index import Index

__all__ = ["ElasticRuns"]


class ElasticRuns:
    """A `RunStore`."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.index = Index(cluster, Kind.RUNS)

    def put(self, report: RunReport) -> None:
        """Create or replace the report of its id; a running sweep writes it often and waits for no search."""
        self._change(report.id, lambda stored: with_stop_of(stored, report), is_seen=False)

    def latest(self, limit: int = 20) -> tuple[RunReport, ...]:
        """Return the newest reports first."""
        hits = self.index.hits(limit, sort=[{"started": "desc"}, {"key": "desc"}], source_includes=["document"])
        return tuple(self._cluster.document(RunReport, hit["_source"]["document"]) for hit in hits)

    def ask_to_stop(self, run_id: str, request: StopRequest) -> StopRequest | None:
        """Keep the request and return the one that holds; None: there is no such run, or it has ended."""
        report = self._change(run_id, lambda stored: asked_to_stop(stored, request))
        return report.stop if report else None

    def stop_request(self, run_id: str) -> StopRequest | None:
        """Return the request to stop as it stands now."""
        stored = self.index.get(run_id)
        return self._cluster.document(RunReport, stored.content).stop if stored else None

    def withdraw_stop(self, run_id: str) -> None:
        """Forget the request."""
        self._change(run_id, lambda stored: replace(stored, stop=None) if stored else None)

    def _change(
        self, run_id: str, change: Callable[[RunReport | None], RunReport | None], *, is_seen: bool = True
    ) -> RunReport | None:
        """Write what the change makes of the stored report, of the newest one should others write meanwhile; None: nothing is written."""
        patience = self._cluster.patience()
        while True:
            stored = self.index.get(run_id)
            report = change(self._cluster.document(RunReport, stored.content) if stored else None)
            if report is None:
                return None
            with contextlib.suppress(IndexMoved):
                if self.index.write(self.index.row(run_id, 1, report), stored, is_seen=is_seen):
                    return report
            patience.wait()
