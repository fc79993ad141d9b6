"""What a browser of ours may ask for: reading only. Nothing is submitted, ordered, liked or sent, neither by a page nor by us."""

import contextlib
from collections.abc import Callable, Collection, Coroutine
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Route

__all__ = ["reading_only"]

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def reading_only(unwanted: Collection[str]) -> Callable[[Route], Coroutine[Any, Any, None]]:
    """Return a handler of routes that aborts what is no reading, and the `unwanted` types of resources."""

    async def handle(route: Route) -> None:
        with contextlib.suppress(PlaywrightError):
            if route.request.method not in _READING or route.request.resource_type in unwanted:
                await route.abort()
            else:
                await route.continue_()

    return handle
