from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keywords.loader import Lexicon, load_lexicon
from keywords.merge import merge_terms
from keywords.model import Term, TermKind, TermOrigin
from keywords.plan import Asked, certificates_asked, near_regions, offers_asked, plan_queries
from keywords.turns import HEAVIEST


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
    standing = [query.text for query in plan_queries(shipped, ["灌云"], 18)]
    assert [text for text in plan if not any(word in text for word in (*words, "秒录入"))][:18] == standing
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


class Engine:
    """Remembers what it was asked, and answers every query that holds a fruitful word with a new lead."""

    def __init__(self, *fruitful: str) -> None:
        self.fruitful = fruitful
        self.asked: dict[str, tuple[tuple[str, ...], list[int]]] = {}
        self.leads = dict[str, int]()

    def day(self, lexicon: Lexicon, regions: list[str], today: int, limit: int) -> None:
        for query in plan_queries(lexicon, regions, limit, self.history(today)):
            self.asked.setdefault(query.text, (query.terms, []))[1].append(today)
            if any(word in query.terms for word in self.fruitful):
                self.leads[query.text] = self.leads.get(query.text, 0) + 1

    def history(self, today: int) -> list[Asked]:
        return [
            Asked(
                text=text, terms=terms, asked_count=len(days), lead_count=self.leads.get(text, 0),
                waited_days=today - days[-1],
            )
            for text, (terms, days) in self.asked.items()
        ]  # fmt: skip

    def days_of(self, word: str) -> list[int]:
        return sorted({day for terms, days in self.asked.values() if set(word.split()) <= set(terms) for day in days})

    def count_of(self, word: str) -> int:
        return sum(len(days) for terms, days in self.asked.values() if word in terms)


def longest_wait(days: list[int], until: int) -> int:
    return max(after - before for before, after in pairwise([0, *days, until]))


def small_lexicon(certificates: int, offers: int) -> Lexicon:
    return Lexicon((
        *(Term(text=f"证{n}", kind=TermKind.CERTIFICATE, source="x", authority="应急") for n in range(certificates)),
        *(Term(text=f"话{n}", kind=TermKind.OFFER, source="x") for n in range(offers)),
    ))  # fmt: skip


@settings(max_examples=8, deadline=None)
@given(
    certificates=st.integers(2, 8), offers=st.integers(1, 6), limit=st.integers(4, 12),
    fruitful=st.lists(st.sampled_from(["证0", "证1", "话0", "包过", "灌云"]), max_size=3),
)  # fmt: skip
def test_no_word_is_ever_dropped_whatever_the_others_find(
    certificates: int, offers: int, limit: int, fruitful: list[str]
) -> None:
    lexicon, regions, engine, until = small_lexicon(certificates, offers), ["灌云", "江苏"], Engine(*fruitful), 100
    for today in range(until):
        engine.day(lexicon, regions, today, limit)
    for words, turns in ((certificates_asked(lexicon), 2), (offers_asked(lexicon), 2), (regions, 1)):
        most = 2 * (HEAVIEST + 1) * len(words) * 6 / (turns * limit) + 3
        for word in words:
            assert longest_wait(engine.days_of(word), until) <= most, word


def test_every_shipped_word_is_asked_within_weeks_and_what_finds_is_asked_more() -> None:
    lexicon, regions, engine = load_lexicon(), list(near_regions("灌云县")), Engine("叉车证", "办假证")
    for today in range(45):
        engine.day(lexicon, regions, today, 25)
    words = (*certificates_asked(lexicon), *offers_asked(lexicon), *regions)
    assert all(engine.days_of(word) for word in words)
    assert engine.count_of("叉车证") > 1.6 * engine.count_of("焊工证"), "alike until one of them finds something"
    assert engine.count_of("办假证") > 1.6 * engine.count_of("代办证件")
    counts = {text: len(days) for text, (_, days) in engine.asked.items()}
    found = [counts[text] for text in engine.leads]
    others = [count for text, count in counts.items() if text not in engine.leads]
    assert sum(found) / len(found) > 1.5 * sum(others) / len(others)


def test_a_word_listed_today_is_asked_today_whatever_was_asked_before() -> None:
    engine, shipped = Engine(), load_lexicon()
    for today in range(3):
        engine.day(shipped, ["灌云"], today, 15)
    lexicon = merge_terms(shipped, listed("新甲证"))
    assert plan_queries(lexicon, ["灌云"], 15, engine.history(3))[0].text == "新甲证"
    engine.day(lexicon, ["灌云"], 3, 15)
    assert "新甲证" not in {query.text for query in plan_queries(lexicon, ["灌云"], 60, engine.history(4))[:20]}
    assert engine.days_of("新甲证") == [3]


def test_a_listed_word_longer_than_people_type_is_asked_all_the_same() -> None:
    long = "建筑施工企业主要负责人安全生产考核合格证书"
    plan = plan_queries(merge_terms(Lexicon(()), listed(long)), [], 3)
    assert plan[0].text == long


def test_what_was_asked_today_is_not_asked_again_today() -> None:
    engine, lexicon = Engine("叉车证"), load_lexicon()
    engine.day(lexicon, ["灌云"], 0, 15)
    engine.day(lexicon, ["灌云"], 0, 15)
    assert all(days == [0] for _, days in engine.asked.values())
    assert len(engine.asked) == 30
