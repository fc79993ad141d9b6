"""Evidence on its way to a person: screenshots as pictures, everything else as a text file to download. Nothing is ever rendered."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from detectors.model import EvidenceKind
from pipelines.errors import EvidenceDamaged
from pipelines.model import EvidenceItem
from review_ui.desk import NotThere, Visit, posted, requires
from review_ui.permissions import Permission
from review_ui.views.lead import Verified, lead_of, lead_page

__all__ = ["router"]

router = APIRouter()
Reader = Annotated[Visit, Depends(requires(Permission.LEAD_READ))]
_PNG = b"\x89PNG\r\n\x1a\n"
_SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""Even if a browser took the bytes for a page, nothing in it could run or load."""
_PICTURE_HEADERS = {
    "content-security-policy": _SANDBOX,
    # Content-addressed: the bytes under this address never change.
    "cache-control": "private, max-age=31536000, immutable",
}


@router.get("/leads/{lead_id}/evidence/{sha256}/picture")
def picture(lead_id: str, sha256: str, visit: Reader) -> Response:
    """Return a screenshot."""
    item = _item(visit, lead_id, sha256)
    if item.kind is not EvidenceKind.SCREENSHOT:
        raise NotThere("这件证据不是截图。")
    return _png(visit, sha256)


@router.get("/official/{sha256}/picture")
def official_picture(sha256: str, visit: Reader) -> Response:
    """Return the screenshot of an official page."""
    if all(snapshot.screenshot_sha256 != sha256 for snapshot in visit.case.snapshots.all()):
        raise NotThere("没有这张官方页面截图。")
    return _png(visit, sha256)


@router.get("/leads/{lead_id}/evidence/{sha256}/download")
def download(
    lead_id: str, sha256: str, visit: Annotated[Visit, Depends(requires(Permission.EVIDENCE_DOWNLOAD))]
) -> Response:
    """Hand out the bytes as a file, never as a page."""
    item = _item(visit, lead_id, sha256)
    content = visit.case.evidence.get(sha256)
    is_png = item.kind is EvidenceKind.SCREENSHOT and content.startswith(_PNG)
    visit.audit("evidence.download", lead_id, sha256)
    return Response(
        content,
        media_type="image/png" if is_png else "text/plain; charset=utf-8",
        headers={
            "content-security-policy": _SANDBOX,
            "content-disposition": f'attachment; filename="{lead_id}-{item.kind}-{sha256[:12]}.{"png" if is_png else "txt"}"',
        },
    )


@router.post("/leads/{lead_id}/evidence/{sha256}/verify", dependencies=[Depends(posted)])
def verify(
    lead_id: str,
    sha256: str,
    visit: Annotated[Visit, Depends(requires(Permission.EVIDENCE_VERIFY))],
) -> Response:
    """Read the bytes again and compare their digest."""
    _item(visit, lead_id, sha256)
    try:
        visit.case.evidence.get(sha256)
        is_sound = True
    except EvidenceDamaged:
        is_sound = False
    visit.audit("evidence.verify", lead_id, f"{sha256} {'sound' if is_sound else 'damaged'}")
    return lead_page(visit, lead_id, Verified(sha256, is_sound))


def _item(visit: Visit, lead_id: str, sha256: str) -> EvidenceItem:
    """Return the lead's evidence item: only what belongs to a lead can be asked for. Raises `NotThere`."""
    view = lead_of(visit, lead_id)
    for item in view.lead.evidence:
        if item.sha256 == sha256:
            return item
    raise NotThere("这条线索没有这件证据。")


def _png(visit: Visit, sha256: str) -> Response:
    content = visit.case.evidence.get(sha256)
    if not content.startswith(_PNG):
        raise NotThere("这件证据不是 PNG 图片，只能下载。")
    return Response(content, media_type="image/png", headers=_PICTURE_HEADERS)
