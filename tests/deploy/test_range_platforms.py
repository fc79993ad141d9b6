import csv
import json
from urllib.parse import quote

import pytest
from selectolax.lexbor import LexborHTMLParser

from deploy.range.world import ROOT, load_world
from keywords.hosts import canonical_host

WORLD = load_world()
SHOP, MALL, BOARD = "shop.anpeiyun.com", "www.gongyou-mall.com", "bj.zhaohuo-board.com"


def listings_of(platform: str):
    return [item for item in WORLD.listings if item.platform == platform]


def test_the_shop_has_json_ld_on_every_page(visitor) -> None:
    for item in listings_of(SHOP)[::4]:
        page = LexborHTMLParser(visitor.read(item.url)[1])
        product = json.loads(page.css_first('script[type="application/ld+json"]').text())
        assert product["@type"] == "Product"
        assert (product["name"], product["description"]) == (item.title, item.text)
        assert product["offers"]["price"] == item.price
        assert product["offers"]["seller"]["name"] == item.seller


def test_the_shop_search_leads_to_the_items(visitor) -> None:
    page = LexborHTMLParser(visitor.read(f"https://{SHOP}/search?q={quote('电工证')}")[1])
    cards = page.css("li.goods-card")
    assert cards
    known = {item.url for item in listings_of(SHOP)}
    assert {f"https://{SHOP}{card.css_first('a').attributes['href']}" for card in cards} <= known


def test_the_mall_speaks_its_own_json(visitor) -> None:
    found = json.loads(visitor.read(f"https://{MALL}/api/search?keyword={quote('操作证 包过')}&page=1")[1])
    assert found["code"] == 0
    assert found["data"]["total"] >= len(found["data"]["list"]) > 3
    first = found["data"]["list"][0]
    item = json.loads(visitor.read(f"https://{MALL}/api/item/{first['itemId']}")[1])["data"]
    known = next(listing for listing in WORLD.listings if listing.url == item["detailUrl"])
    assert (item["title"], item["desc"], item["priceCent"]) == (
        known.title,
        known.text,
        round(float(known.price) * 100),
    )
    assert visitor.read(known.url)[0] == 200


def test_the_mall_answers_errors_with_a_code(visitor) -> None:
    status, text = visitor.read(f"https://{MALL}/api/item/1")
    assert (status, json.loads(text)["code"]) == (200, 40410)
    assert visitor.read(f"https://{MALL}/item/1")[0] == 404


def test_the_board_is_in_an_old_encoding(visitor) -> None:
    item = listings_of(BOARD)[5]
    assert "❤" in item.text
    with visitor.ask(item.url) as answer:
        assert answer.headers["content-type"] == "text/html; charset=gb18030"
        page = LexborHTMLParser(answer.read().decode("gb18030"))
    assert page.css_first("h1").text() == item.title
    assert page.css_first(".description_con").text() == item.text
    assert page.css_first(".lxr").text() == item.seller


def test_the_board_lists_what_it_finds(visitor) -> None:
    with visitor.ask(f"https://{BOARD}/sou/?key={quote('操作证')}") as answer:
        page = LexborHTMLParser(answer.read().decode("gb18030"))
    links = {row.css_first("a").attributes["href"] for row in page.css("tr.infolist-row")}
    assert links <= {item.url for item in listings_of(BOARD)}
    assert len(links) > 5


@pytest.mark.parametrize("platform", [SHOP, MALL, BOARD])
def test_searches_end(visitor, platform: str) -> None:
    path = {
        SHOP: "/search?q=电工证&page={}",
        MALL: "/api/search?keyword=电工证&page={}",
        BOARD: "/sou/?key=电工证&pn={}",
    }[platform]
    for page in ("1", "2", "99", "-1", "x", "9" * 30):
        with visitor.ask(f"https://{platform}{quote(path.format(page), safe='/?&=')}") as answer:
            assert answer.status == 200


def test_images_are_images(visitor) -> None:
    with visitor.ask(f"https://{SHOP}/img/card-photo-01.png") as answer:
        assert answer.read().startswith(b"\x89PNG")


def test_what_is_only_in_the_export_is_not_found_but_exists(visitor) -> None:
    for item in (item for item in listings_of(SHOP) if not item.is_searchable):
        assert item.id not in visitor.read(f"https://{SHOP}/search?q={quote(item.title)}")[1]
        assert visitor.read(item.url)[0] == 200


def test_the_export_agrees_with_the_listings() -> None:
    by_url = {item.url: item for item in WORLD.listings}
    with (ROOT / "data" / "platform_export.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {item.url for item in WORLD.listings if not item.is_searchable} <= {row["链接"] for row in rows}
    for row in rows:
        item = by_url[row["链接"]]
        assert (row["商品ID"], row["标题"], row["价格"], row["卖家"], row["描述"]) == (
            item.id,
            item.title,
            item.price,
            item.seller,
            item.text,
        )


def test_the_list_of_new_names_has_two_counterfeits_noise_and_one_broken_line() -> None:
    lines = [
        line.partition("#")[0].strip() for line in (ROOT / "data" / "new_names.txt").read_text("utf-8").splitlines()
    ]
    names, broken = [], []
    for line in lines:
        if line:
            try:
                names.append(canonical_host(line))
            except ValueError:
                broken.append(line)
    assert len(broken) == 1
    assert len(names) >= 10
    fakes = {host.name for host in WORLD.hosts if host.kind == "counterfeit"} & set(names)
    assert len(fakes) >= 2
    assert {host.name for host in WORLD.hosts if host.truth and "files" in host.truth.found_by} <= set(names)
