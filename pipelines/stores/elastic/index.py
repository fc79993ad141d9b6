"""One index behind its alias: read, compare-and-set, search, walk.

Every document carries its `version` (the contract's), its `key` (sorted by), the whole `document` as JSON text, and `write_id`, a
number of the write that made it. A write names the sequence number it replaces, or that nothing is there; where the answer got lost
and the write was sent again, the second is refused, and the `write_id` found there says that the first one was ours.

A write after a read goes to the very index that was read, not to the alias: if a reindex puts another index behind the alias in
between, sequence numbers of the old one mean nothing in the new.
"""

import contextlib
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import msgspec
from elasticsearch import BadRequestError, ConflictError, Elasticsearch, NotFoundError

from pipelines.documents import encode
from pipelines.errors import VersionConflict
from pipelines.moves.shelf import Kind
from pipelines.stores.elastic.connection import Cluster, IndexMoved
from pipelines.stores.elastic.layouts import LAYOUTS, mapping, short_key
from pipelines.stores.elastic.moment import Moment

__all__ = ["Index", "Row", "Stored"]

_PAGE = 500
_LAG_S = 1.0
"""How long a copy of an index may lag behind another: until all have a write, or are given up."""

Query = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One document ready to be written."""

    key: str
    version: int
    body: dict[str, Any]
    """All fields but `write_id`."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One document as it stands in the index."""

    key: str
    version: int
    content: str
    """JSON text; empty where only the version was asked for."""
    index: str
    """The index itself, not its alias."""
    seq_no: int
    primary_term: int
    source: Mapping[str, Any]


class Index:
    """One kind of documents; may be used from any thread. It is made when it is first used."""

    def __init__(self, cluster: Cluster, kind: Kind) -> None:
        self.cluster = cluster
        self.kind = kind
        self.layout = LAYOUTS[kind]
        self.alias = f"{cluster.prefix}-{kind.replace('_', '-')}"
        self._lock = threading.Lock()

    # What is there.

    def get(self, key: str, *, version_only: bool = False) -> Stored | None:
        """Return a document as it is now, seen by searches or not."""
        return self.get_many([key], version_only=version_only)[key]

    def get_at(self, key: str, version: int, *, version_only: bool = False) -> Stored | None:
        """Return a document that must stand at this version (0: none may be there). Raises `VersionConflict`.

        What one copy of the index showed a moment ago, another may not have yet: an older version is asked for again for a moment.
        """
        patience, lags_until = self.cluster.patience(), time.monotonic() + _LAG_S
        while True:
            stored = self.get(key, version_only=version_only)
            actual = stored.version if stored else 0
            if actual == version:
                return stored
            if actual > version or time.monotonic() > lags_until:
                raise VersionConflict(key, version, actual)
            patience.wait()

    def get_many(self, keys: Iterable[str], *, version_only: bool = False) -> dict[str, Stored | None]:
        """Return documents as they are now by key. `version_only` leaves the content at the server."""
        keys = list(keys)
        sought = {short_key(key): key for key in keys if key}
        none: dict[str, Stored | None] = dict.fromkeys(keys)
        if not sought:
            return none
        self.ensure()
        wanted = {"excludes": ["document"]} if version_only else True
        docs = [{"_id": one, "_source": wanted} for one in sought]
        answer = self.cluster.ask(lambda client: _all_of(client.mget(index=self.alias, docs=docs).body["docs"]))
        return none | {sought[doc["_id"]]: _stored(doc, sought[doc["_id"]]) for doc in answer if doc.get("found")}

    def search(self, **body: Any) -> dict[str, Any]:
        """Search behind everything this program wrote. Raises `StoreUnavailable`, also rather than answering from some shards only."""
        self.settle()
        return self.cluster.ask(
            lambda client: dict(client.search(index=self.alias, allow_partial_search_results=False, **body).body)
        )

    def hits(self, limit: int | None = None, **body: Any) -> Iterator[dict[str, Any]]:
        """Yield what a sorted search finds, page after page, so many at most. The last thing sorted by must be unique."""
        left, after = limit, dict[str, Any]()
        while left is None or left > 0:
            size = _PAGE if left is None else min(_PAGE, left)
            hits = self.search(size=size, track_total_hits=False, **body, **after)["hits"]["hits"]
            yield from hits
            if len(hits) < size:
                return
            left, after = None if left is None else left - len(hits), {"search_after": hits[-1]["sort"]}

    def count(self) -> int:
        """Return the number of documents."""
        return int(self.search(size=0, track_total_hits=True)["hits"]["total"]["value"])

    def walk(self, query: Query | None = None, after: str = "", moment: Moment | None = None) -> Iterator[Stored]:
        """Yield documents behind a key in the order of keys, as they were at one moment: the one given, which stays the caller's, or now."""
        self.settle()
        with (
            contextlib.nullcontext(moment)
            if moment
            else contextlib.closing(Moment(self.cluster, [self.alias])) as point
        ):
            pages = point.pages(self.alias, "key", after, query or {"match_all": {}}, seq_no_primary_term=True)
            for hits in pages:
                yield from (_stored(hit, hit["_source"]["key"]) for hit in hits)

    def ids(self, name: str) -> Iterator[str]:
        """Yield the ids of all documents of one index, in the order of keys."""
        after: dict[str, Any] = {}
        while True:
            answer = self.cluster.ask(
                lambda client, more=after: client.search(  # type: ignore[misc]
                    index=name,
                    size=_PAGE,
                    sort=[{"key": "asc"}],
                    source=False,
                    allow_partial_search_results=False,
                    **more,
                )
            )
            hits = answer["hits"]["hits"]
            yield from (hit["_id"] for hit in hits)
            if len(hits) < _PAGE:
                return
            after = {"search_after": hits[-1]["sort"]}

    # What is written.

    def row(self, key: str, version: int, document: object, content: str = "") -> Row:
        """Return the row of a document; `content` is its JSON where it is to be kept to the byte."""
        body = {
            "key": key,
            "version": version,
            "document": content or encode(document).decode(),
            **self.layout.columns(document),
        }
        return Row(key, version, body)

    def write(self, row: Row, after: Stored | None, *, is_seen: bool = True) -> Stored | None:
        """Write the row in place of `after` (None: it must not exist) and return it as stored; None: somebody was there before us.

        With `is_seen` it is found by everybody's next search. Raises `IndexMoved` where `after` is to be read again, `StoreUnavailable`.
        """
        self.ensure()
        write_id = uuid4().hex
        body = msgspec.json.encode({**row.body, "write_id": write_id})
        place: dict[str, Any] = {"index": self.alias, "require_alias": True, "op_type": "create"}
        if after:
            place = {"index": after.index, "if_seq_no": after.seq_no, "if_primary_term": after.primary_term}
        if is_seen:
            place["refresh"] = "wait_for"
        else:
            self.note_unseen()

        def put(client: Elasticsearch) -> Mapping[str, Any]:
            return dict(client.index(id=short_key(row.key), document=body, **place).body)  # type: ignore[arg-type]

        try:
            made = self.cluster.ask(put, patience_s=self.cluster.patience_s, moves=after is not None)
        except ConflictError:
            there = self.get(row.key)
            return there if there and there.source.get("write_id") == write_id else None
        return Stored(
            row.key,
            row.version,
            row.body["document"],
            made["_index"],
            made["_seq_no"],
            made["_primary_term"],
            row.body,
        )

    def put(self, row: Row, *, is_seen: bool = True) -> None:
        """Create or replace a document, whatever is there."""
        patience = self.cluster.patience()
        while True:
            with contextlib.suppress(IndexMoved):
                if self.write(row, self.get(row.key, version_only=True), is_seen=is_seen):
                    return
            patience.wait()

    def delete(self, keys: Sequence[str]) -> int:
        """Take documents out, also for everybody's next search; return how many there were."""
        self.ensure()
        gone = 0
        for key in keys:
            try:
                self.cluster.ask(
                    lambda client, key=key: client.delete(index=self.alias, id=short_key(key), refresh="wait_for"),  # type: ignore[misc]
                    patience_s=self.cluster.patience_s,
                )
            except NotFoundError:
                continue
            gone += 1
        return gone

    def note_unseen(self) -> None:
        """Remember that searches may not see yet what this program wrote."""
        self.cluster.unseen.add(self.alias)

    def settle(self) -> None:
        """Let searches see all this program wrote."""
        self.ensure()
        if self.alias not in self.cluster.unseen:
            return
        self.cluster.unseen.discard(self.alias)
        try:
            self.cluster.ask(lambda client: client.indices.refresh(index=self.alias))
        except BaseException:
            self.note_unseen()
            raise

    # What it is made of.

    def ensure(self) -> None:
        """Make the index if there is none. Raises `StoreUnavailable` when the one there has another layout than this program's."""
        if self.alias in self.cluster.ready:
            return
        with self._lock:
            if self.current() is None:
                self.make(f"{self.alias}-v1", is_live=True)
            self._check_layout()
            self.cluster.ready.add(self.alias)

    def current(self) -> str | None:
        """Return the index behind the alias, None: there is none."""
        try:
            answer = self.cluster.ask(lambda client: client.indices.get_alias(name=self.alias))
        except NotFoundError:
            return None
        return str(next(iter(answer.body)))

    def make(self, name: str, *, is_live: bool, shards: int | None = None) -> None:
        """Make an index; live: behind the alias. One that another program made meanwhile is taken."""
        settings = {
            "number_of_shards": shards or (self.cluster.shards if self.layout.is_large else 1),
            "number_of_replicas": self.cluster.replicas,
            "refresh_interval": f"{self.cluster.refresh_ms}ms",
        }
        aliases = {self.alias: {"is_write_index": True}} if is_live else {}

        def create(client: Elasticsearch) -> None:
            client.indices.create(index=name, settings=settings, mappings=mapping(self.kind), aliases=aliases)

        try:
            self.cluster.ask(create, patience_s=self.cluster.patience_s)
        except BadRequestError as error:
            if error.error != "resource_already_exists_exception":
                raise

    def _check_layout(self) -> None:
        answer = self.cluster.ask(lambda client: client.indices.get_mapping(index=self.alias))
        (found,) = answer.body.values()
        there, ours = found["mappings"].get("_meta", {}).get("layout", 0), mapping(self.kind)["_meta"]["layout"]
        if there > ours:
            raise self.cluster.unavailable(
                f"索引 {self.alias} 由更新版本的鉴伪创建，请升级程序",
                f"a newer Jianwei made the index {self.alias}; upgrade this one",
            )
        if there < ours:
            raise self.cluster.unavailable(
                f"索引 {self.alias} 是旧版本的结构，请先运行 jianwei store reindex",
                f"the index {self.alias} has an older layout; run jianwei store reindex first",
            )


def _stored(doc: Mapping[str, Any], key: str) -> Stored:
    source = doc["_source"]
    return Stored(
        key, source["version"], source.get("document", ""), doc["_index"], doc["_seq_no"], doc["_primary_term"], source
    )


def _all_of(docs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the documents of an mget; what a lost shard could not answer is an error of the whole."""
    for doc in docs:
        if "error" in doc:
            from elastic_transport import ConnectionError as NoConnection

            raise NoConnection(str(doc["error"].get("reason", doc["error"])))
    return docs
