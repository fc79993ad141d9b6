"""Keeps the pages of protected official sites: what clones are measured against, and what staff see beside a suspect."""

from collections.abc import AsyncIterator, Sequence

from crawler.context import WorkDone
from crawler.spiders.site import SiteSpider
from crawler.work import Visit, host_of
from detectors.model import Capture, Observation, OfficialSnapshot
from pipelines.model import WorkItem

__all__ = ["SnapshotSpider"]

_OK = 200


class SnapshotSpider(SiteSpider):
    """Looks at official home pages, always with a screenshot."""

    name = "snapshot"

    def lanes(self) -> Sequence[AsyncIterator[WorkDone]]:
        """Return as many lanes as visits may run at once."""
        return [self.lane(self._groups, self.keep) for _ in range(self.context.settings.crawl.concurrency)]

    async def keep(self, group: tuple[tuple[WorkItem, Visit], ...]) -> WorkDone:
        """Keep one official page, if it shows what it should."""
        works, visit = tuple(work for work, _ in group), group[0][1]
        seen = await self.look_at(visit, is_official=True)
        await self.require_way_out(seen)
        observation = seen.observation(visit)
        if not await self._is_kept(visit, observation):
            self.context.notes.fail(
                f"官方网站 {host_of(visit.url)} 未能留存页面快照：{seen.failure or '没有可用的页面'}"
            )
        return WorkDone(work=works, observations=(observation,))

    async def _is_kept(self, visit: Visit, observation: Observation) -> bool:
        """Keep the fullest look as a snapshot; False when no look shows a page of the official site itself."""
        roster = self.context.case.roster
        usable = [
            one
            for one in observation.captures
            if one.status == _OK and one.page.text and roster.is_official(host_of(one.final_url))
        ]
        if not usable:
            return False
        best: Capture = max(usable, key=lambda one: len(one.page.text))
        drawn = next((one.screenshot_sha256 for one in observation.captures if one.screenshot_sha256), "")
        snapshot = OfficialSnapshot(
            host=host_of(visit.url),
            url=best.final_url,
            taken_at=best.captured_at,
            html=best.html,
            page=best.page,
            screenshot_sha256=drawn,
        )
        await self.context.in_case(self.context.case.snapshots.put, snapshot)
        return True
