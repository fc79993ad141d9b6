from datetime import date

import pytest

from keywords.loader import Lexicon, load_lexicon
from keywords.merge import merge_terms
from keywords.model import Term, TermKind, TermOrigin
from keywords.plan import near_regions, plan_queries


def test_first_dozen_is_a_broad_mix() -> None:
    lexicon = load_lexicon()
    head = plan_queries(lexicon, ["灌云"], 12)
    authority = {word: term.authority for term in lexicon.terms for word in (term.text, *term.variants)}
    departments = {authority[word] for query in head for word in query.terms if word in authority}
    assert {"应急", "住建", "市监"} <= departments
    text = " ".join(query.text for query in head)
    assert all(word in text for word in ("查询", "包过", "不用考试", "官网可查", "代办"))
    assert len({query.terms[0] for query in head}) >= 8


def test_plan_is_deterministic_ordered_and_without_doubles() -> None:
    lexicon = load_lexicon()
    plan = plan_queries(lexicon, ["灌云", "海州"], 3000)
    assert plan == plan_queries(lexicon, ["灌云", "海州"], 3000)
    assert len({query.text for query in plan}) == len(plan) == 3000
    assert [query.priority for query in plan] == sorted((query.priority for query in plan), reverse=True)
    assert plan[:50] == tuple(
        type(q)(text=q.text, terms=q.terms, priority=q.priority + 2950)
        for q in plan_queries(lexicon, ["灌云", "海州"], 50)
    )


def test_every_term_stands_in_its_query() -> None:
    for query in plan_queries(load_lexicon(), ["灌云"], 500):
        assert all(term in query.text for term in query.terms)


def test_nothing_to_ask() -> None:
    assert plan_queries(Lexicon(()), ["灌云"], 10) == ()
    assert plan_queries(load_lexicon(), [], 0) == ()
    with pytest.raises(ValueError, match="negative"):
        plan_queries(load_lexicon(), [], -1)


def listed(*words: str, kind: TermKind = TermKind.CERTIFICATE, on: date = date(2026, 10, 1)) -> list[Term]:
    origin = TermOrigin(source="list", department="灌云县应急管理局", listed_on=on)
    return [Term(text=word, kind=kind, source="list", origins=(origin,)) for word in words]


def test_a_departments_new_words_are_asked_first_and_do_not_crowd_out_the_rest() -> None:
    shipped = load_lexicon()
    words = [f"新{number}证" for number in "甲乙丙丁"]
    lexicon = merge_terms(shipped, [*listed(*words), *listed("秒录入", kind=TermKind.PROMISE, on=date(2026, 11, 1))])
    plan = [query.text for query in plan_queries(lexicon, ["灌云"], 40)]
    assert plan[0].endswith("秒录入") and plan[2] == "新甲证"
    assert set(words) <= set(plan[:10])
    standing = [query.text for query in plan_queries(shipped, ["灌云"], 20)]
    assert [text for text in plan if text in standing] == standing
    assert plan[:12] == [query.text for query in plan_queries(lexicon, ["灌云"], 12)]


def test_words_that_find_the_wrong_pages_are_not_asked() -> None:
    lexicon = merge_terms(
        Lexicon(()), listed("严查假证", kind=TermKind.WARNING) + listed("某局", kind=TermKind.AUTHORITY)
    )
    assert plan_queries(lexicon, ["灌云"], 10) == ()


@pytest.mark.parametrize(
    ("place", "first", "others"),
    [
        ("江苏省连云港市灌云县", "灌云", {"江苏", "连云港", "灌南"}),
        ("连云港市", "连云港", {"江苏", "灌云", "连云"}),
        ("山东省", "山东", {"济南", "青岛"}),
    ],
)
def test_regions_near_a_place(place: str, first: str, others: set[str]) -> None:
    near = near_regions(place)
    assert near[0] == first and others <= set(near)
    assert not {"广东", "苏州"} & set(near)


def test_a_place_that_is_not_known_has_no_regions() -> None:
    assert near_regions("火星") == ()
