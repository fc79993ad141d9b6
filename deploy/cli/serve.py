"""`jianwei serve`: the review desk on a web address."""

import contextlib
import socket
from typing import Annotated

import typer

from deploy.cli.output import note
from deploy.cli.session import current
from pipelines.bootstrap import open_case
from pipelines.errors import SettingInvalid, Unreachable
from pipelines.settings import ReviewUiSettings, Settings

__all__ = ["serve"]


def serve(
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="端口；0 为任意空闲端口。 Port; 0: any free one.")
    ] = None,
    bind: Annotated[str, typer.Option(help="监听地址。 Address to listen on.")] = "",
) -> None:
    """打开线索审查页面，直到 Ctrl-C。 Serve the review desk until stopped."""
    settings = _asked_for(current.settings(), port, bind)
    _refuse_open_practice(settings)
    with open_case(settings) as case, _listening(settings) as listener:
        import uvicorn

        from review_ui.app import create_app

        server = uvicorn.Server(
            uvicorn.Config(
                create_app(case, settings), log_level="warning", access_log=False, server_header=False, lifespan="off"
            )
        )
        _say_where(settings, listener.getsockname()[1])
        # Stopping it is how it ends: no error.
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listener])


def _asked_for(settings: Settings, port: int | None, bind: str) -> Settings:
    asked = {**({} if port is None else {"port": port}), **({"bind": bind} if bind else {})}
    desk = ReviewUiSettings(**{**settings.review_ui.model_dump(), **asked})
    return settings.model_copy(update={"review_ui": desk})


def _refuse_open_practice(settings: Settings) -> None:
    """One click that signs in as anybody must not be reachable from another machine."""
    from review_ui.guard import is_loopback

    if settings.review_ui.practice_sign_in and not is_loopback(settings.review_ui.bind):
        raise SettingInvalid(
            "review_ui.practice_sign_in",
            settings.origins.get("review_ui.practice_sign_in", "jianwei.toml"),
            f"演练登录只能在本机地址上使用，而监听地址是 {settings.review_ui.bind}",
            f"practice sign-in works on a loopback address only, and the desk is to listen on {settings.review_ui.bind}",
        )


def _listening(settings: Settings) -> socket.socket:
    """Return the listening socket, bound before anything is promised. Raises `Unreachable`."""
    bind, port = settings.review_ui.bind, settings.review_ui.port
    try:
        family, _, _, _, address = socket.getaddrinfo(bind, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen()
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise Unreachable(
            f"无法在 {bind}:{port} 上打开线索页面（{error.strerror}）：端口可能已被占用，请用 --port 换一个端口，或先停止占用它的程序。",
            f"The review desk cannot listen on {bind}:{port} ({error.strerror}): choose another port with --port, or stop what uses it.",
        ) from error
    return listener


def _say_where(settings: Settings, port: int) -> None:
    from review_ui.guard import is_loopback

    desk = settings.review_ui
    host = f"[{desk.bind}]" if ":" in desk.bind else desk.bind
    note(
        current.say(
            f"线索页面：http://{host}:{port}/（Ctrl-C 结束）", f"Review desk: http://{host}:{port}/ (Ctrl-C ends)"
        )
    )
    if not is_loopback(desk.bind) and not desk.is_https:
        note(
            current.say(
                "注意：其他机器可以访问本页，但没有启用 HTTPS，密码会明文传输。请放在 HTTPS 反向代理之后，并设置 review_ui.is_https = true。",
                "Note: other machines can reach the desk without HTTPS, and passwords would travel in the clear. "
                "Put it behind an HTTPS proxy and set review_ui.is_https = true.",
            )
        )
