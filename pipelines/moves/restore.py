"""Restores a backup into a home folder that is empty: checked before, while and after, and there whole or not at all.

Everything is built beside the home folder and takes its name at the very end. A backup is taken for hostile: paths stay inside, links are
not followed, and nothing counts but what its digest says.
"""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import StoreUnavailable, UsageError
from pipelines.evidence.vault import evidence_path
from pipelines.files import sync
from pipelines.moves.backup import StoreFile, last_audit
from pipelines.moves.compare import chain_broken_at
from pipelines.moves.copy import Progress
from pipelines.moves.files import (
    Moved,
    NotAFile,
    OtherBytes,
    bring,
    move_in,
    opened_below,
    require_room,
    sync_folders,
)
from pipelines.moves.manifest import (
    EVIDENCE_LIST,
    MANIFEST,
    STAMP,
    STORE_FILE,
    BackupRefused,
    Manifest,
    ManifestFile,
    evidence_of,
    read_manifest,
)
from pipelines.moves.shelf import Kind

__all__ = ["Restore", "RestoreReport", "find_backup"]

_MAX_MANIFEST_BYTES = 64_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreReport:
    """What was restored."""

    backup: Path
    home: Path
    manifest: Manifest
    chain_broken_at: int | None
    """Number of the first audit entry that does not fit; None: the chain is whole."""

    @property
    def is_sound(self) -> bool:
        """Say whether the restored case is whole."""
        return self.manifest.is_evidence_whole and self.chain_broken_at is None


def find_backup(path: Path) -> Path:
    """Return the folder of one backup: the path itself, or the latest below it that was finished. Raises `BackupRefused`."""
    if (path / MANIFEST).is_file():
        return path
    finished = [one for one in _folders(path) if STAMP.fullmatch(one.name) and (one / MANIFEST).is_file()]
    if not finished:
        raise BackupRefused(
            str(path), "这里没有完成的备份（缺少清单文件）", "there is no finished backup (no manifest)"
        )
    return max(finished, key=lambda one: one.name)


def _folders(path: Path) -> list[Path]:
    try:
        return [one for one in path.iterdir() if one.is_dir() and not one.is_symlink()]
    except OSError:
        return []


class Restore:
    """Restores one backup into one home folder."""

    def __init__(self, backup: Path, home: Path, store: StoreFile, progress: Progress) -> None:
        """Take a backup's folder, or one of several backups, of which the latest counts. Raises `BackupRefused`."""
        self._backup = find_backup(backup.absolute())
        self._pool = self._backup.parent / "evidence"
        self._home, self._store, self._progress = home.absolute(), store, progress

    def restore(self) -> RestoreReport:
        """Check the backup, build the home folder beside its place, check that, and give it its name.

        Raises `UsageError` for a home folder that is not empty, `BackupRefused`, `StoreUnavailable`.
        """
        self._require_empty()
        manifest = self._checked_manifest()
        parent = self._home.parent
        try:
            parent.mkdir(parents=True, exist_ok=True)
            require_room(parent, sum(one.size_bytes for one in manifest.files) + manifest.evidence_bytes)
            for left in parent.glob(f".{self._home.name}.restoring-*"):
                shutil.rmtree(left)
            built = Path(tempfile.mkdtemp(prefix=f".{self._home.name}.restoring-", dir=parent))
            try:
                broken_at = self._build(built, manifest)
                self._put_in_place(built)
            finally:
                shutil.rmtree(built, ignore_errors=True)
        except OSError as error:
            raise StoreUnavailable(
                str(self._home),
                f"无法写入（{error.strerror or error}）",
                f"it cannot be written ({error.strerror or error})",
            ) from error
        return RestoreReport(backup=self._backup, home=self._home, manifest=manifest, chain_broken_at=broken_at)

    def _require_empty(self) -> None:
        home = self._home
        if home.is_symlink() or (home.exists() and (not home.is_dir() or any(home.iterdir()))):
            raise UsageError(
                f"数据文件夹 {home} 不是空的，没有恢复。请先移走其中的内容，或用 JIANWEI_HOME 指定一个空文件夹。",
                f"The home folder {home} is not empty; nothing was restored. Move its content away, or name an empty folder by JIANWEI_HOME.",
            )

    # --- before -------------------------------------------------------------------------------------------------------

    def _checked_manifest(self) -> Manifest:
        """Return the manifest once all it names was found to be there, with the right size and, but for evidence, digest."""
        try:
            with opened_below(self._backup, MANIFEST) as file:
                content = file.read(_MAX_MANIFEST_BYTES)
        except OSError as error:
            raise BackupRefused(str(self._backup), "清单文件无法读取", "its manifest cannot be read") from error
        manifest = read_manifest(content, str(self._backup), self._store.newest_layout)
        self._progress.stage("check backup", len(manifest.files) + manifest.evidence_count)
        for one in manifest.files:
            self._require_same(self._backup, one.path, one)
            self._progress.advance()
        count, size = 0, 0
        for sha256 in self._evidence():
            count, size = count + 1, size + self._size_of(sha256)
            self._progress.advance()
        if (count, size) != (manifest.evidence_count, manifest.evidence_bytes):
            raise BackupRefused(
                str(self._backup),
                "证据的件数或大小与清单不符",
                "number or size of evidence is not what its manifest says",
            )
        return manifest

    def _evidence(self) -> Iterator[str]:
        with opened_below(self._backup, EVIDENCE_LIST) as file:
            yield from evidence_of((line.decode("ascii", "replace") for line in file), str(self._backup))

    def _size_of(self, sha256: str) -> int:
        try:
            with opened_below(self._pool, evidence_path(sha256)) as file:
                return os.fstat(file.fileno()).st_size
        except NotAFile as error:
            raise self._differs(f"evidence/{evidence_path(sha256)}") from error

    def _require_same(self, folder: Path, path: str, expected: ManifestFile) -> None:
        try:
            with opened_below(folder, path) as file:
                moved = move_in(file, None)
        except NotAFile as error:
            raise self._differs(path) from error
        if moved != Moved(expected.size_bytes, expected.sha256):
            raise self._differs(path)

    def _differs(self, path: str) -> BackupRefused:
        return BackupRefused(
            str(self._backup),
            f"文件 {path} 缺失或与清单不符",
            f"its file {path} is gone or is not what the manifest says",
        )

    # --- the home folder ----------------------------------------------------------------------------------------------

    def _build(self, built: Path, manifest: Manifest) -> int | None:
        """Fill the folder and check it; return where the audit chain is broken."""
        placed = [(one, manifest.place_of(one.path)) for one in manifest.files if one.path != EVIDENCE_LIST]
        self._progress.stage("restore", len(placed) + manifest.evidence_count)
        for one, place in placed:
            self._bring(self._backup, one.path, built / place, one.mode, one.sha256)
        for sha256 in self._evidence():
            path = evidence_path(sha256)
            self._bring(self._pool, path, built / "evidence" / path, 0o444, sha256)
        self._progress.stage("check", len(placed) + manifest.evidence_count)
        for one, place in placed:
            self._require_same(built, place, one)
            self._progress.advance()
        for sha256 in self._evidence():
            self._require_piece(built, sha256)
        return self._check_store(built / manifest.store_path, manifest)

    def _bring(self, folder: Path, path: str, target: Path, mode: int, sha256: str) -> None:
        try:
            bring(folder, path, target, mode, sha256)
        except (NotAFile, OtherBytes) as error:
            raise self._differs(path) from error
        self._progress.advance()

    def _require_piece(self, built: Path, sha256: str) -> None:
        with opened_below(built / "evidence", evidence_path(sha256)) as file:
            if move_in(file, None).sha256 != sha256:
                raise self._differs(evidence_path(sha256))
        self._progress.advance()

    def _check_store(self, path: Path, manifest: Manifest) -> int | None:
        with self._store.opened(path) as shelf:
            counts = {kind: shelf.count(kind) for kind in shelf.kinds}
            told = {kind: manifest.counts.get(kind.value, 0) for kind in shelf.kinds}
            if counts != told or last_audit(shelf) != (manifest.audit_count, manifest.audit_sha256):
                raise self._differs(STORE_FILE)
            broken_at = chain_broken_at(shelf.read(Kind.AUDIT))
        # An older layout was brought forward just now; how it was before is in the backup.
        for kept in path.parent.glob(f"{path.name}.layout*.bak"):
            kept.unlink()
        return broken_at

    def _put_in_place(self, built: Path) -> None:
        if self._home.exists():
            built.chmod(self._home.stat().st_mode & 0o777)
        sync_folders(built)
        self._require_empty()
        try:
            built.rename(self._home)
        except OSError as error:
            if error.errno not in {errno.EBUSY, errno.EXDEV}:
                raise
            raise UsageError(
                f"数据文件夹 {self._home} 是一个挂载点，无法整体恢复。请用 JIANWEI_HOME 指定它下面的一个新文件夹。",
                f"The home folder {self._home} is a mount point and cannot be put in place at once; name a new folder below it by JIANWEI_HOME.",
            ) from error
        sync(self._home.parent)
