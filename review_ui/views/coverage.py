"""关键词覆盖: which words each engine was asked, when, and what they brought."""

from itertools import groupby
from operator import attrgetter
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from keywords.plan import near_regions
from pipelines.clock import day_of
from pipelines.query_coverage import asked_sources, engine_coverage, planned_words, word_coverage
from pipelines.terms import term_lexicon
from review_ui.desk import Visit, requires
from review_ui.permissions import Permission

__all__ = ["router"]

router = APIRouter()
_QUERIES = 30
"""Queries listed, those that led to most first."""


@router.get("/runs/coverage")
def coverage(visit: Annotated[Visit, Depends(requires(Permission.RUN_READ))]) -> Response:
    """Show each engine, then each word at each engine, then the queries that brought most."""
    settings, ledger = visit.desk.settings, visit.case.queries
    today = day_of(visit.case.clock.now())
    records, spent = ledger.records(), ledger.spent(today)
    sources = asked_sources(settings.sweep.engines, records)
    words = planned_words(term_lexicon(settings), near_regions(settings.organisation.region))
    told = word_coverage(records, words, sources) if records else ()
    by_word = [(word, tuple(places)) for word, places in groupby(told, key=attrgetter("word"))]
    order = sorted(by_word, key=lambda item: -sum(one.lead_count for one in item[1]))
    return visit.page(
        "coverage.html",
        engines=[engine_coverage(records, words, source, today, spent.get(source, 0)) for source in sources],
        sources=sources,
        words=order,
        queries=sorted((one for one in records if one.lead_count), key=lambda one: -one.lead_count)[:_QUERIES],
        budget=settings.sweep.engine_budget,
    )
