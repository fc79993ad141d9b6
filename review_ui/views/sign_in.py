"""Signing in and out, and the practice sign-in."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response

from pipelines.model import Account, Role
from review_ui.accounts import check_password, practice_account
from review_ui.desk import (
    Desk,
    FormRefused,
    NotThere,
    Visit,
    desk_of,
    form_fields,
    go_to,
    posted,
    refuse_foreign,
    safe_return,
    visitor,
)  # fmt: skip
from review_ui.sessions import SESSION_COOKIE, VISITOR_COOKIE

__all__ = ["router"]

router = APIRouter()


@router.get("/sign-in")
def sign_in_page(request: Request) -> Response:
    """Ask who is there."""
    return _page(request, desk_of(request), next_page=request.query_params.get("next", ""))


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Check name and password. Wrong ones make the account and the address wait."""
    desk, form = desk_of(request), await _visitor_form(request)
    name, password = form.get("name", "").strip()[:100], form.get("password", "")
    keys = (f"name:{name}", f"from:{request.client.host if request.client else ''}")
    wait_s = desk.throttle.wait_s(*keys)
    if wait_s:
        return _page(
            request,
            desk,
            f"登录失败次数过多，请 {wait_s // 60 + 1} 分钟后再试，或联系管理员。",
            form.get("next", ""),
            429,
        )
    # Argon2 takes a tenth of a second of pure computing: other requests must not wait for it.
    account = await run_in_threadpool(check_password, desk.case.accounts, name, password)
    if account is None:
        desk.throttle.failed(*keys)
        await run_in_threadpool(_audit, desk, name or "-", "account.sign_in_refused")
        return _page(request, desk, "用户名或密码不正确，或账号已停用。", form.get("next", ""), 401)
    desk.throttle.succeeded(*keys)
    return await run_in_threadpool(_signed_in, desk, account, form.get("next", ""))


@router.post("/sign-in/practice")
async def practice(request: Request) -> Response:
    """Sign in as a role with one click. Only in practice mode on a loopback address."""
    desk = desk_of(request)
    if not desk.allows_practice:
        raise NotThere("演练登录没有开启。")
    form = await _visitor_form(request)
    if form.get("role") not in set(Role):
        raise NotThere("没有这个角色。")
    account = practice_account(Role(form["role"]))
    await run_in_threadpool(desk.case.accounts.put, account)
    return await run_in_threadpool(_signed_in, desk, account, form.get("next", ""))


@router.post("/sign-out", dependencies=[Depends(posted)])
def sign_out(visit: Annotated[Visit, Depends(visitor)]) -> Response:
    """End the session, everywhere."""
    visit.desk.sessions.end(visit.session)
    visit.audit("account.sign_out", visit.account.name)
    response = go_to("/sign-in")
    response.delete_cookie(SESSION_COOKIE)
    return response


def _page(request: Request, desk: Desk, problem: str = "", next_page: str = "", status: int = 200) -> HTMLResponse:
    nonce = request.cookies.get(VISITOR_COOKIE, "") or secrets.token_urlsafe(16)
    values = {
        "problem": problem,
        "next_page": safe_return(next_page, "/"),
        "csrf_token": desk.sessions.token(nonce),
        "practice_roles": tuple(Role) if desk.allows_practice else (),
        "region": desk.settings.organisation.region,
    }
    response = HTMLResponse(desk.pages.render("sign_in.html", values), status)
    _set_cookie(response, desk, VISITOR_COOKIE, nonce)
    return response


async def _visitor_form(request: Request) -> dict[str, str]:
    """Return the fields of a form that was shown to this browser before anybody signed in. Raises `FormRefused`."""
    refuse_foreign(request)
    form = dict(await form_fields(request))
    if not desk_of(request).sessions.is_token(request.cookies.get(VISITOR_COOKIE, ""), form.get("csrf_token", "")):
        raise FormRefused
    return form


def _signed_in(desk: Desk, account: Account, next_page: str) -> Response:
    _audit(desk, account.name, "account.sign_in")
    response = go_to(safe_return(next_page, "/"))
    _set_cookie(response, desk, SESSION_COOKIE, desk.sessions.begin(account))
    return response


def _audit(desk: Desk, name: str, act: str) -> None:
    desk.case.audit.append(desk.case.clock.now(), name, act, name)


def _set_cookie(response: Response, desk: Desk, name: str, value: str) -> None:
    """Set a cookie for as long as the browser is open; the session's own end is inside it."""
    response.set_cookie(name, value, httponly=True, samesite="lax", secure=desk.settings.review_ui.is_https, path="/")
