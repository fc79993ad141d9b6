"""What goes over the gate's sockets: reading a client's request with h11, relaying an answer, splicing a tunnel."""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

import h11

from crawler.gate.dial import Connection
from crawler.gate.policy import Refusal, RefusalReason

__all__ = ["GateRequest", "is_gates_own", "read_request", "relay_response", "splice"]

_CHUNK = 65_536
_MAX_HEAD = 262_144
"""Chromium reads no longer head."""
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_HOP_BY_HOP = frozenset(
    {b"connection", b"keep-alive", b"proxy-connection", b"proxy-authorization", b"te", b"trailer", b"upgrade", b"expect",
     b"transfer-encoding", b"content-length", b"host"}
)  # fmt: skip

_OWN_WORDS = frozenset({b"x-jianwei-refused", b"x-jianwei-failed"})
"""A page that could say them would hide from us."""
_NOT_FROM_OUTSIDE = frozenset({b"connection", b"keep-alive"}) | _OWN_WORDS
_LINE_END = re.compile(rb"[\r\n]+")
"""Browsers end a header at a lone CR too."""
_STATUS_LINE = re.compile(rb".{0,4}?(http)", re.IGNORECASE | re.DOTALL)
"""Browsers forgive four bytes before it, and small letters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRequest:
    """What a client asked the gate for."""

    method: str
    host: str
    port: int
    target: str = "/"
    """Path and query; meaningless for a tunnel."""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    rest: bytes = b""
    """What a tunnel's client sent already."""

    @property
    def is_tunnel(self) -> bool:
        """Say whether it was CONNECT."""
        return self.method == "CONNECT"

    @property
    def bare_host(self) -> str:
        """Return the host without the brackets of an IPv6 address."""
        return self.host.strip("[]")

    def head(self, absolute_authority: str) -> bytes:
        """Return the request as the far side gets it: without anything meant for proxies, closed after one answer."""
        target = f"http://{absolute_authority}{self.target}" if absolute_authority else self.target
        shown = f"[{self.bare_host}]" if ":" in self.bare_host else self.host
        authority = shown if self.port == 80 else f"{shown}:{self.port}"  # noqa: PLR2004
        lines = [f"{self.method} {target} HTTP/1.1".encode("latin-1"), f"Host: {authority}".encode("latin-1")]
        lines += [name + b": " + value for name, value in self.headers if name not in _HOP_BY_HOP]
        return b"\r\n".join((*lines, b"Connection: close", b"", b""))


def is_gates_own(url: str, header_names: Iterable[str]) -> bool:
    """Say whether an answer is the gate's refusal or failure. What comes out of a tunnel never is: there the far side speaks alone."""
    if not url.startswith("http://"):
        return False
    return any(name.lower().encode("latin-1", "replace") in _OWN_WORDS for name in header_names)


async def read_request(reader: asyncio.StreamReader, idle_s: float) -> GateRequest | None:
    """Return the client's request, or None if it went away; raise `Refusal` if it makes no sense."""
    conn = h11.Connection(h11.SERVER, max_incomplete_event_size=_MAX_HEAD)
    try:
        while True:
            event = conn.next_event()
            if event is h11.NEED_DATA:
                async with asyncio.timeout(idle_s):
                    received = await reader.read(_CHUNK)
                if not received:
                    return None
                conn.receive_data(received)
            elif isinstance(event, h11.Request):
                return _understand(event, conn)
            else:
                return None
    except h11.RemoteProtocolError as error:
        raise Refusal(RefusalReason.REQUEST_INVALID, str(error)[:80]) from None


def _understand(event: h11.Request, conn: h11.Connection) -> GateRequest:
    method = event.method.decode("ascii")
    target = event.target.decode("latin-1")
    try:
        if method == "CONNECT":
            parts = urlsplit(f"//{target}")
            if parts.username is not None or parts.path or not parts.hostname or parts.port is None:
                raise Refusal(RefusalReason.REQUEST_INVALID, target[:120])
            conn.next_event()
            rest = conn.trailing_data[0]
            return GateRequest(method=method, host=parts.hostname, port=parts.port, rest=rest)
        parts = urlsplit(target)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Refusal(RefusalReason.REQUEST_INVALID, target[:120]) from None
    if parts.scheme != "http" or not host or parts.username is not None or "\\" in target:
        raise Refusal(RefusalReason.REQUEST_INVALID, target[:120])
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return GateRequest(method=method, host=host, port=port or 80, target=path, headers=tuple(event.headers))


async def relay_response(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, idle_s: float, max_bytes: int
) -> None:
    """Send one answer on to the client and end the connection after it.

    Only the connection headers and our own words are rewritten: hostile servers answer in ways a strict parser refuses and browsers accept.
    """
    longest = min(_MAX_HEAD, max_bytes)
    head, rest = await _read_head(reader, idle_s, longest)
    while re.match(rb"HTTP/1\.\d 1\d\d ", head):
        head, rest = await _read_head(reader, idle_s, longest, rest)
    writer.write(_closing(head) + rest)
    left = max_bytes - len(head) - len(rest)
    while left > 0:
        async with asyncio.timeout(idle_s):
            await writer.drain()
            received = await reader.read(min(_CHUNK, left))
        if not received:
            break
        left -= len(received)
        writer.write(received)
    await writer.drain()


async def _read_head(
    reader: asyncio.StreamReader, idle_s: float, longest: int, start: bytes = b""
) -> tuple[bytes, bytes]:
    """Return (head with its blank line, what came after it); without a blank line everything is head."""
    seen = start
    while not (end := _HEAD_END.search(seen)) and len(seen) < longest:
        async with asyncio.timeout(idle_s):
            received = await reader.read(_CHUNK)
        if not received:
            return seen, b""
        seen += received
    return (seen[: end.end()], seen[end.end() :]) if end else (seen, b"")


def _closing(head: bytes) -> bytes:
    """Return the head with `Connection: close` in place of what it said about the connection, and nothing in our name."""
    start = _STATUS_LINE.match(head)
    if not start:
        return head  # bytes nobody reads headers out of
    lines = _LINE_END.split(head[start.start(1) :].rstrip(b"\r\n"))
    kept = [one for one in lines[1:] if one.partition(b":")[0].strip().lower() not in _NOT_FROM_OUTSIDE]
    return b"\r\n".join((lines[0], *kept, b"Connection: close", b"", b""))


async def splice(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, far: Connection, idle_s: float, max_bytes: int
) -> None:
    """Carry bytes both ways until one side is done, nothing moves for `idle_s`, or `max_bytes` have passed."""
    left = max_bytes

    async def carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        nonlocal left
        while left > 0 and (received := await source.read(_CHUNK)):
            left -= len(received)
            sink.write(received)
            await sink.drain()

    both = {asyncio.create_task(carry(reader, far.writer)), asyncio.create_task(carry(far.reader, writer))}
    try:
        before = -1
        while left != before:
            before = left
            done, _ = await asyncio.wait(both, timeout=idle_s, return_when=asyncio.FIRST_COMPLETED)
            if done:
                return
    finally:
        for task in both:
            task.cancel()
        await asyncio.gather(*both, return_exceptions=True)
