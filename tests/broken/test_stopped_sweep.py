"""A sweep that is stopped, kindly or not, goes on where it was and ends with what an undisturbed one finds."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.range.client import Range
from pipelines.bootstrap import open_case
from pipelines.model import LeadQuery
from pipelines.settings import load_settings
from tests.broken.conftest import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[Range]:
    with Range(tmp_path / "range") as running:
        yield running


def start(practice: Range, home: Path, *words: str) -> "subprocess.Popen[str]":
    home.mkdir(exist_ok=True)
    # Without the browser: what is tested here is the memory of a run, and it is the same for every look.
    (home / "jianwei.toml").write_text(
        practice.settings_toml().replace("[crawl]\n", "[crawl]\nrenders = false\n"), "utf-8"
    )
    environ = {key: value for key, value in os.environ.items() if not key.startswith("JIANWEI_")} | {
        "JIANWEI_HOME": str(home),
        "LC_ALL": "zh_CN.UTF-8",
    }
    return subprocess.Popen(
        [str(ROOT / ".venv" / "bin" / "jianwei"), "sweep", "--json", *words],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def leads_in(home: Path) -> dict[str, int]:
    """Return lead id → number of different observations."""
    with open_case(load_settings({"JIANWEI_HOME": str(home)})) as case:
        return {one.document.id: one.document.sighting_count for one in case.leads.find(LeadQuery(limit=1000)).leads}


def work_done(home: Path) -> int:
    with open_case(load_settings({"JIANWEI_HOME": str(home)})) as case:
        reports = case.runs.latest(1)
        return sum(case.frontier.counts(reports[0].id)[0].values()) if reports else 0


def wait_until_some_work_is_done(home: Path, process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        if (home / "jianwei.sqlite").exists() and work_done(home) > 20:
            return
        time.sleep(0.2)
    raise AssertionError(f"ended before it could be stopped: {process.communicate()[1]}")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    folder = tmp_path_factory.mktemp("undisturbed")
    with Range(folder / "range") as practice:
        process = start(practice, folder / "home")
        _, told = process.communicate(timeout=400)
        assert process.returncode in {0, 1}, told
    return leads_in(folder / "home")


def test_ctrl_c(practice: Range, tmp_path: Path, undisturbed: dict[str, int]) -> None:
    home = tmp_path / "home"
    process = start(practice, home)
    wait_until_some_work_is_done(home, process)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 4, told
    assert "--resume" in told
    assert "Traceback" not in told
    resume_and_compare(practice, home, undisturbed)


def test_kill_9(practice: Range, tmp_path: Path, undisturbed: dict[str, int]) -> None:
    home = tmp_path / "home"
    for _ in range(2):
        process = start(practice, home, "--resume")
        wait_until_some_work_is_done(home, process)
        process.kill()
        process.communicate(timeout=60)
    resume_and_compare(practice, home, undisturbed)


def resume_and_compare(practice: Range, home: Path, undisturbed: dict[str, int]) -> None:
    before = leads_in(home)
    process = start(practice, home, "--resume")
    _, told = process.communicate(timeout=400)
    assert process.returncode in {0, 1}, told
    after = leads_in(home)
    assert before.keys() <= after.keys(), "an acknowledged lead was lost"
    assert set(after) == set(undisturbed)
