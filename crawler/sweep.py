"""The main job: all sources → captures → intake. Everything is work in the frontier, so a stopped run goes on where it was.

Order: the files of this machine, then official pages (clones are measured against them), then what leads to suspects (invented names,
engines, platforms), then one visit to each suspect, however many ways led there. Where several workers share a run, each stage ends for all
of them at once.
"""

import asyncio
import os
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings as ScrapySettings

from crawler.browser import Browser, Renderer
from crawler.context import Progress, RunContext, SweepCase, WorkDone
from crawler.facts.dns import DnsResolver
from crawler.gate.proxy import EgressGate
from crawler.names import import_listing_file, look_up, read_name_file
from crawler.politeness import HomePoliteness, Politeness, paces_of
from crawler.reactor import run_in_reactor
from crawler.run_plan import RunPlan, plan_run, put_into_frontier
from crawler.saving import saved_regularly
from crawler.settings import scrapy_settings
from crawler.spiders.advert_recheck import AdvertRecheckSpider
from crawler.spiders.listing import DETAILS_SEEN, ListingSpider
from crawler.spiders.recheck import (
    ADVERT_WORK,
    LISTING_WORK,
    SITE_WORK,
    ListingRecheckSpider,
    RecheckSpider,
)
from crawler.spiders.site import SiteSpider
from crawler.spiders.snapshot import SnapshotSpider
from crawler.spiders.sweep import LINKS_OPENED, SweepSpider
from crawler.stage import IntakeStage
from crawler.stopping import stops_when_asked
from crawler.workers.batches import batches
from crawler.workers.heard_of import heard_of
from crawler.workers.join import announce, joined_run, require_known
from crawler.workers.politeness import SharedPoliteness
from crawler.workers.render_pool import PoolRenderer
from crawler.workers.report import end_report, put_report
from pipelines.errors import Interrupted, MonitorError
from pipelines.model import RunReport, StopRequest, WorkItem
from pipelines.pictures.pool import PicturePool
from pipelines.run_health import COMPARED_RUNS, with_verdict
from pipelines.seller_vault import kept_pseudonym
from pipelines.settings import Settings

__all__ = ["run_sweep"]

_RESUME = "jianwei sweep --resume"
_LONG_BATCH = 200
"""Pieces of work in one batch of a spider: half a minute and more."""
_STAGES = {
    "snapshot": "留存官方页面",
    "file": "读取文件",
    "name": "查询仿冒域名（批）",
    "query": "搜索引擎巡查",
    "listing_page": "平台条目",
    "visit": "查看疑似网站",
    SITE_WORK: "复查网站",
    LISTING_WORK: "复查平台条目",
    ADVERT_WORK: "复查搜索广告",
}
"""What the person who waits reads at each kind of work."""


def run_sweep(
    case: SweepCase, settings: Settings, progress: Progress, *, resume: bool = False, joins: bool = False
) -> RunReport:
    """Run all configured sources, or go on with the last run that did not end, and return what was done and what was not.

    `joins`: take part in the run another worker has begun, as soon as there is one (needs `workers.redis_url`).

    Raises `SettingInvalid`, `InputUnreadable` before anything is asked; `SourceUnreachable` when name server or proxy are dead,
    `StoreUnavailable` and, after Ctrl-C, `Interrupted`: finished work is kept, `resume` goes on.
    """
    plan = plan_run(case, settings)
    if case.shared_work:
        case.shared_work.require_answer()
    report = joined_run(case, progress) if joins else _begin(case, plan, resume=resume)
    if case.shared_work:
        require_known(case, settings, report.id, plan.engine_names, plan.platform_names)
        plan = replace(plan, sources=report.sources)
    sweep = _Sweep(case, settings, progress, plan, report, is_planned=joins)
    return run_in_reactor(sweep.run(), on_interrupt=sweep.stop)


def _begin(case: SweepCase, plan: RunPlan, *, resume: bool) -> RunReport:
    if resume:
        open_runs = [one for one in case.runs.latest() if one.finished_at is None]
        if open_runs:
            case.runs.withdraw_stop(open_runs[0].id)
            return replace(open_runs[0], verdict=None, reasons=(), stop=None, stopped_at=None)
    now = case.clock.now()
    return RunReport(id=f"R{now:%Y%m%dT%H%M%S%f}", started_at=now, sources=plan.sources, done={}, left={}, outcomes={})


class _Sweep:
    """One run, inside the reactor."""

    def __init__(
        self,
        case: SweepCase,
        settings: Settings,
        progress: Progress,
        plan: RunPlan,
        report: RunReport,
        *,
        is_planned: bool,
    ) -> None:
        self._case = case
        self._settings = settings
        self._progress = progress
        self._plan = plan
        self._report = report
        self._is_planned = is_planned
        self._here = f"@{socket.gethostname()}" if case.shared_work else ""
        """Marks the files only this machine can read."""
        self._context: RunContext | None = None
        self._is_stopped = False
        self._stopped_by = ""
        """Who stopped the run at the desk; empty: nobody did."""
        self._earlier: tuple[RunReport, ...] = ()

    def stop(self) -> None:
        """Finish what is begun and begin nothing more."""
        self._is_stopped = True
        if self._context:
            self._context.is_stopping = True

    def _stop_as_asked(self, request: StopRequest) -> None:
        self._stopped_by = request.by
        self._progress.note(f"{request.by} 在审查台要求停止本次巡查，做完手头的工作即停")
        self.stop()

    async def run(self) -> RunReport:
        """Do the whole run."""
        resolver = DnsResolver(self._settings.dns)
        async with EgressGate.of(self._settings.egress, resolver.addresses) as gate:
            browser = self._renderer(gate)
            pictures = PicturePool() if self._settings.sweep.reads_pictures else None
            context = RunContext(
                case=self._case,
                settings=self._settings,
                run_id=self._report.id,
                resolver=resolver,
                gate=gate,
                browser=browser,
                politeness=self._politeness(),
                progress=self._progress,
                pictures=pictures,
                is_stopping=self._is_stopped,
            )
            self._context = context
            try:
                self._earlier = await self._earlier_runs(context)
                context.notes.total = await context.in_case(self._case.tallies.sum, self._report.id)
                await self._save(context)
                async with (
                    heard_of(context),
                    saved_regularly(lambda: self._save(context)),
                    stops_when_asked(context, self._stop_as_asked),
                ):
                    await self._all_stages(context)
                return await self._close(context)
            finally:
                if pictures:
                    await asyncio.to_thread(pictures.close, at_once=True)  # whatever was waited for is read
                await browser.close()
                await context.close()

    def _renderer(self, gate: EgressGate) -> Renderer:
        own, work = Browser(self._settings.crawl, gate.url), self._case.shared_work
        return PoolRenderer(work.renders, own, self._settings) if work else own

    async def _all_stages(self, context: RunContext) -> None:
        try:
            await self._read_own_files(context)
            if "snapshots" in self._plan.sources:
                await self._crawl(context, "snapshot", SnapshotSpider)
                await context.in_case(self._case.refresh_detectors)
            await self._seek_suspects(context)
            await self._crawl(context, "visit", SiteSpider)
            if "rechecks" in self._plan.sources:
                await self._look_again(context)
        except MonitorError as error:
            context.abort(error)

    async def _read_own_files(self, context: RunContext) -> None:
        """Plan the run, read what only this machine can read, and let others join. Needs a way out for names, not for listings."""
        if not self._is_planned:
            await put_into_frontier(context, self._plan, self._report.started_at, self._here)
        if "files" in self._plan.sources:
            await self._stage(context, "file", self._do_file, f"listings{self._here} ")
        await context.resolver.require_answer()
        await context.gate.require_way_out()
        if "files" in self._plan.sources:
            await self._stage(context, "file", self._do_file, f"names{self._here} ")
        if not self._is_planned:
            engines, platforms = self._plan.engine_names, self._plan.platform_names
            await context.in_case(announce, self._case, context.run_id, engines, platforms)

    async def _seek_suspects(self, context: RunContext) -> None:
        """Ask name servers, engines and platforms."""
        sources = self._plan.sources
        if "lookalikes" in sources:
            await self._stage(context, "name", look_up)
        if "engines" in sources:
            extra = {"engines": self._plan.engines, "platforms": self._plan.platforms}
            opened = _counted(context, "engine", LINKS_OPENED)
            await self._crawl(context, "query", SweepSpider, wrappers_opened=opened, **extra)
        if "platforms" in sources:
            pseudonym = kept_pseudonym(self._settings.home)
            await self._crawl(
                context, "listing_page", ListingSpider, platforms=self._plan.platforms, pseudonym=pseudonym,
                details_seen=_counted(context, "platform", DETAILS_SEEN),
            )  # fmt: skip

    async def _look_again(self, context: RunContext) -> None:
        """Re-check after everything else: what moved is recognised by the marks of what was just found."""
        await self._crawl(context, SITE_WORK, RecheckSpider)
        platforms, pseudonym = self._plan.known_platforms, kept_pseudonym(self._settings.home)
        await self._crawl(context, LISTING_WORK, ListingRecheckSpider, platforms=platforms, pseudonym=pseudonym)
        await self._crawl(context, ADVERT_WORK, AdvertRecheckSpider, engines=self._plan.engines)
        await self._crawl(context, "visit", SiteSpider)

    async def _do_file(self, work: WorkItem, context: RunContext) -> WorkDone:
        kind, _, path = work.key.partition(" ")
        read_file = import_listing_file if kind.startswith("listings") else read_name_file
        return await read_file(Path(path), work, context)

    async def _stage(
        self,
        context: RunContext,
        kind: str,
        do: Callable[[WorkItem, RunContext], Awaitable[WorkDone]],
        beginning: str = "",
    ) -> None:
        """Do all pending work of a kind that needs no spider; `beginning` of the keys that are this worker's own."""
        stage = IntakeStage(context)
        async for batch in batches(context, kind, beginning):
            self._progress.stage(_STAGES[kind], len(batch))
            for work in batch:
                if context.is_stopping:
                    return
                done = await asyncio.create_task(context.notes.counted(lambda one: do(one, context), work))
                if done is not None:
                    await stage.process_item(done)

    async def _crawl(self, context: RunContext, kind: str, spider: type[Spider], **arguments: Any) -> None:
        """Let a spider do all pending work of a kind, and what that work leads to."""
        async for batch in batches(context, kind):
            self._progress.stage(_STAGES[kind], len(batch))
            runner = AsyncCrawlerRunner(self._scrapy_settings(context))
            with self._case.judged_aside() if self._is_worth_a_judge(batch) else nullcontext():
                await runner.crawl(spider, context=context, pending=batch, **arguments)
            await self._save(context)

    def _is_worth_a_judge(self, batch: Sequence[WorkItem]) -> bool:
        """Say whether a second process pays for the seconds it takes to begin. Workers that share a run are such processes already."""
        return len(batch) >= _LONG_BATCH and self._case.shared_work is None and len(os.sched_getaffinity(0)) > 1

    def _politeness(self) -> Politeness:
        hosts = (tuple(one.host for one in asked) for asked in (self._plan.engines, self._plan.platforms))
        paces, work = paces_of(self._settings, *hosts), self._case.shared_work
        return SharedPoliteness(work.turns, paces) if work else HomePoliteness(self._settings.home, paces)

    def _scrapy_settings(self, context: RunContext) -> ScrapySettings:
        values = scrapy_settings(self._settings)
        return ScrapySettings(
            {
                **values,
                "JIANWEI_GATE_URL": context.gate.url,
                "JIANWEI_MAX_BODY_BYTES": self._settings.crawl.max_body_bytes,
            }
        )

    async def _earlier_runs(self, context: RunContext) -> tuple[RunReport, ...]:
        """Return ended runs before this one, newest first: what its selectors are compared with."""
        latest = await context.in_case(self._case.runs.latest, COMPARED_RUNS + 1)
        return tuple(one for one in latest if one.finished_at and one.id != self._report.id)

    async def _save(self, context: RunContext) -> None:
        await context.in_case(put_report, self._case, self._report, context.notes)

    async def _close(self, context: RunContext) -> RunReport:
        if context.fatal:
            context.notes.fail(context.fatal.zh)
            judge = partial(with_verdict, earlier=self._earlier, is_broken=True)
            await context.in_case(put_report, self._case, self._report, context.notes, judge)
            raise context.fatal
        if context.is_stopping:
            stopped = replace(self._report, stopped_at=self._case.clock.now())
            await context.in_case(put_report, self._case, stopped, context.notes)
            raise Interrupted(_RESUME, self._stopped_by)
        judge = partial(with_verdict, earlier=self._earlier)
        return await context.in_case(end_report, self._case, self._report, context.notes, judge)


def _counted(context: RunContext, family: str, what: str) -> Counter[str]:
    """Return name → how often this was counted in the run so far, in all its parts."""
    return Counter(
        {
            source.removeprefix(f"{family}:"): count
            for (source, name), count in context.notes.total.sources.items()
            if name == what
        }
    )
