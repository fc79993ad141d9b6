"""Which few pages of a suspect are worth a look besides the one that led to it: the query it links, and how to reach who runs it. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from detectors.model import Capture, Link
from keywords.hosts import canonical_url, host_of, registrable_domain

__all__ = ["LinkedPage", "linked_pages"]

_QUERY = re.compile(
    r"(证书?|证件|资格|操作证|上岗证|人员|编号|真伪|成绩|信息|官方|在线|网上|一键|快速|点击|立即)[^。！？\n]{0,8}(查询|查验|核验|验证|验真)"
    r"|(查询|查验|核验|验证|验真)[^。！？\n]{0,6}(证|真伪|入口|系统|平台|中心)|^(查询|查证|验证|证书)$"
)
_CONTACT = re.compile(
    r"联系(我们|方式|客服|电话|站长)?$|^联系|关于我们|在线客服|客服中心|^contact|^about", re.IGNORECASE
)
_ACTIONS = re.compile(
    r"log-?(in|out|off)|sign-?(in|up|out)|register|passport|logout|delete|cart|order|pay|download|\.(apk|exe|zip|rar|msi|dmg|docx?|xlsx?|pdf)$",
    re.IGNORECASE,
)
"""What a link may never lead us into: accounts, purchases, downloads."""
_MOST_WORDS = 30
_FILE_LIKE = re.compile(
    r"/[^/?]*\.(apk|ipa|exe|zip|rar|7z|msi|dmg|docx?|xlsx?|pptx?|pdf|jpe?g|png|gif|mp4)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class LinkedPage:
    """One page to look at."""

    url: str
    label: str
    """As it stands beside the evidence."""


def linked_pages(captures: Sequence[Capture], *, with_contact: bool) -> tuple[LinkedPage, ...]:
    """Return the linked query, unless a page seen has a form already, and the contact page if wanted: one of each at most."""
    seen = {canonical_url(one.final_url) for one in captures if one.final_url.startswith("http")}
    links = [(one, capture) for capture in captures for one in capture.page.links]
    found: list[LinkedPage] = []
    wanted = [] if any(capture.page.forms for capture in captures) else [(_QUERY, "链接的查询页")]
    for pattern, label in (*wanted, *([(_CONTACT, "联系页")] if with_contact else [])):
        for link, capture in links:
            if not pattern.search(link.text.strip()[:_MOST_WORDS]):
                continue
            url = _address(link, capture)
            if url and url not in seen:
                seen.add(url)
                found.append(LinkedPage(url, label))
                break
    return tuple(found)


def _address(link: Link, capture: Capture) -> str:
    """Return the link's canonical address; empty: it leads to another site, into an account or to a file."""
    try:
        url = canonical_url(link.url)
    except ValueError:
        return ""
    host, own = host_of(url), host_of(capture.final_url)
    is_own = host == own or (registrable_domain(host) and registrable_domain(host) == registrable_domain(own))
    if (
        not is_own
        or _ACTIONS.search(url.partition("://")[2].partition("/")[2])
        or _FILE_LIKE.search(url.partition("?")[0])
    ):
        return ""
    return url
