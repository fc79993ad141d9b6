"""The last step of every spider: hands each observation to intake, then marks the work finished."""

import asyncio
from typing import Self

from scrapy.crawler import Crawler

from crawler.context import RunContext, WorkDone
from detectors.model import Observation
from pipelines.errors import MonitorError
from pipelines.pictures.observe import begin_attached, with_pictures

__all__ = ["IntakeStage"]


class IntakeStage:
    """Scrapy's item pipeline. Work counts as finished only after everything it brought is durably accepted."""

    def __init__(self, context: RunContext) -> None:
        self._context = context

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the run of this crawler's spider."""
        return cls(crawler.spider.context)  # type: ignore[union-attr]

    async def process_item(self, item: WorkDone) -> WorkDone:
        """Accept the observations and finish the work; a store that fails stops the run and leaves the work unfinished."""
        context = self._context
        if context.fatal:
            return item
        try:
            await self._keep(item)
        except MonitorError as error:
            context.abort(error)
        return item

    async def _keep(self, item: WorkDone) -> None:
        context = self._context
        observations = [await self._seen_with_pictures(one) for one in item.observations]
        answers = await context.in_case(context.case.intake.accept_many, observations) if observations else ()
        for accepted in answers:
            context.notes.outcomes["observations"] += 1
            if accepted.outcome:
                context.notes.outcomes[accepted.outcome.value] += 1
        for place, work in enumerate(item.work):
            found = item.found if place == len(item.work) - 1 else ()
            await context.in_case(context.case.frontier.finish, context.run_id, work, found)
        context.progress.advance(len(item.work))

    async def _seen_with_pictures(self, observation: Observation) -> Observation:
        """Return the observation with what its pictures show; other items go on while they are read."""
        reader = self._context.pictures
        begun = begin_attached(observation, reader) if reader else ()
        if begun:
            await asyncio.wait([asyncio.wrap_future(one.reading) for one in begun])
        return with_pictures(observation, begun)
