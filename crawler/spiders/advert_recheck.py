"""Looks again at adverts that were handed over: the engine is asked for the result page they stood on. Their links are not followed."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

from crawler.context import WorkDone
from crawler.engines.model import Provider
from crawler.spiders.recheck import looked_for
from crawler.spiders.sweep import SweepSpider, advert_key, page_proof
from crawler.work import Query, Recheck, read
from detectors.model import Advert, Candidate, Observation
from pipelines.model import WorkItem

__all__ = ["AdvertRecheckSpider"]


class AdvertRecheckSpider(SweepSpider):
    """Asks engines for the result page an advert stood on, within the day's budget of each, and looks whether it stands there still."""

    name = "recheck_advert"

    def __init__(self, pending: Sequence[WorkItem], engines: Sequence[Provider], **kwargs: Any) -> None:
        super().__init__(pending=(), engines=engines, platforms=(), wrappers_opened=Counter(), **kwargs)
        self._rechecks = [(work, read(work, Recheck)) for work in pending]

    def lanes(self) -> Sequence[AsyncIterator[WorkDone]]:
        """Return one lane per engine."""
        return [self.lane(iter(self._of(engine)), self.look_again) for engine in self._engines]

    def _of(self, engine: Provider) -> list[tuple[Provider, WorkItem, Candidate, Advert]]:
        adverts = ((work, one.candidate, one.advert) for work, one in self._rechecks)
        return [(engine, work, candidate, one) for work, candidate, one in adverts if one and one.engine == engine.name]

    async def look_again(self, piece: tuple[Provider, WorkItem, Candidate, Advert]) -> WorkDone | None:
        """Look for one advert. None: the engine gave no page; it stays due."""
        engine, work, candidate, advert = piece
        query = Query(engine=engine.name, text=advert.query, page=advert.page)
        found = await self.result_page(engine, query)
        if found is None:
            return None
        page, answer = found
        again = looked_for(candidate, self.context.case.clock.now())
        row = next((one for one in page.adverts if advert_key(engine, one) == candidate.key), None)
        observation = (
            replace(self.advert(engine, query, row, answer), candidate=again)
            if row
            else Observation(candidate=again, observed_at=again.discovery.found_at, attachments=(page_proof(answer),))
        )
        self.context.notes.outcomes["rechecks"] += 1
        return WorkDone(work=(work,), observations=(observation,))
