"""What a search looks at: the folded parts of a lead's text. Every store searches exactly these.

A word is found wherever it stands as a substring of a part, Chinese or Latin, of any length from one character. Blanks of a
part are single; a phrase with blanks is a substring like any other, within one part.
"""

import unicodedata
from collections.abc import Iterable, Iterator

from detectors.model import Observation
from keywords.hosts import to_unicode
from pipelines.model import Lead

__all__ = ["PART_NAMES", "fold", "parts"]

_LIMIT = 60_000
"""Characters of a part that can be found by; its documents' texts are trimmed far below."""

_WIDE = tuple(zip("，：；！？（）　", ",:;!?() ", strict=True))

PART_NAMES = ("host", "url", "title", "query", "text")
"""The parts with a field of their own (`pipelines.search.fields`), and `text`: all the rest."""


def fold(text: str) -> str:
    """Return the text as it is compared: compatibility forms unified (full-width → plain), lower case, blanks single."""
    return " ".join(_unified(text).lower().split())


def _unified(text: str) -> str:
    if text.isascii():
        return text
    # Normalising is the dearest part of merging a lead; most texts need no more than their punctuation made plain.
    for wide, plain in _WIDE:
        text = text.replace(wide, plain)
    return text if unicodedata.is_normalized("NFKC", text) else unicodedata.normalize("NFKC", text)


def parts(lead: Lead) -> dict[str, str]:
    """Return the folded text of each of `PART_NAMES`, empty where the lead has none."""
    observation = lead.observation
    made = {
        "host": _hosts(observation),
        "url": _addresses(observation),
        "title": _titles(observation),
        "query": lead.queries,
        "text": _rest(lead),
    }
    return {name: fold("\n".join(dict.fromkeys(texts)))[:_LIMIT].rstrip() for name, texts in made.items()}


def _hosts(observation: Observation) -> Iterable[str]:
    host = observation.candidate.host
    return (host, to_unicode(host)) if "xn--" in host else (host,)


def _addresses(observation: Observation) -> Iterator[str]:
    yield observation.candidate.url
    yield from (capture.final_url for capture in observation.captures)
    if observation.advert:
        yield observation.advert.target_url


def _titles(observation: Observation) -> Iterator[str]:
    yield observation.title
    yield from (capture.page.title for capture in observation.captures)
    yield from (one.title for one in (observation.listing, observation.advert) if one)


def _rest(lead: Lead) -> Iterator[str]:
    observation = lead.observation
    listing, advert = observation.listing, observation.advert
    yield lead.id
    if listing:
        yield from (listing.seller, listing.platform, listing.item_id, listing.text)
    if advert:
        yield from (advert.advertiser, advert.text)
    for signal in lead.assessment.signals:
        yield signal.reason
        yield from (quote.text for quote in signal.quotes)
    yield observation.text
    yield from (capture.page.text for capture in observation.captures)
