"""The SQLite file as a whole: copied while others write, made to stand alone."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from pipelines.files import sync

__all__ = ["copy_file", "file_bytes"]

_PAGES_AT_ONCE = 2048


def copy_file(source: Path, target: Path, told: Callable[[int, int], object] | None = None) -> None:
    """Copy the database as it stands at one moment into a new file that stands alone; readers and writers go on.

    `told` hears pages done and pages in all. The copy is on the disk when this returns; it is not atomic: name it aside, then rename.
    Raises sqlite3.Error, OSError.
    """
    reading = sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        # One read transaction from beginning to end: without it, every commit of another process would start the copy anew.
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM sqlite_master").fetchone()
        writing = sqlite3.connect(target, isolation_level=None)
        try:
            reading.backup(
                writing,
                pages=_PAGES_AT_ONCE,
                progress=lambda _, left, total: told(total - left, total) if told else None,
                sleep=0,
            )
            # The copy carries the mark of write-ahead logging; without it the file needs no other beside it.
            writing.execute("PRAGMA journal_mode = DELETE")
        finally:
            writing.close()
    finally:
        reading.close()
    target.chmod(source.stat().st_mode & 0o777)
    sync(target)


def file_bytes(source: Path) -> int:
    """Return how much room a copy needs at most: the file, and what still stands in the write-ahead log."""
    log = source.with_name(f"{source.name}-wal")
    return source.stat().st_size + (log.stat().st_size if log.exists() else 0)
