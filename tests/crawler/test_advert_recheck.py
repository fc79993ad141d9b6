"""Adverts that were handed over are looked for where they stood, hours apart, on an engine of a tiny world."""

from datetime import timedelta

import pytest

from crawler.sweep import run_sweep
from pipelines import lifecycle
from pipelines.bootstrap import open_case
from pipelines.model import LeadQuery
from pipelines.rechecks.record import RecheckState
from tests.conftest import NOW, FixedClock
from tests.crawler.test_sweep import Watcher, base_tables, write_settings
from tests.crawler.test_sweep_engines import DEFINITION, SEARCH, Engine, internet
from tests.crawler.tiny_world import HTML

WITH_ADVERT = (
    "<div id=list><div class=row><h3><a href='/link?url=1'>证书查询</a></h3></div>"
    "<div class=ad><a href='/ad?url={number}'>电工证包过，不用考试直接拿证</a><p>官网可查，加微信 zheng8888 先办理后付款</p></div></div>"
)
WITHOUT = "<div id=list><div class=row><h3><a href='/link?url=1'>证书查询</a></h3></div></div>"


class Desk:
    """One case, swept again and again while the clock is moved."""

    def __init__(self, home, world, dns):
        self.clock = FixedClock(NOW)
        self._home, self._world, self._dns = home, world, dns
        (home / "own.toml").write_text(DEFINITION, "utf-8")

    def sweep(self, *sources, after_h=0, engines=("own",)):
        self.clock.at += timedelta(hours=after_h)
        values = {
            "sources": sources, "engines": engines, "engine_budget": 1, "pages_per_query": 1, "searxng_url": f"http://{SEARCH}",
            "engine_definitions": [str(self._home / "own.toml")],
        }  # fmt: skip
        settings = write_settings(self._home, base_tables(self._world, self._dns, sweep=values))
        with open_case(settings, self.clock) as case:
            return run_sweep(case, settings, Watcher())

    @property
    def lead(self):
        with open_case(write_settings(self._home, base_tables(self._world, self._dns)), self.clock) as case:
            [stored] = case.leads.find(LeadQuery(filters=(("kind", ("advert",)),))).leads
            return stored.document

    def hand_over(self):
        with open_case(write_settings(self._home, base_tables(self._world, self._dns)), self.clock) as case:
            [stored] = case.leads.find(LeadQuery(filters=(("kind", ("advert",)),))).leads
            lead = lifecycle.start_screening(stored.document, "wang", self.clock.now())
            lead = lifecycle.confirm(lead, "wang", "售卖假证广告", self.clock.now())
            case.leads.put(lifecycle.note_export(lead, "wang", "平台下架函", self.clock.now()), stored.version)


@pytest.fixture
def engine():
    made = Engine({(SEARCH, "/link?url=1"): (200, HTML, b"<p>nothing</p>")})
    made.results = shown(1)
    return made


def shown(number):
    return 200, HTML, WITH_ADVERT.format(number=number).encode()


def test_an_advert_is_looked_for_where_it_stood(tmp_path, engine):
    with internet(engine) as (world, dns):
        desk = Desk(tmp_path, world, dns)
        desk.sweep("engines")
        desk.hand_over()
        query = desk.lead.observation.advert.query
        engine.results = shown(77)  # a counting link is another at every query
        report = desk.sweep("rechecks", after_h=30)
        assert (report.done["recheck_advert"], report.left, report.failures) == (1, {}, ())
        assert desk.lead.recheck.state is RecheckState.ALIVE
        assert query in desk.lead.recheck.said
        engine.results = 200, HTML, WITHOUT.encode()
        desk.sweep("rechecks", after_h=24)
        assert desk.lead.recheck.state is RecheckState.ALIVE, "adverts take turns: once is not enough"
        desk.sweep("rechecks", after_h=24)
        assert desk.lead.recheck.state is RecheckState.GONE
        assert desk.lead.observation.advert.query == query, "what the person decided on stays"
        engine.results = shown(5)
        desk.sweep("rechecks", after_h=48)
        assert desk.lead.recheck.state is RecheckState.ALIVE
        assert {path for host, path, _ in world.seen if path.startswith("/ad?")} == set(), "no paid link was followed"


def test_an_engine_that_gives_no_page_leaves_the_advert_due(tmp_path, engine):
    with internet(engine) as (world, dns):
        desk = Desk(tmp_path, world, dns)
        desk.sweep("engines")
        desk.hand_over()
        engine.results = 200, HTML, "<p>请输入验证码</p>".encode()
        report = desk.sweep("rechecks", after_h=30)
        assert report.left == {"recheck_advert": 1}
        assert desk.lead.recheck is None
        engine.results = shown(2)
        report = desk.sweep("rechecks", after_h=1)
        assert report.left == {"recheck_advert": 1}, "the engine's pages of today are asked"
        assert desk.sweep("rechecks", after_h=24).done["recheck_advert"] == 1
        assert desk.lead.recheck.state is RecheckState.ALIVE


def test_an_engine_this_run_does_not_ask_is_named(tmp_path, engine):
    with internet(engine) as (world, dns):
        desk = Desk(tmp_path, world, dns)
        desk.sweep("engines")
        desk.hand_over()
        report = desk.sweep("rechecks", after_h=30, engines=("searxng",))
    assert "recheck_advert" not in report.done
    assert any("1 条已移送的广告到期复查" in one for one in report.not_run)
