"""帮助: keys, states and who may do what, on one page."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from pipelines.model import LeadStatus, Role
from review_ui.desk import Visit, visitor
from review_ui.permissions import Permission, permissions_of

__all__ = ["router"]

router = APIRouter()


@router.get("/help")
def help_page(visit: Annotated[Visit, Depends(visitor)]) -> Response:
    """Explain the desk."""
    return visit.page(
        "help.html",
        statuses=tuple(LeadStatus),
        permissions=tuple(Permission),
        roles={role: permissions_of(role) for role in Role},
    )
