"""Gives a run's work out in batches: all at once to who works alone, a fair share after the other where several do."""

import asyncio
from collections.abc import AsyncIterator

from crawler.context import RunContext
from pipelines.model import WorkItem

__all__ = ["batches"]

_AT_LEAST = {"file": 1, "name": 1, "snapshot": 4}
"""Few and long; everything else comes in handfuls that keep all lanes busy."""
_HANDFUL = 16
_OTHERS_WORK_S = 0.3


async def batches(context: RunContext, kind: str, beginning: str = "") -> AsyncIterator[tuple[WorkItem, ...]]:
    """Yield work of a kind until nobody has any left or the run stops.

    So a stage ends for all workers at once: no suspect is judged before every official page was seen. What a batch leaves unfinished is
    left alone for the rest of the run. With a `beginning` the work is this worker's own, and others' is not waited for.
    """
    frontier, run_id = context.case.frontier, context.run_id
    at_least = _AT_LEAST.get(kind, _HANDFUL)
    while not context.is_stopping:
        batch = await context.in_case(frontier.take, run_id, kind, at_least, beginning)
        if batch:
            yield batch
            if not context.is_stopping:
                await context.in_case(frontier.put_off, run_id, batch)
        elif beginning or not await context.in_case(frontier.is_open, run_id, kind):
            return
        else:
            await asyncio.sleep(_OTHERS_WORK_S)
