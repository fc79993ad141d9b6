"""What a run is to do: what it works with, checked before anything is asked, and the work that is known from its start."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from crawler.context import RunContext, SweepCase
from crawler.engines import Provider, engines_named
from crawler.names import lookalike_items
from crawler.planning import QUERY_PLAN, Target, engine_query, planned_queries, platform_query
from crawler.platforms.api import auth_of
from crawler.platforms.model import Platform, known_platforms, load_platforms
from crawler.spiders.recheck import ADVERT_WORK, LISTING_WORK, SITE_WORK, recheck_plan
from crawler.spiders.snapshot import snapshot_items
from crawler.workers.batches import batches
from keywords.model import OfficialSite
from pipelines.errors import InputUnreadable, SettingInvalid
from pipelines.model import WorkItem
from pipelines.settings import Settings, SweepSettings

__all__ = ["RunPlan", "plan_run", "put_into_frontier"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """What a run works with."""

    sources: tuple[str, ...]
    sites: tuple[OfficialSite, ...]
    engines: tuple[Provider, ...]
    platforms: tuple[Platform, ...]
    known_platforms: tuple[Platform, ...]
    """Those that no sweep asks too: what was handed over is looked at again by their definitions."""

    @property
    def engine_names(self) -> tuple[str, ...]:
        """Return the engines by name."""
        return tuple(one.name for one in self.engines)

    @property
    def platform_names(self) -> tuple[str, ...]:
        """Return the platforms by name."""
        return tuple(one.name for one in self.platforms)

    def targets(self, sweep: SweepSettings) -> tuple[Target, ...]:
        """Return what is to be asked queries, engines that are left alone for now included: a pause may end before the run does."""
        engines = self.engines if "engines" in self.sources else ()
        platforms = self.platforms if "platforms" in self.sources else ()
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


def plan_run(case: SweepCase, settings: Settings) -> RunPlan:
    """Return what the settings ask for. Raises `SettingInvalid`, `InputUnreadable`."""
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
    platforms = load_platforms(sweep.platforms, sweep.platform_definitions)
    for platform in platforms:
        if platform.route == "api" and platform.api:
            auth_of(platform.api, settings.home)
    return RunPlan(
        sources=sweep.sources,
        sites=tuple(sites) or case.roster.protected,
        engines=engines_named(sweep.engines, origin, sweep.engine_definitions, sweep.searxng_url)
        if {"engines", "rechecks"} & set(sweep.sources)
        else (),
        platforms=platforms,
        known_platforms=known_platforms(sweep.platform_definitions),
    )


async def put_into_frontier(context: RunContext, plan: RunPlan, begun_at: datetime, here: str) -> None:
    """Put everything that is known from the start into the frontier; what is there already waits (again) or is done.

    `begun_at` is the start of the run, `here` marks the files only this machine can read.
    """
    case, settings, sources = context.case, context.settings, plan.sources
    items: list[WorkItem] = []
    now = case.clock.now()
    if "snapshots" in sources:
        items += snapshot_items(plan.sites, now)
    if "files" in sources:
        files = settings.files
        items += [WorkItem(kind="file", key=f"listings{here} {path}") for path in files.listings]
        items += [WorkItem(kind="file", key=f"names{here} {path}") for path in files.names]
    if "lookalikes" in sources:
        items += lookalike_items(plan.sites, case.roster, settings.sweep.names_per_site)
    if "rechecks" in sources:
        items += await _rechecks(context, plan, begun_at)
    frontier = case.frontier
    await context.in_case(frontier.add, context.run_id, [*items, QUERY_PLAN])
    await context.in_case(frontier.reopen, context.run_id)
    async for _ in batches(context, QUERY_PLAN.kind):
        # Queries follow from what was asked before, so they are planned once a run, all of them or none.
        queries = await context.in_case(planned_queries, case, settings, plan.targets(settings.sweep), context.notes)
        await context.in_case(frontier.finish, context.run_id, QUERY_PLAN, queries)


async def _rechecks(context: RunContext, plan: RunPlan, begun_at: datetime) -> tuple[WorkItem, ...]:
    """Return what is due to be looked at again; a run that goes on keeps to what it found due when it began."""
    counted = await context.in_case(context.case.frontier.counts, context.run_id)
    if any(kind in counts for counts in counted for kind in (SITE_WORK, LISTING_WORK, ADVERT_WORK)):
        return ()
    due = await context.in_case(context.case.leads.due, begun_at)
    again = recheck_plan(due, plan.known_platforms, plan.engines, context.settings.sweep.recheck_budget)
    for sentence in again.left_out():
        context.notes.skip(sentence)
    return again.items
