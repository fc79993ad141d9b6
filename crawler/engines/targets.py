"""Reads out of a row, without asking anybody, where it really leads."""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qs, urlsplit

from selectolax.lexbor import LexborNode

from crawler.engines.definition import Definition, Target
from keywords.hosts import canonical_host, canonical_url, registrable_domain

__all__ = ["is_further_search", "is_own", "is_wrapper", "shown_host", "target_of_address", "target_of_row", "usable"]

_HOST = re.compile(r"(?:https?://)?((?:[\w\u4e00-\u9fff-]+\.)+[\w\u4e00-\u9fff-]{2,})(?![\w.…-])")
_MAX_ATTRIBUTE = 20_000


def is_own(definition: Definition, address: str) -> bool:
    """Say whether the address is on a domain of the engine."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return False
    return any(host == one or host.endswith(f".{one}") for one in definition.own_domains)


def is_further_search(definition: Definition, address: str) -> bool:
    """Say whether the address is another search of the engine that is no row: related words, hot lists and "more of these" lead there."""
    if definition.counts_searches:
        return False
    try:
        there, search = urlsplit(address), urlsplit(definition.search_url)
        domain = registrable_domain(search.hostname or "")
        return there.path == search.path and bool(domain) and registrable_domain(there.hostname or "") == domain
    except ValueError:
        return False


def is_wrapper(definition: Definition, address: str) -> bool:
    """Say whether the address is the engine's own link that leads on elsewhere, a paid one included."""
    if definition.advert_links and re.match(definition.advert_links, address):
        return True
    return is_own(definition, address) and bool(re.search(definition.wrapper_links, address))


def target_of_row(rules: Sequence[Target], row: LexborNode, link: LexborNode | None, href: str) -> str:
    """Return the address the row or its link names; empty: only the wrapper knows."""
    for rule in rules:
        if not rule.attribute:
            continue
        for text in _attributes(rule.attribute, row, link):
            found = re.search(rule.pattern, text) if rule.pattern else None
            if target := usable(found.group(1) if found else "" if rule.pattern else text):
                return target
    return target_of_address(rules, href)


def _attributes(name: str, row: LexborNode, link: LexborNode | None) -> Iterator[str]:
    holders = [holder for holder in (link, row) if holder is not None]
    holders += row.css(f"[{name}]")[:5]
    for holder in holders:
        if text := (holder.attributes.get(name) or "")[:_MAX_ATTRIBUTE]:
            yield text


def target_of_address(rules: Sequence[Target], href: str) -> str:
    """Return the address that is packed into a wrapper's parameter; empty: none is."""
    for rule in rules:
        if rule.attribute or not rule.parameter or not re.search(rule.link, href):
            continue
        try:
            packed = parse_qs(urlsplit(href).query, max_num_fields=100).get(rule.parameter, [""])[0]
        except ValueError:
            continue
        if target := usable(_decoded(packed) if rule.coding == "a1_base64" else packed):
            return target
    return ""


def _decoded(packed: str) -> str:
    if not packed.startswith("a1"):
        return ""
    body = packed[2:]
    try:
        return base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""


def usable(address: str) -> str:
    """Return the canonical form of a web address; empty: it is none."""
    address = address.strip()
    if address.startswith("//"):
        address = f"https:{address}"
    if not address.startswith(("http://", "https://")):
        return ""
    try:
        return canonical_url(address)
    except (ValueError, UnicodeError):
        return ""


def shown_host(text: str) -> str:
    """Return the address an advert shows (`www.example.cn/kaoshi…`), as a URL of its host; empty: it shows none."""
    found = _HOST.match(text)
    if not found:
        return ""
    try:
        host = canonical_host(found.group(1))
    except (ValueError, UnicodeError):
        return ""
    return f"http://{host}/" if registrable_domain(host) else ""
