"""Writes a running sweep's report again and again, so that whoever looks sees how it goes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

from pipelines.errors import MonitorError

__all__ = ["saved_regularly"]

_EVERY_S = 5.0


@contextlib.asynccontextmanager
async def saved_regularly(save: Callable[[], Awaitable[object]], every_s: float = _EVERY_S) -> AsyncIterator[None]:
    """Save now and then while the block goes on. A store that fails ends the saving; the run notices by itself."""

    async def keep_on() -> None:
        with contextlib.suppress(MonitorError):
            while True:
                await asyncio.sleep(every_s)
                await save()

    saving = asyncio.create_task(keep_on())
    try:
        yield
    finally:
        saving.cancel()
        await asyncio.gather(saving, return_exceptions=True)
