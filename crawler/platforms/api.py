"""Reads a platform's partner interface by its definition. Pure: definition and key in, address and headers out; text in, listings out."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from crawler.platforms.model import Api, Platform
from crawler.platforms.paths import text_at
from crawler.platforms.read import Found, PlatformBlocked, PlatformChanged
from crawler.platforms.replies import Held, PlatformAsks, decoded, held_in_data
from detectors.model import Listing
from pipelines.errors import InputUnreadable

__all__ = ["ApiPage", "auth_of", "item_address", "read_item", "read_page", "search_address"]

_MAX_KEY = 10_000
_GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiPage:
    """One answer to a search."""

    held: tuple[Held, ...]
    has_next: bool = False
    cursor: str = ""
    """Where the next page begins, where the interface counts that way."""


def auth_of(api: Api, home: Path) -> dict[str, str]:
    """Return the header that carries the key. Raises `InputUnreadable` when its file cannot be read or holds none."""
    path = home / api.secret_file
    try:
        key = path.read_text("utf-8")[:_MAX_KEY].strip()
    except (OSError, UnicodeDecodeError):
        key = ""
    if not key or "\n" in key:
        raise InputUnreadable(
            str(path),
            "平台接口密钥读不到，应为一行文字",
            "the key of the platform's interface cannot be read; it is one line",
        )
    return {api.auth_header: api.auth_value.replace("{secret}", key)}


def search_address(api: Api, text: str, page: int, cursor: str = "") -> str:
    """Return the address of a page of results."""
    values = {"query": text, "page": str(page), "cursor": cursor}
    return _filled(api.search_url, values)


def item_address(api: Api, item_id: str) -> str:
    """Return the address of one item."""
    return _filled(api.item_url, {"id": item_id})


def read_page(platform: Platform, text: str, url: str, page: int, pseudonym: Callable[[str], str]) -> ApiPage:
    """Read an answer to a search. Raises `PlatformBlocked`, `PlatformChanged`."""
    content, api = _content(text), platform.api
    held = _held(platform, content, url, pseudonym)
    if not held and not _knows_no_rows(platform, content):
        raise PlatformChanged("no list where the definition says")
    cursor = text_at(content, api.cursor) if api and api.cursor else ""
    pages = text_at(content, api.pages) if api and api.pages else ""
    has_next = bool(cursor) or (pages.isdigit() and int(pages) > page)
    return ApiPage(held=tuple(held), has_next=bool(held) and has_next, cursor=cursor)


def read_item(
    platform: Platform, text: str, url: str, status: int, item_id: str, pseudonym: Callable[[str], str]
) -> Found:
    """Read the answer for one item; a removed one comes back as delisted. Raises `PlatformBlocked`, `PlatformChanged`."""
    gone = Found(url="", listing=Listing(platform=platform.title, item_id=item_id, title="", is_delisted=True))
    if status in _GONE:
        return gone
    content, api = _content(text), platform.api
    if api and any(re.search(pattern, text_at(content, path)) for path, pattern in api.gone.items()):
        return gone
    for one in _held(platform, content, url, pseudonym):
        if one.found.listing.item_id == item_id:
            return one.found
    raise PlatformChanged("the item asked for is not in the answer")


def _content(text: str) -> object:
    content = decoded(text)
    if content is None:
        raise PlatformChanged("not JSON")
    return content


def _held(platform: Platform, content: object, url: str, pseudonym: Callable[[str], str]) -> list[Held]:
    try:
        return held_in_data(platform, content, url, pseudonym)
    except PlatformAsks as asked:
        raise PlatformBlocked(str(asked)) from None


def _knows_no_rows(platform: Platform, content: object) -> bool:
    """Say whether an answer without items has the shape of one with: an empty list stands where the rows would."""
    paths = [path for reply in platform.replies for path in reply.rows]
    return any(_stands(content, path) for path in paths)


def _stands(content: object, path: str) -> bool:
    for step in path.split(".") if path else ():
        if not isinstance(content, dict) or step not in content:
            return False
        content = content[step]
    return isinstance(content, list)


def _filled(template: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", quote(value, safe=""))
    return template
