"""What a browser of ours may ask for: reading only. Nothing is submitted, ordered, liked or sent, neither by a page nor by us.

Every request is looked at here; the browser itself refuses besides, by rules of its own, what Playwright does not see: workers' sockets.
"""

import asyncio
import contextlib
import shutil
from collections.abc import Callable, Collection, Coroutine
from pathlib import Path
from time import monotonic
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, Response, Route, WebSocketRoute
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout

__all__ = ["give_rules", "keep_to_reading", "opened"]

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_STAY = "aborted"
"""As if the visitor had pressed "stop": the page stays. Any other failure of a move shows a page of the browser's own."""
_GLANCE_S = 0.05
_RULES = Path(__file__).parent / "data" / "reading_only"
"""An extension of rules alone. Moves of a page are left to the route, which keeps the page where it is."""


async def give_rules(chromium: Browser, folder: Path) -> None:
    """Let the browser itself refuse what is not reading, in every context. A browser that takes no rules goes without.

    `folder` is for this alone and stands until the browser has ended: Chromium writes beside the rules how it understood them.
    """
    await asyncio.to_thread(shutil.copytree, _RULES, folder, dirs_exist_ok=True)
    with contextlib.suppress(PlaywrightError):
        session = await chromium.new_browser_cdp_session()
        await session.send("Extensions.loadUnpacked", {"path": str(folder), "enableInIncognito": True})
        await session.detach()


async def keep_to_reading(context: BrowserContext, unwanted: Collection[str]) -> None:
    """Let every page of the context ask for reading alone, and not for the `unwanted` types of resources."""
    await context.route("**/*", _reading_only(unwanted))
    await context.route_web_socket("**/*", _no_conversation)


async def opened(page: Page, url: str, timeout_s: float) -> Response | None:
    """Go to the address and wait until its document was read to the end; None: nothing was answered. Raises `PlaywrightError`."""
    until = monotonic() + timeout_s
    response = await page.goto(url, wait_until="commit", timeout=timeout_s * 1000)
    # Asked of the page itself: of a document that tried to submit something, Playwright never hears that it was read.
    while not page.is_closed():
        with contextlib.suppress(PlaywrightError):
            if await page.evaluate("document.readyState") != "loading":
                return response
        if monotonic() > until:
            raise PlaywrightTimeout("the document did not end")
        await asyncio.sleep(_GLANCE_S)
    raise PlaywrightError("the page was closed")


def _reading_only(unwanted: Collection[str]) -> Callable[[Route], Coroutine[Any, Any, None]]:
    async def handle(route: Route) -> None:
        with contextlib.suppress(PlaywrightError):
            request = route.request
            is_reading = request.method in _READING
            if is_reading and request.resource_type not in unwanted:
                await route.continue_()
            elif not is_reading and request.is_navigation_request():
                await route.abort(_STAY)
            else:
                await route.abort()

    return handle


async def _no_conversation(socket: WebSocketRoute) -> None:
    """Close what a page wants to talk over; what its workers open meets the browser's own rules."""
    with contextlib.suppress(PlaywrightError):
        await socket.close()
