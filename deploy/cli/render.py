"""`jianwei render`: a worker that only renders pages, for the workers that crawl."""

import asyncio
import signal

from crawler.workers.renderer import run_renderer
from deploy.cli import output, session
from pipelines.errors import UsageError
from pipelines.settings import Settings
from pipelines.shared_work import SharedWork, shared_work

__all__ = ["render"]


def render() -> None:
    """渲染进程：为各台机器的巡查渲染网页和截图，直到 Ctrl-C。 Render pages for the workers that crawl, until Ctrl-C."""
    settings = session.current.settings()
    work = shared_work(settings)
    if work is None:
        raise UsageError(
            "请先设置 workers.redis_url（各进程共用的 Redis），渲染进程从那里接收网页。",
            "Set workers.redis_url first: a renderer is given its pages over the Redis that all workers share.",
        )
    try:
        work.require_answer()
        output.note(session.current.say("渲染进程已就绪，等待网页。", "Ready; waiting for pages."))
        asyncio.run(_until_stopped(settings, work))
    finally:
        work.close()


async def _until_stopped(settings: Settings, work: SharedWork) -> None:
    stopping = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, stopping.set)
    await run_renderer(settings, work.renders, _say, stopping)


def _say(count: int) -> None:
    if count % 100 == 1:
        output.note(session.current.say(f"已渲染 {count} 页。", f"{count} pages rendered."))
