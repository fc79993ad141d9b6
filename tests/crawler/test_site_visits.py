"""One sweep over suspects of every kind: what is looked at, what is kept, and what is left alone."""

import asyncio
import json
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

import pytest

from crawler.context import Notes, WorkDone
from crawler.spiders.base import RunSpider
from detectors.model import EvidenceKind
from pipelines.bootstrap import open_case
from pipelines.errors import StoreUnavailable
from pipelines.settings import Settings
from tests.crawler.test_sweep import TEXT, base_tables, names_file, observed, run_sweep, write_settings, zone
from tests.crawler.test_sweep import Watcher as Silent
from tests.crawler.tiny_world import HTML, name_server, page, tiny_world

pytestmark = pytest.mark.timeout(600)
BLOCKED, LINKING, REFRESHING, LOOPING, RESTING, LEADING = (f"cx{number}-mem-gov.cn" for number in range(6))
LANDING = f"<p>{TEXT}</p><a href=/cx/>证书查询</a><a href=/about>联系我们</a><a href=/app.apk>下载</a><a href=/login>登录查询</a>"
PAGES = {
    (BLOCKED, "/"): (403, HTML, "<title>创宇盾</title>当前访问疑似黑客攻击，已被创宇盾拦截".encode()),
    (LINKING, "/"): page(LANDING, "特种作业操作证查询"),
    (LINKING, "/cx/"): page("<form><input name=id placeholder=证件号码><input name=name placeholder=姓名></form>", "证书查询"),
    (LINKING, "/about"): page("联系电话 13812345678 微信 dgz12345", "联系我们"),
    (LINKING, "/robots.txt"): (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /"),
    (REFRESHING, "/"): (200, HTML, b'<html><head><meta http-equiv="refresh" content="0; url=/in/"></head></html>'),
    (REFRESHING, "/in/"): (200, {**HTML, "Refresh": "1; url=/deep/"}, b"<p>x"),
    (REFRESHING, "/deep/"): page(TEXT, "证书查询"),
    (LOOPING, "/"): (200, {**HTML, "Refresh": "0; url=/"}, page(TEXT, "证书查询")[2]),
    (LEADING, "/"): (302, {"Location": f"http://{RESTING}/"}, b""),
    (RESTING, "/"): (429, {**HTML, "Retry-After": "3600"}, b"<p>slow down"),
}  # fmt: skip


def swept(home, world, dns, *hosts, **changes):
    settings = write_settings(home, base_tables(world, dns, files=names_file(home, *hosts), **changes))
    with open_case(settings) as case:
        report = run_sweep(case, settings, Silent(), resume=bool(changes))
        return report, {host: observed(case, host) for host in hosts}


def test_a_suspect_is_seen_with_its_few_pages_and_nothing_is_taken_for_it(tmp_path):
    hosts = (BLOCKED, LINKING, REFRESHING, LOOPING, RESTING)
    with tiny_world(PAGES) as world, name_server(zone(*hosts)) as dns:
        report, seen = swept(tmp_path, world, dns, *hosts)
        asked = {(host, path) for host, path, _ in world.seen}
        often = len(world.seen)
    [blocked], [linking], [refreshing], [looping], [resting] = (seen[host][0] for host in hosts)

    assert blocked.captures == ()
    assert "创宇盾" in blocked.failure
    assert {one.kind for one in seen[BLOCKED][1].document.evidence} == {EvidenceKind.RESPONSE}, (
        "no content is kept of it"
    )
    assert {EvidenceKind.BODY, EvidenceKind.RESPONSE} <= {one.kind for one in seen[LINKING][1].document.evidence}
    assert report.outcomes["looks_blocked"] == 1

    titles = [capture.page.title for capture in linking.captures]
    assert titles[0] == "特种作业操作证查询"
    assert {"证书查询", "联系我们"} <= set(titles)
    assert (LINKING, "/robots.txt") in asked
    assert not {path for host, path in asked if host == LINKING} & {"/app.apk", "/login"}

    assert refreshing.captures[0].final_url == f"http://{REFRESHING}/deep/"
    assert [hop.status for hop in refreshing.captures[0].redirects] == [200, 200]
    assert looping.captures[0].redirects == ()
    assert resting.captures[0].status == 429
    assert sum(host == RESTING for host, _, _ in world.seen) == 1, "no further look while it rests"
    assert often < 40


@pytest.mark.parametrize(("suspect", "asked"), [(RESTING, 0), (LEADING, 1)])
def test_a_site_that_rests_stays_work_to_do_also_where_another_leads_there(tmp_path, suspect, asked):
    with tiny_world(PAGES) as world, name_server(zone(RESTING, LEADING)) as dns:
        (tmp_path / "politeness").mkdir()
        today = datetime.now(timezone(timedelta(hours=8)))
        (tmp_path / "politeness" / f"{today:%Y-%m-%d}.log").write_text(f"{RESTING}\t{today.timestamp() + 3600:.0f}\n")
        report, _ = swept(tmp_path, world, dns, suspect)
        assert len(world.seen) == asked
    assert report.left == {"visit": 1}
    assert any(RESTING in sentence for sentence in report.not_run)


def test_a_site_that_answers_neither_way_is_told_with_both_reasons(tmp_path):
    garbled = {(BLOCKED, "/"): (200, {**HTML, "Content-Length": "99999"}, b"<p>two lengths")}
    with tiny_world(garbled, tunnels_plain_http=True) as world, name_server(zone(BLOCKED)) as dns:
        report, seen = swept(tmp_path, world, dns, BLOCKED)
        asked = [path for _, path, _ in world.seen]
    [failed], _ = seen[BLOCKED]
    assert "/" in asked
    assert failed.captures == ()
    assert failed.failure.startswith("未能打开网页：")
    plain, _, secure = failed.failure.partition("；改用 HTTPS 访问：")
    assert "443" not in plain
    assert "443" in secure
    assert report.outcomes["visits_failed"] == 1


def test_a_full_disk_stops_the_run_before_the_next_piece_of_work(tmp_path):
    stopped = []

    async def lane(least):
        settings = Settings(crawl={"min_free_bytes": least}, home=tmp_path)
        context = SimpleNamespace(settings=settings, is_stopping=False, notes=Notes())
        context.abort = lambda error: (stopped.append(error), setattr(context, "is_stopping", True))

        async def work(piece):
            return WorkDone(work=())

        return [one async for one in RunSpider(context).lane(iter("ab"), work)]

    assert len(asyncio.run(lane(1))) == 2
    assert asyncio.run(lane(10**18)) == []
    [full] = stopped
    assert isinstance(full, StoreUnavailable)
    assert "min_free_bytes" in full.zh


def test_the_record_of_a_block_names_it():
    from crawler.block_pages import block_page_of
    from crawler.capture import Answer, capture_of, record_of
    from detectors.model import Profile
    from tests.conftest import NOW

    _, headers, body = PAGES[BLOCKED, "/"]
    answer = Answer(
        requested_url="http://a.cn/", final_url="http://a.cn/", status=403, headers=tuple(headers.items()), body=body
    )
    capture, _ = capture_of(answer, Profile.DESKTOP, NOW)
    row = block_page_of(capture)
    record = json.loads(record_of(answer, capture, blocked_by=row.name))
    assert record["blocked_by"] == "chuangyu"
    assert record["body_sha256"] == capture.body_sha256
