"""One look at one address through Scrapy's downloader: redirects followed hop by hop, every failure one sentence."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from urllib.parse import urljoin

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response
from twisted.internet.error import ConnectError, ConnectionClosed
from twisted.web.client import ResponseFailed

from crawler.capture import REDIRECTS, Answer, answer_of
from crawler.facts.tls import tls_facts, tls_faults
from crawler.gate.proxy import EgressGate
from crawler.gate.wire import is_gates_own
from crawler.politeness import DomainRests, Politeness
from crawler.retry_after import retry_after_s
from crawler.settings import user_agent
from detectors.model import Hop, Profile
from detectors.pages.read import decode_html
from keywords.hosts import canonical_url, host_of, owned_domain
from pipelines.settings import CrawlSettings

__all__ = ["FetchFailed", "Fetcher", "RobotsForbid", "SiteResting", "refresh_target"]

_FAILURES = (
    CannotResolveHostError, DownloadCancelledError, DownloadConnectionRefusedError, DownloadFailedError,
    DownloadTimeoutError, ResponseDataLossError, UnsupportedURLSchemeError, TunnelError, ConnectError, ConnectionClosed,
    ResponseFailed, OSError, UnicodeError,
)  # fmt: skip
_MAX_URL = 4000
_IS_VISIT = "jianwei_is_visit"
_WEAK_MOMENTS = frozenset({502, 504, 522, 524})
_TOO_MANY = 429
_UNAVAILABLE = 503
_SOON_S = 5.0
_HEAD_BYTES = 20_000
_META = re.compile(r"<meta\b[^>]{0,2000}>", re.IGNORECASE)
_IS_REFRESH = re.compile(r"""\bhttp-equiv\s*=\s*["']?\s*refresh\b""", re.IGNORECASE)
_CONTENT = re.compile(r"""\bcontent\s*=\s*(["'])(.{0,1500}?)\1""", re.IGNORECASE | re.DOTALL)
_USUAL_REST_S = 600.0
"""For sites that say "too many" without saying how long."""


class FetchFailed(Exception):
    """Nothing came back; `sentence` says why in Chinese."""

    def __init__(self, sentence: str, *, is_refused: bool = False, is_passing: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.is_refused = is_refused
        """Our own gate did not let it out."""
        self.is_passing = is_passing
        """May be another thing in a moment: a connection that broke, a server that did not answer."""

    def after(self, first: "FetchFailed") -> "FetchFailed":
        """Return the failure of a second way as the end of what was tried; the same sentence is not said twice."""
        if self.sentence == first.sentence:
            return self
        sentence = f"{first.sentence}；改用 HTTPS 访问：{self.sentence}"
        return FetchFailed(sentence, is_refused=self.is_refused, is_passing=self.is_passing)


class RobotsForbid(FetchFailed):
    """The site's robots.txt does not want this asked."""


class SiteResting(FetchFailed):
    """It is not our turn at the site for longer than a visit can wait: nothing was asked, nothing is known."""


class Fetcher:
    """Looks at addresses for one spider."""

    def __init__(
        self,
        crawler: Crawler,
        gate: EgressGate,
        settings: CrawlSettings,
        politeness: Politeness,
        *,
        obeys_robots: bool = True,
    ) -> None:
        self._crawler = crawler
        self._gate = gate
        self._settings = settings
        self._politeness = politeness
        self._obeys_robots = obeys_robots

    async def visit(self, url: str, profile: Profile = Profile.DESKTOP) -> Answer:
        """Look at a suspect's address as an ordinary visitor would, following redirects. Raises `FetchFailed`."""
        headers = {"User-Agent": user_agent(profile)}
        meta = {"dont_merge_cookies": True, "dont_obey_robotstxt": True, _IS_VISIT: True}
        hops: list[Hop] = []
        answer = await self._once(url, headers, meta)
        while target := _target(answer):
            hops.append(Hop(url=answer.final_url, status=answer.status, location=target))
            if len(hops) > self._settings.max_redirects:
                return replace(answer, requested_url=url, redirects=tuple(hops), stopped="重定向次数过多，已停止")
            try:
                answer = await self._once(target, headers, meta)
            except SiteResting:
                raise  # what a visitor ends up with is still to be seen
            except FetchFailed as failed:
                return replace(
                    answer, requested_url=url, redirects=tuple(hops), stopped=f"重定向目标未能访问：{failed.sentence}"
                )
        return replace(answer, requested_url=url, redirects=tuple(hops))

    async def ask(self, url: str, cookie_jar: str, headers: dict[str, str] | None = None) -> Answer:
        """Ask a search engine or platform once, as ourselves, redirects not followed. Raises `FetchFailed`, `RobotsForbid`."""
        meta = {"cookiejar": cookie_jar, "dont_obey_robotstxt": not self._obeys_robots}
        answer = await self._once(url, headers or {}, meta)
        return replace(answer, robots="obeyed" if self._obeys_robots else "not consulted, by configuration")

    async def _once(self, url: str, headers: dict[str, str], meta: Mapping[str, object]) -> Answer:
        """Ask once, and once more where a network's moment of weakness may have been the cause."""
        try:
            usable = canonical_url(url[:_MAX_URL])
            request = Request(usable, headers=headers, meta=dict(meta), dont_filter=True)
        except ValueError:
            raise FetchFailed(f"地址不合规范：{url[:80]}") from None
        try:
            answer = await self._in_turn(request.copy())
        except FetchFailed as failed:
            if not failed.is_passing:
                raise
        else:
            if answer.status not in _WEAK_MOMENTS:
                return answer
        return await self._in_turn(request)

    async def _in_turn(self, request: Request) -> Answer:
        domain = owned_domain(host_of(request.url))
        try:
            async with self._politeness.turn(domain):
                answer = await self._download(request)
        except DomainRests as rests:
            raise SiteResting(rests.sentence) from None
        if request.meta.get(_IS_VISIT) and (wait_s := _asks_to_wait(answer)):
            await self._politeness.leave_alone(domain, wait_s)
        return answer

    async def _download(self, request: Request) -> Answer:
        engine = self._crawler.engine
        if engine is None:
            raise FetchFailed("巡查已停止")
        try:
            response = await engine.download_async(request)
        except IgnoreRequest as error:
            if "robots" in str(error):
                raise RobotsForbid("对方 robots.txt 不允许自动访问") from None
            raise FetchFailed("地址不是网页地址") from None
        except _FAILURES as error:
            raise self._failed(request.url, _cause(error)) from None
        if is_gates_own(response.url, (name.decode("latin-1") for name in response.headers)):
            raise self._failed(request.url, "没有应答")
        return self._answer(response)

    def _failed(self, url: str, otherwise: str) -> FetchFailed:
        passage = self._gate.passage(url)
        is_passing = not passage.is_refused and not passage.is_final
        return FetchFailed(passage.failure or otherwise, is_refused=passage.is_refused, is_passing=is_passing)

    def _answer(self, response: Response) -> Answer:
        peer = self._gate.passage(response.url).peer
        answer = answer_of(response, self._settings.max_body_bytes, peer=peer)
        shown = response.certificate
        if not shown:
            return answer
        faults = tls_faults(shown, host_of(response.url), datetime.now(UTC))
        return replace(answer, tls=tls_facts(shown), tls_faults=faults)


def _target(answer: Answer) -> str:
    """Return where a redirect leads, also one by `Refresh` that a visitor hardly sees; empty: nowhere we go."""
    wanted = "location" if answer.status in REDIRECTS else "refresh"
    location = answer.header(wanted).strip()
    if wanted == "refresh":
        location = refresh_target(location) or _refreshed_by(answer)
    if not location:
        return ""
    try:
        target = canonical_url(urljoin(answer.final_url, location[:_MAX_URL]))
    except ValueError:
        return ""
    # A page that only reloads itself is there already.
    return "" if wanted == "refresh" and target == canonical_url(answer.final_url) else target


def _refreshed_by(answer: Answer) -> str:
    """Return where the page's own `<meta http-equiv=refresh>` leads; empty: nowhere, or no page."""
    if b"http-equiv" not in answer.body[:_HEAD_BYTES].lower() or "html" not in (answer.content_type or "html").lower():
        return ""
    html = decode_html(answer.body[:_HEAD_BYTES], answer.content_type)
    for tag in _META.findall(html):
        said = _CONTENT.search(tag) if _IS_REFRESH.search(tag) else None
        if said and (target := refresh_target(said[2])):
            return target
    return ""


def refresh_target(value: str) -> str:
    """Return the address of a refresh that comes within seconds (`0; url=/next`); empty: it comes late, or names none."""
    wait, _, rest = value.replace(",", ";", 1).partition(";")
    wait = wait.strip()
    if not wait.isascii() or not wait.replace(".", "", 1).isdigit() or float(wait) > _SOON_S:
        return ""
    name, _, target = rest.partition("=")
    return unescape(target).strip().strip("'\"").strip() if name.strip().lower() == "url" else ""


def _asks_to_wait(answer: Answer) -> float:
    """Return for how many seconds the site wants to be left alone; 0: it did not say so."""
    if answer.status not in {_TOO_MANY, _UNAVAILABLE}:
        return 0.0
    said = retry_after_s(answer.header("retry-after"), datetime.now(UTC))
    if said is None:
        return _USUAL_REST_S if answer.status == _TOO_MANY else 0.0
    return said


def _cause(error: Exception) -> str:
    if isinstance(error, DownloadTimeoutError):
        return "访问超时"
    if isinstance(error, DownloadCancelledError):
        return "下载被中止"
    return "连接失败或中断"
