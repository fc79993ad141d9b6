from urllib.parse import quote

import pytest
from selectolax.lexbor import LexborHTMLParser

from deploy.range.client import Range
from deploy.range.search import find_listings, find_rows
from deploy.range.stage import Stage
from deploy.range.world import load_world
from deploy.range.wrappers import advert_truths, target_of, token
from keywords.loader import load_lexicon
from keywords.plan import plan_queries

WORLD = load_world()
QUERY = "特种作业操作证 包过"


def baidu(visitor, query: str = QUERY, start: int = 0) -> LexborHTMLParser:
    return LexborHTMLParser(visitor.read(f"https://www.baidu.com/s?wd={quote(query)}&pn={start}&rn=10")[1])


def so360(visitor, query: str = QUERY, page: int = 1) -> LexborHTMLParser:
    return LexborHTMLParser(visitor.read(f"https://www.so.com/s?q={quote(query)}&pn={page}")[1])


def test_the_first_engine_has_rows_and_adverts(visitor) -> None:
    page = baidu(visitor)
    organic = page.css("#content_left > .result[tpl=www_index]")
    adverts = page.css("#content_left > .ec-container")
    assert len(organic) == 10
    assert [row.attributes["id"] for row in organic] == [str(rank) for rank in range(1, 11)]
    assert {bool(row.attributes.get("mu")) for row in organic} <= {True, False}
    assert all(
        row.css_first("h3 a").attributes["href"].startswith("https://www.baidu.com/link?url=") for row in organic
    )
    assert 3 <= len(adverts) <= 5
    assert adverts[0].next is not None
    for row in adverts:
        assert row.css_first("h3 a").attributes["href"].startswith("https://www.baidu.com/baidu.php?url=")
        assert row.css_first(".ec-tuiguang").text() == "广告"
        assert row.css_first(".ec-advertiser").text()
    order = [row.attributes["id"] for row in page.css("#content_left > .result")]
    assert order[0].startswith("300")
    assert order[-1].startswith(("500", "10"))


def test_the_second_engine_has_rows_and_adverts(visitor) -> None:
    page = so360(visitor)
    organic, adverts = page.css("li.res-list"), page.css("li[data-cpc_query]")
    assert len(organic) == 10
    assert page.css("#e_idea_pp li[data-cpc_query]")
    for row in organic:
        assert row.css_first("h3.res-title a").attributes["href"].startswith("https://www.so.com/link?m=")
    for row in adverts:
        assert row.attributes["data-cpc_query"] == QUERY
        assert row.css_first("h3 a").attributes["href"].startswith("https://e.so.com/search/eclk?p=")


def test_pages_follow_one_another_without_repeating(visitor) -> None:
    titles = [
        row.text()
        for start in (0, 10)
        for row in baidu(visitor, "特种作业操作证 电工证", start).css("[tpl=www_index] h3")
    ]
    assert len(titles) == len(set(titles)) > 10
    titles = [
        row.text() for page in (1, 2) for row in so360(visitor, "特种作业操作证 电工证", page).css("li.res-list h3")
    ]
    assert len(titles) == len(set(titles)) > 10
    assert so360(visitor, "特种作业操作证 电工证", 1).css_first("#snext") is not None


@pytest.mark.parametrize("read", [baidu, so360])
def test_a_query_without_rows_says_so(visitor, read) -> None:
    page = read(visitor, "克莱因瓶拓扑学")
    assert not page.css("[tpl=www_index], li.res-list")
    assert "没有找到" in page.text() or "找不到" in page.text()


@pytest.mark.parametrize("read", [baidu, so360])
def test_queries_are_shown_as_text(visitor, read) -> None:
    page = read(visitor, "<script>alert(1)</script> \"&' 操作证")
    assert not page.css("script")


def test_counting_links_lead_to_the_target(practice, visitor) -> None:
    checked = 0
    for row in (*baidu(visitor).css("#content_left h3 a"), *so360(visitor).css("h3 a")):
        with visitor.ask(row.attributes["href"]) as answer:
            assert answer.status == 302
            name = answer.headers["location"].split("/")[2]
        assert WORLD.find(name) is not None
        checked += 1
    assert checked > 20
    assert visitor.read("https://www.baidu.com/link?url=invented")[0] == 404


def test_rows_that_name_their_target_name_the_right_one(visitor) -> None:
    named = baidu(visitor).css("[mu]")
    assert named
    for row in named:
        with visitor.ask(row.css_first("h3 a").attributes["href"]) as answer:
            assert answer.headers["location"] == row.attributes["mu"]


def test_adverts_are_ground_truth_by_their_counting_link() -> None:
    truths = advert_truths(WORLD)
    assert len({truth.key for truth in truths}) == len(truths) >= 12
    for truth in truths:
        engine = "baidu" if "baidu.com" in truth.key else "so360"
        assert target_of(WORLD, engine, truth.key.partition("=")[2])


def test_tokens_are_unique_and_stable() -> None:
    tokens = [token(entry, engine) for entry in WORLD.index for engine in entry.engines]
    assert len(tokens) == len(set(tokens))
    assert tokens == [token(entry, engine) for entry in load_world().index for engine in entry.engines]


def test_whoever_asks_too_much_meets_a_wall(tmp_path, visitor) -> None:
    with Range(tmp_path, engine_page_limit=2) as small:
        greedy = type(visitor)(small)
        assert [greedy.read(f"https://www.baidu.com/s?wd=a&pn={n}0")[0] for n in range(3)] == [200, 200, 302]
        with greedy.ask("https://www.baidu.com/s?wd=a") as answer:
            wall = answer.headers["location"]
        assert wall.startswith("https://wappass.baidu.com/static/captcha/")
        assert "<title>百度安全验证</title>" in greedy.read(wall)[1]
        assert [bool(greedy.read(f"https://www.so.com/s?q=a&pn={n}")[1]) for n in (1, 2, 3)] == [True, True, False]
        assert greedy.read("https://www.baidu.com/")[0] == 200


def test_the_wall_comes_after_too_many_pages_and_goes_with_time(tmp_path) -> None:
    now = [0.0]
    stage = Stage(WORLD, tmp_path / "log", clock=lambda: now[0])
    assert [stage.is_over_limit("baidu") for _ in range(61)] == [False] * 60 + [True]
    assert not stage.is_over_limit("so360")
    now[0] = 601
    assert not stage.is_over_limit("baidu")
    stage.close()


@pytest.mark.parametrize("engine", ["baidu", "so360"])
def test_what_a_sweep_should_meet_does_not_hide_behind_page_two(engine: str) -> None:
    shown = set()
    for query in plan_queries(load_lexicon(), ("江苏",), 30):
        shown |= {entry.url.split("/")[2] for entry in find_rows(WORLD.index, engine, query.text)[0][:20]}
    met = {host.name for host in map(WORLD.find, shown) if host is not None}
    wanted = {
        host.name
        for host in WORLD.hosts
        if host.truth and "engine" in host.truth.found_by and host.kind != "ordinary" and not host.is_gone("")
    }
    assert wanted - met == set()


@pytest.mark.parametrize("platform", sorted({listing.platform for listing in WORLD.listings}))
def test_a_platform_finds_nearly_all_its_fakes_with_few_words(platform: str) -> None:
    shown = {
        item.url
        for words in ("特种作业操作证 包过", "电工证 免考", "安全员证 代办")
        for item in find_listings(WORLD.listings, platform, words, "")
    }
    fakes = {
        item.url
        for item in WORLD.listings
        if item.platform == platform and item.truth == "counterfeit" and item.is_searchable
    }
    assert fakes <= shown


def test_sogou_leads_on_by_a_script_and_asks_for_a_person_in_the_end(tmp_path, visitor) -> None:
    page = LexborHTMLParser(visitor.read(f"https://www.sogou.com/web?query={quote('特种作业操作证 电工证')}")[1])
    links = [row.attributes["href"] for row in page.css(".results h3 a")]
    assert len(links) == 10
    status, led = visitor.read(links[0])
    assert status == 200
    assert "window.location.replace(" in led
    with Range(tmp_path, engine_page_limit=0) as small:
        greedy = type(visitor)(small)
        with greedy.ask("https://www.sogou.com/web?query=a") as answer:
            assert answer.headers["location"].startswith("https://www.sogou.com/antispider/")
