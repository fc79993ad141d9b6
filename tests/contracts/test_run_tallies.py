"""What every `RunTallies` promises: in memory, on SQLite, and on a real Redis that several workers share."""

from collections import Counter

import pytest

from pipelines.model import WorkItem
from pipelines.run_tally import Tally, nested
from pipelines.stores.memory_queries import MemoryRunTallies
from pipelines.stores.redis.connection import RedisLink
from pipelines.stores.redis.tallies import RedisRunTallies
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.tallies import SqliteRunTallies


@pytest.fixture(params=["memory", "sqlite", "redis"])
def tallies(request, tmp_path):
    if request.param == "memory":
        yield MemoryRunTallies()
    elif request.param == "sqlite":
        database = Database(tmp_path / "case.sqlite")
        yield SqliteRunTallies(database)
        database.close()
    else:
        link = RedisLink(request.getfixturevalue("redis_url"))
        yield RedisRunTallies(link)
        link.close()


def a_tally(count):
    return Tally(
        Counter(observations=count), Counter(timeout=1), Counter({("engine:baidu", "rows"): count}),
        Counter({("engine:baidu", "title"): 2}),
    )  # fmt: skip


def test_a_piece_that_is_done_again_replaces_what_it_counted(tallies):
    one, other = WorkItem(kind="visit", key="a"), WorkItem(kind="query", key="a")
    assert tallies.sum("R1") == Tally()
    tallies.put("R1", one, a_tally(5))
    tallies.put("R1", one, a_tally(2))
    tallies.put("R1", other, a_tally(3))
    tallies.put("R2", other, a_tally(9))
    total = tallies.sum("R1")
    assert total.outcomes == {"observations": 5}
    assert total.errors == {"timeout": 2}
    assert nested(total.sources) == {"engine:baidu": {"rows": 5}}
    assert nested(total.fields) == {"engine:baidu": {"title": 4}}
    tallies.forget("R1")
    assert tallies.sum("R1") == Tally()
    assert tallies.sum("R2").outcomes == {"observations": 9}
