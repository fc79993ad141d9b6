"""What is known of official pages: the snapshots made ready for comparison, and paths and calls that only these sites have."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from detectors.model import OfficialSnapshot, PageContent
from detectors.pages.likeness import icon_bytes_in, picture_hash
from detectors.pages.seen import plain_words
from detectors.pages.shingles import ShingleIndex, tag_pieces, text_pieces

__all__ = ["INTERFACES", "Original", "Originals", "page_words", "paths_of"]

INTERFACES = (
    ("/prod-api/certsearch/", "cx.mem.gov.cn"),
    ("certInfo/netQuery", "cx.mem.gov.cn"),
    ("/cms/html/certQuery/certQuery.do", "cx.mem.gov.cn"),
    ("idcardTypeCode", "cx.mem.gov.cn"),
    ("/fwmh/bjxcjgl/", "zlaq.mohurd.gov.cn"),
    ("qyaqscglry/qyaqscglry", "zlaq.mohurd.gov.cn"),
    ("qyaqscxkz/qyaqscxkz", "zlaq.mohurd.gov.cn"),
    ("/info-pub/pub", "cnse.e-cqs.cn"),
    ("remotePubQuery", "cnse.e-cqs.cn"),
    ("pubQueryVCodeData", "cnse.e-cqs.cn"),
    ("orgSearchVCodeData", "cnse.e-cqs.cn"),
    ("imgVCode", "cnse.e-cqs.cn"),
)
"""Paths, calls and field names that only these sites have, from public client code (2023 to 2025)."""
_COMMON_FILE = re.compile(
    r"jquery|bootstrap|vue|react|element|layui|swiper|echarts|axios|polyfill|analytics|hm\.js|favicon|font|animate|common|main|index|style|base|reset|app|logo|banner",
    re.IGNORECASE,
)
_HASHED_FILE = re.compile(r"[.\-_][0-9a-f]{6,32}\.(?:js|css|png|jpe?g|svg|gif)$", re.IGNORECASE)
_FOLDERS = 2
"""A file this deep whose name no library has is told apart by its path."""


@dataclass(frozen=True, slots=True)
class Original:
    """One snapshot, as far as it is not in an index."""

    host: str
    taken_on: str
    files: frozenset[str]
    tag_count: int
    screenshot_hash: str
    icon_sha256: str
    icon_hash: str


class Originals:
    """All snapshots, ready to be compared with."""

    def __init__(self, snapshots: Sequence[OfficialSnapshot]) -> None:
        tags = [tag_pieces(one.html) for one in snapshots]
        self.text = ShingleIndex([text_pieces(page_words(one.page)) for one in snapshots])
        self.tags = ShingleIndex(tags)
        self.pages = tuple(_original(one, len(pieces)) for one, pieces in zip(snapshots, tags, strict=True))
        self.files = frozenset(path for one in self.pages for path in one.files)
        self.most_tags = max((one.tag_count for one in self.pages), default=0)


def _original(snapshot: OfficialSnapshot, tag_count: int) -> Original:
    icon = icon_bytes_in(snapshot.html)
    return Original(
        host=snapshot.host,
        taken_on=f"{snapshot.taken_at:%Y-%m-%d}",
        files=_distinctive(paths_of(snapshot.page)),
        tag_count=tag_count,
        screenshot_hash=snapshot.screenshot_hash,
        icon_sha256=snapshot.icon_sha256 or (hashlib.sha256(icon).hexdigest() if icon else ""),
        icon_hash=snapshot.icon_hash or picture_hash(icon),
    )


def page_words(page: PageContent) -> str:
    """Return everything a visitor reads, also in the fields: a query form has little else."""
    fields = "".join(plain_words(field.placeholder or field.label) for form in page.forms for field in form.fields)
    return f"{page.title}\n{page.text[:20_000]}\n{fields}"


def paths_of(page: PageContent) -> frozenset[str]:
    """Return the paths of all files the page uses."""
    addresses = (*page.scripts, *page.styles, *(image.url for image in page.images))
    tails = {address.split("/", 3)[3] for address in addresses if address.count("/") > _FOLDERS}
    return frozenset("/" + tail.partition("?")[0].partition("#")[0] for tail in tails)


def _distinctive(paths: frozenset[str]) -> frozenset[str]:
    """Return those that are told apart by their name: a build's hash, or a name no library has."""
    return frozenset(
        path
        for path in paths
        if _HASHED_FILE.search(path)
        or (path.count("/") > _FOLDERS and not _COMMON_FILE.search(path.rpartition("/")[2]))
    )
