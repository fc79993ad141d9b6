"""Rows of a company's list."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.pictures.identity_numbers import check_character
from detectors.pictures.listed_certificate import ListedCertificate, RowVerdict, check_rows
from detectors.pictures.trades import load_trades
from tests.picture_builders import SOUND_NUMBER

TODAY = date(2026, 11, 22)
TRADES = load_trades()
SOUND = {
    "number": SOUND_NUMBER,
    "name": "王建国",
    "trade": "低压电工作业",
    "issued": "2024-05-10",
    "valid_to": "2030-05-09",
}


def checked(*rows):
    listed = [ListedCertificate(row=place, **{**SOUND, **row}) for place, row in enumerate(rows, 2)]
    return list(check_rows(listed, TRADES, TODAY))


def codes(check):
    return {one.code for one in check.findings}


def test_a_sound_row_is_sound_and_masked():
    [check] = checked({})
    assert (check.verdict, check.findings) == (RowVerdict.SOUND, ())
    assert check.look_up_at == "cx.mem.gov.cn"
    assert check.name == "王**"
    assert SOUND_NUMBER[7:15] not in check.number


def test_a_certificate_number_in_the_identity_column_is_read_as_one():
    [check] = checked({"number": "", "identity": SOUND_NUMBER})
    assert (check.verdict, check.findings) == (RowVerdict.SOUND, ())


@pytest.mark.parametrize(
    ("row", "verdict", "code"),
    [
        ({"number": ""}, RowVerdict.WRONG, "number.missing"),
        ({"name": ""}, RowVerdict.WRONG, "name.missing"),
        ({"number": SOUND_NUMBER[:-1] + "9"}, RowVerdict.WRONG, "number.check_digit"),
        ({"number": "3.20723E+17"}, RowVerdict.WRONG, "number.rounded"),
        ({"trade": ""}, RowVerdict.LOOK_UP, "trade.missing"),
        ({"trade": "修电脑"}, RowVerdict.LOOK_UP, "trade.unknown"),
        ({"trade": "叉车司机"}, RowVerdict.LOOK_UP, "trade.other_issuer"),
        ({"trade": "叉车驾驶员"}, RowVerdict.LOOK_UP, "trade.other_issuer"),
        ({"trade": "A2驾驶证"}, RowVerdict.LOOK_UP, "trade.other_issuer"),
        ({"trade": "宇宙飞船驾驶"}, RowVerdict.LOOK_UP, "trade.unknown"),
        ({"trade": "飞机驾驶"}, RowVerdict.LOOK_UP, "trade.unknown"),
        ({"issued": "2018-01-01", "valid_to": "2024-01-01"}, RowVerdict.LOOK_UP, "validity.expired"),
        ({"issued": "2022-05-10", "valid_to": "2028-05-09"}, RowVerdict.LOOK_UP, "review.missing"),
        ({"issued": "", "valid_to": ""}, RowVerdict.LOOK_UP, "validity.missing"),
        ({"valid_to": "不清楚"}, RowVerdict.LOOK_UP, "date.unreadable"),
        ({"valid_to": "长期有效"}, RowVerdict.WRONG, "validity.for_ever"),
        ({"identity": "110101198001010010"}, RowVerdict.WRONG, "identity.mismatch"),
        ({"sex": "女"}, RowVerdict.LOOK_UP, "identity.sex"),
        ({"number": "", "identity": SOUND_NUMBER[1:]}, RowVerdict.LOOK_UP, "number.missing"),
        ({"fault": "只有 1 列，表头有 6 列"}, RowVerdict.WRONG, "row.unreadable"),
    ],
)
def test_what_is_wrong_with_a_row(row, verdict, code):
    [check] = checked(row)
    assert code in codes(check)
    assert check.verdict is verdict


@pytest.mark.parametrize("trade", ["电工", "低压电工", "焊工", "高处作业", "登高架设作业", "熔化焊接与热切割作业"])
def test_trades_as_offices_write_them(trade):
    [check] = checked({"trade": trade})
    assert check.verdict is RowVerdict.SOUND, check.reasons


@pytest.mark.parametrize("trade", ["叉车", "叉车司机", "N1 叉车司机", "Q2 门式起重机司机", "R1 快开门式压力容器操作"])
def test_a_bare_identity_number_with_a_trade_of_special_equipment_belongs_to_it(trade):
    [check] = checked({"number": "", "identity": SOUND_NUMBER[1:], "trade": trade})
    assert check.look_up_at == "cnse.e-cqs.cn"


@pytest.mark.parametrize("written", ["无", "暂无", "—", "办理中", "正在补办中", "未取证", "已遗失", "/"])
def test_a_number_told_to_be_none_is_quoted_as_that(written):
    [check] = checked({"number": written})
    assert [one.reason for one in check.findings if one.code == "number.missing"] == [
        f"没有证书编号（写的是“{written}”）"
    ]
    assert "number.unknown_form" not in codes(check)


@pytest.mark.parametrize("sign", ["x", "×", "Х"])
def test_a_sign_written_for_the_last_x_is_one(sign):
    number = "T" + next(body + "X" for at in range(100) if check_character(body := f"320723199003071{at:02d}") == "X")
    [check] = checked({"number": number[:-1] + sign, "identity": "", "sex": ""})
    assert not {code for code in codes(check) if code.startswith("number.")}


@pytest.mark.parametrize(
    ("trade", "family", "official"),
    [
        ("注册安全工程师", "注册安全工程师", "www.cpta.com.cn"),
        ("二级建造师", "其他领域的证书", ""),
        ("生产经营单位主要负责人", "安全生产知识和管理能力考核合格证", "cx.mem.gov.cn"),
        ("低压电工", "特种作业操作证", "cx.mem.gov.cn"),
    ],
)
def test_a_number_of_no_form_belongs_where_its_trade_does(trade, family, official):
    [check] = checked({"trade": trade, "number": "20190045123", "identity": "", "sex": ""})
    assert (check.family, check.look_up_at) == (family, official)
    assert ("number.unknown_form" in codes(check)) is (trade == "低压电工")
    assert ("number.not_checked" in codes(check)) is (trade != "低压电工")


def test_a_safety_engineers_paper_may_last_for_ever_and_needs_no_review():
    row = {"trade": "注册安全工程师", "number": "20190045123", "issued": "2015-10-27", "valid_to": "长期"}
    [check] = checked(row | {"identity": "", "sex": ""})
    assert not codes(check) & {"validity.for_ever", "review.missing", "validity.expired"}


def test_a_trade_two_departments_issue_is_held_against_neither():
    [check] = checked({"number": "苏L012022000456", "trade": "塔式起重机司机"})
    assert "trade.other_issuer" not in codes(check)


def test_a_renewed_certificate_is_as_old_as_its_first_issue():
    [check] = checked({"issued": "2012-05-10", "valid_to": "2030-05-09"})
    assert (check.verdict, check.findings) == (RowVerdict.SOUND, ())
    [longer] = checked({"issued": "2024-05-10", "valid_to": "2034-05-09"})
    assert "validity.length" in codes(longer)


def test_a_validity_in_years_counts_from_the_day_of_issue():
    [lasting] = checked({"valid_to": "6年"})
    assert lasting.verdict is RowVerdict.SOUND, lasting.reasons
    [over] = checked({"issued": "2020-05-10", "valid_to": "六年"})
    assert "validity.expired" in codes(over)


def test_a_name_set_apart_to_fill_its_cell():
    [check] = checked({"name": "王　五"})
    assert (check.verdict, check.name) == (RowVerdict.SOUND, "王*")


def test_an_open_date_is_no_mistake():
    [check] = checked({"review": "/"})
    assert check.verdict is RowVerdict.SOUND, check.reasons


@pytest.mark.parametrize("field", ["trade", "valid_to", "number", "review"])
def test_what_slipped_into_another_column_is_masked(field):
    [check] = checked({field: f"王建国{SOUND_NUMBER[1:]}"})
    told = "".join((check.number, check.trade, *(f"{one.reason}{one.quote}" for one in check.findings)))
    assert SOUND_NUMBER[7:15] not in told
    if field == "number":
        assert "王建国" not in told


def test_repeats_on_another_sheet_name_the_sheet():
    _, other = checked({"sheet": "电工"}, {"sheet": "焊工", "name": "李四"})
    assert "“电工”第 2 行" in other.reasons


def test_repeats_name_the_earlier_row():
    first, other_trade, same, stranger = checked({}, {"trade": "高压电工作业"}, {}, {"name": "李四"})
    assert first.verdict is other_trade.verdict is RowVerdict.SOUND
    assert "row.repeated" in codes(same)
    assert "第 2 行" in same.reasons
    assert "number.shared" in codes(stranger)
    assert stranger.verdict is RowVerdict.WRONG


def test_dates_that_lost_their_format_and_spans_in_one_cell():
    [check] = checked({"issued": "45422", "valid_to": "2024-05-10至2030-05-09"})
    assert check.verdict is RowVerdict.SOUND, check.reasons


@given(
    st.fixed_dictionaries(
        dict.fromkeys(
            ("number", "name", "identity", "sex", "trade", "issued", "valid_to", "review"), st.text(max_size=40)
        )
    )
)
def test_any_row_is_answered(row):
    [check] = checked(row)
    assert check.verdict in RowVerdict
