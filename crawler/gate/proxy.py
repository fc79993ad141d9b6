"""The egress proxy on loopback: resolves with our resolver, checks every address, pins one and dials exactly that one.

Scrapy and Chromium know no other way out, so redirects, sub-resources, frames, WebSockets and rebinding all meet the same check.
Where the organisation has a forward proxy, it is asked for the pinned address, never for the name: it cannot be led elsewhere.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.facts.dns import NameFailure, NameUnresolved
from crawler.gate.dial import Connection, DialFailed, Dialler
from crawler.gate.policy import GatePolicy, Refusal, RefusalReason
from crawler.gate.way_out import WayOut
from crawler.gate.wire import GateRequest, read_request, relay_response, splice
from pipelines.errors import SourceUnreachable
from pipelines.settings import EgressSettings

__all__ = ["EgressGate", "GateLimits", "Passage"]

_REMEMBERED = 5000
_READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "CONNECT"})

Resolve = Callable[[str], Awaitable[tuple[str, ...]]]
"""Name → addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLimits:
    """Caps of one connection."""

    connect_s: float = 10.0
    idle_s: float = 30.0
    lifetime_s: float = 180.0
    max_bytes: int = 64_000_000
    """In both directions together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """How the last request for an authority went."""

    peer: str = ""
    """The pinned address; empty: it came to none."""
    failure: str = ""
    """Why it was not let out or did not arrive (one Chinese sentence); empty: it went through."""
    is_refused: bool = False
    is_final: bool = False
    """Asking again in a moment would change nothing: there is no such name."""


class EgressGate:
    """A forward proxy for this process only. Use as an async context manager; `url` is what clients are given."""

    def __init__(
        self,
        policy: GatePolicy,
        resolve: Resolve,
        upstream: str = "",
        limits: GateLimits | None = None,
        *,
        trusts_proxy_names: bool = False,
    ) -> None:
        self._limits = limits or GateLimits()
        self._dialler = Dialler(upstream, self._limits.connect_s, trusts_proxy_names=trusts_proxy_names)
        self._way_out = WayOut(policy, resolve, self._dialler)
        self._passages: OrderedDict[tuple[str, int], Passage] = OrderedDict()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self.port = 0

    @classmethod
    def of(cls, egress: EgressSettings, resolve: Resolve, limits: GateLimits | None = None) -> "EgressGate":
        """Return the gate as configured: its ports and networks, and the organisation's proxy if there is one."""
        policy = GatePolicy(allowed_ports=egress.allowed_ports, allowed_networks=egress.allowed_networks)
        return cls(policy, resolve, egress.proxy, limits, trusts_proxy_names=egress.trusts_proxy_names)

    @property
    def url(self) -> str:
        """Return the proxy address for clients."""
        return f"http://127.0.0.1:{self.port}"

    def require_upstream(self) -> None:
        """Make sure that the organisation's proxy, if there is one, was reachable last. Raises `SourceUnreachable`."""
        if self._dialler.upstream_failure:
            raise SourceUnreachable(
                "上级代理",
                "The forward proxy",
                self._dialler.upstream_name,
                "没有应答，请检查 egress.proxy 配置和网络，恢复后用 --resume 继续",
                "it does not answer; check egress.proxy and the network, then go on with --resume",
            )

    async def require_way_out(self) -> None:
        """Try the organisation's proxy, if there is one. Raises `SourceUnreachable`."""
        await self._dialler.try_upstream()
        self.require_upstream()

    def passage(self, url: str) -> Passage:
        """Return how the last request for this URL's authority went."""
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return self._passages.get(((parts.hostname or "").lower(), port), Passage())

    async def __aenter__(self) -> "EgressGate":
        self._server = await asyncio.start_server(self._welcome, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server:
            self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(self._limits.lifetime_s):
                request = await read_request(reader, self._limits.idle_s)
                if request:
                    await self._let_out(request, reader, writer)
        except Refusal as refusal:
            await _answer(writer, 403, f"X-Jianwei-Refused: {refusal.reason.value}")
        except (OSError, TimeoutError):
            pass  # one side went away or took too long; the other is told by closing
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _let_out(self, request: GateRequest, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        authority = (request.host.lower(), request.port)
        try:
            connection = await self._connect(request)
        except Refusal as refusal:
            self._remember(authority, Passage(failure=refusal.sentence, is_refused=True))
            raise
        except NameUnresolved as error:
            is_final = error.failure in {NameFailure.NO_SUCH_NAME, NameFailure.NO_RECORD}
            self._remember(authority, Passage(failure=error.sentence, is_final=is_final))
            await _answer(writer, 502, f"X-Jianwei-Failed: name_{error.failure.value}")
            return
        except DialFailed as error:
            self._remember(authority, Passage(failure=error.sentence))
            await _answer(writer, 504 if error.is_timeout else 502, f"X-Jianwei-Failed: {error.code}")
            return
        self._remember(authority, Passage(peer=connection.address))
        async with connection:
            if request.is_tunnel:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                connection.writer.write(request.rest)
                await splice(reader, writer, connection, self._limits.idle_s, self._limits.max_bytes)
            else:
                connection.writer.write(request.head(connection.absolute_authority))
                await relay_response(connection.reader, writer, self._limits.idle_s, self._limits.max_bytes)

    async def _connect(self, request: GateRequest) -> Connection:
        if request.method not in _READING_METHODS:
            raise Refusal(RefusalReason.REQUEST_INVALID, request.method)
        if request.port == self.port:
            raise Refusal(RefusalReason.PORT_FORBIDDEN, f"{request.host}:{request.port}")
        return await self._way_out.connect(request.host, request.port, is_tunnel=request.is_tunnel)

    def _remember(self, authority: tuple[str, int], passage: Passage) -> None:
        self._passages[authority] = passage
        self._passages.move_to_end(authority)
        if len(self._passages) > _REMEMBERED:
            self._passages.popitem(last=False)


async def _answer(writer: asyncio.StreamWriter, status: int, header: str) -> None:
    reason = {403: "Forbidden", 502: "Bad Gateway", 504: "Gateway Timeout"}[status]
    head = f"HTTP/1.1 {status} {reason}\r\n{header}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    with contextlib.suppress(OSError):
        writer.write(head.encode("ascii", "replace"))
        await writer.drain()
