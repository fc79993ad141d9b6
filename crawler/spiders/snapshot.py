"""Keeps the pages of protected official sites: what clones are measured against, and what staff see beside a suspect."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from crawler.context import WorkDone
from crawler.fetch import SiteResting
from crawler.icons import fetch_icon
from crawler.spiders.site import SiteSpider
from crawler.work import Visit, item
from detectors.model import Attachment, Capture, EvidenceKind, Observation, OfficialSnapshot
from detectors.pages.likeness import picture_hash
from keywords.hosts import host_of
from keywords.model import OfficialSite
from pipelines.model import WorkItem

__all__ = ["SnapshotSpider", "snapshot_items"]

_OK = 200
_QUERY_PAGES = {
    "cx.mem.gov.cn": ("/special?index=0", "/safety?index=1"),
    "zlaq.mohurd.gov.cn": (
        "/fwmh/bjxcjgl/fwmh/pages/default/index.html",
        "/fwmh/bjxcjgl/fwmh/pages/construction_safety/qyaqscglry/qyaqscglry.html",
    ),
    "cnse.e-cqs.cn": ("/info-pub/pub", "/info-pub/pubh5"),
    "cnse.samr.gov.cn": ("/info-pub/pub", "/info-pub/pubh5"),
}
"""Pages besides the home page that counterfeits copy, from public client code (2023 to 2025)."""


def snapshot_items(sites: Sequence[OfficialSite], found_at: datetime) -> tuple[WorkItem, ...]:
    """Return the work of looking at each site's home page and query pages."""
    visits = [
        Visit(url=f"https://{site.host}{path}", source="snapshot", found_at=found_at)
        for site in sites
        for path in ("/", *_QUERY_PAGES.get(site.host, ()))
    ]
    return tuple(item("snapshot", visit.url.removeprefix("https://").removesuffix("/"), visit) for visit in visits)


class SnapshotSpider(SiteSpider):
    """Looks at official pages, always with a screenshot."""

    name = "snapshot"

    def lanes(self) -> Sequence[AsyncIterator[WorkDone]]:
        """Return as many lanes as visits may run at once."""
        return [self.lane(self._groups, self.keep) for _ in range(self.context.settings.crawl.concurrency)]

    async def keep(self, group: tuple[tuple[WorkItem, Visit], ...]) -> WorkDone | None:
        """Keep one official page, if it shows what it should. None: it is not our turn there today."""
        works, visit = tuple(work for work, _ in group), group[0][1]
        try:
            seen = await self.look_at(visit, is_official=True)
        except SiteResting as resting:
            self.context.notes.skip(resting.sentence)
            return None
        await self.require_way_out(seen)
        observation = seen.observation(visit)
        if not await self._is_kept(visit, observation):
            await self._note_not_kept(visit, seen.failure)
        return WorkDone(work=works, observations=(observation,))

    async def _note_not_kept(self, visit: Visit, failure: str) -> None:
        """Say what could not be taken, why, and what is compared with until it can."""
        older = await self.context.in_case(self.context.case.snapshots.versions, visit.url)
        if not older and not visit.url.endswith(f"{host_of(visit.url)}/"):
            # A query page nobody ever had: the site may have moved it. Its home page is what a run must bring.
            self.context.notes.outcomes["query_pages_absent"] += 1
            return
        kept = f"继续使用 {older[0].taken_at:%Y-%m-%d} 的快照" if older else "尚无旧快照，无法与该页面比对"
        reason = failure or "没有可用的页面"
        self.context.notes.fail(f"官方网站 {_shown(visit.url)} 未能留存页面快照：{reason}；{kept}")

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
        screen = next((one for one in observation.attachments if one.kind is EvidenceKind.SCREENSHOT), None)
        icon: Attachment | None = await fetch_icon(self.fetcher, best)
        snapshot = OfficialSnapshot(
            host=host_of(visit.url),
            url=visit.url,
            taken_at=best.captured_at,
            html=best.html,
            page=best.page,
            screenshot_sha256=next(
                (one.screenshot_sha256 for one in observation.captures if one.screenshot_sha256), ""
            ),
            screenshot_hash=picture_hash(screen.content) if screen else "",
            icon_sha256=hashlib.sha256(icon.content).hexdigest() if icon else "",
            icon_hash=picture_hash(icon.content) if icon else "",
        )
        await self.context.in_case(self.context.case.snapshots.put, snapshot)
        return True


def _shown(url: str) -> str:
    return url.partition("://")[2].removesuffix("/")
