"""What a store of SQLite costs as it grows: leads with their history, ten observations each, one file per size.

`python -m tests.benchmarks.growth [SIZE…] [--keep FOLDER]` measures other sizes than the default (BENCH_LEADS: one small size); a file kept is
measured again without being made again. A million leads and their ten million observations take 17 GB and a quarter of an hour to make: every lead is another one,
written by the store's own row writer (but not merged), and the observations share one small document. Times are those of warm files, p95 and worst over
different questions, each the best of three; merging goes through `merge_many`. The chart is an SVG.
"""

import argparse
import json
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from statistics import median

from pipelines.clock import SystemClock
from pipelines.model import LeadQuery, LeadSort
from pipelines.search.fields import FACET_FIELDS
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.lead_rows import LeadRows, Write
from pipelines.stores.sqlite.leads import SqliteLeads
from pipelines.stores.sqlite.log import SqliteObservations
from tests.benchmarks import growth_leads
from tests.benchmarks.growth_chart import chart

SIZES = (10_000, 100_000, 1_000_000)
PAGE_MS, TEXT_MS = 60, 80
MERGE_SHARE = 0.5
"""Goals: p95 of a page with three filters and facets, of a search for two characters, and merging as a share of bare inserts."""
_QUESTIONS = 60
_ASKED = 3
"""Each question is asked so often and its best time counts: what else the machine does is not the store's."""
_MERGED = 2_000
_CHUNK = 500


def run() -> dict:
    """Return one benchmark record; the ratio is merging against bare `executemany` at the largest size."""
    sizes = (int(os.environ["BENCH_LEADS"]),) if "BENCH_LEADS" in os.environ else SIZES
    with tempfile.TemporaryDirectory() as folder:
        return measure(sizes, Path(folder), Path(tempfile.gettempdir()) / "jianwei-growth.svg")


def measure(sizes: tuple[int, ...], folder: Path, drawn: Path) -> dict:
    """Fill one file for each size, measure it, draw the chart."""
    rows: list[dict[str, float]] = []
    for size in sizes:
        path = folder / f"leads-{size}.sqlite"
        if not path.exists():
            _make(path, size)
        database = Database(path)
        rows.append({"leads": size, **_at(SqliteLeads(database, SystemClock()), database, size)})
        database.close()
        sys.stderr.write(json.dumps(rows[-1], ensure_ascii=False) + "\n")
    drawn.write_text(chart(rows, PAGE_MS, TEXT_MS), "utf-8")
    last = rows[-1]
    holds = last["page_p95_ms"] <= PAGE_MS and last["text_p95_ms"] <= TEXT_MS and last["merge_share"] >= MERGE_SHARE
    detail = {"sizes": rows, "chart": str(drawn), "goals": {"page_ms": PAGE_MS, "text_ms": TEXT_MS}}
    return {"benchmark": "growth", "ratio": last["merge_share"], "goal": MERGE_SHARE, "holds": holds, "detail": detail}


def _make(path: Path, size: int) -> None:
    """Make the file; one that a kill left half made bears another name."""
    half = path.with_suffix(".half")
    half.unlink(missing_ok=True)
    Database(half).close()
    seconds = _seconds(lambda: _fill(half, 0, size))
    sys.stderr.write(f"made {size} leads in {seconds:.0f} s\n")
    half.rename(path)


def _fill(path: Path, first: int, last: int) -> None:
    """Write leads and their observations straight into the file, unsynced."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -1000000")
    made = growth_leads.leads(first, last)
    while True:
        connection.execute("BEGIN IMMEDIATE")
        rows, written = LeadRows(connection), 0
        while written < 20 * _CHUNK and (some := list(islice(made, _CHUNK))):
            rows.write([Write(lead, 1, None) for lead in some])
            written += len(some)
        connection.execute("COMMIT")
        if not written:
            break
    step = 50_000
    for begin in range(first, last, step):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO observations (identity, lead_id, observed_us, document) VALUES (?, ?, ?, ?)",
            growth_leads.observation_rows(begin, min(begin + step, last)),
        )
        connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _at(leads: SqliteLeads, database: Database, size: int) -> dict[str, float]:
    pages = _three_filters(leads)
    words = _two_characters(size)
    log = SqliteObservations(database)
    ids = [found.document.id for query in pages for found in leads.find(query).leads[:1]]
    everything = LeadQuery()

    def page(query: LeadQuery) -> None:
        leads.find(query)
        leads.aggregate(FACET_FIELDS, query)

    return {
        **_times("page", page, pages),
        **_times("start", page, [LeadQuery(filters=(("status", ("new",)),), sort=sort) for sort in LeadSort] * 7),
        **_times("text", leads.find, [LeadQuery(text=word) for word in words]),
        **_times("text_page", page, [LeadQuery(text=word) for word in words]),
        **_times("language", page, [LeadQuery(text=text) for text in _LANGUAGE] * 3),
        **_times("statistics", lambda query: leads.aggregate(FACET_FIELDS, query), [everything] * 20),
        **_times("lead", lambda lead_id: (leads.get(lead_id), log.of_lead(lead_id)), ids),
        **_merging(leads, database, max(size, leads.find(everything).total)),
    }


_LANGUAGE = (
    "分数:>=800 类型:网站", "包过 状态:待甄别 等级:高", "免考 -培训", "最近:>=2026-06-01 状态:待甄别", "标题:电工证 平台:闲鱼", "到期:<2026-11-10",
    "(包过 或 免考) 来源:百度", "先出证后付款 分数:600..700", "仿冒:cx3.gov.cn 次数:>3", '"特种作业" -状态:已排除',
)  # fmt: skip


def _three_filters(leads: SqliteLeads) -> list[LeadQuery]:
    """Return queries by three fields each, values as frequent as they are."""
    rnd, facets = random.Random(2), leads.aggregate(FACET_FIELDS, LeadQuery())
    made = []
    for _ in range(_QUESTIONS * 2):
        fields = rnd.sample([field for field in FACET_FIELDS if len(facets[field]) > 1], 3)
        filters = tuple((one, tuple(rnd.choices(list(facets[one]), list(facets[one].values()), k=1))) for one in fields)
        made.append(LeadQuery(filters=filters, sort=rnd.choice(list(LeadSort))))
    return made


def _two_characters(size: int) -> list[str]:
    """Return pairs of neighbouring characters from random places of random leads: frequent ones come often, rare ones, too."""
    rnd, made = random.Random(3), []
    for number in rnd.choices(range(size), k=_QUESTIONS * 2):
        (lead,) = growth_leads.leads(number, number + 1)
        seen = lead.observation
        text = (seen.captures[0].page if seen.captures else seen.listing or seen.advert).text.replace("，", "")
        start = rnd.randrange(len(text) - 2)
        made.append(text[start : start + 2])
    return [*made, "包过", "免考", "操作", "证书"]


_ROUNDS = 7


def _merging(leads: SqliteLeads, database: Database, size: int) -> dict[str, float]:
    """Merge new leads, and write as many others by bare `executemany` into the same tables of the same file, in turns; the median turn of each."""
    count = min(_MERGED, size)

    def merged(first: int) -> tuple[float, float]:
        new = list(growth_leads.sightings(first, first + count))
        return _asked(leads.merge_many, new)

    def written(first: int) -> tuple[float, float]:
        statements = _recorded(database, first, first + count)
        return _asked(lambda rows: _replay(database, rows), statements)

    took: dict[Callable, list[tuple[float, float]]] = {merged: [], written: []}
    for turn in range(_ROUNDS):
        for number, work in enumerate((merged, written) if turn % 2 else (written, merged)):
            took[work].append(work(size + (2 * turn + number) * _MERGED))
    (ours_ms, ours_busy_ms), (bare_ms, bare_busy_ms) = (
        [median(of) for of in zip(*took[one], strict=True)] for one in took
    )
    return {
        "merge_per_s": round(count / ours_ms * 1000),
        "bare_per_s": round(count / bare_ms * 1000),
        "merge_share": round(bare_ms / ours_ms, 2),
        "merge_cpu_share": round(bare_busy_ms / ours_busy_ms, 2),
    }


class _Recorder:
    """A connection that notes what is written many rows at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.statements: dict[str, list[tuple]] = {}
        self.execute = connection.execute

    def executemany(self, sql: str, rows) -> None:
        kept = list(rows)
        self.statements.setdefault(sql, []).extend(kept)
        self._connection.executemany(sql, kept)


@contextmanager
def _undone(database: Database) -> Iterator[sqlite3.Connection]:
    with database.asking() as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        finally:
            connection.execute("ROLLBACK")


def _recorded(database: Database, first: int, last: int) -> dict[str, list[tuple]]:
    with database.writing() as connection:  # combinations these leads are the first to have
        rows = LeadRows(connection)
        for lead in growth_leads.leads(first, last):
            rows._combination(lead)
    with _undone(database) as connection:
        recorder = _Recorder(connection)
        LeadRows(recorder).write([Write(lead, 1, None) for lead in growth_leads.leads(first, last)])
    return recorder.statements


def _replay(database: Database, statements: dict[str, list[tuple]]) -> None:
    with database.writing() as connection:
        for sql, rows in statements.items():
            connection.executemany(sql, rows)


def _times(name: str, ask: Callable, questions: list) -> dict[str, float]:
    for one in questions[: len(questions) // 4]:
        ask(one)
    wall, busy = [], []
    for one in questions:
        asked = [_asked(ask, one) for _ in range(_ASKED)]
        wall.append(min(took for took, _ in asked))
        busy.append(min(took for _, took in asked))
    return {
        f"{name}_p50_ms": _at_share(wall, 0.5),
        f"{name}_p95_ms": _at_share(wall, 0.95),
        f"{name}_worst_ms": round(max(wall), 2),
        f"{name}_cpu_p95_ms": _at_share(busy, 0.95),
    }


def _asked(ask: Callable, question: object) -> tuple[float, float]:
    """Return the milliseconds it took by the clock, and of the processor."""
    began, began_busy = time.perf_counter(), time.thread_time()
    ask(question)
    return (time.perf_counter() - began) * 1000, (time.thread_time() - began_busy) * 1000


def _at_share(took: list[float], share: float) -> float:
    return round(sorted(took)[int(len(took) * share)], 2)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Measure the sizes named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--keep", type=Path, help="folder for the file, which stays there and is gone on with")
    parser.add_argument("--chart", type=Path, default=Path(tempfile.gettempdir()) / "jianwei-growth.svg")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.keep:
            given.keep.mkdir(parents=True, exist_ok=True)
        record = measure(tuple(given.sizes), given.keep or Path(folder), given.chart)
    sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
