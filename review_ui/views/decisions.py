"""What people decide: screening, finding, reopening, taking back. Each act is one compare-and-set write and one audit entry."""

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from pipelines import lifecycle
from pipelines.errors import UsageError, VersionConflict
from pipelines.model import Lead, LeadStatus
from review_ui.desk import PostedForm, Visit, go_to, requires, safe_return
from review_ui.permissions import Permission
from review_ui.views.lead import lead_of
from review_ui.wording import DISMISSALS, REOPENINGS, SALE_CONFIRMATIONS, SITE_CONFIRMATIONS

__all__ = ["router"]

router = APIRouter()
Change = Callable[[Lead], Lead]


@router.post("/leads/{lead_id}/screen")
def screen(
    lead_id: str, form: PostedForm, visit: Annotated[Visit, Depends(requires(Permission.LEAD_SCREEN))]
) -> Response:
    """Take the lead up."""
    at = visit.case.clock.now()
    return _decide(
        visit, lead_id, form, "lead.screen", lambda lead: lifecycle.start_screening(lead, visit.account.name, at)
    )


@router.post("/leads/{lead_id}/confirm")
def confirm(
    lead_id: str, form: PostedForm, visit: Annotated[Visit, Depends(requires(Permission.LEAD_CONFIRM))]
) -> Response:
    """Find that it is counterfeit."""
    reason = _reason(form, SITE_CONFIRMATIONS + SALE_CONFIRMATIONS)
    by, at = visit.account.name, visit.case.clock.now()
    return _decide(
        visit, lead_id, form, "lead.confirm", lambda lead: lifecycle.confirm(_screened(lead, visit), by, reason, at)
    )


@router.post("/leads/{lead_id}/dismiss")
def dismiss(
    lead_id: str, form: PostedForm, visit: Annotated[Visit, Depends(requires(Permission.LEAD_DISMISS))]
) -> Response:
    """Find that it is not, or that it cannot be said."""
    reason = _reason(form, tuple(DISMISSALS))
    outcome = DISMISSALS[form["reason"]]
    by, at = visit.account.name, visit.case.clock.now()
    return _decide(
        visit,
        lead_id,
        form,
        "lead.dismiss",
        lambda lead: lifecycle.dismiss(_screened(lead, visit), by, reason, at, outcome),
    )


@router.post("/leads/{lead_id}/reopen")
def reopen(
    lead_id: str, form: PostedForm, visit: Annotated[Visit, Depends(requires(Permission.LEAD_REOPEN))]
) -> Response:
    """Put it back into the queue."""
    reason = _reason(form, REOPENINGS)
    at = visit.case.clock.now()
    return _decide(
        visit, lead_id, form, "lead.reopen", lambda lead: lifecycle.reopen(lead, visit.account.name, reason, at)
    )


@router.post("/leads/{lead_id}/undo")
def undo(
    lead_id: str, form: PostedForm, visit: Annotated[Visit, Depends(requires(Permission.LEAD_DISMISS))]
) -> Response:
    """Take back one's own decision, while nobody acted on it."""
    at = visit.case.clock.now()
    return _decide(
        visit, lead_id, form, "lead.undo", lambda lead: lifecycle.undo_decision(lead, visit.account.name, at)
    )


def _screened(lead: Lead, visit: Visit) -> Lead:
    """Deciding on a lead nobody took up yet takes it up first: one step for the person, two lines in the history."""
    if lead.status is not LeadStatus.NEW:
        return lead
    return lifecycle.start_screening(lead, visit.account.name, visit.case.clock.now())


def _decide(visit: Visit, lead_id: str, form: Mapping[str, str], act: str, change: Change) -> Response:
    """Change the version the person saw, or show what was changed meanwhile; then go back to where they were."""
    view = lead_of(visit, lead_id)
    if form.get("version", "") != str(view.version):
        return _conflict(visit, lead_id, form)
    changed = change(view.lead)
    try:
        visit.case.leads.put(changed, view.version)
    except VersionConflict:
        return _conflict(visit, lead_id, form)
    visit.audit(act, view.lead.id, changed.finding.reason if changed.finding else "")
    return go_to(_return_address(form, view.lead.id, is_decision=act in {"lead.confirm", "lead.dismiss"}))


def _conflict(visit: Visit, lead_id: str, form: Mapping[str, str]) -> Response:
    view = lead_of(visit, lead_id)
    seen = int(form["seen"]) if form.get("seen", "").isdigit() else 0
    return visit.page(
        "conflict.html",
        409,
        view=view,
        news=view.lead.history[seen:][-20:],
        kept="；".join(text for text in (form.get("reason", ""), form.get("note", "")) if text)[:700],
        back=safe_return(form.get("back", "")),
    )


def _reason(form: Mapping[str, str], templates: tuple[str, ...]) -> str:
    """Return the chosen template with what was typed. Raises `UsageError` for a reason that is none of ours."""
    chosen, typed = form.get("reason", ""), " ".join(form.get("note", "")[:500].split())
    if chosen not in templates:
        raise UsageError("请选择一条理由后再提交，您的操作未保存。", "Choose one of the reasons; nothing was saved.")
    return f"{chosen}。{typed}" if typed else chosen


def _return_address(form: Mapping[str, str], lead_id: str, *, is_decision: bool) -> str:
    """Return the page the person came from; after a decision in the queue the next lead is open and this one can be undone."""
    back = safe_return(form.get("back", ""), f"/leads/{lead_id}")
    if not back.startswith("/leads?") and back != "/leads":
        return back
    path, _, query = back.partition("?")
    kept = [part for part in query.split("&") if part and not part.startswith(("open=", "done="))]
    opened = form.get("next", "") if is_decision else lead_id
    kept += [f"open={opened}"] if opened.isalnum() else []
    kept += [f"done={lead_id}"] if is_decision else []
    return f"{path}?{'&'.join(kept)}"
