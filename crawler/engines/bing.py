"""必应 cn.bing.com. Links go through `/ck/a?…u=a1<base64url>`, which holds the real address."""

import base64
import binascii
import re
from urllib.parse import parse_qs, urlencode, urlsplit

from crawler.engines.model import SelectorEngine

__all__ = ["ENGINE"]


def _search_url(query: str, page: int) -> str:
    asked = {"q": query, "first": 1 + 10 * (page - 1), "setlang": "zh-CN", "ensearch": 0}
    return f"https://cn.bing.com/search?{urlencode(asked)}"


def _unwrap(href: str) -> str:
    packed = parse_qs(urlsplit(href).query).get("u", [""])[0]
    if not packed.startswith("a1"):
        return ""
    body = packed[2:]
    try:
        return base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""


ENGINE = SelectorEngine(
    name="bing",
    title="必应",
    host="cn.bing.com",
    own_domains=("bing.com",),
    search_url=_search_url,
    organic="ol#b_results > li.b_algo",
    heading="h2 a[href]",
    snippet=".b_caption p, .b_lineclamp2, .b_algoSlug",
    adverts="li.b_ad > ul > li, li.b_ad:not(:has(ul > li)), .b_algo:has(.b_ads1line), li.b_algo:has(.b_adProvider)",
    advert_links=re.compile(r"(https?:)?//(www|cn)\.bing\.com/(aclick|aclk)\?"),
    advert_lists="ol#b_results, li.b_ad > ul",
    advertiser=".b_adProvider, .b_attribution .advertiser",
    shown_address=".b_adurl cite, cite",
    unwrap=_unwrap,
    nothing_found=".b_no",
    next_page="a.sb_pagN",
    captcha_titles=("captcha", "人机", "验证"),
    captcha="#b_captcha, .captcha",
    captcha_hosts=(),
)
