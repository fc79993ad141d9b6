"""Looks at suspects: as a desk, where needed as a phone and in the browser, until enough was seen to judge."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import monotonic

from crawler.block_pages import BlockKind, BlockPage, block_page_of
from crawler.browser import RenderFailed
from crawler.capture import Answer, capture_of, record_of
from crawler.context import WorkDone
from crawler.fetch import FetchFailed, SiteResting
from crawler.icons import fetch_icon, fetch_robots
from crawler.linked_pages import LinkedPage, linked_pages
from crawler.spiders.base import RunSpider
from crawler.visit_policy import Look, next_look
from crawler.work import Visit, group_by_place, visit_item
from detectors.model import Attachment, Capture, EvidenceKind, HostFacts, Observation, Profile, Unknown
from detectors.ruleset import LEAD_FROM
from keywords.hosts import host_of, registrable_domain
from pipelines.errors import BrowserMissing
from pipelines.model import WorkItem

__all__ = ["SiteSpider"]

_MAX_LOOKS = 5
_OK = 200
_PLAIN = (Profile.DESKTOP, Profile.WECHAT, Profile.PHONE)
_BROWSER = (Profile.RENDERED, Profile.RENDERED_PHONE)


@dataclass(slots=True)
class _Seen:
    """What one visit has gathered so far."""

    seen_at: datetime
    facts: HostFacts
    captures: list[Capture] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    failure: str = ""
    blocked: BlockPage | None = None
    """What stood in the way of the last look that met such a thing; None: nothing ever did."""
    began: float = field(default_factory=monotonic)
    score_permille: int = 0
    """What the machine made of it before the last look."""

    def observation(self, visit: Visit) -> Observation:
        captures = tuple(self.captures)
        return Observation(
            candidate=visit.candidate,
            observed_at=self.seen_at,
            captures=captures,
            facts=self.facts,
            attachments=tuple(self.attachments),
            failure=self.failure,
        )


class SiteSpider(RunSpider):
    """Visits every pending suspect once, however many ways led to it."""

    name = "site"

    def __init__(self, pending: Sequence[WorkItem], **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self._groups = group_by_place(pending)
        self._knows_icons: bool | None = None

    def lanes(self) -> Sequence[AsyncIterator[WorkDone]]:
        """Return as many lanes as visits may run at once."""
        return [self.lane(self._groups, self.visit) for _ in range(self.context.settings.crawl.concurrency)]

    async def visit(self, group: tuple[tuple[WorkItem, Visit], ...]) -> WorkDone | None:
        """Look at one suspect; one observation per way of finding it. None: it is not our turn there today."""
        works, visits = [work for work, _ in group], [visit for _, visit in group]
        try:
            seen = await self.look_at(max(visits, key=lambda visit: len(visit.promised)))
        except SiteResting as resting:
            self.context.notes.skip(f"{resting.sentence}，未完成的可用 --resume 继续")
            return None
        await self.require_way_out(seen)
        if seen.failure:
            self.context.notes.outcomes["visits_failed"] += 1
        observations = tuple(seen.observation(visit) for visit in visits)
        return WorkDone(work=tuple(works), observations=observations, found=self._led_to(visits[0], seen))

    async def look_at(self, visit: Visit, *, is_official: bool = False) -> _Seen:
        """Return everything seen of one address. Raises `SiteResting` when nothing could be asked yet."""
        facts = await self.context.resolver.facts_of(host_of(visit.url))
        seen = _Seen(seen_at=self.context.case.clock.now(), facts=facts)
        try:
            answer = await self._first(visit.url)
        except SiteResting:
            raise
        except FetchFailed as failed:
            seen.failure = f"未能打开网页：{failed.sentence}"
            return seen
        if answer.tls is not None:
            seen.facts = replace(seen.facts, tls=answer.tls)
        self._add(seen, answer, Profile.DESKTOP)
        if seen.blocked and not await self._drawn_past_block(seen, visit.url):
            return seen
        seen.failure = seen.failure or answer.stopped
        for _ in range(_MAX_LOOKS):
            look = await self._next(seen, visit, is_official=is_official)
            if look is None or self._is_enough(seen) or not await self._again(seen, visit.url, look):
                break
        if not is_official:
            await self._look_around(seen)
        return seen

    def _is_enough(self, seen: _Seen) -> bool:
        """Say whether a visit must end: a person asked for it, or its share of time or disk is used up."""
        crawl = self.context.settings.crawl
        kept = sum(len(one.content) for one in seen.attachments)
        return self.context.is_stopping or kept >= crawl.max_visit_bytes or monotonic() - seen.began > crawl.max_visit_s

    async def _drawn_past_block(self, seen: _Seen, url: str) -> bool:
        """Let the browser look where only a script stands in the way; False: nothing but the block was seen."""
        blocked = seen.blocked
        if blocked and blocked.kind is BlockKind.CHALLENGE and not self.context.browser.is_missing:
            await self._again(seen, url, Look(Profile.RENDERED, "a script stands in the way"))
        if not seen.captures:
            seen.failure = blocked.sentence if blocked else seen.failure
        return bool(seen.captures)

    async def _look_around(self, seen: _Seen) -> None:
        """Look at what else belongs to a suspicious site: the linked query, contact, icon, robots.txt."""
        is_lead = seen.score_permille >= LEAD_FROM
        if not seen.score_permille:
            return
        for page in linked_pages(seen.captures, with_contact=is_lead):
            if self._is_enough(seen):
                return
            await self._look_at_linked(seen, page)
        if is_lead and not self._is_enough(seen):
            beside = [await fetch_robots(self.fetcher, seen.captures[0])]
            if await self._compares_icons():
                beside.append(await fetch_icon(self.fetcher, seen.captures[0]))
            seen.attachments += [one for one in beside if one]

    async def _look_at_linked(self, seen: _Seen, page: LinkedPage) -> None:
        profile = seen.captures[0].profile if seen.captures[0].profile in _PLAIN else Profile.DESKTOP
        try:
            answer = await self.fetcher.visit(page.url, profile)
        except FetchFailed:
            self.context.notes.outcomes["linked_pages_failed"] += 1
            return
        if answer.status == _OK:
            self._add(seen, answer, profile, label=page.label)

    async def _compares_icons(self) -> bool:
        """Say whether an official site's icon is known: without one nothing is asked of the suspect for it."""
        if self._knows_icons is None:
            kept = await self.context.in_case(self.context.case.snapshots.all)
            self._knows_icons = any(one.icon_sha256 for one in kept)
        return self._knows_icons

    async def require_way_out(self, seen: _Seen) -> None:
        """Make sure that nothing was seen because of the suspect, not of us. Raises `SourceUnreachable`."""
        if seen.captures:
            return
        self.context.gate.require_upstream()
        if isinstance(seen.facts.addresses, Unknown):
            await self.context.resolver.require_answer_if_silent()

    async def _first(self, url: str) -> Answer:
        """Look at the address; where plain HTTP brings nothing, at the same page over TLS. A failure says what became of both."""
        try:
            return await self.fetcher.visit(url)
        except FetchFailed as failed:
            if failed.is_refused or isinstance(failed, SiteResting) or not url.startswith("http://"):
                raise
            first = failed
        try:
            return await self.fetcher.visit(f"https://{url.removeprefix('http://')}")
        except SiteResting:
            raise
        except FetchFailed as failed:
            raise failed.after(first) from None

    async def _next(self, seen: _Seen, visit: Visit, *, is_official: bool) -> Look | None:
        assessment = await self.context.in_case(self.context.case.intake.judge, seen.observation(visit))
        seen.score_permille = assessment.score_permille
        can_render = not self.context.browser.is_missing
        return next_look(
            seen.captures, assessment, promised=visit.promised, is_official=is_official, can_render=can_render
        )

    async def _again(self, seen: _Seen, url: str, look: Look) -> bool:
        """Take another look; False when it could not be had and asking on would lead nowhere."""
        address = (seen.captures[0].requested_url if seen.captures else "") or url
        try:
            if look.profile in _BROWSER:
                rendered = await self.render(address, look.profile)
                self._add(seen, rendered.answer, look.profile, rendered.screenshot)
            else:
                self._add(seen, await self.fetcher.visit(address, look.profile), look.profile)
        except BrowserMissing as missing:
            self.context.notes.skip(missing.zh)
            return True
        except (FetchFailed, RenderFailed) as failed:
            self.context.notes.outcomes["looks_failed"] += 1
            seen.attachments.append(
                Attachment(
                    kind=EvidenceKind.RESPONSE,
                    media_type="text/plain",
                    content=failed.sentence.encode(),
                    label=f"{look.profile.value}（未成功）",
                )
            )
            return False
        return bool(seen.captures) and seen.captures[-1].profile is look.profile

    def _add(self, seen: _Seen, answer: Answer, profile: Profile, screenshot: bytes = b"", *, label: str = "") -> None:
        """Keep what was seen; of a page that stands in the suspect's place only the fact that it did."""
        capture, proof = capture_of(answer, profile, self.context.case.clock.now(), screenshot, label=label)
        blocked = block_page_of(capture)
        if blocked is None:
            seen.captures.append(capture)
            seen.attachments += proof
            return
        seen.blocked = blocked
        self.context.notes.outcomes["looks_blocked"] += 1
        record = record_of(answer, capture, blocked_by=f"{blocked.kind.value}:{blocked.name}")
        met = f"{label or profile.value}（{blocked.title}）"
        seen.attachments.append(
            Attachment(kind=EvidenceKind.RESPONSE, media_type="application/json", content=record, label=met)
        )

    def _led_to(self, visit: Visit, seen: _Seen) -> tuple[WorkItem, ...]:
        """Return a visit of the host a redirect led to, where that is another, unofficial site."""
        if visit.depth or not seen.captures:
            return ()
        final = seen.captures[0].final_url
        host = host_of(final)
        domain = registrable_domain(host)
        if not domain or domain == registrable_domain(host_of(visit.url)) or self.context.case.roster.is_official(host):
            return ()
        onward = Visit(
            url=final,
            source=visit.source,
            found_at=visit.found_at,
            query=visit.query,
            detail=f"由 {host_of(visit.url)} 跳转而来",
            depth=1,
        )
        return (visit_item(onward),)
