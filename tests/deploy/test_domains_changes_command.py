"""`jianwei domains changes` and the line of `jianwei status` about names."""

import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest
import typer
from typer.testing import CliRunner

from deploy.cli import status
from deploy.cli.domains import app as domains
from deploy.cli.domains.changes import _instant
from pipelines.bootstrap import open_case
from pipelines.errors import UsageError
from pipelines.name_watch import NameWatch
from pipelines.settings import Settings
from tests.builders import AT
from tests.conftest import NOW
from tests.deploy.test_command import jianwei
from tests.name_builders import HOST, after, some_dns, some_facts

KEYS = ["name", "imitates", "change", "at", "reason", "before", "after"]


@pytest.fixture
def watch(tmp_path, clock):
    with open_case(Settings(home=tmp_path), clock) as case:
        yield NameWatch(case.names, clock)


@pytest.fixture
def run(tmp_path):
    app = typer.Typer()
    app.command("status")(status.status)
    app.add_typer(domains, name="domains")

    def invoke(*words):
        done = CliRunner().invoke(app, words, env={"JIANWEI_HOME": str(tmp_path)}, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return [json.loads(line) for line in done.stdout.splitlines()], done.stderr

    return invoke


def saw(watch, host=HOST, source="list:new.txt"):
    watch.saw(host, "cx.mem.gov.cn", "brand_with_gov", 700, source)


def moved(watch, clock, day: int, address: str):
    clock.at = after(days=day)
    watch.surveyed(some_facts(at=clock.at, dns=some_dns(address, at=clock.at)))


def test_changes_are_listed_once_each(watch, run, clock):
    saw(watch)
    (row,), said = run("domains", "changes")
    assert list(row) == KEYS
    assert row["change"] == "first_seen"
    assert row["reason"] == "mem-gov.cn 于 2026-11-22 首次发现，涉嫌仿冒 cx.mem.gov.cn（来源：list:new.txt）"
    assert row["after"] == ["list:new.txt"]
    assert row["at"] == NOW.isoformat().replace("+00:00", "Z")
    assert "1" in said
    rows, said = run("domains", "changes")
    assert rows == []
    assert "--since" in said
    for day, address in enumerate(["203.0.113.7", "203.0.113.8", "198.51.100.7"], start=1):
        moved(watch, clock, day, address)
    assert [row["change"] for row in run("domains", "changes")[0]] == ["address_changed"]


def test_a_look_back_shows_old_ones_and_leaves_the_mark(watch, run, clock):
    saw(watch)
    for day, address in enumerate(["203.0.113.7", "203.0.113.8", "198.51.100.7"], start=1):
        moved(watch, clock, day, address)
    quiet, _ = run("domains", "changes", "--since", "2026-11-23", "--all")
    assert [row["change"] for row in quiet] == ["address_rotated", "address_changed"]
    assert [row["change"] for row in run("domains", "changes", "--since", "2026-11-01")[0]] == [
        "first_seen",
        "address_changed",
    ]
    assert len(run("domains", "changes")[0]) == 2
    assert len(run("domains", "changes", "--since", "2026-11-01")[0]) == 2


def test_more_than_a_page_is_listed_whole(watch, run):
    for number in range(1201):
        saw(watch, f"mem-gov{number}.cn")
    rows, _ = run("domains", "changes")
    assert [row["name"] for row in rows] == [f"mem-gov{number}.cn" for number in range(1201)]
    assert run("domains", "changes")[0] == []


def test_what_was_not_written_whole_counts_as_unread(watch, tmp_path, run):
    for number in range(3000):
        saw(watch, f"mem-gov{number}.cn")
    env = {**os.environ, "JIANWEI_HOME": str(tmp_path)}
    command = f"{sys.executable} -m deploy.cli.main domains changes --json | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=env, timeout=120, check=True)
    assert json.loads(done.stdout)["name"] == "mem-gov0.cn"
    assert len(run("domains", "changes")[0]) == 3000


def test_status_counts_names_and_new_changes(watch, run, clock):
    assert run("status", "--json")[0][0]["names"] == {
        "watched": 0, "due": 0, "new_changes": 0,
        "by_presence": {"unknown": 0, "unregistered": 0, "registered": 0, "resolving": 0, "gone": 0},
    }  # fmt: skip
    saw(watch)
    saw(watch, "b.cn", "generation")
    moved(watch, clock, 0, "203.0.113.7")
    names = run("status", "--json")[0][0]["names"]
    assert (names["watched"], names["new_changes"]) == (2, 1)
    assert names["by_presence"]["resolving"] == 1
    run("domains", "changes")
    assert run("status", "--json")[0][0]["names"]["new_changes"] == 0


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("7d", NOW - timedelta(days=7)),
        ("12h", NOW - timedelta(hours=12)),
        ("2026-11-22", NOW.replace(day=21, hour=16, minute=0)),
        ("2026-11-22T16:00", NOW.replace(hour=8, minute=0)),
        ("2026-11-22T08:00:00Z", AT),
    ],
)
def test_times_are_understood(text, meant):
    assert _instant(text, NOW) == meant


@pytest.mark.parametrize("text", ["yesterday", "7w", "999999d", "2026-13-01", "0001-01-01", "-1d"])
def test_other_words_are_refused(text):
    with pytest.raises(UsageError, match="--since"):
        _instant(text, NOW)


def test_a_wrong_time_is_a_usage_error(tmp_path):
    done = jianwei("domains", "changes", "--since", "昨天", home=tmp_path)
    assert done.returncode == 2
    assert "昨天" in done.stderr
    assert "Traceback" not in done.stderr
