"""Searching at the desk: what the queue shows of a search, right or wrong, and the searches people saved."""

from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from pipelines.errors import QuerySyntaxError, UsageError
from pipelines.model import Facets, LeadPage, SavedSearch
from review_ui.desk import Visit
from review_ui.queue_state import QueueState
from review_ui.shown import inert
from review_ui.wording import FACETS

__all__ = ["NAME_LIMIT", "SAVED_LIMIT", "Found", "Mistake", "find", "forget", "save", "saved_search"]

NAME_LIMIT = 30
"""Characters of a saved search's name."""
SAVED_LIMIT = 30
"""Saved searches of one account."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A search that cannot be understood, cut at the place."""

    before: str
    wrong: str
    after: str
    problem: str
    advice: str
    sentence: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Found:
    """What the store answers to the queue's state."""

    page: LeadPage
    facets: Facets
    mistake: Mistake | None = None
    """Then the page is empty, and the facets are those without the words."""


def find(visit: Visit, state: QueueState) -> Found:
    """Ask the store. Raises `StoreUnavailable`, `UsageError` for a cursor that is none."""
    leads = visit.case.leads
    try:
        return Found(leads.find(state.query()), leads.aggregate(tuple(FACETS), state.query()))
    except QuerySyntaxError as error:
        others = leads.aggregate(tuple(FACETS), replace(state, text="").query())
        return Found(LeadPage(leads=(), total=0), others, _mistake(error))


def save(visit: Visit, name: str, query: str) -> SavedSearch:
    """Keep the queue's address under a name. Raises `UsageError` without a name, for too many, and for a wrong search."""
    name = inert(" ".join(name.split()), NAME_LIMIT)
    if not name:
        raise UsageError("请给这次搜索起一个名字，没有保存任何内容。", "Name the search; nothing was saved.")
    kept = {search.name for search in visit.case.saved_searches.of(visit.account.name)}
    if name not in kept and len(kept) >= SAVED_LIMIT:
        raise UsageError(
            f"最多保存 {SAVED_LIMIT} 个搜索，请先删除不用的。", f"At most {SAVED_LIMIT} searches; delete some first."
        )
    state = QueueState.read(parse_qsl(query[:4000]))
    visit.case.leads.find(replace(state, cursor="").query(limit=1))
    search = SavedSearch(owner=visit.account.name, name=name, query=state.kept, saved_at=visit.case.clock.now())
    visit.case.saved_searches.put(search)
    visit.audit("search.save", name, search.query)
    return search


def saved_search(visit: Visit, name: str) -> SavedSearch | None:
    """Return the visitor's search of this name, or None."""
    return next((one for one in visit.case.saved_searches.of(visit.account.name) if one.name == name), None)


def forget(visit: Visit, name: str) -> bool:
    """Delete the visitor's search of this name; False: there was none."""
    is_gone = visit.case.saved_searches.delete(visit.account.name, name)
    if is_gone:
        visit.audit("search.delete", name)
    return is_gone


def _mistake(error: QuerySyntaxError) -> Mistake:
    text, start, end = error.text, error.start, error.end
    return Mistake(
        text[:start], text[start:end], text[end:], error.problem[0], error.advice[0], error.sentence("zh"), start, end
    )
