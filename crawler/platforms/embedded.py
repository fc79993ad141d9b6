"""Reads what a page says about a product in machine-readable form: JSON-LD, microdata, OpenGraph. Pure and tolerant."""

from collections.abc import Iterator
from typing import Any

import msgspec
from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["product_fields", "products"]

_KINDS = frozenset({"product", "offer", "service", "classifiedad", "productgroup", "individualproduct", "course"})
_MAX_SCRIPTS = 20
_MAX_SCRIPT = 500_000
_MAX_NODES = 500
_MAX_PRODUCTS = 200
_SEVERAL = 2
_OPEN_GRAPH = {
    "og:title": "title",
    "og:description": "text",
    "og:url": "url",
    "og:image": "images",
    "product:price:amount": "price",
    "og:price:amount": "price",
}
_MICRODATA = {
    "name": "title",
    "description": "text",
    "price": "price",
    "sku": "id",
    "url": "url",
    "seller": "seller",
    "image": "images",
}


def product_fields(tree: LexborHTMLParser) -> dict[str, str]:
    """Return field → text of the product the page describes; empty: it describes none."""
    fields: dict[str, str] = {}
    for source in (_json_ld(tree), _microdata(tree), _open_graph(tree)):
        for name, text in source.items():
            if text and not fields.get(name):
                fields[name] = text
    return fields


def products(tree: LexborHTMLParser) -> list[dict[str, str]]:
    """Return the fields of every product a page describes: several of a list, or the one of its own page."""
    listed = [fields for fields in _all_json_ld(tree) if fields.get("title")]
    if len(listed) < _SEVERAL:
        scopes = tree.css('[itemtype*="schema.org/Product"]')[:_MAX_PRODUCTS]
        listed = [fields for scope in scopes if (fields := _in_scope(scope)).get("title")]
    if len({(one.get("url"), one["title"]) for one in listed}) >= _SEVERAL:
        return listed[:_MAX_PRODUCTS]
    own = product_fields(tree)
    return [own] if own.get("title") else []


def _json_ld(tree: LexborHTMLParser) -> dict[str, str]:
    return next(_all_json_ld(tree), {})


def _all_json_ld(tree: LexborHTMLParser) -> Iterator[dict[str, str]]:
    for script in tree.css('script[type="application/ld+json"]')[:_MAX_SCRIPTS]:
        try:
            content = msgspec.json.decode(script.text(deep=True)[:_MAX_SCRIPT])
        except (msgspec.DecodeError, RecursionError, UnicodeError):
            continue
        for thing in _things(content):
            if _KINDS & {kind.lower() for kind in _texts(thing.get("@type"))}:
                yield _of_product(thing)


def _things(content: Any) -> Iterator[dict[str, Any]]:
    waiting, seen = [content], 0
    while waiting and seen < _MAX_NODES:
        thing = waiting.pop(0)
        seen += 1
        if isinstance(thing, list):
            waiting += thing
        elif isinstance(thing, dict):
            yield thing
            waiting += [thing[key] for key in ("@graph", "mainEntity", "itemListElement", "item") if key in thing]


def _of_product(thing: dict[str, Any]) -> dict[str, str]:
    offers = thing.get("offers")
    offer = offers[0] if isinstance(offers, list) and offers else offers
    offer = offer if isinstance(offer, dict) else thing
    seller = offer.get("seller") or thing.get("seller") or thing.get("brand")
    return {
        "id": _first(thing.get("sku"), thing.get("productID"), thing.get("@id")),
        "title": _first(thing.get("name"), thing.get("headline")),
        "text": _first(thing.get("description")),
        "url": _first(thing.get("url"), offer.get("url")),
        "price": _first(offer.get("price"), offer.get("lowPrice")),
        "seller": _first(seller.get("name") if isinstance(seller, dict) else seller),
        "area": _first(offer.get("areaServed"), offer.get("availableAtOrFrom")),
        "published_at": _first(thing.get("releaseDate"), thing.get("datePublished"), offer.get("validFrom")),
        "images": " ".join(_texts(thing.get("image"))),
    }


def _first(*values: Any) -> str:
    return next((text for value in values for text in _texts(value) if text), "")


def _texts(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for one in value[:20] for text in _texts(one)]
    if isinstance(value, dict):
        return _texts(value.get("name") or value.get("url"))
    return [str(value).strip()] if isinstance(value, str | int | float) and not isinstance(value, bool) else []


def _microdata(tree: LexborHTMLParser) -> dict[str, str]:
    scope = tree.css_first('[itemtype*="schema.org/Product"], [itemtype*="schema.org/Offer"]')
    return _in_scope(scope) if scope is not None else {}


def _in_scope(scope: LexborNode) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in scope.css("[itemprop]"):
        name = _MICRODATA.get(node.attributes.get("itemprop") or "")
        if name:
            found.setdefault(name, _property(node))
    return found


def _property(node: LexborNode) -> str:
    told = (node.attributes.get(name) for name in ("content", "src", "href"))
    return (next(filter(None, told), "") or node.text(deep=True)).strip()


def _open_graph(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in tree.css("meta[property][content]"):
        name = _OPEN_GRAPH.get((meta.attributes.get("property") or "").lower())
        if name:
            found.setdefault(name, (meta.attributes.get("content") or "").strip())
    return found
