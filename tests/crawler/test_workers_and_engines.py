"""Several machines and one engine: one budget of the day, and a wall met by one is heeded by all. Two home folders over a real Redis."""

import json

from tests.crawler.test_sweep import base_tables, write_settings
from tests.crawler.test_sweep_engines import DEFINITION, SEARCH, Engine, engine_sweep, internet
from tests.crawler.test_workers import start
from tests.crawler.tiny_world import HTML
from tests.redis_server import needs_redis

pytestmark = [needs_redis]
CAPTCHA = (200, HTML, "<title>x</title>请输入验证码".encode())


class Counting(Engine):
    """Remembers how often it was asked; answers `walls` from some question on."""

    def __init__(self, walls_from=99):
        super().__init__()
        self.asked, self._walls_from = 0, walls_from

    def get(self, key, default=None):
        if key[0] == SEARCH and key[1].startswith("/s?"):
            self.asked += 1
            if self.asked >= self._walls_from:
                return CAPTCHA
        return super().get(key, default)


def machine(home, world, dns, redis_url, budget):
    home.mkdir(parents=True)
    (home / "own.toml").write_text(DEFINITION, "utf-8")
    sweep = {
        "sources": ["engines"], "engines": ["own"], "engine_budget": budget, "pages_per_query": 1,
        "engine_definitions": [str(home / "own.toml")],
    }  # fmt: skip
    return write_settings(home, base_tables(world, dns, sweep=sweep, workers={"redis_url": redis_url}))


def test_two_machines_ask_no_more_than_one_budget(tmp_path, redis_url):
    engine = Counting()
    with internet(engine) as (world, dns):
        homes = [tmp_path / name for name in ("one", "two")]
        for home in homes:
            machine(home, world, dns, redis_url, budget=5)
        with start(homes[0], "sweep", "--json") as one, start(homes[1], "sweep", "--json") as two:
            told = [process.communicate(timeout=300) for process in (one, two)]
    reports = [json.loads(said) for said, _ in told]
    assert engine.asked == 5
    assert sum(report["by_source"].get("engine:own", {}).get("pages", 0) for report in reports) == 5
    assert any(
        "达到每日上限" in sentence or "额度已用完" in sentence for one in reports for sentence in one["postponed"]
    )


def test_a_wall_one_machine_met_is_heeded_by_the_other(tmp_path, redis_url):
    engine = Counting(walls_from=3)
    with internet(engine) as (world, dns):
        shared = {"workers": {"redis_url": redis_url}}
        first, _ = engine_sweep(tmp_path / "one", world, dns, "own", engine_budget=9, more=shared)
        assert engine.asked == 3, "two answers and the wall"
        second, _ = engine_sweep(tmp_path / "two", world, dns, "own", engine_budget=9, more=shared)
        assert engine.asked == 3, "the other machine does not try it"
    assert sum("验证" in sentence for sentence in first.failures) == 1
    assert second.failures == ()
    assert any("自动恢复" in sentence for sentence in second.not_run)
