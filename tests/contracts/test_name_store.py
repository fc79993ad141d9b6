"""What every `NameStore` must do."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.documents import decode, encode
from pipelines.errors import VersionConflict
from pipelines.name_history import begin, observe
from pipelines.name_plan import due_at
from pipelines.name_record import NameRecord
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.names import SqliteNames
from tests.builders import AT
from tests.name_builders import (
    HOST,
    RESOLVING,
    UNANSWERED,
    UNREGISTERED,
    a_record,
    a_sight,
    after,
    kinds,
    watched,
)
from tests.pipelines.test_name_history import STORIES

ROUNDS = 100


def put_new(names, host: str, source: str = "list:new.txt", score: int = 700, at=AT) -> None:
    record, changes = begin(host, "cx.mem.gov.cn", "brand_with_gov", score, source, at, at)
    names.put(record, 0, changes)


def look(names, host: str, sight) -> None:
    stored = names.get(host)
    record, changes = observe(stored.document, sight, sight.at)
    names.put(record, stored.version, changes)


def test_a_record_comes_back_equal(stores):
    assert stores.names.get(HOST) is None
    record, changes = watched(
        a_sight(RESOLVING, networks=("AS64500 甲",), certificate="a" * 64, registrar="甲公司", registry="whois"),
        a_sight(UNREGISTERED, at=after(days=1)), a_sight(UNANSWERED, at=after(days=2)),
    )  # fmt: skip
    assert stores.names.put(record, 0, changes) == 1
    found = stores.names.get(HOST)
    assert (found.document, found.version) == (record, 1)


def test_a_stale_version_writes_neither_record_nor_changes(stores):
    put_new(stores.names, HOST)
    record, changes = watched(a_sight(RESOLVING), source="generation")
    for stale in (0, 2, 7):
        with pytest.raises(VersionConflict) as conflict:
            stores.names.put(record, stale, changes)
        assert (conflict.value.expected, conflict.value.actual) == (stale, 1)
    assert stores.names.get(HOST).document == a_record()
    assert kinds(one.change for one in stores.names.changes()) == ["first_seen"]


def test_changes_come_in_the_order_they_were_written(stores):
    put_new(stores.names, "a.cn")
    put_new(stores.names, "b.cn", source="generation")
    look(stores.names, "b.cn", a_sight(RESOLVING, at=after(days=1)))
    look(stores.names, "b.cn", a_sight(RESOLVING, "203.0.113.9", at=after(days=2)))
    loud, every = stores.names.changes(), stores.names.changes(with_quiet=True)
    assert [(one.host, one.change.kind.value) for one in loud] == [("a.cn", "first_seen"), ("b.cn", "resolving")]
    assert kinds(one.change for one in every) == ["first_seen", "first_seen", "resolving", "address_rotated"]
    assert [one.position for one in every] == [1, 2, 3, 4]
    assert loud[0].imitates == "cx.mem.gov.cn"
    assert stores.names.changes(after=1) == loud[1:]
    assert stores.names.changes(since=after(days=1)) == loud[1:]
    assert stores.names.changes(since=after(days=1, seconds=1)) == ()
    assert stores.names.changes(with_quiet=True, limit=2) == every[:2]


def test_due_names_come_longest_due_first_then_by_score(stores):
    put_new(stores.names, "weak.cn", score=400, at=AT)
    put_new(stores.names, "strong.cn", score=900, at=AT)
    put_new(stores.names, "early.cn", score=100, at=after(hours=-1))
    put_new(stores.names, "later.cn", at=after(hours=9))
    assert [one.host for one in stores.names.due(AT)] == ["early.cn", "strong.cn", "weak.cn"]
    assert [one.host for one in stores.names.due(AT, limit=1)] == ["early.cn"]
    look(stores.names, "strong.cn", a_sight(RESOLVING, at=after(minutes=1)))
    strong = stores.names.get("strong.cn").document
    assert strong not in stores.names.due(due_at(strong) - timedelta(microseconds=1))
    assert strong in stores.names.due(due_at(strong))


def test_names_and_new_notices_are_counted(stores):
    assert (stores.names.counts(AT).total, stores.names.looked_up_to()) == (0, 0)
    put_new(stores.names, "a.cn")
    put_new(stores.names, "b.cn", source="generation")
    look(stores.names, "b.cn", a_sight(RESOLVING, at=after(hours=1)))
    counts = stores.names.counts(AT)
    assert counts.by_presence == {"unknown": 1, "resolving": 1}
    assert (counts.total, counts.due, counts.new_notices) == (2, 1, 2)
    stores.names.note_look(1)
    assert stores.names.counts(AT).new_notices == 1
    stores.names.note_look(3)
    stores.names.note_look(2)
    assert stores.names.looked_up_to() == 3
    assert stores.names.counts(AT).new_notices == 0


def test_of_two_writers_of_one_version_exactly_one_wins_and_logs(stores):
    put_new(stores.names, HOST)
    at_once = threading.Barrier(2, timeout=30)

    def write(number: int) -> list[int]:
        won = []
        for version in range(1, ROUNDS + 1):
            at_once.wait()
            record, changes = begin(HOST, "", f"w{number}", 1, f"list:{number}-{version}", AT, AT)
            try:
                stores.names.put(record, version, changes)
                won.append(version)
            except VersionConflict as conflict:
                assert conflict.actual == version + 1
        return won

    with ThreadPoolExecutor(2) as pool:
        first, second = [done.result() for done in [pool.submit(write, number) for number in range(2)]]
    assert sorted(first + second) == list(range(1, ROUNDS + 1))
    assert stores.names.get(HOST).version == ROUNDS + 1
    assert [one.position for one in stores.names.changes()] == list(range(1, ROUNDS + 2))


def test_a_case_of_the_first_layout_gets_the_tables_of_names(tmp_path):
    old = sqlite3.connect(tmp_path / "case.sqlite")
    old.executescript(files("pipelines.stores.sqlite").joinpath("schema.sql").read_text("utf-8"))
    old.execute("PRAGMA user_version = 1")
    old.close()
    again = Database(tmp_path / "case.sqlite")
    put_new(SqliteNames(again), HOST)
    assert SqliteNames(again).get(HOST).version == 1
    again.close()


@given(STORIES, st.booleans())
def test_every_record_can_be_written_and_read(story, is_named):
    record, changes = watched(*sorted(story, key=lambda sight: sight.at))
    record = replace(record, imitates="" if is_named else "cx.mem.gov.cn")
    assert decode(NameRecord, encode(record)) == record
    assert [decode(type(one), encode(one)) for one in changes] == changes
