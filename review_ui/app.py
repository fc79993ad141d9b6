"""Puts the review desk together."""

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import Response

from pipelines.bootstrap import Case
from pipelines.secrets import secret_key
from pipelines.settings import Settings
from review_ui import problems
from review_ui.accounts import Throttle
from review_ui.desk import Desk, NotThere, desk_of
from review_ui.guard import Guard, is_loopback
from review_ui.pages import Pages
from review_ui.sessions import Sessions
from review_ui.views import coverage, decisions, evidence, exports, guidance, lead, leads, runs, searches, sign_in

__all__ = ["create_app"]

_VIEWS: tuple[APIRouter, ...] = (
    sign_in.router,
    leads.router,
    searches.router,
    decisions.router,
    evidence.router,
    exports.router,
    runs.router,
    coverage.router,
    guidance.router,
    lead.router,
)


def create_app(case: Case, settings: Settings) -> FastAPI:
    """Return the desk for this case. The session key is made in the home folder on first use; nothing else is opened."""
    practice = settings.review_ui.practice_sign_in and is_loopback(settings.review_ui.bind)
    app = FastAPI(title="鉴伪", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.desk = Desk(
        case=case,
        settings=settings,
        pages=Pages(case.clock),
        sessions=Sessions(
            secret_key(settings.home, "review_ui.session"),
            settings.review_ui.session_hours,
            case.clock,
            allows_practice=practice,
        ),
        throttle=Throttle(case.clock.now),
        allows_practice=practice,
    )
    for router in _VIEWS:
        app.include_router(router)
    app.add_api_route("/static/{version}/{name}", static_file, methods=["GET"])
    problems.register(app)
    app.add_middleware(Guard, hosts=(settings.review_ui.bind, *settings.review_ui.hosts))
    return app


def static_file(version: str, name: str, request: Request) -> Response:
    """Return a style sheet or script of ours; its address changes with its content, so it may be kept for ever."""
    file = desk_of(request).pages.static.get(name)
    if file is None or file.version != version:
        raise NotThere("没有这个文件。")
    headers = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(file.content, media_type=file.media_type, headers=headers)
