"""Files moved with their digests: read without following links, written aside or anew, never over anything."""

import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipelines.errors import StoreUnavailable
from pipelines.files import sync

__all__ = [
    "Moved",
    "NotAFile",
    "move_in",
    "opened_below",
    "regular_files",
    "require_room",
    "sync_folders",
    "written_aside",
]

_PART_BYTES = 1 << 20
_SPARE_BYTES = 32_000_000
"""Room that must be left beside what is written: a full disk would stop everybody who writes."""


class NotAFile(OSError):
    """There is no plain file at this path below the folder: a link, a pipe, a folder, or nothing."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What was read."""

    size_bytes: int
    sha256: str


@contextmanager
def opened_below(folder: Path, path: str) -> Iterator[BinaryIO]:
    """Open a plain file below a folder for reading; no part of the path may be a link. Raises `NotAFile`."""
    *above, name = path.split("/")
    held: list[int] = []
    try:
        held.append(os.open(folder, os.O_RDONLY | os.O_DIRECTORY))
        for part in above:
            held.append(os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=held[-1]))
        # A pipe would wait for somebody to write: not so when it is opened without waiting.
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=held[-1])
        held.append(handle)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise NotAFile(f"{path}: not a plain file")
        with os.fdopen(os.dup(handle), "rb") as file:
            yield file
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotAFile(f"{path}: not there") from error
    except OSError as error:
        if error.errno == _TOO_MANY_LINKS:
            raise NotAFile(f"{path}: a link") from error
        raise
    finally:
        for one in reversed(held):
            os.close(one)


_TOO_MANY_LINKS = 40
"""ELOOP: what opening a link without following it says."""


def move_in(source: BinaryIO, target: BinaryIO | None) -> Moved:
    """Read the source to its end, into the target if there is one; return size and digest of what was read."""
    digest, size = hashlib.sha256(), 0
    while part := source.read(_PART_BYTES):
        digest.update(part)
        size += len(part)
        if target:
            target.write(part)
    return Moved(size, digest.hexdigest())


class OtherBytes(Exception):
    """The bytes of a file are not those its digest says."""


def bring(folder: Path, path: str, target: Path, mode: int | None = None, sha256: str = "") -> tuple[Moved, int]:
    """Copy a plain file below a folder to a new one; return what was read, and its permission bits.

    `mode`: of the copy; None: as the source. Raises `NotAFile`; `OtherBytes` if a digest is given that is not its own: nothing is left then.
    """
    with opened_below(folder, path) as source:
        bits = os.fstat(source.fileno()).st_mode & 0o777 if mode is None else mode
        with written_aside(target, bits) as copy:
            moved = move_in(source, copy)
            if sha256 and moved.sha256 != sha256:
                raise OtherBytes(path)
    return moved, bits


@contextmanager
def written_aside(path: Path, mode: int) -> Iterator[BinaryIO]:
    """Give a new file that takes its name only when the block ends well. It is on the disk then; its folder is not synced."""
    aside = path.with_name(f".part-{path.name}")
    path.parent.mkdir(parents=True, exist_ok=True)
    aside.unlink(missing_ok=True)
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fchmod(file.fileno(), mode & 0o777)
            os.fsync(file.fileno())
        aside.rename(path)
    finally:
        aside.unlink(missing_ok=True)


def sync_folders(folder: Path) -> None:
    """Put all names below a folder on the disk."""
    for above, _, _ in os.walk(folder):
        sync(Path(above))


def regular_files(folder: Path, skips: frozenset[str] = frozenset(), below: str = "") -> Iterator[tuple[str, bool]]:
    """Yield what is below a folder in order, each path with whether it is a plain file (not a link, pipe or socket).

    Skipped are the paths named, and names that begin with a dot: files that are still being written.
    """
    for entry in sorted(os.scandir(folder / below if below else folder), key=lambda one: one.name):
        path = f"{below}/{entry.name}" if below else entry.name
        if path in skips or entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from regular_files(folder, skips, path)
        else:
            yield path, entry.is_file(follow_symlinks=False)


def require_room(folder: Path, needed_bytes: int) -> None:
    """Raise `StoreUnavailable` where so much does not fit onto the folder's disk."""
    free = shutil.disk_usage(folder).free
    if free < needed_bytes + _SPARE_BYTES:
        needed_mb, free_mb = needed_bytes // 1_000_000 + 1, free // 1_000_000
        raise StoreUnavailable(
            str(folder),
            f"磁盘空间不足，需要约 {needed_mb} MB，只剩 {free_mb} MB",
            f"the disk has no room: about {needed_mb} MB are needed, {free_mb} MB are left",
        )
