"""What keeping gangs adds to bare rows: 100,000 leads with their marks noted one by one, against the same pairs by `executemany`.

The leads are 5,000 gangs of two to sixty owners with an account of their own, over marks everybody shares, a tenth bystanders. Looks
are noted as intake does, marks already read, in transactions of 200. Also shown: what one more lead costs in the full books, and
what reading the marks of a page costs beside parsing it.
"""

import os
import random
import sqlite3
import tempfile
import time
from pathlib import Path

from detectors.marks.extract import extract_marks
from detectors.marks.model import Mark, MarkKind, Standing
from detectors.pages.read import read_page
from keywords.roster import load_roster
from pipelines.marks import index
from pipelines.marks.record import Wearer
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.marks import SqliteMarks
from tests.builders import a_site

LEADS = int(os.environ.get("BENCH_LEADS", "100000"))
GOAL = 40.0
"""Bare rows are neither counted nor weighed nor joined to gangs."""
_BATCH = 200
_ONE_MORE = 200
_PAGE = "<div class=item><a href='/news/{n}.html'>特种作业操作证查询通知 {n}</a><p>联系电话 0518-8123456{d}</p></div>"


def run() -> dict:
    """Return one benchmark record; seconds are wall time."""
    looks = _looks(random.Random(20261126))
    with tempfile.TemporaryDirectory() as folder:
        bare_s = _bare(Path(folder) / "bare.sqlite", looks)
        database = Database(Path(folder) / "case.sqlite")
        store = SqliteMarks(database)
        noted_s = _seconds(lambda: _note(store, looks[:-_ONE_MORE], _BATCH))
        one_s = _seconds(lambda: _note(store, looks[-_ONE_MORE:], 1)) / _ONE_MORE
        listed_s = _seconds(lambda: _gangs(store))
        gangs = _gangs(store)
        database.close()
    ratio = round(noted_s / bare_s, 2)
    detail = {
        "leads": LEADS,
        "pairs": sum(len(marks) for *_, marks in looks),
        "gangs": gangs,
        "bare_s": round(bare_s, 3),
        "noted_s": round(noted_s, 2),
        "leads_per_s": round(len(looks) / noted_s),
        "one_more_ms": round(one_s * 1000, 2),
        "list_s": round(listed_s, 3),
        **_reading(),
    }
    return {"benchmark": "marks", "ratio": ratio, "goal": GOAL, "holds": ratio <= GOAL, "detail": detail}


def _looks(chance: random.Random) -> list[tuple[str, str, Standing, list[Mark]]]:
    """Return (wearer, owner, standing, marks)."""
    gangs = [chance.choice((2, 2, 3, 3, 5, 8, 20, 60)) for _ in range(max(1, LEADS // 20))]
    looks = []
    for n in range(LEADS):
        gang = n % len(gangs)
        marks = [
            Mark(MarkKind.DOMAIN, f"d{n}.top"),
            Mark(MarkKind.ADDRESS, f"203.{chance.randrange(9)}.{chance.randrange(256)}.{chance.randrange(256)}"),
            Mark(MarkKind.NAME_SERVER, f"ns{chance.randrange(40)}.server.net"),
            Mark(MarkKind.CERTIFICATE, f"{n:064x}"),
            Mark(MarkKind.THEME, f"t{chance.randrange(2000)}"),
            Mark(MarkKind.PRINTED_NUMBER, f"苏ICP备{chance.randrange(20_000_000, 20_030_000)}"),
        ]
        if n // len(gangs) < gangs[gang]:
            marks += [Mark(MarkKind.BAIDU_TONGJI, f"{gang:032x}"), Mark(MarkKind.WECHAT, f"gang_{gang}")]
        standing = Standing.BYSTANDER if chance.random() < 0.1 else Standing.SUSPECT
        looks.append((f"L{n:016x}", f"domain:d{n}.top", standing, marks))
    chance.shuffle(looks)
    return looks


def _note(store: SqliteMarks, looks: list, batch: int) -> None:
    for start in range(0, len(looks), batch):
        with store.editing() as ledger:
            for name, owner, standing, marks in looks[start : start + batch]:
                wearer = Wearer(id=name, owner=ledger.owner_of(owner).number, kind="site", standing=standing)
                index.settle(ledger, wearer, ledger.enter([(mark, mark.value) for mark in marks]))


def _gangs(store: SqliteMarks) -> int:
    with store.reading() as ledger:
        return len(ledger.gangs())


def _bare(path: Path, looks: list) -> float:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(
        "CREATE TABLE worn (wearer TEXT, kind TEXT, value TEXT, PRIMARY KEY (wearer, kind, value)) WITHOUT ROWID"
    )
    rows = [(name, mark.kind.value, mark.value) for name, _, _, marks in looks for mark in marks]

    def write() -> None:
        with connection:
            connection.executemany("INSERT INTO worn VALUES (?, ?, ?)", rows)

    seconds = _seconds(write)
    connection.close()
    return seconds


def _reading() -> dict:
    """Return what reading marks costs on a page of about 100 KB, beside reading the page."""
    roster = load_roster()
    html = f"<html><body>{''.join(_PAGE.format(n=n, d=n % 10) for n in range(700))}</body></html>"
    page = read_page(html, "http://a-gang.top/")
    observation = a_site("a-gang.top", html=html, page=page)
    extract_marks(observation, roster)
    parse_s = min(_seconds(lambda: read_page(html, "http://a-gang.top/")) for _ in range(5))
    marks_s = min(_seconds(lambda: extract_marks(observation, roster)) for _ in range(5))
    return {
        "page_bytes": len(html.encode()),
        "parse_ms": round(parse_s * 1000, 2),
        "marks_ms": round(marks_s * 1000, 2),
    }


def _seconds(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
