import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keywords.fold import digit_of, fold
from keywords.loader import rows

PIECES = [row["written"] for row in rows("disguises")] + list(
    "证操作办考包过 ·/-丨【】()，、。1一壹vxq加微信:\u200b\u0301\n\t"
)
anything = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=30).map("".join))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("操/作/证 办理", "操作证办理"),
        ("辦理特種作業操作證", "办理特种作业操作证"),
        ("微【信】", "微信"),
        ("包，过，拿，证", "包过拿证"),
        ("满丨意丨给丨钱", "满意给钱"),
        ("扌喿作讠正", "操作证"),
        ("电工言正", "电工证"),
        ("特\u200b种作\u200d业", "特种作业"),
        ("官★网🔥可★查", "官网可查"),
        ("加 薇 abc12345", "加微信 abc12345"),
        ("ＶＸ：ｌｘ８８９９", "微信:lx8899"),
        ("佳薇 hao", "加微信 hao"),
        ("➕🐧 12345678", "加qq 12345678"),
        ("一三八零零一三八零零零", "13800138000"),
        ("１３８-００１３-８０００", "13800138000"),
        ("幺三八陆陆七八 九九零一", "13866789901"),
        ("1.5万 3-5天", "1.5万 3-5天"),
        ("语言正在发展", "语言正在发展"),
        ("微星主板", "微星主板"),
        ("卫星电话", "卫星电话"),
        ("共计十二项", "共计十二项"),
    ],
)
def test_disguise_is_undone(written: str, meant: str) -> None:
    assert fold(written).text == meant


def test_offsets_lead_back() -> None:
    text = "找我办 操/作/讠正，微【信】同号"
    folded = fold(text)
    start = folded.text.index("操作证")
    assert text[slice(*folded.span(start, start + 3))] == "操/作/讠正"
    start = folded.text.index("微信")
    assert text[slice(*folded.span(start, start + 2))] == "微【信】"


@given(anything)
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@given(anything)
def test_offsets_are_valid_and_never_fall(text: str) -> None:
    folded = fold(text)
    offsets = folded.offsets
    assert len(offsets) == len(folded.text)
    assert all(0 <= offset < len(text) for offset in offsets)
    assert list(offsets) == sorted(offsets)
    for place in range(len(folded.text)):
        start, end = folded.span(place, place + 1)
        assert 0 <= start < end <= len(text)


@settings(max_examples=300)
@given(st.text(st.characters(), max_size=60))
def test_any_text_folds(text: str) -> None:
    fold(text)


@pytest.mark.parametrize(
    "piece", ["-", "【证】", "1 ", "一,", "证，", "加v", "(证", "\u200b", "微 信", "丨", "言正", "★证"], ids=repr
)
def test_time_is_linear(piece: str) -> None:
    def seconds(count: int) -> float:
        text = piece * count
        began = time.process_time()
        fold(text)
        return time.process_time() - began

    seconds(100)
    assert seconds(400_000 // len(piece)) < 6


def test_digits_in_any_writing() -> None:
    assert [digit_of(char) for char in "7柒❼七证"] == ["7", "7", "7", "7", ""]
