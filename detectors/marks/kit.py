"""What a page is built of: its file paths, template, scripts, icon, and whom it fetches from."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import urlsplit

from detectors.marks.model import Mark, MarkKind, lowered
from detectors.marks.owner import domain_of
from detectors.marks.statistics import is_vendor_script
from detectors.model import PageContent
from detectors.pages.seen import host_of
from keywords.hosts import owned_domain
from keywords.roster import Roster

__all__ = ["icons_in_markup", "image_address", "own_scripts", "page_build"]

_MOST_FILES = 200
_MOST_SCRIPTS = 60
_SCRIPT_LENGTHS = range(120, 100_000)
"""Characters of an inline script without blanks; shorter ones are what everybody writes."""
_FEWEST_PATHS = 4
_THEME = re.compile(r"/(?:templates?|templets|themes?|skins?|tpl)/([a-z0-9][a-z0-9_-]{1,39})/")
_BUILD = re.compile(r"(?:^|/)([\w~-]{1,60}[.-](?=[a-f0-9]*\d)(?=[a-f0-9]*[a-f])[a-f0-9]{8,32}(?:\.min)?\.(?:js|css))$")
_LIBRARY = re.compile(
    r"jquery|bootstrap|swiper|layui|layer|vue|react|axios|echarts|element-?ui|element-plus|font-?awesome|iconfont|normalize|"
    r"reset|animate|wow|slick|owl|popper|lodash|moment|polyfill|html5shiv|respond|modernizr|zepto|lazyload|qrcode|clipboard|"
    r"wp-includes|wp-emoji|sweetalert|mui|flexible|rem\.js|fastclick|superslide|md5|crypto",
)
_CONTENT = re.compile(r"/(?:uploads?|uploadfiles?|attachments?|userfiles|images?/\d{4,})/|\d{6,}")
_ICON = re.compile(r"""data:image/[a-z.+-]{1,20};base64,([A-Za-z0-9+/=]{80,60000})""")
_LINK_TAG = re.compile(r"<link\b[^<>]{0,300}?\bicon\b", re.IGNORECASE)
_RESIZED = re.compile(r"[_@!](?:\d+x\d+|\d+[wh])[^/]*$|\?.*$")


def page_build(page: PageContent, own_host: str, roster: Roster) -> Iterator[Mark]:
    """Yield template, build and file-set marks of the page's own files, and the uncommon hosts it fetches code from."""
    own = owned_domain(own_host)
    paths: set[str] = set()
    for url in (*page.scripts[:_MOST_FILES], *page.styles[:_MOST_FILES]):
        host, path = host_of(url), _path(url)
        if host == own_host or owned_domain(host) == own:
            paths.add(path)
        elif (domain := domain_of(host, roster)) and not host.replace(".", "").isdigit():
            yield Mark(MarkKind.RESOURCE_HOST, domain)
    images = {_path(image.url) for image in page.images[:_MOST_FILES] if host_of(image.url) == own_host}
    for path in sorted(paths | images):
        if theme := _THEME.search(path):
            yield Mark(MarkKind.THEME, theme[1])
    for path in sorted(paths):
        if (build := _BUILD.search(path)) and not _LIBRARY.search(path):
            yield Mark(MarkKind.BUILD_FILE, build[1])
    yield from _file_set(paths | {path for path in images if not _CONTENT.search(path)})


def own_scripts(markup: str) -> Iterator[Mark]:
    """Yield the inline scripts somebody wrote himself, by the digest of their text without blanks."""
    for script in _inline_scripts(markup):
        text = "".join(script.split())
        if len(text) in _SCRIPT_LENGTHS and not is_vendor_script(script):
            yield Mark(MarkKind.INLINE_SCRIPT, _digest(text))


def icons_in_markup(markup: str) -> Iterator[Mark]:
    """Yield favicons that are written into the markup."""
    for tag in islice(_LINK_TAG.finditer(markup), _MOST_FILES):
        end = markup.find(">", tag.start())
        if icon := _ICON.search(markup, tag.start(), end if end > 0 else len(markup)):
            yield Mark(MarkKind.FAVICON, _digest(icon[1]))


def image_address(url: str) -> Mark | None:
    """Return the mark of an uploaded picture's address, whatever its size; None: it is no http(s) address."""
    host = host_of(url)
    path = _RESIZED.sub("", urlsplit(url).path) if host else ""
    return Mark(MarkKind.IMAGE_ADDRESS, f"{host}{path}"[:200]) if host and len(path) > 1 else None


def _file_set(paths: Iterable[str]) -> Iterator[Mark]:
    own = sorted(path for path in paths if len(path) > 1 and not _LIBRARY.search(path) and "favicon" not in path)
    if len(own) >= _FEWEST_PATHS:
        yield Mark(MarkKind.RESOURCE_SET, _digest("\n".join(own)))


def _inline_scripts(markup: str) -> Iterator[str]:
    """Yield the texts of inline scripts, in one pass; an unclosed one ends the page."""
    lower, position = lowered(markup), 0
    for _ in range(_MOST_SCRIPTS):
        start = lower.find("<script", position)
        opened = lower.find(">", start) if start >= 0 else -1
        end = lower.find("</script", opened) if opened >= 0 else -1
        if end < 0:
            return
        if "src" not in lower[start:opened][:2_000]:
            yield markup[opened + 1 : end]
        position = end + 8


def _path(url: str) -> str:
    try:
        return urlsplit(url).path.lower()[:300]
    except ValueError:
        return ""


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]
