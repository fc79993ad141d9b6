"""Detector `wording`: does a page, listing, advert or note sell certificates, or does it warn, teach, ask or hire?

Signals for come from passages where a seller speaks about a certificate. Signals against come only when no passage sells: a fake
shop that pastes a police warning stays a fake shop. A page that asks for a certificate holder's identity gets no signals against,
because counterfeits copy the warnings of the genuine site.

Three judges read each text: the rules (`context` says who speaks), the weighed cues of its likest stretch (`likeness`), and what it
shares as a whole with texts that sell (`pieces`). Each can find a sale the others missed; where the cues or the whole text speak
clearly against it, the rules' sale is not told, or counts for less. Which of them spoke stands in the signals.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, islice

from detectors.model import CandidateKind, Observation, Signal, Skip
from detectors.wording.context import Voice, read
from detectors.wording.institutions import Institutions, hosts_served_from, known_speaker
from detectors.wording.likeness import Weights, load_weights
from detectors.wording.papers import NEIGHBOURING, certificate_of
from detectors.wording.passages import Document, Part, text_of, windows
from detectors.wording.pieces import Pieces, load_pieces
from detectors.wording.query_place import is_query_place
from detectors.wording.sale import Sale
from detectors.wording.second_reading import asks_to_call_or_pay, names_our_papers, settle
from detectors.wording.third_reading import weigh_again
from detectors.wording.told import Told
from detectors.wording.training_promise import promise_of_school
from detectors.wording.unsaid import CONTEXT, against, standing_context
from keywords.fold import fold_each
from keywords.loader import Lexicon
from keywords.match import term_matcher
from keywords.once import once

__all__ = ["OfferDetector"]


_MOST_KEPT = 4
_BRIEF = 2_000
"""Characters of an observation that is read together with others."""
_ONE_SUBJECT = 600
"""Characters up to which a page may be about one thing: longer ones say many, and are known by their likest stretch."""
_Told = tuple[Document, Told]
"""A document, and what is told of it."""


class OfferDetector:
    """Reads every text of an observation for the sale of certificates."""

    name = "wording"

    def __init__(
        self,
        lexicon: Lexicon,
        institutions: Institutions | None = None,
        weights: Weights | None = None,
        pieces: Pieces | None = None,
    ) -> None:
        self._matcher = term_matcher(lexicon)
        self._institutions = institutions or Institutions()
        self._weights = weights or load_weights()
        self._given_pieces = pieces

    @once
    def _pieces(self) -> Pieces:
        """Takes half a second to read, and pages do not need it."""
        return self._given_pieces or load_pieces()

    def examine(self, observation: Observation) -> tuple[Signal, ...] | Skip:
        """Return the signals `offer.*` and `context.*`, or a `Skip` when there is no text at all."""
        poses = any(map(is_query_place, observation.captures))
        return self._answer(observation, self._told_alone(observation, poses=poses), poses=poses)

    def examine_each(self, observations: Sequence[Observation]) -> list[tuple[Signal, ...] | Skip]:
        """Return the same for each of many observations; the brief ones are read together."""
        brief = [_is_brief(one) for one in observations]
        together = iter(self._told_together(list(compress(observations, brief))))
        return [
            self._answer(one, next(together)) if is_brief else self.examine(one)
            for one, is_brief in zip(observations, brief, strict=True)
        ]

    def _told_alone(self, observation: Observation, *, poses: bool) -> Iterator[_Told]:
        """Yield what is told of the texts of an observation, one after the other: they may be long."""
        for parts, is_page in _sources(observation):
            for window in windows(parts):
                document = Document(window, self._matcher, is_commercial=_is_commercial(observation))
                yield from self._told([(document, is_page)], poses=poses)

    def _told_together(self, observations: Sequence[Observation]) -> list[list[_Told]]:
        """Return what is told of the texts of each observation.

        They are folded together, at a fraction of the price, and each step goes over all of them before the next begins: its tables
        stay in the processor's cache.
        """
        sources = [list(_sources(one)) for one in observations]
        folded = iter(fold_each([text_of(parts) for texts in sources for parts, _ in texts]))
        told = iter(
            self._told(
                [
                    (Document(parts, self._matcher, is_commercial=_is_commercial(one), folded=next(folded)), is_page)
                    for one, texts in zip(observations, sources, strict=True)
                    for parts, is_page in texts
                ]
            )
        )
        return [list(islice(told, len(texts))) for texts in sources]

    def _told(self, texts: Sequence[tuple[Document, bool]], *, poses: bool = False) -> list[_Told]:
        """Return (document, what is told of it) of each (document, is a page) after all three judges were heard.

        `poses`: a page asks for a certificate holder's identity. A page says many things, and is known by its likest stretch, not as a whole.
        """
        by_rules = [_read(document, is_page=is_page) for document, is_page in texts]
        settled = [
            (document, settle(document, told, self._weights, is_page=is_page))
            for (document, is_page), told in zip(texts, by_rules, strict=True)
        ]
        is_one = [not is_page or (not poses and _is_of_one_subject(document)) for document, is_page in texts]
        if whole := list(compress(settled, is_one)):
            weigh_again(whole, self._pieces)
        return settled

    def _answer(
        self, observation: Observation, texts: Iterable[_Told], *, poses: bool = False
    ) -> tuple[Signal, ...] | Skip:
        told = Told()
        documents: list[Document] = []
        count = 0
        for document, one in texts:
            documents += [document] if count < _MOST_KEPT else []
            count += 1
            told.join(one)
        if not count:
            return Skip(detector=self.name, cause="没有可供分析的文字")
        contexts = () if told.sells or poses else tuple(told.contexts.values())
        kept = documents if count <= _MOST_KEPT else ()  # a school's advert is short
        speaker = known_speaker(self._institutions, hosts_served_from(observation), kept, told)
        return (*told.offers.values(), *contexts, *speaker)


def _is_of_one_subject(document: Document) -> bool:
    """Say whether a page is judged as a whole too."""
    is_brief = len(document.folded.text) <= _ONE_SUBJECT
    return is_brief and names_our_papers(document) and asks_to_call_or_pay(document)


def _is_brief(observation: Observation) -> bool:
    """Say whether many such observations may be held at once while they are read."""
    texts = [observation.title, observation.text]
    if listing := observation.listing:
        texts += (listing.title, listing.text)
    if advert := observation.advert:
        texts += (advert.title, advert.text)
    return not observation.captures and sum(map(len, texts)) <= _BRIEF


def _is_commercial(observation: Observation) -> bool:
    return observation.candidate.kind in {CandidateKind.LISTING, CandidateKind.ADVERT}


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


def _read(document: Document, *, is_page: bool) -> Told:
    """Return what the rules say of a document."""
    told, is_read = Told(), False
    for passage in document.passages():
        certificate = certificate_of(passage)
        if certificate is None:
            continue
        is_read = True
        reading = read(passage, has_contact=any(one.is_personal for one in passage.contacts))
        scale = 750 if certificate[1] == NEIGHBOURING else 1000  # another trade's paper is not the notice's object
        if reading.voice is Voice.SELLER:
            told.add(Sale(passage, reading, certificate, is_page=is_page).signals(), scale_permille=scale)
        elif reading.voice is Voice.SCHOOL_PROMISING:
            told.add(promise_of_school(passage, reading), scale_permille=scale)
        elif reading.voice in CONTEXT and reading.reason:
            told.add((against(document, CONTEXT[reading.voice], reading.reason),))
    if not is_read:
        told.add(standing_context(document))
    return told
