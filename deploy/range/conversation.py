"""HTTP/1.1 as a server, over any wire: read requests, send answers, keep the connection while both sides want it."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

import h11

from deploy.range.exchange import Answer
from deploy.range.wire import Wire

__all__ = ["Incoming", "Tunnel", "converse"]

_MAX_HEAD_BYTES = 131_072
_KEPT_BODY_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it came over the wire."""

    method: str
    target: str
    headers: dict[str, str]
    """Names in lower case; of a repeated one the last."""
    body: bytes
    """The first 64 KiB."""
    body_bytes: int
    """Size of the whole body."""


@dataclass(frozen=True, slots=True)
class Tunnel:
    """A CONNECT nobody answered yet."""

    authority: str
    user_agent: str
    early: bytes
    """What the client sent behind its request already."""


async def converse(wire: Wire, respond: Callable[[Incoming], Awaitable[Answer]]) -> Tunnel | None:
    """Answer requests until one side is done; return early on a CONNECT, which the caller must answer."""
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=_MAX_HEAD_BYTES)
    while True:
        try:
            incoming = await _read_request(connection, wire)
        except h11.RemoteProtocolError as error:
            await wire.send(f"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n{error}\n".encode())
            return None
        if incoming is None:
            return None
        if incoming.method == "CONNECT":
            agent = incoming.headers.get("user-agent", "")
            return Tunnel(incoming.target, agent, connection.trailing_data[0])
        await _send_answer(connection, wire, await respond(incoming), is_head=incoming.method == "HEAD")
        if connection.our_state is h11.MUST_CLOSE or connection.their_state is not h11.DONE:
            return None
        connection.start_next_cycle()


async def _next_event(connection: h11.Connection, wire: Wire) -> object:
    while True:
        event = connection.next_event()
        if event is not h11.NEED_DATA:
            return event
        if connection.they_are_waiting_for_100_continue:
            head = connection.send(h11.InformationalResponse(status_code=100, headers=[]))
            await wire.send(head or b"")
        connection.receive_data(await wire.receive())


async def _read_request(connection: h11.Connection, wire: Wire) -> Incoming | None:
    head = await _next_event(connection, wire)
    if not isinstance(head, h11.Request):
        return None
    method, target = head.method.decode("ascii"), head.target.decode("latin-1")
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers}
    kept, size = bytearray(), 0
    while method != "CONNECT":
        event = await _next_event(connection, wire)
        if not isinstance(event, h11.Data):
            break
        size += len(event.data)
        kept += event.data[: max(0, _KEPT_BODY_BYTES - len(kept))]
    return Incoming(method, target, headers, bytes(kept), size)


async def _send_answer(connection: h11.Connection, wire: Wire, answer: Answer, *, is_head: bool) -> None:
    headers: list[tuple[str, str | bytes]] = list(answer.headers)
    if isinstance(answer.body, bytes):
        headers.append(("content-length", str(len(answer.body))))
    else:
        headers.append(("transfer-encoding", "chunked"))
    encoded = [(name.encode("latin-1"), _encoded(value)) for name, value in headers]
    await _send(connection, wire, h11.Response(status_code=answer.status, headers=encoded))
    if not is_head:
        async with aclosing(_chunks(answer.body)) as chunks:
            async for chunk in chunks:
                await _send(connection, wire, h11.Data(data=chunk))
    await _send(connection, wire, h11.EndOfMessage())


def _encoded(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()


async def _chunks(body: bytes | AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    if isinstance(body, bytes):
        if body:
            yield body
        return
    async for chunk in body:
        yield chunk


async def _send(connection: h11.Connection, wire: Wire, event: h11.Event) -> None:
    await wire.send(connection.send(event) or b"")
