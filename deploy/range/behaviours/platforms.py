"""Three pretend platforms: a shop with JSON-LD, a mall with its own JSON, and a classifieds board in an old encoding."""

from dataclasses import dataclass
from datetime import datetime

from deploy.range.behaviours.templates import render
from deploy.range.exchange import Answer, Request, as_html, as_json
from deploy.range.model import Listing
from deploy.range.search import find_listings
from deploy.range.stage import Stage
from deploy.range.world import LISTING_PATHS
from pipelines.clock import CHINA

__all__ = ["anpeiyun", "gongyou", "zhaohuo"]

_PER_PAGE = 20
_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c63e80f0000fd00fca80276270000000049454e44ae426082"
)


def anpeiyun(request: Request, stage: Stage) -> Answer:
    """shop.anpeiyun.com: HTML throughout, each product with JSON-LD."""
    if request.path == "/search":
        return as_html(render("anpeiyun_search.html", found=_search(request, stage, "q", "page")))
    item, is_gone = _listing(request, stage)
    if item is not None:
        return as_html(render("anpeiyun_item.html", item=item, product=_product(item)))
    if is_gone:
        return as_html(render("not_found.html", sentence="该商品已下架。"), 404)
    return _otherwise(request, "anpeiyun_home.html", "没有这件商品。")


def gongyou(request: Request, stage: Stage) -> Answer:
    """www.gongyou-mall.com: pages are shells that a script fills from `/api/…`; errors come with status 200 and a code."""
    if request.path == "/api/search":
        found = _search(request, stage, "keyword", "page")
        items = [_as_item(item) for item in found.items]
        listed = {"total": found.total, "page": found.page, "pageSize": _PER_PAGE, "list": items}
        return as_json({"code": 0, "message": "ok", "data": listed})
    if request.path.startswith("/api/item/"):
        item, is_gone = _listing(request, stage)
        if item is not None:
            return as_json({"code": 0, "message": "ok", "data": {**_as_item(item), "desc": item.text}})
        return as_json({"code": 40410, "message": "商品已下架" if is_gone else "商品不存在", "data": None})
    if request.path.startswith("/item/"):
        item, _ = _listing(request, stage)
        return as_html(render("gongyou_item.html", item_id=request.path.rpartition("/")[2]), 200 if item else 404)
    return _otherwise(request, "gongyou_home.html", "页面不存在。")


def zhaohuo(request: Request, stage: Stage) -> Answer:
    """bj.zhaohuo-board.com: a list and detail pages in GB 18030, prices often to be agreed."""
    if request.path == "/sou/":
        return as_html(render("zhaohuo_search.html", found=_search(request, stage, "key", "pn")), 200, "gb18030")
    item, is_gone = _listing(request, stage)
    if item is not None:
        return as_html(render("zhaohuo_item.html", item=item), 200, "gb18030")
    if is_gone:
        return as_html(render("zhaohuo_gone.html"), 200, "gb18030")
    return _otherwise(request, "zhaohuo_home.html", "信息不存在。", "gb18030")


@dataclass(frozen=True, slots=True)
class _Found:
    """One page of a platform's search."""

    query: str
    page: int
    pages: int
    total: int
    items: list[Listing]


def _search(request: Request, stage: Stage, words: str, page: str) -> _Found:
    query, number = request.parameter(words), max(request.number(page, 1), 1)
    found = find_listings(stage.world.listings, request.host.name, query, stage.phase)
    start = (number - 1) * _PER_PAGE
    return _Found(query, number, max(-(-len(found) // _PER_PAGE), 1), len(found), found[start : start + _PER_PAGE])


def _listing(request: Request, stage: Stage) -> tuple[Listing | None, bool]:
    """Return the listing of a detail page and whether it was taken down."""
    path = request.path.removeprefix("/api")
    pattern = LISTING_PATHS[request.host.name]
    own = (item for item in stage.world.listings if item.platform == request.host.name)
    item = next((item for item in own if pattern.format(id=item.id) == path), None)
    if item is not None and stage.phase in item.gone_in:
        return None, True
    return item, False


def _product(item: Listing) -> dict[str, object]:
    """Return the JSON-LD of a product."""
    return {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": item.title,
        "description": item.text,
        "sku": item.id,
        "url": item.url,
        "image": [f"https://{item.platform}/img/{item.image}"] if item.image else [],
        "releaseDate": f"{item.published.replace(' ', 'T')}:00+08:00",
        "offers": {
            "@type": "Offer",
            "price": item.price,
            "priceCurrency": "CNY",
            "availability": "https://schema.org/InStock",
            "areaServed": item.area,
            "seller": {"@type": "Organization", "name": item.seller},
        },
    }


def _as_item(item: Listing) -> dict[str, object]:
    """Return a listing as the mall's own JSON: price in fen, time in milliseconds."""
    published = datetime.strptime(item.published, "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)
    return {
        "itemId": item.id,
        "title": item.title,
        "priceCent": round(float(item.price) * 100),
        "shopName": item.seller,
        "city": item.area,
        "publishTime": int(published.timestamp() * 1000),
        "picUrl": f"https://{item.platform}/img/{item.image}" if item.image else "",
        "detailUrl": item.url,
    }


def _otherwise(request: Request, home: str, sentence: str, charset: str = "utf-8") -> Answer:
    if request.path == "/":
        return as_html(render(home), 200, charset)
    if request.path.startswith("/img/"):
        return Answer(headers=(("content-type", "image/png"),), body=_PIXEL)
    return as_html(render("not_found.html", sentence=sentence), 404)
