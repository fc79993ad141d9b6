"""An engine that is nothing but its definition: request, reading, block pages, wrappers. Pure."""

import re
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
from selectolax.lexbor import LexborHTMLParser

from crawler.engines.card_rows import card_rows, json_rows
from crawler.engines.definition import Block, Definition, Layout
from crawler.engines.html_rows import html_rows
from crawler.engines.model import (
    FAILURES,
    EngineChanged,
    EngineDenied,
    EngineFailure,
    EngineRequest,
    EngineTooMany,
    ResultPage,
    Row,
    SelectorCount,
)
from crawler.engines.targets import is_own, is_wrapper, usable
from crawler.json_paths import value_at

__all__ = ["DeclaredEngine"]

_MAX_SOURCE = 20_000_000
_MAX_LEADING_PAGE = 50_000


class DeclaredEngine:
    """See `Provider`."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition

    @property
    def name(self) -> str:
        """See `Provider`."""
        return self.definition.name

    @property
    def title(self) -> str:
        """See `Provider`."""
        return self.definition.title

    @property
    def host(self) -> str:
        """See `Provider`."""
        return self.definition.host

    @property
    def home(self) -> str:
        """See `Provider`."""
        return self.definition.home

    def request(self, query: str, page: int) -> EngineRequest:
        """See `Provider`."""
        one = self.definition
        before = (page - 1) * one.rows_per_page
        coded = quote(query.encode(one.query_charset, "replace"), safe="")
        url = one.search_url
        for name, value in (("page0", page - 1), ("page", page), ("offset", before), ("first", before + 1)):
            url = url.replace(f"{{{name}}}", str(value))
        return EngineRequest(url=url.replace("{query}", coded), headers=tuple(one.headers.items()))

    def refuse_redirect(self, location: str) -> EngineFailure:
        """See `Provider`."""
        parts = urlsplit(location)
        host = parts.hostname or ""
        for block in self.definition.blocks:
            is_host = any(host == one or host.endswith(f".{one}") for one in block.hosts)
            is_path = is_own(self.definition, location) and any(parts.path.startswith(one) for one in block.paths)
            if is_host or is_path:
                return FAILURES[block.kind](location[:200], block.wait_s)
        return EngineDenied(location[:200])

    def is_wrapper(self, url: str) -> bool:
        """See `Provider`."""
        return is_wrapper(self.definition, url)

    def target_in(self, html: str) -> str:
        """See `Provider`."""
        page = html[:_MAX_LEADING_PAGE]
        for pattern in self.definition.leads_on:
            found = re.search(pattern, page)
            if found and (target := usable(found.group(1).replace("\\/", "/").replace("&amp;", "&"))):
                return target
        return ""

    def parse(self, html: str, url: str) -> ResultPage:
        """See `Provider`."""
        if not html.strip():
            raise EngineTooMany("empty page")
        html = html[:_MAX_SOURCE]
        content = _json(html)
        tree = LexborHTMLParser("" if content is not None else html)
        rows = self._rows(tree, content, url)
        if not rows:
            self._require_no_block(tree, html, content)
            if not self._says_nothing_found(tree, html, content):
                raise EngineChanged(_empty_rules(self.counts(html)))
        return ResultPage(rows=tuple(rows), has_next=self._has_next(tree, rows))

    def counts(self, html: str) -> tuple[SelectorCount, ...]:
        """See `Provider`."""
        content = _json(html)
        tree = LexborHTMLParser("" if content is not None else html)
        return tuple(
            SelectorCount(
                rule=f"{layout.name}.{rule}", selector=selector, found=_count(layout, tree, content, selector)
            )
            for layout in self.definition.layouts
            for rule, selectors in (("rows", layout.rows), ("titles", layout.titles), ("adverts", layout.adverts))
            for selector in selectors
            if rule == "rows" or layout.kind == "html"
        )

    def _rows(self, tree: LexborHTMLParser, content: Any, url: str) -> list[Row]:
        """Return the found rows of the first layout that sees any, then the paid rows of the layout that sees most."""
        found: list[Row] = []
        paid: list[Row] = []
        for layout in self.definition.layouts:
            if layout.kind == "json":
                organic, adverts = json_rows(self.definition, layout, content, url)
            elif content is not None:
                continue
            else:
                reader = card_rows if layout.kind == "cards" else html_rows
                organic, adverts = reader(self.definition, layout, tree, url)
            found = found or organic
            paid = max(paid, adverts, key=len)
        return found + paid

    def _require_no_block(self, tree: LexborHTMLParser, html: str, content: Any) -> None:
        title = tree.css_first("title")
        said = title.text(strip=True) if title else ""
        source = html if content is None else msgspec.json.encode(content).decode()
        for block in self.definition.blocks:
            if _shows(block, tree, source, said):
                raise FAILURES[block.kind](said[:80], block.wait_s)
        refused = value_at(content, "unresponsive_engines")
        if isinstance(refused, list) and refused:
            names = "、".join(str(one[0]) for one in refused if isinstance(one, list) and one)
            raise EngineTooMany(f"unresponsive: {names}"[:200])

    def _says_nothing_found(self, tree: LexborHTMLParser, html: str, content: Any) -> bool:
        one = self.definition
        if content is not None:
            return any(
                isinstance(value_at(content, layout.rows[0] if layout.rows else ""), list)
                for layout in one.layouts
                if layout.kind == "json"
            )
        return any(tree.css_first(selector) for selector in one.nothing_found) or any(
            text in html for text in one.nothing_texts
        )

    def _has_next(self, tree: LexborHTMLParser, rows: list[Row]) -> bool:
        one = self.definition
        if one.has_endless_pages:
            return bool(rows)
        wanted = re.compile(one.next_text)
        return any(
            wanted.search(f"{link.text()} {link.attributes.get('title') or ''}")
            for selector in one.next_page
            for link in tree.css(selector)
        )


def _json(text: str) -> Any:
    """Return the content of a page that is JSON; None: it is none."""
    if not text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return None
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None


def _shows(block: Block, tree: LexborHTMLParser, html: str, title: str) -> bool:
    return (
        any(sign in title for sign in block.titles)
        or any(tree.css_first(selector) for selector in block.selectors)
        or any(text in html for text in block.texts)
    )


def _count(layout: Layout, tree: LexborHTMLParser, content: Any, selector: str) -> int:
    if layout.kind == "json":
        listed = value_at(content, selector)
        return len(listed) if isinstance(listed, list) else 0
    return len(tree.css(selector))


def _empty_rules(counts: tuple[SelectorCount, ...]) -> str:
    """Say which rules found nothing, rows first: what a person has to look at."""
    empty = [f"{one.rule} {one.selector}" for one in counts if not one.found and one.rule.endswith(".rows")]
    untitled = [f"{one.rule} {one.selector}" for one in counts if not one.found and one.rule.endswith(".titles")]
    return "; ".join(empty or untitled)[:300]
