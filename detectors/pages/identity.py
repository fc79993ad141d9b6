"""Who a page says it is: a claim counts where a site names itself (title, header, foot, site tags), never where it speaks of others."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from detectors.model import Capture, Observation, PageContent, Quote, Signal, Skip
from detectors.pages.bodies import BodyNames, Claim, ClaimKind, is_article_title, is_generic
from detectors.pages.seen import examine_pages, host_of, plain_words, quote
from detectors.ruleset import signal
from keywords.hosts import canonical_host, registrable_domain
from keywords.roster import Roster

__all__ = ["ClaimedIdentityDetector", "is_own_name_elsewhere", "title_parts"]

_CODES = {
    ClaimKind.SITE: "identity.claims_official_site",
    ClaimKind.AUTHORITY: "identity.claims_authority",
    ClaimKind.INVENTED: "identity.invented_body",
}
_SEPARATORS = re.compile(r"\s*[_|｜»>]+\s*|\s+[-–—]+\s+|[-–—]{1,2}(?=[^\x00-\xff])|(?<=[^\x00-\xff])[-–—]{1,2}|[·•\s]+")
_OWNER = re.compile(
    r"(?:主办单位?|版权所有(?:者|单位)?|版权归|著作权|版权|运营单位|网站所有者|发证机关网站)\s*(?:归)?\s*[:：©]?\s*([^\s|｜,，;；。©]{3,40})"
    r"|([一-鿿][^\s|｜,，;；。:：©]{2,40}?)\s*(?:版权所有|主办|©)"
    r"|(?:copyright|©|\(c\))[\s©\d\-–,.a-z()]{0,40}([一-鿿][^\s|｜,，;；。©]{3,40})",
    re.IGNORECASE,
)
_OWNER_TAIL = re.compile(r"(?:版权所有|所有|主办|保留|京ICP|[A-Za-z.]).*$")
_SITE_NAME_TAGS = ("sitename", "og:site_name", "application-name", "apple-mobile-web-app-title", "author", "copyright")
_HEADER_IMAGE = re.compile("logo|banner|head|top|guohui|emblem", re.IGNORECASE)
_LOOKED_AT_HEADINGS = 3
_LOOKED_AT_IMAGES = 8

_WHERE_SCALE = {"title": 1000, "meta": 900, "footer": 1000, "heading": 800, "image": 700}
_GENERIC_SCALE = 700
_LINKED_AWAY_SCALE = 450


@dataclass(frozen=True, slots=True)
class _Placed:
    claim: Claim
    where: str
    quote: Quote


class ClaimedIdentityDetector:
    """Finds claims to be an official site, a state body or an invented one, and head tags of another site."""

    name = "claimed_identity"

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._bodies = BodyNames(roster)

    def examine(self, observation: Observation) -> tuple[Signal, ...] | Skip:
        """Return the claims of the pages, or why there were none to read."""
        return examine_pages(self.name, observation, self._roster, self._look)

    def _look(self, capture: Capture, host: str) -> Iterator[Signal]:
        page = capture.page
        elsewhere = {plain_words(link.text) for link in page.links if self._roster.is_official(host_of(link.url))}
        best: dict[tuple[ClaimKind, str], tuple[int, _Placed]] = {}
        for placed in self._claims(page):
            scale = _WHERE_SCALE[placed.where]
            if placed.claim.is_generic:
                scale = scale * _GENERIC_SCALE // 1000
            if placed.where in ("heading", "image") and placed.claim.text in elsewhere:
                # A directory's entry is worded like the site it leads to.
                scale = scale * _LINKED_AWAY_SCALE // 1000
            key = (placed.claim.kind, placed.claim.official or placed.claim.text)
            if key not in best or best[key][0] < scale:
                best[key] = (scale, placed)
        for scale, placed in best.values():
            yield signal(
                _CODES[placed.claim.kind],
                placed.quote,
                scale_permille=scale,
                claim=placed.claim.text,
                official=placed.claim.official,
            )
        yield from self._tag_mismatches(page, host)

    def _claims(self, page: PageContent) -> Iterator[_Placed]:
        parts = title_parts(page.title)
        is_elsewhere = is_own_name_elsewhere(page, self._bodies)
        if not is_elsewhere:
            # One part alone may be generic, so the whole title is read too: 应急管理部 特种作业操作证查询.
            yield from self._placed("title", ("".join(parts), *parts), page.title)
            yield from self._placed("heading", page.headings[:_LOOKED_AT_HEADINGS])
            yield from self._placed("image", _header_alts(page))
        yield from self._placed("footer", _owners(page.footer), page.footer)
        if not is_article_title(page.title):
            yield from self._placed("meta", (value for tag, value in page.metas if tag in _SITE_NAME_TAGS))

    def _placed(self, where: str, names: Iterable[str], context: str = "") -> Iterator[_Placed]:
        for name in names:
            claim = None if is_article_title(name) else self._bodies.claim_in(name)
            if claim:
                start = context.find(name)
                shown = (
                    quote(where, context, start, start + len(name)) if start >= 0 else quote(where, name, 0, len(name))
                )
                yield _Placed(claim, where, shown)

    def _tag_mismatches(self, page: PageContent, host: str) -> Iterator[Signal]:
        if not host:
            return
        for tag, value in page.metas:
            if tag == "sitedomain" and value and not _names_host(value, host):
                yield signal(
                    "identity.site_tags_mismatch",
                    quote("meta", f"SiteDomain: {value}"),
                    tag="SiteDomain",
                    claimed=value[:80],
                    host=host,
                )
            elif tag == "siteidcode":
                owner = next((site for site in self._roster.sites if site.site_code and site.site_code == value), None)
                if owner:
                    yield signal(
                        "identity.site_tags_mismatch",
                        quote("meta", f"SiteIDCode: {value}"),
                        tag="SiteIDCode",
                        claimed=f"{value}（{owner.name}）",
                        host=host,
                        official=owner.host,
                    )


def title_parts(title: str) -> tuple[str, ...]:
    """Return the parts of a title, split where sites put their own name apart."""
    return tuple(part for part in _SEPARATORS.split(title) if part)


def is_own_name_elsewhere(page: PageContent, bodies: BodyNames) -> bool:
    """Say whether the title tells a story or names somebody of its own, so that official names on the page are mentions."""
    if is_article_title(page.title) or any(tag == "articletitle" for tag, _ in page.metas):
        return True
    parts = title_parts(page.title)
    if not parts or bodies.claim_in("".join(parts)):
        return False
    return not all(is_generic(part) or bodies.claim_in(part) for part in parts)


def _header_alts(page: PageContent) -> Iterator[str]:
    for image in page.images[:_LOOKED_AT_IMAGES]:
        if image.alt and (_HEADER_IMAGE.search(urlsplit(image.url).path) or image is page.images[0]):
            yield image.alt


def _owners(footer: str) -> Iterator[str]:
    """Yield whom the page's foot names as owner or sponsor."""
    for line in footer.split("\n")[:60]:
        for groups in _OWNER.findall(line[:300]):
            for name in groups:
                owner = _OWNER_TAIL.sub("", name).strip("：:（）()[]【】")
                if owner:
                    yield owner


def _names_host(value: str, host: str) -> bool:
    """Say whether a SiteDomain tag (a host, several, or a URL) names this host or one of its own domain."""
    for name in re.split(r"[,;，；\s]+", value):
        try:
            named = canonical_host(urlsplit(name if "://" in name else f"//{name}").hostname or "")
        except (ValueError, UnicodeError):
            continue
        if named == host or (registrable_domain(host) and registrable_domain(named) == registrable_domain(host)):
            return True
    return False
