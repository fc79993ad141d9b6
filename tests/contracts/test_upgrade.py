"""A file of an earlier layout is kept beside itself before it is brought forward; a change that fails changes nothing."""

import logging
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.errors import StoreUnavailable
from pipelines.moves.files import require_room
from pipelines.stores.sqlite.connection import Database
from tests.builders import a_lead, a_listing
from tests.contracts.implementations import on_sqlite
from tests.contracts.older_file import NEWEST, older_file

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "case.sqlite"


def kept(path) -> list[Path]:
    return sorted(path.parent.glob("*.bak"))


def others(path) -> list[str]:
    own = {path.name, f"{path.name}-wal", f"{path.name}-shm"}
    return sorted(one.name for one in path.parent.iterdir() if one.name not in own and one.suffix != ".bak")


def layout_of(path) -> int:
    raw = sqlite3.connect(path)
    try:
        return raw.execute("PRAGMA user_version").fetchone()[0]
    finally:
        raw.close()


def dumped(path) -> dict[str, list[tuple]]:
    """Return everything in the file, table by table, and how each was made."""
    raw = sqlite3.connect(path)
    try:
        made = dict(raw.execute("SELECT name, sql FROM sqlite_master"))
        plain = [name for name, sql in made.items() if sql and sql.startswith("CREATE TABLE")]
        return {"": sorted(made.items(), key=str)} | {
            name: list(raw.execute(f"SELECT * FROM '{name}'")) for name in plain
        }
    finally:
        raw.close()


@pytest.mark.parametrize("layout", range(1, NEWEST))
def test_every_older_layout_is_kept_and_brought_forward(path, tmp_path, clock, caplog, layout):
    older_file(path, layout)
    path.chmod(0o600)
    before = dumped(path)
    with caplog.at_level(logging.WARNING):
        database = Database(path)
    stores = on_sqlite(database, tmp_path, clock)
    assert stores.accounts.get("wang").display_name == "王"
    assert stores.leads.get(a_lead(a_listing(text="包过")).id).version == 3
    if layout < 7:
        assert len(stores.snapshots.all()) == 1
    database.close()
    assert layout_of(path) == NEWEST
    (copy,) = kept(path)
    assert copy.name.startswith(f"case.sqlite.layout{layout}-")
    assert copy.stat().st_mode & 0o777 == 0o600
    assert layout_of(copy) == layout
    assert dumped(copy) == before
    assert [one for one in caplog.messages if copy.name in one]
    assert others(path) == []
    Database(path).close()
    assert kept(path) == [copy], "a file that is up to date is not kept again"


def test_a_new_or_empty_file_is_not_kept(path, caplog):
    Database(path).close()
    path.unlink()
    path.touch()
    Database(path).close()
    assert kept(path) == []
    assert caplog.messages == []


def test_a_copy_kept_is_a_store_of_its_own(path, tmp_path, clock):
    older_file(path, 5)
    Database(path).close()
    database = Database(kept(path)[0])
    assert on_sqlite(database, tmp_path, clock).accounts.get("wang")
    database.close()


def test_a_change_that_fails_leaves_the_file_as_it_was_and_no_copies(path):
    older_file(path, 6)
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE snapshots_before (stray TEXT)")
    raw.close()
    before = dumped(path)
    for _ in range(2):
        with pytest.raises(StoreUnavailable) as said:
            Database(path)
        assert "保持原样" in said.value.zh
    assert dumped(path) == before
    assert layout_of(path) == 6
    assert kept(path) == []
    assert others(path) == []


def test_without_room_nothing_is_changed(tmp_path):
    with pytest.raises(StoreUnavailable) as said:
        require_room(tmp_path, 10**18)
    assert "磁盘空间不足" in said.value.zh


OPENER = """
import sys
from pathlib import Path
from pipelines.stores.sqlite.connection import Database
Database(Path(sys.argv[1])).close()
"""


def test_of_processes_that_open_an_old_file_at_once_one_brings_it_forward(path):
    older_file(path, 3)
    opening = [
        subprocess.Popen([sys.executable, "-c", OPENER, str(path)], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = [one.communicate(timeout=60)[1] for one in opening]
    assert [one.returncode for one in opening] == [0, 0, 0], said
    assert layout_of(path) == NEWEST
    assert len(kept(path)) == 1
    assert sum("layout3" in one for one in said) == 1, "who changed it says so, on stderr, in one line"
    assert sum(len(one.splitlines()) for one in said) == 1
