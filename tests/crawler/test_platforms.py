"""Platform definitions and what is read by them."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from crawler.engines.definition import shipped_definitions
from crawler.platforms.embedded import product_fields
from crawler.platforms.model import Platform, load_platforms, shipped_platforms
from crawler.platforms.read import PlatformBlocked, PlatformChanged, read_detail, read_search
from pipelines.errors import InputUnreadable, SettingInvalid
from pipelines.labels import ENGINE_ZH, PLATFORM_ZH

SHOP = """
name = "shop"
title = "某商城"
host = "shop.example.cn"
search_url = "https://shop.example.cn/s?q={query}&p={page}"
query_charset = "gb18030"
item_pattern = "https://shop.example.cn/item/*"
source = "test"
[search]
kind = "html"
rows = "li.card"
next = "a.next"
[search.fields]
id = "@data-id"
url = "a@href"
title = "a"
price = ".p"
seller = ".s"
[detail]
kind = "json_ld"
gone = ".gone"
[detail.fields]
text = ".more"
[blocks]
titles = ["安全验证"]
"""
MALL = """
name = "mall"
title = "某平台"
host = "mall.example.cn"
search_url = "https://mall.example.cn/api?k={query}&page={page}"
source = "test"
[search]
kind = "json"
rows = "data.list"
total = "data.total"
per_page = 2
ok = { code = 0 }
[search.fields]
id = "id"
url = "link"
title = "name"
price_fen = "cent"
seller = "owner.nick"
published_ms = "ms"
images = "pics"
[detail]
kind = "json"
url = "https://mall.example.cn/api/item/{id}"
rows = "data"
ok = { code = 0 }
[detail.fields]
title = "name"
text = "desc"
"""
LIST = """<html><title>搜索</title><form></form><ul><li class=card data-id=7><a href="/item/7.html">电工证 <b>包过</b></a><i class=p>¥1.2万</i>
<i class=s>某某店</i></li><li class=card data-id=8><a href="javascript:alert(1)">安全帽</a><i class=p>面议</i></li></ul><a class=next href=x>下一页</a>"""
ITEM = """<html><title>商品</title><script type="application/ld+json">{"@context":"https://schema.org","@graph":[{"@type":"Product",
"name":"电工证包过","description":"免考","sku":"7","image":["https://shop.example.cn/1.png"],"releaseDate":"2026-11-01T08:00:00+08:00",
"offers":{"price":"680.00","seller":{"name":"某某店"},"areaServed":"连云港"}}]}</script><div class=more>加微信</div>"""


def definition(text):
    return msgspec.toml.decode(text.encode(), type=Platform)


def masked(name):
    return f"<{name[:1]}>"


@pytest.fixture
def shop():
    return definition(SHOP)


@pytest.fixture
def mall():
    return definition(MALL)


def test_an_html_list_is_read_by_selectors(shop):
    page = read_search(shop, LIST, "https://shop.example.cn/s", 1, masked)
    first, second = page.found
    assert page.has_next
    assert first.url == "https://shop.example.cn/item/7.html"
    assert (first.listing.item_id, first.listing.title, first.listing.price_cny) == ("7", "电工证 包过", 12000.0)
    assert first.listing.seller == "<某>"
    assert (second.url, second.listing.price_cny, second.listing.price_text) == ("", None, "面议")


def test_the_detail_page_completes_the_row(shop):
    before = read_search(shop, LIST, "https://shop.example.cn/s", 1, masked).found[0]
    found = read_detail(shop, ITEM, before.url, 200, masked, before)
    assert found.url == before.url
    assert found.listing.area == "连云港"
    assert found.listing.published_at == datetime(2026, 11, 1, tzinfo=UTC)
    assert found.listing.image_urls == ("https://shop.example.cn/1.png",)
    assert found.listing.text == "加微信"


@pytest.mark.parametrize(("html", "status"), [("<p>不存在", 404), ("<div class=gone>已删除</div>", 200)])
def test_a_removed_listing_keeps_what_was_known(shop, html, status):
    before = read_search(shop, LIST, "https://shop.example.cn/s", 1, masked).found[0]
    found = read_detail(shop, html, before.url, status, masked, before)
    assert found.listing.is_delisted
    assert found.listing.title == "电工证 包过"


def test_json_is_read_by_paths(mall):
    answer = {
        "code": 0,
        "data": {
            "total": 5,
            "list": [{"id": 1, "link": "https://mall.example.cn/i/1", "name": "焊工证", "cent": 55000, "ms": 1793491200000,
                      "owner": {"nick": "老王"}, "pics": ["/a.png", "/b.png"]}],
        },
    }  # fmt: skip
    page = read_search(mall, msgspec.json.encode(answer).decode(), "https://mall.example.cn/api", 1, masked)
    [found] = page.found
    assert page.has_next
    assert (found.listing.price_cny, found.listing.price_text, found.listing.seller) == (550.0, "550.00", "<老>")
    assert found.listing.published_at == datetime(2026, 11, 1, 0, 0, tzinfo=UTC)
    assert found.listing.image_urls == ("https://mall.example.cn/a.png", "https://mall.example.cn/b.png")
    gone = read_detail(mall, '{"code": 404, "data": null}', found.url, 200, masked, found)
    assert gone.listing.is_delisted


@pytest.mark.parametrize("text", ["<html>", '{"code": 1}', '{"code": 0, "data": {"list": 7}}', "[" * 100_000])
def test_json_of_another_shape_is_a_change(mall, text):
    with pytest.raises(PlatformChanged):
        read_search(mall, text, "https://mall.example.cn/api", 1, masked)


def test_html_of_another_shape_is_a_change_and_no_rows_are_not(shop):
    with pytest.raises(PlatformChanged):
        read_search(shop, "<html><p>维护</p>", "https://shop.example.cn/s", 1, masked)
    assert read_search(shop, "<form></form><p>没有找到</p>", "https://shop.example.cn/s", 1, masked).found == ()
    with pytest.raises(PlatformChanged):
        read_search(shop, "<ul><li class=card></li></ul>", "https://shop.example.cn/s", 1, masked)


def test_a_wall_is_known(shop):
    with pytest.raises(PlatformBlocked):
        read_search(shop, "<title>安全验证</title>", "https://shop.example.cn/s", 1, masked)


def test_queries_are_encoded_as_the_platform_wants(shop):
    assert shop.search_address("证", 2) == "https://shop.example.cn/s?q=%D6%A4&p=2"
    assert shop.is_listing("https://shop.example.cn/item/9.html")
    assert not shop.is_listing("https://shop.example.cn.evil.cn/item/9.html")


@settings(deadline=None)
@given(st.text(alphabet='{}[]":,@type Product nameoffers<>/script\x00', max_size=200))
def test_embedded_data_of_any_form_is_tolerated(text):
    tree = LexborHTMLParser(f'<script type="application/ld+json">{text}</script>')
    assert isinstance(product_fields(tree), dict)


def test_microdata_and_open_graph_are_understood():
    tree = LexborHTMLParser(
        '<meta property="og:title" content="叉车证"><div itemtype="https://schema.org/Product">'
        '<b itemprop="name">叉车证办理</b><meta itemprop="price" content="300"></div>'
    )
    assert product_fields(tree) == {"title": "叉车证办理", "price": "300"}


def test_shipped_definitions_load():
    assert {one.name for one in shipped_platforms()}


def test_own_definitions_come_before_shipped_ones(tmp_path):
    path = tmp_path / "shop.toml"
    path.write_text(SHOP, "utf-8")
    assert load_platforms(("shop",), [path])[0].title == "某商城"


@pytest.mark.parametrize(
    "text", ["name = 1", SHOP + "\nunknown = 2", SHOP.replace('kind = "html"', 'kind = "xml"'), "not toml at all ["]
)
def test_a_broken_definition_is_named(tmp_path, text):
    path = tmp_path / "broken.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputUnreadable) as wrong:
        load_platforms(("shop",), [path])
    assert "broken.toml" in wrong.value.zh


def test_an_unknown_or_missing_definition_is_named(tmp_path):
    with pytest.raises(SettingInvalid):
        load_platforms(("nosuch",))
    with pytest.raises(InputUnreadable):
        load_platforms(("shop",), [tmp_path / "absent.toml"])


def test_staff_read_every_shipped_platform_by_its_title():
    assert {one.name: one.title for one in shipped_platforms()} == PLATFORM_ZH


def test_staff_read_every_engine_by_its_title():
    assert {one.name for one in shipped_definitions()} <= set(ENGINE_ZH)
