"""`jianwei store check` on stores that are whole, and on stores that somebody or something spoiled."""

import shutil
import sqlite3

import pytest

from pipelines.bootstrap import checked_store, open_case
from pipelines.errors import StoreUnavailable, UsageError
from pipelines.settings import Settings
from tests.builders import a_listing, a_site, an_attachment
from tests.conftest import FixedClock
from tests.contracts.filled import fill
from tests.contracts.older_file import older_file


class Quiet:
    def stage(self, title, total):
        pass

    def advance(self, count=1):
        pass


@pytest.fixture(scope="module")
def made_once(tmp_path_factory):
    home = tmp_path_factory.mktemp("made") / "home"
    with open_case(Settings(home=home), FixedClock()) as case:
        fill(case)
        for number in range(5):
            case.intake.accept(
                a_site(
                    f"cx{number}.cn", text="包过 全国可查 ㊙\U0001f525", attachments=(an_attachment(bytes([number])),)
                )
            )
        case.intake.accept(a_listing(item_id="77", text="包过 包过 包过"))
    return home


@pytest.fixture
def home(tmp_path, made_once):
    shutil.copytree(made_once, tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def spoil(home):
    """Run SQL on the store as nobody but an attacker or a broken disk would."""

    def run(*statements):
        raw = sqlite3.connect(home / "jianwei.sqlite", isolation_level=None)
        for statement in statements:
            raw.execute(statement)
        raw.close()

    return run


def faults(home, **more):
    return list(checked_store(Settings(home=home), Quiet(), **more))


def about(home, **more) -> list[str]:
    return [fault.about for fault in faults(home, **more)]


def test_a_store_that_is_whole_has_no_faults(home):
    assert faults(home) == []
    assert faults(home, is_quick=True) == []


def test_a_store_without_anything_in_it_is_whole(tmp_path, clock):
    open_case(Settings(home=tmp_path), clock).close()
    assert faults(tmp_path) == []


def test_a_store_an_older_program_made_is_whole_once_it_is_opened(tmp_path, clock):
    older_file(tmp_path / "jianwei.sqlite", 5)
    open_case(Settings(home=tmp_path), clock).close()
    assert faults(tmp_path) == []


def test_a_store_brought_forward_by_the_check_itself_is_whole(tmp_path):
    older_file(tmp_path / "jianwei.sqlite", 5)
    assert faults(tmp_path) == []


def test_there_must_be_a_store(tmp_path):
    with pytest.raises(UsageError):
        faults(tmp_path)


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE leads SET document = substr(document, 1, 50) WHERE number = 1", "leads"),
        ("UPDATE leads SET document = json_set(document, '$.status', 'unheard') WHERE number = 2", "leads"),
        ("UPDATE leads SET document = json_set(document, '$.id', 'L0') WHERE number = 2", "leads"),
        ("UPDATE observations SET document = '{}' WHERE position = 1", "observations"),
        ("UPDATE accounts SET document = '' WHERE name = 'wang'", "accounts"),
        ("UPDATE snapshots SET document = 'null'", "snapshots"),
        ("UPDATE names SET document = '[]'", "names"),
        ("UPDATE name_changes SET document = '{\"a\":1}'", "name_changes"),
        ("UPDATE feed_bookmarks SET document = '{'", "feed_bookmarks"),
        ("UPDATE runs SET document = '{}'", "runs"),
    ],
)
def test_documents_that_cannot_be_read_are_named(home, spoil, statement, kind):
    spoil(statement)
    found = faults(home)
    assert kind in {fault.about for fault in found}
    assert all(fault.key and fault.key.split("\x1f")[0] in fault.zh for fault in found if fault.about == kind)


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE lead_keys SET neg_score = -999 WHERE number = 1", "leads"),
        ("UPDATE lead_keys SET id = 'L0' WHERE number = 1", "leads"),
        ("UPDATE lead_keys SET platform = '闲鱼2' WHERE number = 2", "leads"),
        (
            "UPDATE lead_keys SET combination = (SELECT max(combination) FROM lead_combinations) WHERE number = 1",
            "leads",
        ),
        ("DELETE FROM lead_keys WHERE number = 3", "leads"),
        ("UPDATE lead_texts SET title = 'x' WHERE lead = 1", "leads"),
        ("DELETE FROM lead_texts WHERE lead = 1", "leads"),
        ("UPDATE lead_combinations SET leads = leads + 1 WHERE combination = 1", "search"),
        ("DELETE FROM combination_sources", "search"),
        ("INSERT INTO combination_sources VALUES ('nobody', 1)", "search"),
        ("INSERT INTO lead_texts VALUES (999, '', '', '', '', '')", "search"),
        ("DELETE FROM leads WHERE number = 1", "search"),
        ("UPDATE observations SET observed_us = 1 WHERE position = 1", "observations"),
        ("UPDATE names SET due_us = 1", "names"),
        ("UPDATE names SET presence = 'gone'", "names"),
        ("UPDATE name_changes SET is_notice = NOT is_notice", "name_changes"),
        ("UPDATE runs SET started_us = 0", "runs"),
    ],
)
def test_columns_that_are_not_what_the_documents_say_are_named(home, spoil, statement, kind):
    spoil(statement)
    assert kind in about(home, is_quick=True)


def test_words_that_are_not_in_the_index_or_stand_there_wrongly_are_named(home, spoil):
    spoil(
        "INSERT INTO lead_words (rowid, host, url, title, query, text) VALUES (1, '', '', '', '', '0516300516 00516')",
        "INSERT INTO lead_words (rowid, host, url, title, query, text) VALUES (4000, '', '', 'aa', '', '')",
    )
    found = {fault.key for fault in faults(home) if fault.about == "search"}
    raw = sqlite3.connect(home / "jianwei.sqlite")
    (lead_id,) = raw.execute("SELECT id FROM leads WHERE number = 1").fetchone()
    raw.close()
    assert found == {lead_id, "4000"}
    assert faults(home, is_quick=True) == []


def test_an_index_of_words_that_was_emptied_is_named(home, spoil):
    spoil("INSERT INTO lead_words (lead_words) VALUES ('delete-all')")
    assert "search" in about(home)


def test_an_audit_log_that_was_changed_or_left_unprotected_is_named(home, spoil):
    unprotect = ("DROP TRIGGER audit_is_never_cut", "DROP TRIGGER audit_is_never_changed")
    spoil(*unprotect)
    assert about(home) == ["file", "file"]
    spoil("UPDATE audit SET document = replace(document, 'system', 'nobody') WHERE number = 3")
    assert [fault.key[-1] for fault in faults(home) if fault.about == "audit"] == ["3"]
    spoil("DELETE FROM audit WHERE number = 2")
    assert [fault.key[-1] for fault in faults(home) if fault.about == "audit"] == ["2"]


def test_evidence_that_is_gone_or_changed_is_named_with_its_lead(home):
    gone, changed, *_ = sorted((home / "evidence").rglob("*/*/*"))
    gone.unlink()
    changed.chmod(0o644)
    changed.write_bytes(b"other")
    found = {fault.key: fault.zh for fault in faults(home)}
    assert set(found) == {gone.name, changed.name}
    assert "所属线索 L" in found[gone.name]
    assert faults(home, is_quick=True) == []


def test_a_damaged_page_is_named_and_no_traceback(home):
    path = home / "jianwei.sqlite"
    content = bytearray(path.read_bytes())
    place = content.index("先出证后付款".encode()) // 4096 * 4096
    content[place : place + 2000] = b"\xa5" * 2000
    path.write_bytes(content)
    assert "file" in about(home)


def test_a_file_that_cannot_be_opened_at_all_says_so(home):
    (home / "jianwei.sqlite").write_bytes(b"\xa5" * 100_000)
    with pytest.raises(StoreUnavailable) as said:
        faults(home)
    assert "损坏" in said.value.zh
