"""A `jianwei` command as a process of its own, with settings given by the environment alone."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
Jianwei = Callable[..., "subprocess.CompletedProcess[str]"]

_NOT_OURS = {"PATH", "PLAYWRIGHT_BROWSERS_PATH"}

LISTINGS = "商品ID,标题,价格,链接\n" + "".join(
    f"{n},电工证包过 不用考试 官网可查,380,https://s.example.com/{n}\n" for n in range(1, 301)
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def jianwei(home: Path) -> Jianwei:
    """Run the command in this test's home folder; `shell` is put before it, e.g. a limit."""

    def run(*words: str, shell: str = "", **settings: str) -> "subprocess.CompletedProcess[str]":
        environ = {key: value for key, value in os.environ.items() if not key.startswith("JIANWEI_")}
        environ |= {"JIANWEI_HOME": str(home), "LANG": "zh_CN.UTF-8"}
        environ |= {key if key in _NOT_OURS else f"JIANWEI_{key}": value for key, value in settings.items()}
        command = ["bash", "-c", f'{shell} exec "$0" "$@"', str(ROOT / ".venv" / "bin" / "jianwei"), *words]
        return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=240, check=False)

    return run


@pytest.fixture
def listings(tmp_path: Path) -> Path:
    file = tmp_path / "export.csv"
    file.write_text(LISTINGS, "utf-8")
    return file
