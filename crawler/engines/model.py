"""What a search engine is to us: two pure functions and typed failures."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from keywords.hosts import canonical_host, canonical_url, registrable_domain

__all__ = [
    "EngineCaptcha", "EngineChanged", "EngineDenied", "EngineFailure", "EngineRequest", "EngineTooMany", "Provider", "ResultPage",
    "Row", "RowKind", "SelectorEngine",
]  # fmt: skip

_MAX_MARKUP = 60_000
_MAX_TEXT = 600
_MAX_ROWS = 100
_HOST = re.compile(r"(?:https?://)?((?:[\w\u4e00-\u9fff-]+\.)+[\w\u4e00-\u9fff-]{2,})(?![\w.…-])")
_SPACE = re.compile(r"\s+")


class RowKind(StrEnum):
    """Whether a row was found or paid for."""

    ORGANIC = "organic"
    ADVERT = "advert"


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineRequest:
    """How to ask."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a result page."""

    kind: RowKind
    rank: int
    """Place among the rows of its kind on the page, 1 first."""
    title: str
    url: str
    """The link as the page has it, absolute; often the engine's wrapper."""
    target: str = ""
    """Where it really leads, when the row says so; empty: only the wrapper knows."""
    text: str = ""
    advertiser: str = ""
    """Who pays, as shown; empty: not shown."""
    markup: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPage:
    """What one result page shows."""

    rows: tuple[Row, ...]
    has_next: bool = False

    @property
    def organic(self) -> tuple[Row, ...]:
        """Return the found rows."""
        return tuple(row for row in self.rows if row.kind is RowKind.ORGANIC)

    @property
    def adverts(self) -> tuple[Row, ...]:
        """Return the paid rows."""
        return tuple(row for row in self.rows if row.kind is RowKind.ADVERT)


class EngineFailure(Exception):
    """The engine did not give results. `zh` and `en` say what happened."""

    zh = "没有给出结果"
    en = "gave no results"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class EngineCaptcha(EngineFailure):
    """It wants to see a person. We never solve that."""

    zh = "要求人机验证，需要人工处理"
    en = "shows a captcha page; a person is needed"


class EngineDenied(EngineFailure):
    """It does not want us."""

    zh = "拒绝访问"
    en = "denies access"


class EngineTooMany(EngineFailure):
    """We asked too much."""

    zh = "提示访问过于频繁或返回空页"
    en = "answers that there were too many requests, or nothing"


class EngineChanged(EngineFailure):
    """The page is none we know: its definition needs a person."""

    zh = "结果页面结构已变化，解析规则需要更新"
    en = "result page no longer parses; the definition must be updated"


class Provider(Protocol):
    """A search engine. Pure: it neither connects nor remembers."""

    @property
    def name(self) -> str:
        """Return its name in the configuration."""

    @property
    def title(self) -> str:
        """Return its name for staff."""

    @property
    def host(self) -> str:
        """Return the host that is asked."""

    def request(self, query: str, page: int) -> EngineRequest:
        """Return how to ask for the page (1 first) of a query."""

    def parse(self, html: str, url: str) -> ResultPage:
        """Read a result page got from `url`. Raises an `EngineFailure`."""

    def refuse_redirect(self, location: str) -> EngineFailure:
        """Say what it means that a query was answered with a redirect to this address."""

    def is_wrapper(self, url: str) -> bool:
        """Say whether the address is the engine's own link that leads on elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectorEngine:
    """An engine whose pages are read by CSS selectors."""

    name: str
    title: str
    host: str
    own_domains: tuple[str, ...]
    """Registrable domains of the engine: links there are wrappers or its own pages."""
    search_url: Callable[[str, int], str]
    organic: str
    """Selector of found rows."""
    heading: str = "h3 a[href]"
    snippet: str = ""
    adverts: str
    """Selector of paid rows."""
    advert_links: re.Pattern[str]
    """Addresses only paid rows link to."""
    advert_lists: str
    """Selector of the containers whose direct children are rows: where a paid link stands, its row is found."""
    advertiser: str = ""
    shown_address: str = ""
    targets: tuple[str, ...] = ()
    """Attributes of the row or its link that name the real address."""
    unwrap: Callable[[str], str] = field(default=lambda _: "")
    """Reads the real address out of a wrapper without asking anybody; empty: it cannot be read."""
    nothing_found: str
    """Selector of the note that there are no results."""
    next_page: str
    captcha_titles: tuple[str, ...] = ()
    captcha: str = ""
    captcha_hosts: tuple[str, ...] = ()

    def request(self, query: str, page: int) -> EngineRequest:
        """See `Provider`."""
        return EngineRequest(url=self.search_url(query, page))

    def refuse_redirect(self, location: str) -> EngineFailure:
        """See `Provider`."""
        host = urlsplit(location).hostname or ""
        if any(host == one or host.endswith(f".{one}") for one in self.captcha_hosts):
            return EngineCaptcha(location[:200])
        return EngineDenied(location[:200])

    def is_wrapper(self, url: str) -> bool:
        """See `Provider`."""
        return registrable_domain(urlsplit(url).hostname or "") in self.own_domains

    def parse(self, html: str, url: str) -> ResultPage:
        """See `Provider`."""
        if not html.strip():
            raise EngineTooMany("empty page")
        tree = LexborHTMLParser(html)
        title = tree.css_first("title")
        said = title.text(strip=True) if title else ""
        if any(sign in said for sign in self.captcha_titles) or (self.captcha and tree.css_first(self.captcha)):
            raise EngineCaptcha(said[:80])
        paid = self._paid(tree)
        inside = {node.mem_id for one in paid for node in one.traverse()}
        found = [node for node in tree.css(self.organic) if node.mem_id not in inside][:_MAX_ROWS]
        rows = [*self._rows(found, url, RowKind.ORGANIC), *self._rows(paid, url, RowKind.ADVERT)]
        if not rows and not tree.css_first(self.nothing_found):
            raise EngineChanged(said[:80])
        following = any("下一页" in one.text() or "Next" in (one.attributes.get("title") or "") or one.id == "snext"
                        for one in tree.css(self.next_page))  # fmt: skip
        return ResultPage(rows=tuple(rows), has_next=following)

    def _paid(self, tree: LexborHTMLParser) -> list[LexborNode]:
        nodes = {node.mem_id: node for node in tree.css(self.adverts)}
        lists = {node.mem_id for node in tree.css(self.advert_lists)}
        for link in tree.css("a[href]"):
            if not self.advert_links.match(link.attributes.get("href") or ""):
                continue
            node: LexborNode | None = link
            while node is not None and node.mem_id not in nodes:
                parent = node.parent
                if parent is not None and parent.mem_id in lists:
                    # A container of rows already known is no row itself.
                    if not any(inner.mem_id in nodes for inner in node.traverse()):
                        nodes[node.mem_id] = node
                    break
                node = parent
        return _outermost(tree, nodes)[:_MAX_ROWS]

    def _rows(self, nodes: list[LexborNode], url: str, kind: RowKind) -> Iterator[Row]:
        rank = 0
        for node in nodes:
            link = node.css_first(self.heading) or (node.css_first("a[href]") if kind is RowKind.ADVERT else None)
            title = _text(link)
            if link is None or not title:
                continue
            href = urljoin(url, link.attributes.get("href") or "")
            target = self._target(node, link, href, kind)
            if kind is RowKind.ADVERT and target and self.is_wrapper(target):
                continue  # the engine advertises itself
            rank += 1
            yield Row(
                kind=kind,
                rank=rank,
                title=title,
                url=href,
                target=target,
                text=_text(node.css_first(self.snippet) if self.snippet else node)[:_MAX_TEXT],
                advertiser=_text(node.css_first(self.advertiser)) if self.advertiser and kind is RowKind.ADVERT else "",
                markup=(node.html or "")[:_MAX_MARKUP],
            )

    def _target(self, node: LexborNode, link: LexborNode, href: str, kind: RowKind) -> str:
        for attribute in self.targets:
            for holder in (link, node):
                if target := _usable(holder.attributes.get(attribute) or ""):
                    return target
        if target := _usable(self.unwrap(href)):
            return target
        if not self.is_wrapper(href):
            return _usable(href)
        shown = node.css_first(self.shown_address) if kind is RowKind.ADVERT and self.shown_address else None
        return _usable(_shown_host(_text(shown)))


def _outermost(tree: LexborHTMLParser, nodes: dict[int, LexborNode]) -> list[LexborNode]:
    """Return the nodes that are in no other of them, in page order."""
    kept = {}
    for key, node in nodes.items():
        parent = node.parent
        while parent is not None and parent.mem_id not in nodes:
            parent = parent.parent
        if parent is None:
            kept[key] = node
    if not kept or tree.root is None:
        return []
    return [kept[node.mem_id] for node in tree.root.traverse() if node.mem_id in kept]


def _usable(address: str) -> str:
    if not address.startswith(("http://", "https://")):
        return ""
    try:
        return canonical_url(address)
    except ValueError:
        return ""


def _shown_host(text: str) -> str:
    """Return the address an advert shows (`www.example.cn/kaoshi…`), as a URL of its host; empty: it shows none."""
    found = _HOST.match(text)
    if not found:
        return ""
    try:
        host = canonical_host(found.group(1))
    except (ValueError, UnicodeError):
        return ""
    return f"http://{host}/" if registrable_domain(host) else ""


def _text(node: LexborNode | None) -> str:
    return _SPACE.sub(" ", node.text(deep=True)).strip() if node else ""
