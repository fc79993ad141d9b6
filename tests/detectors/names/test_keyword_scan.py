import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from detectors.names.keyword_scan import KeywordScan

KEYWORDS = ["mohurd", "e-cqs", "zlaq", "mohurdgov"]
SCAN = KeywordScan(KEYWORDS)
NAMES = st.from_regex(
    r"(x|m|mo|moh|e|e-|zl)?(mohur|mohurd|cqs|laq|hurdgov|gov|d|q)?[a-d]{0,2}\.(cn|mohurd\.com|top)", fullmatch=True
)


@given(st.lists(NAMES, max_size=20))
@settings(max_examples=300, deadline=None)
def test_the_hits_are_those_of_edit_distance_and_containment(names: list[str]) -> None:
    buffer = ("\n" + "".join(f"{name}\n" for name in names)).encode()
    found = {(buffer[start:end].decode(), keyword) for start, end, keyword in SCAN.found(buffer)}
    assert found == {
        (name, keyword)
        for name in names
        for keyword in KEYWORDS
        if keyword in name or Levenshtein.distance(keyword, name.split(".")[0]) <= 1
    }


@pytest.mark.parametrize("word", ["", "a", "应急", "a b", "x.y"])
def test_a_word_that_cannot_stand_in_a_name_is_refused(word: str) -> None:
    with pytest.raises(ValueError):
        KeywordScan([word])


@given(st.binary(max_size=500))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_scanned(noise: bytes) -> None:
    buffer = b"\n" + noise + b"\nmohurd.cn\n"
    assert (b"mohurd.cn", "mohurd") in {(buffer[a:b], keyword) for a, b, keyword in SCAN.found(buffer)}
