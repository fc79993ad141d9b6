"""Reads a platform's pages by its definition. Pure: text in, listings out, typed failures where the definition no longer fits."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec
from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler.json_paths import value_at
from crawler.platforms.embedded import product_fields
from crawler.platforms.model import Platform, Reading
from detectors.model import Listing
from keywords.hosts import canonical_url
from pipelines.clock import CHINA

__all__ = ["Found", "PlatformBlocked", "PlatformChanged", "SearchPage", "found_of", "read_detail", "read_search"]

_SPACE = re.compile(r"\s+")
_PRICE = re.compile(r"(\d+(?:[,，]\d{3})*(?:\.\d+)?)\s*(万|千)?")
_TIMES = {"万": 10_000.0, "千": 1_000.0}
_MAX_FIELD = 20_000
_MAX_ROWS = 200
_MOMENTS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%Y年%m月%d日",
    "%a %b %d %H:%M:%S %z %Y",
)

Fields = dict[str, str]


class PlatformBlocked(Exception):
    """The platform shows a wall: a person is needed."""


class PlatformChanged(Exception):
    """The page is not what the definition describes: the definition needs a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A listing and its address."""

    url: str
    """Canonical; empty: it has no address of its own."""
    listing: Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """What one search page shows."""

    found: tuple[Found, ...]
    has_next: bool = False


def read_search(platform: Platform, text: str, url: str, page: int, pseudonym: Callable[[str], str]) -> SearchPage:
    """Read a search page got from `url`. Raises `PlatformBlocked`, `PlatformChanged`."""
    reading = platform.search
    if reading.kind == "json":
        content = _json(platform, text)
        rows = value_at(content, reading.rows)
        if not _is_ok(reading, content) or not isinstance(rows, list):
            raise PlatformChanged(f"no list at {reading.rows}")
        records = [_json_fields(reading, row) for row in rows[:_MAX_ROWS]]
        total, pages = value_at(content, reading.total), value_at(content, reading.next)
        has_next = (isinstance(total, int) and total > page * reading.per_page) or (
            isinstance(pages, int) and pages > page
        )
    else:
        tree = _tree(platform, text)
        nodes = tree.css(reading.rows)
        if not nodes and not tree.css_first("input, form"):
            raise PlatformChanged(f"no {reading.rows}")
        records = [_html_fields(reading, node) for node in nodes[:_MAX_ROWS]]
        has_next = bool(reading.next and tree.css_first(reading.next))
    found = tuple(found_of(platform.title, record, url, pseudonym) for record in records if record.get("title"))
    if records and not found:
        raise PlatformChanged("rows without titles")
    return SearchPage(found=found, has_next=has_next)


def read_detail(
    platform: Platform, text: str, url: str, status: int, pseudonym: Callable[[str], str], before: Found | None = None
) -> Found:
    """Read a listing's own page; what it does not say is taken from `before`. A removed listing comes back as delisted.

    Raises `PlatformBlocked`, `PlatformChanged`.
    """
    reading = platform.detail
    if reading is None:
        raise PlatformChanged("no detail page is defined")
    if status in {404, 410}:
        return _delisted(platform, url, before)
    if reading.kind == "json":
        content = _json(platform, text)
        if not _is_ok(reading, content):
            return _delisted(platform, url, before)
        fields = _json_fields(reading, value_at(content, reading.rows))
    else:
        tree = _tree(platform, text)
        if reading.gone and tree.css_first(reading.gone):
            return _delisted(platform, url, before)
        root = tree.css_first(reading.rows or "html")
        fields = _html_fields(reading, root) if root is not None else {}
        if reading.kind == "json_ld":
            fields = {**product_fields(tree), **{name: value for name, value in fields.items() if value}}
    if not fields.get("title") and before is None:
        raise PlatformChanged("no title on the listing's page")
    # The listing's address is the one it was found under: pages name canonical addresses of their own.
    fields["url"] = before.url if before and before.url else url
    now = found_of(platform.title, fields, url, pseudonym)
    return _joined(before, now) if before else now


def _tree(platform: Platform, text: str) -> LexborHTMLParser:
    tree = LexborHTMLParser(text)
    title = tree.css_first("title")
    said = title.text() if title else ""
    if any(sign in said for sign in platform.blocks.titles) or any(sign in text for sign in platform.blocks.texts):
        raise PlatformBlocked(said[:80])
    return tree


def _json(platform: Platform, text: str) -> Any:
    if any(sign in text for sign in platform.blocks.texts):
        raise PlatformBlocked(text[:80])
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise PlatformChanged("not JSON") from None


def _is_ok(reading: Reading, content: Any) -> bool:
    return all(value_at(content, path) == value for path, value in reading.ok.items())


def _json_fields(reading: Reading, row: Any) -> Fields:
    fields: Fields = {}
    for name, path in reading.fields.items():
        value = value_at(row, path)
        if isinstance(value, list):
            value = " ".join(str(one) for one in value[:20])
        fields[name] = "" if value is None or isinstance(value, dict) else str(value)[:_MAX_FIELD].strip()
    return fields


def _html_fields(reading: Reading, row: LexborNode) -> Fields:
    return {name: _pick(row, rule)[:_MAX_FIELD] for name, rule in reading.fields.items()}


def _pick(row: LexborNode, rule: str) -> str:
    selector, _, attribute = rule.partition("@")
    node = row.css_first(selector) if selector else row
    if node is None:
        return ""
    if attribute:
        return (node.attributes.get(attribute) or "").strip()
    return _SPACE.sub(" ", node.text(deep=True)).strip()


def found_of(platform: str, fields: Fields, page_url: str, pseudonym: Callable[[str], str]) -> Found:
    """Return the listing these texts describe. `platform` is its Chinese name; a seller's name or id becomes a pseudonym."""
    price_text = fields.get("price", "")
    price = _price(price_text)
    if fields.get("price_fen", "").isdigit():
        price = int(fields["price_fen"]) / 100
        price_text = f"{price:.2f}"
    seller = fields.get("seller", "")
    return Found(
        url=_address(fields.get("url", ""), page_url),
        listing=Listing(
            platform=platform,
            item_id=fields.get("id", ""),
            title=fields.get("title", ""),
            text=fields.get("text", ""),
            price_text=price_text,
            price_cny=price,
            seller=pseudonym(seller) if seller else "",
            area=fields.get("area", ""),
            published_at=_moment(fields.get("published_at", ""), _milliseconds(fields)),
            image_urls=tuple(filter(None, (_address(one, page_url) for one in fields.get("images", "").split()))),
        ),
    )


def _joined(before: Found, now: Found) -> Found:
    """Return the later look, completed from the earlier one."""
    values = {
        name: getattr(now.listing, name) or getattr(before.listing, name) for name in Listing.__dataclass_fields__
    }
    return Found(url=before.url or now.url, listing=Listing(**values))


def _delisted(platform: Platform, url: str, before: Found | None) -> Found:
    if before is None:
        gone = Listing(platform=platform.title, item_id="", title="", is_delisted=True)
        return Found(url=canonical_url(url), listing=gone)
    values = {name: getattr(before.listing, name) for name in Listing.__dataclass_fields__}
    return Found(url=before.url, listing=Listing(**{**values, "is_delisted": True}))


def _address(link: str, page_url: str) -> str:
    if not link:
        return ""
    try:
        address = urljoin(page_url, f"https:{link}" if link.startswith("//") else link)
        return canonical_url(address) if urlsplit(address).scheme in {"http", "https"} else ""
    except ValueError:
        return ""


def _price(text: str) -> float | None:
    found = _PRICE.search(text)
    if not found:
        return None
    return float(re.sub("[,，]", "", found.group(1))) * _TIMES.get(found.group(2) or "", 1.0)


def _milliseconds(fields: Fields) -> str:
    seconds = fields.get("published_s", "")
    return f"{seconds}000" if seconds.isdigit() else fields.get("published_ms", "")


def _moment(text: str, milliseconds: str) -> datetime | None:
    """Return the instant a page names; times without a zone are China's."""
    try:
        if milliseconds.isdigit():
            return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
        if "T" in text:
            moment = datetime.fromisoformat(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=CHINA)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
    for form in _MOMENTS:
        try:
            moment = datetime.strptime(text, form)  # noqa: DTZ007 - the zone is added below: platforms write China time
            return (moment if moment.tzinfo else moment.replace(tzinfo=CHINA)).astimezone(UTC)
        except ValueError:
            continue
    return None
