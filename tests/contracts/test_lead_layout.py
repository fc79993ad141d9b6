"""Leads of an older file are found in all the new ways, and what is counted beside them stays true."""

import sqlite3
from importlib.resources import files

import pytest

from pipelines import lifecycle
from pipelines.documents import encode
from pipelines.model import LeadQuery
from pipelines.rechecks.record import RecheckState
from pipelines.stores.sqlite.connection import Database
from tests.builders import AT, a_lead, a_listing, a_sighting, rechecked
from tests.contracts.implementations import on_sqlite

BEFORE = ("schema.sql", "layout_facts.sql", "layout_names.sql", "layout_feeds.sql", "layout_filings.sql", "layout_marks.sql",
          "layout_snapshots.sql")  # fmt: skip


@pytest.fixture
def old_file(tmp_path):
    """250 leads and an observation, as the layout before searches kept them."""
    path = tmp_path / "case.sqlite"
    old = sqlite3.connect(path)
    for script in BEFORE:
        old.executescript(files("pipelines.stores.sqlite").joinpath(script).read_text("utf-8"))
    old.execute(f"PRAGMA user_version = {len(BEFORE)}")
    for number in range(1, 251):
        lead = a_lead(a_listing(item_id=str(number), query="电工证"), 600 + number)
        old.execute(
            "INSERT INTO leads VALUES (?, ?, 3, ?, 'new', 'high', 'listing', '', '', '', 600, 1, 1)",
            (number, lead.id, encode(lead).decode()),
        )
        old.execute("INSERT INTO lead_sources VALUES (?, 'platform:闲鱼')", (number,))
        old.execute("INSERT INTO lead_texts VALUES (?, 'x')", (number,))
    seen = a_listing(item_id="1")
    old.execute("INSERT INTO observations VALUES (?, 'L1', 5, ?)", (seen.identity, encode(seen).decode()))
    old.commit()
    old.close()
    return path


def test_an_older_file_keeps_its_leads_and_gets_the_new_ways_to_find_them(old_file, tmp_path, clock):
    database = Database(old_file)
    with database.writing() as connection:
        assert connection.execute("SELECT count(*) FROM leads_unindexed").fetchone() == (250,)
    stores = on_sqlite(database, tmp_path, clock)
    assert stores.leads.find(LeadQuery()).total == 250
    assert stores.leads.find(LeadQuery(text="包过 来源:闲鱼 分数:>800 关键词:电工")).total == 50
    assert stores.leads.aggregate(["source"], LeadQuery())["source"] == {"platform:闲鱼": 250}
    assert stores.leads.get(a_lead(a_listing(item_id="1")).id).version == 3
    assert len(stores.observations.of_lead("L1")) == 1
    assert not stores.observations.add(a_listing(item_id="1"), "L1")
    database.close()


def test_facets_of_a_file_without_rechecks_are_kept_as_they_were(tmp_path, clock):
    path, lead = tmp_path / "case.sqlite", a_lead(a_listing(text="包过"))
    old = sqlite3.connect(path)
    for script in (*BEFORE, "layout_search.sql"):
        old.executescript(files("pipelines.stores.sqlite").joinpath(script).read_text("utf-8"))
    old.execute(f"PRAGMA user_version = {len(BEFORE) + 1}")
    old.execute("INSERT INTO leads VALUES (1, ?, 3, ?)", (lead.id, encode(lead).decode()))
    facets = ("new", "high", "listing", "", "", "", '["platform:闲鱼"]')
    old.execute("INSERT INTO lead_combinations VALUES (4, ?, ?, ?, ?, ?, ?, ?, 1, 9)", facets)
    old.execute("INSERT INTO combination_sources VALUES ('platform:闲鱼', 4)")
    old.execute("INSERT INTO lead_keys VALUES (1, ?, 4, -720, 1, 1, 1, NULL, '闲鱼', '')", (lead.id,))
    old.commit()
    old.close()
    database = Database(path)
    leads = on_sqlite(database, tmp_path, clock).leads
    with database.reading() as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    asked = leads.aggregate(["status", "source", "recheck"], LeadQuery())
    assert asked == {"status": {"new": 1}, "source": {"platform:闲鱼": 1}, "recheck": {"": 1}}
    assert leads.find(LeadQuery(filters=(("source", ("platform:闲鱼",)), ("recheck", ("",))))).total == 1
    database.close()


def test_words_numbers_and_counts_are_whole_after_random_work(tmp_path, clock):
    database = Database(tmp_path / "case.sqlite")
    leads = on_sqlite(database, tmp_path, clock).leads
    for round_ in range(3):
        leads.merge_many(
            [a_sighting(a_listing(text=f"{round_ * n}", item_id=str(n % 40)), n) for n in range(0, 900, 7)]
        )
    with database.reading() as connection:
        kept = "SELECT combination, leads FROM lead_combinations WHERE leads <> 0 ORDER BY combination"
        counted = "SELECT combination, count(*) FROM lead_keys GROUP BY combination ORDER BY combination"
        assert connection.execute(kept).fetchall() == connection.execute(counted).fetchall()
    database.close()


def test_leads_decided_before_dues_were_kept_are_due_as_the_plan_says(tmp_path, clock):
    path = tmp_path / "case.sqlite"
    database = Database(path)
    leads = on_sqlite(database, tmp_path, clock).leads
    decided = []
    for number in range(150):
        screened = lifecycle.start_screening(a_lead(a_listing(item_id=str(number))), "wang", AT)
        decided.append(lifecycle.confirm(screened, "wang", "公开售卖", AT))
        leads.put(decided[-1], 0)
    leads.put(a_lead(a_listing(item_id="new")), 0)
    looked_at = rechecked(decided[0], RecheckState.ALIVE, AT)
    leads.put(looked_at, 1)
    wanted = leads.due(AT)
    database.close()
    old = sqlite3.connect(path)
    old.execute("DROP TABLE lead_rechecks")
    old.execute("PRAGMA user_version = 10")
    old.commit()
    old.close()
    database = Database(path)
    with database.reading() as connection:
        assert connection.execute("SELECT count(*) FROM lead_rechecks WHERE due_us = 0").fetchone() == (150,)
    leads = on_sqlite(database, tmp_path, clock).leads
    assert leads.due(AT) == wanted
    assert len(wanted) == 149
    with database.reading() as connection:
        assert connection.execute("SELECT count(*), min(due_us) > 0 FROM lead_rechecks").fetchone() == (150, 1)
    database.close()
