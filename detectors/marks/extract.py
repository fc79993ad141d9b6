"""All marks of one observation, in their normal form, known-common ones left out, counted and capped."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from detectors.marks.codes import marks_of_code
from detectors.marks.handles import handles_in_markup, handles_in_text
from detectors.marks.hosting import hosting_marks, printed_numbers
from detectors.marks.kinds import is_known_common
from detectors.marks.kit import icons_in_markup, image_address, own_scripts, page_build
from detectors.marks.model import Mark, MarkKind, Picture
from detectors.marks.owner import domain_of
from detectors.marks.statistics import service_accounts
from detectors.model import Advert, CandidateKind, Capture, Listing, Observation, PageContent
from detectors.pages.seen import host_of, unofficial_captures
from keywords.roster import Roster

__all__ = ["CROWD", "MOST_MARKS", "extract_marks", "marks_of_page"]

CROWD = 8
"""A page with more marks of one kind is a directory or a smoke-screen: none of them tells whose it is, so none is kept."""
MOST_MARKS = 120
"""Marks kept of one observation."""
_LONGEST = 200
"""Characters of a mark; no real account or path needs more."""
_MOST_MARKUP = 2_000_000
_MOST_CAPTURES = 6
_ORDER = {kind: place for place, kind in enumerate(MarkKind)}


def extract_marks(observation: Observation, roster: Roster, pictures: Iterable[Picture] = ()) -> tuple[Mark, ...]:
    """Return the marks of the suspect itself, sorted; never of official pages it led to. Never raises.

    `pictures` are what was read from the observation's images. The same observation always gives the same marks.
    """
    captures = unofficial_captures(observation, roster)[:_MOST_CAPTURES]
    found = [
        *_kept(_of_candidate(observation, roster)),
        *_kept(_of_pictures(pictures, roster)),
        *chain.from_iterable(_kept(_of_capture(capture, observation.candidate.host, roster)) for capture in captures),
    ]
    return _sorted(found)


def marks_of_page(page: PageContent, html: str, host: str, roster: Roster) -> tuple[Mark, ...]:
    """Return the marks a page carries, e.g. a stored official one, whose marks prove nothing when a copy has them too."""
    return _sorted(_kept(_of_page(page, html, host, roster)))


def _of_candidate(observation: Observation, roster: Roster) -> Iterator[Mark]:
    candidate = observation.candidate
    if candidate.kind is CandidateKind.SITE:
        if domain := domain_of(candidate.host, roster):
            yield Mark(MarkKind.DOMAIN, domain)
        if not roster.is_official(candidate.host):
            yield from hosting_marks(observation.facts, candidate.host, roster)
    if observation.listing:
        yield from _of_listing(observation.listing)
    if observation.advert:
        yield from _of_advert(observation.advert, roster)
    yield from handles_in_text(f"{observation.title}\n{observation.text}")
    yield from handles_in_markup(observation.text[:_MOST_MARKUP])


def _of_listing(listing: Listing) -> Iterator[Mark]:
    if listing.seller:
        yield Mark(MarkKind.SELLER, f"{listing.platform}:{listing.seller}")
    text = f"{listing.title}\n{listing.text}"
    yield from handles_in_text(text)
    yield from handles_in_markup(text[:_MOST_MARKUP])
    for url in listing.image_urls[:50]:
        if mark := image_address(url):
            yield mark


def _of_advert(advert: Advert, roster: Roster) -> Iterator[Mark]:
    if advert.advertiser:
        yield Mark(MarkKind.ADVERTISER, "".join(advert.advertiser.split()))
    if advert.target_url and (domain := domain_of(host_of(advert.target_url), roster)):
        yield Mark(MarkKind.DOMAIN, domain)
    yield from handles_in_text(f"{advert.title}\n{advert.text}")


def _of_capture(capture: Capture, own_host: str, roster: Roster) -> Iterator[Mark]:
    host = host_of(capture.final_url) or own_host
    if domain := domain_of(host, roster):
        # Where a redirect ends is whose page it is.
        yield Mark(MarkKind.DOMAIN, domain)
    yield from _of_page(capture.page, capture.html, host, roster)


def _of_page(page: PageContent, html: str, host: str, roster: Roster) -> Iterator[Mark]:
    markup = html[:_MOST_MARKUP] or "\n".join((*page.scripts, *(link.url for link in page.links)))
    yield from service_accounts(markup)
    yield from handles_in_markup(markup)
    yield from handles_in_text(f"{page.title}\n{page.text}")
    yield from printed_numbers(page, roster)
    yield from page_build(page, host, roster)
    yield from own_scripts(markup)
    yield from icons_in_markup(markup)


def _of_pictures(pictures: Iterable[Picture], roster: Roster) -> Iterator[Mark]:
    for picture in islice(pictures, 50):
        if picture.sha256:
            yield Mark(MarkKind.FAVICON if picture.is_icon else MarkKind.IMAGE, picture.sha256.lower())
        if picture.look:
            yield Mark(MarkKind.IMAGE_LOOK, picture.look.lower())
        for code in picture.codes[:CROWD]:
            yield from marks_of_code(code, roster)


def _kept(found: Iterable[Mark]) -> list[Mark]:
    """Return each mark once, without known-common and overlong ones, and without the kinds of which there are too many."""
    by_kind: dict[MarkKind, set[Mark]] = {}
    for mark in found:
        same = by_kind.setdefault(mark.kind, set())
        if len(same) <= CROWD and mark.value and len(mark.value) <= _LONGEST and not is_known_common(mark):
            same.add(mark)
    return [mark for same in by_kind.values() if len(same) <= CROWD for mark in same]


def _sorted(found: Iterable[Mark]) -> tuple[Mark, ...]:
    return tuple(sorted(set(found), key=lambda mark: (_ORDER[mark.kind], mark.value))[:MOST_MARKS])
