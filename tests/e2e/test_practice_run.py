"""The main job as a new user meets it: one command, real DNS packets, a real proxy, a real browser."""

import ast
import json
import sqlite3
import subprocess
import tomllib
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from deploy.range.model import HostKind
from deploy.range.world import load_world
from detectors.model import Profile
from pipelines.settings import CrawlSettings
from tests.e2e.conftest import PracticeRun, clean_environment, fetch

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1200)]


def test_every_counterfeit_is_found_and_nobody_wrongly_accused(practice: PracticeRun) -> None:
    truth = practice.summary["truth"]
    assert truth["missed"] == []
    assert truth["false_alarms"] == []
    assert truth["counterfeits"] == truth["found"] >= 15


def test_every_object_is_collected_once_however_many_ways_lead_to_it(practice: PracticeRun) -> None:
    with closing(sqlite3.connect(f"file:{practice.home / 'jianwei.sqlite'}?mode=ro", uri=True)) as store:
        candidates = [
            json.loads(document)["observation"]["candidate"]
            for (document,) in store.execute("SELECT document FROM leads")
        ]
    assert len(candidates) == practice.summary["leads"]
    objects = Counter((one["kind"], one["key"] or one["url"]) for one in candidates)
    assert [one for one, times in objects.items() if times > 1] == []


def test_servers_are_asked_once_for_each_planted_object(practice: PracticeRun) -> None:
    """Once by each kind of visitor and name; a page is read as it comes, and once more where a browser has to show it."""
    world = load_world()
    names = {host.name: 1 + len(host.aliases) for host in world.hosts if host.truth and host.kind is not HostKind.TRAP}
    landings = Counter((one["host"], one["user_agent"]) for one in practice.requests if one["path"] == "/")
    asked = {key: times for key, times in landings.items() if key[0] in names}
    counterfeits = {host.name for host in world.hosts if host.kind is HostKind.COUNTERFEIT and not host.is_gone("")}
    assert counterfeits - {one["host"] for one in practice.requests} == set()
    assert {key: times for key, times in asked.items() if times > 2 * names[key[0]]} == {}
    pages = Counter((f"https://{one['host']}{one['path']}", one["user_agent"]) for one in practice.requests)
    planted = {listing.url for listing in world.listings}
    assert {key: times for key, times in pages.items() if key[0] in planted and times > 1} == {}


def test_every_trap_is_survived_within_the_caps(practice: PracticeRun) -> None:
    caps = CrawlSettings()
    traps = {host.name for host in load_world().hosts if host.kind is HostKind.TRAP}
    asked = Counter(one["host"] for one in practice.requests if one["host"] in traps)
    assert len(asked) >= 15, "the sweep came upon them"
    assert max(asked.values()) <= (caps.max_redirects + 1) * len(Profile), "a loop is left after its redirects"
    sizes = [file.stat().st_size for file in (practice.home / "evidence").rglob("*") if file.is_file()]
    assert max(sizes) <= caps.max_body_bytes, "bombs and endless pages are cut"


def test_summary_counts_what_came_of_it(practice: PracticeRun) -> None:
    assert practice.summary["leads"] == sum(practice.summary["by_level"].values()) > 15
    assert practice.summary["observations"] > practice.summary["leads"]


def test_desk_answers(practice: PracticeRun) -> None:
    status, page = fetch(practice.address + "/")
    assert status == 200
    assert "鉴伪" in page


def test_nothing_was_posted_and_no_private_address_reached(practice: PracticeRun) -> None:
    control = json.loads((practice.home / "range" / "range.json").read_text())["control"]
    requests = json.loads(fetch(control + "/requests")[1])
    assert len(requests) > 100
    assert {request["method"] for request in requests} <= {"GET", "HEAD"}
    assert not [request for request in requests if request["host"].startswith(("127.", "10.", "169.254.", "localhost"))]


def test_product_reaches_the_range_by_ordinary_settings_only(practice: PracticeRun) -> None:
    settings = tomllib.loads((practice.home / "jianwei.toml").read_text("utf-8"))
    assert settings["dns"]["nameservers"][0].startswith("127.0.0.1:")
    assert settings["egress"]["proxy"].startswith("http://127.0.0.1:")
    for room in ("crawler", "detectors", "pipelines", "keywords"):
        for file in (practice.folder / room).rglob("*.py"):
            names = {
                getattr(node, "id", "") or getattr(node, "attr", "")
                for node in ast.walk(ast.parse(file.read_text("utf-8")))
            }
            allowed = {"practice_sign_in"} if file.name == "settings.py" else set()
            assert {name for name in names if "practice" in name.lower()} <= allowed, file
            assert "deploy" not in file.read_text("utf-8").replace("`deploy", ""), file


def test_evidence_is_whole(practice: PracticeRun) -> None:
    done = jianwei(practice, "evidence", "verify")
    assert done.returncode == 0, done.stdout + done.stderr


def test_changed_evidence_is_noticed(practice: PracticeRun, tmp_path: Path) -> None:
    victim = next(
        path for path in sorted((practice.home / "evidence").rglob("*")) if path.is_file() and path.stat().st_size > 100
    )
    kept = victim.read_bytes()
    victim.chmod(0o600)
    victim.write_bytes(b"x" + kept[1:])
    try:
        done = jianwei(practice, "evidence", "verify")
        assert done.returncode == 1
        assert victim.name[:12] in done.stdout + done.stderr
    finally:
        victim.write_bytes(kept)


def test_second_run_finds_nothing_new(practice: PracticeRun) -> None:
    before = practice.summary["leads"]
    settings = practice.home / "jianwei.toml"
    done = jianwei(practice, "--config", str(settings), "sweep", "--source", "files", "--json")
    assert done.returncode in {0, 1}, done.stderr
    status = json.loads(jianwei(practice, "--config", str(settings), "status", "--json").stdout.splitlines()[0])
    assert str(before) in json.dumps(status)


def jianwei(practice: PracticeRun, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [str(practice.folder / ".venv" / "bin" / "jianwei"), *words]
    return subprocess.run(
        command,
        cwd=practice.folder,
        env=clean_environment(practice.home),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
