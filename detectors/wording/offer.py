"""Detector `wording`: does a page, listing, advert or note sell certificates, or does it warn, teach, ask or hire?

Signals for come from passages where a seller speaks about a certificate. Signals against come only when no passage sells: a fake
shop that pastes a police warning stays a fake shop. A page that asks for a certificate holder's identity gets no signals against,
because counterfeits copy the warnings of the genuine site.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from detectors.model import CandidateKind, Capture, Observation, Quote, Signal, Skip
from detectors.ruleset import RULES, signal
from detectors.wording.contacts import Contact
from detectors.wording.context import Reading, Voice, distinct, read, without_goods_papers
from detectors.wording.marks import Mark, Sense
from detectors.wording.passages import Document, Part, Passage, is_core, windows
from detectors.wording.prices import Price
from keywords.loader import Lexicon
from keywords.match import TermMatcher

__all__ = ["OfferDetector"]

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
_CONTEXT = {
    Voice.WARNING: "context.warning",
    Voice.SCHOOL: "context.lawful_training",
    Voice.DENIAL: "context.negated",
    Voice.ASKING: "context.question",
}
_PAPER = re.compile(
    r"证(?!据|明|监|券|实|人|词|言|后|付|款)|上岗|(?:[\d一二三两几多]|拿|本|工)本(?![人公校])|操作资格|统一入库|加急通道|免考"
).search
_REGISTER = re.compile("国网|官网|应急|住建|建委|市监|录入|直接录|名字").search
_LICENCE = re.compile("许可证|资质|执照").search
_CARD = re.compile("卡片?").search
_IDENTITY_FIELD = re.compile("证件|身份证|姓名|证书|编号|idcard|certno", re.IGNORECASE).search
_QUERY_BUTTON = re.compile("查询|查验|核验|验证|验真").search
_QUERY_PLACE = re.compile(
    r"^[^,。!?:|_-]{0,20}(?:(?:查询|核验|验证|监管|公示)[^,。!?:|_\s-]{0,6}(?:平台|系统|中心|网站?|门户)|(?:证书|操作证|信息)(?:查询|核验))\s*(?:$|[|_-])|公共服务门户"
).search
_NO_PRICE = re.compile(
    r"(?:罚款|罚金|处|工资|月薪|薪资|底薪|日薪|注册资本|违法所得|涉案|获利|保证金|保险|奖励|补贴|损失|被骗|骗取?|赔偿)[^,。;\n]{0,6}$"
).search
_NO_PRICE_AFTER = re.compile(r"[/每一]?(?:月|天|日|小时|年|个月|以[上下]的?罚款|罚款|罚金)").match
_CHEAPEST, _DEAREST = 5, 60_000
_FAR_CONTACT = 600
_HINTED_CONTACT = 700
_GENERAL_PAPER = 700
_NEIGHBOURING = 500
_SHORT, _ONE_BREATH = 120, 6
_OUTRIGHT_AGENCY = re.compile("代办|包办|代开|专业办理").search
_PAUSE = re.compile("[,。;:!?、]").search
_BARE = 500
"""A promise beside a certificate and nothing else: worth a look, no more."""


@dataclass(slots=True)
class _Seen:
    """What the passages of all documents came to."""

    offers: dict[str, Signal] = field(default_factory=dict)
    contexts: dict[str, Signal] = field(default_factory=dict)
    sells: bool = False

    def add(self, one: Signal) -> None:
        kept = self.offers if one.code.startswith("offer.") else self.contexts
        if one.code not in kept or kept[one.code].strength_permille < one.strength_permille:
            kept[one.code] = one


class OfferDetector:
    """Reads every text of an observation for the sale of certificates."""

    name = "wording"

    def __init__(self, lexicon: Lexicon) -> None:
        self._matcher = TermMatcher(lexicon)

    def examine(self, observation: Observation) -> tuple[Signal, ...] | Skip:
        """Return the signals `offer.*` and `context.*`, or a `Skip` when there is no text at all."""
        seen = _Seen()
        count = 0
        poses = any(map(_poses, observation.captures))
        is_commercial = observation.candidate.kind in {CandidateKind.LISTING, CandidateKind.ADVERT}
        for parts, is_page in _sources(observation):
            count += 1
            for window in windows(parts):
                _look(Document(window, self._matcher, is_commercial=is_commercial), seen, is_page=is_page)
        if not count:
            return Skip(detector=self.name, cause="没有可供分析的文字")
        contexts = () if seen.sells or poses else tuple(seen.contexts.values())
        return (*seen.offers.values(), *contexts)


def _sources(observation: Observation) -> Iterator[tuple[tuple[Part, ...], bool]]:
    """Yield (parts, is a page) of each different text."""
    done = set[tuple[Part, ...]]()
    for capture in observation.captures:
        described = " ".join(
            value for name, value in capture.page.metas if name in {"description", "keywords", "og:description"}
        )
        parts = (Part("title", capture.page.title), Part("text", capture.page.text), Part("meta", described))
        if parts not in done and any(part.text.strip() for part in parts):
            done.add(parts)
            yield parts, True
    if listing := observation.listing:
        price = listing.price_text if listing.price_text else f"{listing.price_cny:g}元" if listing.price_cny else ""
        yield (
            (
                Part("listing", listing.title),
                Part("listing", listing.text),
                Part("listing", price and f"价格：{price}"),
            ),
            False,
        )
    if advert := observation.advert:
        yield (Part("advert", advert.title), Part("advert", advert.text)), False
    if observation.title.strip() or observation.text.strip():
        yield (Part("title", observation.title), Part("text", observation.text)), False


def _poses(capture: Capture) -> bool:
    """Say whether the page queries certificates, or is titled as one that does: it may have copied its warnings with the rest."""
    page = capture.page
    if _QUERY_PLACE(page.title):
        return True
    fields = (f"{one.name} {one.placeholder} {one.label}" for form in page.forms for one in form.fields)
    return any(map(_IDENTITY_FIELD, fields)) or any(map(_QUERY_BUTTON, (form.button for form in page.forms)))


def _look(document: Document, seen: _Seen, *, is_page: bool) -> None:
    is_read = False
    for passage in document.passages():
        certificate = _certificate(passage)
        if certificate is None:
            continue
        is_read = True
        personal = [one for one in passage.contacts if one.is_personal]
        reading = read(passage, has_contact=bool(personal))
        if reading.voice is Voice.SELLER:
            sale = _Sale(passage, reading, certificate, is_page=is_page).signals()
            for one in map(_weakened, sale) if certificate[1] == _NEIGHBOURING else sale:
                seen.sells = seen.sells or one.code == "offer.certificate_sale"
                seen.add(one)
        elif reading.voice is Voice.SCHOOL_PROMISING:
            for one in _promise_of_school(passage, reading):
                seen.add(one)
        elif reading.voice in _CONTEXT and reading.reason:
            seen.add(_against(document, _CONTEXT[reading.voice], reading.reason))
    if not is_read:
        for one in _standing_context(document):
            seen.add(one)


def _weakened(one: Signal) -> Signal:
    """Count less what is said about a certificate of a neighbouring trade: not the notice's object."""
    return replace(one, strength_permille=one.strength_permille * 3 // 4)


def _certificate(passage: Passage) -> tuple[Mark, int] | None:
    """Return the certificate the passage is about and how sure that is (permille); None: it is about none."""
    marks = passage.marks
    near = _first(marks, Sense.CERTIFICATE)
    if near:
        return near, 1000
    trade = _first(marks, Sense.TRADE)
    is_forged = any(mark.sense is Sense.FORGERY for mark in marks)
    stripped = passage.text if is_forged else without_goods_papers(passage.text)
    is_paper = _implies_paper(marks) or _PAPER(stripped) or (is_forged and _CARD(passage.text))
    if trade and not _is_general(trade) and is_paper:
        return trade, 1000
    neighbour = _first(marks, Sense.NEIGHBOUR)
    if neighbour and neighbour.text == "身份证" and _PROMISED & {mark.sense for mark in marks}:
        return neighbour, _GENERAL_PAPER  # what the buyer hands in, not what is sold
    if neighbour and (is_forged or not _LICENCE(neighbour.text)):
        return neighbour, _NEIGHBOURING
    far = passage.document.first.get(Sense.CERTIFICATE)
    if far:
        return far, 1000
    general = trade or next((mark for mark in marks if is_core(mark) and "证" in mark.text), None)
    return (general, _GENERAL_PAPER) if general and is_paper and stripped == passage.text else None


def _implies_paper(marks: Sequence[Mark]) -> bool:
    """Say whether the words can be about papers only: an examination to sit for others, or several trades to be entered or excused."""
    senses = {mark.sense for mark in marks if mark.weight > 1}
    trades = {mark.text for mark in marks if mark.sense is Sense.TRADE}
    is_registered = any(mark.sense is Sense.VERIFY and _REGISTER(mark.text) for mark in marks)
    return Sense.PROXY in senses or (len(trades) > 1 and (Sense.NO_EXAM in senses or is_registered))


def _is_general(mark: Mark) -> bool:
    return mark.text.endswith(("证件", "证书", "资格", "资格证"))


class _Sale:
    """The signals of one passage in which a seller speaks."""

    def __init__(self, passage: Passage, reading: Reading, certificate: tuple[Mark, int], *, is_page: bool) -> None:
        self._document = passage.document
        self._certificate, self._sureness = certificate
        self._is_page = is_page
        self._live = [mark for mark in reading.live if mark.weight > 1]
        self._support = [mark for mark in passage.marks if mark.sense in _SUPPORT and mark.weight > 1]
        self._contact = _contact_of(passage, passage.contacts)
        self._hint = _first(self._support, Sense.CONTACT)
        self._price = _price_of(passage)
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
        yield from self._words()
        if contact := self._contact:
            yield signal("offer.contact", self._document.quote(contact.start, contact.end), contact=contact.masked)
        elif hint := self._hint:
            yield signal("offer.contact", self._quote(hint), scale_permille=_HINTED_CONTACT, contact=f"“{hint.text}”")
        elif self._is_page and (far := _contact_of(None, self._document.contacts)):
            quote = self._document.quote(far.start, far.end)
            yield signal("offer.contact", quote, scale_permille=_FAR_CONTACT, contact=far.masked)
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
            Sense.RENTAL: self._contact is not None,
            Sense.PAYMENT: bool(self._contact or self._price) or self._document.is_commercial,
            Sense.SPEED: bool(self._contact and self._contact.is_personal),
        }
        return next((by_sense[sense] for sense, holds in enough.items() if sense in senses and holds), None)

    def _is_promised_outright(self, mark: Mark | None) -> bool:
        """Say whether a short text names certificate and promise in one breath: 焊工证不用考试."""
        document, paper = self._document, self._certificate
        if mark is None or self._is_page or self._sureness <= _GENERAL_PAPER or len(document.folded.text) > _SHORT:
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
                yield signal(code, self._quote(mark), scale_permille=1000 if mark.weight > 2 else 700, term=mark.text)  # noqa: PLR2004

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


_SUPPORT = {Sense.SPEED, Sense.PAYMENT, Sense.EXCUSE, Sense.CONTACT, Sense.NO_REVIEW}
_PROMISED = {Sense.NO_EXAM, Sense.VERIFY, Sense.PAYMENT, Sense.PASS}
_PROMISING_SUPPORT = {Sense.SPEED, Sense.PAYMENT, Sense.EXCUSE}
_SALE_WORDS = {Sense.CERTIFICATE, Sense.NEIGHBOUR, *_CODES, Sense.AGENCY, Sense.CONTACT}


def _promise_of_school(passage: Passage, reading: Reading) -> Iterator[Signal]:
    """Yield a guaranteed pass, contact and price of a training advert: forbidden, but no sale of papers."""
    document = passage.document
    promised = next((mark for mark in reading.live if mark.sense is Sense.PASS), None)
    if promised is None:
        return
    yield signal("offer.guaranteed_pass", document.quote(promised.start, promised.end), term=promised.text)
    if verified := next((mark for mark in reading.live if mark.sense is Sense.VERIFY), None):
        yield signal(
            "offer.verifiable", document.quote(verified.start, verified.end), scale_permille=400, term=verified.text
        )
    if contact := _contact_of(passage, passage.contacts):
        yield signal(
            "offer.contact",
            document.quote(contact.start, contact.end),
            scale_permille=_FAR_CONTACT,
            contact=contact.masked,
        )
    if price := _price_of(passage):
        yield signal(
            "offer.price", document.quote(price.start, price.end), scale_permille=_HINTED_CONTACT, price=price.shown
        )


def _standing_context(document: Document) -> Iterator[Signal]:
    """Yield who speaks in a text without words of sale that is about certificates all the same."""
    marks = document.marks
    certificate = _first(marks, Sense.CERTIFICATE)
    if certificate is None:
        return
    narrated = distinct(marks, Sense.NARRATIVE)
    if narrated > 1 and narrated + distinct(marks, Sense.ADVICE, Sense.OFFICIAL) > 2:  # noqa: PLR2004
        reason = _first(marks, Sense.NARRATIVE) or certificate
        yield _against(document, "context.warning", reason)
    elif distinct(marks, Sense.TRAINING, Sense.DENIAL) > 1:
        reason = _first(marks, Sense.DENIAL) or _first(marks, Sense.TRAINING) or certificate
        yield _against(document, "context.lawful_training", reason)


def _against(document: Document, code: str, mark: Mark) -> Signal:
    assert code in RULES  # noqa: S101 - the tables above name rows of the ruleset
    return signal(code, document.quote(mark.start, mark.end), term=mark.text)


def _contact_of(passage: Passage | None, contacts: Sequence[Contact]) -> Contact | None:
    personal = next((one for one in contacts if one.is_personal), None)
    return personal or (contacts[0] if contacts and passage is not None else None)


def _price_of(passage: Passage) -> Price | None:
    text = passage.document.folded.text
    for price in passage.prices:
        before, after = text[max(0, price.start - 12) : price.start], text[price.end : price.end + 8]
        if _CHEAPEST <= price.low <= _DEAREST and not _NO_PRICE(before) and not _NO_PRICE_AFTER(after):
            return price
    return None


def _first(marks: Sequence[Mark], sense: Sense) -> Mark | None:
    return next((mark for mark in marks if mark.sense is sense), None)
