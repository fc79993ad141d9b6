"""The work of a run that several workers share. Taking is a lease: a worker that is not heard of any more holds nothing."""

import threading
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator

from pipelines.model import WorkItem
from pipelines.stores.redis.connection import RedisLink, Script

__all__ = ["RedisFrontier"]

_ADD, _FINISH, _TAKE, _PUT_OFF = (Script("run", one) for one in ("add", "finish", "take", "put_off"))
_REOPEN, _IS_OPEN, _RENEW, _LEAVE = (Script("run", one) for one in ("reopen", "is_open", "renew", "leave"))
_AT_ONCE = 500
"""Items in one script: nobody else is answered while it runs."""


class RedisFrontier:
    """A `Frontier` for one worker of many."""

    def __init__(self, link: RedisLink, *, lease_s: float = 60.0) -> None:
        self._link = link
        self._lease_ms = int(lease_s * 1000)
        self._worker = uuid.uuid4().hex
        self._leases: dict[str, list[str]] = defaultdict(list)
        self._lock = threading.Lock()

    def add(self, run_id: str, items: Iterable[WorkItem]) -> int:
        """Add items not known to the run yet; return how many were new."""
        return sum(int(_ADD.run(self._link, _base(run_id), *part)) for part in _parts(items))

    def take(self, run_id: str, kind: str, at_least: int = 1, beginning: str = "") -> tuple[WorkItem, ...]:
        """Return items nobody else is given while this worker is heard of; see `Frontier`."""
        lease = uuid.uuid4().hex
        with self._lock:
            self._leases[run_id].append(lease)
        flat = _TAKE.run(
            self._link, _base(run_id), kind, at_least, beginning, lease, self._lease_ms, self._worker
        )  # fmt: skip
        if not flat:
            with self._lock:
                self._leases[run_id].remove(lease)
        return tuple(_item(name, kept) for name, kept in zip(flat[::2], flat[1::2], strict=True))

    def put_off(self, run_id: str, items: Iterable[WorkItem]) -> None:
        """Leave these unfinished items alone until the run is resumed."""
        names = [_name(item) for item in items]
        if names:
            _PUT_OFF.run(self._link, _base(run_id), *names)

    def reopen(self, run_id: str) -> None:
        """Let what was put off wait again."""
        _REOPEN.run(self._link, _base(run_id))

    def finish(self, run_id: str, item: WorkItem, found: Iterable[WorkItem] = ()) -> None:
        """Mark the item done and add what it led to, both or neither."""
        led_to = [text for one in found for text in (_name(one), one.payload)]
        _FINISH.run(self._link, _base(run_id), _name(item), *led_to)

    def is_open(self, run_id: str, kind: str) -> bool:
        """Say whether items of a kind wait, or are taken by a worker that is heard of and may bring more."""
        return bool(_IS_OPEN.run(self._link, _base(run_id), kind))

    def counts(self, run_id: str) -> tuple[dict[str, int], dict[str, int]]:
        """Return (done, left), each kind → number."""
        done, left = (self._numbers(f"{_base(run_id)}:{name}") for name in ("finished", "left"))
        return done, left

    def renew(self, run_id: str) -> None:
        """Be heard of, and keep what is taken for another lease."""
        with self._lock:
            leases = tuple(self._leases[run_id])
        _RENEW.run(self._link, _base(run_id), self._worker, self._lease_ms, *leases)

    def leave(self, run_id: str) -> None:
        """Give back what is taken and not finished."""
        with self._lock:
            leases = tuple(self._leases.pop(run_id, ()))
        _LEAVE.run(self._link, _base(run_id), self._worker, *leases)

    def _numbers(self, key: str) -> dict[str, int]:
        counts = self._link.run(lambda client: client.hgetall(key))
        return {kind.decode(): int(count) for kind, count in counts.items() if int(count)}


def _base(run_id: str) -> str:
    # In braces: should the server be a cluster, all keys of a run are in one place.
    return f"jianwei:{{{run_id}}}"


def _name(item: WorkItem) -> str:
    return f"{item.kind} {item.key}"


def _item(name: bytes, kept: bytes) -> WorkItem:
    kind, _, key = name.decode().partition(" ")
    return WorkItem(kind=kind, key=key, payload=kept.decode().partition(" ")[2])


def _parts(items: Iterable[WorkItem]) -> Iterator[list[str]]:
    """Yield names and payloads of so many items at a time."""
    part: list[str] = []
    for item in items:
        part += (_name(item), item.payload)
        if len(part) >= 2 * _AT_ONCE:
            yield part
            part = []
    if part:
        yield part
