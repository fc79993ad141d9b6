"""The range as a child process, for `jianwei demo` and for tests."""

import json
import os
import subprocess
import sys
import time
import tomllib
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from deploy.range.model import Truth
from deploy.range.stage import Record
from deploy.range.world import DOCUMENTATION_NETWORKS, ROOT
from pipelines.errors import SourceUnreachable

__all__ = ["Range"]

_START_S = 30.0
_STOP_S = 5.0
_REPOSITORY = ROOT.parent.parent


class Range:
    """A running practice range; a context manager that ends it."""

    def __init__(self, folder: Path, *, phase: str = "", engine_page_limit: int = 60) -> None:
        """Start it and wait until it is ready. `folder` keeps its certificate and logs. Raises `SourceUnreachable`."""
        self.folder = folder.absolute()
        ready_file = self.folder / "range.json"
        ready_file.unlink(missing_ok=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [
            sys.executable, "-m", "deploy.range", "serve", "--folder", str(self.folder), "--phase", phase,
            "--engine-page-limit", str(engine_page_limit), "--until-stdin-closes",
        ]  # fmt: skip
        # The child finds the same source tree, whether Jianwei is installed or run from a clone.
        path = os.pathsep.join(filter(None, [str(_REPOSITORY), os.environ.get("PYTHONPATH")]))
        with (self.folder / "range.log").open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command, stdin=subprocess.PIPE, stdout=log, stderr=log, env={**os.environ, "PYTHONPATH": path}
            )
        addresses = self._wait_for(ready_file)
        self.dns: str = addresses["dns"]
        """`127.0.0.1:port` of the name server."""
        self.proxy: str = addresses["proxy"]
        """`http://127.0.0.1:port` of the forward proxy."""
        self.control: str = addresses["control"]
        """`http://127.0.0.1:port` of the control port."""
        self.ca_file = Path(addresses["ca_file"])
        """The authority that signs the range's certificates."""

    def _wait_for(self, ready_file: Path) -> dict[str, str]:
        deadline = time.monotonic() + _START_S
        while not ready_file.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.close()
                told = (self.folder / "range.log").read_text("utf-8", "replace").strip()[-2000:]
                raise SourceUnreachable("练习靶场", "The practice range", str(self.folder), f"没有启动：{told}", told)
            time.sleep(0.05)
        addresses: dict[str, str] = json.loads(ready_file.read_text("utf-8"))
        return addresses

    def settings_toml(self) -> str:
        """Return the ordinary settings with which the product reaches the range, wherever its home folder is."""
        definitions = sorted(str(file) for file in (ROOT / "platforms").glob("*.toml"))
        tables: dict[str, dict[str, object]] = {
            "dns": {"nameservers": [self.dns]},
            "egress": {"proxy": self.proxy, "allowed_networks": [str(network) for network in DOCUMENTATION_NETWORKS]},
            "crawl": {"host_delay_s": 0.05, "timeout_s": 10.0},
            "sweep": {
                "engine_delay_s": 0.05,
                "platforms": [tomllib.loads(Path(file).read_text("utf-8"))["name"] for file in definitions],
                "platform_definitions": definitions,
            },
            "files": {
                "names": [str(ROOT / "data" / "new_names.txt")],
                "listings": [str(ROOT / "data" / "platform_export.csv")],
            },
        }  # fmt: skip
        return "".join(
            f"[{table}]\n" + "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in keys.items()) + "\n"
            for table, keys in tables.items()
        )  # fmt: skip

    def truth(self) -> tuple[Truth, ...]:
        """Return the ground truth of the present phase: sites, listings and adverts."""
        return msgspec.json.decode(self._get("/truth"), type=tuple[Truth, ...])

    def requests(self) -> tuple[Record, ...]:
        """Return every request that reached the range, oldest first."""
        return msgspec.json.decode(self._get("/requests"), type=tuple[Record, ...])

    def phase(self, name: str) -> None:
        """Put the world into another phase."""
        self._get("/phase", msgspec.json.encode({"name": name}))

    def _get(self, path: str, body: bytes | None = None) -> bytes:
        # An opener without proxies: what the environment says about proxies is not meant for loopback.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self.control + path, body, timeout=10) as reply:
            octets: bytes = reply.read()
        return octets

    def close(self) -> None:
        """End the range; nothing happens if it has ended already."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
