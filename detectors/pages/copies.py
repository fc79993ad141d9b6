"""Dated copies and shown code: hosts that keep other people's pages for readers, where a copy deceives nobody.

A forger cannot put a page on these hosts except as a labelled copy, so the host alone decides; elsewhere an archive must name
date and original in its address and say that it is one.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from detectors.model import Capture
from keywords.hosts import canonical_host
from keywords.roster import Roster

__all__ = ["archived_original", "host_of", "hosts_in", "is_code_host"]

_ARCHIVES = frozenset(
    (
        "web.archive.org", "archive.org", "archive.ph", "archive.today", "archive.is", "archive.li", "archive.md", "archive.vn",
        "archive.fo", "webcache.googleusercontent.com", "cc.bingj.com", "cache.baiducontent.com", "perma.cc", "megalodon.jp",
        "timetravel.mementoweb.org", "wayback.archive-it.org", "webarchive.nlc.cn", "ghostarchive.org", "snapshot.sogoucdn.com",
        "arquivo.pt", "www.webarchive.org.uk", "webarchive.loc.gov", "urlscan.io", "c.360webcache.com",
    )
)  # fmt: skip
"""Public web archives and the page caches of search engines (Internet Archive, archive.today, Google, Bing, Baidu, 360, Sogou, 国家图书馆)."""
_CODE_HOSTS = frozenset(
    (
        "github.com", "gist.github.com", "raw.githubusercontent.com", "gitee.com", "gitlab.com", "gitcode.com", "gitcode.net",
        "bitbucket.org", "codeberg.org", "sourceforge.net", "coding.net", "e.coding.net", "jihulab.com", "npmjs.com",
        "www.npmjs.com", "pypi.org", "sourcegraph.com", "pastebin.com", "jsfiddle.net", "stackoverflow.com", "bbs.csdn.net",
        "blog.csdn.net", "download.csdn.net", "www.cnblogs.com", "juejin.cn", "segmentfault.com", "www.jianshu.com",
    )
)  # fmt: skip
"""Hosts that show code as text. Hosts that *serve* it (github.io, gitee.io, pages.dev) are not among them."""
_ARCHIVE_PATH = re.compile(r"/(?:19|20)\d{6,12}[a-z_*]{0,4}/(https?:/?/?[^\s]+)", re.IGNORECASE)
_NAMED_ORIGINAL = re.compile(
    r"https?:/{1,2}([a-z0-9.-]{4,200})|(?:cache|q)[:=]([a-z0-9.-]{4,200}\.[a-z]{2,10})", re.IGNORECASE
)
_ARCHIVE_LABEL = re.compile("存档|归档|网页快照|历史快照|回忆|Wayback|archived?\\b|snapshot", re.IGNORECASE)


@lru_cache(maxsize=1024)
def host_of(url: str) -> str:
    """Return the canonical host of a URL; empty: it has none that can be read."""
    try:
        return canonical_host(urlsplit(url).hostname or "")
    except (ValueError, UnicodeError):
        return ""


def hosts_in(addresses: Iterable[str]) -> dict[str, str]:
    """Return each different host part of these addresses, as written (`a.cn:80`), with its canonical host."""
    parted = [address.split("/", 3) for address in addresses]
    places = dict.fromkeys([parts[2] for parts in parted if len(parts) > 2])  # noqa: PLR2004 - scheme, nothing, host
    return {place: host_of(f"//{place}") for place in places}


def is_code_host(host: str) -> bool:
    """Say whether the host shows code as text."""
    return host in _CODE_HOSTS


def archived_original(capture: Capture, roster: Roster) -> str:
    """Return the official host a web archive's copy is of, or the archive's own where it does not say; empty: no such copy.

    On a host that is no known archive the address must name date and original, and the page must say that it is an archive:
    both are what archives do for their readers, and neither is any use to somebody who wants to be taken for the original.
    """
    host = host_of(capture.final_url)
    if not host:
        return ""
    parts = urlsplit(capture.final_url)
    if host in _ARCHIVES:
        named = _NAMED_ORIGINAL.search(f"{parts.path[:500]}?{parts.query[:500]}")
        return (host_of(f"//{named[1] or named[2]}") if named else "") or host
    found = _ARCHIVE_PATH.search(parts.path[:500])
    original = host_of(found[1]) if found else ""
    if not original or not roster.is_official(original):
        return ""
    label = _ARCHIVE_LABEL.search(f"{capture.page.text[:600]}\n{capture.page.text[-300:]}")
    return original if label else ""
