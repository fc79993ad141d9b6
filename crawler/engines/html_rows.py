"""Finds found and paid rows of an HTML result page by a layout's selectors, whatever boxes stand around them. Pure."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.engines.definition import Definition, Layout
from crawler.engines.model import Row, RowKind, Wrapper
from crawler.engines.nodes import elements, first_match, first_words, heading_text, in_page_order, marked_as, text_of
from crawler.engines.targets import is_further_search, is_own, is_wrapper, shown_host, target_of_row, usable

__all__ = ["html_rows"]

_MAX_MARKUP = 60_000
_MAX_TEXT = 600
_MAX_ROWS = 100
_MAX_MATCHES = 300
"""Of one selector: no result page has more rows, a hostile one may."""
_MAX_ANCHORS, _MAX_LINKS = 5000, 1000
_MAX_DEPTH = 12
_MAX_MARK_DEPTH, _MAX_MARKED = 5, 200
"""How far around a link its mark is looked for, and how much may stand there."""
_MIN_BLOCK = 12
"""Characters an advert shows besides its link; a sub-link of an advert shows less."""
_DEAD = ("javascript:", "#", "data:", "tel:", "mailto:")


def html_rows(definition: Definition, layout: Layout, tree: LexborHTMLParser, url: str) -> tuple[list[Row], list[Row]]:
    """Return the found and the paid rows the layout sees."""
    never = _matching(tree, layout.never)
    marks = frozenset(definition.advert_marks)
    nodes = in_page_order(tree, _matching(tree, layout.rows))
    paid = _paid(definition, layout, tree, layout.base or url, {node.mem_id for node in nodes})
    inside = {node.mem_id for one in paid for node in one.traverse()}
    found: list[LexborNode] = []
    for node in nodes:
        if node.mem_id in never or node.mem_id in inside:
            continue
        # A row that holds adverts is a box of them, one that says so itself is one.
        if any(one.mem_id in inside for one in node.traverse()):
            continue
        (paid if marked_as(node, marks) else found).append(node)
    paid = in_page_order(tree, {node.mem_id: node for node in paid if node.mem_id not in never})
    reader = _Reader(definition, layout, url)
    return reader.rows(found[:_MAX_ROWS], RowKind.ORGANIC), reader.rows(paid[:_MAX_ROWS], RowKind.ADVERT)


def _matching(tree: LexborHTMLParser, selectors: Sequence[str]) -> dict[int, LexborNode]:
    return {node.mem_id: node for selector in selectors for node in tree.css(selector)[:_MAX_MATCHES]}


# --- paid rows --------------------------------------------------------------------------------------------------------


def _paid(definition: Definition, layout: Layout, tree: LexborHTMLParser, url: str, rows: set[int]) -> list[LexborNode]:
    """Return the paid rows: those the selectors name, and whatever row an advert's counting link stands in."""
    boxes = _matching(tree, layout.adverts)
    lists = set(_matching(tree, layout.lists))
    pattern = re.compile(definition.advert_links) if definition.advert_links else None
    paying: set[int] = set()
    marks = frozenset(definition.advert_marks)
    if pattern:
        links = [link for link in tree.css("a[href]")[:_MAX_ANCHORS] if pattern.match(_address(link, url))][:_MAX_LINKS]
        for link in links:
            paying |= _path_of(link)
        crowded = {key for box in boxes.values() for key in _path_of(box)}
        for link in links:
            box = _row_around(link, boxes, rows, lists, crowded)
            if box is None and rows:  # a layout that sees no rows does not know what else may stand in the box
                box = _marked_around(link, rows | lists | set(boxes), marks)
            if box is not None and len(boxes) < _MAX_MATCHES:
                boxes.setdefault(box.mem_id, box)
    return [block for box in _rows_in(tree, boxes) for block in _blocks(box, paying, marks, 0)]


def _rows_in(tree: LexborHTMLParser, boxes: dict[int, LexborNode]) -> list[LexborNode]:
    """Return the boxes in page order; one that holds several others is no row, they are."""
    rows: list[LexborNode] = []
    for box in in_page_order(tree, boxes):
        inner = {key: node for key, node in boxes.items() if key != box.mem_id and box.mem_id in _path_of(node)}
        several = _rows_in(tree, inner) if len(inner) > 1 else []
        rows += several if len(several) > 1 else [box]
    return rows


def _row_around(
    link: LexborNode, boxes: dict[int, LexborNode], rows: set[int], lists: set[int], crowded: set[int]
) -> LexborNode | None:
    """Return the row or box a paid link stands in; None: it stands in no list of rows, or in a row known already.

    `crowded` are the nodes that hold a box known already: what holds a row is none itself.
    """
    node: LexborNode | None = link
    widest: LexborNode | None = None
    while node is not None:
        if node.mem_id in boxes or node.mem_id in rows:
            return node
        if node.mem_id not in crowded:
            widest = node
        if node.parent is not None and node.parent.mem_id in lists:
            return widest
        node = node.parent
    return None


def _marked_around(link: LexborNode, taken: set[int], marks: frozenset[str]) -> LexborNode | None:
    """Return the smallest box around a paid link outside all lists that says it is an advert; None: none that holds nothing of `taken` does."""
    node = link.parent
    for _ in range(_MAX_MARK_DEPTH):
        within = list(islice(node.traverse(), _MAX_MARKED + 1)) if node is not None else []
        if node is None or len(within) > _MAX_MARKED or any(one.mem_id in taken for one in within):
            return None
        if marked_as(node, marks):
            return node
        node = node.parent
    return None


def _path_of(inner: LexborNode) -> set[int]:
    path, node = set(), inner.parent
    while node is not None:
        path.add(node.mem_id)
        node = node.parent
    return path


def _blocks(box: LexborNode, paying: set[int], marks: frozenset[str], depth: int) -> Iterator[LexborNode]:
    """Split a box of several adverts into them; an advert with sub-links stays whole."""
    inner = [child for child in elements(box) if child.mem_id in paying]
    if len(inner) == 1 and depth < _MAX_DEPTH and _may_hold_several(box, inner[0]):
        split = list(_blocks(inner[0], paying, marks, depth + 1))
        if len(split) > 1:
            yield from split
            return
    elif len(inner) > 1 and _are_alike(inner, marks):
        for child in inner:
            yield from _blocks(child, paying, marks, depth + 1)
        return
    yield box


def _may_hold_several(box: LexborNode, inner: LexborNode) -> bool:
    return inner.tag in {"ul", "ol"} or (box.tag not in {"li", "tr"} and inner.tag != "a")


def _are_alike(blocks: Sequence[LexborNode], marks: frozenset[str]) -> bool:
    """Say whether these are several adverts, and not the parts of one."""
    if len({one.tag for one in blocks}) > 1 or blocks[0].tag in {"tr", "td", "tbody", "p", "span", "a"}:
        return False
    if len({one.attributes.get("class") or "" for one in blocks}) > 1:
        # Adverts in a box may differ in a class that numbers them; then each has a heading or a mark of its own.
        if not all(one.css_first("h2, h3") or marked_as(one, marks) for one in blocks):
            return False
    elif blocks[0].tag != "li" and not blocks[0].attributes.get("class"):
        return False
    return all(_says_more_than_its_link(one) or marked_as(one, marks) for one in blocks)


def _says_more_than_its_link(block: LexborNode) -> bool:
    link = block.css_first("a[href]")
    return link is not None and len(text_of(block)) - len(heading_text(link)) >= _MIN_BLOCK


# --- rows -------------------------------------------------------------------------------------------------------------


class _Reader:
    """Reads rows of one layout."""

    def __init__(self, definition: Definition, layout: Layout, url: str) -> None:
        self._definition = definition
        self._layout = layout
        self._url = layout.base or url
        self._never_titles = re.compile(definition.never_titles) if definition.never_titles else None
        self._never_links = re.compile(definition.never_links) if definition.never_links else None
        self._marks = frozenset(definition.advert_marks)

    def rows(self, nodes: Sequence[LexborNode], kind: RowKind) -> list[Row]:
        """Return the rows that have a title and lead somewhere, ranked among themselves."""
        rows: list[Row] = []
        for node in nodes:
            row = self._row(node, kind, len(rows) + 1)
            if row is not None:
                rows.append(row)
        return rows

    def _row(self, node: LexborNode, kind: RowKind, rank: int) -> Row | None:
        heading, link = self._heading(node, kind)
        title = heading_text(heading) if heading is not None else ""
        begins = first_words(node) if kind is RowKind.ORGANIC else title  # an advert may begin with what marks it
        if not title or title in self._marks or self._is_never(title) or self._is_never(begins):
            return None
        href = _address(link, self._url)
        target = target_of_row(self._definition.targets, node, link, href) or self._shown(node, href, kind)
        is_wrapped = is_wrapper(self._definition, href)
        if not target and href and not is_wrapped:
            target = usable(href)
        if not href and not target:
            return None
        if self._never_links and self._never_links.search(href or target):
            return None
        if not is_wrapped and is_further_search(self._definition, href):
            return None
        if kind is RowKind.ADVERT and target and is_own(self._definition, target):
            return None  # the engine advertises itself
        return Row(
            kind=kind,
            rank=rank,
            title=title,
            url=href or target,
            target=target,
            text=text_of(first_match(node, self._layout.snippets) or node)[:_MAX_TEXT],
            advertiser=text_of(first_match(node, self._layout.advertisers)) if kind is RowKind.ADVERT else "",
            markup=(node.html or "")[:_MAX_MARKUP],
            wrapper=Wrapper(url=href, is_paid=kind is RowKind.ADVERT) if is_wrapped else None,
        )

    def _is_never(self, words: str) -> bool:
        return self._never_titles is not None and bool(self._never_titles.search(words))

    def _heading(self, node: LexborNode, kind: RowKind) -> tuple[LexborNode | None, LexborNode | None]:
        """Return what heads the row, and the link that goes with it."""
        for selector in self._layout.titles:
            for heading in node.css(selector)[:5]:
                if heading_text(heading):
                    return heading, _link_of(heading, node)
        if kind is RowKind.ADVERT or node.tag == "a":
            for link in node.css("a[href]")[:10]:
                if len(heading_text(link)) > 1 and _is_live(link):
                    return link, link
        return None, None

    def _shown(self, node: LexborNode, href: str, kind: RowKind) -> str:
        if kind is not RowKind.ADVERT or (href and not is_own(self._definition, href)):
            return ""
        return usable(shown_host(text_of(first_match(node, self._layout.shown_addresses))))


def _link_of(heading: LexborNode, row: LexborNode) -> LexborNode | None:
    if heading.tag == "a" and _is_live(heading):
        return heading
    inner = next((one for one in heading.css("a[href]") if _is_live(one)), None)
    up = heading.parent
    while inner is None and up is not None and up.mem_id != row.mem_id:
        if up.tag == "a" and _is_live(up):
            inner = up
        up = up.parent
    if inner is None and row.tag == "a" and _is_live(row):
        return row
    return inner or next((one for one in row.css("a[href]")[:20] if _is_live(one)), None)


def _is_live(link: LexborNode) -> bool:
    href = (link.attributes.get("href") or "").strip()
    return bool(href) and not href.lower().startswith(_DEAD)


def _address(link: LexborNode | None, url: str) -> str:
    if link is None:
        return ""
    try:
        address = urljoin(url, (link.attributes.get("href") or "").strip())
        return address if urlsplit(address).scheme in {"http", "https"} else ""
    except ValueError:
        return ""
