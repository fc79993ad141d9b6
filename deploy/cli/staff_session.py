"""`jianwei session`: browser sessions that staff log into by hand, for platforms whose definition says `route = "session"`."""

import asyncio
from typing import Annotated

import typer

from crawler.facts.dns import DnsResolver
from crawler.gate.proxy import EgressGate
from crawler.platforms.model import Platform, known_platforms
from crawler.session_state import forget_session, session_state
from crawler.staff_session import StaffSession
from deploy.cli import output, session
from pipelines.errors import UsageError
from pipelines.settings import Settings

__all__ = ["app"]

app = typer.Typer(help="平台浏览器会话：由人工登录，巡查时只读、低速、遇到验证即停。", no_args_is_help=True)
_NAME = Annotated[str, typer.Argument(help="Name of a platform definition.")]


@app.command("open")
def open_(platform: _NAME) -> None:
    """打开窗口，由人工登录或处理验证；关闭窗口后会话可供巡查使用。"""
    settings = session.current.settings()
    wanted = _platform(settings, platform)
    output.note(
        session.current.say(
            f"请在窗口中登录{wanted.title}，完成后关闭窗口。程序不会填写任何内容。",
            f"Log in to {wanted.name} in the window, then close it. Nothing is filled in for you.",
        )
    )
    asyncio.run(_opened(settings, wanted))
    typer.echo(session.current.say(f"{wanted.title}的会话可以使用了。", f"The session of {wanted.name} can be used."))


@app.command("list")
def list_() -> None:
    """各平台会话：何时登录、是否因验证停止。"""
    settings = session.current.settings()
    for one in known_platforms(settings.sweep.platform_definitions):
        state = session_state(settings.home, one.name)
        if one.route == "session" or state.opened_at:
            output.write_record(
                {
                    "platform": one.name,
                    "title": one.title,
                    "opened_at": state.opened_at,
                    "stopped_at": state.stopped_at,
                    "said": state.said,
                }
            )


@app.command()
def forget(platform: _NAME) -> None:
    """删除会话及其登录信息。"""
    was_there = forget_session(session.current.settings().home, _platform(session.current.settings(), platform).name)
    typer.echo(
        session.current.say("会话已删除。", "The session was removed.")
        if was_there
        else session.current.say("没有这个会话。", "There is no such session.")
    )


def _platform(settings: Settings, name: str) -> Platform:
    known = known_platforms(settings.sweep.platform_definitions)
    found = next((one for one in known if one.is_called(name)), None)
    if found is None:
        raise UsageError(f"没有名为 {name} 的平台定义。", f"No platform is called {name!r}.")
    return found


async def _opened(settings: Settings, platform: Platform) -> None:
    async with (
        EgressGate.of(settings.egress, DnsResolver(settings.dns).addresses) as gate,
        StaffSession(settings.home, platform, settings.crawl, gate.url) as held,
    ):
        await held.open_for()
