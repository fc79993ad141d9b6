"""Accounts in Elasticsearch."""

from pipelines.model import Account
from pipelines.moves.shelf import Kind
from pipelines.stores.elastic.connection import Cluster
from pipelines.stores.elastic.index import Index

__all__ = ["ElasticAccounts"]


class ElasticAccounts:
    """An `AccountStore`."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.index = Index(cluster, Kind.ACCOUNTS)

    def get(self, name: str) -> Account | None:
        """Return the account, or None."""
        stored = self.index.get(name) if name else None
        return self._cluster.document(Account, stored.content) if stored else None

    def put(self, account: Account) -> None:
        """Create or replace it."""
        self.index.put(self.index.row(account.name, 1, account))

    def all(self) -> tuple[Account, ...]:
        """Return all accounts by name."""
        return tuple(self._cluster.document(Account, stored.content) for stored in self.index.walk())
