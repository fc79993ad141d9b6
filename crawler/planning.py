"""The queries of one run: for each engine and platform those whose turn it is, as many as its budget of today still allows."""

from collections.abc import Callable
from dataclasses import dataclass

from crawler.context import Notes, SweepCase
from crawler.work import ListingPage, Query, query_item, search_item
from keywords.model import SweepQuery
from keywords.plan import near_regions, plan_queries
from pipelines.clock import day_of
from pipelines.model import WorkItem
from pipelines.query_coverage import asked_at
from pipelines.settings import Settings
from pipelines.terms import term_lexicon

__all__ = ["QUERY_PLAN", "Target", "engine_query", "planned_queries", "platform_query"]

QUERY_PLAN = WorkItem(kind="plan", key="queries")
"""The work of planning: done whole, with all the queries it leads to, or not at all."""


@dataclass(frozen=True, slots=True)
class Target:
    """Somebody who is asked queries."""

    source: str
    """`engine:baidu`, `platform:58同城`."""
    title: str
    budget: int
    """Result pages a day."""
    work: Callable[[SweepQuery, int], WorkItem]
    """Makes the work of asking for the first of so many pages."""


def engine_query(engine: str, query: SweepQuery, pages: int) -> WorkItem:
    """Return the work of asking an engine."""
    return query_item(Query(engine=engine, text=query.text, terms=query.terms, pages=pages))


def platform_query(platform: str, query: SweepQuery, pages: int) -> WorkItem:
    """Return the work of searching a platform."""
    return search_item(ListingPage(platform=platform, text=query.text, terms=query.terms, pages=pages))


def planned_queries(case: SweepCase, settings: Settings, targets: tuple[Target, ...], notes: Notes) -> list[WorkItem]:
    """Return the work of asking everybody today, each query of one engine before the second of any; note whose budget is spent."""
    today = day_of(case.clock.now())
    records, spent = case.queries.records(), case.queries.spent(today)
    lexicon, near = term_lexicon(settings), near_regions(settings.organisation.region)
    planned = []
    for target in targets:
        left = max(target.budget - spent.get(target.source, 0), 0)
        if not left:
            notes.postpone(f"{target.title}：今天的 {target.budget} 页额度已用完，明天继续")
        limit = -(-left // settings.sweep.pages_per_query)
        queries = plan_queries(lexicon, near, limit, asked_at(records, target.source, today))
        # Who gets how many pages is fixed here, not by who is first at the end of the budget: so it is the same after any interruption.
        most, count = settings.sweep.pages_per_query, len(queries)
        pages = [min(-(-(left - place) // count), most) for place in range(count)]
        planned.append([target.work(query, allowed) for query, allowed in zip(queries, pages, strict=True)])
    return [
        items[place] for place in range(max(map(len, planned), default=0)) for items in planned if place < len(items)
    ]
