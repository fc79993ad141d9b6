"""Starts, stops and looks at the server processes. A process is ours if its number stands in the node's `pid` file and its words name the node."""

import os
import signal
import subprocess
import time
from pathlib import Path

from deploy.elasticsearch.files import command_as_user, environment
from deploy.elasticsearch.plan import Plan
from pipelines.errors import Unreachable

__all__ = ["pid_of", "send", "start_node", "started", "stop_node"]

_START_S = 240.0
_STOP_S = 60.0


def pid_of(plan: Plan, number: int) -> int | None:
    """Return the process of a node, None: it does not run."""
    try:
        pid = int((plan.node_folder(number) / "pid").read_text("ascii"))
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return pid if f"-Djava.io.tmpdir={plan.node_folder(number) / 'tmp'}".encode() in words.split(b"\0") else None


def start_node(plan: Plan, number: int, home: Path, java: Path) -> "subprocess.Popen[bytes] | None":
    """Start a node and return its launcher, which ends once the node is up; None: it runs already."""
    if pid_of(plan, number):
        return None
    folder = plan.node_folder(number)
    (folder / "pid").unlink(missing_ok=True)
    words = [str(home / "bin" / "elasticsearch"), "-d", "-p", str(folder / "pid")]
    with (folder / "logs" / "launcher.log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - our own words only
            command_as_user(plan, words, environment(plan, number, java)),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def started(plan: Plan, number: int, launcher: "subprocess.Popen[bytes]") -> None:
    """Wait until the launcher ends. Raises `Unreachable` with the last line of its log when the node did not come up."""
    try:
        failed = launcher.wait(_START_S) != 0
    except subprocess.TimeoutExpired:
        failed = True
    if failed:
        log = plan.node_folder(number) / "logs" / "launcher.log"
        last = log.read_text("utf-8", "replace").strip().splitlines()[-1:] or ["-"]
        raise Unreachable(
            f"Elasticsearch 节点 {number} 未能启动（{last[0]}），详见 {log}。",
            f"Elasticsearch node {number} did not start ({last[0]}); see {log}.",
        )


def send(plan: Plan, number: int, what: signal.Signals) -> bool:
    """Send a signal to a node; return whether it runs."""
    pid = pid_of(plan, number)
    if pid is None:
        return False
    os.kill(pid, what)
    return True


def stop_node(plan: Plan, number: int) -> bool:
    """Ask a node to stop, wait, and kill it if it does not; return whether it ran."""
    if not send(plan, number, signal.SIGTERM):
        return False
    give_up_at = time.monotonic() + _STOP_S
    while pid_of(plan, number):
        if time.monotonic() > give_up_at:
            send(plan, number, signal.SIGKILL)
        time.sleep(0.1)
    return True
