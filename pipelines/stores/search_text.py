"""What a search looks at: one folded text of a lead, and the words of a query. Every store searches exactly this.

A word is found wherever it stands as a substring of the folded text, Chinese or Latin, of any length from one character.
"""

import unicodedata
from collections.abc import Iterator

from detectors.model import Observation
from keywords.hosts import to_unicode
from pipelines.model import Lead

__all__ = ["fold", "searchable", "words"]

_LIMIT = 60_000
"""Characters of a lead that can be found by; its documents' texts are trimmed far below."""
_QUERY_LIMIT = 200


def fold(text: str) -> str:
    """Return the text as it is compared: compatibility forms unified (full-width → plain), lower case."""
    return unicodedata.normalize("NFKC", text).lower()


def words(query_text: str) -> tuple[str, ...]:
    """Return the folded words of a query, each once; what goes on past 200 characters is no longer a search."""
    return tuple(dict.fromkeys(fold(query_text[:_QUERY_LIMIT]).split()))


def searchable(lead: Lead) -> str:
    """Return everything of a lead that a search looks at, folded, one field a line."""
    return fold("\n".join(dict.fromkeys(part for part in _parts(lead) if part)))[:_LIMIT]


def _parts(lead: Lead) -> Iterator[str]:
    yield lead.id
    yield from _of_observation(lead.observation)
    yield from lead.queries
    for signal in lead.assessment.signals:
        yield signal.reason
        yield from (quote.text for quote in signal.quotes)
    yield from _page_texts(lead.observation)


def _of_observation(observation: Observation) -> Iterator[str]:
    candidate, listing, advert = observation.candidate, observation.listing, observation.advert
    yield from (candidate.host, to_unicode(candidate.host), candidate.url, observation.title)
    for capture in observation.captures:
        yield from (capture.page.title, capture.final_url)
    if listing:
        yield from (listing.title, listing.seller, listing.platform, listing.item_id, listing.text)
    if advert:
        yield from (advert.title, advert.advertiser, advert.target_url, advert.text)


def _page_texts(observation: Observation) -> Iterator[str]:
    yield observation.text
    for capture in observation.captures:
        yield capture.page.text
