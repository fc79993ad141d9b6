"""From markup to what a visitor sees: text, footer, headings, forms, links, images, files.

Pages are hostile: the markup is tamed first (`tame`), the tree is walked once without recursion, everything is counted.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from detectors.model import Image, Link, PageContent
from detectors.pages.decode import decode_html
from detectors.pages.footer import find_footer, is_footer_element
from detectors.pages.inputs import FormReader
from detectors.pages.tame import tame

__all__ = ["MAX_LINKS", "MAX_TEXT", "decode_html", "read_page"]

MAX_TEXT = 200_000
"""Characters of visible text kept."""
MAX_LINKS = 2_000
"""Links kept; the same for images, scripts and styles."""
_MAX_NODES = 150_000
"""Elements and texts visited; a page a person can read has a tenth of it."""
_MAX_URL = 2_000
_MAX_METAS = 200
_MAX_HEADINGS = 100
_MAX_PARTS = 60
"""Pieces of text joined to the words of one element."""
_MAX_WORDS = 300
"""Characters kept of a link's, heading's or button's words."""

_SILENT = frozenset(("script", "style", "noscript", "template", "iframe", "object", "head", "svg", "math", "datalist"))
_BLOCKS_NAMES = (
    "address article aside blockquote body br button caption center dd dialog div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr legend li main nav ol option p pre section select table tbody td tfoot th thead title tr ul"
)
_BLOCKS = frozenset(_BLOCKS_NAMES.split())
_HEAD_TAGS = frozenset(("meta", "link", "base", "title"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_TELLING = _HEADINGS | frozenset(("a", "img", "footer", "form", "input", "textarea", "select", "label", "button"))
"""Elements that mean something without any attribute."""
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BLANKS = re.compile(r"[\s\u200b\ufeff\xa0]+")
_ORIGIN = re.compile(r"(https?://[a-z0-9.-]{1,250}(?::\d{1,5})?)/")
_PLAIN_PATH = re.compile(r"/(?:[!-.0-\[\]-~][!-\[\]-~]*)?$")
"""A path that joins to its origin as it is: no second slash in front, no blanks, no backslashes."""
_TITLE_HEADING = re.compile(
    r"(?:^|[\s_-])(?:logo|site-?name|site-?title|sys-?name|sys-?title|platform-?name)(?:$|[\s_-])", re.IGNORECASE
)


def read_page(html: str, url: str) -> PageContent:
    """Return what a page shows and holds; `url` is where it was served and makes its links absolute. Never raises.

    Looks at the first 2,000,000 characters of markup; keeps 200,000 characters of text and 2,000 links. Hidden elements
    (attribute `hidden`, inline `display:none`) do not count as visible; scripts are not run.
    """
    tree = LexborHTMLParser(tame(html).encode("utf-8", "replace"))
    reader = _Reader(base=url, origin=_origin_of(url))
    root = tree.root
    if root is not None:
        _walk(root, reader)
    return reader.content()


def _walk(root: LexborNode, reader: "_Reader") -> None:
    node: LexborNode | None = root
    depth = visited = 0
    while node is not None and visited < _MAX_NODES:
        visited += 1
        descends = reader.enter(node)
        below = node.first_child if descends else None
        if below is not None:
            node, depth = below, depth + 1
            continue
        if descends:
            reader.leave(node)
        following = node.next
        while following is None and depth > 0:
            parent = node.parent
            if parent is None:
                return
            node, depth = parent, depth - 1
            reader.leave(node)
            following = node.next
        node = following if depth > 0 else None


@dataclass(slots=True)
class _Reader:
    base: str
    origin: str = ""
    """Scheme and host of `base`; empty: not plain enough to put a path behind it unread."""
    title: str = ""
    size: int = 0
    parts: list[str] = field(default_factory=list)
    """Visible text in order; a line feed between blocks."""
    footers: list[tuple[int, int]] = field(default_factory=list)
    """Ranges of `parts` inside elements that call themselves a footer."""
    headings: list[str] = field(default_factory=list)
    metas: list[tuple[str, str]] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    last_alt: str = ""
    forms: FormReader = field(default_factory=FormReader)
    opened: list[tuple[int, str, int]] = field(default_factory=list)
    """Elements whose words are wanted when they close: (identity, what for, place in `parts`)."""

    def enter(self, node: LexborNode) -> bool:
        """Take in a node; say whether its children are to be read (then `leave` follows)."""
        if node.is_text_node:
            self._add_text(node.text_content or "")
            return False
        tag = node.tag or ""
        if not node.is_element_node:
            return tag == "-document" or node.is_document_node
        attributes = node.attributes
        if tag in _SILENT or tag in _HEAD_TAGS:
            self._take_silent(node, tag, attributes)
            return tag == "head"
        if attributes and _is_hidden(attributes):
            return False
        if tag in _BLOCKS:
            self._break()
        if attributes or tag in _TELLING:
            self._take(node, tag, attributes)
        return True

    def leave(self, node: LexborNode) -> None:
        """Close an element that was entered."""
        while self.opened and self.opened[-1][0] == node.mem_id:
            _, use, start = self.opened.pop()
            self._close(use, start)
        if (node.tag or "") in _BLOCKS:
            self._break()

    def content(self) -> PageContent:
        """Return everything taken in."""
        lines = _lines("".join(self.parts))
        marked = _lines("\n".join("".join(self.parts[start:end]) for start, end in self.footers))
        return PageContent(
            title=self.title,
            text="\n".join(lines),
            footer=find_footer(lines, marked),
            headings=tuple(dict.fromkeys(self.headings)),
            metas=tuple(self.metas),
            forms=self.forms.forms(),
            links=tuple(self.links),
            images=tuple(self.images),
            scripts=tuple(dict.fromkeys(self.scripts)),
            styles=tuple(dict.fromkeys(self.styles)),
        )

    def _add_text(self, text: str) -> None:
        words = " " if text.isspace() else _BLANKS.sub(" ", text[: MAX_TEXT - self.size])
        if words and self.size < MAX_TEXT:
            self.parts.append(words)
            self.size += len(words)
            self.forms.hear(words)

    def _break(self) -> None:
        if self.parts and self.parts[-1] != "\n":
            self.parts.append("\n")
            self.forms.break_line()

    def _take_silent(self, node: LexborNode, tag: str, attributes: dict[str, str | None]) -> None:
        if tag == "title" and not self.title:
            self.title = _squeeze(node.text())
        elif tag == "meta":
            self._take_meta(attributes)
        elif tag == "base" and attributes.get("href"):
            self.base = self._absolute(attributes["href"]) or self.base
            self.origin = _origin_of(self.base)
        elif tag == "link":
            self._add_file(attributes.get("rel"), attributes.get("href"))
        elif tag == "script" and len(self.scripts) < MAX_LINKS and (address := self._absolute(attributes.get("src"))):
            self.scripts.append(address)
        elif tag == "iframe" and (address := self._absolute(attributes.get("src"))):
            self._add_link(address, attributes.get("title") or "")

    def _take_meta(self, attributes: dict[str, str | None]) -> None:
        name = attributes.get("name") or attributes.get("property") or attributes.get("http-equiv")
        if name and len(self.metas) < _MAX_METAS:
            self.metas.append((name.strip().lower()[:_MAX_WORDS], (attributes.get("content") or "").strip()[:_MAX_URL]))

    def _add_file(self, rel: str | None, href: str | None) -> None:
        address = self._absolute(href)
        if not address or not rel:
            return
        kinds = rel.lower().split()
        if "stylesheet" in kinds and len(self.styles) < MAX_LINKS:
            self.styles.append(address)
        elif "icon" in kinds and len(self.images) < MAX_LINKS:
            self.images.append(Image(url=address))

    def _take(self, node: LexborNode, tag: str, attributes: dict[str, str | None]) -> None:
        if tag == "a":
            self.last_alt = ""
            self._open(node, f"link:{self._absolute(attributes.get('href'))}")
        elif tag in _HEADINGS or _is_called_heading(attributes.get("class") or "", attributes.get("id") or ""):
            self._open(node, "heading")
        if tag == "img":
            self._take_image(attributes)
        if is_footer_element(tag, attributes):
            self._open(node, "footer")
        use = self.forms.enter(tag, attributes, self._absolute(attributes.get("action")) if tag == "form" else "")
        if use:
            self._open(node, use)

    def _take_image(self, attributes: dict[str, str | None]) -> None:
        alt = _squeeze(attributes.get("alt") or attributes.get("title") or "")
        address = self._absolute(attributes.get("src") or attributes.get("data-src"))
        if (address or alt) and len(self.images) < MAX_LINKS:
            self.images.append(Image(url=address, alt=alt))
        self.last_alt = alt or self.last_alt

    def _open(self, node: LexborNode, use: str) -> None:
        self.opened.append((node.mem_id, use, len(self.parts)))

    def _close(self, use: str, start: int) -> None:
        if use == "footer":
            self._add_footer(start)
            return
        kind, _, address = use.partition(":")
        words = _squeeze("".join(part[:_MAX_WORDS] for part in self.parts[start : start + _MAX_PARTS]))
        if kind == "link":
            # The words of a link that is a picture are the picture's.
            self._add_link(address, words or self.last_alt)
            self.last_alt = ""
        elif kind == "heading":
            if words and len(self.headings) < _MAX_HEADINGS:
                self.headings.append(words)
        else:
            self.forms.leave(kind, words)

    def _add_footer(self, start: int) -> None:
        # Inner elements close first: the outer one takes their place.
        while self.footers and self.footers[-1][0] >= start:
            self.footers.pop()
        self.footers.append((start, len(self.parts)))

    def _add_link(self, address: str, words: str) -> None:
        if address and len(self.links) < MAX_LINKS:
            self.links.append(Link(url=address, text=_squeeze(words)))

    def _absolute(self, address: str | None) -> str:
        """Return the http(s) address in full; empty: it is none, or unusably long."""
        if not address or len(address) > _MAX_URL:
            return ""
        if self.origin and "/." not in address and _PLAIN_PATH.match(address):
            return self.origin + address
        try:
            full = urljoin(self.base, address.strip())
            return full if urlsplit(full).scheme in ("http", "https") else ""
        except ValueError:
            return ""


def _origin_of(base: str) -> str:
    found = _ORIGIN.match(base)
    return found[1] if found else ""


def _squeeze(words: str) -> str:
    return _BLANKS.sub(" ", words).strip()[:_MAX_WORDS]


def _lines(text: str) -> list[str]:
    return [line for line in (one.strip() for one in text.split("\n")) if line]


def _is_hidden(attributes: dict[str, str | None]) -> bool:
    style = attributes.get("style")
    return "hidden" in attributes or (style is not None and _HIDDEN_STYLE.search(style) is not None)


@lru_cache(maxsize=1024)
def _is_called_heading(class_: str, identity: str) -> bool:
    return _TITLE_HEADING.search(f"{class_} {identity}") is not None
