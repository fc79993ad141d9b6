"""Handed-over things that change, are parked, vanish, wall us off or move between two sweeps of a tiny world."""

from dataclasses import replace
from datetime import timedelta

from crawler.sweep import run_sweep
from detectors.model import CandidateKind, EvidenceKind
from detectors.pages.read import read_page
from pipelines import lifecycle
from pipelines.bootstrap import open_case
from pipelines.model import LeadAct, LeadQuery, LeadStatus
from pipelines.rechecks.record import RecheckState
from tests.builders import a_site
from tests.conftest import NOW, FixedClock
from tests.crawler.test_sweep import TEXT, Watcher, base_tables, write_settings, zone
from tests.crawler.tiny_world import HTML, name_server, page, tiny_world

HOURS = timedelta(hours=1)
ALIVE, CHANGED, PARKED, GONE, BLOCKED, MOVED, SLOW = (
    "cx-mem-gov.cn", "cx-mem.com.cn", "mem-cx-gov.com", "cx-mem-gov.com", "cxmem-gov.cn", "mem-gov-cx.cn", "cx-mem-gov.net",
)  # fmt: skip
NEW_HOST = "cx-mem-gov.top"
MARK = "<script src='//hm.baidu.com/hm.js?41fc030db57d5570dd22f78997dc4a7e'></script>"
FRUIT = "本店主营新鲜水果批发配送，苹果香蕉葡萄应有尽有，量大从优，欢迎前来选购，电话联系即可当日送达。" * 3


def confirm_all(case, by="wang"):
    """Let a person confirm every lead and send it out in a paper."""
    for stored in case.leads.find(LeadQuery(limit=100)).leads:
        now = case.clock.now()
        lead = lifecycle.start_screening(stored.document, by, now)
        lead = lifecycle.note_export(lifecycle.confirm(lead, by, "冒用官方名称", now), by, "处置清单", now)
        case.leads.put(lead, stored.version)


def seen(world, host, head=""):
    """Let intake take in a counterfeit's page, as a sweep that found it would."""
    content = page(TEXT, "证书查询", head=head)[2].decode()
    url = f"http://{host}/"
    look = a_site(host, html=content, page=read_page(content, url), at=world.clock.now(), source="file:names.txt")
    with world.case() as case:
        case.intake.accept(look)


def states(case):
    leads = [one.document for one in case.leads.find(LeadQuery(limit=100)).leads]
    return {lead.observation.candidate.host: lead for lead in leads if lead.recheck}


class World:
    """One case, one world, swept again and again while the clock is moved."""

    def __init__(self, home, world, dns, **changes):
        self.clock = FixedClock(NOW)
        self.settings = write_settings(home, base_tables(world, dns, **changes))

    def sweep(self, *sources, after=0):
        self.clock.at += after * HOURS
        sweep = self.settings.sweep.model_copy(update={"sources": sources})
        with open_case(self.settings, self.clock) as case:
            return run_sweep(case, self.settings.model_copy(update={"sweep": sweep}), Watcher())

    def case(self):
        return open_case(self.settings, self.clock)


def test_every_fate_of_a_handed_over_site_is_told_with_its_proof(tmp_path):
    hosts = (ALIVE, CHANGED, PARKED, GONE, BLOCKED, MOVED, SLOW)
    pages = {(host, "/"): page(TEXT, "证书查询", head=MARK if host == MOVED else "") for host in hosts}
    names = zone(*hosts)
    with tiny_world(pages) as tiny, name_server(names) as dns:
        world = World(tmp_path, tiny, dns)
        for host in hosts:
            seen(world, host, MARK if host == MOVED else "")
        with world.case() as case:
            confirm_all(case)
            assert len(case.leads.due(world.clock.now())) == len(hosts)
        first = world.sweep("rechecks", after=1)
        assert first.outcomes["rechecks"] == len(hosts)
        with world.case() as case:
            assert {lead.recheck.state for lead in states(case).values()} == {RecheckState.ALIVE}

        tiny.pages |= {
            (CHANGED, "/"): page(FRUIT, "鲜果批发"),
            (PARKED, "/"): page("此域名正在出售，联系持有人购买", "域名出售"),
            (BLOCKED, "/"): (403, HTML, b"<title>403 Forbidden</title>"),
            (MOVED, "/"): (404, HTML, b"<title>404</title>"),
            (SLOW, "/"): (500, HTML, b"<title>500</title>"),
        }
        del names[GONE]
        seen(world, NEW_HOST, MARK)
        world.sweep("rechecks", after=7)
        with world.case() as case:
            now = {host: lead.recheck.state for host, lead in states(case).items()}
            assert now[CHANGED] is now[PARKED] is now[GONE] is RecheckState.ALIVE, "one look ends nothing"
            assert case.leads.due(world.clock.now()) == ()
        world.sweep("rechecks", after=6)
        with world.case() as case:
            leads = states(case)
            evidence = [case.evidence.get(one) for one in leads[GONE].recheck.evidence]
            kept = {item.sha256: item.kind for lead in leads.values() for item in lead.evidence}

    assert {host: lead.recheck.state for host, lead in leads.items()} == {
        ALIVE: RecheckState.ALIVE, CHANGED: RecheckState.CHANGED, PARKED: RecheckState.PARKED, GONE: RecheckState.GONE,
        BLOCKED: RecheckState.BLOCKED, MOVED: RecheckState.MOVED, SLOW: RecheckState.ALIVE,
    }  # fmt: skip
    assert not leads[SLOW].recheck.is_answered
    assert "cx-mem-gov[.]top" in leads[MOVED].recheck.said
    assert b"NXDOMAIN" in evidence[0]
    assert all(kept[one] for lead in leads.values() for one in lead.recheck.evidence)
    assert EvidenceKind.BODY in {kept[one] for one in leads[CHANGED].recheck.evidence}
    for host, lead in leads.items():
        assert (lead.status, lead.finding.decided_by) == (LeadStatus.CONFIRMED, "wang")
        assert lead.observation.captures[0].page.title == "证书查询", "staff still see what was decided on"
        looks = 2 if host == MOVED else 3  # what moved is looked for once a day
        assert [event.act for event in lead.history].count(LeadAct.RECHECKED) == looks
        assert lead.sources == ("file:names.txt",)


def test_a_site_that_redirects_to_a_copy_has_moved_and_the_new_host_is_visited(tmp_path):
    with tiny_world({(ALIVE, "/"): page(TEXT, "证书查询")}) as tiny, name_server(zone(ALIVE, NEW_HOST)) as dns:
        world = World(tmp_path, tiny, dns)
        seen(world, ALIVE)
        with world.case() as case:
            confirm_all(case)
        tiny.pages |= {
            (ALIVE, "/"): (302, {"Location": f"http://{NEW_HOST}/"}, b""),
            (NEW_HOST, "/"): page(TEXT, "证书查询"),
        }
        world.sweep("rechecks", after=1)
        with world.case() as case:
            assert states(case)[ALIVE].recheck.state is RecheckState.MOVED
            [new] = case.leads.find(LeadQuery(text=f"域名:{NEW_HOST}")).leads
    assert (new.document.status, new.document.sources) == (LeadStatus.NEW, ("moved",))


def test_a_closed_site_comes_back_by_itself_when_it_stands_and_not_when_it_is_parked(tmp_path):
    parked = page("此域名正在出售，联系持有人购买", "域名出售")
    with tiny_world({(ALIVE, "/"): page(TEXT, "证书查询")}) as tiny, name_server(zone(ALIVE)) as dns:
        world = World(tmp_path, tiny, dns)
        seen(world, ALIVE)
        with world.case() as case:
            confirm_all(case)
            [stored] = case.leads.find(LeadQuery()).leads
            closed = replace(stored.document, status=LeadStatus.CLOSED)
            case.leads.put(lifecycle.comment(closed, "wang", "已销号", NOW), stored.version)
        tiny.pages[ALIVE, "/"] = parked
        world.sweep("rechecks", after=24 * 8)
        with world.case() as case:
            assert states(case)[ALIVE].status is LeadStatus.CLOSED
        tiny.pages[ALIVE, "/"] = page(TEXT, "证书查询")
        world.sweep("rechecks", after=24 * 40)
        with world.case() as case:
            lead = states(case)[ALIVE]
    assert lead.status is LeadStatus.NEW
    assert lead.recheck.state is RecheckState.ALIVE
    assert LeadAct.RESURFACED in {event.act for event in lead.history}


SHOP = """
name = "shop"
title = "测试商城"
host = "shop.example"
search_url = "http://shop.example/s?q={query}&p={page}"
source = "test"
[search]
kind = "html"
rows = ".row"
[search.fields]
url = "a@href"
title = "a"
[detail]
kind = "html"
gone = ".off-shelf"
[detail.fields]
title = "h1"
text = "p"
[blocks]
titles = ["安全验证"]
"""
SALE = "高压电工证 包过 免考试，先出证后付款，官网可查，全国通用，加微信办理"


def test_listings_are_read_again_by_the_platforms_definition(tmp_path):
    def item(number):
        return ("shop.example", f"/item/{number}")

    rows = "".join(f'<div class="row"><a href="/item/{n}">{SALE} {n}</a></div>' for n in range(4)).encode()

    class Shop(dict):
        def get(self, key, default=None):
            return (200, HTML, rows) if key[1].startswith("/s?") else super().get(key, default)

    tmp_path.mkdir(exist_ok=True)
    (tmp_path / "shop.toml").write_text(SHOP, "utf-8")
    sweep = {
        "platforms": ["shop"], "platform_definitions": [str(tmp_path / "shop.toml")], "platform_budget": 1, "pages_per_query": 1,
        "obeys_robots": False,
    }  # fmt: skip
    pages = Shop({item(n): page(SALE, f"{SALE} {n}") for n in range(4)})
    with tiny_world({}) as tiny, name_server(zone("shop.example")) as dns:
        tiny.pages = pages
        world = World(tmp_path, tiny, dns, sweep=sweep)
        world.sweep("platforms")
        with world.case() as case:
            confirm_all(case)
            assert case.leads.find(LeadQuery()).total == 4
        pages[item(1)] = (200, HTML, '<title>x</title><div class="off-shelf">商品已下架</div>'.encode())
        pages[item(2)] = page("出一套全新未拆的安全工程师教材，包邮，非诚勿扰", "二手教材 九成新")
        world.sweep("rechecks", after=1)
        world.sweep("rechecks", after=7)
        pages[item(3)] = page("请完成验证", "安全验证")
        walled = world.sweep("rechecks", after=7)
        with world.case() as case:
            leads = [one.document for one in case.leads.find(LeadQuery(limit=10)).leads]
    assert any("测试商城" in one and "人工处理" in one for one in walled.failures)
    assert {lead.observation.candidate.kind for lead in leads} == {CandidateKind.LISTING}
    by_item = {lead.observation.candidate.url[-1]: lead.recheck.state for lead in leads}
    assert by_item == {
        "0": RecheckState.ALIVE, "1": RecheckState.GONE, "2": RecheckState.CHANGED, "3": RecheckState.BLOCKED
    }  # fmt: skip
    assert all(lead.observation.listing.title.startswith(SALE) for lead in leads)
