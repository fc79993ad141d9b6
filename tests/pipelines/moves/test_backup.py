"""A case filled by real intake, backed up while somebody writes, destroyed, and restored: every document, every byte."""

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.bootstrap import open_case
from pipelines.errors import StoreUnavailable, UsageError
from pipelines.evidence.verify import verify
from pipelines.moves.manifest import MANIFEST, STAMP, BackupRefused
from pipelines.moves.shelf import Kind, contents
from pipelines.secrets import secret_key
from pipelines.settings import Settings
from review_ui.app import create_app
from tests.builders import a_listing, a_site, an_attachment
from tests.contracts.older_file import older_file
from tests.pipelines.moves.home import everything, rows
from tests.review_ui.desk_client import DeskClient

ROOT = Path(__file__).parents[3]


def test_a_destroyed_home_comes_back_whole(home, settings, clock, back_up, restore, folder):
    before, key = rows(home), secret_key(home, "session")
    files = everything(home)
    report = back_up()
    assert report.is_sound
    assert report.new_evidence == 12
    assert report.path.parent == folder
    assert STAMP.fullmatch(report.path.name)
    shutil.rmtree(home)
    restored = restore()
    assert restored.is_sound
    assert rows(home) == before
    assert all(before.values()), "something of every kind was there"
    left_behind = {"cache/hyperscan.bin", "moves/copy.json", "terms.lock", ".part-x"}
    now = everything(home)
    expected = {path for path in files if not path.startswith("jianwei.sqlite")} - left_behind
    assert {path for path in now if not path.startswith("jianwei.sqlite")} == expected
    assert all(now[path] == files[path] for path in now if not path.startswith("jianwei.sqlite"))
    assert secret_key(home, "session") == key
    assert (home / "secret.key").stat().st_mode & 0o777 == 0o600
    with open_case(settings, clock) as case:
        checked = verify(leads=case.leads, evidence=case.evidence, audit=case.audit)
        assert checked.is_sound
        assert checked.checked == 12
        case.intake.accept(a_listing(item_id="after"))
    assert not list(home.parent.glob(".home.restoring*"))


def test_the_desk_opens_on_a_restored_home(home, settings, clock, back_up, restore):
    back_up()
    shutil.rmtree(home)
    restore()
    with open_case(settings, clock) as case, DeskClient(create_app(case, settings)) as visitor:
        answer = visitor.get("/")
        assert answer.status_code in {200, 303}
        assert visitor.get("/sign-in").status_code == 200


WRITER = """
import sys
from itertools import count
from pathlib import Path
from pipelines.bootstrap import open_case
from pipelines.settings import Settings
from tests.builders import AT, a_site, an_attachment
with open_case(Settings(home=Path(sys.argv[1]))) as case:
    for number in count():
        page = f"<title>{number}</title>".encode() * 50
        case.intake.accept(a_site(f"late-{number}.cn", attachments=(an_attachment(page),)))
        case.audit.append(AT, "wang", "lead.view", str(number))
        print(number, flush=True)
"""


def test_a_backup_made_while_somebody_writes_is_one_moment(home, settings, clock, back_up, restore):
    before = rows(home)
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as writer:
        acknowledged = [writer.stdout.readline() for _ in range(20)]
        report = back_up()
        written_after = writer.stdout.readline()
        writer.send_signal(signal.SIGKILL)
        acknowledged_later = writer.stdout.read().split()
    assert report.is_sound
    assert written_after, "the writer went on"
    live = rows(home)
    shutil.rmtree(home)
    restore()
    restored = rows(home)
    assert all(row in restored[kind] for kind in Kind for row in before[kind])
    assert all(row in live[kind] for kind in Kind for row in restored[kind])
    count = len(restored[Kind.AUDIT]) - len(before[Kind.AUDIT])
    assert 20 <= count <= 20 + 1 + len(acknowledged_later) + 1
    assert len(acknowledged) == 20
    with open_case(settings, clock) as case:
        assert verify(leads=case.leads, evidence=case.evidence, audit=case.audit).is_sound
        assert case.audit.first_broken() is None


def test_the_next_backup_copies_only_new_evidence_and_the_latest_is_restored(home, settings, clock, back_up, restore):
    first = back_up()
    inode = next((first.path.parent / "evidence").rglob("*/*/*")).stat().st_ino
    with open_case(settings, clock) as case:
        case.intake.accept(a_site("new.cn", attachments=(an_attachment(b"new"),)))
    second = back_up()
    assert (first.new_evidence, second.new_evidence) == (12, 1)
    assert (first.manifest.evidence_count, second.manifest.evidence_count) == (12, 13)
    assert next((first.path.parent / "evidence").rglob("*/*/*")).stat().st_ino == inode
    latest = rows(home)
    shutil.rmtree(home)
    assert restore().backup == second.path
    assert rows(home) == latest
    shutil.rmtree(home)
    assert restore(first.path).backup == first.path
    assert len(rows(home)[Kind.LEADS]) == len(latest[Kind.LEADS]) - 1
    assert len(list((home / "evidence").rglob("*/*/*"))) == 12, "evidence of later backups is not part of this one"


def test_evidence_lists_are_what_sha256sum_reads(home, back_up):
    report = back_up()
    done = subprocess.run(
        ["sha256sum", "--check", "--quiet", "evidence.sha256"], cwd=report.path, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_manifest_says_what_is_in_it(home, settings, clock, back_up):
    report = back_up()
    manifest = json.loads((report.path / MANIFEST).read_text("utf-8"))
    listed = {one["path"]: one for one in manifest["files"]}
    on_disk = {str(path.relative_to(report.path)) for path in report.path.rglob("*") if path.is_file()}
    assert set(listed) | {MANIFEST} == on_disk
    assert listed["home/secret.key"]["mode"] == 0o600
    assert "home/jianwei.toml" in listed
    with open_case(settings, clock) as case:
        last = case.audit.entries(limit=1)[0]
    assert (manifest["audit_count"], manifest["audit_sha256"]) == (last.number, last.sha256)
    assert manifest["counts"]["leads"] == len(rows(home)[Kind.LEADS])
    assert report.path.stat().st_mode & 0o777 == 0o700
    assert report.path.parent.stat().st_mode & 0o777 == 0o700


def test_a_backup_is_a_file_that_stands_alone(home, back_up):
    report = back_up()
    alone = sqlite3.connect(f"file:{report.path / 'store.sqlite'}?mode=ro&immutable=1", uri=True)
    assert alone.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert alone.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    alone.close()


def test_a_home_that_is_not_empty_is_refused_untouched(home, back_up, restore, tmp_path):
    back_up()
    before = everything(home)
    with pytest.raises(UsageError) as said:
        restore()
    assert "不是空的" in said.value.zh
    assert everything(home) == before
    one_file = tmp_path / "one"
    one_file.mkdir()
    (one_file / "jianwei.toml").write_text("")
    with pytest.raises(UsageError):
        restore(home=one_file)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError):
        restore(home=link)


def test_an_empty_home_is_filled_and_keeps_its_mode(home, back_up, restore, tmp_path):
    back_up()
    empty = tmp_path / "empty"
    empty.mkdir(mode=0o750)
    restore(home=empty)
    assert rows(empty) == rows(home)
    assert empty.stat().st_mode & 0o777 == 0o750


def test_folders_that_cannot_take_a_backup_are_refused(home, back_up, tmp_path):
    for inside in (home / "backups", home, home.parent):
        with pytest.raises(UsageError):
            back_up(inside)
    full = tmp_path / "full"
    full.mkdir()
    (full / "holiday.jpg").write_text("")
    with pytest.raises(UsageError):
        back_up(full)
    assert [path.name for path in full.iterdir()] == ["holiday.jpg"]
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(UsageError):
        back_up(file)


def test_evidence_that_is_gone_or_changed_is_named_and_the_rest_backed_up(
    home, settings, clock, folder, back_up, restore
):
    gone, changed, *_ = sorted((home / "evidence").rglob("*/*/*"))
    gone.unlink()
    changed.chmod(0o644)
    changed.write_bytes(b"other")
    report = back_up()
    assert not report.is_sound
    assert report.manifest.damaged_evidence == (changed.name,)
    assert set(report.manifest.missing_evidence) == {gone.name, changed.name}
    assert report.manifest.evidence_count == 10
    shutil.rmtree(home)
    assert not restore().is_sound
    with open_case(settings, clock) as case:
        assert len(verify(leads=case.leads, evidence=case.evidence, audit=case.audit).missing) == 2


def test_evidence_changed_since_an_earlier_backup_stays_good_in_it(home, back_up, restore):
    back_up()
    changed = sorted((home / "evidence").rglob("*/*/*"))[0]
    content = changed.read_bytes()
    changed.chmod(0o644)
    changed.write_bytes(b"other")
    report = back_up()
    assert report.manifest.damaged_evidence == (changed.name,)
    assert report.manifest.missing_evidence == ()
    shutil.rmtree(home)
    restore()
    assert changed.read_bytes() == content


def test_links_and_pipes_in_the_home_are_left_out_and_said(home, back_up, tmp_path):
    (tmp_path / "outside").write_text("geheim")
    (home / "link.csv").symlink_to(tmp_path / "outside")
    os.mkfifo(home / "pipe")
    report = back_up()
    assert report.manifest.not_included == ("link.csv", "pipe")
    assert not (report.path / "home" / "link.csv").exists()


def test_a_damaged_store_is_not_backed_up_in_silence(home, folder, back_up):
    path = home / "jianwei.sqlite"
    content = bytearray(path.read_bytes())
    content[8192 : len(content) - 4096] = b"\xff" * (len(content) - 8192 - 4096)
    path.write_bytes(content)
    with pytest.raises(StoreUnavailable):
        back_up()
    assert not [one for one in folder.iterdir() if STAMP.fullmatch(one.name)]


def test_a_backup_of_an_older_layout_is_brought_forward(tmp_path, clock, restore, back_up, home, folder):
    report = back_up()
    store = report.path / "store.sqlite"
    store.unlink()
    older_file(store, 5)
    raw = sqlite3.connect(store)
    raw.execute("PRAGMA journal_mode = DELETE")
    raw.close()
    manifest = json.loads((report.path / MANIFEST).read_text("utf-8"))
    manifest |= {"layout": 5, "audit_count": 0, "audit_sha256": ""}
    manifest["counts"] = {"leads": 1, "accounts": 1, "snapshots": 1}
    entry = next(one for one in manifest["files"] if one["path"] == "store.sqlite")
    entry |= {"sha256": hashlib.sha256(store.read_bytes()).hexdigest(), "size_bytes": store.stat().st_size}
    (report.path / MANIFEST).write_text(json.dumps(manifest), "utf-8")
    restore(home=tmp_path / "other")
    with open_case(Settings(home=tmp_path / "other"), clock) as case:
        assert case.accounts.get("wang")
    assert not list((tmp_path / "other").glob("*.bak"))


def test_a_folder_without_a_backup_says_so(restore, tmp_path):
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(BackupRefused):
            restore(path, home=tmp_path / "restored")


def test_a_whole_store_restored_has_the_digests_it_had(home, back_up, restore, tmp_path):
    back_up()
    restore(home=tmp_path / "restored")
    ours, theirs = rows(home), rows(tmp_path / "restored")
    assert {kind: contents(ours[kind]) for kind in Kind} == {kind: contents(theirs[kind]) for kind in Kind}
