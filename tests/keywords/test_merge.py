"""Departments' lists beside the shipped terms: one term a word, every list visible, the newest one decides."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from keywords.loader import Lexicon, load_lexicon
from keywords.match import TermMatcher
from keywords.merge import key_of, merge_terms
from keywords.model import Term, TermKind, TermOrigin

EMERGENCY, HOUSING = "灌云县应急管理局", "灌云县住房和城乡建设局"


def a_term(text: str, *variants: str, by: str = "", on: date | None = None, **more) -> Term:
    source = f"list of {by}" if by else "shipped"
    return Term(
        text=text,
        variants=variants,
        kind=more.pop("kind", TermKind.CERTIFICATE),
        source=source,
        origins=(TermOrigin(source=source, department=by, listed_on=on),),
        **more,
    )


def test_a_new_word_is_found_and_stands_first() -> None:
    lexicon = merge_terms(load_lexicon(), [a_term("塔机监理通", by=HOUSING, on=date(2026, 10, 1))])
    assert lexicon.terms[0].text == "塔机监理通"
    (hit,) = TermMatcher(lexicon).find("出塔/机/监/理/通")
    assert hit.term.departments == (HOUSING,)
    assert hit.is_disguised


def test_the_same_word_of_two_lists_is_one_term_with_both_sources() -> None:
    older = a_term("叉 车 证", "叉证甲", by=EMERGENCY, on=date(2025, 1, 1), weight=1)
    newer = a_term("叉车证", "叉证乙", by=HOUSING, on=date(2026, 1, 1), weight=3)
    for listed in ([older, newer], [newer, older]):
        lexicon = merge_terms(Lexicon((a_term("叉车证", "叉车本证"),)), listed)
        (term,) = lexicon.terms
        assert (term.text, term.weight) == ("叉车证", 3)
        assert term.departments == (HOUSING, EMERGENCY)
        assert [origin.source for origin in term.origins] == [f"list of {HOUSING}", f"list of {EMERGENCY}", "shipped"]
        assert {"叉证甲", "叉证乙", "叉车本证"} <= set(term.variants)
        assert all(source in term.source for source in ("shipped", HOUSING, EMERGENCY))


def test_a_word_that_was_another_terms_way_of_writing_is_its_own_term() -> None:
    shipped = Lexicon((a_term("高空作业证", "登高证", "高处作业证"),))
    lexicon = merge_terms(shipped, [a_term("登高证", by=EMERGENCY, kind=TermKind.OFFER)])
    assert [(term.text, term.variants) for term in lexicon.terms] == [
        ("登高证", ()),
        ("高空作业证", ("高处作业证",)),
    ]
    (hit,) = TermMatcher(lexicon).find("登高证")
    assert hit.term.kind is TermKind.OFFER


def test_withdrawn_words_are_no_longer_looked_for() -> None:
    shipped = Lexicon((a_term("高空作业证", "登高证"), a_term("叉车证")))
    assert [term.text for term in merge_terms(shipped, [], ["高空作业证"]).terms] == ["登高证", "叉车证"]
    assert [term.text for term in merge_terms(shipped, [], ["登 高 证", "叉车证"]).terms] == ["高空作业证"]
    kept = merge_terms(shipped, [a_term("叉车证", by=HOUSING)], ["叉车证"])
    assert "叉车证" in {term.text for term in kept.terms}


def test_without_lists_nothing_changes() -> None:
    shipped = load_lexicon()
    assert merge_terms(shipped, []) is shipped


@given(
    st.lists(
        st.tuples(st.sampled_from(["甲证", "乙证", "丙证", "丁证"]), st.dates(), st.sampled_from([EMERGENCY, HOUSING]))
    )
)
def test_every_list_stays_visible(entries: list[tuple[str, date, str]]) -> None:
    listed = [a_term(text, by=by, on=on) for text, on, by in entries]
    merged = merge_terms(Lexicon((a_term("甲证"),)), listed).terms
    assert len({key_of(term.text) for term in merged}) == len(merged)
    for term in listed:
        (one,) = [other for other in merged if other.text == term.text]
        assert term.origins[0] in one.origins
        assert one.origins[0].listed_on == max(on for text, on, _ in entries if text == term.text)
