"""Keeps a worker's leases while it works, and gives back what it had taken when it leaves."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from crawler.context import RunContext
from pipelines.errors import MonitorError

__all__ = ["heard_of"]

_TIMES_PER_LEASE = 4


@contextlib.asynccontextmanager
async def heard_of(context: RunContext) -> AsyncIterator[None]:
    """Say every quarter of a lease that this worker is at work; a Redis that is gone ends the run.

    From the event loop, not from a thread: a loop that hangs is a worker that is gone.
    """
    beating = asyncio.ensure_future(_beat(context))
    try:
        yield
    finally:
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating
        # Where it cannot be said any more, the leases end by themselves.
        with contextlib.suppress(MonitorError):
            await asyncio.to_thread(context.case.frontier.leave, context.run_id)


async def _beat(context: RunContext) -> None:
    pause_s = context.settings.workers.lease_s / _TIMES_PER_LEASE
    while True:
        try:
            await asyncio.to_thread(context.case.frontier.renew, context.run_id)
        except MonitorError as error:
            context.abort(error)
            return
        await asyncio.sleep(pause_s)
