"""A browser session that staff hold: a person logs in by hand in a window, later sweeps read pages in that profile, slowly and one at a time.

Nothing here logs in, fills a field or solves a captcha. The first wall (a login page, a captcha, a refusal) stops the session until
a person has opened it again; that is written down in its folder, so that no later run tries in between. The way out is the gate, for
the person's window too. The profile holds the account's cookies: its folder is readable by its owner only and belongs in no backup.
"""

import asyncio
import contextlib
import fcntl
import os
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Page, Playwright, Response, async_playwright
from playwright.async_api import Error as PlaywrightError

from crawler.browser_arguments import UNWANTED_ARGUMENTS, browser_arguments, has_sandbox
from crawler.browser_path import find_chromium
from crawler.capture import Answer
from crawler.platforms.model import Platform
from crawler.reading_only import keep_to_reading, opened
from crawler.session_state import folder_of, note_opened, note_stopped, session_state
from pipelines.errors import BrowserMissing, UsageError
from pipelines.settings import CrawlSettings

__all__ = ["JsonReply", "SessionPage", "SessionStopped", "StaffSession"]

_UNWANTED_TYPES = frozenset({"media", "websocket", "ping"})
"""A staff account may read, and must not do anything on the platform; a page may wait for events."""
_REFUSALS = frozenset({401, 403, 429})
_SETTLE_S = 3.0
_PERSON_S = 3600.0
_MAX_REPLIES = 40
_MAX_REPLY = 5_000_000


class SessionStopped(Exception):
    """The session does not read until a person opened it (again); `sentence` says why in Chinese."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonReply:
    """Data the page asked its platform for."""

    url: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPage:
    """What the logged-in browser was shown."""

    answer: Answer
    """Its body is the document after its scripts ran, UTF-8. It may name the account: it is read, not kept."""
    replies: tuple[JsonReply, ...] = ()


class StaffSession:
    """The session of one platform. Use it in an `async with` block; nobody else can use it meanwhile."""

    def __init__(self, home: Path, platform: Platform, settings: CrawlSettings, gate_url: str) -> None:
        self._home = home
        self._folder = folder_of(home, platform.name)
        self._platform = platform
        self._settings = settings
        self._gate_url = gate_url
        self._lock = -1
        self._playwright: Playwright | None = None
        self._context: BrowserContext | None = None
        self._turn = asyncio.Lock()
        self._read = 0

    async def __aenter__(self) -> Self:
        """Hold the session. Raises `UsageError` where another program does."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = os.open(self._folder / "in_use", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise UsageError(
                f"{self._platform.title}的浏览器会话正被另一个程序使用，请等它结束。",
                f"Another program uses the browser session of {self._platform.name}; wait until it has ended.",
            ) from None
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End the browser and let go of the session."""
        with contextlib.suppress(PlaywrightError, TimeoutError):
            async with asyncio.timeout(10):
                if self._context:
                    await self._context.close()
                if self._playwright:
                    await self._playwright.stop()
        self._context = self._playwright = None
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    async def open_for(
        self, person: Callable[[Page], Awaitable[None]] | None = None, *, shows_window: bool = True
    ) -> None:
        """Show the platform to a person until they close the window; then the session counts as opened, and no wall as met.

        `person` stands for them where there is no window. Raises `BrowserMissing`, `UsageError` where there is no screen.
        """
        context = await self._started(shows_window=shows_window)
        page = context.pages[0] if context.pages else await context.new_page()
        gone = asyncio.Event()
        context.on("close", lambda _: gone.set())
        page.on("close", lambda _: gone.set())
        with contextlib.suppress(PlaywrightError):
            await page.goto(self._platform.session.start_url or f"https://{self._platform.host}/")
        if person:
            await person(page)
        else:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_PERSON_S):
                    await gone.wait()
        note_opened(self._home, self._platform.name)

    async def read(self, url: str) -> SessionPage:
        """Load a page in the session and return what it shows. Raises `SessionStopped`, `BrowserMissing`, `PlaywrightError`."""
        async with self._turn:
            self._require_open()
            if self._read:
                pause = self._platform.session.delay_s
                await asyncio.sleep(pause * (1 + random.random() / 2))
            self._read += 1
            context = await self._started(shows_window=False)
            page = await context.new_page()
            try:
                return await self._look(page, url)
            finally:
                await _close(page)

    def stop(self, said: str) -> SessionStopped:
        """Write down that a person is needed, and return it."""
        note_stopped(self._home, self._platform.name, said)
        return SessionStopped(
            f"浏览器会话遇到{said}，已停止；请由人工运行 jianwei session open {self._platform.name} 处理后再用"
        )

    def _require_open(self) -> None:
        state = session_state(self._home, self._platform.name)
        name = self._platform.name
        if state.opened_at is None:
            raise SessionStopped(f"还没有人登录过浏览器会话，请先运行 jianwei session open {name}")
        if state.stopped_at is not None:
            raise SessionStopped(f"浏览器会话因{state.said}停止，请由人工运行 jianwei session open {name} 处理后再用")
        if self._read >= self._platform.session.budget:
            raise SessionStopped("本次巡查的浏览器会话页数已用完")

    async def _look(self, page: Page, url: str) -> SessionPage:
        replies: list[Response] = []
        page.on("response", lambda reply: replies.append(reply))  # noqa: PLW0108 - Playwright takes no built-in method
        page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.dismiss()))
        response = await opened(page, url, self._settings.timeout_s)
        with contextlib.suppress(PlaywrightError):
            await page.wait_for_load_state("networkidle", timeout=_SETTLE_S * 1000)
        status = response.status if response else 0
        if wall := await self._wall(page, status):
            raise self.stop(wall)
        document = (await page.content()).encode("utf-8", "replace")
        limit = self._settings.max_body_bytes
        answer = Answer(
            requested_url=url,
            final_url=page.url,
            status=status,
            headers=(("content-type", "text/html; charset=utf-8"),),
            body=document[:limit],
            is_truncated=len(document) > limit,
            robots="read in a session that staff hold",
        )
        data = [one for reply in replies if (one := await _data_of(reply))]
        return SessionPage(answer=answer, replies=tuple(data[:_MAX_REPLIES]))

    async def _wall(self, page: Page, status: int) -> str:
        """Return what stands in the way; empty: nothing does."""
        host = urlsplit(page.url).hostname or ""
        title = await page.title()
        if status in _REFUSALS:
            return f"拒绝访问（HTTP {status}）"
        if any(
            host == one or host.endswith(f".{one}") for one in self._platform.blocks.hosts
        ) or not self._platform.owns(host):
            return f"跳转到 {host} 的登录或验证页面"
        if any(sign in title for sign in self._platform.blocks.titles):
            return f"登录或验证页面“{title[:40]}”"
        if await page.locator('input[type="password"]:visible').count():
            return "登录页面"
        return ""

    async def _started(self, *, shows_window: bool) -> BrowserContext:
        if self._context:
            return self._context
        path = await asyncio.to_thread(find_chromium)
        if not path:
            raise BrowserMissing
        if shows_window and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            raise UsageError(
                "需要在有图形界面的电脑上运行，由人工在窗口中登录。",
                "A screen is needed: a person logs in, in a window.",
            )
        self._playwright = await async_playwright().start()
        try:
            self._context = await self._playwright.chromium.launch_persistent_context(
                self._folder / "profile",
                executable_path=path,
                headless=not shows_window,
                args=browser_arguments(),
                ignore_default_args=UNWANTED_ARGUMENTS,
                chromium_sandbox=has_sandbox(),
                proxy={"server": self._gate_url, "bypass": "<-loopback>"},
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
                accept_downloads=False,
                service_workers="allow" if shows_window else "block",
                handle_sigint=False,
                handle_sigterm=False,
                handle_sighup=False,
                timeout=30_000,
            )
            if not shows_window:
                # Of every page, also of those that pages open: they would act in a person's name.
                await keep_to_reading(self._context, _UNWANTED_TYPES)
        except PlaywrightError:
            raise BrowserMissing from None
        return self._context


async def _close(page: Page) -> None:
    with contextlib.suppress(PlaywrightError):
        await page.close()


async def _data_of(reply: Response) -> JsonReply | None:
    kind = reply.headers.get("content-type", "")
    if "json" not in kind and not ("javascript" in kind and reply.request.resource_type != "script"):
        return None
    try:
        async with asyncio.timeout(5):
            return JsonReply(url=reply.url, body=(await reply.body())[:_MAX_REPLY])
    except (PlaywrightError, TimeoutError):
        return None
