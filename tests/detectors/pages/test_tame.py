"""Markup made safe to parse: what is taken over in one stride is what would have been taken over token by token."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.pages.tame import rewrite

NOTHING = re.compile("(?!)")
PIECES = (
    "<", ">", "/", "=", '"', "'", " ", "\n", "\u3000", "a", "b", "B", "em", "ſcript", "script", "SCRIPT", "Script", "sTYLE", "style", "svg", "title", "textarea",
    "<!--", "-->", "<!doctype", "</", "<a", "<p>", "<b ", "<script>", "</script>", "<img src=", 'x="y>z"', "x='y", "==", "证书", "&lt;", "é",
    "<td class=a>", "<font color=red>", "</font>", 'href="http://a.example/?b=1"', "k" * 120,
)  # fmt: skip


@settings(max_examples=2_000)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_a_stride_takes_over_what_single_tokens_would(html):
    assert rewrite(html, is_flat=False) == rewrite(html, is_flat=False, plain=NOTHING)


@pytest.mark.parametrize("repeats", [990, 1_000, 1_010, 1_100])
def test_tags_about_the_longest_allowed_are_the_same_either_way(repeats):
    for html in (f'<p title="{"x" * repeats}">a', f"<p {'y ' * (repeats // 2)}>a", f"<p {'=' * repeats}>a"):
        assert rewrite(html, is_flat=False) == rewrite(html, is_flat=False, plain=NOTHING)


def test_saved_pages_are_the_same_either_way():
    pages = sorted((Path(__file__).parents[2] / "golden").rglob("*.html"))
    assert pages
    for page in pages:
        html = page.read_text(errors="replace")
        assert rewrite(html, is_flat=False) == rewrite(html, is_flat=False, plain=NOTHING)


@pytest.mark.parametrize("piece", ["<", "<a ", "<a b=", '<a b="', "<a b='c' ", "</", "<!-", "<b", "a<", "<p>", "=\"'"])
def test_repeated_pieces_take_linear_time(piece):
    """Two hundred thousand repetitions end at all: quadratic reading would take hours."""
    rewrite(piece * 200_000, is_flat=False)
