"""What a browser of ours may ask for: reading only. Nothing is submitted, ordered, liked or sent, neither by a page nor by us."""

import contextlib
from collections.abc import Callable, Collection, Coroutine
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Route, WebSocketRoute

__all__ = ["no_conversation", "reading_only"]

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_STAY = "aborted"
"""As if the visitor had pressed "stop": the page stays. Any other failure of a move shows a page of the browser's own."""


def reading_only(unwanted: Collection[str]) -> Callable[[Route], Coroutine[Any, Any, None]]:
    """Return a handler of routes that aborts what is no reading, and the `unwanted` types of resources."""

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


async def no_conversation(socket: WebSocketRoute) -> None:
    """Close what a page wants to talk over; what its workers open meets the gate alone."""
    with contextlib.suppress(PlaywrightError):
        await socket.close()
