"""Finds rows in result pages that are data: JSON answers, and pages whose rows are JSON cards in `<script>`s. Pure."""

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec
from selectolax.lexbor import LexborHTMLParser

from crawler.engines.definition import Definition, Layout
from crawler.engines.model import Row, RowKind, Wrapper
from crawler.engines.nodes import in_page_order, text_of
from crawler.engines.targets import is_further_search, is_wrapper, target_of_address, usable
from crawler.json_paths import value_at

__all__ = ["card_rows", "json_rows"]

_MAX_CARDS = 300
_MAX_CARD = 2_000_000
_MAX_RECORDS = 100
_MAX_TEXT = 600
_MAX_MARKUP = 60_000
_TAGS = re.compile(r"<[a-zA-Z/!][^<>]{0,500}>")


def card_rows(definition: Definition, layout: Layout, tree: LexborHTMLParser, url: str) -> tuple[list[Row], list[Row]]:
    """Return the found and the paid rows of a page whose `<script>`s hold one card each."""
    scripts = {script.mem_id: script for selector in layout.rows for script in tree.css(selector)}
    records: list[tuple[Any, Any]] = []
    for script in in_page_order(tree, scripts)[:_MAX_CARDS]:
        records += _records(layout, _decoded(script.text(deep=True)))
    return _told_apart(definition, layout, records, url)


def json_rows(definition: Definition, layout: Layout, content: Any, url: str) -> tuple[list[Row], list[Row]]:
    """Return the found and the paid rows of a JSON answer."""
    listed = value_at(content, layout.rows[0] if layout.rows else "")
    records = [(one, one) for one in listed[:_MAX_RECORDS]] if isinstance(listed, list) else []
    return _told_apart(definition, layout, records, url)


def _decoded(text: str) -> Any:
    if len(text) > _MAX_CARD:
        return None
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return None


def _records(layout: Layout, card: Any) -> Iterator[tuple[Any, Any]]:
    """Yield (card, record): the card's own record, or each of the list it holds."""
    if not isinstance(card, dict) or _says(card, layout.never):
        return
    roots = [root for path in layout.within or ("",) if isinstance(root := value_at(card, path), dict)]
    for root in roots[:1]:
        if _first_text(root, layout.titles) and _first_address(root, layout.links, "https://x/"):
            yield card, root
            continue
        for path in layout.lists:
            listed = value_at(root, path)
            if isinstance(listed, list):
                yield from ((card, one) for one in listed[:_MAX_RECORDS])
                break


def _told_apart(
    definition: Definition, layout: Layout, records: Sequence[tuple[Any, Any]], url: str
) -> tuple[list[Row], list[Row]]:
    found: list[Row] = []
    paid: list[Row] = []
    links = re.compile(definition.advert_links) if definition.advert_links else None
    never = re.compile(definition.never_titles) if definition.never_titles else None
    for card, record in records[:_MAX_RECORDS]:
        title = _plain(_first_text(record, layout.titles))
        href = _first_address(record, layout.links, layout.base or url)
        if not title or not href or (never and never.search(title)) or is_further_search(definition, href):
            continue
        is_paid = _says(card, layout.adverts) or _says(record, layout.adverts) or bool(links and links.match(href))
        kind, rows = (RowKind.ADVERT, paid) if is_paid else (RowKind.ORGANIC, found)
        is_wrapped = is_wrapper(definition, href)
        target = target_of_address(definition.targets, href) or ("" if is_wrapped else usable(href))
        rows.append(
            Row(
                kind=kind,
                rank=len(rows) + 1,
                title=title,
                url=href,
                target=target,
                text=_plain(_first_text(record, layout.snippets))[:_MAX_TEXT],
                advertiser=_plain(_first_text(record, layout.advertisers)) if is_paid else "",
                markup=msgspec.json.encode(record).decode()[:_MAX_MARKUP],
                wrapper=Wrapper(url=href, is_paid=is_paid) if is_wrapped else None,
            )
        )
    return found, paid


def _first_text(record: Any, paths: Sequence[str]) -> str:
    for path in paths:
        value = value_at(record, path)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def _says(record: Any, rules: Sequence[str]) -> bool:
    """Say whether a value of the record matches one of the rules (`path=regular expression`)."""
    for rule in rules:
        path, _, pattern = rule.partition("=")
        value = value_at(record, path)
        if value is not None and not isinstance(value, dict | list) and re.search(pattern, str(value)):
            return True
    return False


def _plain(text: str) -> str:
    """Return the text without the tags that highlight words."""
    if "<" not in text and "&" not in text:
        return " ".join(text.split())
    body = LexborHTMLParser(f"<body>{_TAGS.sub('', text)}").body
    return text_of(body)


def _first_address(record: Any, paths: Sequence[str], base: str) -> str:
    """Return the first web address: cards also carry addresses only an app understands."""
    for path in paths:
        value = value_at(record, path)
        if not isinstance(value, str) or not value.strip().startswith(("http://", "https://", "/")):
            continue
        try:
            address = urljoin(base, value.strip())
            if urlsplit(address).scheme in {"http", "https"}:
                return address
        except ValueError:
            continue
    return ""
