"""Builds the configured feeds and lets them run side by side, all through the product's own gate."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import httpx

from crawler.facts.dns import DnsResolver
from crawler.feeds.certstream import CertstreamFollower
from crawler.feeds.ct_rfc6962 import Rfc6962Log
from crawler.feeds.ct_signatures import LogKey
from crawler.feeds.ct_static import StaticLog
from crawler.feeds.ct_tailer import LogTailer
from crawler.feeds.fetch import LogServer
from crawler.feeds.folder import FolderReader
from crawler.feeds.model import CertificateLog, FeedState, ReadList
from crawler.feeds.parts import FeedParts
from crawler.gate.proxy import EgressGate, GateLimits
from crawler.settings import honest_agent
from pipelines.errors import SettingInvalid
from pipelines.feeds import FeedBookmark
from pipelines.ports import FeedBookmarks
from pipelines.settings import CertstreamFeed, CtFeed, FolderFeed, Settings

__all__ = ["Feed", "FeedOutcome", "WatchPlan", "WayOut", "open_way_out", "run_feeds", "watch_feeds"]

AnyFeed = CtFeed | CertstreamFeed | FolderFeed

_LIFETIME_S = 30 * 86_400.0
_MAX_BYTES = 1 << 50
"""A feed is no suspect: its connection may live for weeks. Single answers are bounded where they are read."""
_LOG_TYPES: dict[str, type[Rfc6962Log] | type[StaticLog]] = {"rfc6962": Rfc6962Log, "static_ct": StaticLog}


class Feed(Protocol):
    """Anything that can be followed."""

    mark: FeedBookmark

    async def look(self) -> bool:
        """Read what is there now; return False if it could not be reached."""

    async def follow(self) -> None:
        """Look again and again until cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchPlan:
    """What this invocation wants."""

    feeds: tuple[AnyFeed, ...]
    from_start: bool = False
    """Read logs from their first entry; else a log never read begins at its present end."""


@dataclass(frozen=True, slots=True)
class FeedOutcome:
    """How one look at a feed ended."""

    mark: FeedBookmark
    was_reached: bool

    @property
    def needs_person(self) -> bool:
        """Say whether something is missing or looks wrong."""
        return bool(self.mark.gaps or self.mark.alarms)


@dataclass(frozen=True, slots=True)
class WayOut:
    """How feeds reach their servers."""

    client: httpx.AsyncClient
    gate: EgressGate
    context: ssl.SSLContext

    def explain(self, url: str) -> str:
        """Return why the gate let nothing out to this URL; empty: it did."""
        return self.gate.passage(url.replace("ws", "http", 1) if url.startswith("ws") else url).failure


async def watch_feeds(
    settings: Settings,
    plan: WatchPlan,
    bookmarks: FeedBookmarks,
    parts: FeedParts,
    read_list: ReadList,
    stop: asyncio.Event,
) -> tuple[FeedOutcome, ...]:
    """Follow the feeds of the plan until `stop` is set, or (`parts.is_once`) until each has been read to its present end.

    Raises `SettingInvalid` before anything is asked, `StoreUnavailable` when a bookmark cannot be kept.
    """
    keys = {feed.name: _key(feed, settings) for feed in plan.feeds if isinstance(feed, CtFeed)}
    async with AsyncExitStack() as held:
        way_out: WayOut | None = None
        if any(not isinstance(feed, FolderFeed) for feed in plan.feeds):
            way_out = await held.enter_async_context(open_way_out(settings))
        feeds: list[Feed] = []
        for feed in plan.feeds:
            mark = bookmarks.get(feed.name)
            if isinstance(feed, FolderFeed):
                feeds.append(FolderReader(feed, settings.home / feed.path, mark, parts, read_list))
            elif way_out and isinstance(feed, CtFeed):
                log = _log(feed, way_out, keys[feed.name])
                feeds.append(LogTailer(feed, log, mark, parts, from_start=plan.from_start))
            elif way_out and isinstance(feed, CertstreamFeed):
                feeds.append(
                    CertstreamFollower(
                        feed, mark, parts, proxy=way_out.gate.url, context=way_out.context, explain=way_out.explain
                    )
                )
        return await run_feeds(feeds, parts, stop)


async def run_feeds(feeds: Sequence[Feed], parts: FeedParts, stop: asyncio.Event) -> tuple[FeedOutcome, ...]:
    """Run feeds side by side; the first that raises ends them all. Bookmarks are kept whenever it ends."""
    reached = dict.fromkeys(range(len(feeds)), False)

    async def run(place: int, feed: Feed) -> None:
        parts.watch.show(feed.mark, FeedState.STARTING)
        if parts.is_once:
            reached[place] = await feed.look()
        else:
            await feed.follow()

    tasks = {asyncio.create_task(run(place, feed)) for place, feed in enumerate(feeds)}
    stopping = asyncio.create_task(stop.wait())
    try:
        pending: set[asyncio.Task[None]] = set(tasks)
        while pending and not stop.is_set():
            done, _ = await asyncio.wait({*pending, stopping}, return_when=asyncio.FIRST_COMPLETED)
            pending -= done
            for task in done & tasks:
                task.result()
    finally:
        for one in (*tasks, stopping):
            one.cancel()
        await asyncio.gather(*tasks, stopping, return_exceptions=True)
    for feed in feeds:
        parts.watch.show(feed.mark, FeedState.STOPPED)
    return tuple(FeedOutcome(feed.mark, reached[place]) for place, feed in enumerate(feeds))


@asynccontextmanager
async def open_way_out(settings: Settings) -> AsyncIterator[WayOut]:
    """Open the gate and a client behind it. Raises `SettingInvalid` when the CA file cannot be used."""
    egress = settings.egress
    context = _tls_context(settings)
    idle_s = 60.0 + max([feed.silent_s for feed in settings.feeds], default=0.0)
    limits = GateLimits(lifetime_s=_LIFETIME_S, max_bytes=_MAX_BYTES, idle_s=idle_s)
    async with (
        EgressGate.of(egress, DnsResolver(settings.dns).addresses, limits) as gate,
        httpx.AsyncClient(
            proxy=gate.url,
            verify=context,
            trust_env=False,
            timeout=httpx.Timeout(30.0),
            headers={"User-Agent": honest_agent(egress.contact_url)},
        ) as client,
    ):
        yield WayOut(client, gate, context)


def _log(feed: CtFeed, way_out: WayOut, key: LogKey | None) -> CertificateLog:
    server = LogServer(way_out.client, feed.url, way_out.explain)
    return _LOG_TYPES[feed.kind](feed.name, server, key)


def _key(feed: CtFeed, settings: Settings) -> LogKey | None:
    try:
        return LogKey(base64.b64decode(feed.public_key)) if feed.public_key else None
    except ValueError as error:
        raise SettingInvalid(
            f"feeds.{feed.name}.public_key",
            settings.origins.get("feeds", "-"),
            f"不是 RSA 或 ECDSA 公钥（{error}）",
            f"no RSA or ECDSA key ({error})",
        ) from error


def _tls_context(settings: Settings) -> ssl.SSLContext:
    context = httpx.create_ssl_context()
    if settings.egress.ca_file is not None:
        path = Path(settings.home / settings.egress.ca_file)
        try:
            context.load_verify_locations(cafile=path)
        except OSError as error:
            raise SettingInvalid(
                "egress.ca_file",
                settings.origins.get("egress.ca_file", "-"),
                f"证书文件 {path} 不能用（{error}）",
                f"the certificate file {path} cannot be used ({error})",
            ) from error
    return context
