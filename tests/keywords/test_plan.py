import pytest

from keywords.loader import Lexicon, load_lexicon
from keywords.plan import plan_queries


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
