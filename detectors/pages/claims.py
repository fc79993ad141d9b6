"""Where a page names itself: title, header, foot and site tags. Elsewhere official names are mentions, never claims."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from detectors.model import PageContent, Quote
from detectors.pages.bodies import BodyNames, Claim, is_article_title, is_generic, names_somebody
from detectors.pages.remembered import Remembered
from detectors.pages.seen import plain_words, quote
from keywords.roster import Roster

__all__ = ["ClaimReader", "PlacedClaim", "claim_reader", "is_own_name_elsewhere", "title_parts"]

_SEPARATORS = re.compile(
    r"\s*[_|｜»>]+\s*|\s+[-–—]+\s+|[-–—]{1,2}(?=[^\x00-\xff])|(?<=[^\x00-\xff])[-–—]{1,2}|[·•,，、\s]+"
)
_OWNER = re.compile(
    r"(?:(?:主办|承办|监制|管理|发证)(?:单位|机构|机关|部门)?\s*(?=[:：\s])|版权所有(?:者|单位)?|版权归|著作权|版权|运营单位|网站所有者|发证机关网站)\s*(?:归)?\s*[:：©]?\s*([^\s|｜,，;；。©]{3,40})"
    r"|本(?:平台|网站|系统|网|站)由([一-鿿]{4,30})(?:建设|主办|运营|运维|开发)"
    r"|([一-鿿][^\s|｜,，;；。:：©]{2,40}?)\s*(?:版权所有|主办|©|copyright)"
    r"|(?:copyright|©|\(c\))[\s©\d\-–,.a-z()]{0,40}([一-鿿][^\s|｜,，;；。©]{3,40})",
    re.IGNORECASE,
)
_OWNER_TAIL = re.compile(r"(?:版权所有|所有|主办|保留|京ICP|[A-Za-z.]).*$")
_SITE_NAME_TAGS = ("sitename", "og:site_name", "application-name", "apple-mobile-web-app-title", "author", "copyright")
_HEADER_IMAGE = re.compile("logo|banner|head|top|guohui|emblem", re.IGNORECASE)
_LOOKED_AT_HEADINGS = 3
_TOP_LINES = 2
_LONGEST_TOP = 60
_SHORT_PAGE = 1_500
_LOOKED_AT_IMAGES = 8


@dataclass(frozen=True, slots=True)
class PlacedClaim:
    """A claim and where it stands: `title`, `heading`, `image`, `top`, `bottom`, `footer`, `meta`."""

    claim: Claim
    where: str
    quote: Quote


class ClaimReader:
    """Reads whom pages claim to be, by the names of one roster. Several detectors ask about the same page."""

    def __init__(self, roster: Roster) -> None:
        self._bodies = BodyNames(roster)
        self._beside_form: Remembered[PageContent, tuple[PlacedClaim, ...]] = Remembered(
            lambda page: tuple(_claims_of(page, self._bodies, has_form=True))
        )
        self._without_form: Remembered[PageContent, tuple[PlacedClaim, ...]] = Remembered(
            lambda page: tuple(_claims_of(page, self._bodies, has_form=False))
        )

    def claims_of(self, page: PageContent, *, has_form: bool) -> tuple[PlacedClaim, ...]:
        """Return every claim the page makes about itself; `has_form`: it asks for a certificate's or a person's number."""
        return self._beside_form(page) if has_form else self._without_form(page)

    def is_posing(self, page: PageContent) -> bool:
        """Say whether the page claims to be anybody official, read as a query page is read."""
        return bool(self._beside_form(page))


claim_reader: Remembered[Roster, ClaimReader] = Remembered(ClaimReader)
"""Return the reader for a roster; the names are made ready once for all detectors."""


def _claims_of(page: PageContent, bodies: BodyNames, *, has_form: bool) -> Iterator[PlacedClaim]:
    parts = title_parts(page.title)
    is_elsewhere = is_own_name_elsewhere(page, bodies, has_form=has_form)
    if has_form:
        yield from _seats(bodies, (*parts, *page.headings[:_LOOKED_AT_HEADINGS]))
    if not is_elsewhere:
        # One part alone may be generic, so the whole title is read too: 应急管理部 特种作业操作证查询.
        yield from _placed(bodies, "title", ("".join(parts), *parts), page.title)
        yield from _placed(bodies, "heading", page.headings[:_LOOKED_AT_HEADINGS])
        yield from _placed(bodies, "image", _header_alts(page))
        yield from _placed(bodies, "top", _top(page))
        yield from _placed(bodies, "bottom", _bottom(page))
    yield from _placed(bodies, "footer", _owners(page.footer), page.footer)
    if not is_article_title(page.title):
        yield from _placed(bodies, "meta", (value for tag, value in page.metas if tag in _SITE_NAME_TAGS))


def _placed(bodies: BodyNames, where: str, names: Iterable[str], context: str = "") -> Iterator[PlacedClaim]:
    for name in names:
        claim = bodies.claim_in(name)
        if claim:
            start = context.find(name)
            shown = quote(where, context, start, start + len(name)) if start >= 0 else quote(where, name, 0, len(name))
            yield PlacedClaim(claim, where, shown)


def _seats(bodies: BodyNames, names: Iterable[str]) -> Iterator[PlacedClaim]:
    """Yield names that sound like a national body's (中国安全人才网), which say enough only beside a query form."""
    for name in names:
        claim = bodies.national_seat(name)
        if claim:
            yield PlacedClaim(claim, "seat", quote("title", name, 0, len(name)))
            return


def title_parts(title: str) -> tuple[str, ...]:
    """Return the parts of a title, split where sites put their own name apart."""
    return tuple(part for part in _SEPARATORS.split(title) if part)


def is_own_name_elsewhere(page: PageContent, bodies: BodyNames, *, has_form: bool) -> bool:
    """Say whether the title tells a story or names somebody of its own, so that official names on the page are mentions.

    Beside a query form, words that name nobody (权威发布, 全网最全) are no alibi.
    """
    if any(tag == "articletitle" for tag, _ in page.metas) and not has_form:
        return True
    parts = title_parts(page.title)
    if not parts or bodies.claim_in("".join(parts)):
        return False
    others = [part for part in parts if not is_generic(plain_words(part)) and not bodies.claim_in(part)]
    return any(not has_form or names_somebody(part) or is_article_title(part) for part in others)


def _top(page: PageContent) -> Iterator[str]:
    """Yield the names in a page's first lines: the head of a page without headings."""
    for line in page.text.split("\n", _TOP_LINES)[:_TOP_LINES]:
        if len(line) <= _LONGEST_TOP:
            yield line
            yield from title_parts(line)


def _bottom(page: PageContent) -> Iterator[str]:
    """Yield the last line of a short page: a result page is signed like a paper."""
    if len(page.text) <= _SHORT_PAGE:
        line = page.text.rsplit("\n", 1)[-1]
        yield line
        yield from title_parts(line)


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
