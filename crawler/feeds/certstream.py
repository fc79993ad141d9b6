"""A client of certstream-compatible websocket servers. There is no default server: the public one has been silent for years.

Understood: `certificate_update` (full and lite), domain lists (`dns_entries`), `heartbeat`. A stream has no offset: what passes while
nobody listens is lost, so every time not heard is kept as an `Outage` and counted.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidURI, WebSocketException

from crawler.feeds.ct_entries import instant_of_ms
from crawler.feeds.marks import add_broken, add_outage, end_alarm, raise_alarm
from crawler.feeds.model import FeedState, SeenName
from crawler.feeds.parts import FeedParts
from pipelines.feeds import AlarmKind, BrokenEntry, FeedBookmark
from pipelines.settings import CertstreamFeed

__all__ = ["CertstreamFollower", "MessageBroken", "names_of_message"]

_FLUSH_S = 1.0
_FLUSH_MESSAGES = 500
_MAX_MESSAGE_BYTES = 4_000_000
_OPEN_S = 20.0
_FIRST_BACKOFF_S = 1.0
_LONGEST_BACKOFF_S = 120.0
_MAX_INDEX = 1 << 62
_GONE = (OSError, TimeoutError, WebSocketException, InvalidHandshake, InvalidURI)
"""Whatever ends a connection or keeps it from coming about."""


class MessageBroken(ValueError):
    """A message is not one a certstream server sends."""


class _Leaf(msgspec.Struct):
    all_domains: object = None
    extensions: object = None
    sha256: object = None


class _Update(msgspec.Struct):
    """Only the names are demanded: what passes cannot be asked for again, so an odd index or time must not cost them."""

    leaf_cert: _Leaf
    cert_index: object = None
    seen: object = None
    source: object = None


class _Message(msgspec.Struct):
    message_type: str = ""
    data: msgspec.Raw = msgspec.Raw()


def names_of_message(text: str | bytes) -> tuple[SeenName, ...]:
    """Return the names of one message; none for a heartbeat or a kind we do not know. Raises `MessageBroken`."""
    try:
        message = msgspec.json.decode(text, type=_Message)
        if message.message_type == "certificate_update":
            return _of_certificate(msgspec.json.decode(message.data, type=_Update))
        if message.message_type == "dns_entries":
            return tuple(SeenName(name=name) for name in msgspec.json.decode(message.data, type=list[str]))
    except (msgspec.DecodeError, UnicodeError) as error:
        raise MessageBroken(str(error)) from error
    return ()


def _of_certificate(update: _Update) -> tuple[SeenName, ...]:
    leaf = update.leaf_cert
    digest = leaf.sha256.replace(":", "").lower() if isinstance(leaf.sha256, str) else ""
    index, seen_at, log = _index(update.cert_index), _instant(update.seen), _log(update.source)
    return tuple(
        SeenName(name=name, certificate_sha256=digest, index=index, log=log, logged_at=seen_at)
        for name in dict.fromkeys(_names(leaf))
    )


def _names(leaf: _Leaf) -> list[str]:
    """Return the names of a certificate; servers that do not list them give the extension as text, `DNS:a, DNS:b`."""
    listed = leaf.all_domains
    if isinstance(listed, str):
        return [listed]
    if isinstance(listed, list):
        return [name for name in listed if isinstance(name, str)]
    text = leaf.extensions.get("subjectAltName") if isinstance(leaf.extensions, dict) else None
    entries = (one.strip() for one in text.split(",")) if isinstance(text, str) else ()
    return [one.removeprefix("DNS:").strip() for one in entries if one.startswith("DNS:")]


def _index(said: object) -> int | None:
    number = said if isinstance(said, int) else _number(said)
    return int(number) if number is not None and 0 <= number < _MAX_INDEX else None


def _log(source: object) -> str:
    named = [source.get("name"), source.get("url")] if isinstance(source, dict) else [source]
    return next((one for one in named if isinstance(one, str) and one), "")


def _instant(seconds: object) -> datetime | None:
    number = _number(seconds)
    try:
        return instant_of_ms(int(number * 1000)) if number else None
    except (ValueError, OverflowError):
        return None


def _number(said: object) -> float | None:
    """Return the number, whichever way it was written; None: it is none."""
    try:
        return float(said) if isinstance(said, int | float | str) and not isinstance(said, bool) else None
    except (ValueError, OverflowError):
        return None


class CertstreamFollower:
    """One stream."""

    def __init__(
        self,
        settings: CertstreamFeed,
        mark: FeedBookmark | None,
        parts: FeedParts,
        *,
        proxy: str | None,
        context: ssl.SSLContext | None = None,
        explain: Callable[[str], str] = lambda _: "",
    ) -> None:
        """Connect through `proxy`; `context` checks the server's certificate (wss); `explain` as in `fetch.LogServer`."""
        self._settings = settings
        self._parts = parts
        self._proxy = proxy
        self._context = context
        self._explain = explain
        self._began_at = parts.clock.now()
        self._backoff_s = _FIRST_BACKOFF_S
        self.mark = mark or FeedBookmark(feed=settings.name, kind=settings.kind)

    async def follow(self) -> None:
        """Listen until cancelled, connecting anew after every break."""
        while True:
            await self._listen_once(None)
            await self._parts.pause(self._backoff_s)
            self._backoff_s = min(_LONGEST_BACKOFF_S, self._backoff_s * 2)

    async def look(self) -> bool:
        """Listen for `poll_s`; return False if the server could not be reached."""
        return await self._listen_once(self._settings.poll_s)

    async def _listen_once(self, listen_s: float | None) -> bool:
        """Connect and listen until the connection ends, or for a time; return False if it never came about or broke."""
        try:
            async with self._connected() as connection:
                await self._begin()
                await self._listen(connection, listen_s)
        except _GONE as error:
            await self._miss(error)
            return False
        return True

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[ClientConnection]:
        async with connect(
            self._settings.url,
            proxy=self._proxy,
            ssl=self._context if self._settings.url.startswith("wss:") else None,
            open_timeout=_OPEN_S,
            ping_interval=min(20.0, self._settings.silent_s),
            max_size=_MAX_MESSAGE_BYTES,
            user_agent_header="jianwei",
        ) as connection:
            yield connection

    async def _begin(self) -> None:
        """Note the time since anything was heard as missed, before anything new is taken."""
        now = self._parts.clock.now()
        mark = end_alarm(self.mark, AlarmKind.SILENT)
        if mark.contact_at is not None:
            mark = add_outage(mark, mark.contact_at, now, "not_connected")
        await self._keep(replace(mark, contact_at=now))
        self._parts.watch.show(self.mark, FeedState.READING)

    async def _listen(self, connection: ClientConnection, listen_s: float | None) -> None:
        """Take messages in small batches. Raises one of `_GONE` when the connection ends or falls silent."""
        loop = asyncio.get_running_loop()
        stop_at = loop.time() + listen_s if listen_s is not None else None
        while stop_at is None or loop.time() < stop_at:
            batch, end = await self._gather(connection, stop_at)
            if batch:
                await self._take(batch)
            if end:
                raise end

    async def _gather(
        self, connection: ClientConnection, stop_at: float | None
    ) -> tuple[list[str | bytes], Exception | None]:
        """Return the messages of a moment, and why there will be no more (None: there may be)."""
        batch: list[str | bytes] = []
        loop = asyncio.get_running_loop()
        silent_at = loop.time() + self._settings.silent_s
        until = silent_at if stop_at is None else min(silent_at, stop_at)
        while len(batch) < _FLUSH_MESSAGES:
            try:
                async with asyncio.timeout_at(until):
                    batch.append(await connection.recv())
            except TimeoutError:
                is_silent = not batch and loop.time() >= silent_at
                return batch, TimeoutError(f"silent for {self._settings.silent_s:.0f} s") if is_silent else None
            except WebSocketException as error:
                return batch, error
            if len(batch) == 1:
                until = min(until, loop.time() + _FLUSH_S)
        return batch, None

    async def _take(self, batch: Iterable[str | bytes]) -> None:
        names: list[SeenName] = []
        broken: list[BrokenEntry] = []
        certificates = 0
        for text in batch:
            try:
                found = names_of_message(text)
            except MessageBroken as error:
                broken.append(BrokenEntry(index=self.mark.certificates + certificates, cause=str(error)[:200]))
                continue
            certificates += bool(found)
            names += found
        mark = add_broken(self.mark, broken) if broken else self.mark
        mark = replace(mark, contact_at=self._parts.clock.now(), certificates=mark.certificates + certificates)
        self.mark = await self._parts.hand_on.names(mark, names)
        self._backoff_s = _FIRST_BACKOFF_S
        self._parts.watch.show(self.mark, FeedState.READING)

    async def _miss(self, error: Exception) -> None:
        now = self._parts.clock.now()
        silent_s = (now - (self.mark.contact_at or self._began_at)).total_seconds()
        is_silent = silent_s > self._settings.silent_s
        if is_silent:
            await self._keep(raise_alarm(self.mark, AlarmKind.SILENT, "", now))
        cause = self._explain(self._settings.url) or f"{type(error).__name__} {error}".strip()
        self._parts.watch.show(self.mark, FeedState.SILENT if is_silent else FeedState.RETRYING)
        self._parts.watch.note(
            self._settings.name,
            f"连接中断，期间的证书无法补读，时长会计入缺口：{cause}",
            f"not connected; certificates of this time are lost and the time is counted: {cause}",
        )

    async def _keep(self, mark: FeedBookmark) -> None:
        self.mark = mark
        await self._parts.hand_on.keep(mark)
