"""Small readings of a page's tree that all layouts share. Pure."""

import re
from collections.abc import Iterable, Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

__all__ = ["elements", "first_match", "first_words", "heading_text", "in_page_order", "marked_as", "text_of"]

_SPACE = re.compile(r"\s+")
_SILENT = frozenset({"script", "style", "noscript", "template", "textarea"})
_BLOCKS = frozenset({"div", "p", "ul", "ol", "dl", "table", "section"})
_EMPHASIS = frozenset({"em", "b", "strong", "mark"})
_MAX_NODES = 20_000


def text_of(node: LexborNode | None) -> str:
    """Return the text a person sees in the node, white space folded."""
    return _SPACE.sub(" ", "".join(_pieces(node, _SILENT))).strip() if node else ""


def heading_text(node: LexborNode) -> str:
    """Return the text of a heading; where a link wraps heading and snippet, the heading alone."""
    if node.tag == "a":
        inner = node.css_first("h1, h2, h3, h4")
        if inner is not None and (text := text_of(inner)):
            return text
        if short := _SPACE.sub(" ", "".join(_pieces(node, _SILENT | _BLOCKS))).strip():
            return short
        blocks = [text for child in elements(node) if (text := text_of(child))]
        if len(blocks) > 1:
            return blocks[0]
    return text_of(node)


def first_words(node: LexborNode) -> str:
    """Return the first piece of text in the node: how a box begins tells what it is where it has no heading."""
    return next((words for piece in _pieces(node, _SILENT) if (words := piece.strip())), "")


def _pieces(node: LexborNode, left_out: frozenset[str]) -> Iterator[str]:
    waiting, seen = [node], 0
    while waiting and seen < _MAX_NODES:
        one = waiting.pop()
        seen += 1
        if one.tag == "-text":
            yield one.text_content or ""
        elif one.mem_id == node.mem_id or one.tag not in left_out:
            waiting += reversed(list(one.iter(include_text=True)))


def elements(node: LexborNode) -> list[LexborNode]:
    """Return the element children."""
    return [child for child in node.iter() if child.tag and child.tag[0] not in "-!"]


def first_match(node: LexborNode, selectors: Iterable[str]) -> LexborNode | None:
    """Return what the first selector that matches anything finds first."""
    for selector in selectors:
        found = node.css_first(selector)
        if found is not None:
            return found
    return None


def marked_as(node: LexborNode, words: frozenset[str]) -> bool:
    """Say whether a small element, outside headings and highlighted words, says nothing but one of the words."""
    if not words:
        return False
    for one in node.traverse():
        if one.tag in {"span", "i", "div", "a", "label", "font", "cite", "ins"} and one.child is not None:
            said = one.text(deep=False, strip=True)
            if said in words and text_of(one) == said and not _is_in_heading(one, node):
                return True
    return False


def _is_in_heading(one: LexborNode, row: LexborNode) -> bool:
    up: LexborNode | None = one
    while up is not None and up.mem_id != row.mem_id:
        if up.tag in {"h1", "h2", "h3", "h4", *_EMPHASIS}:
            return True
        up = up.parent
    return False


def in_page_order(tree: LexborHTMLParser, nodes: dict[int, LexborNode]) -> list[LexborNode]:
    """Return the nodes that are in no other of them, in page order."""
    kept = {key: node for key, node in nodes.items() if not _has_ancestor(node, nodes)}
    if len(kept) <= 1 or tree.root is None:
        return list(kept.values())
    return [kept[node.mem_id] for node in tree.root.traverse() if node.mem_id in kept]


def _has_ancestor(node: LexborNode, nodes: dict[int, LexborNode]) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.mem_id in nodes:
            return True
        parent = parent.parent
    return False
