"""The third judge: what a text shares as a whole with texts that sell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.model import Candidate, CandidateKind, Level, Observation
from detectors.runner import judge
from detectors.wording import OfferDetector
from detectors.wording.passages import Document, Part
from detectors.wording.pieces import TEXTS, PieceRow, Pieces, counted, load_pieces, shipped_pieces
from detectors.wording.third_reading import weigh_again
from detectors.wording.told import Told
from keywords.loader import load_lexicon
from keywords.match import term_matcher
from tests.builders import AT, a_discovery

SALES = ("找我出证,先查后付", "出证快,找我", "先查后付,能查")
OTHERS = ("报名须知", "考试通知,报名", "先报名后考试")


def pieces() -> Pieces:
    return Pieces(counted([*((text, True) for text in SALES), *((text, False) for text in OTHERS)]))


def test_a_text_weighs_as_the_texts_that_share_its_pieces():
    table = pieces()
    assert table.weigh("找我,先查后付") > 0 > table.weigh("考试报名")
    assert table.weigh("无") == table.weigh("") == 0


def test_texts_weighed_together_weigh_what_each_weighs_alone():
    table = load_pieces()
    texts = ["办C¥,加微信@", "", "考试报名请到窗口", "无\0无", "办C¥,加微信@", "\U0001f600", "查" * 300]
    assert table.weigh_each(texts) == pytest.approx([table.weigh(one) for one in texts])
    assert table.weigh_each(["包过,出证", "考试"])[1] == pytest.approx(table.weigh("考试"))
    assert table.weigh_each([]) == []


def test_what_is_counted_is_texts_not_places():
    rows = {row.piece: row for row in counted([("出证出证", True), ("出", False)])}
    assert rows[TEXTS] == PieceRow(TEXTS, 1, 1)
    assert (rows["出"], rows["证"]) == (PieceRow("出", 1, 1), PieceRow("证", 1, 0))
    assert max(map(len, rows.keys() - {TEXTS})) == 3


def test_the_clauses_that_speak_most_for_a_sale_are_told():
    text = "报名须知,先查后付。找我出证"
    assert {text[start:end] for start, end in pieces().told(text)} == {"先查后付", "找我出证"}


@given(st.text(max_size=200))
def test_any_text_has_a_weight_and_told_places_lie_in_it(text):
    table = load_pieces()
    assert -1000 < table.weigh(text) < 1000
    assert all(0 <= start < end <= len(text) for start, end in table.told(text))


def test_the_shipped_table_is_whole():
    rows = shipped_pieces()
    assert rows[0].piece == TEXTS and min(rows[0].selling_count, rows[0].other_count) > 1000
    names = [row.piece for row in rows]
    assert len(names) == len(set(names))
    assert all(row.selling_count + row.other_count > 0 for row in rows)


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("卖两本建筑电工，人没用到，名字可换，扫码可换，贱卖", True),
        ("今天被一个卖证的加了，张口就是哥需要电工证吗免考可查，我说我就是应急局考试中心的，他秒删我😂", False),
        ("下周一开始扫证进场，登高、焊工、电工证要能在官方公众号查到，查不到的一律不放，大家提前自己查一下", False),
    ],
)
def test_what_the_other_judges_miss_is_settled(text, is_found):
    candidate = Candidate(kind=CandidateKind.TEXT, url="", key="note", discovery=a_discovery())
    level = judge(Observation(candidate=candidate, observed_at=AT, text=text), (OfferDetector(load_lexicon()),)).level
    assert (level is not Level.LOW) == is_found


def document(text: str) -> Document:
    return Document((Part("text", text),), term_matcher(load_lexicon()))


@pytest.mark.parametrize(("text", "refused", "is_found"), [
    ("电工证找我,先查后付", 1.0, True),
    ("电工证找我,先查后付", -9.0, False),
    ("电工证考试通知,报名须知", 1.0, False),
])  # fmt: skip
def test_a_refused_sale_is_heard_again_by_all_three(text, refused, is_found):
    told = Told(refused=refused)
    weigh_again([(document(text), told)], pieces())
    assert told.sells == is_found


def test_what_is_written_in_letters_is_left_to_the_others():
    text = "notice: every electrician certificate is verified at the gate,电工证"
    told = Told(refused=9.0)
    weigh_again([(document(text), told)], pieces())
    assert not told.sells
