"""What every ledger of queries must do."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from pipelines.clock import day_of
from pipelines.query_ledger import AskedPage

DAY = date(2026, 11, 27)
PAGE = AskedPage(run_id="R1", source="engine:baidu", text="电工证 包过", page=1, terms=("电工证", "包过"))


def test_a_page_is_entered_once_however_often_it_is_asked(stores):
    for _ in range(3):
        assert stores.queries.begin(PAGE, DAY, 1)
    assert stores.queries.spent(DAY) == {"engine:baidu": 1}
    (record,) = stores.queries.records()
    assert (record.asked_count, record.page_count, record.first_asked_on) == (0, 0, None)


def test_the_budget_is_the_days_over_all_runs_and_each_source_has_its_own(stores):
    assert stores.queries.begin(PAGE, DAY, 2)
    assert stores.queries.begin(replace(PAGE, run_id="R2"), DAY, 2)
    assert not stores.queries.begin(replace(PAGE, run_id="R3"), DAY, 2)
    assert not stores.queries.begin(replace(PAGE, page=2), DAY, 2)
    assert stores.queries.begin(replace(PAGE, source="engine:bing", page=2), DAY, 2)
    assert stores.queries.spent(DAY) == {"engine:baidu": 2, "engine:bing": 1}
    tomorrow = DAY + timedelta(days=1)
    assert stores.queries.begin(replace(PAGE, page=2), tomorrow, 2)
    assert stores.queries.begin(PAGE, tomorrow, 2), "what was left over is asked on the next day's budget"
    assert stores.queries.spent(DAY) == {"engine:baidu": 1, "engine:bing": 1}
    assert not stores.queries.begin(PAGE, DAY - timedelta(days=1), 0)


def test_many_threads_share_one_budget(stores):
    entered = []
    threads = [
        threading.Thread(target=lambda n=n: entered.append(stores.queries.begin(replace(PAGE, page=n), DAY, 5)))
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(entered) == {True: 5, False: 15}


def test_answers_and_leads_are_summed_by_query(stores):
    for number, run_id in enumerate(("R1", "R2")):
        for page in (1, 2):
            one = replace(PAGE, run_id=run_id, page=page)
            stores.queries.begin(one, DAY + timedelta(days=number), 9)
            stores.queries.note_answer(one, DAY + timedelta(days=number), 10, page)
    stores.queries.note_answer(PAGE, DAY, 8, 3)
    stores.queries.note_answer(replace(PAGE, text="从没问过"), DAY, 8, 3)
    stores.queries.begin(replace(PAGE, text="叉车证 包过", terms=("叉车证",)), DAY, 99)
    found = (PAGE.source, PAGE.text, "L1")
    stores.queries.note_leads([found, (PAGE.source, PAGE.text, "L2"), ("engine:bing", PAGE.text, "L3")], DAY)
    stores.queries.note_leads([found], DAY + timedelta(days=5))
    stores.queries.note_leads([], DAY)
    unanswered, record = stores.queries.records()
    assert (unanswered.text, unanswered.terms, unanswered.asked_count) == ("叉车证 包过", ("叉车证",), 0)
    assert (record.source, record.text, record.terms) == (PAGE.source, PAGE.text, PAGE.terms)
    assert (record.asked_count, record.page_count, record.row_count, record.advert_count) == (2, 4, 38, 8)
    assert (record.lead_count, record.last_found_on) == (2, DAY)
    assert (record.first_asked_on, record.last_asked_on) == (DAY, DAY + timedelta(days=1))


def test_the_day_is_chinas():
    assert day_of(datetime(2026, 11, 26, 15, 59, tzinfo=UTC)) == DAY - timedelta(days=1)
    assert day_of(datetime(2026, 11, 26, 16, 0, tzinfo=UTC)) == DAY
