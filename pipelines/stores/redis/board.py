"""What the workers of one run tell each other: that it is open to all, and what each noted for the report."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from pipelines.errors import StoreUnavailable
from pipelines.stores.redis.connection import RedisLink

__all__ = ["RedisRunBoard", "RedisTexts"]

_KEPT_S = 14 * 86_400
"""Runs nobody resumed for so long are no news to anybody."""
_LOCKED_S = 60.0


class RedisRunBoard:
    """A `RunBoard`."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._worker = uuid.uuid4().hex

    def announce(self, run_id: str, needs: bytes) -> None:
        """Say that the run is planned and others may join, and what they must know for it."""
        self._link.run(lambda client: client.set(f"jianwei:{{{run_id}}}:announced", needs, ex=_KEPT_S))

    def announced(self, run_id: str) -> bytes | None:
        """Return what who joins must know; None: the run is not open to others."""
        needs: bytes | None = self._link.run(lambda client: client.get(f"jianwei:{{{run_id}}}:announced"))
        return needs

    def post(self, run_id: str, note: bytes) -> tuple[bytes, ...]:
        """Put this worker's note in place of its earlier one; return those of the others."""
        key = f"jianwei:{{{run_id}}}:notes"

        def ask(client: Any) -> dict[bytes, bytes]:
            with client.pipeline() as several:
                several.hset(key, self._worker, note)
                several.expire(key, _KEPT_S)
                several.hgetall(key)
                kept: dict[bytes, bytes] = several.execute()[2]
                return kept

        mine = self._worker.encode()
        return tuple(note for worker, note in sorted(self._link.run(ask).items()) if worker != mine)

    @contextmanager
    def alone(self, run_id: str) -> Iterator[None]:
        """Let one worker at a time write the report, so that none is lost. Raises `StoreUnavailable`."""
        lock = self._link.run(
            lambda client: client.lock(f"jianwei:{{{run_id}}}:report", timeout=_LOCKED_S, blocking_timeout=_LOCKED_S)
        )
        if not self._link.run(lambda _: lock.acquire()):
            raise StoreUnavailable(
                self._link.where, "另一进程长时间占用巡查报告", "another worker holds the run report for too long"
            )
        try:
            yield
        finally:
            # Unreleased, it ends by itself; what had to be written is written.
            with suppress(StoreUnavailable):
                self._link.run(lambda _: lock.release())


class RedisTexts:
    """Short documents by name, which every worker sees."""

    def __init__(self, link: RedisLink, name: str) -> None:
        self._link = link
        self._key = f"jianwei:{name}"

    def all(self) -> dict[str, bytes]:
        """Return every document by name."""
        kept = self._link.run(lambda client: client.hgetall(self._key))
        return {name.decode(): document for name, document in kept.items()}

    def put(self, name: str, document: bytes) -> None:
        """Create or replace one."""
        self._link.run(lambda client: client.hset(self._key, name, document))

    def drop(self, name: str) -> bool:
        """Forget one; say whether there was one."""
        return bool(self._link.run(lambda client: client.hdel(self._key, name)))
