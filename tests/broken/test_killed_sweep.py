"""`kill -9` at random moments of a sweep, resumed each time: it ends as if nothing had happened.

`JIANWEI_KILLS=40 JIANWEI_KILL_SEED=7 pytest -n 0 tests/broken/test_killed_sweep.py` kills more often, at other moments.
"""

import os
import random
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.broken.killed import end_state, hosts_done, swept, swept_with_kills
from tests.crawler.test_sweep import base_tables, write_settings, zone
from tests.crawler.test_sweep_engines import DEFINITION, SEARCH
from tests.crawler.tiny_world import HTML, name_server, page, tiny_world

KILLS = int(os.environ.get("JIANWEI_KILLS", "20"))
SEED = int(os.environ.get("JIANWEI_KILL_SEED", "20261127"))
SHOPS = [f"zheng{number}.example.net" for number in range(30)]
LISTINGS = "商品ID,标题,价格,链接\n1,叉车证包过 不用考试 全国联网可查,500,https://shop.example.com/1\n2,焊工防护手套,35,https://shop.example.com/2\n"


class World(dict):
    """An engine whose every page shows three shops and an advert, by the words of the query; and the shops."""

    def get(self, key, default=None):
        host, path = key
        if host != SEARCH or not path.startswith("/s?"):
            return super().get(key, default)
        asked = parse_qs(urlsplit(path).query)
        place = sum(map(ord, asked["q"][0])) * 3 + int(asked["p"][0]) * 5
        rows = "".join(
            f"<div class=row><h3><a href='http://{SHOPS[(place + n) % len(SHOPS)]}/'>办证 {n}</a></h3></div>"
            for n in range(3)
        )
        advert = f"<div class=ad><a href='/ad?url={place}'>包过办证{place % 4}</a><p>先办理后付款</p></div>"
        onward = "<a class=next href='?p=2'>下一页</a>"
        return 200, HTML, f"<div id=list>{rows}{advert}</div>{onward}".encode()


def world_pages():
    pages = World()
    for number, host in enumerate(SHOPS):
        offer = f"特种作业操作证 包过 不用考试 官网可查 加微信 dgz{number:05} 三天出证 先办理后付款。" * 3
        pages[host, "/"] = page(offer, f"办证 {number}") if number % 5 else (500, {}, b"broken")
    pages[SHOPS[3], "/"] = (302, {"Location": f"http://{SHOPS[4]}/"}, b"")
    return pages


def write_home(home, world, dns):
    home.mkdir()
    (home / "own.toml").write_text(DEFINITION.replace("source = ", 'next_page = [".next"]\nsource = ', 1), "utf-8")
    (home / "listings.csv").write_text(LISTINGS, "utf-8")
    files = {"listings": [str(home / "listings.csv")]}
    sweep = {
        "sources": ["files", "engines"], "engines": ["own"], "engine_budget": 20, "pages_per_query": 2,
        "engine_definitions": [str(home / "own.toml")], "reads_pictures": False,
    }  # fmt: skip
    write_settings(home, base_tables(world, dns, sweep=sweep, files=files, crawl={"timeout_s": 60.0}))


@pytest.mark.timeout(1500)
def test_the_end_is_that_of_an_undisturbed_run_and_finished_work_is_not_repeated(tmp_path):
    repeated, done = [], set()
    with tiny_world(world_pages()) as world, name_server(zone(SEARCH, *SHOPS)) as dns:
        world.pages = world_pages()
        write_home(tmp_path / "undisturbed", world, dns)
        _, pieces = swept(tmp_path / "undisturbed")
        expected = end_state(tmp_path / "undisturbed")
        world.seen.clear()
        write_home(tmp_path / "killed", world, dns)

        def note_repeated():
            repeated.extend(done & world.hosts_seen())
            done.update(hosts_done(tmp_path / "killed"))
            world.seen.clear()

        kills = swept_with_kills(tmp_path / "killed", KILLS, random.Random(SEED), pieces, note_repeated)
        note_repeated()
    assert kills == KILLS
    assert repeated == []
    assert len(expected["leads"]) >= 20
    assert expected["budgets"] == {"engine:own": 20}
    reached = end_state(tmp_path / "killed")
    for what, state in expected.items():
        assert reached[what] == state, what
