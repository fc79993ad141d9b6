"""One practice run for all end-to-end tests: `make run` in a copy of the project, as the README says."""

import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SWEEP_WITHIN_S = 900
_LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "var", "__pycache__", ".*_cache", ".hypothesis", ".coverage*", "artifacts"
)


@dataclass
class PracticeRun:
    """A running `make run`: its folder, its desk and, once the sweep is over, its summary."""

    folder: Path
    home: Path
    address: str
    process: "subprocess.Popen[str]"
    summary: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    """What reached the servers of the range by the end of the sweep."""


def free_port() -> int:
    """Return a port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def clean_environment(home: Path) -> dict[str, str]:
    """Return this process's environment without Jianwei's settings, with an own home."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("JIANWEI_")}
    return kept | {"JIANWEI_HOME": str(home)}


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the same virtual environment: nothing a test does reaches the original."""
    installed = hashlib.sha256(
        b"".join((ROOT / name).read_bytes() for name in ("requirements.lock", "pyproject.toml", "deploy/setup.sh"))
    )
    stamp = (ROOT / ".venv" / "installed.sha256").read_text().strip()
    assert stamp == installed.hexdigest(), (
        "run `make setup` first: the copy shares .venv and would install itself into it"
    )
    folder = tmp_path_factory.mktemp("checkout") / "jianwei"
    shutil.copytree(ROOT, folder, ignore=_LEFT_OUT)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


@pytest.fixture(scope="session")
def practice(checkout: Path) -> Iterator[PracticeRun]:
    """`make run`, swept once and still serving."""
    home, port = checkout / "var", free_port()
    environ = clean_environment(home) | {"JIANWEI_REVIEW_UI__PORT": str(port)}
    process = subprocess.Popen(
        ["make", "run"],
        cwd=checkout,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    run = PracticeRun(checkout, home / "practice", f"http://127.0.0.1:{port}", process)
    assert process.stdout is not None
    assert process.stderr is not None
    reader = threading.Thread(target=lambda: run.notes.extend(process.stderr or []), daemon=True)
    reader.start()
    watchdog = threading.Timer(SWEEP_WITHIN_S, process.kill)
    watchdog.start()
    try:
        for line in process.stdout:
            if line.startswith("{"):
                run.summary = json.loads(line)
                break
        watchdog.cancel()
        assert run.summary, "".join(run.notes[-50:])
        log = (run.home / "range" / "requests.jsonl").read_text("utf-8")
        run.requests = [json.loads(line) for line in log.splitlines()]
        yield run
    finally:
        watchdog.cancel()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
        reader.join(10)
        process.stdout.close()
        process.stderr.close()


def fetch(url: str) -> tuple[int, str]:
    """GET from loopback, whatever proxies the environment names."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=30) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
