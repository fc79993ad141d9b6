"""What every `FactCache` must do."""

import sqlite3
from datetime import timedelta
from importlib.resources import files

from pipelines.stores.memory import MemoryFactCache
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.fact_cache import SqliteFactCache
from tests.builders import AT

SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)


def test_a_fact_lives_until_it_expires(stores):
    cache = stores.fact_cache
    cache.put("dns", "cx-mem.cn", '{"证":1}', AT + SECOND)
    assert cache.get("dns", "cx-mem.cn", AT) == '{"证":1}'
    assert cache.get("dns", "cx-mem.cn", AT + SECOND - TICK) == '{"证":1}'
    assert cache.get("dns", "cx-mem.cn", AT + SECOND) is None


def test_kinds_and_keys_are_told_apart(stores):
    cache = stores.fact_cache
    cache.put("dns", "a.cn", "1", AT + SECOND)
    cache.put("tls", "a.cn", "2", AT + SECOND)
    assert (cache.get("dns", "a.cn", AT), cache.get("tls", "a.cn", AT)) == ("1", "2")
    assert cache.get("dns", "b.cn", AT) is None
    assert cache.get("registration", "a.cn", AT) is None


def test_the_newer_fact_takes_the_place_of_the_older(stores):
    cache = stores.fact_cache
    cache.put("dns", "a.cn", "old", AT + 9 * SECOND)
    cache.put("dns", "a.cn", "new", AT + SECOND)
    assert cache.get("dns", "a.cn", AT) == "new"
    assert cache.get("dns", "a.cn", AT + 2 * SECOND) is None


def test_what_expired_is_forgotten_and_nothing_else(stores):
    cache = stores.fact_cache
    for number in range(5):
        cache.put("dns", f"{number}.cn", "x", AT + number * SECOND)
    assert cache.forget_expired(AT + 2 * SECOND) == 3
    assert cache.forget_expired(AT + 2 * SECOND) == 0
    assert [cache.get("dns", f"{number}.cn", AT - SECOND) for number in range(5)] == [None] * 3 + ["x"] * 2


def test_facts_outlive_the_process(tmp_path):
    first = Database(tmp_path / "case.sqlite")
    SqliteFactCache(first).put("dns", "a.cn", "x", AT + SECOND)
    first.close()
    second = Database(tmp_path / "case.sqlite")
    assert SqliteFactCache(second).get("dns", "a.cn", AT) == "x"
    second.close()
    assert MemoryFactCache().get("dns", "a.cn", AT) is None


def test_a_file_from_before_there_were_facts_is_brought_up_to_date(tmp_path):
    path = tmp_path / "case.sqlite"
    old = sqlite3.connect(path)
    old.executescript((files("pipelines.stores.sqlite") / "schema.sql").read_text("utf-8"))
    old.execute("INSERT INTO snapshots VALUES ('u', '{}')")
    old.execute("PRAGMA user_version = 1")
    old.commit()
    old.close()
    database = Database(path)
    cache = SqliteFactCache(database)
    cache.put("dns", "a.cn", "x", AT + SECOND)
    assert cache.get("dns", "a.cn", AT) == "x"
    with database.reading() as connection:
        assert connection.execute("SELECT COUNT(*) FROM snapshots").fetchone() == (1,)
    database.close()
