"""关键词巡查 on search engines: every planned query, organic rows and adverts, each engine at its own pace."""

import hashlib
import re
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import urljoin

from crawler.capture import Answer
from crawler.context import WorkDone
from crawler.engines.model import (
    EngineDenied,
    EngineFailure,
    EngineTooMany,
    Provider,
    ResultPage,
    Row,
)
from crawler.fetch import FetchFailed, RobotsForbid
from crawler.platforms.model import Platform
from crawler.spiders.base import RunSpider
from crawler.work import ListingPage, Query, Visit, host_of, listing_item, query_item, read, visit_item
from detectors.model import Advert, Attachment, Candidate, CandidateKind, Discovery, EvidenceKind, Observation
from detectors.pages.read import decode_html
from keywords.hosts import canonical_url, registrable_domain
from pipelines.model import WorkItem

__all__ = ["SweepSpider"]

_ROWS_PER_PAGE = 10
_WRAPPER_BUDGET = 60
"""Counting links opened per engine and run; each is one more request to the engine."""
_LOST_REQUESTS = 3
_PROMISE_CHARS = 200
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_DENIED, _TOO_MANY = frozenset({401, 403, 451}), frozenset({429, 503})
_SCRIPT_REDIRECT = re.compile(
    r"""(?:location\.replace\(|location(?:\.href)?\s*=\s*|url\s*=\s*)['"]?(https?://[^'")>\s]+)""", re.I
)


class SweepSpider(RunSpider):
    """Asks engines. One that wants to see a person is left alone for the rest of the run, and named."""

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

    async def ask(self, piece: tuple[Provider, WorkItem, Query]) -> WorkDone | None:
        """Ask for one result page. None: the engine gave none, the query stays unfinished."""
        engine, work, query = piece
        if engine.name in self.context.suspended:
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
        except FetchFailed as failed:
            self.context.gate.require_upstream()
            self._lost[engine.name] += 1
            if self._lost[engine.name] >= _LOST_REQUESTS:
                self._suspend(engine, f"多次无法访问（{failed.sentence}）")
            return None
        except EngineFailure as failure:
            self._suspend(engine, failure.zh)
            return None
        self._lost[engine.name] = 0
        self.context.notes.outcomes["result_pages"] += 1
        return await self._harvest(engine, work, query, page, answer)

    async def _warm_up(self, engine: Provider) -> None:
        """Get the engine's cookies as a visitor would; some answer without them with an empty page."""
        if engine.name not in self._warmed:
            self._warmed.add(engine.name)
            await self.fetcher.ask(f"https://{engine.host}/", engine.name)

    def _html(self, engine: Provider, answer: Answer) -> str:
        if answer.status in _REDIRECTS:
            location = next((value for name, value in answer.headers if name.lower() == "location"), "")
            raise engine.refuse_redirect(urljoin(answer.final_url, location))
        if answer.status in _DENIED:
            raise EngineDenied(str(answer.status))
        if answer.status in _TOO_MANY:
            raise EngineTooMany(str(answer.status))
        return decode_html(answer.body, answer.content_type)

    def _suspend(self, engine: Provider, why: str, *, is_skip: bool = False) -> None:
        self.context.suspended.add(engine.name)
        sentence = f"{engine.title}：{why}；本次巡查不再查询该引擎，未完成的查询可用 --resume 继续"
        (self.context.notes.skip if is_skip else self.context.notes.fail)(sentence)
        self.context.progress.note(sentence)

    async def _harvest(
        self, engine: Provider, work: WorkItem, query: Query, page: ResultPage, answer: Answer
    ) -> WorkDone:
        found: list[WorkItem] = []
        for row in page.rows:
            target = row.target or await self._unwrapped(engine, row)
            found += self._led_to(engine, query, row, target, answer.final_url)
        observations = tuple(self._advert(engine, query, row, answer) for row in page.adverts)
        if page.has_next and query.page < self.context.settings.sweep.pages_per_query:
            onward = Query(engine=engine.name, text=query.text, page=query.page + 1)
            found.append(query_item(onward))
        return WorkDone(work=(work,), observations=observations, found=tuple(found))

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

    async def _unwrapped(self, engine: Provider, row: Row) -> str:
        """Return where a counting link leads, by asking the engine alone; empty: not known."""
        if not engine.is_wrapper(row.url):
            return ""
        if row.kind == "advert" and not self.context.settings.sweep.follows_advert_wrappers:
            return ""
        if self._wrappers_opened[engine.name] >= _WRAPPER_BUDGET:
            self.context.notes.skip(f"{engine.title}：跳转链接已打开 {_WRAPPER_BUDGET} 条，其余未逐一打开")
            return ""
        self._wrappers_opened[engine.name] += 1
        try:
            answer = await self.fetcher.ask(row.url, engine.name)
        except FetchFailed:
            return ""
        location = next((value for name, value in answer.headers if name.lower() == "location"), "")
        if not location:
            led = _SCRIPT_REDIRECT.search(decode_html(answer.body[:20_000], answer.content_type))
            location = led.group(1) if led else ""
        try:
            target = canonical_url(urljoin(answer.final_url, location)) if location else ""
        except ValueError:
            return ""
        return "" if engine.is_wrapper(target) else target

    def _advert(self, engine: Provider, query: Query, row: Row, answer: Answer) -> Observation:
        """An advert is a finding of its own, whether or not its link was ever followed."""
        now = self.context.case.clock.now()
        host = host_of(row.target)
        # Wrapper links differ at every query: the same advert is the same engine, payer, words and target.
        words = "\x1f".join((engine.name, row.advertiser, row.title, host))
        return Observation(
            candidate=Candidate(
                kind=CandidateKind.ADVERT,
                url=row.target or row.url,
                host=host,
                registrable_domain=registrable_domain(host),
                key=f"{engine.name}:{hashlib.sha256(words.encode()).hexdigest()[:24]}",
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
                wrapper_url=row.url if engine.is_wrapper(row.url) else "",
                target_url=row.target,
            ),
            attachments=(
                Attachment(
                    kind=EvidenceKind.ADVERT, media_type="text/html", content=row.markup.encode(), label="广告条目"
                ),
                Attachment(kind=EvidenceKind.BODY, media_type="text/html", content=answer.body, label="搜索结果页"),
            ),
        )
