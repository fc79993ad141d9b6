"""The queue: list, filters and reading pane; the same page as JSON."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import JSONResponse, RedirectResponse, Response

from keywords.hosts import defang
from pipelines.model import LeadSort
from review_ui.decisions import can_undo
from review_ui.desk import Visit, requires, visitor
from review_ui.lead_view import LeadView, view_of
from review_ui.permissions import Permission
from review_ui.queue_state import QueueState, facets_of
from review_ui.searches import find
from review_ui.views.lead import pane_values

__all__ = ["router"]

router = APIRouter()
Reader = Annotated[Visit, Depends(requires(Permission.LEAD_READ))]


@router.get("/", dependencies=[Depends(visitor)])
def start() -> Response:
    """Begin with what nobody has looked at yet."""
    return RedirectResponse("/leads?status=new", status_code=303)


@router.get("/leads")
def queue(visit: Reader) -> Response:
    """Show one page of the queue, and the opened lead (or the first) beside it."""
    params = visit.request.query_params
    state = QueueState.read(params.multi_items())
    store = visit.case.leads
    found = find(visit, state)
    page = found.page
    rows = tuple(view_of(found, visit.case.roster) for found in page.leads)
    opened = _opened(visit, state, rows)
    done = _done(visit, params.get("done", "")[:40])
    return visit.page(
        "queue.html",
        200 if found.mistake is None else 400,
        state=state,
        mistake=found.mistake,
        facets=facets_of(state, found.facets),
        saved=visit.case.saved_searches.of(visit.account.name),
        rows=rows,
        total=page.total,
        is_capped=page.is_capped,
        next_cursor=page.cursor,
        sorts=tuple(LeadSort),
        is_first_use=not page.total and not state.text and not store.find(QueueState().query(limit=1)).total,
        opened=opened,
        done=done,
        can_undo=done is not None and can_undo(done.lead, visit.account),
        **(pane_values(visit, opened, state.address(), _after(rows, opened)) if opened else {}),
    )


@router.get("/leads.json")
def queue_as_json(visit: Reader) -> Response:
    """Return the same page as JSON; addresses are defanged here too."""
    state = QueueState.read(visit.request.query_params.multi_items())
    found = find(visit, state)
    if wrong := found.mistake:
        return JSONResponse({"error": wrong.sentence, "start": wrong.start, "end": wrong.end}, 400)
    page, facets = found.page, facets_of(state, found.facets)
    return JSONResponse(
        {
            "total": page.total,
            "is_capped": page.is_capped,
            "leads": [_record(view_of(found, visit.case.roster)) for found in page.leads],
            "facets": {
                facet.field: [
                    {"value": one.value, "count": one.count, "selected": one.is_selected, "toggle_url": one.address}
                    for one in (*facet.shown, *facet.folded)
                ]
                for facet in facets
            },
            "next_url": state.at(page.cursor).address("/leads.json") if page.cursor else None,
        }
    )


def _opened(visit: Visit, state: QueueState, rows: tuple[LeadView, ...]) -> LeadView | None:
    """Return the lead for the reading pane: the chosen one even where it is on no longer in the list, else the first."""
    lead_id = state.opened or (rows[0].lead.id if rows else "")
    found = visit.case.leads.get(lead_id) if lead_id else None
    return view_of(found, visit.case.roster, visit.case.snapshots.all()) if found else None


def _after(rows: tuple[LeadView, ...], opened: LeadView) -> str:
    """Return the lead that moves up when the opened one is decided."""
    ids = [row.lead.id for row in rows]
    if opened.lead.id not in ids:
        return ids[0] if ids else ""
    place = ids.index(opened.lead.id)
    return ids[place + 1] if place + 1 < len(ids) else ids[place - 1] if place else ""


def _done(visit: Visit, lead_id: str) -> LeadView | None:
    found = visit.case.leads.get(lead_id) if lead_id else None
    return view_of(found, visit.case.roster) if found else None


def _record(view: LeadView) -> dict[str, Any]:
    lead = view.lead
    candidate = lead.observation.candidate
    return {
        "id": lead.id,
        "version": view.version,
        "title": view.title,
        "kind": candidate.kind,
        "url": defang(candidate.url),
        "host": defang(candidate.host),
        "status": lead.status,
        "level": lead.assessment.level,
        "score_permille": lead.assessment.score_permille,
        "imitates": lead.assessment.imitates,
        "suspicion": view.suspicion,
        "reasons": [
            {
                "code": signal.code,
                "direction": signal.direction,
                "strength_permille": signal.strength_permille,
                "reason": signal.reason,
            }
            for signal in lead.assessment.signals
        ],
        "sources": lead.sources,
        "first_seen_at": lead.first_seen_at.isoformat(),
        "last_seen_at": lead.last_seen_at.isoformat(),
        "assignee": lead.assignee,
        "outcome": lead.finding.outcome if lead.finding else None,
    }
