"""Backs a case up while everybody goes on: the store at one moment, all evidence it names, and what else makes the home folder whole.

The store is copied first and evidence afterwards: evidence is stored before it is named, so all that the copy names is there. A
backup is a folder that takes its name when all of it is on the disk, manifest last; what was cut short has another name and is cleared
away by the next. Evidence is shared by all backups of a folder: what is there already is not copied again.
"""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import msgspec

from pipelines.errors import StoreUnavailable, UsageError
from pipelines.evidence.vault import DIGEST, evidence_path
from pipelines.files import sync
from pipelines.moves.check import named_evidence
from pipelines.moves.compare import chain_broken_at
from pipelines.moves.copy import Progress
from pipelines.moves.files import (
    Moved,
    NotAFile,
    OtherBytes,
    bring,
    move_in,
    opened_below,
    regular_files,
    require_room,
    sync_folders,
    written_aside,
)
from pipelines.moves.manifest import (
    EVIDENCE_LIST,
    FORMAT,
    HOME_PART,
    MANIFEST,
    MARKER,
    STORE_FILE,
    Manifest,
    ManifestFile,
    evidence_line,
)
from pipelines.moves.shelf import Kind, number_key
from pipelines.ports import Clock, Shelf

__all__ = ["Backup", "BackupReport", "StoreFile", "last_audit"]

_NAMED = 100
_REBUILT = frozenset({"evidence", "cache", "moves", "practice", "sessions"})
"""Of the home folder: evidence goes its own way; the others are made anew, are practice, or hold the cookies of a staff account."""
_PASSING = (".lock", ".bak", "-wal", "-shm", "-journal")
_PART = ".part-"
_MARKER_TEXT = """\
鉴伪 Jianwei 备份文件夹。每个以时间命名的文件夹是一份备份，证据在 evidence 中共用，请勿改动。
恢复：jianwei store restore 本文件夹路径
A folder of Jianwei backups: one folder each, named after its time; evidence is shared. Restore: jianwei store restore THIS_FOLDER
"""


class StoreFile(Protocol):
    """The store as one SQLite file."""

    @property
    def newest_layout(self) -> int:
        """Return the layout this program writes."""

    def size_bytes(self) -> int:
        """Return how much room a copy takes at most."""

    def copy_to(self, path: Path, progress: Progress) -> bool:
        """Write the store as it is at one moment to a new file that stands alone; False: it became several. Raises `StoreUnavailable`."""

    def opened(self, path: Path) -> AbstractContextManager[Shelf]:
        """Open a copy, an older one brought forward; it stands alone again afterwards. Raises `StoreUnavailable`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupReport:
    """What was backed up."""

    path: Path
    manifest: Manifest
    new_evidence: int
    """Pieces the folder did not have yet."""
    chain_broken_at: int | None
    """Number of the first audit entry that does not fit; None: the chain is whole."""

    @property
    def is_sound(self) -> bool:
        """Say whether the case that was backed up was whole."""
        return self.manifest.is_evidence_whole and self.chain_broken_at is None


@dataclass(slots=True)
class _Vaulted:
    count: int = 0
    size_bytes: int = 0
    new: int = 0
    damaged: tuple[str, ...] = ()


class Backup:
    """Makes backups of one home folder."""

    def __init__(
        self,
        home: Path,
        store: StoreFile,
        clock: Clock,
        progress: Progress,
        *,
        store_path: str = "jianwei.sqlite",
        leaves_out: frozenset[str] = frozenset(),
    ) -> None:
        """`store_path`: where the store's file belongs below home; `leaves_out`: further paths below home that are not backed up."""
        self._home, self._store, self._clock, self._progress = home, store, clock, progress
        self._store_path, self._leaves_out = store_path, leaves_out

    def make(self, folder: Path) -> BackupReport:
        """Make one backup in the folder, which is made if need be.

        Raises `UsageError` for a folder that cannot take it, `StoreUnavailable` where it has no room or something cannot be read.
        """
        folder = folder.absolute()
        self._require_own(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with _alone(folder):
                (folder / MARKER).write_text(_MARKER_TEXT, "utf-8")
                for left in folder.glob(f"{_PART}*"):
                    shutil.rmtree(left)
                require_room(folder, self._needed_bytes(folder))
                return self._make(folder)
        except OSError as error:
            raise StoreUnavailable(
                str(folder),
                f"备份无法写入或读取（{error.strerror or error}）",
                f"the backup cannot be made ({error.strerror or error})",
            ) from error

    def _require_own(self, folder: Path) -> None:
        resolved, home = folder.resolve(), self._home.resolve()
        if resolved.is_relative_to(home) or home.is_relative_to(resolved):
            raise UsageError(
                f"备份文件夹 {folder} 不能与数据文件夹 {self._home} 相互包含，请另选位置（最好在另一块磁盘上）。",
                f"The backup folder {folder} and the home folder {self._home} must not contain each other; choose another, best on another disk.",
            )
        if folder.exists() and not (folder.is_dir() and ((folder / MARKER).is_file() or not any(folder.iterdir()))):
            raise UsageError(
                f"{folder} 不是空文件夹，也不是备份文件夹，请另选位置。",
                f"{folder} is neither an empty folder nor one of backups; choose another.",
            )

    def _needed_bytes(self, folder: Path) -> int:
        needed = self._store.size_bytes()
        for sha256, path in self._vault():
            if not (folder / "evidence" / evidence_path(sha256)).exists():
                needed += (self._home / "evidence" / path).stat().st_size
        sizes = (_size(self._home / path) for path, is_plain in self._files() if is_plain)
        return needed + sum(size for size in sizes if size is not None)

    def _make(self, folder: Path) -> BackupReport:
        made_at = self._clock.now().astimezone(UTC)
        stamp = made_at.strftime("%Y%m%dT%H%M%SZ")
        if (folder / stamp).exists():
            raise UsageError(
                f"备份 {folder / stamp} 已存在，请稍后再试。", f"There is a backup {folder / stamp}; try again."
            )
        part = folder / f"{_PART}{stamp}"
        part.mkdir(mode=0o700)
        is_one_moment = self._store.copy_to(part / STORE_FILE, self._progress)
        vaulted = self._copy_evidence(folder / "evidence", part / EVIDENCE_LIST)
        files, left_out = self._copy_files(part)
        with self._store.opened(part / STORE_FILE) as shelf:
            counts = {kind.value: shelf.count(kind) for kind in shelf.kinds}
            audit_count, audit_sha256 = last_audit(shelf)
            broken_at = chain_broken_at(shelf.read(Kind.AUDIT))
            missing = self._missing_evidence(shelf, folder / "evidence")
        manifest = Manifest(
            format=FORMAT,
            made_by=f"jianwei {version('jianwei')}",
            made_at=made_at,
            layout=self._store.newest_layout,
            store_path=self._store_path,
            is_one_moment=is_one_moment,
            counts=counts,
            audit_count=audit_count,
            audit_sha256=audit_sha256,
            evidence_count=vaulted.count,
            evidence_bytes=vaulted.size_bytes,
            files=(_described(part, STORE_FILE), _described(part, EVIDENCE_LIST), *files),
            missing_evidence=missing,
            damaged_evidence=vaulted.damaged,
            not_included=left_out,
        )
        # Files were synced one by one; their names are not on the disk before their folders are.
        sync_folders(folder / "evidence")
        sync_folders(part)
        with written_aside(part / MANIFEST, 0o600) as file:
            file.write(msgspec.json.format(msgspec.json.encode(manifest)))
        sync(part)
        part.rename(folder / stamp)
        sync(folder)
        return BackupReport(path=folder / stamp, manifest=manifest, new_evidence=vaulted.new, chain_broken_at=broken_at)

    def _vault(self) -> Iterator[tuple[str, str]]:
        """Yield digest and path of all evidence, in order."""
        vault = self._home / "evidence"
        if not vault.is_dir():
            return
        for path, is_plain in regular_files(vault):
            name = path.rpartition("/")[2]
            if is_plain and DIGEST.fullmatch(name) and path == evidence_path(name):
                yield name, path

    def _copy_evidence(self, pool: Path, listed: Path) -> _Vaulted:
        """Copy what the pool does not have, and list all of it."""
        self._progress.stage("copy evidence", sum(1 for _ in self._vault()))
        vaulted = _Vaulted()
        with written_aside(listed, 0o600) as lines:
            for sha256, path in self._vault():
                self._progress.advance()
                size = (self._home / "evidence" / path).stat().st_size
                target = pool / path
                if _size(target) != size:
                    if self._copy_piece(sha256, path, target):
                        vaulted.new += 1
                    else:
                        vaulted.damaged = (*vaulted.damaged, sha256)[:_NAMED]
                        # An earlier backup may have taken it while it was whole.
                        size = _size(target) or -1
                        if not _is_whole(target, sha256):
                            continue
                vaulted.count += 1
                vaulted.size_bytes += size
                lines.write(evidence_line(sha256).encode())
        return vaulted

    def _copy_piece(self, sha256: str, path: str, target: Path) -> bool:
        """Copy one piece of evidence; return False, and leave nothing, where its bytes are not those it is named after."""
        try:
            bring(self._home / "evidence", path, target, 0o444, sha256)
        except OtherBytes:
            return False
        return True

    def _files(self) -> Iterator[tuple[str, bool]]:
        skips = _REBUILT | self._leaves_out | {self._store_path}
        for path, is_plain in regular_files(self._home, skips):
            if not path.endswith(_PASSING):
                yield path, is_plain

    def _copy_files(self, part: Path) -> tuple[list[ManifestFile], tuple[str, ...]]:
        self._progress.stage("copy files", 0)
        copied: list[ManifestFile] = []
        left_out = sorted(path for path in self._leaves_out if (self._home / path).exists())
        for path, is_plain in self._files():
            if not is_plain:
                left_out.append(path)
                continue
            try:
                moved, mode = bring(self._home, path, part / HOME_PART / path)
            except NotAFile:
                continue  # removed since the folder was listed
            copied.append(_file(f"{HOME_PART}/{path}", moved, mode))
            self._progress.advance()
        return copied, tuple(left_out)

    def _missing_evidence(self, shelf: Shelf, pool: Path) -> tuple[str, ...]:
        """Return what leads of the copy name and the pool has not."""
        missing: dict[str, None] = {}
        for row in shelf.read(Kind.LEADS):
            for sha256 in named_evidence(row.content):
                if len(missing) < _NAMED and not (pool / evidence_path(sha256)).is_file():
                    missing[sha256] = None
        return tuple(missing)


def last_audit(shelf: Shelf) -> tuple[int, str]:
    """Return number and digest of the last audit entry; 0 and nothing where there is none."""
    count = shelf.count(Kind.AUDIT)
    last = None
    for last in shelf.read(Kind.AUDIT, number_key(max(count - 1, 0))):  # noqa: B007 - the last one is wanted
        pass
    return (count, msgspec.json.decode(last.content)["sha256"]) if last else (0, "")


def _described(part: Path, path: str) -> ManifestFile:
    with opened_below(part, path) as file:
        moved = move_in(file, None)
    return _file(path, moved, (part / path).stat().st_mode & 0o777)


def _size(path: Path) -> int | None:
    """Return the size of a file; None: it is not there."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None


def _is_whole(path: Path, sha256: str) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return move_in(file, None).sha256 == sha256


def _file(path: str, moved: Moved, mode: int) -> ManifestFile:
    return ManifestFile(path=path, size_bytes=moved.size_bytes, sha256=moved.sha256, mode=mode)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one backup at a time into a folder. Raises `UsageError`."""
    with (folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                f"另一个备份正在写入 {folder}，请等它结束。", f"Another backup is writing to {folder}; wait for it."
            ) from None
        yield
