"""The forward proxy in front of the range's hosts: absolute-form HTTP, and CONNECT with TLS ended here. It never opens a connection itself."""

import asyncio
import ssl
from urllib.parse import urlsplit

from deploy.range.behaviours import BEHAVIOURS
from deploy.range.certificates import Certificates
from deploy.range.conversation import Incoming, Tunnel, converse
from deploy.range.exchange import Answer, Request, as_text
from deploy.range.model import Host
from deploy.range.pages import from_pages
from deploy.range.stage import Stage
from deploy.range.wire import PlainWire, TlsWire, Wire
from deploy.range.world import is_address, is_outside

__all__ = ["Proxy"]

_TLS_HANDSHAKE = 0x16
_PORTS = {80, 443, 8080, 8443}


class Proxy:
    """Serves the connections of one forward proxy."""

    def __init__(self, stage: Stage, certificates: Certificates) -> None:
        self._stage = stage
        self._certificates = certificates

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client until it leaves."""
        wire = PlainWire(reader, writer)
        try:
            tunnel = await converse(wire, self._forward)
            if tunnel is not None:
                await self._serve_tunnel(wire, tunnel)
        except (ConnectionError, ssl.SSLError):
            pass  # Clients leave whenever they like; for the range that is no event.
        finally:
            writer.close()

    async def _forward(self, incoming: Incoming) -> Answer:
        """Answer a request in absolute form."""
        parts = urlsplit(incoming.target)
        if parts.scheme != "http" or not parts.hostname:
            return as_text("This is a forward proxy; ask with an absolute http:// address or CONNECT.\n", 400)
        authority = f"{parts.hostname}:{parts.port or 80}"
        host, name = self._route(authority, _without_port(incoming.headers.get("host", "")))
        return await self._answer(incoming, host, name, authority, "http")

    async def _serve_tunnel(self, wire: PlainWire, tunnel: Tunnel) -> None:
        authority = tunnel.authority
        if not self._is_open(authority):
            self._stage.record(
                method="CONNECT", scheme="", authority=authority, host="", path="", user_agent=tunnel.user_agent, status=502
            )  # fmt: skip
            text = f"no host of the practice range at {authority}\n".encode("latin-1", "replace")
            head = f"HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/plain\r\ncontent-length: {len(text)}\r\n\r\n"
            await wire.send(head.encode() + text)
            return
        await wire.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        first = tunnel.early or await wire.receive()
        wire.give_back(first)
        if first[:1] == bytes([_TLS_HANDSHAKE]):
            await self._serve_inside(await self._with_tls(wire, authority), authority, "https")
        elif first:
            await self._serve_inside(wire, authority, "http")

    async def _with_tls(self, wire: Wire, authority: str) -> Wire:
        def choose(tls: ssl.SSLObject, server_name: str | None, _: ssl.SSLContext) -> None:
            host, name = self._route(authority, server_name or "")
            tls.context = self._certificates.for_host(server_name or name or "unnamed.invalid", host)

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["http/1.1"])
        context.sni_callback = choose
        tls = TlsWire(wire, context)
        await tls.handshake()
        return tls

    async def _serve_inside(self, wire: Wire, authority: str, scheme: str) -> None:
        async def respond(incoming: Incoming) -> Answer:
            host, name = self._route(authority, _without_port(incoming.headers.get("host", "")))
            return await self._answer(incoming, host, name, authority, scheme)

        await converse(wire, respond)

    def _is_open(self, authority: str) -> bool:
        """Say whether anything listens there: a name that resolves, or an address that some host has now."""
        target, port = _split(authority)
        if port not in _PORTS:
            return False
        if is_address(target):
            world, phase = self._stage.world, self._stage.phase
            return any(
                target in world.addresses(host) and not host.is_gone(phase) for host in world.hosts
            ) and is_outside(target)
        return self._route(authority, "")[0] is not None

    def _route(self, authority: str, asked_name: str) -> tuple[Host | None, str]:
        """Return the host that answers for an authority and the name it was asked by; for an address the asked name decides."""
        target, port = _split(authority)
        world = self._stage.world
        name = (asked_name or target).lower() if is_address(target) else target
        host = world.find(name, self._stage.phase)
        if host is None or host.dns in {"servfail", "silent"} or port not in _PORTS:
            return None, name
        addresses = world.addresses(host)
        is_reached = target in addresses if is_address(target) else any(map(is_outside, addresses))
        return (host, name) if is_reached and (is_outside(target) or not is_address(target)) else (None, name)

    async def _answer(self, incoming: Incoming, host: Host | None, name: str, authority: str, scheme: str) -> Answer:
        target = urlsplit(incoming.target)
        path = target.path or "/"
        if host is None:
            answer = as_text(f"no host of the practice range at {authority} for {name}\n", 502)
        elif incoming.method not in {"GET", "HEAD"}:
            answer = as_text("此处只能查看。\n", 405, ("allow", "GET, HEAD"))
        else:
            request = Request(
                host=host, name=name, method=incoming.method, scheme=scheme, path=path, query=target.query, headers=incoming.headers
            )  # fmt: skip
            behaviour = BEHAVIOURS.get(host.behaviour)
            answer = behaviour(request, self._stage) if behaviour else from_pages(request, self._stage.phase)
        self._stage.record(
            method=incoming.method, scheme=scheme, authority=authority, host=host.name if host else "",
            path=f"{path}?{target.query}" if target.query else path, user_agent=incoming.headers.get("user-agent", ""),
            status=answer.status, body_bytes=incoming.body_bytes,
        )  # fmt: skip
        return answer


def _split(authority: str) -> tuple[str, int]:
    host, _, port = authority.rpartition(":")
    if not port.isascii() or not port.isdigit():
        return authority.strip("[]").lower(), 0
    return host.strip("[]").rstrip(".").lower(), int(port[:6])


def _without_port(header: str) -> str:
    """Return the name in a Host header."""
    host, colon, port = header.rpartition(":")
    return (host if colon and port.isdigit() else header).strip("[]").rstrip(".")
