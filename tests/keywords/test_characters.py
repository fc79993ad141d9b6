import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywords.characters import GAP, NOTHING, plain, plain_points, points_of, squeeze, text_of


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("ＡｂＣ１２", "abc12"),
        ("操作證書", "操作证书"),
        ("①❷➂⓿", "1230"),
        ("٣३۵𝟕🯳", "33573"),
        ("🅥🅐🇽", "vax"),
        ("Ｑ　Ｑ\t１", "q q 1"),
        ("★🔥", GAP * 2),
        ("\u200b\u0301\ufeff\ue123\ud800\u3164", NOTHING * 6),
        ("", ""),
    ],
)
def test_plain_form(written: str, meant: str) -> None:
    assert plain(written) == meant


@given(st.text())
def test_one_for_one_and_once_is_enough(text: str) -> None:
    once = plain(text)
    assert len(once) == len(text)
    assert plain(once) == once
    assert text_of(plain_points(text)) == once


@given(st.text(st.characters()))
def test_points_lead_back(text: str) -> None:
    assert text_of(points_of(text)) == text


@given(st.characters(categories=["Nd"]))
def test_digits_of_every_script(char: str) -> None:
    assert plain(char) == str(unicodedata.digit(char))


def test_kept_pictures_stay() -> None:
    assert plain("🐧★", frozenset("🐧")) == f"🐧{GAP}"
    assert squeeze("操 作　证") == "操作证"
