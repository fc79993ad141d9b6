"""`jianwei sites`: staff refresh the pages clones are measured against; what cannot be had is said, and the older one stays."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli.sites import app
from deploy.range.client import Range
from pipelines.bootstrap import open_case
from pipelines.errors import UsageError
from pipelines.settings import Settings
from tests.builders import AT, a_site, a_snapshot
from tests.crawler.tiny_world import name_server, tiny_world

HOST = "cx.mem.gov.cn"


def run(home: Path, *words: str, code: int, dns: str = "", proxy: str = "") -> tuple[list[dict], str]:
    variables = {
        "JIANWEI_HOME": str(home),
        "JIANWEI_DNS__NAMESERVERS": json.dumps([dns] if dns else []),
        "JIANWEI_EGRESS__PROXY": proxy,
        "JIANWEI_EGRESS__ALLOWED_NETWORKS": '["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"]',
        "JIANWEI_CRAWL__HOST_DELAY_S": "0",
        "JIANWEI_CRAWL__RENDERS": "false",
    }
    result = CliRunner().invoke(app, [*words, "--json"], env=variables, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return [json.loads(line) for line in result.stdout.splitlines()], result.stderr


def test_refreshing_adds_a_version_and_clones_are_measured_against_it(tmp_path: Path, practice: Range) -> None:
    with open_case(Settings(home=tmp_path)) as case:
        case.snapshots.put(a_snapshot(f"https://{HOST}/", html="旧", at=AT - timedelta(days=400)))
    kept, _ = run(tmp_path, "snapshot", HOST, code=0, dns=practice.dns, proxy=practice.proxy)
    assert {one["state"] for one in kept} == {"new"}
    assert len(kept[0]["versions"]) == 2
    assert all(one["has_icon"] for one in kept)
    with open_case(Settings(home=tmp_path)) as case:
        newest = case.snapshots.all()[0]
        copy = a_site("q7-zs.cn", html=newest.html, page=newest.page)
        codes = {one.code for one in case.intake.judge(copy).signals}
    assert "操作证" in newest.page.title
    assert "clone.text" in codes


def test_a_page_that_cannot_be_had_keeps_its_older_snapshot_and_says_so(tmp_path: Path) -> None:
    with open_case(Settings(home=tmp_path)) as case:
        case.snapshots.put(a_snapshot(f"https://{HOST}/", html="旧", at=AT))
    with tiny_world({}) as world, name_server({HOST: [("A", "203.0.113.5")]}) as dns:
        (kept,), said = run(tmp_path, "snapshot", HOST, code=1, dns=dns, proxy=world.proxy)
    assert kept["state"] == "old"
    assert kept["taken_at"].startswith(f"{AT:%Y-%m-%d}")
    assert HOST in said and "继续使用" in said and f"{AT:%Y-%m-%d}" in said
    with open_case(Settings(home=tmp_path)) as case:
        assert [one.html for one in case.snapshots.all()] == ["旧"]


def test_only_official_pages_are_originals(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"cx-mem\.cn"):
        CliRunner().invoke(app, ["snapshot", "cx-mem.cn"], env={"JIANWEI_HOME": str(tmp_path)}, catch_exceptions=False)


def test_versions_are_listed_with_their_dates(tmp_path: Path) -> None:
    with open_case(Settings(home=tmp_path)) as case:
        for day in range(3):
            case.snapshots.put(a_snapshot(f"https://{HOST}/", html=str(day), at=AT + timedelta(days=day)))
    (listed,), _ = run(tmp_path, "snapshots", code=0)
    assert listed["state"] == "kept"
    assert [at[:10] for at in listed["versions"]] == [f"{AT + timedelta(days=day):%Y-%m-%d}" for day in (2, 1, 0)]
