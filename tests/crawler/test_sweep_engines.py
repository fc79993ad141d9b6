"""Sweeps of engines in a tiny world: JSON answers, wrappers, adverts, and pauses that outlive the run."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import msgspec
import pytest

from crawler.pauses import Pause, Pauses
from crawler.politeness import HomePoliteness, paces_of
from crawler.sweep import run_sweep
from pipelines.bootstrap import open_case
from tests.crawler.test_sweep import TEXT, Watcher, base_tables, write_settings, zone
from tests.crawler.tiny_world import HTML, name_server, page, tiny_world

SEARCH = "sou.example.cn"
DEFINITION = r"""
name = "own"
title = "自有搜索"
host = "sou.example.cn"
own_domains = ["sou.example.cn"]
wrapper_links = '/(link|ad)\?'
advert_links = '^http://sou\.example\.cn/ad\?'
search_url = "http://sou.example.cn/s?q={query}&p={page}"
source = "invented for tests"
[[layouts]]
name = "one"
rows = [".row"]
titles = ["h3 a[href]"]
lists = ["#list"]
[[blocks]]
kind = "captcha"
texts = ["请输入验证码"]
wait_s = 600
"""
RESULTS = (
    "<div id=list><div class=row><h3><a href='/link?url=1'>证书查询</a></h3></div>"
    "<div class=ad><a href='/ad?url=2'>包过办证</a><p>先办理后付款</p></div></div>"
)


class Engine(dict):
    """Answers every query with `self.results`."""

    results = (200, HTML, RESULTS.encode())

    def get(self, key, default=None):
        if key[0] == SEARCH and key[1].startswith(("/s?", "/search?")):
            return self.results
        return super().get(key, default)


def engine_sweep(home, world, dns, engine, more=None, **sweep):
    home.mkdir(parents=True, exist_ok=True)
    (home / "own.toml").write_text(DEFINITION, "utf-8")
    values = {
        "sources": ["engines"], "engines": [engine], "engine_budget": 2, "engine_definitions": [str(home / "own.toml")],
        "searxng_url": f"http://{SEARCH}", "pages_per_query": 1,
    }  # fmt: skip
    settings = write_settings(home, base_tables(world, dns, sweep={**values, **sweep}, **(more or {})))
    with open_case(settings) as case:
        progress = Watcher()
        report = run_sweep(case, settings, progress)
        return report, progress


@contextlib.contextmanager
def internet(engine):
    with tiny_world(engine) as world, name_server(zone(SEARCH, "zheng.example.net", "bao.example.com")) as dns:
        world.pages = engine  # which answers queries by itself
        yield world, dns


def test_a_searxng_answer_leads_to_visits(tmp_path):
    engine = Engine({("zheng.example.net", "/"): page(TEXT)})
    engine.results = (
        200,
        {"Content-Type": "application/json"},
        msgspec.json.encode({"results": [{"url": "http://zheng.example.net/", "title": "证书查询", "content": ""}]}),
    )
    with internet(engine) as (world, dns):
        report, _ = engine_sweep(tmp_path, world, dns, "searxng")
    assert report.failures == ()
    assert report.outcomes["result_pages"] == 2
    assert ("zheng.example.net", "/") in {(host, path) for host, path, _ in world.seen}


def test_a_found_link_is_opened_a_paid_one_is_kept_unopened(tmp_path):
    engine = Engine({
        (SEARCH, "/link?url=1"): (302, {"Location": "http://zheng.example.net/"}, b""),
        ("zheng.example.net", "/"): page(TEXT),
    })  # fmt: skip
    with internet(engine) as (world, dns):
        report, _ = engine_sweep(tmp_path, world, dns, "own")
    paths = [path for _, path, _ in world.seen]
    assert "/link?url=1" in paths
    assert "/ad?url=2" not in paths
    assert "zheng.example.net" in world.hosts_seen()
    assert report.outcomes["result_pages"] == 2


def test_by_policy_a_paid_link_is_opened_and_its_way_is_evidence(tmp_path):
    engine = Engine({
        (SEARCH, "/link?url=1"): (302, {"Location": "http://zheng.example.net/"}, b""),
        (SEARCH, "/ad?url=2"): (200, HTML, b"<script>location.replace('http://bao.example.com/')</script>"),
        ("bao.example.com", "/"): page(TEXT),
    })  # fmt: skip
    with internet(engine) as (world, dns):
        engine_sweep(tmp_path, world, dns, "own", follows_advert_wrappers=True)
    assert "bao.example.com" in world.hosts_seen()
    chains = [path for path in tmp_path.rglob("*") if path.is_file() and b"bao.example.com" in path.read_bytes()]
    assert chains


def test_the_budget_of_links_is_kept_and_what_was_left_is_named(tmp_path):
    with internet(Engine()) as (world, dns):
        report, _ = engine_sweep(tmp_path, world, dns, "own", wrapper_budget=0)
    assert "/link?url=1" not in [path for _, path, _ in world.seen]
    assert any("跳转链接" in sentence for sentence in report.not_run)


def test_a_wall_pauses_the_engine_over_runs_until_a_person_or_time_lifts_it(tmp_path):
    engine = Engine()
    engine.results = (200, HTML, "<title>x</title><p>请输入验证码</p>".encode())
    with internet(engine) as (world, dns):
        first, progress = engine_sweep(tmp_path, world, dns, "own", engine_budget=3)
        asked = len(world.seen)
        second, _ = engine_sweep(tmp_path, world, dns, "own")
        assert len([one for one in world.seen if one[1].startswith("/s?")]) == 1
        Pauses(tmp_path).end("own")
        engine.results = Engine.results
        third, _ = engine_sweep(tmp_path, world, dns, "own", wrapper_budget=0, engine_budget=3)
    assert any("自有搜索" in one and "人机验证" in one for one in first.failures)
    assert len([one for one in progress.notes if "自有搜索" in one]) == 1
    assert second.failures == ()
    assert any("自有搜索" in one and "暂停到" in one for one in second.not_run)
    assert asked
    assert third.outcomes["result_pages"] == 2, "the page that met the wall counts as asked today"


@pytest.mark.parametrize("is_date", [False, True])
def test_how_long_to_wait_is_taken_from_the_answer(tmp_path, is_date):
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=120), usegmt=True)
    engine = Engine()
    engine.results = (429, {"Retry-After": until if is_date else "120"}, b"slow down")
    with internet(engine) as (world, dns):
        engine_sweep(tmp_path, world, dns, "own")
    (pause,) = msgspec.json.decode((tmp_path / "engine_pauses.json").read_bytes(), type=tuple[Pause, ...])
    assert pause.kind == "too_many"
    assert 60 < (pause.until - pause.since).total_seconds() <= 120


def test_an_engine_whose_domain_rests_is_left_alone_and_is_no_failure(tmp_path):
    engine = Engine()
    with internet(engine) as (world, dns):
        settings = write_settings(tmp_path, base_tables(world, dns))
        asyncio.run(HomePoliteness(settings.home, paces_of(settings)).leave_alone("example.cn", 3600))
        report, _ = engine_sweep(tmp_path, world, dns, "own", engine_budget=8)
        assert world.seen == []
    assert report.failures == ()
    assert any("自有搜索" in one and "稍后再访问" in one for one in report.not_run)


def test_a_page_that_changed_names_the_rules_that_found_nothing(tmp_path):
    engine = Engine()
    engine.results = (200, HTML, b"<title>x</title><main><p>new</p></main>")
    with internet(engine) as (world, dns):
        report, _ = engine_sweep(tmp_path, world, dns, "own")
    assert any("one.rows .row" in sentence for sentence in report.failures)


def test_the_budget_is_the_days_and_the_next_run_asks_what_was_not_asked(tmp_path):
    with internet(Engine()) as (world, dns):
        first, _ = engine_sweep(tmp_path, world, dns, "own", wrapper_budget=0, engine_budget=2)
        asked = [path for _, path, _ in world.seen if path.startswith("/s?")]
        second, _ = engine_sweep(tmp_path, world, dns, "own", wrapper_budget=0, engine_budget=3)
        after = [path for _, path, _ in world.seen if path.startswith("/s?")]
        third, _ = engine_sweep(tmp_path, world, dns, "own", wrapper_budget=0, engine_budget=3)
    assert (first.outcomes["result_pages"], second.outcomes["result_pages"]) == (2, 1)
    assert len(set(after)) == len(after) == 3, "each run asks other words"
    assert after[:2] == asked
    assert "result_pages" not in third.outcomes
    assert any("额度已用完" in sentence for sentence in third.postponed)
    assert first.by_source["engine:own"] == {
        "adverts": 2, "observations": 2, "pages": 2, "rows": 4, "created": 1, "unchanged": 1,
    }  # fmt: skip
    assert first.field_counts["engine:own"]["title"] == 4
    assert first.left == {}
