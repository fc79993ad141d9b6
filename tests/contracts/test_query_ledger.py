"""What every ledger of queries must do: in memory, in a file, and that of all workers on a real Redis."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from pipelines.clock import day_of
from pipelines.query_ledger import AskedPage
from pipelines.stores.memory_queries import MemoryQueryLedger
from pipelines.stores.redis.connection import RedisLink
from pipelines.stores.redis.queries import RedisQueryLedger
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.queries import SqliteQueryLedger

DAY = date(2026, 11, 27)
PAGE = AskedPage(run_id="R1", source="engine:baidu", text="电工证 包过", page=1, terms=("电工证", "包过"))


@pytest.fixture(params=["memory", "sqlite", "redis"])
def ledger(request, tmp_path):
    if request.param == "memory":
        yield MemoryQueryLedger()
        return
    if request.param == "redis":
        held = RedisLink(request.getfixturevalue("redis_url"))
        yield RedisQueryLedger(held)
    else:
        held = Database(tmp_path / "case.sqlite")
        yield SqliteQueryLedger(held)
    held.close()


def test_a_page_is_entered_once_however_often_it_is_asked(ledger):
    for _ in range(3):
        assert ledger.begin(PAGE, DAY, 1)
    assert ledger.spent(DAY) == {"engine:baidu": 1}
    (record,) = ledger.records()
    assert (record.asked_count, record.page_count, record.first_asked_on) == (0, 0, None)


def test_the_budget_is_the_days_over_all_runs_and_each_source_has_its_own(ledger):
    assert ledger.begin(PAGE, DAY, 2)
    assert ledger.begin(replace(PAGE, run_id="R2"), DAY, 2)
    assert not ledger.begin(replace(PAGE, run_id="R3"), DAY, 2)
    assert not ledger.begin(replace(PAGE, page=2), DAY, 2)
    assert ledger.begin(replace(PAGE, source="engine:bing", page=2), DAY, 2)
    assert ledger.spent(DAY) == {"engine:baidu": 2, "engine:bing": 1}
    tomorrow = DAY + timedelta(days=1)
    assert ledger.begin(replace(PAGE, page=2), tomorrow, 2)
    assert ledger.begin(PAGE, tomorrow, 2), "what was left over is asked on the next day's budget"
    assert ledger.spent(DAY) == {"engine:baidu": 1, "engine:bing": 1}
    assert not ledger.begin(PAGE, DAY - timedelta(days=1), 0)


def test_many_threads_share_one_budget(ledger):
    entered = []
    threads = [
        threading.Thread(target=lambda n=n: entered.append(ledger.begin(replace(PAGE, page=n), DAY, 5)))
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(entered) == {True: 5, False: 15}


def test_answers_and_leads_are_summed_by_query(ledger):
    for number, run_id in enumerate(("R1", "R2")):
        for page in (1, 2):
            one = replace(PAGE, run_id=run_id, page=page)
            ledger.begin(one, DAY + timedelta(days=number), 9)
            ledger.note_answer(one, DAY + timedelta(days=number), 10, page)
    ledger.note_answer(PAGE, DAY, 8, 3)
    ledger.note_answer(replace(PAGE, text="从没问过"), DAY, 8, 3)
    ledger.begin(replace(PAGE, text="叉车证 包过", terms=("叉车证",)), DAY, 99)
    found = (PAGE.source, PAGE.text, "L1")
    ledger.note_leads([found, (PAGE.source, PAGE.text, "L2"), ("engine:bing", PAGE.text, "L3")], DAY)
    ledger.note_leads([found], DAY + timedelta(days=5))
    ledger.note_leads([], DAY)
    unanswered, record = ledger.records()
    assert (unanswered.text, unanswered.terms, unanswered.asked_count) == ("叉车证 包过", ("叉车证",), 0)
    assert (record.source, record.text, record.terms) == (PAGE.source, PAGE.text, PAGE.terms)
    assert (record.asked_count, record.page_count, record.row_count, record.advert_count) == (2, 4, 38, 8)
    assert (record.lead_count, record.last_found_on) == (2, DAY)
    assert (record.first_asked_on, record.last_asked_on) == (DAY, DAY + timedelta(days=1))


def test_the_day_is_chinas():
    assert day_of(datetime(2026, 11, 26, 15, 59, tzinfo=UTC)) == DAY - timedelta(days=1)
    assert day_of(datetime(2026, 11, 26, 16, 0, tzinfo=UTC)) == DAY


def test_machines_of_one_redis_share_one_budget_and_one_memory(redis_url):
    links = [RedisLink(redis_url) for _ in range(3)]
    ledgers = [RedisQueryLedger(link) for link in links]
    entered = Counter()

    def ask(number):
        for page in range(20):
            one = replace(PAGE, text=f"词{number} {page}")
            entered[number] += ledgers[number].begin(one, DAY, 25)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(entered.values()) == 25
    ledgers[0].note_answer(PAGE, DAY, 1, 1)
    assert [ledger.spent(DAY) for ledger in ledgers] == [{"engine:baidu": 25}] * 3
    assert ledgers[1].records() == ledgers[2].records() != ()
    for link in links:
        link.close()
