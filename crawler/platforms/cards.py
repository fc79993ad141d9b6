"""Reads listings off a saved page as it stands, where its scripts are gone: what surrounds each link to an item. Pure.

Class names of platforms change with every build, addresses of items hardly ever do.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.platforms.model import Item, Platform

__all__ = ["cards", "own_item"]

_MAX_LINKS, _MAX_CARDS = 5000, 200
_MAX_DEPTH = 10
_MAX_NODES, _MAX_PAGE_NODES = 400, 5000
_MIN_TEXT = 6
"""Characters of what an item says besides its title; shorter is a count, a badge or a place."""
_MAX_TEXT = 2000
_INLINE = frozenset(
    {"-text", "a", "b", "em", "font", "i", "label", "mark", "small", "span", "strong", "sub", "sup", "u"}
)
_SILENT = frozenset({"script", "style", "noscript", "template", "svg"})
_PRICE = re.compile(r"[¥￥]\s*(\d[\d,]*(?:\.\d+)?\s*[万千]?)")
_BESIDE = re.compile(
    r"[¥￥]|\d[\d,.\s]*[万千+]*\S{0,4}$|\d+\s*(?:秒|分钟|小时|天|周|个?月|年)前|(?:今天|昨天|前天|\d{1,2}月\d|\d{4}[-/.年])[\d\s:月日/.-]*$"
)
"""What stands beside a title: prices, counts, moments."""
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_PRICED = '[class*="price"], [class*="Price"]'
_IMAGE = ("src", "data-src", "data-lazy-img", "data-original")


def cards(platform: Platform, tree: LexborHTMLParser, url: str) -> Iterator[dict[str, str]]:
    """Yield field → text of every item a page shows, in its order. Who sells is not read: pages name persons in any place."""
    links: dict[str, list[LexborNode]] = {}
    items: dict[str, Item] = {}
    for link in tree.css("a[href]")[:_MAX_LINKS]:
        item = platform.item_at(_address(link, url))
        if item:
            links.setdefault(item.url, []).append(link)
            items[item.url] = item
    held = _items_within(links)
    for address in list(links)[:_MAX_CARDS]:
        fields = _fields(_card(links[address], held), links[address])
        if fields["title"]:
            yield {"id": items[address].id, "url": address, **fields}


def own_item(platform: Platform, tree: LexborHTMLParser, url: str) -> dict[str, str]:
    """Return what the page of one item calls itself, and says besides its links; empty: the address is no item's."""
    item = platform.item_at(url)
    headings = [_spaced(one) for one in (*tree.css("h1")[:5], *tree.css("title")[:1])]
    # A short heading is the platform's own name.
    title = next((one for one in headings if len(one) >= _MIN_TEXT), "")
    if not item or not title:
        return {}
    links = {link.mem_id for link in tree.css("a")}
    blocks = _blocks(tree.body, links, _MAX_PAGE_NODES) if tree.body is not None else ()
    said = " ".join(one for one in blocks if len(one) >= _MIN_TEXT and one != title)
    return {"id": item.id, "url": item.url, "title": title, "text": said[:_MAX_TEXT]}


def _address(link: LexborNode, url: str) -> str:
    try:
        return urljoin(url, (link.attributes.get("href") or "").strip())
    except ValueError:
        return ""


def _items_within(links: dict[str, list[LexborNode]]) -> dict[int, set[str]]:
    """Return node → the items that are linked inside it."""
    held: dict[int, set[str]] = {}
    for address, nodes in links.items():
        for link in nodes:
            for node in _upwards(link):
                held.setdefault(node.mem_id, set()).add(address)
    return held


def _upwards(link: LexborNode) -> Iterator[LexborNode]:
    node: LexborNode | None = link
    for _ in range(_MAX_DEPTH):
        if node is None or node.tag in {"body", "html"}:
            return
        yield node
        node = node.parent


def _card(links: list[LexborNode], held: dict[int, set[str]]) -> LexborNode:
    """Return the widest box around an item's first link in which no other item is linked, and that is no whole page."""
    card = links[0]
    for node in _upwards(links[0]):
        if len(held[node.mem_id]) > 1 or sum(len(one) for one in _blocks(node)) > _MAX_TEXT:
            break
        card = node
    return card


def _fields(card: LexborNode, links: list[LexborNode]) -> dict[str, str]:
    own = {link.mem_id for link in links}
    # Links elsewhere name shops and persons.
    blocks = list(_blocks(card, without={link.mem_id for link in card.css("a[href]")} - own))
    title = _title(links) or _longest(blocks) or max(blocks, key=len, default="")
    price = next((found[1] for block in blocks if (found := _PRICE.search(block))), "") or _bare_price(card)
    said = [one for one in blocks if len(one) >= _MIN_TEXT and one != title and not _BESIDE.match(one)]
    images = [source for one in card.css("img")[:5] if (source := _image(one))]
    return {
        "title": title,
        "price": f"¥{price}" if price else "",
        "text": " ".join(said)[:_MAX_TEXT],
        "images": images[0] if images else "",
    }


def _title(links: list[LexborNode]) -> str:
    """Return what the links of an item call it: a title spelled out for the mouse, a heading, else their longest line; empty: nothing."""
    for link in links:
        for one in (link, *link.css("[title]")[:3]):
            if len(told := (one.attributes.get("title") or "").strip()) >= _MIN_TEXT:
                return told
    headings = [
        text
        for link in links
        if (heading := link.css_first("h1, h2, h3, h4")) is not None and (text := _spaced(heading))
    ]
    return max(headings, key=len, default="") or _longest(line for link in links for line in _blocks(link))


def _longest(lines: Iterable[str]) -> str:
    return max((one for one in lines if not _BESIDE.match(one)), key=len, default="")


def _bare_price(card: LexborNode) -> str:
    node = card.css_first(_PRICED)
    found = _NUMBER.search("".join(_blocks(node))) if node is not None else None
    return found.group(0) if found else ""


def _image(node: LexborNode) -> str:
    sources = ((node.attributes.get(name) or "").strip() for name in _IMAGE)
    return next((one for one in sources if one.startswith(("http", "//"))), "")


def _blocks(node: LexborNode, without: Collection[int] = (), most: int = _MAX_NODES) -> Iterator[str]:
    """Yield the lines a person sees in the node but not in those `without`, white space folded: what stands in one line is one text."""
    line: list[str] = []
    for piece in _pieces(node, without, most):
        if piece is not None:
            line.append(piece)
        elif text := " ".join("".join(line).split()):
            yield text
            line = []
    if text := " ".join("".join(line).split()):
        yield text


def _pieces(node: LexborNode, without: Collection[int], most: int) -> Iterator[str | None]:
    """Yield texts in order, None where a line ends."""
    waiting: list[LexborNode | None] = [node]
    seen = 0
    while waiting and seen < most:
        one = waiting.pop()
        seen += 1
        if one is None:
            yield None
        elif one.tag == "-text":
            yield one.text_content or ""
        elif one.tag not in _SILENT and one.mem_id not in without:
            inner: list[LexborNode | None] = list(one.iter(include_text=True))
            ends = [] if one.tag in _INLINE else [None]
            waiting += [*ends, *reversed(inner), *ends]


def _spaced(node: LexborNode) -> str:
    return " ".join(_blocks(node))
