"""Listings from files, whatever route they came by: tables and answers of a platform, HAR or MHTML of a staff browser, saved pages.

The definition tells where the listings are; a file of a platform nobody defined is read by its product markup.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from crawler.platforms.archive import Kind, SavedAnswer, Truncated, kind_of, open_archive, unzipped
from crawler.platforms.model import Platform
from crawler.platforms.replies import Held, PlatformAsks, decoded, held_in_data, held_in_page, joined
from detectors.model import Attachment, Candidate, CandidateKind, Discovery, EvidenceKind, Observation
from detectors.pages.read import decode_html
from keywords.hosts import registrable_domain
from pipelines.errors import InputUnreadable
from pipelines.imports.listings import read_listings
from pipelines.imports.model import Rejection

__all__ = ["ListingFiles"]

_MAX_FILE = 300_000_000
Pseudonym = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class ListingFiles:
    """Reads files by the definitions it knows."""

    platforms: Sequence[Platform]

    def read(
        self, path: Path, *, at: datetime, pseudonym: Pseudonym, platform: str = ""
    ) -> Iterator[Observation | Rejection]:
        """Yield one observation per listing and one rejection per broken row or part, in file order; see `read_listings`.

        Raises `InputUnreadable` when the file cannot be read or holds no listing.
        """
        named = next((one for one in self.platforms if platform and one.is_called(platform)), None)
        content = _content(path)
        kind = kind_of(content, path.suffix.lower()) if content is not None else ""
        if content is None or not kind or (kind == "json" and not self._is_reply(named, content)):
            title = named.title if named else platform
            columns = named.columns if named else {}
            rows = read_listings(path, at=at, pseudonym=pseudonym, platform=title, columns=columns)
            yield from (_as_app(row) if named and named.kind == "app_store" else row for row in rows)
            return
        yield from self._archive(
            path, content, kind, _Import(path.name, hashlib.sha256(content).hexdigest(), at, pseudonym, named, platform)
        )

    def _is_reply(self, named: Platform | None, content: bytes) -> bool:
        """Say whether a JSON file is an answer a definition knows, and not a table."""
        if named is None or not named.replies:
            return False
        try:
            return bool(_held_in_text(named, content.decode("utf-8-sig", "replace"), "", str))
        except PlatformAsks:
            return True

    def _archive(self, path: Path, content: bytes, kind: Kind, job: "_Import") -> Iterator[Observation | Rejection]:
        found: dict[str, tuple[int, Held, Platform | None]] = {}
        troubles: list[Rejection] = []
        answers = 0
        for answer in open_archive(content, kind):
            if isinstance(answer, Truncated):
                troubles.append(Rejection(answer.place, "文件在此处中断，之前完整的部分已读取", path.name))
                continue
            answers += 1
            platform = job.named or self._platform_of(answer.url)
            if job.named and answer.url and not job.named.gave(answer.url):
                continue
            try:
                held = _held(platform, answer, job.pseudonym)
            except PlatformAsks as asked:
                reason = "平台要求登录或人机验证，这个应答里没有数据，请重新打开页面后再保存"
                troubles.append(Rejection(answer.place, reason, str(asked)))
                continue
            for one in held:
                if (
                    kind == "har"
                    and platform is None
                    and not (one.found.listing.price_text or one.found.listing.seller)
                ):
                    continue  # a page the browser passed by: it names a title, and nothing that is for sale
                key = one.found.url or f"{one.found.listing.platform}:{one.found.listing.item_id}"
                before = found.get(key)
                found[key] = (before[0], joined(before[1], one), platform) if before else (answer.place, one, platform)
        if not found and not troubles:
            raise InputUnreadable(
                str(path),
                f"共 {answers} 个应答，其中没有认得的商品或信息列表；可用 --platform 指明平台，或在平台的搜索结果页重新保存",
                f"none of its {answers} answers holds listings; name the --platform, or save it again on a page of results",
            )
        yield from (_observation(job, place, held, platform) for place, held, platform in found.values())
        yield from troubles

    def _platform_of(self, url: str) -> Platform | None:
        host = urlsplit(url).hostname or "" if url else ""
        return next((one for one in self.platforms if host and one.owns(host)), None)


@dataclass(frozen=True, slots=True)
class _Import:
    """What one file is read with."""

    name: str
    sha256: str
    """Of the file, gzip undone: ties each record to what staff saved."""
    at: datetime
    pseudonym: Pseudonym
    named: Platform | None
    platform: str
    """As the person named it; empty: not named."""


def _content(path: Path) -> bytes | None:
    """Return the file's content, gzip undone; None: the table reader will say what is wrong with it."""
    try:
        if path.stat().st_size > _MAX_FILE:
            return None
        content = unzipped(path.read_bytes())
    except OSError:
        return None
    is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    return content.decode("utf-16", "replace").encode() if is_wide else content


def _held(platform: Platform | None, answer: SavedAnswer, pseudonym: Pseudonym) -> list[Held]:
    text = decode_html(answer.body, answer.media_type)
    if "html" in answer.media_type:
        return held_in_page(platform, text, answer.url, pseudonym)
    if platform is None:
        return []
    return _held_in_text(platform, text, answer.url, pseudonym)


def _held_in_text(platform: Platform, text: str, url: str, pseudonym: Pseudonym) -> list[Held]:
    """Return what one answer holds, or several that were saved into one file: a line each, or in a list."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and all(line.lstrip().startswith("{") and line.rstrip().endswith("}") for line in lines):
        answers = [decoded(line) for line in lines]
    else:
        whole = decoded(text)
        held = held_in_data(platform, whole, url, pseudonym) if whole is not None else []
        if held or not isinstance(whole, list):
            return held
        answers = whole
    return [one for answer in answers if answer is not None for one in held_in_data(platform, answer, url, pseudonym)]


def _observation(job: _Import, place: int, held: Held, platform: Platform | None) -> Observation | Rejection:
    listing, url = held.found.listing, held.found.url
    host = urlsplit(url).hostname or (platform.host if platform else "")
    if not listing.platform:
        listing = replace(listing, platform=job.platform or registrable_domain(host) or job.name)
    record = {
        "file": job.name,
        "file_sha256": job.sha256,
        "answer": place,
        "platform": listing.platform,
        "record": held.record,
    }
    seen = Observation(
        candidate=Candidate(
            kind=CandidateKind.LISTING,
            url=url,
            host=host,
            registrable_domain=registrable_domain(host),
            key=url or f"{listing.platform}:{listing.item_id or listing.title}",
            discovery=Discovery(source=f"file:{job.name}", found_at=job.at, rank=place),
        ),
        observed_at=job.at,
        listing=listing,
        attachments=(
            Attachment(
                kind=EvidenceKind.LISTING,
                media_type="application/json",
                content=msgspec.json.format(msgspec.json.encode(record), indent=1),
            ),
        ),
    )
    return _as_app(seen) if platform is not None and platform.kind == "app_store" else seen


def _as_app(seen: Observation | Rejection) -> Observation | Rejection:
    """Return what a store lists as an app: it carries filing numbers of its own, which are read from its words."""
    if isinstance(seen, Rejection) or seen.listing is None:
        return seen
    candidate = replace(seen.candidate, kind=CandidateKind.APP)
    return replace(seen, candidate=candidate, title=seen.listing.title, text=seen.listing.text)
