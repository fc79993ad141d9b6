"""Logs that speak RFC 6962 §4: `get-sth`, `get-entries` (the server decides how many), `get-sth-consistency`."""

import asyncio
from collections.abc import Sequence
from typing import TypeVar

import msgspec

from crawler.feeds.ct_entries import instant_of_ms, read_entry
from crawler.feeds.ct_signatures import LogKey, base64_bytes
from crawler.feeds.fetch import Failure, FetchFailed, LogServer
from crawler.feeds.model import LogEntry, TreeHead

__all__ = ["Rfc6962Log"]

_Answer = TypeVar("_Answer", bound=msgspec.Struct)
_HASH_BYTES = 32
_MAX_PROOF = 128


class _SignedHead(msgspec.Struct):
    tree_size: int
    timestamp: int
    sha256_root_hash: str
    tree_head_signature: str


class _Entry(msgspec.Struct):
    leaf_input: str
    extra_data: str = ""


class _Entries(msgspec.Struct):
    entries: list[_Entry]


class _Proof(msgspec.Struct):
    consistency: list[str]


class Rfc6962Log:
    """A `CertificateLog`."""

    def __init__(self, name: str, server: LogServer, key: LogKey | None = None) -> None:
        self._name = name
        self._server = server
        self._key = key

    async def head(self) -> TreeHead:
        """Return the latest head, its signature checked if the key is known. Raises `SignatureWrong`."""
        answer = await self._ask(_SignedHead, "get-sth")
        try:
            root = base64_bytes(answer.sha256_root_hash)
            signature = base64_bytes(answer.tree_head_signature)
            signed_at = instant_of_ms(answer.timestamp)
        except ValueError as error:
            raise FetchFailed(Failure.INVALID, f"get-sth: {error}") from error
        if len(root) != _HASH_BYTES or not 0 <= answer.tree_size < 1 << 63:
            raise FetchFailed(Failure.INVALID, "get-sth: not a tree head")
        if self._key:
            self._key.check_head(answer.tree_size, root, answer.timestamp, signature)
        return TreeHead(size=answer.tree_size, root=root, signed_at=signed_at)

    async def entries(self, start: int, end: int, tree_size: int) -> Sequence[LogEntry]:
        """Return the entries from `start`, at least one, not beyond `end`."""
        del tree_size
        answer = await self._ask(_Entries, "get-entries", start=start, end=end - 1)
        if not answer.entries:
            raise FetchFailed(Failure.INVALID, f"get-entries: nothing from {start}")
        return await asyncio.to_thread(self._read, start, answer.entries[: end - start])

    async def consistency(self, old_size: int, new_size: int) -> tuple[bytes, ...]:
        """Return the consistency proof of two sizes."""
        answer = await self._ask(_Proof, "get-sth-consistency", first=old_size, second=new_size)
        try:
            proof = tuple(base64_bytes(node) for node in answer.consistency[:_MAX_PROOF])
        except ValueError as error:
            raise FetchFailed(Failure.INVALID, f"get-sth-consistency: {error}") from error
        if any(len(node) != _HASH_BYTES for node in proof):
            raise FetchFailed(Failure.INVALID, "get-sth-consistency: a node is not a hash")
        return proof

    def unit_end(self, index: int) -> int:
        """Return the end of the smallest run of entries that can be asked for: one."""
        return index + 1

    async def _ask(self, kind: type[_Answer], call: str, **params: int) -> _Answer:
        body = await self._server.get(f"ct/v1/{call}", params)
        try:
            return msgspec.json.decode(body, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise FetchFailed(Failure.INVALID, f"{call}: {error}") from error

    def _read(self, start: int, entries: list[_Entry]) -> list[LogEntry]:
        try:
            raw = [(base64_bytes(one.leaf_input), base64_bytes(one.extra_data)) for one in entries]
        except ValueError as error:
            raise FetchFailed(Failure.INVALID, f"get-entries: {error}") from error
        return [read_entry(self._name, start + n, leaf, extra) for n, (leaf, extra) in enumerate(raw)]
