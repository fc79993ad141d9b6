"""Looks again at what was handed over (`pipelines.rechecks`): sites as a visitor, listings through their platform's definition.
Adverts: `crawler.spiders.advert_recheck`.

What is seen goes through intake like every observation, under the lead's own candidate; the judgement is made there. A look that
failed is an observation too, with what name servers and the network said as its proof.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from crawler.capture import capture_of
from crawler.context import WorkDone
from crawler.engines.model import Provider
from crawler.fetch import FetchFailed, RobotsForbid, SiteResting
from crawler.platforms.api import item_address, read_item
from crawler.platforms.model import Platform
from crawler.platforms.read import Found, PlatformBlocked, read_detail
from crawler.platforms.replies import Held
from crawler.spiders.listing import LEAVES_ALONE, ListingSpider, why_not
from crawler.spiders.site import SiteSpider
from crawler.work import ListingPage, Recheck, Visit, item, read
from detectors.model import (
    Attachment,
    Candidate,
    CandidateKind,
    EvidenceKind,
    HostFacts,
    Listing,
    Observation,
    Profile,
)
from pipelines.labels import source_label
from pipelines.model import Lead, WorkItem
from pipelines.rechecks.record import RECHECK

__all__ = [
    "ADVERT_WORK",
    "LISTING_WORK",
    "SITE_WORK",
    "ListingRecheckSpider",
    "RecheckPlan",
    "RecheckSpider",
    "looked_for",
    "recheck_plan",
]

SITE_WORK, LISTING_WORK, ADVERT_WORK = "recheck", "recheck_listing", "recheck_advert"
_ONWARD = "moved"
"""`Discovery.source` of a site a re-checked one redirects to."""
_WALL = "平台要求人机验证、登录或拒绝访问"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckPlan:
    """What a run looks at again, and what it cannot."""

    items: tuple[WorkItem, ...]
    by_hand: Counter[str]
    """Platform → listings that wait for a person: nobody may crawl it."""
    unasked: Counter[str]
    """Engine → adverts on one this run does not ask."""

    def left_out(self) -> Iterator[str]:
        """Yield what is due and not looked at, one sentence each."""
        for name, count in self.unasked.items():
            yield f"{source_label(f'engine:{name}')}：{count} 条已移送的广告到期复查，sweep.engines 未启用该引擎"
        for title, count in self.by_hand.items():
            yield f"{title}：{count} 条已移送的条目到期复查，该平台不可公开访问，请在浏览器中打开后用 jianwei import listings 导入"


def recheck_plan(
    due: Iterable[Lead], platforms: Sequence[Platform], engines: Sequence[Provider], limit: int
) -> RecheckPlan:
    """Return the work of looking at the first so many due leads that a machine can look at."""
    asked = {one.name for one in engines}
    items: list[WorkItem] = []
    by_hand: Counter[str] = Counter()
    unasked: Counter[str] = Counter()
    for lead in due:
        candidate, listing, advert = lead.observation.candidate, lead.observation.listing, lead.observation.advert
        platform = None if advert else _platform_of(candidate, listing, platforms)
        if platform is not None and not platform.can_show_items:
            by_hand[platform.title] += 1
        elif advert and advert.engine not in asked:
            unasked[advert.engine] += 1
        elif len(items) < limit:
            kind = ADVERT_WORK if advert else SITE_WORK if candidate.kind is CandidateKind.SITE else LISTING_WORK
            name = platform.name if platform else ""
            recheck = Recheck(candidate=candidate, listing=listing, advert=advert, platform=name)
            items.append(item(kind, lead.id, recheck))
    return RecheckPlan(items=tuple(items), by_hand=by_hand, unasked=unasked)


def _platform_of(candidate: Candidate, listing: Listing | None, platforms: Sequence[Platform]) -> Platform | None:
    if candidate.kind is CandidateKind.SITE:
        return None
    owners = [one for one in platforms if one.owns(candidate.host)]
    named = [one for one in platforms if listing and one.is_called(listing.platform)]
    both = [*(one for one in named if one in owners), *named, *owners]
    # One platform may have a definition to import by and one to crawl by.
    return next((one for one in both if one.can_show_items), next(iter(both), None))


class RecheckSpider(SiteSpider):
    """Visits sites."""

    name = "recheck"

    def __init__(self, pending: Sequence[WorkItem], **kwargs: object) -> None:
        super().__init__(pending=(), **kwargs)
        self._rechecks = iter([(work, read(work, Recheck)) for work in pending])

    def lanes(self) -> Sequence[AsyncIterator[WorkDone]]:
        """Return as many lanes as visits may run at once."""
        return [self.lane(self._rechecks, self.look) for _ in range(self.context.settings.crawl.concurrency)]

    async def look(self, piece: tuple[WorkItem, Recheck]) -> WorkDone | None:
        """Look at one site. None: it is not our turn there today."""
        work, recheck = piece
        visit = Visit(url=recheck.candidate.url, source=RECHECK, found_at=self.context.case.clock.now())
        try:
            seen = await self.look_at(visit)
        except SiteResting as resting:
            self.context.notes.skip(resting.sentence)
            return None
        await self.require_way_out(seen)
        observation = seen.observation(visit)
        proof = _proof(seen.seen_at, seen.failure, seen.facts)
        observation = replace(
            observation,
            candidate=looked_for(recheck.candidate, visit.found_at),
            attachments=(*observation.attachments, proof),
        )
        onward = self._led_to(msgspec.structs.replace(visit, source=_ONWARD), seen)
        self.context.notes.outcomes["rechecks"] += 1
        return WorkDone(work=(work,), observations=(observation,), found=onward)


class ListingRecheckSpider(ListingSpider):
    """Asks platforms for listings again, one request at a time each; shops nobody defined are asked for the page alone."""

    name = "recheck_listing"

    def __init__(
        self, pending: Sequence[WorkItem], platforms: Sequence[Platform], pseudonym: Callable[[str], str], **kwargs: Any
    ) -> None:
        super().__init__(pending=(), platforms=platforms, pseudonym=pseudonym, details_seen=Counter(), **kwargs)
        self._rechecks = [(work, read(work, Recheck)) for work in pending]

    def lanes(self) -> Sequence[AsyncIterator[WorkDone]]:
        """Return one lane per platform, and one for all other shops."""
        names = {one.name: one for one in self._platforms}
        groups: dict[str, list[tuple[Platform | None, WorkItem, Recheck]]] = {}
        for work, recheck in self._rechecks:
            groups.setdefault(recheck.platform, []).append((names.get(recheck.platform), work, recheck))
        return [self.lane(iter(group), self.look_again) for group in groups.values()]

    async def look_again(self, piece: tuple[Platform | None, WorkItem, Recheck]) -> WorkDone | None:
        """Look at one listing. None: nothing was asked, or the definition no longer fits; it stays due."""
        platform, work, recheck = piece
        if platform and platform.name in self.context.suspended:
            return None
        now = self.context.case.clock.now()
        candidate = looked_for(recheck.candidate, now)
        try:
            observation = await (self._on_platform(platform, recheck) if platform else self._in_shop(candidate))
        except (RobotsForbid, SiteResting) as held:
            self.context.notes.skip(f"{candidate.host}：{held.sentence}，有待复查的条目未看")
            return None
        except PlatformBlocked as blocked:
            if platform:
                self._suspend(platform, why_not(blocked))
            observation = Observation(candidate=candidate, observed_at=now, failure=_WALL, is_walled=True)
        except LEAVES_ALONE as trouble:
            if platform:
                self._suspend(platform, why_not(trouble))
            return None
        except FetchFailed as failed:
            self.context.gate.require_upstream()
            observation = Observation(candidate=candidate, observed_at=now, failure=f"未能打开：{failed.sentence}")
        proof = (_proof(now, observation.failure),) if observation.failure else ()
        self.context.notes.outcomes["rechecks"] += 1
        observation = replace(observation, candidate=candidate, attachments=(*observation.attachments, *proof))
        return WorkDone(work=(work,), observations=(observation,))

    async def _on_platform(self, platform: Platform, recheck: Recheck) -> Observation:
        url = recheck.candidate.url
        if platform.route == "api":
            return await self._by_interface(platform, recheck)
        before = Found(url=url, listing=recheck.listing) if recheck.listing else None
        page = ListingPage(platform=platform.name, text="", url=url, source=RECHECK)
        answer, text = await self._ask(platform, self._detail_address(platform, page, before))
        if answer.status >= 500:  # noqa: PLR2004 - the server's own trouble
            raise FetchFailed(f"服务器出错（HTTP {answer.status}）")
        # What the page no longer says is not filled in from before: that something is missing is what is looked for.
        found = read_detail(platform, text, url, answer.status, self._pseudonym)
        if before and not found.listing.item_id:
            found = replace(found, listing=replace(found.listing, item_id=before.listing.item_id))
        observation = self._observation(platform, page, replace(found, url=url), None, self._proof_of(platform, answer))
        return observation if platform.route == "session" else await self._with_picture(observation)

    async def _by_interface(self, platform: Platform, recheck: Recheck) -> Observation:
        api, item_id = platform.api, recheck.listing.item_id if recheck.listing else ""
        if api is None or not item_id:
            raise FetchFailed("没有条目编号，无法通过平台接口复查")
        answer, text = await self.api_route.ask(platform, api, item_address(api, item_id))
        found = read_item(platform, text, answer.final_url, answer.status, item_id, self._pseudonym)
        page = ListingPage(platform=platform.name, text="", source=RECHECK)
        held = Held(found=replace(found, url=recheck.candidate.url), record=msgspec.to_builtins(found.listing))
        return self._told(platform, page, held, 1, answer)

    async def _in_shop(self, candidate: Candidate) -> Observation:
        """Look at the page of a shop nobody defined: whether it still shows the listing's title is all that can be said."""
        answer = await self.fetcher.ask(candidate.url, candidate.host)
        now = self.context.case.clock.now()
        capture, proof = capture_of(answer, Profile.DESKTOP, now)
        if answer.status in range(300, 400):
            raise FetchFailed(f"网页跳转到别处，不能判断（HTTP {answer.status}）")
        return Observation(candidate=candidate, observed_at=now, captures=(capture,), attachments=proof)


def looked_for(candidate: Candidate, at: datetime) -> Candidate:
    """Return the lead's own candidate, as found by the re-check."""
    discovery = replace(candidate.discovery, source=RECHECK, found_at=at, query="", rank=None, detail="")
    return replace(candidate, discovery=discovery)


def _proof(at: datetime, failure: str, facts: HostFacts | None = None) -> Attachment:
    """Return what can be kept of a look besides pages: when it was, what name servers said, why nothing came."""
    record = {"looked_at": at, "failure": failure, "facts": facts}
    content = msgspec.json.format(msgspec.json.encode(record), indent=1)
    return Attachment(kind=EvidenceKind.HOST_FACTS, media_type="application/json", content=content, label="复查")
