"""Fetches the pictures a listing shows, where its words say too little: sellers put the offer into the picture."""

from crawler.context import Notes
from crawler.fetch import Fetcher, FetchFailed
from detectors.model import Attachment, EvidenceKind, Observation

__all__ = ["fetch_images", "wants_images"]

_MOST = 4
_SAYS_ENOUGH = 80
"""Characters of a listing's own text from which its pictures are left alone."""
_OK = 200


def wants_images(observation: Observation) -> bool:
    """Say whether the listing's pictures may hold what its words do not."""
    listing = observation.listing
    return listing is not None and bool(listing.image_urls) and len(listing.text) < _SAYS_ENOUGH


async def fetch_images(fetcher: Fetcher, observation: Observation, jar: str, notes: Notes) -> tuple[Attachment, ...]:
    """Return the first pictures as evidence, asked for as politely as the listing itself; one that fails is counted and left out."""
    urls = observation.listing.image_urls[:_MOST] if observation.listing else ()
    images = []
    for url in urls:
        try:
            answer = await fetcher.ask(url, jar)
        except FetchFailed:
            notes.outcomes["images_failed"] += 1
            continue
        if answer.status == _OK and answer.body and not answer.is_truncated:
            kind = answer.content_type.partition(";")[0].strip().lower()
            images.append(
                Attachment(
                    kind=EvidenceKind.IMAGE,
                    media_type=kind if kind.startswith("image/") else "application/octet-stream",
                    content=answer.body,
                    label=url,
                )
            )
        else:
            notes.outcomes["images_failed"] += 1
    return tuple(images)
