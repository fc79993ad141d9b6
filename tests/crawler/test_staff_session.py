"""A session that a person logged into by hand, read by a real Chromium in a shop that shows its listings to customers alone."""

import asyncio

import msgspec
import pytest

from crawler.browser_path import find_chromium
from crawler.facts.dns import DnsResolver
from crawler.gate.policy import GatePolicy
from crawler.gate.proxy import EgressGate
from crawler.platforms.model import load_platforms
from crawler.session_state import session_state
from crawler.staff_session import StaffSession
from pipelines.errors import UsageError
from pipelines.model import LeadQuery
from tests.crawler.test_recheck_sweep import SALE, World
from tests.crawler.test_sweep import zone
from tests.crawler.tiny_world import HTML, name_server, tiny_world

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not find_chromium(), reason="there is no Chromium on this machine"),
]
DEFINITION = """
name = "club"
title = "会员商城"
host = "club.example"
source = "test"
route = "session"
search_url = "http://club.example/search?q={query}&p={page}"
[session]
start_url = "http://club.example/login"
delay_s = 0.0
budget = 5
[[replies]]
name = "list"
rows = ["list"]
item_url = "https://club.example/i/{id}"
[replies.fields]
id = "id"
title = "title"
text = "desc"
seller = "shop"
"""
LOGIN = '<title>登录</title><form method="post"><input name="u"><input type="password" name="p"><button>登录</button></form>'
RESULTS = "<title>搜索结果</title><p>您好，王小明</p><script>fetch('/data?x=1');fetch('/order',{method:'POST',body:'1'})</script>"
ITEMS = {"list": [{"id": 7, "title": SALE, "desc": "全国联网", "shop": "某店"}]}


class Club(dict):
    """Shows results to who carries the cookie of a login, and the login page to everybody else."""

    def __init__(self, tiny):
        super().__init__()
        self.tiny = tiny
        self.wall = ""

    def get(self, key, default=None):
        path = key[1]
        is_member = "member=1" in self.tiny.headers[-1].get("cookie", "")
        if path == "/login":
            return 200, {**HTML, "Set-Cookie": "member=1; Max-Age=86400; Path=/"}, LOGIN.encode()
        if path.startswith("/search") and not is_member:
            return 200, HTML, LOGIN.encode()
        if path.startswith("/search"):
            return 200, HTML, (self.wall or RESULTS).encode()
        if path.startswith("/data") and is_member:
            return 200, {"Content-Type": "application/json"}, msgspec.json.encode(ITEMS)
        return default


@pytest.fixture
def club(tmp_path):
    (tmp_path / "club.toml").write_text(DEFINITION, "utf-8")
    sweep = {
        "platforms": ["club"], "platform_definitions": [str(tmp_path / "club.toml")], "platform_budget": 1, "pages_per_query": 1,
    }  # fmt: skip
    with tiny_world({}) as tiny, name_server(zone("club.example")) as dns:
        tiny.pages = Club(tiny)
        yield World(tmp_path, tiny, dns, sweep=sweep), tiny


def by_hand(world, act):
    """Play the person at the window. Return how the last request for each (host, port) went at the gate."""

    async def run():
        settings = world.settings
        egress, resolver = settings.egress, DnsResolver(settings.dns)
        [platform] = load_platforms(["club"], settings.sweep.platform_definitions)
        policy = GatePolicy(allowed_ports=egress.allowed_ports, allowed_networks=egress.allowed_networks)
        async with (
            EgressGate(policy, resolver.addresses, egress.proxy) as gate,
            StaffSession(settings.home, platform, settings.crawl, gate.url) as held,
        ):
            await act(held)
            return dict(gate._passages)

    return asyncio.run(run())


async def logs_in(held):
    async def person(page):
        assert await page.title() == "登录"  # the answer set the cookie, as after a right password

    await held.open_for(person, shows_window=False)


def test_what_a_person_logged_into_is_read_and_nothing_is_done_in_their_name(club, tmp_path):
    world, tiny = club
    report = world.sweep("platforms")
    assert any("jianwei session open club" in one for one in report.failures), "nobody has logged in yet"
    assert tiny.seen == []

    by_hand(world, logs_in)
    report = world.sweep("platforms")
    assert report.failures == ()
    with world.case() as case:
        [found] = case.leads.find(LeadQuery()).leads
        proof = b"".join(case.evidence.get(item.sha256) for item in found.document.evidence).decode()
    assert found.document.observation.listing.title == SALE
    assert found.document.observation.candidate.url == "https://club.example/i/7"
    assert "王小明" not in proof, "the account's name is not kept"
    assert SALE in proof
    assert "/order" not in {path for _, path, _ in tiny.seen}
    assert (tmp_path / "sessions" / "club").stat().st_mode & 0o777 == 0o700


def test_the_first_wall_stops_it_until_a_person_comes_back(club, tmp_path):
    world, tiny = club
    by_hand(world, logs_in)
    tiny.pages.wall = LOGIN
    report = world.sweep("platforms")
    assert any("登录页面" in one and "jianwei session open club" in one for one in report.failures)
    assert session_state(tmp_path, "club").said == "登录页面"
    asked = len(tiny.seen)
    world.sweep("platforms")
    assert len(tiny.seen) == asked, "a later run asks nothing"
    by_hand(world, logs_in)
    assert session_state(tmp_path, "club").stopped_at is None


def test_two_programs_never_use_one_session(club, tmp_path):
    world, _ = club

    async def twice(held):
        [platform] = load_platforms(["club"], world.settings.sweep.platform_definitions)
        with pytest.raises(UsageError, match="另一个程序"):
            await StaffSession(tmp_path, platform, world.settings.crawl, "http://127.0.0.1:9").__aenter__()

    by_hand(world, twice)


def test_a_page_that_opens_another_acts_in_nobodys_name_and_the_browser_says_nothing_of_its_own(club):
    world, tiny = club
    by_hand(world, logs_in)
    tiny.pages.wall = """<title>结果</title><p>正文</p><a id=a href=/login target=_blank>x</a><script>
        const act = other => other && other.fetch("/order", {method: "POST", body: "1"}).catch(() => 0);
        const other = open("/login"); act(other); setTimeout(() => act(other), 200); act(open("about:blank")); a.click()</script>"""

    async def reads(held):
        page = await held.read("http://club.example/search?q=x&p=1")
        assert "正文" in page.answer.body.decode()
        await asyncio.sleep(1)

    passed = by_hand(world, reads)
    assert {host for host, _ in passed} == {"club.example"}, "neither updates nor accounts nor forms it saw"
    assert not any(one.is_refused for one in passed.values()), "nothing but reading came as far as the gate"
