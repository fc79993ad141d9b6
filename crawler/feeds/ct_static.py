"""Logs that speak static-ct: a signed checkpoint, data tiles with the entries, hash tiles with the tree (https://c2sp.org/static-ct-api)."""

import asyncio
from collections.abc import Sequence
from itertools import islice, takewhile

from crawler.feeds.ct_entries import EntriesUnreadable, read_data_tile
from crawler.feeds.ct_merkle import complete_nodes, consistency_ranges, node_hash
from crawler.feeds.ct_signatures import LogKey, read_checkpoint
from crawler.feeds.fetch import Failure, FetchFailed, LogServer
from crawler.feeds.model import CertificateSeen, LogEntry, TreeHead

__all__ = ["StaticLog", "tile_path"]

_WIDTH = 256
_HEIGHT = 8
"""A tile holds 2⁸ hashes: eight levels of the tree."""
_HASH_BYTES = 32


def tile_path(level: str, number: int, width: int = _WIDTH) -> str:
    """Return the path of a tile: thousands in folders (`x001/x234/067`), `.p/W` for a partial one of width W."""
    text = f"{number % 1000:03d}"
    while number := number // 1000:
        text = f"x{number % 1000:03d}/{text}"
    return f"tile/{level}/{text}" + (f".p/{width}" if width < _WIDTH else "")


class StaticLog:
    """A `CertificateLog`."""

    def __init__(self, name: str, server: LogServer, key: LogKey | None = None) -> None:
        self._name = name
        self._server = server
        self._key = key

    async def head(self) -> TreeHead:
        """Return the latest checkpoint, its signature checked if the key is known. Raises `SignatureWrong`."""
        note = await self._server.get("checkpoint")
        try:
            return read_checkpoint(note, self._key)
        except ValueError as error:
            raise FetchFailed(Failure.INVALID, f"checkpoint: {error}") from error

    async def entries(self, start: int, end: int, tree_size: int) -> Sequence[LogEntry]:
        """Return the entries from `start` to the end of its tile, or to where the tile breaks, not beyond `end`."""
        number = start // _WIDTH
        first = number * _WIDTH
        width = min(_WIDTH, tree_size - first)
        tile = await self._tile("data", number, width)
        entries, fault = await asyncio.to_thread(_read_tile, self._name, first, tile, width)
        found = entries[start - first : end - first]
        if not found:
            raise FetchFailed(Failure.INVALID, f"{tile_path('data', number, width)}: {fault}")
        return found

    async def consistency(self, old_size: int, new_size: int) -> tuple[bytes, ...]:
        """Return the consistency proof of two sizes, put together from hash tiles of the larger tree."""
        reader = _TreeReader(self, new_size)
        return tuple([await reader.root(start, end) for start, end in consistency_ranges(old_size, new_size)])

    def unit_end(self, index: int) -> int:
        """Return the end of the tile an entry is in."""
        return (index // _WIDTH + 1) * _WIDTH

    async def hashes(self, level: int, number: int, width: int) -> bytes:
        """Return a hash tile, cut to the width asked for."""
        tile = await self._tile(str(level), number, width)
        if len(tile) < width * _HASH_BYTES or len(tile) % _HASH_BYTES or len(tile) > _WIDTH * _HASH_BYTES:
            raise FetchFailed(Failure.INVALID, f"{tile_path(str(level), number, width)}: {len(tile)} bytes")
        return tile[: width * _HASH_BYTES]

    async def _tile(self, level: str, number: int, width: int) -> bytes:
        """Return a tile; a partial one may be gone once the full one is there."""
        try:
            return await self._server.get(tile_path(level, number, width))
        except FetchFailed as error:
            if width == _WIDTH or error.failure is not Failure.REFUSED:
                raise
            try:
                return await self._server.get(tile_path(level, number))
            except FetchFailed as missing:
                raise (error if missing.failure is Failure.REFUSED else missing) from missing


def _read_tile(log: str, first: int, tile: bytes, width: int) -> tuple[list[LogEntry], str]:
    """Return the entries of a tile up to `width` of them, and what is wrong where it breaks; what lies behind is not looked at.

    In a tile that breaks, an entry that cannot be read may be where: nothing from there on is taken.
    """
    entries: list[LogEntry] = []
    fault = ""
    try:
        for entry in islice(read_data_tile(log, first, tile), width):
            entries.append(entry)
    except EntriesUnreadable as error:
        fault = str(error)
    if len(entries) == width:
        return entries, ""
    sound = list(takewhile(lambda entry: isinstance(entry.seen, CertificateSeen), entries))
    return sound, fault or f"{len(entries)} entries, not {width}"


class _TreeReader:
    """Hashes of subtrees, out of tiles that are fetched once each."""

    def __init__(self, log: StaticLog, size: int) -> None:
        self._log = log
        self._size = size
        self._tiles: dict[tuple[int, int], bytes] = {}

    async def root(self, start: int, end: int) -> bytes:
        """Return the root over the leaves `start` to `end`."""
        *left, root = [await self._complete(level, index) for level, index in complete_nodes(start, end)]
        for peak in reversed(left):
            root = node_hash(peak, root)
        return root

    async def _complete(self, level: int, index: int) -> bytes:
        tile_level, height = divmod(level, _HEIGHT)
        first = index << height
        number, within = divmod(first, _WIDTH)
        tile = await self._tile(tile_level, number)
        hashes = [tile[at * _HASH_BYTES : (at + 1) * _HASH_BYTES] for at in range(within, within + (1 << height))]
        while len(hashes) > 1:
            hashes = [node_hash(*hashes[at : at + 2]) for at in range(0, len(hashes), 2)]
        return hashes[0]

    async def _tile(self, level: int, number: int) -> bytes:
        if (level, number) not in self._tiles:
            width = min(_WIDTH, (self._size >> (_HEIGHT * level)) - number * _WIDTH)
            self._tiles[level, number] = await self._log.hashes(level, number, width)
        return self._tiles[level, number]
