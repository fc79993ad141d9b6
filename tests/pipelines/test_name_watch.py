"""Feeds and surveys write the story of names, also at the same time."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from detectors.model import PageContent
from detectors.name_facts import DnsOutcome, NameState
from pipelines.errors import VersionConflict
from pipelines.name_watch import NameWatch
from pipelines.stores.memory_names import MemoryNames
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.names import SqliteNames
from tests.builders import AT
from tests.conftest import FixedClock
from tests.name_builders import HOST, after, kinds, notices, some_dns, some_facts


@pytest.fixture
def watch(clock):
    clock.at = AT
    return NameWatch(MemoryNames(), clock)


def saw(watch, source="ct:argon", **more):
    return watch.saw(HOST, "cx.mem.gov.cn", "brand_with_gov", 700, source, **more)


def test_a_name_is_new_once(watch, clock):
    assert kinds(saw(watch)) == ["first_seen"]
    clock.at = after(days=1)
    assert saw(watch) == ()
    assert saw(watch, "list:b.txt") == ()
    assert watch._store.get(HOST).version == 2


def test_a_name_is_one_however_it_is_written(watch):
    saw(watch)
    for written in ("*.MEM-GOV.cn.", "https://Mem-Gov.cn/x"):
        assert watch.saw(written, "cx.mem.gov.cn", "brand_with_gov", 700, "ct:argon") == ()
    with pytest.raises(ValueError, match="域名"):
        watch.saw("x y", "", "", 1, "ct:argon")


def test_what_the_world_saw_earlier_keeps_its_time(watch):
    saw(watch, at=after(days=-3))
    assert watch._store.get(HOST).document.first_seen_at == after(days=-3)


def test_a_survey_of_a_name_nobody_watches_writes_nothing(watch):
    assert watch.surveyed(some_facts()) == ()
    assert watch._store.get(HOST) is None


def test_a_watched_name_goes_and_comes_back(watch, clock):
    saw(watch)
    told = []
    for day, gone in enumerate([False, True, True, False]):
        clock.at = after(days=day)
        dns = (
            some_dns(at=clock.at, outcome=DnsOutcome.NXDOMAIN, ns=()) if gone else some_dns("203.0.113.7", at=clock.at)
        )
        state = NameState.NXDOMAIN if gone else NameState.RESOLVING
        told += notices(watch.surveyed(some_facts(state, at=clock.at, dns=dns)))
    assert told == ["gone", "back"]
    assert kinds(one.change for one in watch._store.changes()) == ["first_seen", "gone", "back"]


def test_a_visit_tells_what_a_watched_name_showed(watch, clock):
    for_sale = [PageContent(title="域名出售", text="此域名出售，有意者请联系")]
    assert watch.showed(HOST, for_sale) == (), "nobody watches it"
    saw(watch)
    clock.at = after(days=1)
    assert kinds(watch.showed(HOST, for_sale)) == []
    clock.at = after(days=2)
    assert kinds(watch.showed(HOST, [PageContent(title="证书查询", text="请输入证书编号")])) == ["unparked"]
    clock.at = after(days=3)
    assert notices(watch.showed(HOST, for_sale)) == ["parked"]


def test_the_same_survey_twice_writes_once(watch):
    saw(watch)
    watch.surveyed(some_facts())
    version = watch._store.get(HOST).version
    assert watch.surveyed(some_facts()) == ()
    assert watch._store.get(HOST).version == version


def test_many_sources_at_once_make_one_name(tmp_path):
    database = Database(tmp_path / "case.sqlite")
    watch = NameWatch(SqliteNames(database), FixedClock(AT))
    together = threading.Barrier(4, timeout=30)

    def see(number: int):
        together.wait()
        return [saw(watch, f"list:{number}-{one}") for one in range(4)]

    with ThreadPoolExecutor(4) as pool:
        made = [
            one for done in [pool.submit(see, number) for number in range(4)] for each in done.result() for one in each
        ]
    assert kinds(made) == ["first_seen"]
    assert len(SqliteNames(database).get(HOST).document.sources) == 16
    database.close()


def test_a_store_that_never_agrees_is_given_up(clock):
    class Contrary(MemoryNames):
        def put(self, record, expected_version, changes=()):
            raise VersionConflict(record.host, expected_version, expected_version + 1)

    with pytest.raises(VersionConflict):
        saw(NameWatch(Contrary(), clock))
