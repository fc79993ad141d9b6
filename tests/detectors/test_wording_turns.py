"""Turns of speech: what follows what, whatever the words."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.wording.likeness import load_weights
from detectors.wording.passages import Document, Part
from detectors.wording.traits import spans_of
from detectors.wording.turns import MARK, TURN_WORDS, turns_of
from keywords.loader import load_lexicon
from keywords.match import TermMatcher


@pytest.fixture(scope="module")
def matcher() -> TermMatcher:
    return TermMatcher(load_lexicon())


def told(text: str) -> set[str]:
    return set(turns_of(text, [(0, len(text))]).names)


@pytest.mark.parametrize("text", ["不用考试", "无需培训", "免考", "不必到场"])
def test_many_words_make_one_turn(text: str) -> None:
    assert {"%无", "%考", "%无>考"} <= told(text)


def test_order_matters() -> None:
    assert "%考>无" not in told("不用考试")
    assert "%他>说" in told("对方称可以")
    assert "%他>说" not in told("说对方可以")


def test_what_stands_far_apart_makes_no_turn() -> None:
    assert "%无>考" in told("不用再考试")
    assert "%无>考" not in told("不用拖拖拉拉拖拖拉拉考试")


def test_no_turn_reaches_into_the_next_sentence() -> None:
    text = "不用。考试"
    names = turns_of(text, [(0, 3), (3, 5)]).names
    assert "%无>考" not in names
    assert not any(name.startswith(f"{MARK}。>") for name in names)


@given(st.text(alphabet="不用考试官网查我你他说。C@0", max_size=60), st.data())
def test_turns_stand_where_they_are_said_to(text: str, data: st.DataObject) -> None:
    borders = sorted({0, len(text), *data.draw(st.sets(st.integers(0, len(text)), max_size=5))})
    units = list(pairwise(borders))
    turns = turns_of(text, units)
    assert [place for place, _, _ in turns] == sorted(place for place, _, _ in turns)
    for place, (start, end), name in turns:
        assert name.startswith(MARK) and start <= place < end <= len(text)
        assert any(low <= start and end <= high for low, high in units)
        low = next(low for low, high in units if low <= start < high)
        assert name in turns.within(low, len(text) + 1)
        assert turns.first(name, 0) <= (start, end)


def test_no_word_stands_in_two_rows_by_mistake() -> None:
    words = [word for words in TURN_WORDS.values() for word in words.split()]
    assert {word for word in words if words.count(word) > 1} <= {"收", "出证"}


def test_a_turn_is_quoted_where_it_stands(matcher: TermMatcher) -> None:
    one = Document((Part("text", "电工证无需培训，联系我"),), matcher)
    found = spans_of(one, is_page=False)
    stretch = found.stretch(*found.spans[0])
    assert "%无>考" in stretch.turns
    start, end = stretch.outline.folded_span(*stretch.spoken.first("%无>考", stretch.start))
    assert one.folded.text[start:end] == "无需培训"


@given(
    st.lists(
        st.sampled_from(["电工证不用考试，", "联系我", "他说。", "官网能查？", "警方通报。\n", "500元", "x" * 90]),
        max_size=40,
    )
)
def test_the_likest_stretch_is_found_without_reading_all(matcher: TermMatcher, pieces: list[str]) -> None:
    one = Document((Part("text", "电工证。" + "".join(pieces)),), matcher)
    quick, slow = (load_weights().weigh(one, is_page=True), load_weights().weigh_all(one, is_page=True))
    assert quick is not None and slow is not None
    assert (quick.logit, quick.stretch.start, quick.stretch.end) == (slow.logit, slow.stretch.start, slow.stretch.end)


def test_a_sentence_that_stands_again_is_told_again_where_it_stands() -> None:
    text, units = "不用考试。" * 3 + "。" * 600, [(0, 5), (5, 10), (10, 15), (15, 615)]
    turns = turns_of(text, units)
    each = [(place, span, name) for place, span, name in turns if name == "%无>考"]
    assert each == [(at + 2, (at, at + 4), "%无>考") for at in (0, 5, 10)]
    assert turns.first("%无>考", 5) == (5, 9) and turns.within(5, 10) == turns.within(0, 15)
    places, numbers = turns.placed({"%无>考": 7})
    assert places.tolist() == [2, 7, 12] and numbers.tolist() == [7, 7, 7]
    with pytest.raises(ValueError, match="无>查"):
        turns.first("%无>查", 0)
