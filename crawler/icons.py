"""Small files beside a site's pages: the icon of the browser's tab, where the page says it is, else where browsers look; and robots.txt."""

import re
from urllib.parse import urljoin

from crawler.fetch import Fetcher, FetchFailed
from detectors.model import Attachment, Capture, EvidenceKind

__all__ = ["fetch_icon", "fetch_robots"]

_LINK = re.compile(r"<link\b[^>]{0,500}>", re.IGNORECASE)
_IS_ICON = re.compile(r"""\brel\s*=\s*["']?[^"'>]{0,20}icon""", re.IGNORECASE)
_HREF = re.compile(r"""\bhref\s*=\s*["']?([^\s"'>]{1,1000})""", re.IGNORECASE)
_LOOKED_AT = 100_000
_MAX_BYTES = 500_000
_MAX_ROBOTS_BYTES = 50_000
_OK = 200


async def fetch_icon(fetcher: Fetcher, capture: Capture) -> Attachment | None:
    """Return the page's icon as evidence; None: there is none, or it could not be had, which is no news about the site."""
    try:
        answer = await fetcher.visit(_address(capture))
    except (FetchFailed, ValueError):
        return None
    kind = answer.content_type.partition(";")[0].strip().lower()
    if answer.status != _OK or not kind.startswith("image/") or not 0 < len(answer.body) <= _MAX_BYTES:
        return None
    return Attachment(kind=EvidenceKind.BODY, media_type=kind, content=answer.body, label="网站图标")


async def fetch_robots(fetcher: Fetcher, capture: Capture) -> Attachment | None:
    """Return the site's robots.txt as evidence: whom it hides from, and folders nobody links. None: there is none."""
    try:
        answer = await fetcher.visit(urljoin(capture.final_url, "/robots.txt"))
    except (FetchFailed, ValueError):
        return None
    is_plain = answer.content_type.partition(";")[0].strip().lower() in {"text/plain", ""}
    if answer.status != _OK or not is_plain or not answer.body:
        return None
    content = answer.body[:_MAX_ROBOTS_BYTES]
    return Attachment(kind=EvidenceKind.BODY, media_type="text/plain", content=content, label="robots.txt")


def _address(capture: Capture) -> str:
    for link in _LINK.findall(capture.html[:_LOOKED_AT]):
        named = _HREF.search(link) if _IS_ICON.search(link) else None
        if named and not named[1].startswith("data:"):
            return str(urljoin(capture.final_url, named[1]))
    return str(urljoin(capture.final_url, "/favicon.ico"))
