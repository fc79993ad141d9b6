"""What an engine definition says. Staff can correct one without touching code; a mistake is named with file and key."""

import re
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Literal

import msgspec
from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from pipelines.errors import InputUnreadable

__all__ = ["Block", "Definition", "Layout", "Target", "definitions", "shipped_definitions"]

_MAX_DEFINITION = 100_000
_LEADS_ON = (
    r"""location\.(?:replace\(|href\s*=|assign\()\s*["'](https?:[^"']+)["']""",
    r"""location\s*=\s*["'](https?:[^"']+)["']""",
    r"""(?i)http-equiv=["']?refresh["']?[^>]*url\s*=\s*['"]?(https?:[^'">\s]+)""",
)
_HTML = LexborHTMLParser("<html></html>")


class Target(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way a row says where it leads without being asked."""

    attribute: str = ""
    """Attribute of the row, its link or anything in the row; empty: the link's address is read."""
    pattern: str = ""
    """Regular expression whose first group is the address inside the attribute's text; empty: the whole text."""
    parameter: str = ""
    """Query parameter of the link's address that holds the target; needs `link`."""
    link: str = ""
    """Regular expression of the addresses whose parameter is read."""
    coding: Literal["plain", "a1_base64"] = "plain"
    """`a1_base64`: the letters `a1`, then base64url."""


class Layout(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One generation of an engine's result page. The first whose rows are there is read; adverts are looked for by all."""

    name: str
    kind: Literal["html", "cards", "json"] = "html"
    base: str = ""
    """Address that relative links of this generation start at; empty: the page's own."""
    rows: tuple[str, ...] = ()
    """html: CSS selectors of found rows. cards: of `<script>`s that hold one card each as JSON. json: path of the list."""
    titles: tuple[str, ...] = ()
    """html: selectors of what is headed in a row, first match counts. cards, json: paths in a record."""
    links: tuple[str, ...] = ()
    """cards, json: paths of the address."""
    snippets: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    """html: containers whose children are rows: where a paid link stands, its row is found. cards: paths of lists of records."""
    within: tuple[str, ...] = ()
    """cards: paths, from the card's root, of the object the other paths start at."""
    never: tuple[str, ...] = ()
    """html: selectors of what looks like a row and is none (related searches). cards: `path=regular expression`."""
    adverts: tuple[str, ...] = ()
    """html: selectors of paid rows or of boxes of them. cards, json: `path=regular expression`."""
    advertisers: tuple[str, ...] = ()
    shown_addresses: tuple[str, ...] = ()
    """Selectors of the address a paid row shows."""


class Block(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way the engine says that it does not want us, on a page without rows or by where it redirects."""

    kind: Literal["captcha", "denied", "too_many"]
    wait_s: int = 0
    """How long to leave it alone; 0: as long as usual for the kind."""
    titles: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    """Anywhere in the source of the page."""
    selectors: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    """A redirect to one of them, or below."""
    paths: tuple[str, ...] = ()
    """A redirect to an address whose path begins so."""


class Definition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One search engine."""

    name: str
    title: str
    """Chinese name for staff."""
    host: str
    own_domains: tuple[str, ...]
    """Domains of the engine, with all below: links there are wrappers or its own pages."""
    wrapper_links: str = ""
    """Regular expression of the links on its own domains that lead on elsewhere; empty: all of them."""
    search_url: str
    """With `{query}` (percent-encoded) and one of `{page}` (1 first), `{page0}` (0 first), `{offset}` (rows before), `{first}` (row, 1 first)."""
    query_charset: str = "utf-8"
    rows_per_page: int = 10
    headers: dict[str, str] = {}
    home: str = ""
    """Address whose visit gives a visitor's cookies; empty: none are needed."""
    source: str
    """Where this definition comes from, and when it was checked."""
    layouts: tuple[Layout, ...]
    targets: tuple[Target, ...] = ()
    advert_links: str = ""
    """Regular expression of addresses only paid rows link to."""
    advert_marks: tuple[str, ...] = ()
    """Words that, alone in a small element of a row, say that it is paid for."""
    never_titles: str = ""
    """Regular expression of headings that make no row."""
    never_links: str = ""
    """Regular expression of addresses that make no row: the engine's own further searches."""
    leads_on: tuple[str, ...] = _LEADS_ON
    """Regular expressions whose first group is the target, on the page behind a wrapper."""
    nothing_found: tuple[str, ...] = ()
    """Selectors of the note that there are no results."""
    nothing_texts: tuple[str, ...] = ()
    next_page: tuple[str, ...] = ()
    """Selectors of the link to the next page."""
    next_text: str = "下一页|Next|后页"
    """Regular expression the link's text or title has; empty: any."""
    counts_searches: bool = False
    """Cards that lead to another search of the engine are numbered among its results, and kept."""
    has_endless_pages: bool = False
    """The page does not say whether more follow: a page with rows may have one after it."""
    blocks: tuple[Block, ...] = ()


def shipped_definitions() -> tuple[Definition, ...]:
    """Return the definitions that come with Jianwei, by file name."""
    folder = files("crawler.engines") / "data"
    entries = sorted((one for one in folder.iterdir() if one.name.endswith(".toml")), key=lambda one: one.name)
    return tuple(_decode(entry.read_bytes(), entry.name) for entry in entries)


def definitions(further: Iterable[Path] = ()) -> dict[str, Definition]:
    """Return name → definition: those shipped, each replaced by the organisation's own of that name.

    Raises `InputUnreadable` for a file that is no sound definition.
    """
    known = {one.name: one for one in shipped_definitions()}
    for path in further:
        try:
            content = path.read_bytes()[:_MAX_DEFINITION]
        except OSError as error:
            raise InputUnreadable(
                str(path), f"搜索引擎定义打不开（{error.strerror}）", f"cannot open it ({error.strerror})"
            ) from None
        own = _decode(content, str(path))
        known[own.name] = own
    return known


def _decode(content: bytes, where: str) -> Definition:
    try:
        definition = msgspec.toml.decode(content, type=Definition)
        _require_sound(definition)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError, LookupError) as error:
        raise InputUnreadable(
            where, f"搜索引擎定义有误（{error}）", f"the engine definition is wrong ({error})"
        ) from None
    return definition


def _require_sound(definition: Definition) -> None:
    """Raise ValueError for a selector, pattern or address that could never work, before anything is asked with it."""
    for where, selector in _selectors(definition):
        _require_selector(where, selector)
    patterns = [
        definition.wrapper_links, definition.advert_links, definition.never_titles, definition.never_links,
        definition.next_text, *definition.leads_on,
        *(pattern for target in definition.targets for pattern in (target.pattern, target.link)),
    ]  # fmt: skip
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"{pattern}: {error}") from None
    "".encode(definition.query_charset)
    if not all(one.rows or one.adverts for one in definition.layouts):
        raise ValueError("layouts: one has neither rows nor adverts")
    if "{query}" not in definition.search_url or not definition.search_url.startswith(("https://", "http://")):
        raise ValueError("search_url: no address with {query}")


def _selectors(definition: Definition) -> Iterator[tuple[str, str]]:
    """Yield (place in the definition, CSS selector)."""
    for layout in definition.layouts:
        named = {"rows": layout.rows} if layout.kind == "cards" else {}
        if layout.kind == "html":
            named = {
                "rows": layout.rows, "titles": layout.titles, "snippets": layout.snippets, "lists": layout.lists,
                "never": layout.never, "adverts": layout.adverts, "advertisers": layout.advertisers,
                "shown_addresses": layout.shown_addresses,
            }  # fmt: skip
        for rule, selectors in named.items():
            yield from ((f"layouts.{layout.name}.{rule}", selector) for selector in selectors)
    for block in definition.blocks:
        yield from ((f"blocks.{block.kind}", selector) for selector in block.selectors)
    yield from (("nothing_found", selector) for selector in definition.nothing_found)
    yield from (("next_page", selector) for selector in definition.next_page)


def _require_selector(where: str, selector: str) -> None:
    try:
        _HTML.css(selector)
    except SelectolaxError as error:
        raise ValueError(f"{where}: selector {selector!r}: {error}") from None
