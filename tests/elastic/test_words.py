"""Pairs of characters, long texts and short alike."""

from hypothesis import given
from hypothesis import strategies as st

from pipelines.stores.elastic.words import pairs, phrase
from pipelines.stores.search_text import fold

TEXTS = st.text(st.sampled_from("包过证ab 1\x00㊙\U0001f525e\u0301\u00a0\u3000\ufeff"), max_size=120).map(fold)


def plainly(text: str) -> list[str]:
    run = text.replace(" ", "\u00a0")
    return [run[place : place + 2] for place in range(len(run))]


@given(TEXTS)
def test_every_character_begins_a_pair_and_the_last_stands_alone(text):
    assert pairs(text) == " ".join(plainly(text))


@given(TEXTS, TEXTS)
def test_a_text_occurs_if_and_only_if_its_pairs_stand_in_a_row(text, sought):
    if len(sought) < 2:
        return
    there, wanted = pairs(text).split(" "), phrase(sought).split(" ")
    is_found = any(there[place : place + len(wanted)] == wanted for place in range(len(there)))
    assert is_found == (sought in text)


@given(TEXTS)
def test_no_pair_holds_what_java_splits_at(text):
    # Character.isWhitespace: separators but the non-breaking ones, tab to carriage return, 0x1c to 0x1f.
    blanks = set("\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \u1680\u2028\u2029\u205f\u3000") | {
        chr(c) for c in range(0x2000, 0x200B)
    } - {"\u2007"}
    assert not any(set(pair) & blanks for pair in plainly(text))
