"""处置: the papers that go out for confirmed leads, 处置清单 (XLSX) and 平台下架函 (DOCX). Each leaves a line on its leads and in the audit log."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends
from starlette.responses import Response

from pipelines import lifecycle
from pipelines.errors import VersionConflict
from pipelines.exports.delisting import addressee_of, addressees, export_delisting
from pipelines.exports.model import ExportContext, ExportFile
from pipelines.exports.takedown import export_takedown, is_for_takedown
from pipelines.model import FindingOutcome, Lead, LeadQuery, Versioned
from review_ui.desk import PostedForm, Visit, requires
from review_ui.lead_view import view_of
from review_ui.permissions import Permission

__all__ = ["router"]

router = APIRouter()
_ROWS_SHOWN = 100


@router.get("/exports")
def exports(visit: Annotated[Visit, Depends(requires(Permission.LEAD_READ))]) -> Response:
    """Show what is confirmed and can go out."""
    confirmed = list(_confirmed(visit))
    leads = [found.document for found in confirmed]
    return visit.page(
        "exports.html",
        sites=sum(map(is_for_takedown, leads)),
        letters=addressees(leads),
        rows=[view_of(found, visit.case.roster) for found in confirmed[:_ROWS_SHOWN]],
        total=len(leads),
        may_takedown=visit.may(Permission.EXPORT_TAKEDOWN),
        may_delisting=visit.may(Permission.EXPORT_DELISTING),
    )


@router.post("/exports/takedown")
def takedown(form: PostedForm, visit: Annotated[Visit, Depends(requires(Permission.EXPORT_TAKEDOWN))]) -> Response:
    """Hand out the list of confirmed sites, or of the one lead asked for."""
    leads = _asked_for(visit, form.get("lead", ""))
    return _handed_out(visit, "export.takedown", export_takedown(leads, _context(visit), visit.case.roster))


@router.post("/exports/delisting")
def delisting(form: PostedForm, visit: Annotated[Visit, Depends(requires(Permission.EXPORT_DELISTING))]) -> Response:
    """Hand out the letter to one platform or search engine."""
    leads = _asked_for(visit, form.get("lead", ""))
    addressee = form.get("addressee", "") or next(filter(None, map(addressee_of, leads)), "")
    return _handed_out(visit, "export.delisting", export_delisting(leads, _context(visit), addressee))


def _confirmed(visit: Visit) -> Iterator[Versioned[Lead]]:
    query = LeadQuery(filters=(("outcome", (FindingOutcome.COUNTERFEIT.value,)),), limit=500)
    while True:
        page = visit.case.leads.find(query)
        yield from page.leads
        if not page.cursor:
            return
        query = replace(query, cursor=page.cursor)


def _asked_for(visit: Visit, lead_id: str) -> list[Lead]:
    return [found.document for found in _confirmed(visit) if lead_id in {"", found.document.id}]


def _context(visit: Visit) -> ExportContext:
    return ExportContext(
        organisation=visit.desk.settings.organisation,
        exported_by=visit.account.display_name,
        at=visit.case.clock.now(),
    )


def _handed_out(visit: Visit, act: str, paper: ExportFile) -> Response:
    """Note the paper on every lead in it, then give it out: what is in the history may not have been fetched, never the reverse."""
    note = f"{paper.name}，{paper.row_count} 条，SHA-256 {paper.sha256[:12]}"
    for lead_id in paper.lead_ids:
        _note(visit, lead_id, note)
    visit.audit(act, paper.name, f"{paper.row_count} {paper.sha256}")
    return Response(
        paper.content,
        media_type=paper.media_type,
        headers={
            "content-disposition": f"attachment; filename=\"export.bin\"; filename*=UTF-8''{quote(paper.name, safe='')}",
            "x-content-sha256": paper.sha256,
        },
    )


def _note(visit: Visit, lead_id: str, note: str, tries: int = 5) -> None:
    """Add the line to the lead as it stands now; a change in between is no conflict, the line is true of any version."""
    found = visit.case.leads.get(lead_id)
    if found is None:
        return
    noted = lifecycle.note_export(found.document, visit.account.name, note, visit.case.clock.now())
    try:
        visit.case.leads.put(noted, found.version)
    except VersionConflict:
        if tries == 1:
            raise
        _note(visit, lead_id, note, tries - 1)
