"""The last step of every spider: hands each observation to intake, keeps what the work counted, then marks it finished.

Killed between two of these steps, the work is done again: intake knows its observations, tally and ledger replace what they hold.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Self

from scrapy.crawler import Crawler

from crawler.context import Accepted, RunContext, WorkDone
from detectors.model import Observation
from pipelines.clock import day_of
from pipelines.errors import MonitorError
from pipelines.pictures.observe import begin_attached, with_pictures
from pipelines.pictures.pool import PictureReader
from pipelines.pictures.reading import Reading
from pipelines.run_health import error_kind
from pipelines.run_tally import Tally

__all__ = ["IntakeStage", "ReadOnce"]


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
        reader = ReadOnce(context.pictures) if context.pictures else None
        observations = [await _seen_with_pictures(one, reader) for one in item.observations]
        # Ahead of intake, which then finds them there: the disk is waited for outside the case's thread.
        await context.keep_evidence({one.content for seen in observations for one in seen.attachments})
        await context.in_case(self._finish, item, observations)
        context.progress.advance(len(item.work))

    def _finish(self, item: WorkDone, observations: Sequence[Observation]) -> None:
        """Accept what was seen and finish the work, all in one go of the case's thread: each way there and back costs a page dear."""
        context, case = self._context, self._context.case
        answers = case.intake.accept_many(observations) if observations else ()
        accepted = list(zip(observations, answers, strict=True))
        case.queries.note_leads(_found_by_queries(accepted), day_of(case.clock.now()))
        # What several ways led to was looked at once and seen once for each way; each way counts its own.
        is_shared = len(item.work) == len(accepted)
        for place, work in enumerate(item.work):
            is_last = place == len(item.work) - 1
            tally = Tally()
            for observation, answer in accepted[place : place + 1] if is_shared else accepted if is_last else ():
                _count(tally, observation, answer)
            if is_last:
                tally.add(item.tally)
            case.tallies.put(context.run_id, work, tally)
            case.frontier.finish(context.run_id, work, item.found if is_last else ())
            context.notes.total.add(tally)


class ReadOnce:
    """A `PictureReader` of one item: what several ways led to was looked at once, and its pictures are read once."""

    def __init__(self, reader: PictureReader) -> None:
        self._reader = reader
        self._begun: dict[tuple[bytes, bool, bool], Future[Reading]] = {}

    def submit(self, content: bytes, *, wants_text: bool = True, is_drawn: bool = False) -> "Future[Reading]":
        """Return at once the future of the picture's reading, the same for the same picture."""
        key = (content, wants_text, is_drawn)
        if key not in self._begun:
            self._begun[key] = self._reader.submit(content, wants_text=wants_text, is_drawn=is_drawn)
        return self._begun[key]


async def _seen_with_pictures(observation: Observation, reader: PictureReader | None) -> Observation:
    """Return the observation with what its pictures show; other items go on while they are read."""
    begun = begin_attached(observation, reader) if reader else ()
    if begun:
        await asyncio.wait([asyncio.wrap_future(one.reading) for one in begun])
    return with_pictures(observation, begun)


def _count(tally: Tally, observation: Observation, answer: Accepted) -> None:
    source = observation.candidate.discovery.source
    outcome = answer.outcome.value if answer.outcome else "no_lead"
    tally.outcomes["observations"] += 1
    if answer.outcome:
        tally.outcomes[outcome] += 1
    tally.sources[source, "observations"] += 1
    tally.sources[source, outcome] += 1
    if observation.failure:
        tally.sources[source, "failed"] += 1
        tally.errors[error_kind(observation.failure)] += 1


def _found_by_queries(accepted: Sequence[tuple[Observation, Accepted]]) -> list[tuple[str, str, str]]:
    """Return (source, query, lead) for each lead a query led to."""
    ways = ((seen.candidate.discovery, answer.lead_id) for seen, answer in accepted)
    return [(way.source, way.query, lead_id) for way, lead_id in ways if way.query and lead_id]
