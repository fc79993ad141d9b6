"""Given items (one JSON object each) → observations: what `jianwei assess` judges. Pure: files are read by the caller."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from detectors.model import (
    Advert,
    Candidate,
    CandidateKind,
    Capture,
    Discovery,
    Listing,
    Observation,
    PageContent,
    Profile,
    Skip,
)  # fmt: skip
from detectors.pages.footer import find_footer
from detectors.pages.read import MAX_TEXT, read_page
from keywords.hosts import canonical_host, canonical_url, registrable_domain

__all__ = ["AssessItem", "ItemUnusable", "read_item"]

_KINDS = {kind.value: kind for kind in CandidateKind if kind is not CandidateKind.CERTIFICATE_PHOTO}
_MOST_IMAGES = 12
_TEXTS = ("url", "title", "text", "html", "html_path", "seller", "price_text")


class ItemUnusable(ValueError):
    """The item cannot be judged; the message is one Chinese sentence."""


@dataclass(frozen=True, slots=True)
class AssessItem:
    """One item, ready to be judged."""

    id: str
    observation: Observation
    skips: tuple[Skip, ...] = ()
    """What could not be looked at from the start."""
    image_paths: tuple[str, ...] = ()
    """Pictures that belong to it; the caller has them read and adds them to the observation."""


def read_item(line: bytes, read_html: Callable[[str], str], at: datetime, source: str) -> AssessItem:
    """Return the item of one JSON line; `read_html(path)` gives a page's markup, or raises OSError or ValueError.

    Raises `ItemUnusable` for what is no JSON object, has no id, an unknown kind, fields of the wrong type, or nothing to judge.
    """
    given = _object(line)
    identity, kind = _identity(given), _kind(given)
    words = {name: _text(given, name) for name in _TEXTS}
    words["filings"] = "\n".join(_texts(given, "filings"))
    html = words["html"]
    if not html and words["html_path"]:
        try:
            html = read_html(words["html_path"])
        except (OSError, ValueError) as error:
            raise ItemUnusable(f"html_path {words['html_path']!r} 无法读取（{error}）") from error
    paths = _texts(given, "image_paths")
    if not (
        html
        or paths
        or any(words[name].strip() for name in ("url", "title", "text", "seller", "price_text", "filings"))
    ):
        raise ItemUnusable("没有可供判断的内容：url、title、text、html、image_paths 至少要有一项")
    cause = f"共 {len(paths)} 张图片，只看了前 {_MOST_IMAGES} 张"
    skips = (Skip(detector="pictures", cause=cause),) if len(paths) > _MOST_IMAGES else ()
    return AssessItem(identity, _observation(identity, kind, words, html, at, source), skips, paths[:_MOST_IMAGES])


def _observation(
    identity: str, kind: CandidateKind, words: dict[str, str], html: str, at: datetime, source: str
) -> Observation:
    url, host = _address(words["url"])
    candidate = Candidate(
        kind=kind,
        url=url,
        host=host,
        registrable_domain=registrable_domain(host),
        key="" if host and kind is CandidateKind.SITE else identity,
        discovery=Discovery(source=source, found_at=at),
    )
    page = _page(kind, words, html, url)
    title = words["title"] or (page.title if page else "")
    text = words["text"] or (page.text if page else "")
    if words["filings"] and kind is not CandidateKind.SITE:
        text = f"{text}\n{words['filings']}".strip()
    seen = Observation(candidate=candidate, observed_at=at)
    if kind is CandidateKind.LISTING:
        listing = Listing(
            platform=host or source,
            item_id=identity,
            title=title,
            text=text,
            price_text=words["price_text"],
            seller=words["seller"],
        )
        return replace(seen, listing=listing)
    if kind is CandidateKind.ADVERT:
        advert = Advert(
            engine="", query="", page=1, slot=1, title=title, text=text, advertiser=words["seller"], target_url=url
        )
        return replace(seen, advert=advert)
    if page is None:
        return replace(seen, title=title, text=text)
    capture = Capture(
        profile=Profile.FILE, requested_url=url, final_url=url, status=200, captured_at=at, html=html, page=page
    )
    # The page is read as a page; words given beside its markup are kept, not read twice.
    return replace(seen, captures=(capture,), text=words["text"] if html else "")


def _page(kind: CandidateKind, words: dict[str, str], html: str, url: str) -> PageContent | None:
    """Return the page of the item: its markup, or for a site also its bare text; None: there is neither."""
    if html:
        page = read_page(html, url)
        page = replace(page, title=page.title or words["title"])
    elif kind is CandidateKind.SITE and (words["title"] or words["text"] or words["filings"]):
        text = words["text"][:MAX_TEXT]
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        page = PageContent(title=words["title"], text=text, footer=find_footer(lines, ()))
    else:
        return None
    if words["filings"]:
        footer = f"{page.footer}\n{words['filings']}".strip()
        page = replace(page, footer=footer, text=f"{page.text}\n{words['filings']}".strip())
    return page


def _address(text: str) -> tuple[str, str]:
    """Return canonical URL and host; an address nobody could visit is kept as text, without a host."""
    if not text.strip():
        return "", ""
    try:
        url = canonical_url(text)
        host = url.split("://", 1)[1].split("/", 1)[0]
        return url, canonical_host(host.rsplit(":", 1)[0] if not host.startswith("[") else host.split("]")[0] + "]")
    except (ValueError, UnicodeError):
        return text.strip()[:2_000], ""


def _object(line: bytes) -> dict[str, object]:
    try:
        given = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ItemUnusable(f"不是有效的 JSON（{error}）") from error
    if not isinstance(given, dict):
        raise ItemUnusable("应为一个 JSON 对象")
    return given


def _identity(given: dict[str, object]) -> str:
    value = given.get("id")
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise ItemUnusable("缺少 id")
    return str(value)


def _kind(given: dict[str, object]) -> CandidateKind:
    value = given.get("kind")
    if not isinstance(value, str) or value not in _KINDS:
        raise ItemUnusable(f"kind {value!r} 不认识，应为 {'、'.join(_KINDS)} 之一")
    return _KINDS[value]


def _text(given: dict[str, object], name: str) -> str:
    value = given.get(name)
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise ItemUnusable(f"{name} 应为文字")
    return value


def _texts(given: dict[str, object], name: str) -> tuple[str, ...]:
    value = given.get(name)
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,) if value else ()
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ItemUnusable(f"{name} 应为文字或文字的列表")
    return tuple(value)
