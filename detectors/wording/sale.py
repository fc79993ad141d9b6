"""The signals of a passage in which a seller speaks: what is sold, what is promised, for how much, whom to reach."""

import re
from collections.abc import Iterator, Sequence

from detectors.model import Quote, Signal
from detectors.ruleset import signal
from detectors.wording.contacts import Contact
from detectors.wording.context import Reading
from detectors.wording.marks import Mark, Sense
from detectors.wording.papers import GENERAL_PAPER, first_of
from detectors.wording.passages import Passage
from detectors.wording.prices import Price

__all__ = ["FAR_CONTACT", "HINTED_CONTACT", "Sale", "contact_of", "price_of"]

_CODES = {
    Sense.FORGERY: "offer.forgery",
    Sense.PROXY: "offer.proxy_exam",
    Sense.NO_EXAM: "offer.no_exam",
    Sense.PASS: "offer.guaranteed_pass",
    Sense.IDENTITY_ONLY: "offer.identity_only",
    Sense.VERIFY: "offer.verifiable",
    Sense.NO_REVIEW: "offer.no_review",
    Sense.SPEED: "offer.speed",
    Sense.PAYMENT: "offer.payment",
    Sense.EXCUSE: "offer.excuse",
}
_NO_PRICE = re.compile(
    r"(?:罚款|罚金|处|工资|月薪|薪资|底薪|日薪|注册资本|违法所得|涉案|获利|保证金|保险|奖励|补贴|损失|被骗|骗取?|赔偿)[^,。;\n]{0,6}$"
).search
_NO_PRICE_AFTER = re.compile(r"[/每一]?(?:月|天|日|小时|年|个月|以[上下]的?罚款|罚款|罚金)").match
_CHEAPEST, _DEAREST = 5, 60_000
FAR_CONTACT = 600
"""Scale (permille) of a contact that stands elsewhere on the page."""
HINTED_CONTACT = 700
"""Scale of a call to get in touch without a number."""
_SHORT, _ONE_BREATH = 120, 6
_OUTRIGHT_AGENCY = re.compile("代办|包办|代开|专业办理").search
_PAUSE = re.compile("[,。;:!?、]").search
_BARE = 500
"""A promise beside a certificate and nothing else: worth a look, no more."""
_STRONG_WORD, _WEAK_WORD, _PASS_WORD = 3, 700, 550
_SUPPORT = {Sense.SPEED, Sense.PAYMENT, Sense.EXCUSE, Sense.CONTACT, Sense.NO_REVIEW}
_PROMISING_SUPPORT = {Sense.SPEED, Sense.PAYMENT, Sense.EXCUSE}
_SALE_WORDS = {Sense.CERTIFICATE, Sense.NEIGHBOUR, *_CODES, Sense.AGENCY, Sense.CONTACT}


class Sale:
    """The signals of one passage in which a seller speaks."""

    def __init__(self, passage: Passage, reading: Reading, certificate: tuple[Mark, int], *, is_page: bool) -> None:
        self._document = passage.document
        self._certificate, self._sureness = certificate
        self._is_page = is_page
        self._live = [mark for mark in reading.live if mark.weight > 1]
        self._support = [mark for mark in passage.marks if mark.sense in _SUPPORT and mark.weight > 1]
        self._contact = contact_of(passage, passage.contacts)
        self._hint = first_of(self._support, Sense.CONTACT)
        self._price = price_of(passage)
        self._disguised = [mark for mark in passage.marks if mark.is_disguised and mark.sense in _SALE_WORDS]

    def signals(self) -> Iterator[Signal]:
        """Yield the signals; none unless the words amount to an offer."""
        strongest = self._core()
        if strongest is None:
            return
        yield signal(
            "offer.certificate_sale",
            self._quote(strongest),
            self._quote(self._certificate),
            scale_permille=self._sureness if self._is_complete(strongest) else self._sureness * _BARE // 1000,
            term=strongest.text,
            certificate=self._certificate.text,
        )
        yield from self.particulars()

    def particulars(self) -> Iterator[Signal]:
        """Yield promises, contact, price and disguise, whatever makes the passage a sale."""
        yield from self._words()
        if contact := self._contact:
            yield signal("offer.contact", self._document.quote(contact.start, contact.end), contact=contact.masked)
        elif hint := self._hint:
            yield signal("offer.contact", self._quote(hint), scale_permille=HINTED_CONTACT, contact=f"“{hint.text}”")
        elif self._is_page and (far := contact_of(None, self._document.contacts)):
            quote = self._document.quote(far.start, far.end)
            yield signal("offer.contact", quote, scale_permille=FAR_CONTACT, contact=far.masked)
        if price := self._price:
            yield signal("offer.price", self._document.quote(price.start, price.end), price=price.shown)
        yield from self._disguise()

    def _core(self) -> Mark | None:
        """Return the word that makes it a sale, or None: the words do not amount to one."""
        by_sense = {mark.sense: mark for mark in reversed(self._live)}
        senses = by_sense.keys()
        has_promising_support = bool(
            (self._contact and (self._contact.is_personal or self._document.is_commercial))
            or self._hint
            or any(m.sense in _PROMISING_SUPPORT for m in self._support)
        )
        has_support = has_promising_support or self._price is not None
        enough = {
            Sense.FORGERY: True,
            Sense.PROXY: has_support or len(senses) > 1,
            Sense.NO_EXAM: has_support
            or len(senses) > 1
            or self._document.is_commercial
            or self._is_promised_outright(by_sense.get(Sense.NO_EXAM)),
            Sense.IDENTITY_ONLY: has_support or len(senses) > 1,
            Sense.VERIFY: has_promising_support or len(senses) > 1 or self._document.is_commercial,
            Sense.PASS: has_support or Sense.VERIFY in senses or self._document.is_commercial,
            Sense.AGENCY: bool(
                self._contact or self._price or self._hint or any(m.sense in _PROMISING_SUPPORT for m in self._support)
            )
            or len(senses) > 1
            or self._is_promised_outright(by_sense.get(Sense.AGENCY)),
            Sense.RENTAL: bool(self._contact or self._hint or self._price or self._document.is_commercial)
            or len({mark.text for mark in self._live if mark.sense is Sense.RENTAL}) > 1,
            Sense.PAYMENT: bool(self._contact or self._price) or self._document.is_commercial,
            Sense.SPEED: bool(self._contact and self._contact.is_personal),
        }
        return next((by_sense[sense] for sense, holds in enough.items() if sense in senses and holds), None)

    def _is_promised_outright(self, mark: Mark | None) -> bool:
        """Say whether a short text names certificate and promise in one breath: 焊工证不用考试."""
        document, paper = self._document, self._certificate
        if mark is None or self._is_page or self._sureness <= GENERAL_PAPER or len(document.folded.text) > _SHORT:
            return False
        if mark.sense is Sense.AGENCY and not _OUTRIGHT_AGENCY(mark.text):
            return False
        gap = document.folded.text[min(mark.end, paper.end) : max(mark.start, paper.start)]
        return len(gap) <= _ONE_BREATH and not _PAUSE(gap)

    def _is_complete(self, strongest: Mark) -> bool:
        """Say whether more than a bare promise stands there: a second word of sale, a contact, a price, a place to sell."""
        return (
            strongest.sense is not Sense.NO_EXAM
            or self._document.is_commercial
            or bool(self._contact or self._price or self._support)
            or len({mark.sense for mark in self._live}) > 1
        )

    def _words(self) -> Iterator[Signal]:
        told = set[str]()
        for mark in sorted((*self._live, *self._support), key=lambda mark: -mark.weight):
            code = _CODES.get(mark.sense)
            if code and code not in told:
                told.add(code)
                scale = 1000 if mark.weight >= _STRONG_WORD else _WEAK_WORD
                if mark.sense is Sense.PASS:  # sellers of papers promise more than a pass
                    scale = scale * _PASS_WORD // 1000
                yield signal(code, self._quote(mark), scale_permille=scale, term=mark.text)

    def _disguise(self) -> Iterator[Signal]:
        if self._disguised:
            mark = self._disguised[0]
            start, end = self._document.folded.span(mark.start, mark.end)
            yield signal(
                "offer.disguised", self._quote(mark), written=self._document.text[start:end][:40], meant=mark.text
            )
        elif self._contact and self._contact.is_broken_up:
            start, end = self._document.folded.span(self._contact.start, self._contact.end)
            quote = self._document.quote(self._contact.start, self._contact.end)
            yield signal(
                "offer.disguised",
                quote,
                scale_permille=700,
                written=self._document.text[start:end][:40],
                meant=self._contact.masked,
            )

    def _quote(self, mark: Mark) -> Quote:
        return self._document.quote(mark.start, mark.end)


def contact_of(passage: Passage | None, contacts: Sequence[Contact]) -> Contact | None:
    """Return the private contact, else, within a passage, any; None: there is none."""
    personal = next((one for one in contacts if one.is_personal), None)
    return personal or (contacts[0] if contacts and passage is not None else None)


def price_of(passage: Passage) -> Price | None:
    """Return the first price a certificate could cost; wages, fines and losses are none."""
    text = passage.document.folded.text
    for price in passage.prices:
        before, after = text[max(0, price.start - 12) : price.start], text[price.end : price.end + 8]
        if _CHEAPEST <= price.low <= _DEAREST and not _NO_PRICE(before) and not _NO_PRICE_AFTER(after):
            return price
    return None
