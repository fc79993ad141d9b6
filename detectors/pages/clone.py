"""How near a page is to pages of the official sites as staff last saw them: wording, skeleton, and files or interfaces in common.

Shingles are compared as sets. Containment asks how much of the official page is in this one, so an addition does not hide a
copy; Jaccard similarity keeps a long article that quotes the official page from being one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from detectors.model import Capture, Observation, OfficialSnapshot, PageContent, Signal, Skip
from detectors.pages.seen import examine_pages, host_of, plain_words, quote
from detectors.pages.tame import tame
from detectors.ruleset import signal
from keywords.model import SiteKind
from keywords.roster import Roster

__all__ = ["CloneDetector"]

_TEXT_SHINGLE = 5
_TAG_SHINGLE = 4
_LOOKED_AT_TEXT = 20_000
_LOOKED_AT_MARKUP = 400_000
_FEWEST_TEXT_SHINGLES = 40
_FEWEST_TAG_SHINGLES = 25
_TEXT_CONTAINED = 0.6
_TEXT_ALIKE = 0.3
_TAGS_ALIKE = 0.6
_SHORT_PAGE_SHINGLES = 120
_SHORT_PAGE_SCALE = 750
"""A page of one form has few words, and half of them are on every such page."""
_IMAGE_SCALE = 400
"""Lawful pages borrow official pictures too."""

_WORD = re.compile(r"[\w]+")
_TAG = re.compile(r"""<([a-z][a-z0-9-]*)(?:[^<>]{0,300}?\bclass\s*=\s*["']?([\w-]+))?""", re.IGNORECASE)

_INTERFACES = (
    ("/prod-api/certsearch/", "cx.mem.gov.cn"),
    ("/certInfo/netQuery", "cx.mem.gov.cn"),
    ("/cms/html/certQuery/certQuery.do", "cx.mem.gov.cn"),
    ("/fwmh/bjxcjgl/", "zlaq.mohurd.gov.cn"),
    ("qyaqscglry/qyaqscglry", "zlaq.mohurd.gov.cn"),
    ("/info-pub/pubh5", "cnse.e-cqs.cn"),
    ("remotePubQuery.json", "cnse.e-cqs.cn"),
    ("pubQueryVCodeData", "cnse.e-cqs.cn"),
    ("orgSearchVCodeData", "cnse.e-cqs.cn"),
)
"""Paths and calls that only these sites have, from public client code (2023 to 2025)."""
_COMMON_FILE = re.compile(
    r"jquery|bootstrap|vue|react|element|layui|swiper|echarts|axios|polyfill|analytics|hm\.js|favicon|font|animate|common|main|index|style|base|reset|app|logo|banner",
    re.IGNORECASE,
)
_HASHED_FILE = re.compile(r"[.\-_][0-9a-f]{6,32}\.(?:js|css|png|jpe?g|svg|gif)$", re.IGNORECASE)
_FEWEST_SHARED_FILES = 2


@dataclass(frozen=True, slots=True)
class _Original:
    host: str
    text: frozenset[str]
    tags: frozenset[tuple[str, ...]]
    files: frozenset[str]


class CloneDetector:
    """Measures pages against the official snapshots."""

    name = "clone"

    def __init__(self, roster: Roster, snapshots: Sequence[OfficialSnapshot]) -> None:
        self._roster = roster
        self._originals = tuple(
            _Original(s.host, _text_shingles(s.page), _tag_shingles(s.html), _file_paths(s.page)) for s in snapshots
        )

    def examine(self, observation: Observation) -> tuple[Signal, ...] | Skip:
        """Return what the pages have in common with official ones; a `Skip` when there are no snapshots to compare with."""
        seen = examine_pages(self.name, observation, self._roster, self._look)
        # Interfaces and hot links are known without snapshots: what they show is not thrown away.
        if not self._originals and not seen:
            return Skip(detector=self.name, cause="未有官方网站快照，未比对页面")
        return seen

    def _look(self, capture: Capture, host: str) -> Iterator[Signal]:
        del host
        text, tags, files = _text_shingles(capture.page), _tag_shingles(capture.html), _file_paths(capture.page)
        yield from self._text_signals(text, capture.page)
        nearest = max(self._originals, key=lambda one: _jaccard(tags, one.tags), default=None)
        if nearest and min(len(nearest.tags), len(tags)) >= _FEWEST_TAG_SHINGLES:
            alike = _jaccard(tags, nearest.tags)
            if alike >= _TAGS_ALIKE:
                yield signal(
                    "clone.structure",
                    scale_permille=int(alike * 1000),
                    official=nearest.host,
                    percent=f"{alike:.0%}"[:-1],
                )
        yield from self._asset_signals(capture, files)

    def _text_signals(self, text: frozenset[str], page: PageContent) -> Iterator[Signal]:
        usable = [one for one in self._originals if len(one.text) >= _FEWEST_TEXT_SHINGLES]
        nearest = max(usable, key=lambda one: _contained(one.text, text), default=None)
        if nearest is None:
            return
        share = _contained(nearest.text, text)
        if share < _TEXT_CONTAINED or _jaccard(nearest.text, text) < _TEXT_ALIKE:
            return
        scale = int(share * 1000)
        if len(nearest.text) < _SHORT_PAGE_SHINGLES:
            scale = scale * _SHORT_PAGE_SCALE // 1000
        yield signal(
            "clone.text",
            quote("text", page.text),
            scale_permille=scale,
            official=nearest.host,
            percent=str(int(share * 100)),
        )

    def _asset_signals(self, capture: Capture, files: frozenset[str]) -> Iterator[Signal]:
        page = capture.page
        for address, scale in (
            *((one, 1000) for one in (*page.scripts, *page.styles)),
            *((one.url, _IMAGE_SCALE) for one in page.images),
        ):
            site = self._roster.site_of(host_of(address))
            # Badge and filing services are official too, and every public body embeds them.
            if site and site.kind in (SiteKind.QUERY_SITE, SiteKind.DEPARTMENT):
                yield signal(
                    "clone.assets",
                    quote("link", address),
                    scale_permille=scale,
                    official=site.host,
                    asset=address[:120],
                )
                break
        for path, official in _INTERFACES:
            if path not in page.text and self._is_called(capture.html, path):
                yield signal("clone.assets", quote("link", path), official=official, asset=path)
                break
        for original in self._originals:
            shared = sorted(original.files & files)
            if len(shared) >= _FEWEST_SHARED_FILES:
                yield signal("clone.assets", quote("link", shared[0]), official=original.host, asset=shared[0])
                return

    def _is_called(self, html: str, path: str) -> bool:
        """Say whether the path stands in the markup other than as a link to its own official host."""
        start = html.find(path)
        for _ in range(50):
            if start < 0:
                return False
            before = re.search(r"https?:\\?/\\?/([a-zA-Z0-9.-]+)[^\s\"'<>]{0,200}$", html[max(0, start - 300) : start])
            if not (before and self._roster.is_official(before[1].lower())):
                return True
            start = html.find(path, start + 1)
        return False


def _text_shingles(page: PageContent) -> frozenset[str]:
    text = "".join(_WORD.findall(plain_words(f"{page.title}\n{page.text[:_LOOKED_AT_TEXT]}")))
    # What a visitor reads in the fields is part of the page: a query form has little else.
    text += "".join(plain_words(field.placeholder or field.label) for form in page.forms for field in form.fields)
    return frozenset(text[at : at + _TEXT_SHINGLE] for at in range(len(text) - _TEXT_SHINGLE + 1))


def _tag_shingles(html: str) -> frozenset[tuple[str, ...]]:
    tags = [f"{tag}.{first}" if first else tag for tag, first in _TAG.findall(tame(html[:_LOOKED_AT_MARKUP]))]
    return frozenset(tuple(tags[at : at + _TAG_SHINGLE]) for at in range(len(tags) - _TAG_SHINGLE + 1))


def _file_paths(page: PageContent) -> frozenset[str]:
    """Return the paths of files that are told apart by their name: a build's hash, or a name no library has."""
    paths = {urlsplit(one).path for one in (*page.scripts, *page.styles, *(image.url for image in page.images)) if one}
    return frozenset(
        path
        for path in paths
        if _HASHED_FILE.search(path) or (path.count("/") > 2 and not _COMMON_FILE.search(path.rpartition("/")[2]))  # noqa: PLR2004
    )


def _contained(part: frozenset[str], whole: frozenset[str]) -> float:
    return len(part & whole) / len(part) if part else 0.0


def _jaccard(
    one: frozenset[str] | frozenset[tuple[str, ...]], other: frozenset[str] | frozenset[tuple[str, ...]]
) -> float:
    union = len(one | other)
    return len(one & other) / union if union else 0.0
