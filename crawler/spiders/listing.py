"""Reads listings of shops and boards: search pages by keyword, then each new listing's own page."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec
from playwright.async_api import Error as PlaywrightError

from crawler.browser import RenderFailed
from crawler.capture import REDIRECTS, Answer, capture_of
from crawler.context import WorkDone
from crawler.fetch import Fetcher, FetchFailed, RobotsForbid, SiteResting
from crawler.listing_images import fetch_images, wants_images
from crawler.platforms.api import read_page, search_address
from crawler.platforms.model import Platform
from crawler.platforms.read import Found, PlatformBlocked, PlatformChanged, read_detail, read_search
from crawler.platforms.replies import Held, PlatformAsks, held_in_session
from crawler.spiders.api_route import ApiRoute, BudgetSpent
from crawler.spiders.base import RunSpider
from crawler.staff_session import SessionPage, SessionStopped, StaffSession
from crawler.work import ListingPage, listing_item, read, search_item
from detectors.model import Attachment, Candidate, CandidateKind, Discovery, EvidenceKind, Observation, Profile
from detectors.pages.read import decode_html
from detectors.ruleset import LEAD_FROM
from keywords.hosts import canonical_url, host_of, registrable_domain
from pipelines.clock import day_of
from pipelines.errors import BrowserMissing, InputUnreadable, UsageError
from pipelines.labels import ITEM_PAGES
from pipelines.model import WorkItem
from pipelines.query_ledger import AskedPage
from pipelines.run_health import error_kind

__all__ = ["DETAILS_SEEN", "LEAVES_ALONE", "ListingSpider", "why_not"]

DETAILS_SEEN = "details_seen"
"""How a tally calls listings looked at; a resumed run goes on counting there."""

_DETAILS_PER_PAGE = 10
"""Listings looked at for each search page the budget allows."""
_REFUSALS = frozenset({401, 403, 429, 503})
_LOST_REQUESTS = 3
_FIELDS = (
    ("title", "title"), ("text", "text"), ("price", "price_text"), ("seller", "seller"), ("area", "area"),
    ("published", "published_at"), ("images", "image_urls"),
)  # fmt: skip
"""Fields of a listing whose share is watched: one that vanishes says that a rule broke."""


LEAVES_ALONE = (
    InputUnreadable,
    BudgetSpent,
    SessionStopped,
    BrowserMissing,
    UsageError,
    RobotsForbid,
    PlatformBlocked,
    PlatformChanged,
)
"""After one of these the platform is not asked again in this run."""


def why_not(why: Exception) -> str:
    """Return in Chinese why a platform is left alone."""
    match why:
        case InputUnreadable() | BrowserMissing() | UsageError():
            return why.zh
        case SessionStopped():
            return why.sentence
        case BudgetSpent():
            return "本次巡查的接口请求次数已用完"
        case RobotsForbid():
            return "robots.txt 不允许自动访问，请改用平台导出文件导入"
        case PlatformBlocked():
            return "要求人机验证或拒绝访问，需要人工处理"
        case _:
            return f"页面结构已变化，平台定义需要更新（{why}）"


class ListingSpider(RunSpider):
    """Asks platforms, one request at a time each."""

    name = "listing"

    def __init__(
        self,
        pending: Sequence[WorkItem],
        platforms: Sequence[Platform],
        pseudonym: Callable[[str], str],
        details_seen: Counter[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._pending = [(work, read(work, ListingPage)) for work in pending]
        self._platforms = platforms
        self._pseudonym = pseudonym
        self._details_seen = details_seen
        self._lost: Counter[str] = Counter()
        self._sessions: dict[str, StaffSession] = {}
        self._spent: set[str] = set()

    def lanes(self) -> Sequence[AsyncIterator[WorkDone]]:
        """Return one lane per platform."""
        return [
            self.lane(
                iter([(platform, work, page) for work, page in self._pending if page.platform == platform.name]),
                self.look,
            )
            for platform in self._platforms
        ]

    async def look(self, piece: tuple[Platform, WorkItem, ListingPage]) -> WorkDone | None:
        """Read one page. None: the platform did not give it, the work stays unfinished."""
        platform, work, page = piece
        if platform.name in self.context.suspended:
            return None
        asked = _page_of(self.context.run_id, platform, page)
        if not page.url and not await self._has_budget(platform, asked):
            return None
        try:
            if platform.route == "api":
                done = await self._api_search(platform, work, page)
            else:
                done = await (self._listing(platform, work, page) if page.url else self._search(platform, work, page))
        except LEAVES_ALONE as why:
            self._suspend(platform, why_not(why))
        except SiteResting as resting:
            self._suspend(platform, resting.sentence, is_skip=True)
        except FetchFailed as failed:
            self.context.gate.require_upstream()
            self.context.notes.piece.errors[error_kind(failed.sentence)] += 1
            self._lost[platform.name] += 1
            if self._lost[platform.name] >= _LOST_REQUESTS:
                self._suspend(platform, f"多次无法访问（{failed.sentence}）")
        else:
            self._lost[platform.name] = 0
            return done
        return None

    async def _has_budget(self, platform: Platform, asked: AskedPage) -> bool:
        """Enter the search page in the day's budget of its platform; False: it is spent, and no more is searched until tomorrow."""
        if platform.name in self._spent:
            return False
        case, budget = self.context.case, self.context.settings.sweep.platform_budget
        if await self.context.in_case(case.queries.begin, asked, day_of(case.clock.now()), budget):
            return True
        self._spent.add(platform.name)
        self.context.notes.postpone(
            f"{platform.title}：今天已搜索 {budget} 页，达到每日上限（sweep.platform_budget），明天继续"
        )
        return False

    async def _note_answer(self, asked: AskedPage, found: Sequence[Found]) -> None:
        """Enter what the search page showed, and which fields of the definition were found."""
        case, tally, rows = self.context.case, self.context.notes.piece, len(found)
        await self.context.in_case(case.queries.note_answer, asked, day_of(case.clock.now()), rows, 0)
        tally.outcomes["listing_search_pages"] += 1
        tally.sources[asked.source, "pages"] += 1
        tally.sources[asked.source, "rows"] += rows
        self._note_fields(asked.source, found)

    def _note_fields(self, definition: str, found: Sequence[Found]) -> None:
        fields = self.context.notes.piece.fields
        fields[definition, "rows"] += len(found)
        for one in found:
            fields[definition, "url"] += bool(one.url)
            for name, attribute in _FIELDS:
                fields[definition, name] += bool(getattr(one.listing, attribute))

    def _suspend(self, platform: Platform, why: str, *, is_skip: bool = False) -> None:
        self.context.suspended.add(platform.name)
        sentence = f"{platform.title}：{why}；本次巡查不再访问该平台"
        (self.context.notes.skip if is_skip else self.context.notes.fail)(sentence)
        self.context.progress.note(sentence)

    async def start(self) -> AsyncIterator[WorkDone]:
        """Yield what the lanes finish; let go of the sessions at the end."""
        try:
            async for done in super().start():
                yield done
        finally:
            for session in self._sessions.values():
                await session.close()

    async def _ask(self, platform: Platform, url: str) -> tuple[Answer, str]:
        if platform.route == "session":
            shown = await self._in_session(platform, url)
            return shown.answer, decode_html(shown.answer.body, shown.answer.content_type)
        answer = await self.fetcher.ask(url, platform.name)
        if answer.status in REDIRECTS:
            location = answer.header("location")
            target = urljoin(answer.final_url, location)
            if urlsplit(target).hostname in platform.blocks.hosts or urlsplit(target).hostname != platform.host:
                raise PlatformBlocked(target)
            answer = await self.fetcher.ask(target, platform.name)
        if answer.status in _REFUSALS:
            raise PlatformBlocked(str(answer.status))
        return answer, decode_html(answer.body, answer.content_type)

    async def _in_session(self, platform: Platform, url: str) -> SessionPage:
        context = self.context
        if platform.name not in self._sessions:
            session = StaffSession(context.settings.home, platform, context.settings.crawl, context.gate.url)
            self._sessions[platform.name] = await session.__aenter__()
        try:
            return await self._sessions[platform.name].read(url)
        except PlaywrightError as error:
            raise FetchFailed(f"浏览器未能打开网页（{error.message.splitlines()[0][:80]}）") from None

    async def _search(self, platform: Platform, work: WorkItem, page: ListingPage) -> WorkDone:
        if platform.route == "session" and platform.replies:
            return await self._session_search(platform, work, page)
        url = platform.search_address(page.text, page.page)
        answer, text = await self._ask(platform, url)
        shown = read_search(platform, text, answer.final_url, page.page, self._pseudonym)
        await self._note_answer(_page_of(self.context.run_id, platform, page), shown.found)
        onward: list[WorkItem] = []
        observations: list[Observation] = []
        for place, found in enumerate(shown.found, start=1):
            rank = (page.page - 1) * platform.search.per_page + place
            if platform.detail and found.url:
                partial = msgspec.json.encode(found).decode()
                onward.append(
                    listing_item(msgspec.structs.replace(page, page=1, url=found.url, rank=rank, partial=partial))
                )
            else:
                observations.append(self._observation(platform, page, found, rank, ()))
        if shown.has_next and page.page < (page.pages or self.context.settings.sweep.pages_per_query):
            onward.append(search_item(msgspec.structs.replace(page, page=page.page + 1)))
        return WorkDone(work=(work,), observations=tuple(observations), found=tuple(onward))

    @property
    def api_route(self) -> ApiRoute:
        """Return the way this spider asks partner interfaces."""
        context = self.context
        fetcher = Fetcher(self.crawler, context.gate, context.settings.crawl, context.politeness, obeys_robots=False)
        return ApiRoute(fetcher, context.politeness, context.settings, self._details_seen)

    async def _api_search(self, platform: Platform, work: WorkItem, page: ListingPage) -> WorkDone:
        api = platform.api
        assert api is not None  # noqa: S101 - its route is the interface
        url = search_address(api, page.text, page.page, page.cursor)
        answer, text = await self.api_route.ask(platform, api, url)
        shown = read_page(platform, text, answer.final_url, page.page, self._pseudonym)
        self.context.notes.piece.sources[f"platform:{platform.name}", DETAILS_SEEN] += 1
        await self._note_answer(_page_of(self.context.run_id, platform, page), [held.found for held in shown.held])
        observations = tuple(
            self._told(platform, page, held, place, answer) for place, held in enumerate(shown.held, start=1)
        )
        onward: tuple[WorkItem, ...] = ()
        if shown.has_next and page.page < (page.pages or self.context.settings.sweep.pages_per_query):
            onward = (search_item(msgspec.structs.replace(page, page=page.page + 1, cursor=shown.cursor)),)
        return WorkDone(work=(work,), observations=observations, found=onward)

    async def _session_search(self, platform: Platform, work: WorkItem, page: ListingPage) -> WorkDone:
        """Read what the page asked its platform for, else what stands in its scripts, by the definition's `replies`."""
        shown = await self._in_session(platform, platform.search_address(page.text, page.page))
        try:
            answers = [(one.url, decode_html(one.body, "application/json")) for one in shown.replies]
            document = decode_html(shown.answer.body, shown.answer.content_type)
            held = held_in_session(platform, answers, document, shown.answer.final_url, self._pseudonym)
        except PlatformAsks as asked:
            raise self._sessions[platform.name].stop(f"平台的验证要求（{str(asked)[:60]}）") from None
        if not held:
            raise PlatformChanged("no listings in the data of the page")
        await self._note_answer(_page_of(self.context.run_id, platform, page), [one.found for one in held])
        told = tuple(self._told(platform, page, one, place, shown.answer) for place, one in enumerate(held, start=1))
        onward: tuple[WorkItem, ...] = ()
        if page.page < self.context.settings.sweep.pages_per_query:
            onward = (search_item(msgspec.structs.replace(page, page=page.page + 1)),)
        return WorkDone(work=(work,), observations=told, found=onward)

    def _told(self, platform: Platform, page: ListingPage, held: Held, place: int, answer: Answer) -> Observation:
        """Return what an interface or a session shows of one listing. Of the answer its record alone is kept: the rest names other people."""
        record = {
            "asked": answer.requested_url, "answer_sha256": answer.transferred_sha256, "place": place, "record": held.record,
        }  # fmt: skip
        content = msgspec.json.format(msgspec.json.encode(record), indent=1)
        proof = Attachment(kind=EvidenceKind.RESPONSE, media_type="application/json", content=content)
        return self._observation(platform, page, held.found, place, (proof,))

    async def _listing(self, platform: Platform, work: WorkItem, page: ListingPage) -> WorkDone:
        before = msgspec.json.decode(page.partial, type=Found) if page.partial else None
        if self._details_seen[platform.name] >= self.context.settings.sweep.platform_budget * _DETAILS_PER_PAGE:
            self.context.notes.skip(f"{platform.title}：条目详情已达上限，其余条目只按列表页内容判断")
            shown = (self._observation(platform, page, before, page.rank, ()),) if before else ()
            return WorkDone(work=(work,), observations=shown)
        self._details_seen[platform.name] += 1
        self.context.notes.piece.sources[f"platform:{platform.name}", DETAILS_SEEN] += 1
        answer, text = await self._ask(platform, self._detail_address(platform, page, before))
        found = read_detail(platform, text, page.url, answer.status, self._pseudonym, before)
        if not found.listing.title:
            return WorkDone(work=(work,))
        self._note_fields(f"platform:{platform.name}{ITEM_PAGES}", (found,))
        observation = self._observation(platform, page, found, page.rank, self._proof_of(platform, answer))
        if platform.route == "session":
            return WorkDone(work=(work,), observations=(observation,))
        if self.context.pictures and wants_images(observation):
            images = await fetch_images(self.fetcher, observation, platform.name, self.context.notes)
            observation = replace(observation, attachments=(*observation.attachments, *images))
        return WorkDone(work=(work,), observations=(await self._with_picture(observation),))

    def _proof_of(self, platform: Platform, answer: Answer) -> tuple[Attachment, ...]:
        """Return the page as it came; none of a session's, which names the account of whoever logged in."""
        if platform.route == "session":
            return ()
        return capture_of(answer, Profile.DESKTOP, self.context.case.clock.now())[1]

    def _detail_address(self, platform: Platform, page: ListingPage, before: Found | None) -> str:
        template = platform.detail.url if platform.detail else ""
        if not template:
            return page.url
        item_id = before.listing.item_id if before else page.url.rstrip("/").rpartition("/")[2].partition(".")[0]
        return template.replace("{id}", item_id)

    async def _with_picture(self, observation: Observation) -> Observation:
        """Add a screenshot where the listing is worth a person's look."""
        assessment = await self.context.in_case(self.context.case.intake.judge, observation)
        if assessment.score_permille < LEAD_FROM or self.context.browser.is_missing:
            return observation
        try:
            rendered = await self.render(observation.candidate.url, Profile.RENDERED)
        except BrowserMissing as missing:
            self.context.notes.skip(missing.zh)
            return observation
        except RenderFailed:
            self.context.notes.outcomes["looks_failed"] += 1
            return observation
        _, proof = capture_of(rendered.answer, Profile.RENDERED, self.context.case.clock.now(), rendered.screenshot)
        return replace(observation, attachments=(*observation.attachments, *proof))

    def _searched_at(self, platform: Platform, page: ListingPage) -> str:
        if platform.route == "api" and platform.api:
            return search_address(platform.api, page.text, page.page, page.cursor)
        return canonical_url(platform.search_address(page.text, page.page))

    def _observation(
        self,
        platform: Platform,
        page: ListingPage,
        found: Found,
        rank: int | None,
        proof: tuple[Attachment, ...],
    ) -> Observation:
        now = self.context.case.clock.now()
        host = host_of(found.url) or platform.host
        return Observation(
            candidate=Candidate(
                kind=CandidateKind.LISTING,
                url=found.url,
                host=host,
                registrable_domain=registrable_domain(host),
                key=found.url or f"{platform.name}:{found.listing.item_id or found.listing.title}",
                discovery=Discovery(
                    source=page.source or f"platform:{platform.name}",
                    found_at=now,
                    query=page.text,
                    rank=rank,
                    detail=self._searched_at(platform, page) if page.text else "",
                ),
            ),
            observed_at=now,
            listing=found.listing,
            attachments=(
                *proof,
                Attachment(
                    kind=EvidenceKind.LISTING,
                    media_type="application/json",
                    content=msgspec.json.format(msgspec.json.encode(found), indent=1),
                ),
            ),
        )


def _page_of(run_id: str, platform: Platform, page: ListingPage) -> AskedPage:
    return AskedPage(
        run_id=run_id, source=f"platform:{platform.name}", text=page.text, page=page.page, terms=page.terms
    )
