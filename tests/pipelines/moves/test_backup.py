"""A case filled by real intake, backed up while somebody writes, destroyed, and restored: every document, every byte."""

import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from pipelines.bootstrap import backup_of, open_case, open_shelf, restore_of
from pipelines.errors import StoreUnavailable, UsageError
from pipelines.evidence.verify import verify
from pipelines.moves.manifest import MANIFEST, STAMP, BackupRefused
from pipelines.moves.shelf import Kind, contents
from pipelines.secrets import secret_key
from pipelines.settings import Settings
from review_ui.app import create_app
from tests.builders import AT, a_listing, a_site, an_attachment
from tests.conftest import FixedClock
from tests.contracts.filled import fill
from tests.contracts.older_file import older_file
from tests.review_ui.desk_client import DeskClient

ROOT = Path(__file__).parents[3]


class Quiet:
    def __init__(self):
        self.stages = []

    def stage(self, title, total):
        self.stages.append(title)

    def advance(self, count=1):
        pass


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path / "home")


@pytest.fixture(scope="module")
def made_once(tmp_path_factory):
    """A home folder as a county has one after some weeks."""
    home = tmp_path_factory.mktemp("made") / "home"
    with open_case(Settings(home=home), FixedClock()) as case:
        fill(case)
        for number in range(12):
            page = f"<title>特种作业证查询 {number}</title>".encode()
            seen = a_site(f"cx-mem-gov-{number}.cn", text="包过 全国可查", attachments=(an_attachment(page),))
            case.intake.accept(seen)
            case.audit.append(AT, "system", "lead.sighted", str(number))
    secret_key(home, "session")
    for path, text in {
        "jianwei.toml": "[organisation]\nregion = '某县'\n", "official_sites.csv": "host\n", "terms.previous.csv": "词\n",
        "weights/table.csv": "code\n", "rejected/tips.csv": "行\n", "cache/hyperscan.bin": "x", "moves/copy.json": "{}",
        "terms.lock": "", ".part-x": "half",
    }.items():  # fmt: skip
        (home / path).parent.mkdir(exist_ok=True)
        (home / path).write_text(text, "utf-8")
    return home


@pytest.fixture
def home(settings, made_once):
    """A home folder of one's own, to be spoiled."""
    shutil.copytree(made_once, settings.home)
    return settings.home


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "backups"


@pytest.fixture
def back_up(settings, clock, folder):
    def make(into=folder):
        clock.at += timedelta(seconds=1)
        return backup_of(settings, clock, Quiet()).make(into)

    return make


@pytest.fixture
def restore(settings, folder):
    return lambda path=folder, home=settings.home: restore_of(Settings(home=home), path, Quiet()).restore()


def rows(home) -> dict:
    with open_shelf(Settings(home=home), "sqlite") as place:
        return {kind: list(place.shelf.read(kind)) for kind in place.shelf.kinds}


def everything(folder) -> dict[str, tuple]:
    """Return every file with its digest and mode."""
    return {
        str(path.relative_to(folder)): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mode)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


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


KILLED = """
import os, signal, sys
from pathlib import Path
from pipelines.bootstrap import backup_of
from pipelines.clock import SystemClock
from pipelines.settings import Settings
class Kill:
    left = int(sys.argv[3])
    def stage(self, title, total): self.advance()
    def advance(self, count=1):
        self.left -= 1
        if self.left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
backup_of(Settings(home=Path(sys.argv[1])), SystemClock(), Kill()).make(Path(sys.argv[2]))
"""


@pytest.mark.parametrize("at", [1, 3, 9, 20])
def test_a_backup_killed_half_way_looks_like_none_and_spoils_none(
    home, folder, settings, back_up, restore, at, tmp_path
):
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(home), str(folder), str(at)], cwd=ROOT, check=False, timeout=60
    )
    assert killed.returncode == -signal.SIGKILL
    with pytest.raises(BackupRefused) as said:
        restore(home=tmp_path / "other")
    assert "没有完成的备份" in said.value.zh
    assert not (tmp_path / "other").exists()
    for part in folder.glob(".part-*"):
        with pytest.raises(BackupRefused):
            restore(part, home=tmp_path / "other")
    before = rows(home)
    good = back_up()
    assert not list(folder.glob(".part-*"))
    subprocess.run([sys.executable, "-c", KILLED, str(home), str(folder), str(at)], cwd=ROOT, check=False, timeout=60)
    shutil.rmtree(home)
    assert restore().backup == good.path
    assert rows(home) == before


RESTORE_KILLED = KILLED.replace("import backup_of", "import restore_of").replace(
    "backup_of(Settings(home=Path(sys.argv[1])), SystemClock(), Kill()).make(Path(sys.argv[2]))",
    "restore_of(Settings(home=Path(sys.argv[1])), Path(sys.argv[2]), Kill()).restore()",
)


@pytest.mark.parametrize("at", [2, 20, 30, 45, 60])
def test_a_restore_killed_half_way_leaves_no_home_and_can_be_repeated(home, folder, back_up, restore, at):
    before = rows(home)
    back_up()
    shutil.rmtree(home)
    killed = subprocess.run(
        [sys.executable, "-c", RESTORE_KILLED, str(home), str(folder), str(at)], cwd=ROOT, check=False, timeout=60
    )
    assert killed.returncode == -signal.SIGKILL
    assert not home.exists()
    restore()
    assert rows(home) == before
    assert not list(home.parent.glob(".home.restoring*"))


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


# --- hostile backups --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def backed_up_once(made_once, tmp_path_factory):
    return backup_of(Settings(home=made_once), FixedClock(), Quiet()).make(tmp_path_factory.mktemp("b") / "backups")


@pytest.fixture
def forge(backed_up_once, folder):
    """Return a backup's folder, what writes its manifest anew, and the manifest."""
    shutil.copytree(backed_up_once.path.parent, folder)
    path = folder / backed_up_once.path.name

    def write(**more):
        manifest = json.loads((path / MANIFEST).read_text("utf-8"))
        manifest |= more
        (path / MANIFEST).write_text(json.dumps(manifest), "utf-8")

    return path, write, json.loads((path / MANIFEST).read_text("utf-8"))


def refused(restore, tmp_path) -> str:
    """Return the sentence; nothing may have been written anywhere."""
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    with pytest.raises(BackupRefused) as said:
        restore(home=tmp_path / "restored")
    assert sorted(str(path) for path in tmp_path.rglob("*")) == before
    return said.value.zh


@pytest.mark.parametrize(
    "path",
    [
        "../outside", "home/../../outside", "/etc/outside", "home//x", "home/./x", "home/evidence/x", "home", "x", "", "home/a\\b",
        "home/a\x00b", "evidence/ab/cd/x", "home/" + "x/" * 600, "manifest.json", "home/jianwei.sqlite",
    ],
)  # fmt: skip
def test_paths_that_lead_elsewhere_are_refused(forge, restore, tmp_path, path):
    _, write, manifest = forge
    write(files=[*manifest["files"], {"path": path, "size_bytes": 1, "sha256": "0" * 64, "mode": 420}])
    assert refused(restore, tmp_path)


@pytest.mark.parametrize("path", ["../x.sqlite", "/tmp/x.sqlite", "", "a/../../x", "evidence/x"])
def test_a_store_that_would_go_elsewhere_is_refused(forge, restore, tmp_path, path):
    _, write, _ = forge
    write(store_path=path)
    assert "不合法" in refused(restore, tmp_path)


@pytest.mark.parametrize(
    "more",
    [{"format": 2}, {"format": 99, "new_field": {}}, {"layout": 1000}, {"layout": 1000, "counts": {"things": 1}}],
)
def test_a_backup_of_a_newer_program_is_refused_as_such(forge, restore, tmp_path, more):
    _, write, _ = forge
    write(**more)
    assert "更新版本" in refused(restore, tmp_path)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '{"format": "1"}', '{"format": 1}', "\x00" * 100, "[" * 100_000]
)
def test_a_damaged_manifest_is_refused(forge, restore, tmp_path, content):
    path, _, _ = forge
    (path / MANIFEST).write_text(content)
    assert "清单" in refused(restore, tmp_path)


@pytest.mark.parametrize("name", ["store.sqlite", "evidence.sha256", "home/jianwei.toml", "home/secret.key"])
@pytest.mark.parametrize("how", ["cut", "longer", "changed", "gone", "link", "pipe", "folder"])
def test_files_that_are_not_what_the_manifest_says_are_refused(forge, restore, tmp_path, name, how):
    path, _, _ = forge
    spoil(path / name, how)
    assert "与清单不符" in refused(restore, tmp_path) or name == "evidence.sha256"


@pytest.mark.parametrize("how", ["cut", "changed", "gone", "link", "pipe", "folder"])
def test_evidence_that_is_not_what_its_name_says_is_refused(forge, restore, tmp_path, how):
    path, _, _ = forge
    spoil(sorted((path.parent / "evidence").rglob("*/*/*"))[5], how)
    assert refused(restore, tmp_path)


def spoil(path, how):
    content = path.read_bytes()
    path.unlink()
    match how:
        case "cut":
            path.write_bytes(content[:-1])
        case "longer":
            path.write_bytes(content + b"x")
        case "changed":
            path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
        case "link":
            elsewhere = path.with_name("elsewhere")
            elsewhere.write_bytes(content)
            path.symlink_to(elsewhere)
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()


def test_a_folder_that_is_a_link_is_not_followed(forge, restore, tmp_path):
    path, _, _ = forge
    moved = tmp_path / "moved"
    (path / "home").rename(moved)
    (path / "home").symlink_to(moved)
    assert "与清单不符" in refused(restore, tmp_path)


@pytest.mark.parametrize(
    "line",
    ["x", "", "0" * 64 + "  ../evidence/../../x", "0" * 64 + f"  ../evidence/00/00/{'1' * 64}", "0" * 63 + "  a"],
)
def test_evidence_lists_that_lead_elsewhere_are_refused(forge, restore, tmp_path, line):
    path, write, manifest = forge
    listed = path / "evidence.sha256"
    listed.write_text(listed.read_text() + line + "\n")
    entry = next(one for one in manifest["files"] if one["path"] == "evidence.sha256")
    entry |= {"sha256": hashlib.sha256(listed.read_bytes()).hexdigest(), "size_bytes": listed.stat().st_size}
    write(files=manifest["files"])
    assert refused(restore, tmp_path)


@pytest.mark.parametrize("more", [{"counts": {}}, {"audit_count": 1}, {"audit_sha256": "0" * 64}])
def test_a_store_that_is_not_what_the_manifest_counted_is_refused(forge, restore, tmp_path, more):
    _, write, _ = forge
    write(**more)
    assert "store.sqlite" in refused(restore, tmp_path)


def test_modes_in_a_manifest_give_no_special_rights(forge, restore, tmp_path):
    _, write, manifest = forge
    entry = next(one for one in manifest["files"] if one["path"] == "home/jianwei.toml")
    entry["mode"] = 0o6777
    write(files=manifest["files"])
    restore(home=tmp_path / "restored")
    assert (tmp_path / "restored" / "jianwei.toml").stat().st_mode & 0o7000 == 0


def test_a_folder_without_a_backup_says_so(restore, tmp_path):
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(BackupRefused):
            restore(path, home=tmp_path / "restored")


def test_a_whole_store_restored_has_the_digests_it_had(home, back_up, restore, tmp_path):
    back_up()
    restore(home=tmp_path / "restored")
    ours, theirs = rows(home), rows(tmp_path / "restored")
    assert {kind: contents(ours[kind]) for kind in Kind} == {kind: contents(theirs[kind]) for kind in Kind}
