"""Several threads and processes on one case: exactly one wins each write, and a `kill -9` loses nothing acknowledged."""

import signal
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pipelines import lifecycle
from pipelines.errors import VersionConflict
from pipelines.model import LeadQuery, WorkItem
from pipelines.stores.sqlite.connection import Database
from tests.builders import AT, a_lead, a_listing, a_sighting
from tests.contracts.implementations import on_sqlite

ROOT = Path(__file__).parents[2]
ROUNDS = 200


def in_threads(count, work):
    with ThreadPoolExecutor(count) as pool:
        return [done.result() for done in [pool.submit(work, number) for number in range(count)]]


def test_of_two_writers_of_one_version_exactly_one_wins(stores):
    lead = a_lead()
    stores.leads.put(lead, 0)
    at_once = threading.Barrier(2, timeout=30)

    def write(number):
        won = []
        for version in range(1, ROUNDS + 1):
            at_once.wait()
            try:
                stores.leads.put(lifecycle.comment(lead, f"w{number}", str(version), AT), version)
                won.append(version)
            except VersionConflict as conflict:
                assert conflict.actual == version + 1
        return won

    first, second = in_threads(2, write)
    assert sorted(first + second) == list(range(1, ROUNDS + 1))
    assert stores.leads.get(lead.id).version == ROUNDS + 1


def test_sightings_merged_at_once_are_all_counted(stores):
    def merge(number):
        for one in range(20):
            stores.leads.merge_many([a_sighting(a_listing(text=f"{number}-{one}"))])

    in_threads(4, merge)
    (only,) = stores.leads.find(LeadQuery()).leads
    assert only.document.sighting_count == 80
    assert only.version == 80


def test_audit_entries_written_at_once_form_one_chain(stores):
    in_threads(4, lambda number: [stores.audit.append(AT, f"w{number}", "lead.view", "L1") for _ in range(25)])
    assert [one.number for one in stores.audit.entries()] == list(range(100, 0, -1))
    assert stores.audit.first_broken() is None


def test_work_finished_at_once_is_finished_once(stores):
    items = [WorkItem(kind="name", key=str(number)) for number in range(60)]
    stores.frontier.add("run", items)
    in_threads(
        4, lambda _: [stores.frontier.finish("run", item, [WorkItem(kind="visit", key=item.key)]) for item in items]
    )
    assert stores.frontier.counts("run") == ({"name": 60}, {"visit": 60})


def a_process(script: str, *words: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", script, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True)


WRITER = """
import sys
from pathlib import Path
from pipelines.clock import SystemClock
from pipelines.errors import VersionConflict
from pipelines.lifecycle import comment
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.leads import SqliteLeads
from tests.builders import AT, a_lead
leads, lead = SqliteLeads(Database(Path(sys.argv[1])), SystemClock()), a_lead()
for version in range(0, 200):
    try:
        leads.put(comment(lead, sys.argv[2], str(version), AT), version)
        print(version, flush=True)
    except VersionConflict:
        pass
"""


def test_of_two_processes_that_create_and_write_one_file_exactly_one_wins_each(tmp_path, clock):
    path = tmp_path / "new" / "case.sqlite"
    writers = [a_process(WRITER, str(path), name) for name in ("a", "b")]
    won = [[int(line) for line in writer.communicate(timeout=120)[0].split()] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0]
    assert not set(won[0]) & set(won[1])
    database = Database(path)
    version = on_sqlite(database, tmp_path, clock).leads.get(a_lead().id).version
    assert sorted(won[0] + won[1]) == list(range(version))
    database.close()


ACCEPTOR = """
import sys
from itertools import count
from pathlib import Path
from pipelines.bootstrap import open_case
from pipelines.model import WorkItem
from pipelines.settings import Settings
from tests.builders import AT, a_listing, a_sighting, an_attachment, an_evidence_item
with open_case(Settings(home=Path(sys.argv[1]))) as case:
    for number in count():
        content = str(number).encode() * 2000
        seen = a_listing(item_id=str(number), text="包过" * 500)
        case.evidence.put(content)
        case.leads.merge_many([a_sighting(seen, evidence=[an_evidence_item(content)])])
        case.observations.add(seen, "L")
        case.audit.append(AT, "system", "lead.sighted", str(number))
        case.frontier.finish("run", WorkItem(kind="visit", key=str(number)))
        print(number, flush=True)
"""


def test_a_killed_writer_loses_nothing_it_acknowledged(tmp_path, clock):
    for round_ in range(3):
        home = tmp_path / str(round_)
        with a_process(ACCEPTOR, str(home)) as writer:
            acknowledged = [int(writer.stdout.readline()) for _ in range(15 + 7 * round_)]
            writer.send_signal(signal.SIGKILL)
            acknowledged += [int(line) for line in writer.stdout.read().split("\n")[:-1]]
        database = Database(home / "jianwei.sqlite")
        stores = on_sqlite(database, home, clock)
        count = len(acknowledged)
        found = stores.leads.find(LeadQuery(text="包过", limit=1000))
        assert {f"{n}" for n in acknowledged} <= {one.document.observation.listing.item_id for one in found.leads}
        assert all(stores.evidence.get(item.sha256) for one in found.leads for item in one.document.evidence)
        assert count <= len(stores.observations.of_lead("L")) <= count + 1
        assert count <= len(stores.audit.entries()) <= count + 1
        assert stores.audit.first_broken() is None
        assert stores.frontier.counts("run")[0]["visit"] >= count
        database.close()
        with sqlite3.connect(home / "jianwei.sqlite") as raw:
            assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            raw.execute("INSERT INTO lead_words (lead_words) VALUES ('integrity-check')")
        raw.close()
