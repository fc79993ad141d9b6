"""Hears when a person at the desk wants the run to stop, wherever the desk runs."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from crawler.context import RunContext
from pipelines.errors import MonitorError
from pipelines.model import StopRequest

__all__ = ["stops_when_asked"]

_LOOK_EVERY_S = 2.0


@contextlib.asynccontextmanager
async def stops_when_asked(
    context: RunContext, stop: Callable[[StopRequest], None], every_s: float = _LOOK_EVERY_S
) -> AsyncIterator[None]:
    """Look for a request while the block goes on and hand it to `stop`, once. A store that fails ends the looking; the run notices by itself."""

    async def look() -> None:
        with contextlib.suppress(MonitorError):
            # From a thread of its own: judging may keep the case's busy for a while.
            while (request := await asyncio.to_thread(context.case.runs.stop_request, context.run_id)) is None:
                await asyncio.sleep(every_s)
            stop(request)

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
