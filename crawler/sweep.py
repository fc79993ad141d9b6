"""The main job: all sources → captures → intake. Everything is work in the frontier, so a stopped run goes on where it was.

Order: official pages first (clones are measured against them), then what leads to suspects (invented names, files, engines,
platforms), then one visit to each suspect, however many ways led there.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings as ScrapySettings

from crawler.browser import Browser
from crawler.context import Progress, RunContext, SweepCase, WorkDone
from crawler.engines import Provider, engines_named
from crawler.facts.dns import DnsResolver
from crawler.gate.policy import GatePolicy
from crawler.gate.proxy import EgressGate
from crawler.names import import_listing_file, look_up, lookalike_items, read_name_file
from crawler.planning import QUERY_PLAN, Target, engine_query, planned_queries, platform_query
from crawler.platforms.model import Platform, load_platforms
from crawler.reactor import run_in_reactor
from crawler.saving import saved_regularly
from crawler.settings import scrapy_settings
from crawler.spiders.listing import DETAILS_SEEN, ListingSpider
from crawler.spiders.site import SiteSpider
from crawler.spiders.snapshot import SnapshotSpider, snapshot_items
from crawler.spiders.sweep import LINKS_OPENED, SweepSpider
from crawler.stage import IntakeStage
from keywords.model import OfficialSite
from pipelines.errors import InputUnreadable, Interrupted, MonitorError, SettingInvalid
from pipelines.model import RunReport, WorkItem
from pipelines.pictures.pool import PicturePool
from pipelines.run_health import COMPARED_RUNS, with_verdict
from pipelines.run_tally import nested
from pipelines.seller_vault import kept_pseudonym
from pipelines.settings import Settings

__all__ = ["run_sweep"]

_RESUME = "jianwei sweep --resume"
_STAGES = {
    "snapshot": "留存官方页面",
    "file": "读取文件",
    "name": "查询仿冒域名（批）",
    "query": "搜索引擎巡查",
    "listing_page": "平台条目",
    "visit": "查看疑似网站",
}
"""What the person who waits reads at each kind of work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What a run works with, all of it checked before anything is asked."""

    sources: tuple[str, ...]
    sites: tuple[OfficialSite, ...]
    engines: tuple[Provider, ...]
    platforms: tuple[Platform, ...]


def run_sweep(case: SweepCase, settings: Settings, progress: Progress, resume: bool = False) -> RunReport:
    """Run all configured sources, or go on with the last run that did not end, and return what was done and what was not.

    Raises `SettingInvalid`, `InputUnreadable` before anything is asked; `SourceUnreachable` when name server or proxy are dead,
    `StoreUnavailable` and, after Ctrl-C, `Interrupted`: finished work is kept, `resume` goes on.
    """
    plan = _plan(case, settings)
    report = _begin(case, plan, resume=resume)
    sweep = _Sweep(case, settings, progress, plan, report)
    return run_in_reactor(sweep.run(), on_interrupt=sweep.stop)


def _plan(case: SweepCase, settings: Settings) -> _Plan:
    sweep = settings.sweep
    origin = settings.origins.get("sweep.engines", "-")
    sites = []
    for host in sweep.sites:
        site = case.roster.site_of(host)
        if site is None:
            raise SettingInvalid(
                "sweep.sites",
                settings.origins.get("sweep.sites", "-"),
                f"{host} 不在官方网站名录中",
                f"{host} is not in the roster",
            )
        sites.append(site)
    for path in (*settings.files.names, *settings.files.listings):
        if "files" in sweep.sources and not path.is_file():
            raise InputUnreadable(str(path), "没有这个文件", "there is no such file")
    return _Plan(
        sources=sweep.sources,
        sites=tuple(sites) or case.roster.protected,
        engines=engines_named(sweep.engines, origin, sweep.engine_definitions, sweep.searxng_url)
        if "engines" in sweep.sources
        else (),
        platforms=load_platforms(sweep.platforms, sweep.platform_definitions),
    )


def _begin(case: SweepCase, plan: _Plan, *, resume: bool) -> RunReport:
    if resume:
        open_runs = [one for one in case.runs.latest() if one.finished_at is None]
        if open_runs:
            return replace(open_runs[0], verdict=None, reasons=())
    now = case.clock.now()
    return RunReport(id=f"R{now:%Y%m%dT%H%M%S%f}", started_at=now, sources=plan.sources, done={}, left={}, outcomes={})


class _Sweep:
    """One run, inside the reactor."""

    def __init__(self, case: SweepCase, settings: Settings, progress: Progress, plan: _Plan, report: RunReport) -> None:
        self._case = case
        self._settings = settings
        self._progress = progress
        self._plan = plan
        self._report = report
        self._context: RunContext | None = None
        self._is_stopped = False
        self._earlier: tuple[RunReport, ...] = ()

    def stop(self) -> None:
        """Finish what is begun and begin nothing more."""
        self._is_stopped = True
        if self._context:
            self._context.is_stopping = True

    async def run(self) -> RunReport:
        """Do the whole run."""
        egress = self._settings.egress
        policy = GatePolicy(allowed_ports=egress.allowed_ports, allowed_networks=egress.allowed_networks)
        resolver = DnsResolver(self._settings.dns)
        async with EgressGate(
            policy, resolver.addresses, egress.proxy, trusts_proxy_names=egress.trusts_proxy_names
        ) as gate:
            browser = Browser(self._settings.crawl, gate.url)
            pictures = PicturePool() if self._settings.sweep.reads_pictures else None
            context = RunContext(
                case=self._case,
                settings=self._settings,
                run_id=self._report.id,
                resolver=resolver,
                gate=gate,
                browser=browser,
                progress=self._progress,
                pictures=pictures,
                is_stopping=self._is_stopped,
            )
            self._context = context
            try:
                self._earlier = await self._earlier_runs(context)
                context.notes.total = await context.in_case(self._case.tallies.sum, self._report.id)
                await self._save(context)
                async with saved_regularly(lambda: self._save(context)):
                    await self._all_stages(context)
                return await self._close(context)
            finally:
                if pictures:
                    await asyncio.to_thread(pictures.close, at_once=True)  # whatever was waited for is read
                await browser.close()
                await context.close()

    async def _all_stages(self, context: RunContext) -> None:
        sources = self._plan.sources
        try:
            await self._plan_work(context)
            if "files" in sources:
                await self._stage(context, "file", self._do_file, prefix="listings ")
            await context.resolver.require_answer()
            await context.gate.require_way_out()
            if "snapshots" in sources:
                await self._crawl(context, "snapshot", SnapshotSpider)
                await context.in_case(self._case.refresh_detectors)
            if "files" in sources:
                await self._stage(context, "file", self._do_file)
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
            await self._crawl(context, "visit", SiteSpider)
        except MonitorError as error:
            context.abort(error)

    async def _plan_work(self, context: RunContext) -> None:
        """Put everything that is known from the start into the frontier; what is there already stays as it is."""
        sources, sweep = self._plan.sources, self._settings.sweep
        items: list[WorkItem] = []
        now = self._case.clock.now()
        if "snapshots" in sources:
            items += snapshot_items(self._plan.sites, now)
        if "files" in sources:
            files = self._settings.files
            items += [WorkItem(kind="file", key=f"listings {path}") for path in files.listings]
            items += [WorkItem(kind="file", key=f"names {path}") for path in files.names]
        if "lookalikes" in sources:
            items += lookalike_items(self._plan.sites, self._case.roster, sweep.names_per_site)
        await context.in_case(self._case.frontier.add, context.run_id, [*items, QUERY_PLAN])
        if await self._pending(context, QUERY_PLAN.kind):
            # Queries follow from what was asked before, so they are planned once a run, all of them or none.
            queries = await context.in_case(planned_queries, self._case, self._settings, self._targets(), context.notes)
            await context.in_case(self._case.frontier.finish, context.run_id, QUERY_PLAN, queries)

    def _targets(self) -> tuple[Target, ...]:
        """Return what is to be asked queries, engines that are left alone for now included: a pause may end before the run does."""
        sweep, sources = self._settings.sweep, self._plan.sources
        engines = self._plan.engines if "engines" in sources else ()
        platforms = self._plan.platforms if "platforms" in sources else ()
        return (
            *(
                Target(f"engine:{one.name}", one.title, sweep.engine_budget, partial(engine_query, one.name))
                for one in engines
            ),
            *(
                Target(f"platform:{one.name}", one.title, sweep.platform_budget, partial(platform_query, one.name))
                for one in platforms
            ),
        )

    async def _do_file(self, work: WorkItem, context: RunContext) -> WorkDone:
        kind, _, path = work.key.partition(" ")
        read_file = import_listing_file if kind == "listings" else read_name_file
        return await read_file(Path(path), work, context)

    async def _stage(
        self,
        context: RunContext,
        kind: str,
        do: Callable[[WorkItem, RunContext], Awaitable[WorkDone]],
        prefix: str = "",
    ) -> None:
        """Do all pending work of a kind that needs no spider."""
        pending = await self._pending(context, kind)
        pending = tuple(work for work in pending if work.key.startswith(prefix))
        if not pending:
            return
        self._progress.stage(_STAGES[kind], len(pending))
        stage = IntakeStage(context)
        for work in pending:
            if context.is_stopping:
                return
            done = await asyncio.create_task(context.notes.counted(lambda one: do(one, context), work))
            if done is not None:
                await stage.process_item(done)

    async def _crawl(self, context: RunContext, kind: str, spider: type[Spider], **arguments: Any) -> None:
        """Let a spider do all pending work of a kind, and what that work leads to."""
        tried: set[str] = set()
        while not context.is_stopping:
            pending = [work for work in await self._pending(context, kind) if work.key not in tried]
            if not pending:
                return
            tried |= {work.key for work in pending}
            self._progress.stage(_STAGES[kind], len(pending))
            runner = AsyncCrawlerRunner(self._scrapy_settings(context))
            await runner.crawl(spider, context=context, pending=pending, **arguments)
            await self._save(context)

    def _scrapy_settings(self, context: RunContext) -> ScrapySettings:
        slow = tuple(one.host for one in self._plan.engines)
        values = scrapy_settings(self._settings, slow)
        return ScrapySettings(
            {
                **values,
                "JIANWEI_GATE_URL": context.gate.url,
                "JIANWEI_MAX_BODY_BYTES": self._settings.crawl.max_body_bytes,
            }
        )

    async def _pending(self, context: RunContext, kind: str) -> Sequence[WorkItem]:
        return await context.in_case(self._case.frontier.pending, context.run_id, kind)

    async def _earlier_runs(self, context: RunContext) -> tuple[RunReport, ...]:
        """Return ended runs before this one, newest first: what its selectors are compared with."""
        latest = await context.in_case(self._case.runs.latest, COMPARED_RUNS + 1)
        return tuple(one for one in latest if one.finished_at and one.id != self._report.id)

    async def _report_now(self, context: RunContext) -> RunReport:
        """Return the report as things stand."""
        done, left = await context.in_case(self._case.frontier.counts, context.run_id)
        notes = context.notes
        errors = notes.total.errors + notes.unfinished.errors
        return replace(
            self._report,
            done=done,
            left=left,
            outcomes=dict(sorted(notes.total.outcomes.items())),
            failures=tuple(notes.failures),
            not_run=tuple(notes.not_run),
            postponed=tuple(notes.postponed),
            errors=dict(sorted(errors.items())),
            by_source=nested(notes.total.sources),
            field_counts=nested(notes.total.fields),
        )

    async def _save(self, context: RunContext) -> None:
        await context.in_case(self._case.runs.put, await self._report_now(context))

    async def _close(self, context: RunContext) -> RunReport:
        if context.fatal:
            context.notes.fail(context.fatal.zh)
            report = with_verdict(await self._report_now(context), self._earlier, is_broken=True)
            await context.in_case(self._case.runs.put, report)
            raise context.fatal
        if context.is_stopping:
            await self._save(context)
            raise Interrupted(_RESUME)
        report = with_verdict(await self._report_now(context), self._earlier)
        report = replace(report, finished_at=self._case.clock.now())
        await context.in_case(self._case.runs.put, report)
        # What the pieces counted is in the report now. Killed before this line, the rows are left behind and harm nobody.
        await context.in_case(self._case.tallies.forget, report.id)
        return report


def _counted(context: RunContext, family: str, what: str) -> Counter[str]:
    """Return name → how often this was counted in the run so far, in all its parts."""
    return Counter(
        {
            source.removeprefix(f"{family}:"): count
            for (source, name), count in context.notes.total.sources.items()
            if name == what
        }
    )
