"""A training advert that guarantees a pass: forbidden (广告法 24), a category of its own, weaker than the sale of certificates."""

from collections.abc import Iterator

from detectors.model import Signal
from detectors.ruleset import signal
from detectors.wording.context import Reading
from detectors.wording.marks import Sense
from detectors.wording.passages import Passage
from detectors.wording.sale import FAR_CONTACT, HINTED_CONTACT, contact_of, price_of

__all__ = ["promise_of_school"]


def promise_of_school(passage: Passage, reading: Reading) -> Iterator[Signal]:
    """Yield a guaranteed pass, contact and price of a training advert: forbidden, but no sale of papers."""
    document = passage.document
    promised = next((mark for mark in reading.live if mark.sense is Sense.PASS), None)
    if promised is None or (_is_disputed(passage, reading) and not passage.contacts):
        return
    yield signal("offer.guaranteed_pass", document.quote(promised.start, promised.end), term=promised.text)
    if verified := next((mark for mark in reading.live if mark.sense is Sense.VERIFY), None):
        yield signal(
            "offer.verifiable", document.quote(verified.start, verified.end), scale_permille=400, term=verified.text
        )
    if contact := contact_of(passage, passage.contacts):
        yield signal(
            "offer.contact",
            document.quote(contact.start, contact.end),
            scale_permille=FAR_CONTACT,
            contact=contact.masked,
        )
    elif hint := next((mark for mark in passage.marks if mark.sense is Sense.CONTACT), None):
        quote = document.quote(hint.start, hint.end)
        yield signal("offer.contact", quote, scale_permille=FAR_CONTACT, contact=f"“{hint.text}”")
    if price := price_of(passage):
        yield signal(
            "offer.price", document.quote(price.start, price.end), scale_permille=HINTED_CONTACT, price=price.shown
        )


def _is_disputed(passage: Passage, reading: Reading) -> bool:
    """Say whether a guaranteed pass is also denied or reported here: then somebody talks about the promise."""
    meant = set(map(id, reading.live))
    return any(mark.sense is Sense.PASS and id(mark) not in meant for mark in passage.marks)
