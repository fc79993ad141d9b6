"""A platform's partner interface: asked with a key that goes nowhere else, page by page, within its budget, and left alone when it says so."""

from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from crawler.platforms.model import load_platforms
from pipelines.errors import InputUnreadable
from pipelines.model import LeadQuery
from pipelines.rechecks.record import RecheckState
from tests.crawler.test_recheck_sweep import World, confirm_all
from tests.crawler.test_sweep import zone
from tests.crawler.tiny_world import name_server, tiny_world

KEY = "K-3f9a77-secret"
SALE = "高压电工证 包过 免考试，先出证后付款，官网可查，全国通用，加微信办理"
DEFINITION = """
name = "mall"
title = "测试商城"
host = "mall.example"
source = "test"
route = "api"
[api]
search_url = "http://open.mall.example/search?keyword={query}&page={page}"
item_url = "http://open.mall.example/item?id={id}"
secret_file = "mall.key"
auth_header = "X-Api-Key"
auth_value = "{secret}"
pages = "data.pages"
gone = { "code" = "^4004$" }
budget = 40
allows_plain_http = true
[[replies]]
name = "search"
rows = ["data.list", "data.item"]
item_url = "https://mall.example/i/{id}"
[replies.fields]
id = "id"
title = "title"
text = "desc"
price_fen = "fen"
seller = "shop"
seller_id = "shop_id"
[blocks]
replies = ["INVALID_TOKEN"]
"""
JSON = {"Content-Type": "application/json"}


def told(content, status=200, **headers):
    return status, {**JSON, **headers}, msgspec.json.encode(content)


def an_item(number, **more):
    item = {
        "id": number,
        "title": f"{SALE} {number}",
        "desc": "全国联网",
        "fen": 38800,
        "shop": "某店",
        "shop_id": 9,
        "buyer_nick": "张三",
    }
    return {**item, **more}


class Interface(dict):
    """Two pages of two items for every keyword; items by number."""

    def get(self, key, default=None):
        host, path = key
        if host != "open.mall.example" or key in self:
            return super().get(key, default)
        asked = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
        if "page" in asked:
            first = (int(asked["page"]) - 1) * 2
            return told({"data": {"pages": 2, "list": [an_item(first), an_item(first + 1)]}})
        return told({"data": {"item": [an_item(int(asked["id"]))]}})


@pytest.fixture
def mall(tmp_path):
    """Give (world, its pages, the tiny world behind)."""
    (tmp_path / "mall.key").write_text(f"{KEY}\n", "utf-8")
    (tmp_path / "mall.toml").write_text(DEFINITION, "utf-8")
    sweep = {"platforms": ["mall"], "platform_definitions": [str(tmp_path / "mall.toml")], "platform_budget": 2}
    with tiny_world({}) as tiny, name_server(zone("open.mall.example", "mall.example")) as dns:
        tiny.pages = Interface()
        yield World(tmp_path, tiny, dns, sweep=sweep), tiny.pages, tiny


def leads(world):
    with world.case() as case:
        return {
            one.document.observation.listing.item_id: one.document for one in case.leads.find(LeadQuery(limit=50)).leads
        }


def test_items_of_all_pages_become_leads_and_the_key_stays_in_its_header(mall, tmp_path):
    world, _, tiny = mall
    report = world.sweep("platforms")
    assert report.failures == ()
    found = leads(world)
    assert sorted(found) == ["0", "1", "2", "3"]
    assert found["0"].observation.listing.price_cny == 388
    assert found["0"].observation.candidate.url == "https://mall.example/i/0"
    assert found["0"].observation.listing.seller not in {"", "某店"}
    assert {host for host, _, _ in tiny.seen} == {"open.mall.example"}, (
        "neither the shop's pages nor a robots.txt were asked"
    )
    assert {one.get("x-api-key") for one in tiny.headers} == {KEY}
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path.name != "mall.key")
    assert KEY.encode() not in kept
    with world.case() as case:
        record = b"".join(case.evidence.get(item.sha256) for item in found["0"].evidence)
    assert "张三" not in record.decode()
    assert b"answer_sha256" in record


def test_items_are_asked_for_again_after_the_hand_over(mall):
    world, pages, _ = mall
    world.sweep("platforms")
    with world.case() as case:
        confirm_all(case)
    pages[("open.mall.example", "/item?id=1")] = told({"code": 4004})
    pages[("open.mall.example", "/item?id=2")] = told({}, status=404)
    pages[("open.mall.example", "/item?id=3")] = told({"data": {"item": [an_item(3, title="二手教材", desc="九成新")]}})
    world.sweep("rechecks", after=1)
    world.sweep("rechecks", after=7)
    states = {number: lead.recheck.state for number, lead in leads(world).items()}
    assert states == {
        "0": RecheckState.ALIVE, "1": RecheckState.GONE, "2": RecheckState.GONE, "3": RecheckState.CHANGED
    }  # fmt: skip


@pytest.mark.parametrize(("answer", "said"), [
    (told({"msg": "INVALID_TOKEN"}), "需要人工处理"),
    (told({}, status=403), "需要人工处理"),
    ((302, {"Location": "http://elsewhere.example/"}, b""), "需要人工处理"),
    (told({"rows": []}), "平台定义需要更新"),
    ((200, JSON, b"<html>"), "平台定义需要更新"),
])  # fmt: skip
def test_a_refused_key_and_an_answer_nobody_knows_stop_it_at_once_and_are_told(mall, answer, said):
    world, _, tiny = mall
    tiny.pages = type("Always", (dict,), {"get": lambda self, key, default=None: answer})()
    report = world.sweep("platforms")
    assert len(tiny.seen) == 1
    assert any("测试商城" in one and said in one for one in report.failures)
    assert report.left["listing_page"] > 0


def test_it_is_left_alone_for_as_long_as_it_says(mall):
    world, _, tiny = mall
    tiny.pages = type(
        "Busy", (dict,), {"get": lambda self, key, default=None: told({}, 429, **{"Retry-After": "900"})}
    )()
    world.sweep("platforms")
    assert len(tiny.seen) == 1
    world.sweep("platforms")
    assert len(tiny.seen) == 1, "a later run of the same machine waits as well"


def test_the_budget_of_a_run_is_kept(mall, tmp_path):
    world, _, tiny = mall
    (tmp_path / "mall.toml").write_text(DEFINITION.replace("budget = 40", "budget = 1"), "utf-8")
    report = world.sweep("platforms")
    assert len(tiny.seen) == 1
    assert any("请求次数已用完" in one for one in report.failures)


def test_a_missing_key_and_a_plain_address_are_said_before_anything_is_asked(mall, tmp_path):
    world, _, tiny = mall
    (tmp_path / "mall.key").write_text("", "utf-8")
    with pytest.raises(InputUnreadable, match=r"mall\.key"):
        world.sweep("platforms")
    (tmp_path / "mall.toml").write_text(DEFINITION.replace("allows_plain_http = true", ""), "utf-8")
    with pytest.raises(InputUnreadable, match="https"):
        load_platforms(["mall"], [tmp_path / "mall.toml"])
    assert tiny.seen == []
