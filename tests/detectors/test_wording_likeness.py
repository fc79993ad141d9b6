"""The second judge: outline, cues, weights and what is told of them."""

import csv
import io
import time
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.wording.fit import Bag, fit
from detectors.wording.likeness import BIAS, Weights, cues_in, load_weights, weights_of
from detectors.wording.outline import outline_of
from detectors.wording.passages import Document, Part
from detectors.wording.training import Label, labelled_in, shipped_texts
from detectors.wording.traits import ASKED_FOR, LABELS, asking, spans_of
from keywords.loader import load_lexicon
from keywords.match import TermMatcher


@pytest.fixture(scope="module")
def matcher() -> TermMatcher:
    return TermMatcher(load_lexicon())


def document(text: str, matcher: TermMatcher) -> Document:
    return Document((Part("text", text),), matcher)


def test_names_prices_contacts_and_numbers_become_signs(matcher: TermMatcher) -> None:
    one = outline_of(document("办理电工证500元，加微信abc_123，3天", matcher)).text
    other = outline_of(document("办理焊工证680元，加微信xyz-987，7天", matcher)).text
    assert one == other
    assert "C¥" in one


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(["电工证", "电工", "500元", "13800138000", "微信abc_123", "。", "办理", "7"]), max_size=25)
)
def test_every_place_of_an_outline_leads_back(matcher: TermMatcher, pieces: list[str]) -> None:
    one = document("".join(pieces), matcher)
    outline = outline_of(one)
    at = 0
    for place in range(len(outline.text)):
        start, end = outline.folded_span(place, place + 1)
        assert start == at and end > start
        if end - start == 1 and not outline.text[place].isupper() and outline.text[place] not in "0@¥":
            assert outline.text[place] == one.folded.text[start]
        at = end
    assert at == len(one.folded.text)


def test_cues_are_pieces_with_their_punctuation() -> None:
    assert cues_in("ab,c") == {"a", "b", ",", "c", "ab", "b,", ",c", "ab,", "b,c"}
    assert cues_in("abcd") == {"a", "b", "c", "d", "ab", "bc", "cd", "abc", "bcd"}


def test_what_is_told_adds_up_and_is_quoted_where_it_stands(matcher: TermMatcher) -> None:
    text = "有需要电工证的联系我，不用去考，官网能查"
    one = document(text, matcher)
    likeness = load_weights().weigh(one, is_page=False)
    assert likeness is not None and likeness.permille > 500
    spans = likeness.told(is_for=True)
    assert spans
    for start, end in spans:
        assert 0 <= start < end <= len(one.folded.text)
    again = load_weights().weigh(document(text, matcher), is_page=False)
    assert again is not None and again.logit == likeness.logit


def test_an_advert_behind_an_article_is_found(matcher: TermMatcher) -> None:
    article = "高处作业人员应当系好安全带，作业前检查脚手架。六级以上大风停止作业。" * 30
    advert = "需要登高证的联系我，不用考试，官网能查，先查后付。"
    weights = load_weights()
    alone = weights.weigh(document(article + "登高证由应急管理部门核发。", matcher), is_page=False)
    both = weights.weigh(document(article + advert, matcher), is_page=False)
    assert alone is not None and both is not None
    assert alone.permille < 500 < both.permille


_SAID = (
    "电工证", "焊工", "代办", "不用考试", "官网能查", "500元", "三天出证", "微信abc_123", "13800138000", "联系我", "记者", "警方提醒", "严禁",
    "“免考包过”", "培训班开课", "安全帽", "，", "。", "？", "\n", "请问", "今天天气很好，大家都去公园散步",
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(_SAID), min_size=20, max_size=120), st.booleans())
def test_no_stretch_weighs_more_than_is_said_beforehand(matcher: TermMatcher, pieces: list[str], is_page: bool) -> None:
    one, weights = document("".join(pieces), matcher), load_weights()
    likeness, again = weights.weigh(one, is_page=is_page), weights.weigh_all(one, is_page=is_page)
    assert likeness == again
    floor = 0.5
    known = weights.weigh(one, is_page=is_page, at_least=floor)
    assert known == (again if again and again.logit >= floor else None)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(_SAID), min_size=20, max_size=120), st.floats(-2, 4))
def test_where_somebody_must_be_asked_only_what_could_not_be_told_is_passed_over(
    matcher: TermMatcher, pieces: list[str], floor: float
) -> None:
    one, weights = document("".join(pieces), matcher), load_weights()
    found = spans_of(one, is_page=True)
    asks = [not ASKED_FOR.isdisjoint(found.stretch(*span).traits) for span in found.spans]
    assert asking(found) == [number for number, is_asking in enumerate(asks) if is_asking]
    known, asked = (weights.weigh(one, is_page=True, at_least=floor, must_ask=must) for must in (False, True))
    if asked is None and known:
        assert ASKED_FOR.isdisjoint(known.stretch.traits)
    else:
        assert asked == known


@pytest.fixture(scope="module")
def contrary() -> Weights:
    """A table in which all that speaks against a sale speaks for it, and a trait stands that no bound has heard of."""
    shipped = load_weights()
    traits = {name: -3 * weight for name, weight in shipped.traits.items()}
    return weights_of({**shipped.cues, **traits, "~quoted": 2.0, BIAS: -1.0})


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(_SAID), min_size=1, max_size=14), st.booleans(), st.floats(-4, 6))
def test_of_few_stretches_only_those_are_read_that_can_suffice(
    matcher: TermMatcher, contrary: Weights, pieces: list[str], is_page: bool, floor: float
) -> None:
    for weights in (load_weights(), contrary):
        one = document("".join(pieces), matcher)
        again = weights.weigh_all(one, is_page=is_page)
        assert weights.weigh(one, is_page=is_page, at_least=floor) == (
            again if again and again.logit >= floor else None
        )


def test_the_shipped_table_is_whole() -> None:
    table = files("detectors") / "wording" / "data" / "cues.csv"
    rows = list(csv.DictReader(io.StringIO(table.read_text("utf-8"), newline="")))
    names = [row["cue"] for row in rows]
    assert len(names) == len(set(names))
    assert {BIAS, *LABELS} <= set(names)
    assert all(abs(float(row["weight"])) < 20 for row in rows)


def test_the_shipped_texts_are_many_and_of_every_label() -> None:
    texts = shipped_texts()
    assert len(texts) > 1000
    assert {text.label for text in texts} == set(Label)
    assert len({text.occasion for text in texts}) >= 4


def test_an_unknown_label_is_refused() -> None:
    with pytest.raises(ValueError, match="maybe"):
        list(labelled_in("occasion,label,voice,kind,title,text\na,maybe,v,text,,x\n"))


def test_fit_tells_cues_apart_and_is_repeatable() -> None:
    bags = [Bag(sells, ((frozenset({word, "都有"}), ()),)) for sells, word in ((True, "找我"), (False, "通报"))] * 6
    rows = fit(bags)
    weights = {row.cue: row.weight for row in rows}
    assert weights["找我"] > 0.5 > -0.5 > weights["通报"]
    assert fit(bags) == rows
    assert {row.cue: (row.selling_count, row.other_count) for row in rows}["都有"] == (6, 6)
    assert weights_of(weights).cues["找我"] == weights["找我"]


@pytest.mark.parametrize("piece", ["电工证\n", "电工证联系我，", "加微信abc_123。", "证"], ids=repr)
def test_long_texts_take_bounded_time(matcher: TermMatcher, piece: str) -> None:
    one = document("电工证" + piece * (200_000 // len(piece)), matcher)
    began = time.process_time()
    load_weights().weigh(one, is_page=False)
    assert time.process_time() - began < 20
