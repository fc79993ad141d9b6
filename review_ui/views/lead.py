"""One lead: its own page, and the same content as the queue's reading pane."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import HTMLResponse, Response

from keywords.hosts import to_unicode
from review_ui.decisions import decisions_for
from review_ui.desk import NotThere, Visit, requires
from review_ui.gang_view import gang_around
from review_ui.lead_view import LeadView, view_of
from review_ui.permissions import Permission
from review_ui.queue_state import QueueState
from review_ui.shown import idn_note, unicode_host

__all__ = ["Verified", "lead_of", "lead_page", "pane_values", "router"]

router = APIRouter()
Reader = Annotated[Visit, Depends(requires(Permission.LEAD_READ))]
_PAGE_TEXT = 4000
"""Characters of a capture's text on the lead's own page."""
_PANE_TEXT = 800
_EVIDENCE_ROWS = 40


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check of one evidence item found."""

    sha256: str
    is_sound: bool


@router.get("/leads/{lead_id}")
def lead(lead_id: str, visit: Reader) -> Response:
    """Show the lead on a page of its own."""
    return lead_page(visit, lead_id)


@router.get("/leads/{lead_id}/pane")
def pane(lead_id: str, visit: Reader) -> Response:
    """Return the reading pane alone, for moving through the queue without a reload."""
    view = lead_of(visit, lead_id)
    state = QueueState.read(visit.request.query_params.multi_items())
    after = visit.request.query_params.get("next", "")[:40]
    return visit.page("pane.html", opened=view, state=state, **pane_values(visit, view, state.address(), after))


def lead_of(visit: Visit, lead_id: str) -> LeadView:
    """Return how the lead is shown. Raises `NotThere`."""
    found = visit.case.leads.get(lead_id[:40])
    if found is None:
        raise NotThere("没有这条线索。它可能已被合并，或网址输错了。")
    return view_of(found, visit.case.roster, visit.case.snapshots.all())


def lead_page(visit: Visit, lead_id: str, verified: Verified | None = None) -> HTMLResponse:
    """Return the lead's own page, with the result of a check if one was made."""
    view = lead_of(visit, lead_id)
    values = pane_values(visit, view, f"/leads/{view.lead.id}", "", text_limit=_PAGE_TEXT)
    return visit.page("lead.html", **{**values, "view": view, "verified": verified})


def pane_values(visit: Visit, view: LeadView, back: str, after: str, *, text_limit: int = _PANE_TEXT) -> dict[str, Any]:
    """Return what `_lead.html` needs besides the view; `after` is the lead opened once this one is decided."""
    host = view.lead.observation.candidate.host
    return {
        "decisions": decisions_for(view.lead, visit.account),
        "back": back,
        "next_open": after,
        "idn": idn_note(host),
        "readable_host": unicode_host(host) or to_unicode(host),
        "text_limit": text_limit,
        "evidence_shown": view.lead.evidence[::-1][:_EVIDENCE_ROWS],
        "verified": None,
        "gang": gang_around(visit.case, view.lead),
    }
