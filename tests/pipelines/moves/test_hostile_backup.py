"""Backups that somebody forged or damaged are refused before anything is written."""

import hashlib
import json
import os
import shutil

import pytest

from pipelines.bootstrap import backup_of
from pipelines.moves.manifest import MANIFEST, BackupRefused
from pipelines.settings import Settings
from tests.conftest import FixedClock
from tests.pipelines.moves.home import Quiet


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
