import re
from pathlib import Path
from string import ascii_lowercase

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.wording import contacts, marks
from keywords.fold import fold
from keywords.phrases import Phrases, Tried, beginnings, first_characters, openings

PATTERNS = [pattern for _, _, pattern in marks._PHRASES]
PHRASES = Phrases(PATTERNS)
TRIED = [Tried(pattern.pattern) for pattern in PATTERNS]
PIECES = sorted({piece for pattern in PATTERNS for piece in re.findall("[一-龥]{1,4}", pattern.pattern)})
texts = st.lists(st.sampled_from([*PIECES, *"，。,、：\n 1238年天AB人a+%"]), max_size=40).map("".join)
ORDINARY = Path(__file__).parent.parent / "golden" / "ordinary"


def _one_by_one(text: str, most: int = 400) -> list[tuple[int, tuple[int, int]]]:
    return [
        (place, found.span()) for place, pattern in enumerate(PATTERNS) for found in list(pattern.finditer(text))[:most]
    ]


def _together(text: str, most: int = 400) -> list[tuple[int, tuple[int, int]]]:
    return [(place, found.span()) for place, found in PHRASES.find(text, most)]


@given(texts)
@settings(max_examples=400, deadline=None)
def test_finds_what_each_pattern_finds_alone(text: str) -> None:
    folded = fold(text).text
    assert _together(folded) == _one_by_one(folded)


@given(texts)
@settings(max_examples=200, deadline=None)
def test_every_match_begins_with_an_opening(text: str) -> None:
    text = fold(text).text
    for pattern in PATTERNS:
        opened = openings(pattern)
        assert not opened or all(found[0].startswith(opened) for found in pattern.finditer(text))


def test_openings_of_accounts_are_few_words() -> None:
    named = {pattern: openings(pattern) for _, pattern, _ in contacts._BY_NAME}
    assert {opened for words in named.values() for opened in words} >= {"微信", "加", "联系我", "qq", "企鹅", "电报"}
    assert openings(re.compile("第[一1]本")) == tuple(
        f"第{one}本" for one in sorted("0123456789一二两三四五六七八九十几半")
    )
    assert openings(re.compile(".考")) == ()


@pytest.mark.parametrize("path", sorted(ORDINARY.glob("*.txt")), ids=lambda path: path.stem)
def test_finds_the_same_in_whole_files(path: Path) -> None:
    text = fold(path.read_text("utf-8")).text
    assert _together(text) == _one_by_one(text)


@given(texts)
@settings(max_examples=200, deadline=None)
def test_one_tried_where_it_may_begin_finds_what_it_finds_everywhere(text: str) -> None:
    folded = fold(text).text
    for tried, pattern in zip(TRIED, PATTERNS, strict=True):
        found, expected = tried.search(folded), pattern.search(folded)
        assert (found and found.span()) == (expected and expected.span())
        assert tried.findall(folded) == [one[0] for one in pattern.finditer(folded)]


def test_stops_where_each_has_enough() -> None:
    text = "不用考试。免考试。零考试。" * 5
    assert len(_together(text, 3)) == len(_one_by_one(text, 3)) > 2


@pytest.mark.parametrize(
    ("pattern", "begun"),
    [
        ("(?:不用|无需)考", {"不用考", "无需考"}),
        ("(?<![红书])包(?:过|证)", {"包过", "包证"}),
        ("[ab]?c{2,3}", {"cc", "ccc", "acc", "accc", "bcc", "bccc"}),
        ("(?:ab){3,}", {"ababab"}),
        (r"\d天", {"0天"}),
        ("[三五]日", {"一日"}),
        (r"\d{1,3}[本张]", {"0本", "00本", "000本", "0张", "00张", "000张"}),
        ("a.b", {"a"}),
        ("a(?!b)", {"a"}),
        ("(?:a|bc?)d?", {"a", "ad", "b", "bc", "bcd", "bd"}),
        ("[a-z][a-z][a-z]x", {one + other for one in ascii_lowercase for other in ascii_lowercase}),
        ("[^a]b", set()),
        (r"\w+", set()),
        ("a*", set()),
        ("", set()),
        ("(?i)ab", set()),
        ("(?i:ab)c", set()),
        (r"(a)\1", {"a"}),
    ],
)
def test_beginnings(pattern: str, begun: set[str]) -> None:
    assert beginnings(re.compile(pattern)) == begun


@given(st.data())
def test_every_match_begins_with_one(data: st.DataObject) -> None:
    pattern = data.draw(st.sampled_from(["(?:a|bc?)[0-9]{1,2}x", "(?:ab){2,3}|c+d", "(?<!q)(?:no|x{0,2})(?:go|[st])"]))
    text = data.draw(st.from_regex(pattern, fullmatch=True))
    blurred = re.sub("[0-9]", "0", text)
    assert blurred.startswith(tuple(beginnings(re.compile(pattern))))


def test_a_pattern_that_begins_with_anything_is_tried_everywhere() -> None:
    both = Phrases([re.compile("[^a]b"), re.compile("zz")])
    assert [(place, found.span()) for place, found in both.find("abcbzzz", 9)] == [(0, (2, 4)), (1, (4, 6))]


@given(texts)
@settings(max_examples=100, deadline=None)
def test_what_is_done_with_a_paper_begins_with_one_of_its_first_characters(text: str) -> None:
    for pattern in (marks._VERB_BEFORE, marks._VERB_AFTER):
        firsts = first_characters(pattern)
        assert all(found[0][0] in firsts for found in pattern.finditer(text))


def test_numbers_alone_are_no_beginnings() -> None:
    """Texts are full of numbers; what follows them tells, and however long a number is, nothing is passed over."""
    speed = next(pattern for pattern in PATTERNS if pattern.match("3-5个工作日拿证"))
    assert not any(set(one) <= set("0一-~") for one in beginnings(speed))
    assert {one[0] for one in beginnings(speed)} == {"0", "一"}
    text = "12345678901234567890天到手、2026-01-12、0000天、12-15天出证"
    for expression in (r"\d+天", r"\d{2,}(?:天|日)到", r"(?:[-~]?\d){1,30}天", r"\d{1,2}-\d{1,2}天出证"):
        pattern = re.compile(expression)
        found = [match.span() for _, match in Phrases([pattern]).find(text, 400)]
        assert found == [match.span() for match in pattern.finditer(text)] != []
