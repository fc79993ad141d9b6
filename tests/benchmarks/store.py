"""What the store adds to bare SQLite: N leads merged (judged documents, search index, facets, versions) against the same JSON by `executemany`."""

import sqlite3
import tempfile
import time
from pathlib import Path

from pipelines.clock import SystemClock
from pipelines.documents import encode
from pipelines.model import LeadQuery
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.leads import SqliteLeads
from tests.builders import a_lead, a_listing, a_sighting

LEADS = 2000
GOAL = 40.0
"""Bare rows carry no index, no reading back and one commit for all; measured at 20 to 30 when this was written."""
TEXT = "特种作业操作证高压电工焊工登高证包过不用考试先出证后付款全国联网可查官网可查支持验证联系微信"


def run() -> dict:
    """Return one benchmark record; seconds are wall time."""
    sightings = [
        a_sighting(a_listing(f"电工证 {n}", TEXT[n % 20 :] * 3 + str(n), item_id=str(n)), n % 1000)
        for n in range(LEADS)
    ]
    rows = [(one.lead_id, encode(a_lead(one.observation)).decode()) for one in sightings]
    with tempfile.TemporaryDirectory() as folder:
        bare_s = _bare(Path(folder) / "bare.sqlite", rows)
        database = Database(Path(folder) / "case.sqlite")
        leads = SqliteLeads(database, SystemClock())
        merge_s = _seconds(lambda: leads.merge_many(sightings))
        again_s = _seconds(lambda: leads.merge_many(sightings))
        page_s = _seconds(lambda: leads.find(LeadQuery(text="包过 电工")))
        one_s = _seconds(lambda: leads.find(LeadQuery(text="证")))
        database.close()
    ratio = round(merge_s / bare_s, 2)
    detail = {
        "leads": LEADS,
        "bare_s": round(bare_s, 4),
        "merge_s": round(merge_s, 3),
        "merge_again_s": round(again_s, 3),
        "search_two_words_s": round(page_s, 4),
        "search_one_character_s": round(one_s, 4),
    }
    return {"benchmark": "store", "ratio": ratio, "goal": GOAL, "holds": ratio <= GOAL, "detail": detail}


def _bare(path: Path, rows: list[tuple[str, str]]) -> float:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE leads (id TEXT PRIMARY KEY, document TEXT)")

    def write() -> None:
        with connection:
            connection.executemany("INSERT INTO leads VALUES (?, ?)", rows)

    seconds = _seconds(write)
    connection.close()
    return seconds


def _seconds(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
