import pytest
from hypothesis import given
from hypothesis import strategies as st

from keywords.loader import Lexicon, load_lexicon
from keywords.match import TermMatcher
from keywords.model import Term, TermKind


@pytest.fixture(scope="module")
def matcher() -> TermMatcher:
    return TermMatcher(load_lexicon())


@pytest.mark.parametrize(
    ("text", "term", "written", "is_disguised"),
    [
        ("低价办特种作业操作证", "特种作业操作证", "特种作业操作证", False),
        ("專辦特種作業操作證", "特种作业操作证", "特種作業操作證", False),
        ("操 作 证", "特种作业操作证", "操 作 证", False),
        ("操/作/证", "特种作业操作证", "操/作/证", True),
        ("特种zuo业操座证", "特种作业操作证", "特种zuo业操座证", True),
        ("电工正 包过", "电工证", "电工正", True),
        ("官★网可查", "官网可查", "官★网可查", True),
        ("我们不承诺包过", "不承诺包过", "不承诺包过", False),
        ("Ｎ１叉车证", "叉车证", "Ｎ１叉车证", False),
        ("专业办 土荅吊证", "塔吊证", "土荅吊证", True),
        ("登高zheng 加急", "高空作业证", "登高zheng", True),
    ],
)
def test_found_as_written(matcher: TermMatcher, text: str, term: str, written: str, is_disguised: bool) -> None:
    hit = matcher.find(text)[0]
    assert (hit.term.text, hit.written, hit.is_disguised) == (term, written, is_disguised)
    assert text[hit.start : hit.end] == hit.written


@pytest.mark.parametrize(
    "text", ["电工正规培训", "焊工政策解读", "安全园区建设", "登高正当时", "12345678901", "xn1证", "今天天气很好", ""]
)
def test_everyday_words_are_no_hits(matcher: TermMatcher, text: str) -> None:
    assert not [hit for hit in matcher.find(text) if hit.is_disguised or hit.term.kind is TermKind.WARNING]


@given(text=st.text(max_size=80))
def test_hits_stand_in_the_original_and_apart(matcher: TermMatcher, text: str) -> None:
    end = 0
    for hit in matcher.find(text):
        assert end <= hit.start < hit.end <= len(text)
        assert text[hit.start : hit.end] == hit.written
        end = hit.end


def test_megabytes_are_fine(matcher: TermMatcher) -> None:
    text = "从事特种作业的人员须持证上岗，" * 100_000 + "焊工证包过"
    assert matcher.find(text)[-1].term.text == "包过"


def test_longest_term_wins() -> None:
    terms = tuple(Term(text=text, kind=TermKind.OFFER, source="test") for text in ("可查", "官网可查"))
    assert [hit.term.text for hit in TermMatcher(Lexicon(terms)).find("官网可查")] == ["官网可查"]
