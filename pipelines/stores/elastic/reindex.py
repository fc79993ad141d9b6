"""Another index in the place of one, with this program's mapping or another number of shards, while everybody goes on working.

Documents are copied by their sequence numbers, shard by shard: first all, then again and again what was written meanwhile, until little
is left. Then the old index takes no more writes (the server lets those under way end first), the rest is copied, the two are
counted, and the alias moves. Readers notice nothing; a writer of that moment waits a second (`IndexMoved`, `Patience`) and then writes to
the new index. So nothing written is lost, and no write is made twice.

A copy carries the sequence number it was read at as its external version: an older one never replaces a newer one, so that a copy can be
repeated. How far each shard is stands in the new index's `_meta`; a reindex that was cut short, even with `kill -9`, goes on there.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import msgspec
from elasticsearch import Elasticsearch

from pipelines.documents import decode
from pipelines.errors import DocumentDamaged
from pipelines.moves.shelf import DOCUMENT_TYPES, Kind
from pipelines.stores.elastic.bulk import Action, sent
from pipelines.stores.elastic.connection import Cluster
from pipelines.stores.elastic.index import Index
from pipelines.stores.elastic.layouts import LAYOUTS, mapping
from pipelines.stores.elastic.moment import Moment

__all__ = ["Reindexed", "reindex"]

_FEW = 1000
"""When a pass copied no more than this, the rest is copied while writers wait."""
_PASSES = 20
_NOTED_EVERY = 20
"""Pages between two notes of how far a shard is."""

Told = Callable[[Kind, int, int], None]
"""Hears kind, documents copied so far, and documents there are."""


@dataclass(frozen=True, slots=True)
class Reindexed:
    """What became of one index."""

    kind: Kind
    source: str
    target: str
    documents: int
    copied: int
    """Copies made by this run; those of an interrupted one before are not counted."""


@dataclass(slots=True)
class _Work:
    index: Index
    source: str
    target: str
    told: Told
    done: dict[str, int] = field(default_factory=dict)
    """Shard → sequence number up to which it is copied."""
    copied: int = 0
    total: int = 0

    @property
    def cluster(self) -> Cluster:
        return self.index.cluster


def reindex(
    cluster: Cluster,
    kind: Kind,
    *,
    shards: int | None = None,
    drops_old: bool = False,
    told: Told = lambda *_: None,
) -> Reindexed | None:
    """Put a new index in the place of this kind's; None: there is none yet. `shards` counts for leads and observations only.

    Raises `StoreUnavailable`, `DocumentDamaged`; the old index then goes on as before, and the next call goes on where this one ended.
    """
    index = Index(cluster, kind)
    source = index.current()
    if source is None:
        return None
    work = _begun(index, source, shards if LAYOUTS[kind].is_large else None, told)
    for _ in range(_PASSES):
        if _pass(work) <= _FEW:
            break
    try:
        _ask(work, lambda client: client.indices.add_block(index=source, block="write"))
        _pass(work)
        count = _compared(work)
        _move_alias(work)
    except BaseException:
        _ask(work, lambda client: client.indices.put_settings(index=source, settings={"index.blocks.write": None}))
        raise
    if drops_old:
        _ask(work, lambda client: client.indices.delete(index=source))
    return Reindexed(kind, source, work.target, count, work.copied)


def _ask(work: _Work, what: Callable[[Elasticsearch], Any]) -> Any:
    return work.cluster.ask(what, patience_s=work.cluster.patience_s)


def _begun(index: Index, source: str, shards: int | None, told: Told) -> _Work:
    """Return the work: the unfinished one into an index that was begun from this source, else a new one."""
    there = index.cluster.ask(lambda client: client.indices.get_mapping(index=f"{index.alias}-v*")).body
    for name, found in there.items():
        begun = found["mappings"].get("_meta", {}).get("reindex")
        if begun and begun["from"] == source and name != source:
            return _Work(index, source, name, told, dict(begun["done"]))
    numbers = [int(found[1]) for name in there if (found := re.search(r"-v(\d+)$", name))]
    work = _Work(index, source, f"{index.alias}-v{max(numbers, default=0) + 1}", told)
    index.make(work.target, is_live=False, shards=shards)
    _note(work)
    return work


def _note(work: _Work, *, is_over: bool = False) -> None:
    """Write down how far we are, or that it is over."""
    meta = dict(mapping(work.index.kind)["_meta"])
    if not is_over:
        meta["reindex"] = {"from": work.source, "done": work.done}
    _ask(work, lambda client: client.indices.put_mapping(index=work.target, meta=meta))


def _pass(work: _Work) -> int:
    """Copy what was written since the last pass; return how many documents that was."""
    before = work.copied
    stats = _ask(work, lambda client: client.indices.stats(index=work.source, level="shards", metric="docs"))
    work.total = int(stats["indices"][work.source]["primaries"]["docs"]["count"])
    # Everything up to the checkpoint has arrived for good; the refresh makes it visible, too.
    limits = {
        number: copy["seq_no"]["global_checkpoint"]
        for number, copies in stats["indices"][work.source]["shards"].items()
        for copy in copies
        if copy["routing"]["primary"]
    }
    _ask(work, lambda client: client.indices.refresh(index=work.source))
    for shard, limit in limits.items():
        if limit > work.done.get(shard, -1):
            for page, hits in enumerate(_pages(work, shard, limit), start=1):
                _copy(work, hits)
                work.done[shard] = hits[-1]["sort"][0]
                if page % _NOTED_EVERY == 0:
                    _note(work)
            work.done[shard] = limit
    _note(work)
    return work.copied - before


def _pages(work: _Work, shard: str, limit: int) -> Iterator[list[dict[str, Any]]]:
    """Yield what one shard was written up to the limit and is not copied, in the order it was written."""
    after = work.done.get(shard, -1)
    query = {"range": {"_seq_no": {"gt": after, "lte": limit}}}
    whom, patience_s = f"_shards:{shard}", work.cluster.patience_s
    with closing(Moment(work.cluster, [work.source], preference=whom, patience_s=patience_s)) as moment:
        yield from moment.pages(work.source, "_seq_no", after, query)


def _copy(work: _Work, hits: list[dict[str, Any]]) -> None:
    actions = [_action(work, hit) for hit in hits]
    for _, (status, error) in _ask(work, lambda client: list(sent(client, actions))):
        # 409: a later state of the document is there already.
        if status not in (200, 201, 409):
            raise work.cluster.unavailable(
                f"新索引 {work.target} 拒绝了一条记录（{error}）",
                f"the new index {work.target} refused a document ({error})",
            )
    work.copied += len(hits)
    work.told(work.index.kind, work.copied, work.total)


def _action(work: _Work, hit: dict[str, Any]) -> Action:
    source, kind = hit["_source"], work.index.kind
    try:
        document = decode(DOCUMENT_TYPES[kind], source["document"])
    except ValueError as error:
        raise DocumentDamaged(kind, source["key"]) from error
    row = work.index.row(source["key"], source["version"], document, source["document"])
    carried = {name: source[name] for name in ("write_id", *work.index.layout.carried) if name in source}
    place = {"_index": work.target, "_id": hit["_id"], "version": hit["sort"][0] + 1, "version_type": "external_gte"}
    return {"index": place}, msgspec.json.encode({**row.body, **carried})


def _compared(work: _Work) -> int:
    """Return how many documents there are, the same number in both. Those deleted from the old one after they were copied are taken out."""
    _ask(work, lambda client: client.indices.refresh(index=work.target))
    there, copied = (_count(work, name) for name in (work.source, work.target))
    if copied > there:
        _drop_deleted(work)
        _ask(work, lambda client: client.indices.refresh(index=work.target))
        copied = _count(work, work.target)
    if there != copied:
        raise work.cluster.unavailable(
            f"新索引 {work.target} 有 {copied} 条而原有 {there} 条，没有启用，请重新运行 jianwei store reindex",
            f"the new index {work.target} has {copied} documents and the old one {there}; it is not used. Run jianwei store reindex again",
        )
    return there


def _count(work: _Work, name: str) -> int:
    return int(_ask(work, lambda client: client.count(index=name))["count"])


def _drop_deleted(work: _Work) -> None:
    kept = set(work.index.ids(work.source))
    for one in work.index.ids(work.target):
        if one not in kept:
            _delete(work, one)


def _delete(work: _Work, one: str) -> None:
    _ask(work, lambda client: client.delete(index=work.target, id=one))


def _move_alias(work: _Work) -> None:
    alias = work.index.alias
    actions: list[dict[str, Any]] = [
        {"remove": {"index": work.source, "alias": alias}},
        {"add": {"index": work.target, "alias": alias, "is_write_index": True}},
    ]
    _ask(work, lambda client: client.indices.update_aliases(actions=actions))
    _note(work, is_over=True)
