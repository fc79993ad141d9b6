"""What a person sees when something does not work: what happened, what was kept, what to do. Registered for every page at once."""

import logging
import secrets
from collections.abc import Mapping

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from pipelines.errors import (
    EvidenceDamaged,
    MonitorError,
    PermissionMissing,
    TransitionNotAllowed,
    Unreachable,
    VersionConflict,
)  # fmt: skip
from pipelines.exports.model import NothingToExport
from review_ui.desk import FormRefused, NotThere, SignInNeeded, desk_of, go_to, sign_in_address, visitor
from review_ui.guard import secure

__all__ = ["register"]

_log = logging.getLogger(__name__)

_STATUS: tuple[tuple[type[MonitorError], int, str], ...] = (
    (PermissionMissing, 403, "没有权限"),
    (VersionConflict, 409, "已被他人修改"),
    (TransitionNotAllowed, 409, "当前状态不允许"),
    (NothingToExport, 409, "没有可导出的内容"),
    (EvidenceDamaged, 500, "证据校验不通过"),
    (Unreachable, 503, "暂时无法使用"),
)
_HTTP: Mapping[int, tuple[str, str]] = {
    404: ("没有这个页面", "网址可能输错了，或内容已不存在。"),
    405: ("不能这样打开", "请从页面上的按钮进入。"),
}


def register(app: FastAPI) -> None:
    """Answer every error with a page."""

    @app.exception_handler(SignInNeeded)
    def sign_in_first(request: Request, _error: Exception) -> Response:
        if request.url.path.endswith((".json", "/pane")):
            return Response("请先登录。", 401, media_type="text/plain; charset=utf-8")
        return go_to(sign_in_address(request))

    @app.exception_handler(FormRefused)
    def form_refused(request: Request, _error: Exception) -> Response:
        return _page(
            request,
            403,
            "表单已过期",
            "这次提交没有通过来源校验，可能是登录已更换或页面停留过久。没有保存任何内容，请返回刷新页面后再试。",
        )

    @app.exception_handler(NotThere)
    def not_there(request: Request, error: Exception) -> Response:
        return _page(request, 404, "没有找到", str(error))

    @app.exception_handler(MonitorError)
    def known_error(request: Request, error: Exception) -> Response:
        status, heading = next(
            ((status, heading) for kind, status, heading in _STATUS if isinstance(error, kind)), (400, "未能完成")
        )
        return _page(request, status, heading, error.zh if isinstance(error, MonitorError) else str(error))

    @app.exception_handler(HTTPException)
    def http_error(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        heading, sentence = _HTTP.get(status, ("请求有误", "请返回重试。"))
        return _page(request, status, heading, sentence)

    @app.exception_handler(Exception)
    def unexpected(request: Request, error: Exception) -> Response:
        """The HTTP boundary: whatever went wrong gets a number that stands in the log too; the person learns nothing of the inside."""
        reference = secrets.token_hex(4).upper()
        _log.error("page error %s at %s", reference, request.url.path, exc_info=error)
        response = _page(
            request,
            500,
            "页面出错",
            f"程序遇到意外错误，您刚才的操作可能没有保存。请刷新查看；仍然出错时把编号 {reference} 告诉管理员。",
        )
        # This handler answers outside the guard, which would have done it.
        secure(response.headers)
        return response


def _page(request: Request, status: int, heading: str, sentence: str) -> HTMLResponse:
    """Return the problem page, in the frame of whoever is signed in; a store that is down must not hide the reason."""
    values = {"heading": heading, "sentence": sentence, "http_status": status}
    try:
        return visitor(request).page("problem.html", status, **values)
    except (SignInNeeded, MonitorError):
        return HTMLResponse(desk_of(request).pages.render("problem.html", values), status)
