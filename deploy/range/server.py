"""A running range: name server, proxy and control port on loopback, told to the outside through `range.json`."""

import asyncio
import json
import os
import signal
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from deploy.range.certificates import Certificates
from deploy.range.control import Control
from deploy.range.dns import answering
from deploy.range.listening import listening
from deploy.range.proxy import Proxy
from deploy.range.stage import Stage
from deploy.range.world import load_world

__all__ = ["Ports", "serve"]


@dataclass(frozen=True, slots=True)
class Ports:
    """Loopback ports to listen on; 0: a free one."""

    dns: int = 0
    proxy: int = 0
    control: int = 0


async def serve(
    folder: Path, ports: Ports, phase: str = "", *, engine_page_limit: int = 60, until_stdin_closes: bool = False
) -> None:
    """Serve the range until SIGTERM or SIGINT, or until standard input closes.

    `folder` receives the authority's certificate, the log of requests, and last of all `range.json`, which says that all is ready.
    Raises `WorldInvalid`, and OSError if a port is taken.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ready_file = folder / "range.json"
    ready_file.unlink(missing_ok=True)
    stage = Stage(load_world(), folder / "requests.jsonl", phase, engine_page_limit=engine_page_limit)
    certificates = Certificates(folder)
    async with AsyncExitStack() as stack:
        stack.callback(stage.close)
        control_port = await stack.enter_async_context(listening(Control(stage).serve, ports.control))
        proxy_port = await stack.enter_async_context(listening(Proxy(stage, certificates).serve, ports.proxy))
        dns_port = await stack.enter_async_context(answering(stage, ports.dns))
        stage.control_url = f"http://127.0.0.1:{control_port}"
        ready = {
            "dns": f"127.0.0.1:{dns_port}",
            "proxy": f"http://127.0.0.1:{proxy_port}",
            "control": stage.control_url,
            "ca_file": str(certificates.ca_file.absolute()),
        }
        _write_atomically(ready_file, json.dumps(ready, indent=2))
        stack.callback(ready_file.unlink, missing_ok=True)
        await _until_stopped(until_stdin_closes=until_stdin_closes)


def _write_atomically(file: Path, text: str) -> None:
    draft = file.with_suffix(".draft")
    draft.write_text(text, "utf-8")
    draft.replace(file)


async def _until_stopped(*, until_stdin_closes: bool) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    if until_stdin_closes:
        # The parent holds the other end; when it dies in whatever way, the pipe closes.
        os.set_blocking(sys.stdin.fileno(), False)

        def on_input() -> None:
            if not os.read(sys.stdin.fileno(), 4096):
                loop.remove_reader(sys.stdin.fileno())
                stopped.set()

        loop.add_reader(sys.stdin.fileno(), on_input)
    await stopped.wait()
