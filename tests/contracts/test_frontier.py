"""What every `Frontier` promises: in memory, on SQLite, and on a real Redis that several workers share."""

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.model import WorkItem
from pipelines.stores.memory import MemoryFrontier
from pipelines.stores.redis.connection import RedisLink, Script
from pipelines.stores.redis.frontier import RedisFrontier
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.frontier import SqliteFrontier

LEASE_S = 1.0


@dataclass
class Office:
    """Where workers come to work."""

    worker: object
    """() → the frontier of one more worker."""
    lease_s: float = 0.0
    """How long a worker that is gone is waited for."""


@pytest.fixture(params=["memory", "sqlite", "redis"])
def office(request, tmp_path):
    if request.param == "memory":
        kept = MemoryFrontier()

        def next_worker():
            kept.reopen("run")  # what a process remembers of its own dies with it
            return kept

        yield Office(next_worker)
    elif request.param == "sqlite":
        database = Database(tmp_path / "case.sqlite")
        yield Office(lambda: SqliteFrontier(database))
        database.close()
    else:
        link = RedisLink(request.getfixturevalue("redis_url"))
        yield Office(lambda: RedisFrontier(link, lease_s=LEASE_S), LEASE_S)
        link.close()


@pytest.fixture
def redis_office(redis_url):
    link = RedisLink(redis_url)
    yield Office(lambda: RedisFrontier(link, lease_s=LEASE_S), LEASE_S)
    link.close()


def items(*keys, kind="visit"):
    return tuple(WorkItem(kind=kind, key=key, payload=f'{{"of": "{key}"}}') for key in keys)


def keys(taken):
    return [one.key for one in taken]


def test_order_is_kept_and_each_item_is_known_once(office):
    frontier = office.worker()
    assert frontier.add("run", items("b", "a", "b")) == 2
    assert frontier.add("run", items("a", "c")) == 1
    assert frontier.add("run", []) == 0
    assert frontier.add("other", items("a")) == 1
    assert frontier.add("run", items("a", kind="name")) == 1
    assert frontier.counts("run") == ({}, {"visit": 3, "name": 1})
    assert frontier.take("run", "visit", 9) == items("b", "a", "c")
    assert frontier.take("run", "visit", 9) == ()
    assert frontier.take("run", "name", 9) == items("a", kind="name")


def test_a_share_is_what_waits_first(office):
    frontier = office.worker()
    frontier.add("run", items(*(f"http://n{number}.cn/" for number in range(40))))
    taken = []
    while part := frontier.take("run", "visit", 3):
        assert len(part) >= min(3, 40 - len(taken))
        taken += part
    assert keys(taken) == [f"http://n{number}.cn/" for number in range(40)]


def test_ways_to_one_address_come_together_whatever_their_scheme(office):
    frontier = office.worker()
    ways = (
        "http://a.cn/ file:x",
        "http://b.cn/ file:x",
        "https://a.cn/ engine:baidu 电工证 包过",
        "http://a.cn/x file:x",
    )
    frontier.add("run", items(*ways))
    first = frontier.take("run", "visit", 1)
    assert {ways[0], ways[2]} <= set(keys(first))


def test_only_what_begins_so_is_taken_when_asked_for(office):
    frontier = office.worker()
    frontier.add("run", items("names /x", "listings /y", "names /z", kind="file"))
    assert keys(frontier.take("run", "file", 1, "names ")) == ["names /x", "names /z"]
    assert keys(frontier.take("run", "file", 1)) == ["listings /y"]


def test_finishing_adds_what_was_found_and_does_not_reopen_what_is_done(office):
    frontier = office.worker()
    a, b, c = items("a", "b", "c")
    frontier.add("run", [a, b])
    assert frontier.take("run", "visit", 9) == (a, b)
    frontier.finish("run", a, [b, c, a])
    assert frontier.take("run", "visit", 9) == (c,)
    frontier.finish("run", a)
    assert frontier.add("run", [a]) == 0
    assert frontier.counts("run") == ({"visit": 1}, {"visit": 2})
    assert frontier.counts("other") == ({}, {})


def test_an_item_nobody_added_can_be_finished(office):
    frontier = office.worker()
    frontier.finish("run", *items("x"))
    assert frontier.counts("run") == ({"visit": 1}, {})
    assert frontier.add("run", items("x")) == 0


def test_what_is_put_off_waits_for_who_resumes_the_run(office):
    frontier = office.worker()
    frontier.add("run", items("a", "b", "c"))
    a, b, c = frontier.take("run", "visit", 9)
    frontier.finish("run", a)
    frontier.put_off("run", [a, b, c])
    assert not frontier.is_open("run", "visit")
    assert frontier.take("run", "visit", 9) == ()
    assert frontier.counts("run") == ({"visit": 1}, {"visit": 2})
    frontier.reopen("run")
    assert frontier.take("run", "visit", 9) == (b, c)


def test_a_kind_is_open_while_something_of_it_waits(office):
    frontier = office.worker()
    assert not frontier.is_open("run", "visit")
    frontier.add("run", items("a"))
    assert frontier.is_open("run", "visit")
    assert not frontier.is_open("run", "name")
    frontier.finish("run", *frontier.take("run", "visit"))
    assert not frontier.is_open("run", "visit")


def test_who_leaves_gives_back_what_is_not_finished(office):
    frontier = office.worker()
    frontier.add("run", items("a", "b", "c"))
    a, *_ = frontier.take("run", "visit", 9)
    frontier.finish("run", a)
    frontier.leave("run")
    assert keys(office.worker().take("run", "visit", 9)) == ["b", "c"]


def test_what_a_killed_worker_had_taken_waits_again_in_its_place(office):
    killed = office.worker()
    killed.add("run", items("a", "b", "c"))
    first = killed.take("run", "visit", 1)
    killed.finish("run", first[0], items("d"))
    time.sleep(office.lease_s * 1.1)
    after = office.worker()
    taken = []
    while part := after.take("run", "visit", 1):
        taken += part
    assert keys(taken) == ["b", "c", "d"]
    assert taken[0].payload == items("b")[0].payload


NUMBERS = itertools.count()
ODD = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=ODD, payload=ODD)
def test_keys_and_payloads_are_given_back_as_they_were(office, key, payload):
    frontier, run = office.worker(), f"run {next(NUMBERS)}"
    item = WorkItem(kind="visit", key=key, payload=payload)
    assert frontier.add(run, [item, item]) == 1
    assert frontier.take(run, "visit") == (item,)
    frontier.finish(run, item, [WorkItem(kind="visit", key=f"{key} ", payload=payload)])
    assert [one.payload for one in frontier.take(run, "visit")] == [payload]
    assert frontier.counts(run) == ({"visit": 1}, {"visit": 1})


def test_a_question_whose_answer_was_lost_is_answered_the_same_again(redis_url):
    link = RedisLink(redis_url)
    RedisFrontier(link).add("run", items("a", "b", "c", "d"))
    asked = ("jianwei:{run}", "visit", 1, "", "lease", 60_000, "worker")
    take = Script("run", "take")
    assert take.run(link, *asked) == take.run(link, *asked) != []
    assert RedisFrontier(link).take("run", "visit", 9) == items("c", "d")
    link.close()


def test_two_workers_are_never_given_the_same(redis_office):
    one, two = redis_office.worker(), redis_office.worker()
    one.add("run", items(*map(str, range(100))))
    first, second = one.take("run", "visit", 4), two.take("run", "visit", 4)
    assert len(first) == 50, "half is left for who may come"
    assert len(second) == 13, "a quarter of what waits, since there are two"
    assert not set(keys(first)) & set(keys(second))
    assert two.is_open("run", "visit")


def test_what_others_have_taken_keeps_a_kind_open(redis_office):
    one, two = redis_office.worker(), redis_office.worker()
    one.add("run", items("a"))
    [a] = one.take("run", "visit")
    assert two.take("run", "visit") == ()
    assert two.is_open("run", "visit")
    one.finish("run", a, items("b"))
    assert keys(two.take("run", "visit")) == ["b"]
    assert one.is_open("run", "visit")
    two.put_off("run", items("b"))
    assert not one.is_open("run", "visit")


def test_who_is_heard_of_keeps_what_was_taken(redis_office):
    one, two = redis_office.worker(), redis_office.worker()
    one.add("run", items("a"))
    one.take("run", "visit")
    for _ in range(4):
        time.sleep(LEASE_S / 2)
        one.renew("run")
        assert two.take("run", "visit") == ()


def test_who_was_thought_dead_may_still_finish_and_nothing_is_done_twice(redis_office):
    slow, other = redis_office.worker(), redis_office.worker()
    slow.add("run", items("a", "b"))
    a, b = slow.take("run", "visit", 9)
    time.sleep(LEASE_S * 1.1)
    assert other.take("run", "visit", 9) == (a, b)
    slow.renew("run")
    slow.finish("run", a, items("c"))
    slow.leave("run")
    other.finish("run", a, items("c"))
    other.finish("run", b)
    assert other.counts("run") == ({"visit": 2}, {"visit": 1})
    assert keys(slow.take("run", "visit", 9)) == ["c"]
    assert other.take("run", "visit", 9) == ()


def test_many_workers_at_once_do_everything_once(redis_url):
    link = RedisLink(redis_url)
    frontiers = [RedisFrontier(link) for _ in range(4)]
    frontiers[0].add("run", items(*map(str, range(200))))
    done, lock = [], threading.Lock()

    def work(frontier):
        while frontier.is_open("run", "visit"):
            for one in frontier.take("run", "visit", 5):
                onward = items(f"{one.key}'") if "'" not in one.key else ()
                frontier.finish("run", one, onward)
                with lock:
                    done.append(one.key)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, frontiers))
    assert sorted(done) == sorted(itertools.chain(map(str, range(200)), (f"{one}'" for one in range(200))))
    assert frontiers[0].counts("run") == ({"visit": 400}, {})
    link.close()


def test_a_run_nobody_works_on_is_forgotten_in_the_end(redis_url):
    link = RedisLink(redis_url)
    frontier = RedisFrontier(link)
    frontier.add("run", items("a", "b", "c"))
    a, b, _ = frontier.take("run", "visit", 9)
    frontier.finish("run", a, items("d"))
    frontier.put_off("run", [b])
    frontier.renew("run")
    with redis.Redis.from_url(redis_url) as client:
        assert len(client.keys("jianwei:{run}:*")) >= 11
        assert [key for key in client.keys("*") if client.ttl(key) < 0] == []
    link.close()
