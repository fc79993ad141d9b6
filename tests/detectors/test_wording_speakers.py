"""Who speaks and how, and what the second judge makes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.model import Direction, Quote, Signal
from detectors.ruleset import signal
from detectors.wording.passages import Document, Part
from detectors.wording.speakers import Manner, hear, recounting_count
from detectors.wording.told import Told
from detectors.wording.traits import paper_hints, stretches
from keywords.loader import load_lexicon
from keywords.match import TermMatcher


@pytest.fixture(scope="module")
def matcher() -> TermMatcher:
    return TermMatcher(load_lexicon())


def document(text: str, matcher: TermMatcher) -> Document:
    return Document((Part("text", text),), matcher)


def test_police_press_and_sellers_are_told_apart() -> None:
    police = hear("民警抓获嫌疑人张某,查获假证百余本")
    assert {Manner.STATE, Manner.ACTED, Manner.NAMELESS} <= set(police.manners)
    seller = hear("电工本直出,加我,先查后付")
    assert {Manner.OFFERS, Manner.CALLS, Manner.ASSURES} <= set(seller.manners)
    assert recounting_count(police) >= 3 > recounting_count(seller)


@given(st.text(alphabet="民警抓获记者加我,私聊x", max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_what_is_heard_within_stands_there(text: str, one: int, other: int) -> None:
    start, end = sorted((one, other))
    heard = hear(text)
    for manner, count in heard.counts_within(start, end).items():
        words = {
            word
            for place, its, word in zip(heard.places, heard.manners, heard.words, strict=True)
            if its is manner and start <= place < end
        }
        assert len(words) == count and all(word in text for word in words)


def test_words_of_sale_in_quotation_marks_are_told_from_bare_ones(matcher: TermMatcher) -> None:
    quoted = next(stretches(document("他说“电工证免考”,我没信。", matcher), is_page=False)).traits
    bare = next(stretches(document("电工证免考,找“老王”。", matcher), is_page=False)).traits
    assert "~all_quoted" in quoted and "~some_bare" not in quoted
    assert "~some_bare" in bare and "~all_quoted" not in bare


@pytest.mark.parametrize("text", ["小绿本，不去人，扫得到", "低压高压，看名再付，不考"])
def test_a_paper_may_be_meant_without_its_name(text: str, matcher: TermMatcher) -> None:
    assert paper_hints(document(text, matcher)) == 2


@pytest.mark.parametrize("text", ["今天的草莓最后十盒，要的私我", "今晚吃什么"])
def test_other_talk_hints_at_no_paper(text: str, matcher: TermMatcher) -> None:
    assert paper_hints(document(text, matcher)) < 2


def _offers(*strengths: int) -> Told:
    told = Told()
    quote = Quote(where="text", text="x", start=0, end=1)
    codes = ("offer.certificate_sale", "offer.contact", "offer.price")
    shown = ({"term": "办", "certificate": "电工证"}, {"contact": "x"}, {"price": "x"})
    for code, strength, words in zip(codes, strengths, shown, strict=False):
        full: Signal = signal(code, quote, **words)
        told.add((full,), scale_permille=1000 * strength // full.strength_permille)
    return told


def test_a_cap_weakens_all_alike_and_leaves_small_sums_alone() -> None:
    told = _offers(380, 170, 150)
    before = {code: one.strength_permille for code, one in told.offers.items()}
    told.cap(1000)
    assert {code: one.strength_permille for code, one in told.offers.items()} == before
    told.cap(350)
    after = {code: one.strength_permille for code, one in told.offers.items()}
    assert 340 <= sum(after.values()) <= 350
    assert after["offer.certificate_sale"] > after["offer.contact"] > after["offer.price"] > 0
    assert all(one.direction is Direction.FOR for one in told.offers.values())
