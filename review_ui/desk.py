"""What every view shares: the case, the settings, who is asking, and how a page is made."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl, quote

from fastapi import Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse

from pipelines.bootstrap import Case
from pipelines.errors import PermissionMissing
from pipelines.model import Account
from pipelines.settings import Settings
from review_ui.accounts import Throttle
from review_ui.pages import Pages
from review_ui.permissions import Permission, may
from review_ui.sessions import SESSION_COOKIE, Session, Sessions
from review_ui.wording import label

__all__ = [
    "Desk", "FormRefused", "NotThere", "PostedForm", "SignInNeeded", "Visit", "desk_of", "form_fields", "go_to",
    "posted",
    "refuse_foreign", "requires", "safe_return", "sign_in_address", "visitor",
]  # fmt: skip

_MAX_FORM_BYTES = 64_000
_MAX_FORM_FIELDS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything the views share; one per application."""

    case: Case
    settings: Settings
    pages: Pages
    sessions: Sessions
    throttle: Throttle
    allows_practice: bool
    """One click signs in as each role."""


class SignInNeeded(Exception):
    """Nobody is signed in; the sign-in page comes first."""


class NotThere(Exception):
    """There is no such thing here; the sentence says what was looked for."""


class FormRefused(Exception):
    """A form was not ours: no or a wrong token, from elsewhere, or too large. Nothing was done."""


def desk_of(request: Request) -> Desk:
    """Return the application's desk."""
    desk: Desk = request.app.state.desk
    return desk


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a signed-in person."""

    request: Request
    desk: Desk
    session: Session

    @property
    def account(self) -> Account:
        """Return who is asking."""
        return self.session.account

    @property
    def case(self) -> Case:
        """Return the case."""
        return self.desk.case

    def may(self, permission: Permission) -> bool:
        """Say whether this person may do it."""
        return may(self.account.role, permission)

    def page(self, template: str, status: int = 200, **values: object) -> HTMLResponse:
        """Return the page of a template with all that the frame needs."""
        frame = {
            "visit": self,
            "account": self.account,
            "may": self.may,
            "csrf_token": self.desk.sessions.token(self.session.nonce),
            "region": self.desk.settings.organisation.region,
            "path": self.request.url.path,
        }
        return HTMLResponse(self.desk.pages.render(template, {**frame, **values}), status)

    def audit(self, act: str, about: str, detail: str = "") -> None:
        """Write who did what into the audit log."""
        self.case.audit.append(self.case.clock.now(), self.account.name, act, about, detail)


def visitor(request: Request) -> Visit:
    """Return the visit of whoever is signed in. Raises `SignInNeeded`."""
    desk = desk_of(request)
    session = desk.sessions.read(request.cookies.get(SESSION_COOKIE, ""), desk.case.accounts)
    if session is None:
        raise SignInNeeded
    return Visit(request, desk, session)


def requires(permission: Permission) -> Callable[[Visit], Visit]:
    """Return the dependency that lets a visit through only with this permission. It raises `PermissionMissing`."""

    def permitted(visit: Annotated[Visit, Depends(visitor)]) -> Visit:
        role = visit.account.role
        if not may(role, permission):
            raise PermissionMissing(label(permission), label(role), permission.value, role.value)
        return visit

    return permitted


async def form_fields(request: Request) -> list[tuple[str, str]]:
    """Return the fields of a posted form, read with a limit. Raises `FormRefused`."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise FormRefused
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_FORM_BYTES:
            raise FormRefused
    try:
        return parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MAX_FORM_FIELDS)
    except ValueError as error:
        raise FormRefused from error


def refuse_foreign(request: Request) -> None:
    """Refuse a post that a browser says came from another site. Raises `FormRefused`."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise FormRefused


async def posted(request: Request, visit: Annotated[Visit, Depends(visitor)]) -> Mapping[str, str]:
    """Return the fields of a form that carries this session's token. Raises `FormRefused`."""
    refuse_foreign(request)
    fields = dict(await form_fields(request))
    if not visit.desk.sessions.is_token(visit.session.nonce, fields.get("csrf_token", "")):
        raise FormRefused
    return fields


PostedForm = Annotated[Mapping[str, str], Depends(posted)]


def safe_return(address: str, otherwise: str = "/leads") -> str:
    """Return an address of this desk to go back to; anything that could lead elsewhere becomes `otherwise`."""
    usable = address.startswith("/") and not address.startswith(("//", "/\\")) and "\\" not in address
    return address if usable and address.isprintable() and "\n" not in address else otherwise


def go_to(address: str) -> RedirectResponse:
    """Answer a post: see the other page."""
    return RedirectResponse(address, status_code=303)


def sign_in_address(request: Request) -> str:
    """Return the sign-in page that comes back here afterwards."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/sign-in?next={quote(wanted, safe='')}" if request.method == "GET" and wanted != "/" else "/sign-in"
