"""A locked, full, damaged or newer store: one clear sentence, and nothing acknowledged is lost."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.errors import ExitCode, StoreUnavailable
from pipelines.evidence.vault import Vault
from pipelines.model import LeadQuery
from pipelines.stores.sqlite.connection import Database
from tests.builders import AT, a_listing, a_sighting
from tests.contracts.implementations import on_sqlite


@pytest.fixture
def path(tmp_path):
    return tmp_path / "case.sqlite"


@pytest.fixture
def opened(path, tmp_path, clock):
    databases = []

    def open_(**more):
        databases.append(Database(path, **more))
        return on_sqlite(databases[-1], tmp_path, clock)

    yield open_
    for database in databases:
        database.close()


def test_a_locked_store_says_so_and_goes_on_afterwards(path, opened):
    stores = opened(busy_timeout_s=0.1)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable) as said:
        stores.leads.merge_many([a_sighting()])
    assert "其他程序占用" in said.value.zh
    assert said.value.exit_code is ExitCode.UNREACHABLE
    assert str(path) in said.value.en
    assert stores.leads.find(LeadQuery()).total == 0, "reading goes on while somebody writes"
    other.execute("ROLLBACK")
    other.close()
    stores.leads.merge_many([a_sighting()])
    assert stores.leads.find(LeadQuery()).total == 1


def test_a_full_disk_says_so_and_keeps_what_was_acknowledged(opened):
    stores = opened(max_pages=120)
    acknowledged = []
    with pytest.raises(StoreUnavailable) as said:
        for number in range(1000):
            merged = stores.leads.merge_many([a_sighting(a_listing(item_id=str(number), text=f"包过{number}" * 100))])
            acknowledged.append(merged[0].lead_id)
    assert "磁盘空间不足" in said.value.zh
    assert len(acknowledged) > 3
    roomy = opened()
    found = roomy.leads.find(LeadQuery(text="包过", limit=1000))
    assert {one.document.id for one in found.leads} == set(acknowledged)
    roomy.leads.merge_many([a_sighting(a_listing(item_id="next"))])
    with pytest.raises(StoreUnavailable):
        for _ in range(1000):
            stores.audit.append(AT, "wang", "x" * 4000, "")
    assert roomy.audit.first_broken() is None


def test_a_damaged_store_says_so(path):
    path.write_bytes(b"this was a database once" * 1000)
    with pytest.raises(StoreUnavailable) as said:
        Database(path)
    assert "损坏" in said.value.zh


def test_a_damaged_document_says_so(path, opened):
    stores = opened()
    (merged,) = stores.leads.merge_many([a_sighting()])
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE leads SET document = substr(document, 1, 100)")
    raw.close()
    with pytest.raises(StoreUnavailable):
        stores.leads.get(merged.lead_id)


def test_a_store_of_a_newer_program_is_left_alone(path):
    Database(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA user_version = 99")
    raw.close()
    with pytest.raises(StoreUnavailable) as said:
        Database(path)
    assert "更新版本" in said.value.zh


def test_a_folder_that_cannot_be_made_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable):
        Database(tmp_path / "file" / "case.sqlite")
    with pytest.raises(StoreUnavailable):
        Database(tmp_path)


def test_the_audit_log_cannot_be_changed_and_a_change_by_force_is_seen(path, opened):
    stores = opened()
    for number in range(5):
        stores.audit.append(AT, "wang", "lead.confirm", f"L{number}")
    with sqlite3.connect(path) as raw:
        for attempt in ("DELETE FROM audit", "UPDATE audit SET about = 'L9'"):
            with pytest.raises(sqlite3.IntegrityError):
                raw.execute(attempt)
        raw.executescript("DROP TRIGGER audit_is_never_cut; DROP TRIGGER audit_is_never_changed;")
        raw.execute("UPDATE audit SET document = replace(document, 'L2', 'L7') WHERE number = 3")
    assert stores.audit.first_broken() == 3
    with raw:
        raw.execute("UPDATE audit SET document = '{' WHERE number = 2")
    assert stores.audit.first_broken() == 2
    with raw:
        raw.execute("DELETE FROM audit WHERE number = 1")
    assert stores.audit.first_broken() == 1
    raw.close()


LIMITED = """
import resource, sys
from pathlib import Path
from pipelines.errors import StoreUnavailable
from pipelines.evidence.vault import Vault
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
vault = Vault(Path(sys.argv[1]))
print(vault.put(b"small"))
try:
    vault.put(b"x" * 100_000)
except StoreUnavailable as said:
    print(said.zh)
"""


def test_a_vault_on_a_full_disk_says_so_and_leaves_no_half_file(tmp_path):
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", LIMITED, str(tmp_path / "evidence")],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True, encoding="utf-8",
    )  # fmt: skip
    sha256, sentence = done.stdout.splitlines()
    assert "磁盘空间不足" in sentence
    vault = Vault(tmp_path / "evidence")
    assert list(vault.stored()) == [sha256]
    assert [path.name for path in (tmp_path / "evidence").rglob("*") if path.is_file()] == [sha256]
