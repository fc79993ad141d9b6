"""A real Redis of a test's own: started on a free loopback port, stopped at the end. Debian's package `redis-server` (`make test` installs it)."""

import shutil
import socket
import subprocess
import tempfile
import time

import pytest

SERVER = shutil.which("redis-server")
needs_redis = pytest.mark.skipif(not SERVER, reason="there is no redis-server on this machine")


class RedisServer:
    """Use it in a `with` block. What is acknowledged is on the disk, so that `kill` and `start` lose nothing."""

    def __init__(self, *words: str) -> None:
        self._folder = tempfile.mkdtemp(prefix="jianwei-redis-")
        self._words = words
        self._port = _free_port()
        self._process: subprocess.Popen | None = None
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def __enter__(self) -> "RedisServer":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> "RedisServer":
        own = ("--port", str(self._port), "--bind", "127.0.0.1", "--dir", self._folder, "--save", "")
        durable = ("--appendonly", "yes", "--appendfsync", "always")
        self._process = subprocess.Popen([SERVER, *own, *durable, *self._words], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self._port)) == 0:
                    return self
            time.sleep(0.02)
        raise AssertionError("redis-server did not start")

    def kill(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
