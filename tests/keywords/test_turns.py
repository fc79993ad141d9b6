"""The fair queue by itself."""

from hypothesis import given, settings
from hypothesis import strategies as st

from keywords.turns import HEAVIEST, Member, Turns


def test_never_asked_goes_before_asked_and_known_before_unknown() -> None:
    turns = Turns([
        Member(name="a", waited_days=90), Member(name="b"), Member(name="c", is_known=True), Member(name="d", waited_days=91),
    ])  # fmt: skip
    assert [turns.take() for _ in range(4)] == ["c", "b", "d", "a"]


def test_a_member_that_finds_is_as_urgent_after_fewer_days() -> None:
    finds = Member(name="finds", waited_days=4, asked_count=5, lead_count=50)
    never = Member(name="never", waited_days=9, asked_count=5)
    assert Turns([never, finds]).take() == "finds"
    assert 1 == never.weight < finds.weight <= HEAVIEST


def test_turns_of_one_day_are_shared_by_weight() -> None:
    turns = Turns([Member(name="finds", asked_count=1, lead_count=1000), Member(name="never", asked_count=1)])
    taken = [turns.take() for _ in range(40)]
    assert 28 <= taken.count("finds") <= 31


def test_what_cannot_be_used_keeps_its_place_and_what_is_dropped_is_gone() -> None:
    turns = Turns([Member(name="a"), Member(name="b")])
    assert turns.take(lambda name: name != "a") == "b"
    assert turns.take() == "a"
    turns.drop("a")
    turns.touch("a")
    turns.touch("stranger")
    assert turns.take() == turns.take() == "b"
    assert turns.take(lambda _: False) is None
    assert Turns([]).take() is None


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 20), st.integers(1, 8), st.data())
def test_nobody_waits_for_ever(count: int, a_day: int, data: st.DataObject) -> None:
    finds = data.draw(st.sets(st.integers(0, count - 1)))
    last, asked, found = dict[int, int](), dict.fromkeys(range(count), 0), dict.fromkeys(range(count), 0)
    most = 2 * (HEAVIEST + 1) * count / a_day + 2
    for today in range(int(3 * most)):
        turns = Turns(
            Member(
                name=str(n), is_known=n in finds, waited_days=today - last[n] if n in last else None,
                asked_count=asked[n], lead_count=found[n],
            )
            for n in range(count)
        )  # fmt: skip
        for _ in range(a_day):
            n = int(turns.take() or 0)
            last[n], asked[n], found[n] = today, asked[n] + 1, found[n] + 9 * (n in finds)
        assert all(today - last.get(n, 0) <= most for n in range(count))
