"""The evidence vault on disk: write-once files named after their SHA-256.

`<folder>/ab/cd/<sha256>`: two levels keep folders small. A file appears whole or not at all (written aside, synced, moved in
place), is read-only, and is never written again: the same bytes are the same evidence.
"""

import errno
import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from pipelines.errors import EvidenceDamaged, StoreUnavailable
from pipelines.files import sync

__all__ = ["Vault"]

DIGEST = re.compile(r"[0-9a-f]{64}")
_READ_ONLY = 0o444
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def evidence_path(sha256: str) -> str:
    """Return where a piece of evidence lies below its folder."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


class Vault:
    """An `EvidenceStore` in a folder, shared by any number of processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._synced: set[str] = set()
        """Folders whose own names are on the disk. Nobody removes one."""

    def put(self, content: bytes) -> str:
        """Store the bytes durably and return their SHA-256. Raises `StoreUnavailable` when the disk will not take them."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = self._path(sha256)
        try:
            if not path.exists():
                self._write(path, content)
        except OSError as error:
            raise self._unavailable(error) from error
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the bytes after checking their digest. Raises `EvidenceDamaged` when they are gone or changed."""
        if not DIGEST.fullmatch(sha256):
            raise EvidenceDamaged(sha256, "不是证据校验值", "that is no SHA-256")
        try:
            content = self._path(sha256).read_bytes()
        except FileNotFoundError:
            raise EvidenceDamaged(sha256, "证据文件不存在", "the file is gone") from None
        except OSError as error:
            raise self._unavailable(error) from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise EvidenceDamaged(sha256, "证据文件内容已被改动", "the file was changed")
        return content

    def stored(self) -> Iterator[str]:
        """Yield the SHA-256 of everything stored, in order."""
        for path in sorted(self._folder.glob("??/??/*")):
            if DIGEST.fullmatch(path.name):
                yield path.name

    def _path(self, sha256: str) -> Path:
        return self._folder / evidence_path(sha256)

    def _write(self, path: Path, content: bytes) -> None:
        aside = path.with_name(f".part-{uuid4().hex}")
        handle = _opened(aside)
        try:
            try:
                _write_whole(handle, content)
                os.fchmod(handle, _READ_ONLY)
                os.fsync(handle)
            finally:
                os.close(handle)
            aside.rename(path)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        self._sync_names(path.parent)

    def _sync_names(self, folder: Path) -> None:
        """Put the new file's name on the disk, and those of its folders unless this process did so before."""
        sync(folder)
        for inner, outer in ((folder, folder.parent), (folder.parent, self._folder)):
            if str(inner) not in self._synced:
                sync(outer)
                self._synced.add(str(inner))

    def _unavailable(self, error: OSError) -> StoreUnavailable:
        if error.errno in _FULL:
            return StoreUnavailable(
                str(self._folder), "磁盘空间不足，请清理后重试", "the disk is full; make room and try again"
            )
        return StoreUnavailable(
            str(self._folder),
            f"证据库无法读写（{error.strerror}）",
            f"the evidence vault cannot be used ({error.strerror})",
        )


def _opened(aside: Path) -> int:
    """Return the handle of a new file, made with its folder where that is missing."""
    try:
        return os.open(aside, _NEW_FILE, 0o600)
    except FileNotFoundError:
        aside.parent.mkdir(parents=True, exist_ok=True)
        return os.open(aside, _NEW_FILE, 0o600)


def _write_whole(handle: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        left = left[os.write(handle, left) :]
