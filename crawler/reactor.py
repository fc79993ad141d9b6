"""The one event loop Scrapy, Playwright, the resolver and the gate share, in a thread of its own.

Twisted's reactor can be started only once in a process; kept running in a thread it serves any number of sweeps, and the
main thread stays free to hear Ctrl-C.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import uvloop

__all__ = ["run_in_reactor"]

_Result = TypeVar("_Result")
_POLL_S = 0.5


class _Reactor:
    """The loop, made at the first call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = _start()
            return self._loop


_THE_REACTOR = _Reactor()


def run_in_reactor(work: Coroutine[Any, Any, _Result], on_interrupt: Callable[[], None]) -> _Result:
    """Run the coroutine to its end and return its result; every Ctrl-C meanwhile calls `on_interrupt` inside the loop."""
    loop = _THE_REACTOR.loop()
    future = asyncio.run_coroutine_threadsafe(work, loop)
    while True:
        try:
            return future.result(timeout=_POLL_S)
        except TimeoutError:
            if future.done():
                raise
        except KeyboardInterrupt:
            loop.call_soon_threadsafe(on_interrupt)


def _start() -> asyncio.AbstractEventLoop:
    # The gate and the name servers' answers cost a page a fifth less with it than with asyncio's own.
    loop = uvloop.new_event_loop()
    running = threading.Event()

    def run() -> None:
        from twisted.internet import asyncioreactor

        asyncio.set_event_loop(loop)
        asyncioreactor.install(loop)  # type: ignore[no-untyped-call]
        from twisted.internet import reactor

        from crawler.gate.literal_names import LiteralNames

        reactor.installNameResolver(LiteralNames())
        reactor.callWhenRunning(running.set)
        reactor.run(installSignalHandlers=False)  # type: ignore[call-arg, misc]

    threading.Thread(target=run, name="jianwei-reactor", daemon=True).start()
    running.wait()
    return loop
