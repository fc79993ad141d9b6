"""The observation log in Elasticsearch."""

from detectors.model import Observation
from pipelines.moves.shelf import KeptObservation, Kind
from pipelines.stores.elastic.connection import Cluster
from pipelines.stores.elastic.index import Index
from pipelines.trim import trim

__all__ = ["ElasticObservations"]


class ElasticObservations:
    """An `ObservationLog`."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.index = Index(cluster, Kind.OBSERVATIONS)

    def add(self, observation: Observation, lead_id: str) -> bool:
        """Keep it, trimmed; return False if the same one was kept before."""
        kept = KeptObservation(lead_id=lead_id, observation=trim(observation))
        return bool(self.index.write(self.index.row(observation.identity, 1, kept), None, is_seen=False))

    def of_lead(self, lead_id: str) -> tuple[Observation, ...]:
        """Return the observations that made a lead, oldest first."""
        hits = self.index.hits(
            query={"term": {"lead_id": {"value": lead_id}}},
            sort=[{"observed": "asc"}, {"key": "asc"}],
            source_includes=["document"],
        )
        return tuple(self._cluster.document(KeptObservation, hit["_source"]["document"]).observation for hit in hits)
