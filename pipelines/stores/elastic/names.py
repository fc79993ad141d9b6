"""Watched names in Elasticsearch: the record as a document, its changes in a log of their own.

Record and changes are written together although the server knows no transaction: the record is written with its changes still
`pending`, and they are moved from there into the log, where each has the id of the write that made it. Whoever comes upon pending
changes, the writer itself or a reader after the writer died, moves them. Position n of the log is created under id n or not at all,
and only by somebody who has looked at everything before n: so a change is logged once, whoever moves it and however often.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pipelines.documents import encode
from pipelines.model import Versioned
from pipelines.moves.shelf import Kind, LookedUpTo, number_key
from pipelines.name_record import LoggedChange, NameChange, NameCounts, NameRecord
from pipelines.search.fields import microseconds
from pipelines.stores.elastic.connection import Cluster, IndexMoved
from pipelines.stores.elastic.index import Index, Stored

__all__ = ["ElasticNames"]

_LOOKED = "looked_up_to"
_PRESENCES = 100


class ElasticNames:
    """A `NameStore`."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self.index = Index(cluster, Kind.NAMES)
        self.log = Index(cluster, Kind.NAME_CHANGES)
        self.looks = Index(cluster, Kind.NAME_LOOKS)
        self._last = 0

    def get(self, host: str) -> Versioned[NameRecord] | None:
        """Return the record of a name, or None."""
        stored = self.index.get(host)
        return Versioned(self._record(stored.content), stored.version) if stored else None

    def put(self, record: NameRecord, expected_version: int, changes: Sequence[NameChange] = ()) -> int:
        """Write the record and log the changes if the stored version is the expected one. Raises `VersionConflict`."""
        pending = [encode(change).decode() for change in changes]
        # Whatever of ours is logged, it is logged behind this: what comes now was not written yet.
        last = self._last_position() if pending else 0
        patience = self._cluster.patience()
        while True:
            stored = self.index.get_at(record.host, expected_version)
            if stored:
                self._log_pending(stored)
            row = self.index.row(record.host, expected_version + 1, record)
            row.body.update(has_pending=bool(pending), pending=pending)
            with contextlib.suppress(IndexMoved):
                if made := self.index.write(row, stored, is_seen=False):
                    self._move_pending(made, last)
                    return expected_version + 1
            patience.wait()

    def changes(
        self, *, after: int = 0, since: datetime | None = None, with_quiet: bool = False, limit: int = 1000
    ) -> tuple[LoggedChange, ...]:
        """Return logged changes in the order they were written."""
        self.settle()
        conditions: list[dict[str, Any]] = [{"range": {"position": {"gt": after}}}]
        if not with_quiet:
            conditions.append({"term": {"is_notice": {"value": True}}})
        if since is not None:
            conditions.append({"range": {"noted": {"gte": microseconds(since)}}})
        hits = self.log.hits(
            limit,
            query={"bool": {"filter": conditions}},
            sort=[{"position": "asc"}],
            source_includes=["document"],
        )
        return tuple(self._cluster.document(LoggedChange, hit["_source"]["document"]) for hit in hits)

    def due(self, at: datetime, limit: int = 1000) -> tuple[NameRecord, ...]:
        """Return the names to be looked at by then."""
        hits = self.index.hits(
            limit,
            query={"range": {"due": {"lte": microseconds(at)}}},
            sort=[{"due": "asc"}, {"score": "desc"}, {"key": "asc"}],
            source_includes=["document"],
        )
        return tuple(self._record(hit["_source"]["document"]) for hit in hits)

    def counts(self, at: datetime) -> NameCounts:
        """Count names and new notices."""
        self.settle()
        answer = self.index.search(
            size=0,
            aggs={
                "presence": {"terms": {"field": "presence", "size": _PRESENCES}},
                "due": {"filter": {"range": {"due": {"lte": microseconds(at)}}}},
            },
        )["aggregations"]
        new = {"bool": {"filter": [
            {"range": {"position": {"gt": self.looked_up_to()}}}, {"term": {"is_notice": {"value": True}}}
        ]}}  # fmt: skip
        return NameCounts(
            by_presence={one["key"]: one["doc_count"] for one in answer["presence"]["buckets"]},
            due=answer["due"]["doc_count"],
            new_notices=self.log.search(size=0, track_total_hits=True, query=new)["hits"]["total"]["value"],
        )

    def looked_up_to(self) -> int:
        """Return the position up to which changes were looked at."""
        stored = self.looks.get(_LOOKED)
        return int(stored.source["position"]) if stored else 0

    def note_look(self, position: int) -> None:
        """Remember a look."""
        patience = self._cluster.patience()
        while True:
            stored = self.looks.get(_LOOKED)
            if stored and stored.source["position"] >= position:
                return
            with contextlib.suppress(IndexMoved):
                if self.looks.write(self.looks.row(_LOOKED, 1, LookedUpTo(position=position)), stored):
                    return
            patience.wait()

    def _record(self, content: str) -> NameRecord:
        return self._cluster.document(NameRecord, content)

    def settle(self) -> None:
        """Move all pending changes into the log, also those of writers that died."""
        waiting = self.index.hits(
            query={"term": {"has_pending": {"value": True}}}, sort=[{"key": "asc"}], source_includes=["key"]
        )
        for hit in list(waiting):
            stored = self.index.get(hit["_source"]["key"])
            if stored:
                self._move_pending(stored)

    def _move_pending(self, stored: Stored, last: int | None = None) -> None:
        """Log what a record has pending, then take it off the record. If somebody writes the record meanwhile, they take it off."""
        if not stored.source.get("has_pending"):
            return
        self._log_pending(stored, last)
        row = self.index.row(stored.key, stored.version, self._record(stored.content), stored.content)
        row.body.update(has_pending=False, pending=[])
        with contextlib.suppress(IndexMoved):
            self.index.write(row, stored, is_seen=False)

    def _log_pending(self, stored: Stored, last: int | None = None) -> None:
        """Append to the log what is pending and not there yet; `last`: a position up to which none of it can be, None: look."""
        pending = stored.source.get("pending") or []
        ids = [f"{stored.key}@{stored.version}#{place}" for place in range(len(pending))]
        known: set[str] = set()
        if last is None and pending:
            # In this order: what is logged behind `last` meanwhile turns up when we append, what is before it is seen by the search.
            last = self._last_position()
            known = self._logged(ids)
        for change_id, content in zip(ids, pending, strict=True):
            if change_id not in known:
                change = self._cluster.document(NameChange, content)
                entry = LoggedChange(position=0, host=stored.key, imitates=stored.source["imitates"], change=change)
                last = self._append(change_id, last or 0, entry)

    def _append(self, change_id: str, last: int, entry: LoggedChange) -> int:
        """Create the entry at the first free position behind `last`, unless it turns up on the way; return its position."""
        position = last
        while True:
            position += 1
            row = self.log.row(number_key(position), 1, replace(entry, position=position))
            row.body["change_id"] = change_id
            if self.log.write(row, None, is_seen=False):
                break
            there = self.log.get(number_key(position), version_only=True)
            if there and there.source.get("change_id") == change_id:
                break
        self._last = max(self._last, position)
        return position

    def _last_position(self) -> int:
        """Return a position that is taken, and none or few behind it."""
        if not self._last:
            newest = self.log.search(size=1, sort=[{"position": "desc"}], source_includes=["position"])["hits"]["hits"]
            self._last = newest[0]["_source"]["position"] if newest else 0
        return self._last

    def _logged(self, change_ids: Sequence[str]) -> set[str]:
        """Return which of these are in the log, everything written by anybody until now counted."""
        self.log.note_unseen()
        hits = self.log.hits(
            query={"terms": {"change_id": list(change_ids)}}, sort=[{"position": "asc"}], source_includes=["change_id"]
        )
        return {hit["_source"]["change_id"] for hit in hits}
