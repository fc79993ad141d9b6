"""The READMEs' commands work as they stand there, in both languages."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT, PracticeRun, clean_environment

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1200)]

READMES = ("README.md", "README.zh-CN.md")
_BLOCK = re.compile(r"(<!-- serves -->\n)?```sh\n(.*?)```", re.DOTALL)


def blocks(name: str) -> list[tuple[bool, str]]:
    return [(bool(serves), commands) for serves, commands in _BLOCK.findall((ROOT / name).read_text("utf-8"))]


def test_both_readmes_name_the_same_commands() -> None:
    english, chinese = (blocks(name) for name in READMES)
    assert english == chinese
    assert len(english) >= 6


def test_serving_block_is_what_the_practice_run_started(practice: PracticeRun) -> None:
    assert [commands.strip() for serves, commands in blocks("README.md") if serves] == ["make run"]
    assert practice.process.poll() is None


def test_continuous_integration_runs_the_test_command() -> None:
    assert "make test" in [commands.strip() for _, commands in blocks("README.md")]
    assert "make test" in (ROOT / ".ci" / "run").read_text()


def test_commands_work(checkout: Path, tmp_path: Path) -> None:
    # `make test` is what is running now; `make run` is the practice run; benchmarks take minutes and are tried small in tests/benchmarks.
    for serves, commands in blocks("README.md"):
        if serves or commands.strip() in {"make test", "make bench"}:
            continue
        for command in commands.strip().splitlines():
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", command],
                cwd=checkout,
                env=clean_environment(tmp_path),
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
            assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
            assert "Traceback" not in done.stderr


def test_links_lead_somewhere() -> None:
    for name in READMES:
        for target in re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text("utf-8")):
            assert target.startswith("http") or (ROOT / target).exists(), f"{name}: {target}"


def test_named_settings_exist(tmp_path: Path) -> None:
    for name in READMES:
        (example,) = re.findall(r"```toml\n(.*?)```", (ROOT / name).read_text("utf-8"), re.DOTALL)
        (tmp_path / "jianwei.toml").write_text(example, "utf-8")
        done = subprocess.run(
            [str(ROOT / ".venv/bin/jianwei"), "config", "check"],
            env=clean_environment(tmp_path),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
