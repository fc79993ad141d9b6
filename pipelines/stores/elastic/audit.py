"""The audit log in Elasticsearch: entry n is created under id n or not at all, so that two writers can never both be n."""

import threading
from datetime import datetime

from pipelines.audit import chained, fits
from pipelines.documents import decode
from pipelines.model import AuditEvent
from pipelines.moves.shelf import Kind, number_key
from pipelines.stores.elastic.connection import Cluster
from pipelines.stores.elastic.index import Index

__all__ = ["ElasticAudit"]


class ElasticAudit:
    """An `AuditLog`."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.index = Index(cluster, Kind.AUDIT)
        self._last: AuditEvent | None = None
        self._lock = threading.Lock()

    def append(self, at: datetime, by: str, act: str, about: str, detail: str = "") -> AuditEvent:
        """Add one entry after the last: tried under the next number until nobody else was there before."""
        with self._lock:
            previous = self._last or self._newest()
            while True:
                entry = chained(previous, at, by, act, about, detail)
                row = self.index.row(number_key(entry.number), 1, entry)
                if self.index.write(row, None, is_seen=False):
                    self._last = entry
                    return entry
                previous = self._entry(entry.number) or previous

    def entries(self, about: str = "", limit: int = 1000) -> tuple[AuditEvent, ...]:
        """Return the newest entries first."""
        hits = self.index.hits(
            limit,
            query={"term": {"about": {"value": about}}} if about else {"match_all": {}},
            sort=[{"number": "desc"}],
            source_includes=["document"],
        )
        return tuple(self._cluster.document(AuditEvent, hit["_source"]["document"]) for hit in hits)

    def first_broken(self) -> int | None:
        """Return the number of the first entry that does not fit the chain, or None."""
        previous = None
        for expected, stored in enumerate(self.index.walk(), start=1):
            entry = _readable(stored.content)
            is_own = entry and (stored.key, stored.source["number"], stored.source["about"]) == (
                number_key(entry.number),
                entry.number,
                entry.about,
            )
            if entry is None or not is_own or not fits(entry, previous):
                return expected
            previous = entry
        return None

    def _newest(self) -> AuditEvent | None:
        newest = self.entries(limit=1)
        return newest[0] if newest else None

    def _entry(self, number: int) -> AuditEvent | None:
        stored = self.index.get(number_key(number))
        return self._cluster.document(AuditEvent, stored.content) if stored else None


def _readable(content: str) -> AuditEvent | None:
    try:
        return decode(AuditEvent, content)
    except ValueError:
        return None
