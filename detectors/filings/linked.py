"""Numbers in what a page links to and shows: addresses of links, names of image files, and handlers in its markup.

Footers hand badge and 找错 addresses to scripts as often as to links, so the markup itself is looked through for the few addresses
that name somebody; one expression finds them all.
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

from detectors.filings.letters import INVENTED_FAMILY, PARODY_HOSTS
from detectors.filings.model import Filing, FilingKind, SiteReport
from detectors.model import Image
from detectors.pages.remembered import Remembered
from detectors.pages.seen import host_of

__all__ = ["attribute_words", "image_words", "linked_filings", "markup_addresses", "reports_in", "scripted_codes"]

_MARKUP_LOOKED_AT = 2_000_000
_MOST_ADDRESSES = 50
_MOST_SCRIPTS = 10
_SCRIPT_NAME = "_jiucuo_"
_BADGE = re.compile(r"bszs\.conac\.cn/+sitename\?[^\"'\s<>]{0,200}?\bid=([0-9A-Za-z]{1,64})", re.IGNORECASE)
_BADGE_SCRIPT = re.compile(r"dcs\.conac\.cn/+js/[^\"'\s<>]{0,60}/(CA[0-9A-Z]{10,40})\.js", re.IGNORECASE)
_POLICE = re.compile(
    r"(?:beian\.gov\.cn/+portal/+registerSystemInfo\?[^\"'\s<>]{0,60}?recordcode|beian\.mps\.gov\.cn/+#?/*query/+webSearch\?[^\"'\s<>]{0,60}?code)=([^&\"'\s<>#]{1,200})",
    re.IGNORECASE,
)
_REPORT = ("jiucuo", "pucha.kaipuyun", "jcInfoNew")
_TELLING = ("bszs.conac.cn", "dcs.conac.cn", "jiucuo", "pucha.kaipuyun", "registerSystemInfo", "beian.mps.gov.cn")
"""Words of telling addresses as the services write them: plain searches, because markup is long and mostly holds none."""
_QUOTES = re.compile("[\"'<>]")
_DELIMITERS = re.compile(r"[\s\"'<>\\()]")
_BEFORE, _BEHIND = 80, 320
"""Characters of an address looked at before and behind the word that tells what it is."""
_SCRIPTED_CODE = re.compile(r"[^<>]{0,200}?\bsite_?code\s*=\s*[\"']?([A-Za-z0-9]{4,16})", re.IGNORECASE)
_WORTH_READING = ("conac.cn", "beian", "icp", ".moe", "nyan")
"""What every address read here holds somewhere; the others, nearly all of a page's, are passed over."""
_PARODY_ADDRESS = re.compile(
    r"https?://(?:www\.)?(?:icp|beian)\.(?![^/]*gov\.cn/)[^/]+/[^?#]{0,30}\?(?:keyword|id|icp)=[A-Za-z0-9]{6,12}(?:$|&)",
    re.IGNORECASE,
)
"""How joke registries are asked for a number; the real ones are not asked by a link."""
_POLICE_DIGITS = 14
_MOST_IMAGES = 200
_ATTRIBUTE_MARKS = ("ICP备", "icp备", "ICP证", "网安备")
_BEFORE_VALUE, _BEFORE_TAG, _BEHIND_MARK = 30, 600, 60
_TELLING_NAME = re.compile("ICP|备|网安|证", re.IGNORECASE)


def _addresses(html: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for word in _TELLING:
        place = html.find(word, 0, _MARKUP_LOOKED_AT)
        for _ in range(_MOST_ADDRESSES):
            if place < 0 or len(found) >= _MOST_ADDRESSES:
                break
            before = _DELIMITERS.split(html[max(0, place - _BEFORE) : place])[-1]
            scheme, slashes, rest = before.rpartition("//")
            behind = _DELIMITERS.split(html[place : place + _BEHIND], maxsplit=1)[0]
            if slashes:
                start = "http://" if scheme.lower().endswith("http:") else "https://"
                found.setdefault(start + unescape(rest + behind))
            place = html.find(word, place + len(behind) + 1, _MARKUP_LOOKED_AT)
    return tuple(found)


markup_addresses: Remembered[str, tuple[str, ...]] = Remembered(_addresses)
"""Return the addresses of badge, 找错 and police services that stand anywhere in the markup, at most 50."""


def scripted_codes(html: str) -> tuple[str, ...]:
    """Return the site codes handed to the 找错 script (`<script id="_jiucuo_" sitecode="…">`)."""
    found: dict[str, None] = {}
    place = html.find(_SCRIPT_NAME, 0, _MARKUP_LOOKED_AT)
    for _ in range(_MOST_SCRIPTS):
        if place < 0:
            break
        if code := _SCRIPTED_CODE.match(html, place + len(_SCRIPT_NAME)):
            found.setdefault(code[1].lower())
        place = html.find(_SCRIPT_NAME, place + 1, _MARKUP_LOOKED_AT)
    return tuple(found)


def linked_filings(urls: Iterable[str]) -> Iterator[Filing]:
    """Yield the badges, police filings and joke filings that addresses name."""
    for url in _worth_reading(urls):
        if badge := _BADGE.search(url):
            fault = "" if re.fullmatch("[0-9A-Fa-f]{32}", badge[1]) else "应为 32 位十六进制"
            yield Filing(FilingKind.BADGE, badge[1].upper(), url[:200], fault=fault)
        elif script := _BADGE_SCRIPT.search(url):
            yield Filing(FilingKind.BADGE, script[1].upper(), url[:200])
        if police := _POLICE.search(url):
            digits = re.search(r"\d{4,20}", unquote(police[1]))
            if digits:
                is_full = len(digits[0]) == _POLICE_DIGITS
                fault = "" if is_full else f"数字有 {len(digits[0])} 位，应为 {_POLICE_DIGITS} 位"
                yield Filing(FilingKind.POLICE, digits[0], url[:200], fault=fault)
        elif _is_parody(url):
            yield Filing(FilingKind.ICP, url[:100], url[:200], is_parody=True)


def _worth_reading(urls: Iterable[str]) -> Iterator[str]:
    """Yield the addresses that hold one of the words; all are looked through at once first, for mostly none does."""
    addresses = tuple(urls)
    together = "\n".join(addresses).lower()
    words = [word for word in _WORTH_READING if word in together]
    for url in addresses if words else ():
        lowered = url.lower()
        if any(word in lowered for word in words):
            yield url


def _is_parody(url: str) -> bool:
    host = host_of(url)
    is_playing = host.startswith(INVENTED_FAMILY) and not host.endswith(".cn")
    return bool(_PARODY_ADDRESS.match(url)) or host in PARODY_HOSTS or is_playing


def image_words(images: Iterable[Image]) -> Iterator[str]:
    """Yield the words of images that may hold a number: replacement texts and file names."""
    for place, image in enumerate(images):
        if place >= _MOST_IMAGES:
            return
        if image.alt:
            yield image.alt
        name = image.url.rpartition("/")[2][:300]
        if "%" in name:
            name = unquote(name)
        if not name.isascii() and _TELLING_NAME.search(name):
            yield name.rpartition(".")[0] or name


def attribute_words(html: str) -> Iterator[str]:
    """Yield the values of attributes that hold a number a reader meets only on pointing at it (`title`), or scripts show (`data-icp`, `content`)."""
    for mark in _ATTRIBUTE_MARKS:
        place = html.find(mark, 0, _MARKUP_LOOKED_AT)
        for _ in range(_MOST_ADDRESSES):
            if place < 0:
                break
            end = place + _BEHIND_MARK
            if _is_within_tag(html, place):
                value = html[max(0, place - _BEFORE_VALUE) : place], html[place:end]
                yield unescape(_QUOTES.split(value[0])[-1] + _QUOTES.split(value[1], maxsplit=1)[0])
            place = html.find(mark, end, _MARKUP_LOOKED_AT)


def _is_within_tag(html: str, place: int) -> bool:
    first = max(0, place - _BEFORE_TAG)
    opened = html.rfind("<", first, place)
    return opened >= 0 and html.rfind(">", opened, place) < 0 and html[opened + 1 : opened + 2].isalpha()


def reports_in(urls: Iterable[str]) -> Iterator[SiteReport]:
    """Yield the 找错 links among addresses and whom they name."""
    addresses = tuple(urls)
    together = "\n".join(addresses)
    marks = [mark for mark in _REPORT if mark in together]
    for url in addresses if marks else ():
        if not any(mark in url for mark in marks):
            continue
        try:
            asked = parse_qs(urlsplit(url).query[:1000])
        except ValueError:
            continue
        code, site = asked.get("site_code", [""])[0].strip(), asked.get("url", [""])[0]
        host = host_of(site if "://" in site else f"http://{site}") if site else ""
        if code or host:
            yield SiteReport(url=url, site_code=code, host=host)
