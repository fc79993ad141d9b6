"""What every `MarkStore` must do, and that the incremental books come to what a computation from scratch comes to."""

import itertools
import random
import sqlite3
from dataclasses import replace
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.marks.bonds import components
from detectors.marks.model import Mark, MarkKind, Standing, Tally
from pipelines.marks import index
from pipelines.marks.record import Counts, Wearer
from pipelines.stores.memory_marks import MemoryMarks
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.marks import SqliteMarks

TONGJI = Mark(MarkKind.BAIDU_TONGJI, "a" * 32)
FAVICON = Mark(MarkKind.FAVICON, "f" * 32)
NUMBER = Mark(MarkKind.PRINTED_NUMBER, "苏ICP备2023014567")
ADDRESS = Mark(MarkKind.ADDRESS, "203.0.113.5")
QQ = Mark(MarkKind.QQ, "87654321")
SERVER = Mark(MarkKind.NAME_SERVER, "ns1.gang-dns.top")


def note(ledger, name: str, *marks: Mark, owner: str = "", standing: Standing = Standing.SUSPECT, kind="site") -> None:
    wearer = Wearer(id=name, owner=ledger.owner_of(owner or name).number, kind=kind, standing=standing)
    index.settle(ledger, wearer, ledger.enter([(mark, mark.value) for mark in marks]))


def groups(ledger) -> list[list[str]]:
    return sorted(
        sorted(wearer.id for owner in ledger.members(gang.number) for wearer in ledger.wearers_of(owner.number)
               if wearer.standing is Standing.SUSPECT)
        for gang in ledger.gangs()
    )  # fmt: skip


def ids(ledger) -> list[int]:
    return sorted(gang.number for gang in ledger.gangs())


@pytest.fixture
def ledger(stores):
    with stores.marks.editing() as ledger:
        yield ledger


def test_rows_come_back_as_they_were_written(ledger):
    row, twin, second = ledger.enter([(TONGJI, "aaa"), (TONGJI, "bbb"), (QQ, "q")])
    assert (row, second) == ledger.enter([(TONGJI, "other"), (QQ, "other")])
    assert row == twin == ledger.mark(row.number)
    assert second.number == row.number + 1
    assert ledger.enter([]) == ledger.shift([], 1, Standing.SUSPECT, 1) == ()
    assert (row.value, row.shown, row.worth) == (TONGJI.value, "aaa", 1000)
    changed = row.weighed(tally=Tally(officials=1, suspects=2, cleared=3, bystanders=4), is_common=True)
    ledger.put_mark(changed)
    assert ledger.mark(row.number) == changed
    assert ledger.declared_common() == (changed,)
    assert ledger.mark(99) is None
    owner = ledger.owner_of("domain:a.top")
    assert ledger.owner_of("domain:a.top") == owner == ledger.owner(owner.number)
    ledger.put_owner(replace(owner, suspects=3))
    assert ledger.owner(owner.number).suspects == 3
    wearer = Wearer(id="L1", owner=owner.number, kind="site", standing=Standing.CLEARED, version="v")
    ledger.put_wearer(wearer)
    assert ledger.wearer("L1") == wearer
    assert ledger.wearers_of(owner.number) == (wearer,)
    assert (ledger.wearer("L2"), ledger.worn("L1")) == (None, ())
    ledger.wear("L1", [row.number])
    ledger.wear("L1", [row.number])
    assert ledger.worn("L1") == (row.number,)
    one, more = Counts(suspect=1), Counts(suspect=1, bystander=2)
    marks, number = [second.number, row.number], owner.number
    assert ledger.shift(marks[1:], number, Standing.SUSPECT, 1) == ((Counts(), one),)
    assert ledger.shift(marks, number, Standing.BYSTANDER, 2) == ((Counts(), Counts(bystander=2)), (one, more))
    assert ledger.shift(marks, number, Standing.BYSTANDER, -2) == ((Counts(bystander=2), Counts()), (more, one))
    assert ledger.suspects(row.number) == (owner.number,)
    assert ledger.live_marks(owner.number) == ()
    ledger.put_mark(row)
    assert ledger.live_marks(owner.number) == (row,)


def test_gangs_are_numbered_merged_and_counted(ledger):
    one, two, three = (ledger.owner_of(key).number for key in ("a", "b", "c"))
    assert ledger.merged_into(1) is None
    first, second = ledger.new_gang(), ledger.new_gang()
    assert (first, second) == (1, 2)
    ledger.put_in_gang([one], first)
    ledger.put_in_gang([two, three], second)
    assert [owner.number for owner in ledger.members(second)] == [two, three]
    assert ledger.members(0) == ()
    ledger.merge_gang(second, first)
    assert [owner.number for owner in ledger.members(first)] == [one, two, three]
    assert (ledger.merged_into(second), ledger.merged_into(first)) == (first, 0)
    ledger.put_in_gang([one, two, three], 0)
    assert ledger.gangs() == ()
    assert ledger.new_gang() == 3


def test_an_exception_leaves_the_books_as_they_were(stores):
    with stores.marks.editing() as ledger:
        note(ledger, "a", TONGJI)
    with pytest.raises(RuntimeError), stores.marks.editing() as ledger:
        note(ledger, "b", TONGJI)
        raise RuntimeError
    with stores.marks.reading() as ledger:
        assert ledger.wearer("b") is None
        assert ledger.gangs() == ()


def test_one_strong_mark_joins_and_the_size_says_what_is_in_it(ledger):
    note(ledger, "a", TONGJI)
    assert ledger.gangs() == ()
    note(ledger, "b", TONGJI)
    note(ledger, "c", TONGJI, kind="listing")
    (gang,) = ledger.gangs()
    assert (gang.owners, gang.leads, gang.by_kind) == (3, 3, {"listing": 1, "site": 2})


def test_weak_marks_join_only_with_different_causes(ledger):
    note(ledger, "a", ADDRESS, SERVER)
    note(ledger, "b", ADDRESS, SERVER)
    assert groups(ledger) == [], "address and name server have one cause: the hoster"
    note(ledger, "c", FAVICON, NUMBER)
    note(ledger, "d", FAVICON)
    assert groups(ledger) == []
    note(ledger, "d", NUMBER)
    assert groups(ledger) == [["c", "d"]]


def test_two_leads_of_one_owner_are_a_gang_without_any_mark(ledger):
    note(ledger, "a1", owner="seller")
    assert groups(ledger) == []
    note(ledger, "a2", owner="seller")
    assert groups(ledger) == [["a1", "a2"]]
    index.move(ledger, "a1", Standing.CLEARED)
    assert groups(ledger) == []


def test_merging_keeps_the_older_id_and_remembers_the_younger(ledger):
    other = Mark(MarkKind.QQ, "1234567")
    for name, mark in (("a", TONGJI), ("b", TONGJI), ("c", other), ("d", other)):
        note(ledger, name, mark)
    assert ids(ledger) == [1, 2]
    note(ledger, "b", other)
    assert ids(ledger) == [1]
    assert ledger.merged_into(2) == 1
    assert groups(ledger) == [["a", "b", "c", "d"]]


def test_a_dismissed_lead_takes_its_bridge_away_and_the_larger_part_keeps_the_id(ledger):
    phone = Mark(MarkKind.CNZZ, "12345678")
    for name, marks in (("a", [TONGJI]), ("b", [phone]), ("c", [phone]), ("bridge", [TONGJI, phone])):
        note(ledger, name, *marks)
    assert groups(ledger) == [["a", "b", "bridge", "c"]]
    assert ids(ledger) == [1]
    index.move(ledger, "bridge", Standing.CLEARED)
    assert groups(ledger) == [], "what an innocent wears counts nothing: statistics accounts are copied"
    index.move(ledger, "bridge", Standing.SUSPECT)
    assert groups(ledger) == [["a", "b", "bridge", "c"]]


def test_a_mark_declared_common_splits_and_declared_again_joins(ledger):
    chat = Mark(MarkKind.CUSTOMER_SERVICE, "53kf.com/code/code/1")
    for name, marks in (("a", [TONGJI]), ("b", [TONGJI, chat]), ("c", [chat]), ("d", [chat])):
        note(ledger, name, *marks)
    number = ledger.enter([(TONGJI, "")])[0].number
    assert index.declare_common(ledger, number, is_common=True).worth == 0
    assert groups(ledger) == [["b", "c", "d"]]
    assert ids(ledger) == [1]
    index.declare_common(ledger, number, is_common=False)
    assert groups(ledger) == [["a", "b", "c", "d"]]
    assert index.declare_common(ledger, 999, is_common=True) is None


def test_a_mark_of_an_official_page_joins_nobody(ledger):
    note(ledger, "a", TONGJI)
    note(ledger, "b", TONGJI)
    assert groups(ledger) == [["a", "b"]]
    note(ledger, "snapshot:x", TONGJI, standing=Standing.OFFICIAL)
    assert groups(ledger) == []
    assert "官方网站" in ledger.mark(ledger.enter([(TONGJI, "")])[0].number).caveat


def test_a_mark_too_many_wear_joins_nobody(ledger):
    weak_helper = [Mark(MarkKind.FAVICON, str(n)) for n in range(2)]
    for n in range(7):
        note(ledger, f"s{n}", ADDRESS, weak_helper[n % 2])
        expected = 6 if n < 6 else 0
        if n == 5:
            assert sum(map(len, groups(ledger))) == expected
    assert groups(ledger) == []


def test_bystanders_make_a_mark_common_until_suspects_outnumber_them(ledger):
    for name in ("x", "y"):
        note(ledger, name, TONGJI, standing=Standing.BYSTANDER)
    note(ledger, "a", TONGJI)
    note(ledger, "b", TONGJI)
    assert groups(ledger) == []
    note(ledger, "c", TONGJI)
    assert groups(ledger) == [["a", "b", "c"]]
    note(ledger, "z", TONGJI, standing=Standing.BYSTANDER)
    assert groups(ledger) == []
    note(ledger, "z", TONGJI, standing=Standing.SUSPECT)
    assert groups(ledger) == [["a", "b", "c", "z"]]


def test_noting_again_changes_nothing(stores):
    def everything(ledger):
        return ledger.gangs(), ledger.wearer("a"), ledger.worn("a"), [ledger.mark(n) for n in (1, 2, 3)]

    with stores.marks.editing() as ledger:
        for _ in range(2):
            note(ledger, "a", TONGJI, FAVICON)
            note(ledger, "b", TONGJI, NUMBER)
        once = everything(ledger)
        note(ledger, "a", FAVICON, TONGJI)
        assert everything(ledger) == once


def test_a_case_of_an_older_layout_gets_the_tables_of_marks(tmp_path):
    old = sqlite3.connect(tmp_path / "case.sqlite")
    for script in ("schema.sql", "layout_facts.sql", "layout_names.sql", "layout_feeds.sql"):
        old.executescript(files("pipelines.stores.sqlite").joinpath(script).read_text("utf-8"))
    old.execute("PRAGMA user_version = 4")
    old.close()
    again = Database(tmp_path / "case.sqlite")
    with SqliteMarks(again).editing() as ledger:
        note(ledger, "a", TONGJI)
        note(ledger, "b", TONGJI)
        assert groups(ledger) == [["a", "b"]]
    again.close()


MARKS = [
    TONGJI,
    FAVICON,
    NUMBER,
    ADDRESS,
    SERVER,
    Mark(MarkKind.QQ, "7654321"),
    Mark(MarkKind.THEME, "zscx"),
    Mark(MarkKind.CNZZ, "999999"),
]
STEP = st.one_of(
    st.tuples(
        st.just("note"),
        st.integers(0, 11),
        st.sets(st.sampled_from(range(len(MARKS))), max_size=4),
        st.sampled_from(Standing),
    ),
    st.tuples(st.just("move"), st.integers(0, 11), st.sampled_from(Standing)),
    st.tuples(st.just("common"), st.sampled_from(range(len(MARKS))), st.booleans()),
)


def take(ledger, step) -> None:
    match step:
        case ("note", name, marks, standing):
            # Two names share an owner: several leads of one domain.
            note(ledger, f"w{name}", *(MARKS[n] for n in sorted(marks)), owner=f"o{name // 2}", standing=standing)
        case ("move", name, standing):
            index.move(ledger, f"w{name}", standing)
        case ("common", mark, is_common):
            index.declare_common(ledger, ledger.enter([(MARKS[mark], "")])[0].number, is_common=is_common)


def from_scratch(ledger) -> list[list[str]]:
    """The gangs as the rule states them, from the wearers alone."""
    owners, wearing, rows = {}, {}, {}
    for owner in ledger.owners.values():
        suspected = [one for one in ledger.wearers_of(owner.number) if one.standing is Standing.SUSPECT]
        if suspected:
            owners[owner.number] = [one.id for one in suspected]
    for number, row in ledger.rows.items():
        roles = {}
        for wearer in ledger.wearers.values():
            if number in ledger.wears.get(wearer.id, ()):
                order = list(Standing).index(wearer.standing)
                roles[wearer.owner] = min(roles.get(wearer.owner, 9), order)
        tally = Tally(**{
            name: sum(role == place for role in roles.values())
            for place, name in enumerate(("officials", "suspects", "cleared", "bystanders"))
        })  # fmt: skip
        rows[number] = replace(row, tally=tally).weighed()
        assert rows[number] == row, "the counts kept are the counts counted"
        wearing[number] = [owner for owner, role in roles.items() if role == 1]
    parts = components(wearing, {n: r.kind for n, r in rows.items()}, {n: r.worth for n, r in rows.items()}, owners)
    named = (sorted(itertools.chain.from_iterable(owners[number] for number in part)) for part in parts)
    return sorted(part for part in named if len(part) > 1)


@given(st.lists(STEP, max_size=40))
@settings(max_examples=300, deadline=None)
def test_the_books_come_to_what_a_computation_from_scratch_comes_to(steps):
    with MemoryMarks().editing() as ledger:
        for step in steps:
            take(ledger, step)
            assert groups(ledger) == from_scratch(ledger)


@given(
    st.lists(st.tuples(st.integers(0, 11), st.sets(st.sampled_from(range(len(MARKS))), max_size=4)), max_size=14),
    st.randoms(),
)
@settings(max_examples=150, deadline=None)
def test_the_gangs_do_not_depend_on_the_order_of_arrival(looks, chance):
    standings = [chance.choice(list(Standing)) for _ in range(12)]
    outcomes = []
    for _ in range(2):
        with MemoryMarks().editing() as ledger:
            for name, marks in looks:
                take(ledger, ("note", name, marks, standings[name]))
            outcomes.append(groups(ledger))
        looks = chance.sample(looks, len(looks))
    assert outcomes[0] == outcomes[1]


def test_both_stores_come_to_the_same_books(tmp_path):
    chance = random.Random(5)
    database = Database(tmp_path / "case.sqlite")
    with MemoryMarks().editing() as memory, SqliteMarks(database).editing() as sqlite:
        for _ in range(400):
            name = chance.randrange(12)
            step = chance.choice([
                ("note", name, {chance.randrange(len(MARKS)) for _ in range(3)}, chance.choice([*Standing, Standing.SUSPECT, Standing.SUSPECT])),
                ("move", name, chance.choice(list(Standing))),
                ("common", chance.randrange(len(MARKS)), chance.random() < 0.3),
            ])  # fmt: skip
            for ledger in (memory, sqlite):
                take(ledger, step)
            assert memory.gangs() == sqlite.gangs()
            assert [memory.members(gang.number) for gang in memory.gangs()] == [
                sqlite.members(gang.number) for gang in sqlite.gangs()
            ]
    database.close()
