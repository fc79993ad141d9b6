"""What of an observation goes into a document: what staff read and search, not the markup and bytes the vault keeps.

A hostile page may hold a million links or one word of five megabytes; a lead must stay a document that a page can show.
Nothing is lost: the raw answer is in the evidence vault under `Capture.body_sha256`.
"""

from dataclasses import replace
from typing import Any, TypeVar, cast

from detectors.model import Capture, Form, Observation, PageContent, Picture

__all__ = ["TEXT_LIMIT", "trim"]

Part = TypeVar("Part")

TEXT_LIMIT = 20_000
"""Characters of a text; official pages and adverts are far shorter."""
_LINE_LIMIT = 500
_ADDRESS_LIMIT = 2_000
_ROW_LIMIT = 200


def trim(observation: Observation) -> Observation:
    """Return the observation without attachments and markup, its texts and lists cut to what a person could read.

    The identity of a trimmed observation may differ from the whole one's: take the identity before trimming.
    """
    listing, advert = observation.listing, observation.advert
    if listing:
        listing = _cut(
            listing,
            title=listing.title[:_LINE_LIMIT],
            text=listing.text[:TEXT_LIMIT],
            image_urls=_addresses(listing.image_urls),
        )
    if advert:
        advert = _cut(advert, title=advert.title[:_LINE_LIMIT], text=advert.text[:TEXT_LIMIT])
    return _cut(
        observation,
        captures=tuple(_capture(capture) for capture in observation.captures),
        listing=listing,
        advert=advert,
        title=observation.title[:_LINE_LIMIT],
        text=observation.text[:TEXT_LIMIT],
        pictures=tuple(_picture(picture) for picture in observation.pictures[:_ROW_LIMIT]),
        attachments=(),
    )


def _cut(part: Part, **fields: Any) -> Part:
    """Return the part with these fields, or itself where they are the ones it has: making it anew is the dearest of merging a lead."""
    for name, value in fields.items():
        if getattr(part, name) != value:
            return cast(Part, replace(cast(Any, part), **fields))
    return part


def _picture(picture: Picture) -> Picture:
    return _cut(
        picture,
        where=picture.where[:_ADDRESS_LIMIT],
        codes=tuple(_cut(code, text=code.text[:_ADDRESS_LIMIT]) for code in picture.codes[:_ROW_LIMIT]),
        text=picture.text[:TEXT_LIMIT],
    )


def _capture(capture: Capture) -> Capture:
    headers = tuple((name[:_LINE_LIMIT], value[:_ADDRESS_LIMIT]) for name, value in capture.headers[:_ROW_LIMIT])
    return _cut(capture, html="", page=_page(capture.page), headers=headers)


def _page(page: PageContent) -> PageContent:
    return _cut(
        page,
        title=page.title[:_LINE_LIMIT],
        text=page.text[:TEXT_LIMIT],
        footer=page.footer[:TEXT_LIMIT],
        headings=tuple(heading[:_LINE_LIMIT] for heading in page.headings[:_ROW_LIMIT]),
        metas=tuple((name[:_LINE_LIMIT], content[:_ADDRESS_LIMIT]) for name, content in page.metas[:_ROW_LIMIT]),
        forms=tuple(_form(form) for form in page.forms[:_ROW_LIMIT]),
        links=tuple(
            _cut(link, url=link.url[:_ADDRESS_LIMIT], text=link.text[:_LINE_LIMIT]) for link in page.links[:_ROW_LIMIT]
        ),
        images=tuple(
            _cut(image, url=image.url[:_ADDRESS_LIMIT], alt=image.alt[:_LINE_LIMIT])
            for image in page.images[:_ROW_LIMIT]
        ),
        scripts=_addresses(page.scripts),
        styles=_addresses(page.styles),
    )


def _form(form: Form) -> Form:
    cut = tuple(
        _cut(
            field,
            name=field.name[:_LINE_LIMIT],
            placeholder=field.placeholder[:_LINE_LIMIT],
            label=field.label[:_LINE_LIMIT],
        )
        for field in form.fields[:_ROW_LIMIT]
    )
    return _cut(form, action=form.action[:_ADDRESS_LIMIT], fields=cut, button=form.button[:_LINE_LIMIT])


def _addresses(urls: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(url[:_ADDRESS_LIMIT] for url in urls[:_ROW_LIMIT])
