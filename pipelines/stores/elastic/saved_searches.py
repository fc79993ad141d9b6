"""Saved searches in Elasticsearch."""

from pipelines.model import SavedSearch
from pipelines.moves.shelf import Kind, join_key
from pipelines.stores.elastic.connection import Cluster
from pipelines.stores.elastic.index import Index

__all__ = ["ElasticSavedSearches"]


class ElasticSavedSearches:
    """A `SavedSearches`."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.index = Index(cluster, Kind.SAVED_SEARCHES)

    def put(self, search: SavedSearch) -> None:
        """Create or replace the owner's search of that name."""
        self.index.put(self.index.row(join_key(search.owner, search.name), 1, search))

    def delete(self, owner: str, name: str) -> bool:
        """Forget it; return False if there was none."""
        return self.index.delete([join_key(owner, name)]) == 1

    def of(self, owner: str) -> tuple[SavedSearch, ...]:
        """Return an owner's searches by name."""
        hits = self.index.hits(
            query={"term": {"owner": {"value": owner}}}, sort=[{"key": "asc"}], source_includes=["document"]
        )
        return tuple(self._cluster.document(SavedSearch, hit["_source"]["document"]) for hit in hits)
