"""Reads listings out of a platform's own data by its definition: interface answers, and data in the scripts of saved pages. Pure."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

import msgspec
from selectolax.lexbor import LexborHTMLParser

from crawler.platforms.cards import cards, own_item
from crawler.platforms.embedded import products
from crawler.platforms.model import Platform, Reply
from crawler.platforms.paths import first_list, first_object, text_at, values_at
from crawler.platforms.read import Found, found_of
from detectors.model import Listing

__all__ = ["Held", "PlatformAsks", "held_in_data", "held_in_page", "held_in_session", "joined"]

_MAX_SCRIPTS = 60
_MAX_SCRIPT = 10_000_000
_DELISTED = re.compile(r"下架|删除|失效|已售|sold ?out|off ?sale|delisted|removed", re.IGNORECASE)
_JSONP = re.compile(r"^\s*[\w$.]{1,80}\s*\(")
_ASSIGNED = re.compile(r'=\s*(?:[\w$.]{1,40}\s*\(\s*){0,2}(?=[{\[]|"(?:[{\[]|%[57][BbDd]))')
_MAX_ASSIGNED = 60
_UNDEFINED = re.compile(r"(?<=[:\[,])\s*undefined\b")
_TITLE_CHARS = 60
_PERSONAL = re.compile(
    r"nick|user|uid|author|seller|member|avatar|head_?(img|pic)|phone|mobile|tel$|openid|cookie|token|session|login|real_?name|weixin|wechat|qq$",
    re.IGNORECASE,
)


class PlatformAsks(Exception):
    """The answer is no data: the platform wanted to see a person or a login."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One listing, with the record it was read from."""

    found: Found
    record: dict[str, Any]
    """The row, what tells persons left out: the pseudonym stands for the seller."""


def _page_data(tree: LexborHTMLParser) -> Iterator[Any]:
    """Yield what a page's scripts hold as data: JSON scripts, `window.__STATE__ = {…}`, percent-encoded JSON."""
    for script in tree.css("script")[:_MAX_SCRIPTS]:
        body = script.text(deep=True).strip()
        if not body or len(body) > _MAX_SCRIPT:
            continue
        if body.startswith(("%7B", "%5B", "%7b", "%5b")):
            body = unquote(body)
        content = decoded(body)
        if content is not None:
            yield content
        else:
            yield from _assigned(body)


def _assigned(script: str) -> Iterator[Any]:
    """Yield the data a script assigns, also through calls: `window.a = {…}`, `b = check({…})`, `c = JSON.parse("…")`."""
    at = 0
    for _ in range(_MAX_ASSIGNED):
        start = _ASSIGNED.search(script, at)
        if start is None:
            return
        at = start.end()
        try:
            content, at = json.JSONDecoder().raw_decode(script, at)
        except (ValueError, RecursionError):
            content = decoded(script[at:])
        if isinstance(content, str):
            content = decoded(unquote(content) if content.startswith("%") else content)
        if content:
            yield content


def decoded(text: str) -> Any:
    """Return the data of a JSON text, with or without a function call around it and things after it; None: it is none."""
    text = text.lstrip("\ufeff \t\r\n").removeprefix("/**/")
    if call := _JSONP.match(text):
        text = text[call.end() :].rstrip().rstrip(";").rstrip().removesuffix(")")
    if not text.lstrip().startswith(("{", "[")):
        return None
    text = text.lstrip()
    for attempt in (text, _UNDEFINED.sub("null", text)):
        try:
            return msgspec.json.decode(attempt)
        except (msgspec.DecodeError, RecursionError, UnicodeError):
            pass
        try:
            # Scripts go on after the data: what is whole at the beginning counts.
            return json.JSONDecoder().raw_decode(attempt)[0]
        except (ValueError, RecursionError):
            continue
    return None


def held_in_data(platform: Platform, content: Any, url: str, pseudonym: Callable[[str], str]) -> list[Held]:
    """Return the listings in an answer; none: it is no answer the definition knows. Raises `PlatformAsks`."""
    for reply in platform.replies:
        if reply.url and url and not re.search(reply.url, url):
            continue
        rows = first_list(content, reply.rows)
        held = [one for row in rows if (one := _held(platform, reply, row, url, pseudonym)) is not None]
        if held:
            return held
    _require_no_wall(platform, content)
    return []


def held_in_page(platform: Platform | None, text: str, url: str, pseudonym: Callable[[str], str]) -> list[Held]:
    """Return the listings a saved page holds: in its data, else in its product markup. Raises `PlatformAsks`."""
    tree = LexborHTMLParser(text)
    if platform is not None:
        for content in _page_data(tree):
            try:
                if in_data := held_in_data(platform, content, url, pseudonym):
                    return in_data
            except PlatformAsks:
                continue
    described = _described(platform, tree, url)
    if not described:
        _require_no_login(platform, tree)
    held: list[Held] = []
    for fields in described:
        if len(described) == 1:
            fields["url"] = fields.get("url") or url
        found = found_of(platform.title if platform else "", fields, url, pseudonym)
        if found.url or found.listing.item_id:
            held.append(Held(found=found, record={**fields, "seller": found.listing.seller}))
    return held


def _described(platform: Platform | None, tree: LexborHTMLParser, url: str) -> list[dict[str, str]]:
    """Return the fields of what a page shows where no data tells: an item's own page that item, any other the items it links to."""
    if platform is None:
        return products(tree)
    if own := own_item(platform, tree, url):
        told = products(tree)
        return [{**own, **{name: text for name, text in told[0].items() if text}}] if len(told) == 1 else told or [own]
    return list(cards(platform, tree, url or f"https://{platform.host}/")) or products(tree)


def held_in_session(
    platform: Platform, answers: Iterable[tuple[str, str]], document: str, url: str, pseudonym: Callable[[str], str]
) -> list[Held]:
    """Return the listings a logged-in browser was shown: those in the (address, text) answers its page asked for, else those in the page.

    Raises `PlatformAsks`.
    """
    found: dict[str, Held] = {}
    for source, text in answers:
        content = decoded(text)
        for one in held_in_data(platform, content, source, pseudonym) if content is not None else ():
            key = one.found.url or one.found.listing.item_id
            found[key] = joined(found[key], one) if key in found else one
    return list(found.values()) or held_in_page(platform, document, url, pseudonym)


def _require_no_login(platform: Platform | None, tree: LexborHTMLParser) -> None:
    title = tree.css_first("title")
    said = title.text(strip=True) if title else ""
    if platform is not None and any(sign in said for sign in platform.blocks.titles):
        raise PlatformAsks(said[:200])


def joined(first: Held, later: Held) -> Held:
    """Return the first look, completed by a later one of the same item."""
    mine, more = first.found.listing, later.found.listing
    missing = {name: getattr(more, name) for name in Listing.__dataclass_fields__ if not getattr(mine, name)}
    if len(more.text) > len(mine.text):
        missing["text"] = more.text
    listing = replace(mine, **missing)
    return Held(
        found=Found(url=first.found.url or later.found.url, listing=listing), record={**later.record, **first.record}
    )


def _held(platform: Platform, reply: Reply, row: Any, url: str, pseudonym: Callable[[str], str]) -> Held | None:
    if not all(re.search(pattern, text_at(row, path)) for path, pattern in reply.when.items()):
        return None
    item = first_object(row, reply.item)
    if item is None:
        return None
    fields = {name: text_at(item, paths, " " if name == "images" else "") for name, paths in reply.fields.items()}
    if not (fields.get("id") or fields.get("url") or fields.get("package")):
        return None
    fields["id"] = fields.get("id") or fields.get("package", "")
    fields["title"] = fields.get("title") or fields.get("text", "")[:_TITLE_CHARS]
    if not fields["title"]:
        return None
    if seller_id := fields.get("seller_id"):
        fields["seller"] = f"{platform.name}:{seller_id}"
    if filing := fields.get("filing"):
        fields["text"] = f"{fields.get('text', '')}\nAPP备案号：{filing}".strip()
    if not fields.get("url", "").startswith(("http", "//")) and reply.item_url:
        fields["url"] = reply.item_url.replace("{id}", fields["id"])
    found = found_of(platform.title, fields, url, pseudonym)
    if _DELISTED.search(fields.get("status", "")):
        found = Found(url=found.url, listing=replace(found.listing, is_delisted=True))
    return Held(found=found, record=_without_persons(item, found.listing.seller))


def _without_persons(item: dict[str, Any], seller: str) -> dict[str, Any]:
    """Return the record as evidence keeps it: what names or reaches a person is replaced by the seller's pseudonym."""

    def kept(value: Any, depth: int) -> Any:
        if depth > 12:  # noqa: PLR2004 - deeper than any answer; only a hostile one
            return None
        if isinstance(value, dict):
            return {
                str(key): (seller or "***") if _PERSONAL.search(str(key)) else kept(one, depth + 1)
                for key, one in value.items()
            }
        if isinstance(value, list):
            return [kept(one, depth + 1) for one in value[:200]]
        return value

    clean = kept(item, 0)
    return clean if isinstance(clean, dict) else {}


def _require_no_wall(platform: Platform, content: Any) -> None:
    patterns = platform.blocks.replies
    if not patterns:
        return
    said = " ".join(str(value) for path in ("ret.*", "ret", "code", "msg", "message", "error_msg", "rgv587_flag", "url")
                    for value in values_at(content, path) if isinstance(value, str | int))[:2000]  # fmt: skip
    for pattern in patterns:
        if re.search(pattern, said):
            raise PlatformAsks(said[:200])
