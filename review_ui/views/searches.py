"""Saved searches: kept, used and deleted by who made them. Each act stands in the audit log."""

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends
from starlette.responses import Response

from review_ui import searches
from review_ui.desk import NotThere, PostedForm, Visit, go_to, requires, safe_return
from review_ui.permissions import Permission
from review_ui.queue_state import QueueState

__all__ = ["router"]

router = APIRouter()
Reader = Annotated[Visit, Depends(requires(Permission.LEAD_READ))]


@router.post("/searches")
def save(form: PostedForm, visit: Reader) -> Response:
    """Keep the search the queue shows."""
    search = searches.save(visit, form.get("name", ""), form.get("query", ""))
    return go_to(_queue(search.query))


@router.post("/searches/delete")
def delete(form: PostedForm, visit: Reader) -> Response:
    """Forget one."""
    searches.forget(visit, form.get("name", ""))
    return go_to(safe_return(form.get("back", "")))


@router.get("/searches/open")
def use(visit: Reader, name: str = "") -> Response:
    """Show the queue as it was saved."""
    search = searches.saved_search(visit, name)
    if search is None:
        raise NotThere("没有这个已存搜索，可能已被删除。")
    visit.audit("search.use", search.name)
    return go_to(_queue(search.query))


def _queue(query: str) -> str:
    return QueueState.read(parse_qsl(query)).address()
