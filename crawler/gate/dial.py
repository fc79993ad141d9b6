"""Connects to a pinned address, directly or through the organisation's forward proxy."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

__all__ = ["Connection", "DialFailed", "Dialler"]

_TRIED_ADDRESSES = 2
_MAX_REPLY = 16_384
_OK = 200
_GATEWAY_TIMEOUT = 504
_NO_TUNNEL_STATUSES = frozenset({403, 405, 501})
"""What proxies answer that only allow CONNECT to port 443."""


class DialFailed(Exception):
    """Nobody answered at the pinned address, or the organisation's proxy is out of reach."""

    def __init__(self, code: str, sentence: str, *, is_timeout: bool = False) -> None:
        super().__init__(sentence)
        self.code = code
        """`refused`, `timeout`, `proxy_unreachable`, `proxy_no_tunnel`, `proxy_closed` or `proxy_<status>`."""
        self.sentence = sentence
        self.is_timeout = is_timeout


@dataclass(frozen=True, slots=True)
class Connection:
    """An open way to a pinned address; closes itself as a context manager."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    address: str
    absolute_authority: str = ""
    """Requests must name this authority in their first line (a proxy without tunnels); empty: plain origin form."""

    async def __aenter__(self) -> "Connection":
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()


class Dialler:
    """Opens connections to pinned addresses."""

    def __init__(self, upstream: str, connect_s: float, *, trusts_proxy_names: bool = False) -> None:
        parts = urlsplit(upstream)
        self._upstream = (parts.hostname, parts.port or 80) if parts.hostname else None
        self._connect_s = connect_s
        self._trusts_proxy_names = trusts_proxy_names
        self.upstream_failure: DialFailed | None = None
        """Why the organisation's proxy could not be reached last; None: it answered, or there is none."""

    @property
    def upstream_name(self) -> str:
        """Return the organisation's proxy for a message; empty: there is none."""
        return f"{self._upstream[0]}:{self._upstream[1]}" if self._upstream else ""

    async def try_upstream(self) -> None:
        """Connect to the organisation's proxy, if there is one, and note in `upstream_failure` how that went."""
        if self._upstream:
            with contextlib.suppress(DialFailed):
                _, writer = await self._open_upstream(self._upstream)
                writer.close()

    async def dial(self, name: str, addresses: Sequence[str], port: int, *, is_tunnel: bool) -> Connection:
        """Return a connection to the first of the checked `addresses` of `name` that answers. Raises `DialFailed`."""
        *others, last = addresses[:_TRIED_ADDRESSES]
        for address in others:
            with contextlib.suppress(DialFailed):
                return await self._dial_one(name, address, port, is_tunnel=is_tunnel)
        return await self._dial_one(name, last, port, is_tunnel=is_tunnel)

    async def _dial_one(self, name: str, address: str, port: int, *, is_tunnel: bool) -> Connection:
        if self._upstream:
            return await self._through_upstream(self._upstream, name, address, port, is_tunnel=is_tunnel)
        reader, writer = await self._open(address, port)
        return Connection(reader, writer, address)

    async def _open(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        try:
            async with asyncio.timeout(self._connect_s):
                return await asyncio.open_connection(host, port)
        except TimeoutError:
            raise DialFailed("timeout", f"连接 {host}:{port} 超时", is_timeout=True) from None
        except OSError:
            raise DialFailed("refused", f"{host}:{port} 拒绝连接或不可达") from None

    async def _through_upstream(
        self, upstream: tuple[str, int], name: str, address: str, port: int, *, is_tunnel: bool
    ) -> Connection:
        authority = _authority(address, port)
        reader, writer = await self._open_upstream(upstream)
        status = await self._ask_tunnel(reader, writer, authority)
        if status == _OK:
            return Connection(reader, writer, address)
        writer.close()
        if is_tunnel or status not in _NO_TUNNEL_STATUSES:
            is_timeout = status == _GATEWAY_TIMEOUT
            raise DialFailed(f"proxy_{status}", f"上级代理不能连接 {authority}（{status}）", is_timeout=is_timeout)
        if not self._trusts_proxy_names:
            raise DialFailed(
                "proxy_no_tunnel",
                f"上级代理不允许用 CONNECT 连接 {authority}（{status}），无法保证只访问已核对的地址；"
                "请网管放行，或在确认代理自身会拦截内网地址后设置 egress.trusts_proxy_names = true",
            )
        # A proxy writes the Host it forwards from the first line (RFC 9112 §3.2.2), so the name must stand there, not the address.
        reader, writer = await self._open_upstream(upstream)
        return Connection(reader, writer, address, absolute_authority=_authority(name, port))

    async def _open_upstream(self, upstream: tuple[str, int]) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        host, port = upstream
        try:
            opened = await self._open(host, port)
        except DialFailed as error:
            self.upstream_failure = DialFailed("proxy_unreachable", f"上级代理 {host}:{port} 无法连接")
            raise self.upstream_failure from error
        self.upstream_failure = None
        return opened

    async def _ask_tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, authority: str) -> int:
        writer.write(f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode())
        try:
            async with asyncio.timeout(self._connect_s):
                head = await reader.readuntil(b"\r\n\r\n")
        except TimeoutError:
            writer.close()
            raise DialFailed("timeout", f"上级代理连接 {authority} 超时", is_timeout=True) from None
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            writer.close()
            raise DialFailed("proxy_closed", f"上级代理中断了到 {authority} 的连接") from None
        words = head[:_MAX_REPLY].split(b" ", 2)
        return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0


def _authority(host: str, port: int) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"{shown}:{port}"
