"""Identity and certificate numbers: form, check digit, what is never shown."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.pictures.certificate_numbers import (
    BUILDING_OPERATION,
    SAFETY_OFFICER,
    SPECIAL_EQUIPMENT,
    SPECIAL_OPERATION,
    read_number,
)
from detectors.pictures.findings import Gravity
from detectors.pictures.identity_numbers import check_character, identity_problems, is_male
from detectors.pictures.masks import mask_name, mask_number, mask_numbers_within

TODAY = date(2026, 11, 22)
bodies = st.builds(
    lambda region, born, serial: f"{region}{born:%Y%m%d}{serial:03d}",
    st.sampled_from(["320723", "110101", "650102"]),
    st.dates(date(1960, 1, 1), date(2005, 1, 1)),
    st.integers(0, 999),
)


def codes(text):
    return {one.code for one in read_number(text, TODAY).findings}


def test_the_standards_own_example():
    assert check_character("11010519491231002") == "X"
    assert check_character("44052418800101001") == "4"


@given(bodies)
def test_a_number_with_its_own_check_digit_is_sound_and_with_any_other_is_not(body):
    right = check_character(body)
    assert list(identity_problems(body + right, TODAY)) == []
    for other in "0123456789X":
        if other != right:
            assert [one.code for one in identity_problems(body + other, TODAY)] == ["number.check_digit"]


@given(bodies, st.integers(0, 16), st.integers(1, 9))
def test_one_changed_digit_never_goes_unnoticed(body, place, by):
    number = body + check_character(body)
    changed = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert list(identity_problems(changed, TODAY))


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("32072319900230001" + check_character("32072319900230001"), "number.birth_date"),
        ("32072320301210001" + check_character("32072320301210001"), "number.birth_date"),
        ("32072320150101001" + check_character("32072320150101001"), "number.age"),
        ("99072319900307001" + check_character("99072319900307001"), "number.region"),
        ("3207231990030700", "number.length"),
        ("32072319900307O013", "number.characters"),
    ],
)
def test_what_is_wrong_is_named(number, code):
    assert code in {one.code for one in identity_problems(number, TODAY)}


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("T320723199003070011", SPECIAL_OPERATION),
        ("ｔ 320723 1990 0307 0011", SPECIAL_OPERATION),
        ("苏建安C2（2021）0012345", SAFETY_OFFICER),
        ("京建安A(2019)0000001", SAFETY_OFFICER),
        ("苏A042019000123", BUILDING_OPERATION),
        ("晋 A01 2008 000001", BUILDING_OPERATION),
        ("TS6JAAA12345", SPECIAL_EQUIPMENT),
    ],
)
def test_each_family_is_known_by_its_number(text, family):
    reading = read_number(text, TODAY)
    assert reading.family is family
    assert reading.findings == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("T32072319900307001", "number.length"),
        ("T320723199003070012", "number.check_digit"),
        ("苏建安D（2021）0012345", "number.grade"),
        ("苏建安A（2021）12345", "number.length"),
        ("苏建安A（2031）0012345", "number.year"),
        ("苏A04201900012", "number.length"),
        ("苏A002019000123", "number.trade"),
        ("TS6J12345", "number.length"),
        ("No.20210001", "number.unknown_form"),
        ("320723199003070011", "number.without_prefix"),
    ],
)
def test_a_wrong_number_says_what_is_wrong(text, code):
    assert code in codes(text)


@given(st.text(max_size=60))
def test_any_text_is_read_without_a_fault_and_its_digits_stay_hidden(text):
    for one in read_number(text, TODAY).findings:
        assert one.gravity in Gravity
        assert one.reason


@given(bodies)
def test_masks_leave_no_birth_date(body):
    number = "T" + body + check_character(body)
    assert body[6:14] not in mask_number(number)
    assert len(mask_number(number)) == len(number)
    assert body[6:14] not in mask_numbers_within(f"持证人{body}1，电话")


def test_names_are_masked_and_sex_is_read():
    assert (mask_name("王建国"), mask_name("李"), mask_name("")) == ("王**", "李", "")
    assert is_male("320723199003070011")
    assert not is_male("32072319900307002X")
