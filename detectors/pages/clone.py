"""How near a page is to pages of the official sites as staff last saw them, and what it takes from them.

Wording and skeleton are compared as sets of shingles. Containment asks how much of the official page is in this one, so an
addition does not hide a copy; Jaccard similarity keeps a long article that quotes the official page from being one.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import numpy as np

from detectors.model import Attachment, Capture, EvidenceKind, Observation, OfficialSnapshot, PageContent, Signal, Skip
from detectors.pages.copies import host_of, hosts_in, is_code_host
from detectors.pages.likeness import bits_apart, icon_bytes_in, picture_hash
from detectors.pages.originals import INTERFACES, Originals, page_words, paths_of
from detectors.pages.seen import examine_pages, quote, unofficial_captures
from detectors.pages.shingles import count_of, tag_pieces, text_pieces
from detectors.ruleset import signal
from keywords.model import SiteKind
from keywords.roster import Roster

__all__ = ["CloneDetector"]

_FEWEST_TEXT_PIECES = 40
_FEWEST_TAG_PIECES = 25
_TEXT_CONTAINED = 0.6
_TEXT_ALIKE = 0.3
_TAGS_ALIKE = 0.6
_MOST_TAGS = 4
"""A page with this many times the tags of the largest original cannot be like it."""
_SHORT_PAGE_PIECES = 120
_SHORT_PAGE_SCALE = 750
"""A page of one form has few words, and half of them are on every such page."""
_IMAGE_SCALE = 400
"""Lawful pages borrow official pictures too."""
_FEWEST_SHARED_FILES = 2
_MOST_FILES = 2_000
_SCREENS_APART = 24
_ICONS_APART = 10
"""Bits of 256 in which two pictures of the same may differ."""
_SAVED_FROM = re.compile(
    r"<!--\s*(?:saved from url=\(\d{1,6}\)|Mirrored from )\s*(?:https?://)?([a-z0-9.-]{4,100})"
    r"|<base\b[^>]{0,100}?href\s*=\s*[\"']?https?://([a-z0-9.-]{4,100})"
    r"|<link\b[^>]{0,100}?rel\s*=\s*[\"']?canonical[\"']?[^>]{0,100}?href\s*=\s*[\"']?https?://([a-z0-9.-]{4,100})",
    re.IGNORECASE,
)
_FRAMED = re.compile(r"<i?frame\b[^>]{0,300}?\bsrc\s*=\s*[\"']?https?://([a-z0-9.-]{4,100})", re.IGNORECASE)
_OWNER_BEFORE = re.compile(r"https?:\\?/\\?/([a-zA-Z0-9.-]+)[^\s\"'<>]{0,200}$")
_FRAMES_WITHIN = 300_000
_FRAME_ONLY = 200
_FRAME_BESIDE_SCALE = 450
"""A page with words of its own may frame the official one for its readers; one without is nothing but the frame."""
_CALLS_READ = 50


class CloneDetector:
    """Measures pages against the official snapshots."""

    name = "clone"

    def __init__(self, roster: Roster, snapshots: Sequence[OfficialSnapshot]) -> None:
        self._roster = roster
        self._originals = Originals(snapshots)

    def examine(self, observation: Observation) -> tuple[Signal, ...] | Skip:
        """Return what the pages have in common with official ones; a `Skip` when there are no snapshots to compare with."""
        seen = examine_pages(self.name, observation, self._roster, self._look)
        if isinstance(seen, tuple) and unofficial_captures(observation, self._roster):
            seen += tuple(self._picture_signals(observation.attachments))
        # Interfaces and hot links are known without snapshots: what they show is not thrown away.
        if not self._originals.pages and not seen:
            return Skip(detector=self.name, cause="未有官方网站快照，未比对页面")
        return seen

    def _look(self, capture: Capture, host: str) -> Iterator[Signal]:
        if is_code_host(host):
            return
        if self._originals.pages:
            yield from self._text_signals(capture.page)
            yield from self._structure_signals(capture.html)
            yield from self._shared_files(capture.page)
            if icon := icon_bytes_in(capture.html):
                yield from self._icon_signals([icon])
        yield from self._hot_links(capture.page, host)
        yield from self._interfaces(capture)
        yield from self._taken_from(capture)

    def _text_signals(self, page: PageContent) -> Iterator[Signal]:
        index, pieces = self._originals.text, text_pieces(page_words(page))
        shared = index.shared(pieces)
        shares = np.where(index.counts >= _FEWEST_TEXT_PIECES, shared / np.maximum(index.counts, 1), 0.0)
        place = int(shares.argmax()) if len(shares) else 0
        if not len(shares) or shares[place] < _TEXT_CONTAINED:
            return
        union = count_of(pieces) + int(index.counts[place]) - int(shared[place])
        if shared[place] / union < _TEXT_ALIKE:
            return
        scale = int(shares[place] * 1000)
        if index.counts[place] < _SHORT_PAGE_PIECES:
            scale = scale * _SHORT_PAGE_SCALE // 1000
        nearest = self._originals.pages[place]
        yield signal(
            "clone.text", quote("text", page.text), scale_permille=scale,
            official=nearest.host, taken_on=nearest.taken_on, percent=_percent(shares[place]),
        )  # fmt: skip

    def _structure_signals(self, html: str) -> Iterator[Signal]:
        index = self._originals.tags
        if html.count("<") > 2 * _MOST_TAGS * (self._originals.most_tags + _FEWEST_TAG_PIECES):
            return
        pieces = tag_pieces(html)
        if len(pieces) < _FEWEST_TAG_PIECES:
            return
        shared = index.shared(pieces)
        alike = shared / np.maximum(count_of(pieces) + index.counts - shared, 1)
        alike = np.where([one.tag_count >= _FEWEST_TAG_PIECES for one in self._originals.pages], alike, 0.0)
        place = int(alike.argmax())
        if alike[place] >= _TAGS_ALIKE:
            nearest = self._originals.pages[place]
            yield signal(
                "clone.structure", scale_permille=int(alike[place] * 1000),
                official=nearest.host, taken_on=nearest.taken_on, percent=_percent(alike[place]),
            )  # fmt: skip

    def _shared_files(self, page: PageContent) -> Iterator[Signal]:
        files = paths_of(page) & self._originals.files if self._originals.files else frozenset()
        for original in self._originals.pages if len(files) >= _FEWEST_SHARED_FILES else ():
            shared = sorted(original.files & files)
            if len(shared) >= _FEWEST_SHARED_FILES:
                yield signal("clone.assets", quote("link", shared[0]), official=original.host, asset=shared[0])
                return

    def _hot_links(self, page: PageContent, host: str) -> Iterator[Signal]:
        files = [(one, 1000) for one in (*page.scripts, *page.styles)]
        files += [(one.url, _IMAGE_SCALE) for one in page.images[:_MOST_FILES]]
        hosts = hosts_in(address for address, _ in files)
        sources = {place for place, named in hosts.items() if named != host and self._is_source(named)}
        for address, scale in files if sources else ():
            if address.split("/", 3)[2] in sources:
                shown = quote("link", address)
                official = host_of(address)
                yield signal("clone.assets", shown, scale_permille=scale, official=official, asset=address[:120])
                return

    def _is_source(self, host: str) -> bool:
        # Badge and filing services are official too, and every public body embeds them.
        site = self._roster.site_of(host)
        return site is not None and site.kind in (SiteKind.QUERY_SITE, SiteKind.DEPARTMENT)

    def _interfaces(self, capture: Capture) -> Iterator[Signal]:
        html, text = capture.html, capture.page.text
        where = urlsplit(capture.final_url).path if host_of(capture.final_url) else ""
        for path, official in INTERFACES:
            is_called = path in html and path not in text and self._is_called(html, path)
            if is_called or (path.startswith("/") and where.startswith(path)):
                yield signal("clone.assets", quote("link", path), official=official, asset=path)
                return

    def _is_called(self, html: str, path: str) -> bool:
        """Say whether the path stands in the markup other than as a link to its own official host."""
        start = html.find(path)
        for _ in range(_CALLS_READ):
            if start < 0:
                return False
            before = _OWNER_BEFORE.search(html[max(0, start - 300) : start])
            if not (before and self._roster.is_official(before[1].lower())):
                return True
            start = html.find(path, start + 1)
        return False

    def _taken_from(self, capture: Capture) -> Iterator[Signal]:
        """Yield what the markup itself says of its origin, and official pages shown in a frame."""
        html, page = capture.html, capture.page
        head = html[:20_000] + html[-3_000:]
        for found in _SAVED_FROM.finditer(head):
            site = self._roster.site_of(found[1] or found[2] or found[3])
            if site:
                yield signal("clone.saved_copy", quote("meta", found.group()), official=site.host)
                break
        for found in _FRAMED.finditer(html[:_FRAMES_WITHIN]) if "frame" in html or "FRAME" in html else ():
            site = self._roster.site_of(found[1])
            if site and site.kind is SiteKind.QUERY_SITE:
                scale = 1000 if len(page.text) < _FRAME_ONLY else _FRAME_BESIDE_SCALE
                yield signal("clone.framed", quote("link", found.group()), scale_permille=scale, official=site.host)
                break

    def _picture_signals(self, attachments: Sequence[Attachment]) -> Iterator[Signal]:
        """Yield likeness of the screenshot and the site icon to those of an official site."""
        if any(one.screenshot_hash for one in self._originals.pages):
            screens = [picture_hash(one.content) for one in attachments if one.kind is EvidenceKind.SCREENSHOT]
            yield from self._alike("clone.screenshot", screens, "screenshot_hash", _SCREENS_APART)
        yield from self._icon_signals(
            [
                one.content
                for one in attachments
                if one.kind is EvidenceKind.BODY and one.media_type.startswith("image/")
            ]
        )

    def _icon_signals(self, icons: Sequence[bytes]) -> Iterator[Signal]:
        same = {hashlib.sha256(icon).hexdigest() for icon in icons}
        if found := next((one for one in self._originals.pages if one.icon_sha256 in same), None):
            yield signal("clone.icon", official=found.host, taken_on=found.taken_on)
        elif any(one.icon_hash for one in self._originals.pages):
            yield from self._alike("clone.icon", [picture_hash(one) for one in icons], "icon_hash", _ICONS_APART)

    def _alike(self, code: str, hashes: Sequence[str], field: str, most_apart: int) -> Iterator[Signal]:
        pairs = [(bits_apart(seen, getattr(one, field)), one) for seen in hashes for one in self._originals.pages]
        apart, nearest = min(pairs, key=lambda pair: pair[0], default=(most_apart + 1, None))
        if nearest and apart <= most_apart:
            yield signal(code, official=nearest.host, taken_on=nearest.taken_on)


def _percent(share: float) -> str:
    return str(int(share * 100))
