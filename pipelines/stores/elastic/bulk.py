"""Many writes at once through the official helper, each a compare-and-set like `Index.write`.

Back-pressure is the helper's: what the server's queues reject (429) is sent again after growing pauses, and nothing more is sent
meanwhile. A request whose answer got lost is sent again whole; what had arrived the first time is recognised by its `write_id`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

import msgspec
from elasticsearch import Elasticsearch
from elasticsearch.helpers import streaming_bulk

from pipelines.stores.elastic.connection import CAN_PASS, DISK_FULL, RECOVERING, is_disk_block, is_write_block
from pipelines.stores.elastic.index import Index, Row, Stored
from pipelines.stores.elastic.layouts import short_key

__all__ = ["Action", "Write", "sent", "write_many"]

_CHUNK_BYTES = 8_000_000
_CHUNK_COUNT = 500
_RETRIES = 5
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 3.0
_CONFLICT = 409
_BLOCKED = 403

Action = tuple[dict[str, Any], bytes]
"""The action's line and the document's, as the helper would make them of a dictionary."""


@dataclass(frozen=True, slots=True)
class Write:
    """One write: the row, and what it replaces (None: nothing may be there)."""

    row: Row
    after: Stored | None


def write_many(index: Index, writes: Sequence[Write]) -> list[bool]:
    """Return for each write whether it was made; False: somebody was there before, or the index was replaced. Read again, then write.

    No two may be of one key. Searches see them by themselves within the refresh interval, this program's own at once. Raises `StoreUnavailable`.
    """
    if not writes:
        return []
    index.ensure()
    index.note_unseen()
    call = uuid4().hex
    write_ids = [f"{call}-{place}" for place in range(len(writes))]
    actions = [_action(index, write, write_id) for write, write_id in zip(writes, write_ids, strict=True)]
    outcomes = index.cluster.ask(lambda client: dict(sent(client, actions)), patience_s=index.cluster.patience_s)
    answers = [outcomes[short_key(write.row.key)] for write in writes]
    doubtful = [place for place, (status, _) in enumerate(answers) if status == _CONFLICT]
    there = index.get_many([writes[place].row.key for place in doubtful], version_only=True)
    ours = {
        place
        for place in doubtful
        if (found := there[writes[place].row.key]) and found.source.get("write_id") == write_ids[place]
    }
    return [place in ours or _is_made(index, status, error) for place, (status, error) in enumerate(answers)]


def _action(index: Index, write: Write, write_id: str) -> Action:
    meta: dict[str, Any] = {"_id": short_key(write.row.key)}
    body = msgspec.json.encode({**write.row.body, "write_id": write_id})
    if write.after is None:
        return {"create": {**meta, "_index": index.alias, "require_alias": True}}, body
    after = write.after
    place = {"_index": after.index, "if_seq_no": after.seq_no, "if_primary_term": after.primary_term}
    return {"index": {**meta, **place}}, body


def sent(client: Elasticsearch, actions: Iterable[Action]) -> Iterator[tuple[str, tuple[int, object]]]:
    """Yield id, status and error of each action; those that were tried again come later."""
    yield from (
        (str(answer["_id"]), (int(answer["status"]), answer.get("error")))
        for _, item in streaming_bulk(
            client,
            cast(Iterable[dict[str, Any]], actions),
            chunk_size=_CHUNK_COUNT,
            max_chunk_bytes=_CHUNK_BYTES,
            expand_action_callback=_as_they_are,
            raise_on_error=False,
            max_retries=_RETRIES,
            retry_on_status=CAN_PASS,
            initial_backoff=_FIRST_PAUSE_S,
            max_backoff=_LONGEST_PAUSE_S,
        )
        for answer in item.values()
    )


def _is_made(index: Index, status: int, error: object) -> bool:
    if status in (200, 201):
        return True
    if status == _CONFLICT or (status == _BLOCKED and is_write_block(error)):
        return False
    if is_disk_block(error):
        raise index.cluster.unavailable(*DISK_FULL)
    if status in CAN_PASS:
        raise index.cluster.unavailable(*RECOVERING)
    raise index.cluster.unavailable(f"服务器拒绝了一条记录（{error}）", f"the server refused a document ({error})")


def _as_they_are(action: object) -> Any:
    """Return an action that is (its line, the document's bytes) already: what the helper is to make of it."""
    return action
