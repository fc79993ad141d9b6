"""The vault keeps bytes as they were; the key file is made once and read ever after."""

import errno
import hashlib
import itertools
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipelines.errors import EvidenceDamaged, InputUnreadable, StoreUnavailable
from pipelines.evidence.vault import Vault
from pipelines.secrets import pseudonym, secret_key


@pytest.fixture
def vault(tmp_path):
    return Vault(tmp_path / "evidence")


def file_of(tmp_path, sha256):
    return tmp_path / "evidence" / sha256[:2] / sha256[2:4] / sha256


def test_files_are_read_only_and_named_after_their_digest(vault, tmp_path):
    sha256 = vault.put("证据".encode())
    path = file_of(tmp_path, sha256)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    assert stat.S_IMODE(path.stat().st_mode) == 0o444


def test_storing_again_does_not_touch_the_file(vault, tmp_path):
    sha256 = vault.put(b"x")
    before = file_of(tmp_path, sha256).stat()
    vault.put(b"x")
    after = file_of(tmp_path, sha256).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_names_of_files_and_folders_are_put_on_the_disk_each_folders_once(vault, tmp_path, monkeypatch):
    synced = []

    def fsync(handle):
        synced.append(str(Path(f"/proc/self/fd/{handle}").readlink()))

    monkeypatch.setattr(os, "fsync", fsync)
    first = vault.put(b"first")
    root, folder = tmp_path / "evidence", file_of(tmp_path, first).parent
    assert synced[0].startswith(f"{folder}/.part-")
    assert synced[1:] == [str(folder), str(folder.parent), str(root)]

    def put_where(is_wanted):
        synced.clear()
        digests = ((content, hashlib.sha256(content).hexdigest()) for content in map(b"%d".__mod__, itertools.count()))
        return vault.put(next(content for content, sha256 in digests if is_wanted(sha256)))

    put_where(lambda sha256: sha256[:4] == first[:4])
    assert synced[1:] == [str(folder)]
    put_where(lambda sha256: sha256[:2] == first[:2] and sha256[:4] != first[:4])
    assert synced[2:] == [str(folder.parent)], "a new folder's name"
    put_where(lambda sha256: sha256[:2] != first[:2])
    assert synced[3:] == [str(root)]


def test_a_write_that_fails_leaves_nothing_aside(vault, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreUnavailable):
        vault.put(b"x")
    assert [path for path in (tmp_path / "evidence").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("change", [b"", b"x ", b"y"])
def test_a_changed_file_is_seen_and_not_handed_out(vault, tmp_path, change):
    sha256 = vault.put(b"x")
    file_of(tmp_path, sha256).chmod(0o644)
    file_of(tmp_path, sha256).write_bytes(change)
    with pytest.raises(EvidenceDamaged) as said:
        vault.get(sha256)
    assert said.value.sha256 == sha256


def test_many_threads_store_the_same_bytes(vault):
    with ThreadPoolExecutor(8) as pool:
        digests = set(pool.map(vault.put, [b"same"] * 40))
    assert list(vault.stored()) == sorted(digests)


def test_stray_files_are_not_evidence(vault, tmp_path):
    sha256 = vault.put(b"x")
    file_of(tmp_path, sha256).with_name(".part-abc").write_bytes(b"half")
    file_of(tmp_path, sha256).with_name("notes.txt").write_bytes(b"")
    assert list(vault.stored()) == [sha256]


def test_an_empty_vault_holds_nothing(vault):
    assert list(vault.stored()) == []


def test_keys_stay_and_differ_by_purpose(tmp_path):
    home = tmp_path / "home"
    sellers = secret_key(home, "sellers")
    assert secret_key(home, "sellers") == sellers
    assert len(sellers) == 32
    assert secret_key(home, "sessions") != sellers
    assert secret_key(tmp_path / "other", "sellers") != sellers
    assert stat.S_IMODE((home / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in home.iterdir()] == ["secret.key"]


def test_two_that_start_at_once_agree_on_the_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: secret_key(tmp_path / "home", "sellers"), range(16)))) == 1


def test_a_cut_key_file_is_refused(tmp_path):
    secret_key(tmp_path, "sellers")
    (tmp_path / "secret.key").write_bytes(b"short")
    with pytest.raises(InputUnreadable):
        secret_key(tmp_path, "sellers")


def test_a_pseudonym_recognises_and_does_not_tell():
    assert pseudonym(b"k", "小王") == pseudonym(b"k", "小王") != pseudonym(b"j", "小王")
    assert len(pseudonym(b"k", "小王")) == 16
