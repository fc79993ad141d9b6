"""关键词覆盖: which words each engine was asked, when, and what they brought."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from keywords.plan import near_regions
from pipelines.query_coverage import engine_coverage, planned_words, word_coverage
from pipelines.query_ledger import day_of
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
    configured = (f"engine:{name}" for name in settings.sweep.engines)
    sources = tuple(dict.fromkeys((*configured, *(one.source for one in records))))
    words = planned_words(term_lexicon(settings), near_regions(settings.organisation.region))
    by_word = {word: word_coverage(records, (word,), sources) for word in words} if records else {}
    order = sorted(by_word.items(), key=lambda item: -sum(one.lead_count for one in item[1]))
    return visit.page(
        "coverage.html",
        engines=[engine_coverage(records, words, source, today, spent.get(source, 0)) for source in sources],
        sources=sources,
        words=order,
        queries=sorted((one for one in records if one.lead_count), key=lambda one: -one.lead_count)[:_QUERIES],
        budget=settings.sweep.engine_budget,
    )
