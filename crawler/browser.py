"""Chromium for pages that need scripts, and for screenshots. It has no way out but the gate.

Every page gets a fresh context: no cookies survive, no service worker runs, nothing is downloaded, dialogs are dismissed, popups
do not open, only reading requests are let through, by Chromium's own rules and by ours. A page that hangs or kills the browser costs its own time limit and a restart.
"""

import asyncio
import base64
import contextlib
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import Protocol

from playwright.async_api import Browser as Chromium
from playwright.async_api import (
    BrowserContext,
    Dialog,
    Page,
    Playwright,
    ProxySettings,
    Request,
    Response,
    async_playwright,
)
from playwright.async_api import Error as PlaywrightError

from crawler.browser_arguments import (
    RULES_ARGUMENTS,
    RULES_UNWANTED,
    UNWANTED_ARGUMENTS,
    browser_arguments,
    has_sandbox,
)
from crawler.browser_path import find_chromium
from crawler.capture import REDIRECTS, Answer
from crawler.gate.wire import is_gates_own
from crawler.reading_only import give_rules, keep_to_reading, opened
from crawler.settings import user_agent
from detectors.model import Hop, Profile
from pipelines.errors import BrowserMissing
from pipelines.settings import CrawlSettings

__all__ = ["Browser", "RenderFailed", "Rendered", "Renderer"]

_PAGES_AT_ONCE = 6
"""Half of a look is waiting for a page to stand."""
_SETTLE_S = 1.2
_QUIET_S = 0.25
_GLANCE_S = 0.05
_SAYS_SOMETHING = "(document.body ? document.body.innerText.trim().length : 0) >= 40"
_STAND_STILL = """async () => {
    const late = new Promise(done => setTimeout(done, 1000));
    await Promise.race([document.fonts.ready, late]);
    for (const one of document.getAnimations()) {
        try { Number.isFinite(one.effect.getComputedTiming().endTime) ? one.finish() : one.cancel(); } catch {}
    }
    document.activeElement?.style?.setProperty("caret-color", "transparent", "important");
    return document.documentElement ? document.documentElement.scrollHeight : 0;
}"""
"""Waits for fonts, ends what moves, hides the caret; returns how high the page is."""
_WIDTH = {Profile.RENDERED: 1366, Profile.RENDERED_PHONE: 390}
_HEIGHT = {Profile.RENDERED: 900, Profile.RENDERED_PHONE: 844}
_UNWANTED_TYPES = frozenset({"media", "eventsource", "ping"})
_MADE_BY_PAGE = "blob:http"
"""A page that a script put together and went to: content of the page that did so."""
_NOWHERE: ProxySettings = {"server": "http://nowhere.invalid:1", "bypass": "<-loopback>"}
"""The proxy of the browser itself: updates, accounts and lists of its maker. Only the contexts of pages are given the gate."""


class RenderFailed(Exception):
    """The page could not be rendered; `sentence` says why in Chinese."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """What a visitor's browser ended up with."""

    answer: Answer
    """Its body is the document as it stood after the scripts ran, UTF-8."""
    screenshot: bytes
    """PNG; empty: the page could not be drawn."""


class Renderer(Protocol):
    """Shows pages as a visitor's browser does: a Chromium of this machine, or somebody else's."""

    @property
    def is_missing(self) -> bool:
        """Say whether there is nothing to render with, as far as is known."""

    async def render(self, url: str, profile: Profile) -> Rendered:
        """Load the page, let its scripts run, and draw it. Raises `RenderFailed`, `BrowserMissing`."""

    async def close(self) -> None:
        """Let go of what was started."""


class Browser:
    """Starts Chromium on first use and again after it died. Belongs to one event loop; close it at the end."""

    def __init__(self, settings: CrawlSettings, gate_url: str, executable: str | None = None) -> None:
        self._settings = settings
        self._gate_url = gate_url
        self._executable = executable
        self._playwright: Playwright | None = None
        self._chromium: Chromium | None = None
        self._rules = tempfile.TemporaryDirectory(prefix="jianwei-rules-")
        self._starting = asyncio.Lock()
        self._slots = asyncio.Semaphore(_PAGES_AT_ONCE)
        self.is_missing = not settings.renders

    async def close(self) -> None:
        """End Chromium."""
        await self._end_chromium()
        if self._playwright:
            with contextlib.suppress(PlaywrightError):
                await self._playwright.stop()
            self._playwright = None
        self._rules.cleanup()

    async def render(self, url: str, profile: Profile) -> Rendered:
        """Load the page, let its scripts run, and draw it. Raises `RenderFailed`, `BrowserMissing`."""
        async with self._slots:
            try:
                async with asyncio.timeout(self._settings.timeout_s * 2):
                    return await self._look(url, profile)
            except TimeoutError:
                # Nothing but a stuck renderer gets here: the steps inside have shorter limits of their own.
                await self._end_chromium()
                raise RenderFailed("浏览器渲染超时，已重新启动浏览器") from None
            except PlaywrightError as error:
                if not (self._chromium and self._chromium.is_connected()):
                    await self._end_chromium()
                    raise RenderFailed("网页使浏览器崩溃，已重新启动浏览器") from None
                raise RenderFailed(f"浏览器未能打开网页（{_code(error)}）") from None

    async def _look(self, url: str, profile: Profile) -> Rendered:
        async with self._context(profile) as context:
            page = await context.new_page()
            page.on("dialog", _dismiss)
            documents: list[Response] = []
            traffic = _Traffic(page)
            page.on("response", lambda one: documents.append(one) if _is_document(one, page) else None)
            response = await opened(page, url, self._settings.timeout_s)
            if response is None:
                raise RenderFailed("浏览器没有收到网页内容")
            await _settle(page, traffic)
            answer = await self._answer(
                url, page, [one for one in documents if one.status not in REDIRECTS] or [response], profile
            )
            return Rendered(answer=answer, screenshot=await self._draw(page, profile))

    async def _answer(self, url: str, page: Page, documents: Sequence[Response], profile: Profile) -> Answer:
        """Return the document as it stands. `documents` are those the page went through by itself, the one shown last."""
        shown = documents[-1]
        headers = await shown.all_headers()
        is_refused = is_gates_own(shown.url, headers)
        if is_refused or not page.url.startswith(("http", _MADE_BY_PAGE)):
            # What stands there now is Chromium's own page, or nothing: no content of the suspect.
            raise RenderFailed(f"网页转往不能访问的地址（{(page.url if is_refused else shown.url)[:200]}）")
        limit = self._settings.max_body_bytes
        document = (await page.content()).encode("utf-8", "replace")
        hops: list[Hop] = []
        for one in documents:
            if hops and hops[-1].location == "":
                hops[-1] = replace(hops[-1], location=_first_of(one).url)
            hops += await _redirects_of(one)
            hops.append(Hop(url=one.url, status=one.status, location=""))
        named = {name: value for name, value in headers.items() if name != "content-type"}
        return Answer(
            requested_url=url,
            final_url=shown.url if page.url.startswith(_MADE_BY_PAGE) else page.url,
            status=shown.status,
            headers=(*named.items(), ("content-type", "text/html; charset=utf-8")),
            body=document[:limit],
            is_truncated=len(document) > limit,
            redirects=tuple(hops[:-1]),
            user_agent=user_agent(profile),
        )

    async def _draw(self, page: Page, profile: Profile) -> bytes:
        width = _WIDTH[profile]
        highest = self._settings.max_screenshot_pixels // width
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                full = await page.evaluate(_STAND_STILL)
                height = max(_HEIGHT[profile], min(int(full or 0), highest))
                session = await page.context.new_cdp_session(page)
                # What Playwright told the browser about the screen holds for its own session only.
                screen = {"width": width, "height": _HEIGHT[profile], "deviceScaleFactor": 1}
                await session.send(
                    "Emulation.setDeviceMetricsOverride", {**screen, "mobile": profile is Profile.RENDERED_PHONE}
                )
                # Playwright packs PNGs as small as can be, which takes longer than all the rest of a look; the pixels are the same.
                drawn = await session.send(
                    "Page.captureScreenshot",
                    {
                        "format": "png",
                        "optimizeForSpeed": True,
                        "captureBeyondViewport": True,
                        "clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": 1},
                    },
                )
        except (PlaywrightError, TimeoutError, ValueError, TypeError):
            return b""
        return base64.b64decode(drawn["data"])

    @contextlib.asynccontextmanager
    async def _context(self, profile: Profile) -> AsyncIterator[BrowserContext]:
        chromium = await self._running_chromium()
        is_phone = profile is Profile.RENDERED_PHONE
        context = await chromium.new_context(
            user_agent=user_agent(profile),
            viewport={"width": _WIDTH[profile], "height": _HEIGHT[profile]},
            is_mobile=is_phone,
            has_touch=is_phone,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            ignore_https_errors=True,
            accept_downloads=False,
            service_workers="block",
            # Chromium lets loopback past proxies unless told otherwise.
            proxy={"server": self._gate_url, "bypass": "<-loopback>"},
        )
        try:
            context.set_default_timeout(self._settings.timeout_s * 1000)
            await keep_to_reading(context, _UNWANTED_TYPES)
            yield context
        finally:
            with contextlib.suppress(PlaywrightError, TimeoutError):
                async with asyncio.timeout(self._settings.timeout_s):
                    await context.close()

    async def _running_chromium(self) -> Chromium:
        async with self._starting:
            if self._chromium and self._chromium.is_connected():
                return self._chromium
            path = self._executable or await asyncio.to_thread(find_chromium)
            if not path or not self._settings.renders:
                self.is_missing = True
                raise BrowserMissing
            if self._playwright is None:
                self._playwright = await async_playwright().start()
            try:
                self._chromium = await self._playwright.chromium.launch(
                    executable_path=path,
                    args=[*browser_arguments(), *RULES_ARGUMENTS],
                    ignore_default_args=[*UNWANTED_ARGUMENTS, *RULES_UNWANTED],
                    chromium_sandbox=has_sandbox(),
                    proxy=_NOWHERE,
                    timeout=30_000,
                    handle_sigint=False,
                    handle_sigterm=False,
                    handle_sighup=False,
                )
            except PlaywrightError:
                self.is_missing = True
                raise BrowserMissing from None
            await give_rules(self._chromium, Path(self._rules.name))
            return self._chromium

    async def _end_chromium(self) -> None:
        chromium, self._chromium = self._chromium, None
        if chromium:
            with contextlib.suppress(PlaywrightError, TimeoutError):
                async with asyncio.timeout(10):
                    await chromium.close()


class _Traffic:
    """What a page still waits for."""

    def __init__(self, page: Page) -> None:
        self._running: set[Request] = set()
        self._changed_at = monotonic()
        page.on("request", self._begin)
        page.on("requestfinished", self._end)
        page.on("requestfailed", self._end)

    def is_quiet(self) -> bool:
        """Say whether nothing is under way and nothing was begun or ended a moment ago."""
        return not self._running and monotonic() - self._changed_at >= _QUIET_S

    def _begin(self, request: Request) -> None:
        self._running.add(request)
        self._changed_at = monotonic()

    def _end(self, request: Request) -> None:
        self._running.discard(request)
        self._changed_at = monotonic()


async def _settle(page: Page, traffic: _Traffic) -> None:
    """Wait until the page stands: loaded, quiet and with something to read; a page that says nothing gets the longest time."""
    until = monotonic() + _SETTLE_S
    with contextlib.suppress(PlaywrightError):
        await page.wait_for_load_state("load", timeout=_SETTLE_S * 1000)
    with contextlib.suppress(PlaywrightError):
        while monotonic() < until and not (traffic.is_quiet() and await page.evaluate(_SAYS_SOMETHING)):
            await asyncio.sleep(_GLANCE_S)


def _is_document(response: Response, page: Page) -> bool:
    """Say whether it is the page itself, not one of its frames or parts."""
    with contextlib.suppress(PlaywrightError):
        return response.request.is_navigation_request() and response.frame == page.main_frame
    return False


def _first_of(response: Response) -> Request:
    """Return the request that redirects led on from."""
    first = response.request
    while (earlier := first.redirected_from) is not None:
        first = earlier
    return first


async def _redirects_of(response: Response) -> list[Hop]:
    hops: list[Hop] = []
    request = response.request
    while (earlier := request.redirected_from) is not None:
        said = await earlier.response()
        hops.append(Hop(url=earlier.url, status=said.status if said else 0, location=request.url))
        request = earlier
    return hops[::-1]


async def _dismiss(dialog: Dialog) -> None:
    with contextlib.suppress(PlaywrightError):
        await dialog.dismiss()


def _code(error: PlaywrightError) -> str:
    """Return Chromium's own short code (`net::ERR_…`), or the first words of the message."""
    found = next((word for word in error.message.split() if word.startswith("net::")), "")
    return found or error.message.splitlines()[0][:80]
