"""Dates of certificates against the rules for review and renewal."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.pictures.certificate_numbers import BUILDING_OPERATION, SPECIAL_OPERATION
from detectors.pictures.validity import Validity, later_by_years, validity_problems
from detectors.pictures.written_dates import cell_dates, dates_in, years_lasting

TODAY = date(2026, 11, 22)


def codes(family=SPECIAL_OPERATION, born=None, **dates):
    return {one.code for one in validity_problems(Validity(**dates), family, TODAY, born)}


@pytest.mark.parametrize(
    "text",
    [
        "2023-05-10",
        "2023年5月10日",
        "2023.05.10",
        "2023/5/10",
        "20230510",
        "２０２３年０５月１０日",
        "2023-05-10 00:00:00",
    ],
)
def test_dates_as_offices_write_them(text):
    assert dates_in(text) == (date(2023, 5, 10),)


@pytest.mark.parametrize(
    "text",
    [
        "二〇二三年五月十日",
        "二○二三年 五月 十日",
        "2023年五月十日",
        "贰零贰叁年伍月拾日",
        "2023、5、10",
        "2023。5。10",
        "2023—5—10",
        "2023·05·10",
        "自2023年5月10号起",
    ],
)
def test_dates_as_people_write_them(text):
    assert dates_in(text) == (date(2023, 5, 10),)


@pytest.mark.parametrize(
    "text",
    ["23.5.10", "23-5-10", "5/10/2023", "5/10/23", "10-May-2023", "May 10, 2023", "2023 05 10", "45056", "45056.5"],
)
def test_dates_a_cell_of_nothing_else_may_hold(text):
    assert cell_dates(text) == (date(2023, 5, 10),)
    assert dates_in(text) == ()


@pytest.mark.parametrize("text", ["202305", "May-23", "2023.5", "二〇二三年五月"])
def test_a_cell_with_a_month(text):
    assert cell_dates(text) == (date(2023, 5, 1),)


@pytest.mark.parametrize(
    "text", ["2023.05-2029.05", "2023-05~2029-05", "2023年5月至2029年5月", "二〇二三年五月至二〇二九年五月"]
)
def test_spans_of_months(text):
    assert cell_dates(text) == (date(2023, 5, 1), date(2029, 5, 1))


@pytest.mark.parametrize("text", ["5/6/7", "320723198804121316", "13805181234", "第12批", "2023-13-01", "T320723"])
def test_what_is_no_date(text):
    assert cell_dates(text) == ()


@pytest.mark.parametrize(("text", "years"), [("6年", 6), ("六年", 6), ("有效期六年", 6), ("长期", 0), ("2026年", 0)])
def test_how_long_a_certificate_is_said_to_last(text, years):
    assert years_lasting(text) == years


def test_spans_months_and_impossible_dates():
    assert dates_in("2023-05-10至2029-05-09") == (date(2023, 5, 10), date(2029, 5, 9))
    assert dates_in("2023年5月") == (date(2023, 5, 1),)
    assert dates_in("2023-02-30") == ()
    assert dates_in("13812345678") == ()


@pytest.mark.parametrize(
    ("dates", "code"),
    [
        ({"valid_from": date(2024, 5, 10), "valid_to": date(2034, 5, 9)}, "validity.length"),
        ({"valid_from": date(2024, 5, 10), "valid_to": date(2023, 5, 9)}, "validity.reversed"),
        ({"valid_from": date(2018, 5, 10), "valid_to": date(2024, 5, 9)}, "validity.expired"),
        ({"valid_from": date(2027, 5, 10), "valid_to": date(2033, 5, 9)}, "validity.future"),
        ({"valid_from": date(2022, 5, 10), "valid_to": date(2028, 5, 9)}, "review.missing"),
        ({"valid_from": date(2022, 5, 10), "review_on": date(2025, 5, 9)}, None),
        ({"valid_from": date(2022, 5, 10), "review_on": date(2027, 5, 9)}, "review.late"),
        ({"valid_from": date(2022, 5, 10), "review_due_on": date(2025, 5, 9)}, "review.past"),
        ({"valid_from": date(2022, 5, 10), "review_due_on": date(2025, 5, 9), "review_on": date(2025, 4, 1)}, None),
        ({"valid_from": date(2024, 5, 10), "review_due_on": date(2027, 5, 9)}, None),
        ({"valid_from": date(2024, 5, 10), "review_due_on": date(2028, 5, 9)}, "review.late"),
        ({"valid_from": date(2022, 5, 10), "review_on": date(2021, 5, 9)}, "review.before_issue"),
        ({"is_for_ever": True}, "validity.for_ever"),
        ({}, "validity.missing"),
        ({"valid_from": date(2024, 5, 10), "valid_to": date(2030, 5, 9)}, None),
        ({"issued_on": date(2021, 1, 10), "valid_to": date(2027, 1, 10), "review_on": date(2024, 1, 10)}, "validity.ends_soon"),
    ],
)  # fmt: skip
def test_what_the_dates_say(dates, code):
    found = codes(**dates)
    assert (code in found) if code else not found - {"review.past"}


def test_nobody_holds_a_certificate_before_eighteen():
    assert "validity.underage" in codes(born=date(2006, 6, 1), valid_from=date(2023, 1, 1))


def test_building_certificates_last_two_years_or_six():
    assert codes(BUILDING_OPERATION, valid_from=date(2025, 3, 1), valid_to=date(2027, 3, 1)) == set()
    assert codes(BUILDING_OPERATION, valid_from=date(2025, 3, 1), valid_to=date(2031, 2, 28)) == set()
    assert "validity.length" in codes(BUILDING_OPERATION, valid_from=date(2025, 3, 1), valid_to=date(2029, 3, 1))


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(1, 10))
def test_years_later_is_the_same_day(day, years):
    later = later_by_years(day, years)
    assert (later.year, later.month) == (day.year + years, day.month)
    assert abs(later.day - day.day) <= 1


@given(st.text(max_size=200))
def test_any_text_gives_dates_or_none(text):
    assert isinstance(dates_in(text), tuple)
    assert isinstance(cell_dates(text), tuple)
    assert years_lasting(text) >= 0
