"""A connection as bytes in and out, plain or with TLS on top."""

import asyncio
import ssl
from collections.abc import Callable
from typing import Protocol, TypeVar

__all__ = ["PlainWire", "TlsWire", "Wire"]

_CHUNK_BYTES = 65_536
_T = TypeVar("_T")


class Wire(Protocol):
    """Bytes from and to the other side."""

    async def receive(self) -> bytes:
        """Return what came; empty at the end."""

    async def send(self, octets: bytes) -> None:
        """Send everything, waiting while the other side is slow."""


class PlainWire:
    """TCP as it is."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._returned = b""

    def give_back(self, octets: bytes) -> None:
        """Put bytes back that were received too early; the next `receive` returns them."""
        self._returned = octets + self._returned

    async def receive(self) -> bytes:
        """See `Wire`."""
        if self._returned:
            octets, self._returned = self._returned, b""
            return octets
        return await self._reader.read(_CHUNK_BYTES)

    async def send(self, octets: bytes) -> None:
        """See `Wire`."""
        self._writer.write(octets)
        await self._writer.drain()


class TlsWire:
    """TLS over another wire, as the server.

    Memory buffers instead of asyncio's own start_tls: the first byte of a tunnel can be looked at before it is decided that it is TLS,
    and nothing that came early is lost.
    """

    def __init__(self, below: Wire, context: ssl.SSLContext) -> None:
        self._below = below
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    async def handshake(self) -> None:
        """Do the handshake; raises `ssl.SSLError` if the other side does not agree."""
        await self._until_done(self._tls.do_handshake)

    async def receive(self) -> bytes:
        """See `Wire`."""
        try:
            return await self._until_done(lambda: self._tls.read(_CHUNK_BYTES))
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""

    async def send(self, octets: bytes) -> None:
        """See `Wire`."""
        for start in range(0, len(octets), _CHUNK_BYTES):
            self._tls.write(octets[start : start + _CHUNK_BYTES])
            await self._flush()

    async def _until_done(self, step: Callable[[], _T]) -> _T:
        while True:
            try:
                outcome = step()
            except ssl.SSLWantReadError:
                await self._flush()
                octets = await self._below.receive()
                if octets:
                    self._incoming.write(octets)
                else:
                    self._incoming.write_eof()
            else:
                await self._flush()
                return outcome

    async def _flush(self) -> None:
        if self._outgoing.pending:
            await self._below.send(self._outgoing.read())
