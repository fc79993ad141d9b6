"""What a mark is worth in view of its wearers, what shared marks come to, who hangs together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.marks.bonds import JOINS_FROM, MOST_PAIRED, bond_strength, components, why_worthless, worth
from detectors.marks.kinds import rule_of
from detectors.marks.model import MarkKind, Tally

STRONG, CHAT, WEAK = MarkKind.BAIDU_TONGJI, MarkKind.WECHAT, MarkKind.FAVICON


@pytest.mark.parametrize(
    ("kind", "tally", "expected", "why"),
    [
        (STRONG, Tally(suspects=2), 1000, ""),
        (STRONG, Tally(suspects=300), 1000, ""),
        (STRONG, Tally(suspects=301), 0, "上限 300"),
        (STRONG, Tally(suspects=2, officials=1), 0, "官方网站"),
        (STRONG, Tally(suspects=9, cleared=1), 0, "1 个已排除的主体"),
        (STRONG, Tally(suspects=1, bystanders=1), 1000, ""),
        (STRONG, Tally(suspects=2, bystanders=2), 0, "2 个无嫌疑的主体"),
        (STRONG, Tally(suspects=3, bystanders=2), 1000, ""),
        (CHAT, Tally(suspects=2, cleared=1), 400, "只作旁证"),
        (CHAT, Tally(suspects=MOST_PAIRED + 1, cleared=1), 0, "只作旁证"),
        (CHAT, Tally(suspects=2, officials=1), 0, "官方网站"),
        (WEAK, Tally(suspects=12), 600, ""),
        (WEAK, Tally(suspects=13), 0, "上限 12"),
    ],
)
def test_a_mark_is_worth_what_its_wearers_leave_of_it(kind, tally, expected, why):
    assert worth(kind, tally) == expected
    assert why in why_worthless(kind, tally)
    assert bool(why_worthless(kind, tally)) == (expected < rule_of(kind).strength)


def test_a_mark_declared_common_is_worth_nothing():
    assert worth(STRONG, Tally(), is_declared_common=True) == 0
    assert "人工" in why_worthless(STRONG, Tally(), is_declared_common=True)


def test_of_one_family_only_the_strongest_counts():
    assert bond_strength([(MarkKind.ADDRESS, 500), (MarkKind.NAME_SERVER, 300)]) == 500
    assert bond_strength([(MarkKind.ADDRESS, 500), (MarkKind.FAVICON, 600)]) == 1100
    assert bond_strength([]) == 0


@given(
    st.dictionaries(st.integers(0, 9), st.sets(st.integers(0, 9)), max_size=10),
    st.lists(st.sampled_from([STRONG, WEAK, MarkKind.ADDRESS, MarkKind.PRINTED_NUMBER]), min_size=10, max_size=10),
    st.permutations(range(10)),
)
def test_who_hangs_together_is_a_partition_whatever_the_order(wearing, kinds, order):
    named = dict(enumerate(kinds))
    worths = {number: rule_of(kind).strength for number, kind in named.items()}
    parts = components(wearing, named, worths, range(10))
    assert sorted(owner for part in parts for owner in part) == list(range(10))
    again = components({mark: sorted(wearing[mark]) for mark in reversed(wearing)}, named, worths, order)
    assert set(parts) == set(again)
    together = {owner: part for part in parts for owner in part}
    for mark, owners in wearing.items():
        if worths[mark] >= JOINS_FROM:
            assert len({together[owner] for owner in owners}) <= 1
