"""The second judge: settles what the rules told by how much the text reads like an advert (`likeness`)."""

import math
import re
from collections.abc import Iterator, Set
from functools import lru_cache

from detectors.model import Quote, Signal
from detectors.ruleset import signal
from detectors.wording.context import Reading, Voice, is_meant, offers_work, without_words
from detectors.wording.likeness import Likeness, Weights
from detectors.wording.marks import Mark, Sense
from detectors.wording.papers import GENERAL_PAPER, certificate_of
from detectors.wording.passages import Document, Passage, is_core
from detectors.wording.sale import Sale
from detectors.wording.speakers import RECOUNTING, Manner, hear
from detectors.wording.told import Told
from detectors.wording.traits import names_workplace, paper_hints

__all__ = [
    "ALONE_AT_MOST",
    "COUNTED_AS",
    "accepted_from",
    "asks_to_call_or_pay",
    "is_only_hinted",
    "is_plain",
    "names_our_papers",
    "settle",
]

ACCEPTED = 600
"""From here the cues find a sale by themselves (permille); what they add grows with the likeness. All marks of this table were
chosen on texts of occasions the cues were not fitted to.
"""
COUNTED_AS = 690
"""What is accepted counts at least so much: enough for medium by itself."""
ACCEPTED_MADE_TO_SELL = 550
"""The same for listings and adverts."""
ACCEPTED_BARE = 690
"""The same where nothing is promised, priced or to be answered."""
ACCEPTED_AGAINST_CONTEXT = 700
"""The same where the rules heard somebody warn, teach, deny or ask."""
ACCEPTED_UNNAMED = 720
"""The same where no paper is named, though words of sale or hints at one are there."""
ACCEPTED_NEIGHBOURING = 900
"""The same where only another trade's papers are named, and nobody says that they are made: offices and schools name them too."""
DOUBTED = REFUSED = 550
"""Below, the cues speak against a sale the rules found, and it is not told at all."""
DOUBTED_IN_REPORTS = 800
"""The same where the whole text speaks about the trade: it quotes adverts."""
DOUBTED_RETOLD = 750
"""The same where something is told of people and what became of them, and the least from which cues alone find a sale there."""
_RECOUNTING_COUNT, _RECOUNTED_SCALE = 3, 600
"""So many manners of speaking about the trade (`speakers`) make a report; what is found in one is worth a look, no more (permille)."""
ALONE_AT_MOST = 690
"""Permille of all signals for together where the cues speak alone: not high, unless they are sure."""
SURE_ALONE = 953
"""From here the cues are sure by themselves (permille), where a promise and a way to take it up stand beside them: of such texts of
occasions they were not fitted to, one in 200 sold nothing.
"""
SURE_SECOND = 880
"""From here, and so confirmed, they count in full beside a sale the rules found: two judges are sure, so the level is high."""
_AROUND = 400
"""Characters around the likest stretch in which is listened for who speaks."""
_RETOLD_AT_MOST = 650
"""Permille of all signals for together where something sounds retold, or the text speaks about the trade: never high."""
_WITHOUT_BOUND = 100_000
_RETELLING = frozenset(
    {
        Manner.ACTED,
        Manner.PRESS,
        Manner.TELLER,
        Manner.COUNTED,
        Manner.NAMELESS,
        Manner.SUFFERED,
        Manner.STUDY,
        Manner.REPORTED,
    }
)
_NARRATING = _RETELLING - {Manner.STUDY, Manner.REPORTED}
_SECONDED = 500
"""Scale (permille) of the cues where the rules found the sale already."""
REFUSED_WHERE_REACHED = 400
"""The same where somebody private can be reached, or the text is made to sell."""
UNHEARD = 150
"""The same where many promises were made."""
_SEVERAL_PROMISES, _MANY_PROMISES, _DOUBTED_SCALE = 2, 3, 600
_PROMISES = frozenset(
    {"offer.forgery", "offer.no_exam", "offer.proxy_exam", "offer.identity_only", "offer.verifiable", "offer.no_review",
     "offer.speed", "offer.payment"}
)  # fmt: skip
_ASKED_FOR = frozenset({"~contact", "~hint", "~price", "~prices"})
_PROMISE = frozenset({"offer.guaranteed_pass", "offer.contact", "offer.price"})
"""What is left of a refused sale with a guaranteed pass: a training advert that promises."""
_TAUGHT = frozenset({"context.lawful_training"})
_HANDED_IN = frozenset({"身份证"})
"""Another trade's papers that buyers of ours hand in."""
_OTHER_TRADES = re.compile(
    "驾校|驾照|驾考|驾驶证|违章|年检|科目[一二三四]|手动挡|自动挡|四六级|四级答案|雅思|托福|考研|考公|公务员|普通话|教师资格|教资|自考|成人高考|专升本|学历提升|学信网"
    "|留服|网课|学习通|论文|职称|考级|专家号|病假|落户|学区房|贷款|放款|征信|信用卡|花呗|保函|佣金|保险经纪|演唱会|门票|机票|护照|代练|宽带|鉴定证书|国检|导游证|救生员|潜水证|退休|起号|引流课"
    "|营业执照|(?<!进网)(?<!进网作业)许可(?:证|代办|新办|延期)|签证|商标|体系认证|建筑资质|资质(?:代办|新办|升级|延续)"
).search
_PAPER = re.compile("证|[小本]本|考(?![虑察])").search


def settle(document: Document, told: Told, weights: Weights, *, is_page: bool) -> Told:
    """Return what is told of a document after both judges were heard."""
    if is_page and not told.offers and not _can_speak_of_page(document, told):
        return told  # nothing the cues could say would be told
    accepted = accepted_from(document, told)
    if not told.offers and accepted is None:
        return told
    likeness = None
    if accepted is not None or told.sells:
        at_least = -math.inf if accepted is None or told.offers else _least_logit(accepted)
        likeness = weights.weigh(document, is_page=is_page, at_least=at_least)
    if likeness is None:
        return told
    manners = _manners_around(document, likeness)
    is_recounted, is_retold = _is_recounted(document, manners), _is_retold(document, manners)
    is_narrated = is_retold and not manners.isdisjoint(_NARRATING)
    doubted = DOUBTED_IN_REPORTS if is_recounted else DOUBTED_RETOLD if is_narrated else DOUBTED
    if told.sells and likeness.permille < doubted and (is_recounted or is_narrated or is_plain(document, told)):
        return _doubted(document, told, likeness, is_recounted=is_recounted or is_narrated)
    if told.sells and accepted is not None:
        is_sure = _is_sure(document, told, likeness, from_permille=SURE_SECOND)
        told.add((_reads_as_sale(document, likeness),), scale_permille=1000 if is_sure else _SECONDED)
    elif (
        not told.sells
        and accepted is not None
        and likeness.permille >= (max(accepted, DOUBTED_RETOLD) if is_narrated else accepted)
        and (not is_page or _may_speak_of_page(told, likeness))
    ):
        told.add(_words(document, likeness, is_page=is_page))
        told.add((_reads_as_sale(document, likeness, least_permille=COUNTED_AS),))
        if is_page or not _is_sure(document, told, likeness, from_permille=SURE_ALONE):
            told.cap(ALONE_AT_MOST)
    if is_recounted:
        told.weaken(_RECOUNTED_SCALE)
    told.cap(_at_most(document, is_told=is_recounted or is_retold))
    return told


def _at_most(document: Document, *, is_told: bool) -> int:
    """Return the permille to which all signals for come together at most. `is_told`: something is reported or retold."""
    if is_told:
        return _RETOLD_AT_MOST
    return ALONE_AT_MOST if _is_neighbouring(document) else _WITHOUT_BOUND


@lru_cache(maxsize=16)
def _least_logit(permille: int) -> float:
    """Return the logit from which a likeness may be so much; it is rounded, so a little below.

    Where the rules told nothing that it could weaken, a stretch less like an advert than is accepted says nothing.
    """
    return math.log((permille - 1) / (1000 - (permille - 1)))


def _is_sure(document: Document, told: Told, likeness: Likeness, *, from_permille: int) -> bool:
    """Say whether the cues are sure of a sale that can be answered: a promise about our papers and a way to take it up."""
    traits = likeness.stretch.traits
    can_answer = "~promised_reached" in traits or (document.is_commercial and "~promised_twice" in traits)
    return likeness.permille >= from_permille and can_answer and not told.contexts and names_our_papers(document)


def _may_speak_of_page(told: Told, likeness: Likeness) -> bool:
    """Say whether cues suffice where no rule found a sale. Pages are long and say many things: there somebody must be asked to call or pay,
    and nobody must have been heard to warn or to ask. A report quotes whole adverts, and its quotation is the likest stretch of it.
    Words of teaching stand on sellers' pages too.
    """
    return told.contexts.keys() <= _TAUGHT and not _ASKED_FOR.isdisjoint(likeness.stretch.traits)


def _can_speak_of_page(document: Document, told: Told) -> bool:
    """Say whether `_may_speak_of_page` could hold for any stretch: `_ASKED_FOR` names what it would have."""
    return asks_to_call_or_pay(document) and told.contexts.keys() <= _TAUGHT


def asks_to_call_or_pay(document: Document) -> bool:
    """Say whether somebody is called, can be reached privately, or names a price."""
    is_called = Sense.CONTACT in document.first or any(one.is_personal for one in document.contacts)
    return is_called or len(document.prices) > 0


def _is_recounted(document: Document, manners: Set[Manner]) -> bool:
    """Say whether the text around the likest stretch speaks about the trade, and nobody private can be reached by it."""
    return len(manners & RECOUNTING) >= _RECOUNTING_COUNT and _is_uncalled(document)


def _is_retold(document: Document, manners: Set[Manner]) -> bool:
    """Say whether something was done or told before, nobody private can be reached by it, and nobody is called."""
    return bool(manners & _RETELLING) and Manner.CALLS not in manners and _is_uncalled(document)


def _manners_around(document: Document, likeness: Likeness) -> Set[Manner]:
    """Return how is spoken around the likest stretch: a long page says many things elsewhere."""
    stretch = likeness.stretch
    start, end = stretch.outline.folded_span(stretch.start, stretch.end)
    return hear(document.folded.text).counts_within(start - _AROUND, end + _AROUND).keys()


def _is_uncalled(document: Document) -> bool:
    return not document.is_commercial and not any(one.is_personal for one in document.contacts)


def accepted_from(document: Document, told: Told) -> int | None:
    """Return the likeness (permille) from which the cues find a sale by themselves; None: the text is about no paper."""
    if document.marks and (_is_of_another_trade(document) or _offers_work(document)):
        return None
    if names_our_papers(document):
        return ACCEPTED_AGAINST_CONTEXT if told.contexts else _accepted_unopposed(document)
    return _accepted_unnamed(document)


def _accepted_unopposed(document: Document) -> int:
    """Return the same where our papers are named and nothing was heard against a sale."""
    if document.is_commercial:
        return ACCEPTED_MADE_TO_SELL
    return ACCEPTED if _asks_for_something(document) else ACCEPTED_BARE


def _asks_for_something(document: Document) -> bool:
    """Say whether a word of sale, a price or a way to answer stands anywhere: people talk about papers without any."""
    return bool(document.cores or document.prices or document.contacts) or Sense.CONTACT in document.first


def _accepted_unnamed(document: Document) -> int | None:
    """Return the same for a text that names none of our papers."""
    if document.marks and _is_neighbouring(document):
        return ACCEPTED_UNNAMED if Sense.FORGERY in document.first else ACCEPTED_NEIGHBOURING
    if _is_disguised(document):
        return ACCEPTED  # nobody disguises a lawful offer
    if _promises_some_paper(document):
        return ACCEPTED_UNNAMED
    if paper_hints(document):
        return None if _is_of_another_trade(document) else ACCEPTED_UNNAMED
    return ACCEPTED_UNNAMED if names_workplace(document) else None


def is_only_hinted(document: Document) -> bool:
    """Say whether no paper is named, nothing hidden and nothing promised: only hints say that the text may be about papers."""
    is_named = document.marks and (names_our_papers(document) or _is_neighbouring(document))
    return not (is_named or _is_disguised(document) or _promises_some_paper(document))


def _is_disguised(document: Document) -> bool:
    return any(mark.is_disguised for mark in document.marks)


def _promises_some_paper(document: Document) -> bool:
    return bool(document.cores) and _PAPER(document.folded.text) is not None


def _is_of_another_trade(document: Document) -> bool:
    """Say whether lessons or licences of other trades are offered, and nothing is forged: they promise passes and papers too."""
    is_named = names_our_papers(document) or Sense.FORGERY in document.first
    return not is_named and _OTHER_TRADES(document.folded.text) is not None


def _offers_work(document: Document) -> bool:
    """Say whether the whole text offers work, or papers of equipment."""
    whole = Passage(document, 0, len(document.folded.text))
    return offers_work(document.cores, without_words(whole, document.cores))


def names_our_papers(document: Document) -> bool:
    """Say whether a certificate of ours or a trade that needs one is named."""
    return Sense.CERTIFICATE in document.first or Sense.TRADE in document.first


def _is_neighbouring(document: Document) -> bool:
    """Say whether only another trade's papers are named: not the notice's object, so never high."""
    return not names_our_papers(document) and not document.words.get(Sense.NEIGHBOUR, _HANDED_IN) <= _HANDED_IN


def _doubted(document: Document, told: Told, likeness: Likeness, *, is_recounted: bool) -> Told:
    quotes = _quotes(document, likeness, is_for=False)
    shown = "、".join(f"“{one.text[one.start : one.end]}”" for one in quotes) or "整体行文"
    doubt = signal("context.reads_otherwise", *quotes, scale_permille=1000 - likeness.permille, cues=shown)
    reached = REFUSED if _is_uncalled(document) else REFUSED_WHERE_REACHED
    is_refused = likeness.permille < (UNHEARD if _is_outspoken(told) else reached)
    if is_refused or is_recounted:
        told.refused = told.logit + likeness.logit
        told.keep(_PROMISE if "offer.guaranteed_pass" in told.offers else frozenset())
    else:
        told.weaken(_DOUBTED_SCALE)
    told.add((doubt,))
    return told


def is_plain(document: Document, told: Told) -> bool:
    """Say whether the sale may be doubted for how the text reads: it is neither hidden, nor open forgery, nor to be answered."""
    return not (_is_hidden(document, told) or _is_open_forgery(document) or _is_answerable(document, told))


def _is_hidden(document: Document, told: Told) -> bool:
    """Say whether the sale is written in disguise by somebody who can be reached: the cues know plain words, and lawful offers hide none."""
    return "offer.disguised" in told.offers and not _is_uncalled(document)


def _is_open_forgery(document: Document) -> bool:
    """Say whether somebody who can be reached makes papers he himself calls false: there is nothing to doubt, whatever filler stands around."""
    says_so = any(mark.sense is Sense.FORGERY and "假" in mark.text for mark in document.marks)
    return says_so and not _is_uncalled(document)


def _is_answerable(document: Document, told: Told) -> bool:
    """Say whether several promises stand beside somebody's own contact: the warning of the police around them is pasted."""
    promised = len(_PROMISES.intersection(told.offers)) >= _SEVERAL_PROMISES
    return promised and "offer.contact" in told.offers and not _is_uncalled(document)


def _is_outspoken(told: Told) -> bool:
    """Say whether the rules heard so many promises that doubt does not silence them."""
    return len(_PROMISES.intersection(told.offers)) >= _MANY_PROMISES


def _reads_as_sale(document: Document, likeness: Likeness, *, least_permille: int = 0) -> Signal:
    """Return the signal of the cues; what is accepted counts for at least `least_permille`."""
    quotes = _quotes(document, likeness, is_for=True)
    shown = "、".join(f"“{one.text[one.start : one.end]}”" for one in quotes) or "整体行文"
    return signal("offer.reads_as_sale", *quotes, scale_permille=max(likeness.permille, least_permille), cues=shown)


def _quotes(document: Document, likeness: Likeness, *, is_for: bool) -> tuple[Quote, ...]:
    spans = likeness.told(is_for=is_for) or (
        likeness.stretch.outline.folded_span(likeness.stretch.start, likeness.stretch.end),
    )
    return tuple(document.quote(start, end) for start, end in spans)


def _words(document: Document, likeness: Likeness, *, is_page: bool) -> Iterator[Signal]:
    """Yield what else is said where the text reads like an advert: promises, price, contact."""
    stretch = likeness.stretch
    passage = Passage(document, *stretch.outline.folded_span(stretch.start, stretch.end))
    has_contact = any(one.is_personal for one in passage.contacts)
    live = tuple(one for one in passage.marks if is_core(one) and is_meant(passage, one, has_contact=has_contact))
    certificate = certificate_of(passage) or _any_paper(document)
    if certificate:
        sale = Sale(passage, Reading(Voice.SELLER, live), certificate, is_page=is_page)
        yield from sale.particulars()


def _any_paper(document: Document) -> tuple[Mark, int] | None:
    paper = document.first.get(Sense.CERTIFICATE) or document.first.get(Sense.TRADE) or next(iter(document.marks), None)
    return (paper, GENERAL_PAPER) if paper else None
