"""关键词巡查 on search engines: every planned query, organic rows and adverts, each engine at its own pace."""

import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin

import msgspec

from crawler.capture import REDIRECTS, Answer
from crawler.context import WorkDone
from crawler.engines.model import (
    EngineDenied,
    EngineFailure,
    EngineTooMany,
    Provider,
    ResultPage,
    Row,
)
from crawler.fetch import FetchFailed, RobotsForbid, SiteResting
from crawler.pauses import pauses_of
from crawler.platforms.model import Platform
from crawler.retry_after import retry_after_s
from crawler.spiders.base import RunSpider
from crawler.work import ListingPage, Query, Visit, listing_item, query_item, read, visit_item
from crawler.wrappers import Landing, WrapperResolver
from detectors.model import Advert, Attachment, Candidate, CandidateKind, Discovery, EvidenceKind, Observation
from detectors.pages.read import decode_html
from keywords.hosts import host_of, registrable_domain
from pipelines.clock import day_of
from pipelines.model import WorkItem
from pipelines.query_ledger import AskedPage
from pipelines.run_health import error_kind

__all__ = ["LINKS_OPENED", "SweepSpider", "advert_key", "page_proof"]

LINKS_OPENED = "links_opened"
"""How a tally calls counting links; a resumed run goes on counting there."""

_ROWS_PER_PAGE = 10
_LOST_REQUESTS = 3
_PROMISE_CHARS = 200
_DENIED, _TOO_MANY = frozenset({401, 403, 451}), frozenset({429, 503})
_MAX_RETRY_AFTER_S = int(timedelta(days=7).total_seconds())
_NOTHING_OPENED = Landing()
_FIELDS = ("title", "target", "text", "advertiser")
"""Fields of a row whose share is watched: one that vanishes says that a rule broke."""


class SweepSpider(RunSpider):
    """Asks engines. One that wants to see a person is left alone for as long as its answer says, over restarts, and named once."""

    name = "sweep"

    def __init__(
        self,
        pending: Sequence[WorkItem],
        engines: Sequence[Provider],
        platforms: Sequence[Platform],
        wrappers_opened: Counter[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._pending = [(work, read(work, Query)) for work in pending]
        self._engines = engines
        self._platforms = platforms
        self._wrappers_opened = wrappers_opened
        self._pauses = pauses_of(self.context.settings, self.context.case.shared_work)
        self._lost: Counter[str] = Counter()
        self._warmed: set[str] = set()

    def lanes(self) -> Sequence[AsyncIterator[WorkDone]]:
        """Return one lane per engine, so that one engine's pace does not hold up another."""
        return [
            self.lane(
                iter([(engine, work, query) for work, query in self._pending if query.engine == engine.name]), self.ask
            )
            for engine in self._engines
        ]

    @property
    def _resolver(self) -> WrapperResolver:
        sweep = self.context.settings.sweep
        return WrapperResolver(self.fetcher, sweep.wrapper_budget, sweep.follows_advert_wrappers, self._wrappers_opened)

    async def ask(self, piece: tuple[Provider, WorkItem, Query]) -> WorkDone | None:
        """Ask for one result page and take what it shows. None: the engine gave none, the query stays unfinished."""
        engine, work, query = piece
        found = await self.result_page(engine, query)
        if found is None:
            return None
        page, answer = found
        return await self._harvest(engine, work, query, page, answer)

    async def result_page(self, engine: Provider, query: Query) -> tuple[ResultPage, Answer] | None:
        """Ask for one result page within the engine's budget. None: it gave none, and why is noted."""
        asked = self._page_of(engine, query)
        if not await self._may_ask(engine, asked):
            return None
        request = engine.request(query.text, query.page)
        try:
            await self._warm_up(engine)
            answer = await self.fetcher.ask(request.url, engine.name, dict(request.headers))
            page = engine.parse(self._html(engine, answer), answer.final_url)
        except RobotsForbid:
            self._suspend(
                engine, "robots.txt 不允许自动查询，取得许可后可将 sweep.obeys_robots 设为 false", is_skip=True
            )
            return None
        except SiteResting as resting:
            self._suspend(engine, resting.sentence, is_skip=True)
            return None
        except FetchFailed as failed:
            self.context.gate.require_upstream()
            self._lost[engine.name] += 1
            self.context.notes.piece.errors[error_kind(failed.sentence)] += 1
            if self._lost[engine.name] >= _LOST_REQUESTS:
                self._suspend(engine, f"多次无法访问（{failed.sentence}）")
            return None
        except EngineFailure as failure:
            await self._pause(engine.name, engine.title, failure)
            return None
        self._lost[engine.name] = 0
        await self._note_answer(asked, page)
        return page, answer

    async def _may_ask(self, engine: Provider, asked: AskedPage) -> bool:
        if engine.name in self.context.suspended or await self._is_paused(engine):
            return False
        return await self._has_budget(engine, asked)

    def _page_of(self, engine: Provider, query: Query) -> AskedPage:
        return AskedPage(
            run_id=self.context.run_id,
            source=f"engine:{engine.name}",
            text=query.text,
            page=query.page,
            terms=query.terms,
        )

    async def _has_budget(self, engine: Provider, asked: AskedPage) -> bool:
        """Enter the page in the day's budget of its engine; False: it is spent, and the engine is left alone until tomorrow."""
        case, budget = self.context.case, self.context.settings.sweep.engine_budget
        if await self.context.in_case(case.queries.begin, asked, day_of(case.clock.now()), budget):
            return True
        self.context.suspended.add(engine.name)
        self.context.notes.postpone(
            f"{engine.title}：今天已查询 {budget} 页，达到每日上限（sweep.engine_budget），明天继续"
        )
        return False

    async def _note_answer(self, asked: AskedPage, page: ResultPage) -> None:
        """Enter what the page showed: rows and adverts, and which fields of the definition were found in them."""
        case, tally, adverts = self.context.case, self.context.notes.piece, len(page.adverts)
        await self.context.in_case(case.queries.note_answer, asked, day_of(case.clock.now()), len(page.rows), adverts)
        tally.outcomes["result_pages"] += 1
        for what, count in (("pages", 1), ("rows", len(page.rows)), ("adverts", adverts)):
            tally.sources[asked.source, what] += count
        for what, count in (("rows", len(page.rows)), ("adverts", adverts)):
            tally.fields[asked.source, what] += count
        for row in page.rows:
            for name in _FIELDS:
                tally.fields[asked.source, name] += bool(getattr(row, name))

    async def _warm_up(self, engine: Provider) -> None:
        """Get the engine's cookies as a visitor would; some answer without them with an empty page."""
        if engine.home and engine.name not in self._warmed:
            self._warmed.add(engine.name)
            await self.fetcher.ask(engine.home, engine.name)

    def _html(self, engine: Provider, answer: Answer) -> str:
        if answer.status in REDIRECTS:
            location = answer.header("location")
            raise engine.refuse_redirect(urljoin(answer.final_url, location))
        if answer.status in _DENIED:
            raise EngineDenied(str(answer.status))
        if answer.status in _TOO_MANY:
            raise EngineTooMany(str(answer.status), _retry_after(answer, self.context.case.clock.now()))
        return decode_html(answer.body, answer.content_type)

    def _suspend(self, engine: Provider, why: str, *, is_skip: bool = False) -> None:
        self.context.suspended.add(engine.name)
        sentence = f"{engine.title}：{why}；本次巡查不再查询该引擎，没有查到的词在下次巡查中优先"
        (self.context.notes.skip if is_skip else self.context.notes.fail)(sentence)
        self.context.progress.note(sentence)

    async def _is_paused(self, engine: Provider) -> bool:
        """Say whether an earlier answer asked to be left alone until later; a person was told then."""
        now = self.context.case.clock.now()
        pause = await self.context.in_case(self._pauses.current, engine.name, now)
        if pause is None:
            return False
        self.context.suspended.add(engine.name)
        self.context.notes.skip(
            f"{engine.title}：{pause.said}，暂停到 {pause.until:%Y-%m-%d %H:%M} UTC，届时自动恢复；"
            f"已处理的可用 jianwei engines resume {engine.name} 提前恢复"
        )
        return True

    async def _pause(self, name: str, title: str, failure: EngineFailure) -> None:
        """Leave the engine (or its links) alone for as long as the failure says, and tell a person."""
        self.context.suspended.add(name)
        pause = await self.context.in_case(self._pauses.begin, name, failure, self.context.case.clock.now())
        broken = f"（没有找到内容的规则：{failure.detail}）" if failure.kind == "changed" and failure.detail else ""
        sentence = (
            f"{title}：{failure.zh}{broken}；暂停到 {pause.until:%Y-%m-%d %H:%M} UTC，届时自动恢复，"
            "没有查到的词在之后的巡查中优先"
        )
        self.context.notes.fail(sentence, failure.kind)
        self.context.progress.note(sentence)

    async def _harvest(
        self, engine: Provider, work: WorkItem, query: Query, page: ResultPage, answer: Answer
    ) -> WorkDone:
        found: list[WorkItem] = []
        observations: list[Observation] = []
        for row in page.rows:
            landing = await self._landing(engine, row)
            found += self._led_to(engine, query, row, row.target or landing.target, answer.final_url)
            if row.kind == "advert":
                observations.append(self.advert(engine, query, row, answer, landing))
        if page.has_next and query.page < (query.pages or self.context.settings.sweep.pages_per_query):
            onward = Query(
                engine=engine.name, text=query.text, page=query.page + 1, terms=query.terms, pages=query.pages
            )
            found.append(query_item(onward))
        return WorkDone(work=(work,), observations=tuple(observations), found=tuple(found))

    def _led_to(self, engine: Provider, query: Query, row: Row, target: str, page_url: str) -> list[WorkItem]:
        """Return the visit or listing a row leads to; nothing for official sites and the engine's own pages."""
        host = host_of(target)
        if not host or host == engine.host:
            return []
        if self.context.case.roster.is_official(host):
            self.context.notes.outcomes["official_rows"] += 1
            return []
        rank = (query.page - 1) * _ROWS_PER_PAGE + row.rank
        for platform in self._platforms:
            if platform.is_listing(target):
                listing = ListingPage(
                    platform=platform.name, source=f"engine:{engine.name}", text=query.text, url=target, rank=rank
                )
                return [listing_item(listing)]
        visit = Visit(
            url=target,
            source=f"engine:{engine.name}",
            found_at=self.context.case.clock.now(),
            query=query.text,
            rank=rank,
            promised=f"{row.title} {row.text}"[:_PROMISE_CHARS],
            detail=f"{'广告位' if row.kind == 'advert' else '自然结果'}，{page_url}",
        )
        return [visit_item(visit)]

    async def _landing(self, engine: Provider, row: Row) -> Landing:
        """Return where a counting link leads, by asking the engine alone, within the budget for that."""
        links = f"{engine.name}/links"
        resolver = self._resolver
        if links in self.context.suspended or not resolver.needs_opening(row):
            return _NOTHING_OPENED
        if not resolver.has_budget(engine):
            self.context.notes.skip(f"{engine.title}：跳转链接已打开 {resolver.budget} 条，其余未逐一打开")
            return _NOTHING_OPENED
        if await self.context.in_case(self._pauses.current, links, self.context.case.clock.now()):
            self.context.suspended.add(links)
            return _NOTHING_OPENED
        opened_before = self._wrappers_opened[engine.name]
        try:
            return await resolver.open(engine, row)
        except EngineFailure as failure:
            await self._pause(links, f"{engine.title}的跳转链接", failure)
            return _NOTHING_OPENED
        finally:
            opened = self._wrappers_opened[engine.name] - opened_before
            self.context.notes.piece.sources[f"engine:{engine.name}", LINKS_OPENED] += opened

    def advert(
        self, engine: Provider, query: Query, row: Row, answer: Answer, landing: Landing = _NOTHING_OPENED
    ) -> Observation:
        """An advert is a finding of its own, whether or not its link was ever followed."""
        now = self.context.case.clock.now()
        host = host_of(row.target)
        return Observation(
            candidate=Candidate(
                kind=CandidateKind.ADVERT,
                url=row.target or row.url,
                host=host,
                registrable_domain=registrable_domain(host),
                key=advert_key(engine, row),
                discovery=Discovery(
                    source=f"engine:{engine.name}",
                    found_at=now,
                    query=query.text,
                    rank=row.rank,
                    detail=answer.final_url,
                ),
            ),
            observed_at=now,
            advert=Advert(
                engine=engine.name,
                query=query.text,
                page=query.page,
                slot=row.rank,
                title=row.title,
                text=row.text,
                advertiser=row.advertiser,
                wrapper_url=row.wrapper.url if row.wrapper else "",
                target_url=row.target or landing.target,
            ),
            attachments=(
                Attachment(
                    kind=EvidenceKind.ADVERT, media_type="text/html", content=row.markup.encode(), label="广告条目"
                ),
                *_chain(landing),
                page_proof(answer),
            ),
        )


def advert_key(engine: Provider, row: Row) -> str:
    """Return which advert a row is. Counting links differ at every query: the same advert is the same engine, payer, words and target."""
    words = "\x1f".join((engine.name, row.advertiser, row.title, host_of(row.target)))
    return f"{engine.name}:{hashlib.sha256(words.encode()).hexdigest()[:24]}"


def page_proof(answer: Answer) -> Attachment:
    """Return a result page as evidence."""
    return Attachment(kind=EvidenceKind.BODY, media_type="text/html", content=answer.body, label="搜索结果页")


def _chain(landing: Landing) -> Sequence[Attachment]:
    """Return the way from the counting link to the landing page as evidence; none where no link was opened."""
    if not landing.chain:
        return ()
    content = msgspec.json.format(msgspec.json.encode(asdict(landing)), indent=1)
    return (Attachment(kind=EvidenceKind.ADVERT, media_type="application/json", content=content, label="广告跳转链"),)


def _retry_after(answer: Answer, now: datetime) -> int:
    """Return the seconds the answer asks to wait; 0: it does not say."""
    return min(int(retry_after_s(answer.header("retry-after"), now) or 0), _MAX_RETRY_AFTER_S)
