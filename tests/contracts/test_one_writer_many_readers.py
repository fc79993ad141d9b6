"""One writer and many readers, each a process of its own: nobody who reads waits, nobody sees half a change, the log stays bounded."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.stores.sqlite.connection import Database

ROOT = Path(__file__).parents[2]
ROUNDS = 400
LIMIT = 1_000_000

WRITER = """
import sys
from pathlib import Path
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.names import SqliteNames
from tests.name_builders import UNREGISTERED, a_sight, after, watched
path = Path(sys.argv[1])
database = Database(path, log_limit_bytes=int(sys.argv[2]))
names = SqliteNames(database)
record, changes = watched(a_sight(UNREGISTERED), a_sight(at=after(days=1)), a_sight(at=after(days=2)))
log, largest = path.with_name(path.name + "-wal"), 0
for version in range(int(sys.argv[3])):
    names.put(record, version, [changes[0]] * 40)
    largest = max(largest, log.stat().st_size)
database.close()
print(largest)
"""

READER = """
import json, sys, time
from pathlib import Path
from pipelines.errors import StoreUnavailable
from pipelines.stores.sqlite.connection import Database
database = Database(Path(sys.argv[1]), busy_timeout_s=0.05)
print("ready", flush=True)
seen, blocked, halves = [], 0, 0
while not Path(sys.argv[2]).exists():
    try:
        with database.reading() as connection:
            version = connection.execute("SELECT coalesce(max(version), 0) FROM names").fetchone()[0]
            time.sleep(0.02)
            changes = connection.execute("SELECT count(*) FROM name_changes").fetchone()[0]
    except StoreUnavailable:
        blocked += 1
        continue
    halves += changes != 40 * version
    seen.append(version)
database.close()
print(json.dumps({"reads": len(seen), "blocked": blocked, "halves": halves, "is_ordered": seen == sorted(seen)}))
"""


def begun(script, *words) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, words)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


@pytest.fixture
def path(tmp_path):
    Database(tmp_path / "case.sqlite").close()
    return tmp_path / "case.sqlite"


def read_while(path, work) -> list[dict]:
    """Return what three readers, one of whom is reading at any moment, saw while the work was done."""
    stop = path.with_name("stop")
    readers = [begun(READER, path, stop) for _ in range(3)]
    try:
        for reader in readers:
            assert reader.stdout.readline() == "ready\n"
        work()
    finally:
        stop.touch()
        said = [reader.communicate(timeout=60)[0] for reader in readers]
    return [json.loads(one) for one in said]


def test_readers_never_wait_and_never_see_half_a_change(path):
    written = []

    def write():
        out, _ = begun(WRITER, path, LIMIT, ROUNDS).communicate(timeout=120)
        written.append(int(out))

    seen = read_while(path, write)
    assert all(one["reads"] > 0 and one["is_ordered"] for one in seen)
    assert [one["halves"] for one in seen] == [0, 0, 0]
    assert [one["blocked"] for one in seen] == [0, 0, 0]
    assert LIMIT / 2 < written[0] < 4 * LIMIT, (
        "the log of what was written, many times the limit, was folded in on the way"
    )


def test_a_reader_who_stays_holds_no_writer_up_for_long_and_the_log_shrinks_afterwards(path):
    database = Database(path, log_limit_bytes=LIMIT)
    with database.reading() as connection:
        connection.execute("SELECT count(*) FROM names").fetchone()
        out, _ = begun(WRITER, path, LIMIT, ROUNDS).communicate(timeout=120)
        assert int(out) > 4 * LIMIT, "what somebody still reads cannot be folded in"
    with database.writing() as connection:
        connection.execute("INSERT INTO name_looks VALUES (1, 1)")
    assert path.with_name("case.sqlite-wal").stat().st_size < LIMIT
    database.close()
