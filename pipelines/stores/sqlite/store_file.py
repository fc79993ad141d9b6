"""The SQLite store as one file, for backups."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.errors import StoreUnavailable
from pipelines.moves.copy import Progress
from pipelines.stores.sqlite.connection import NEWEST_LAYOUT, Database
from pipelines.stores.sqlite.file import copy_file, file_bytes
from pipelines.stores.sqlite.shelf import SqliteShelf

__all__ = ["SqliteStoreFile"]


class SqliteStoreFile:
    """A `pipelines.moves.backup.StoreFile`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def newest_layout(self) -> int:
        """Return the layout this program writes."""
        return NEWEST_LAYOUT

    def size_bytes(self) -> int:
        """Return how much room a copy takes at most."""
        return file_bytes(self._path)

    def copy_to(self, path: Path, progress: Progress) -> bool:
        """Write the store as it is at one moment to a new file that stands alone, and check that it is whole."""
        before = 0

        def told(done: int, total: int) -> None:
            nonlocal before
            if not before:
                progress.stage("copy store", total)
            progress.advance(done - before)
            before = done

        try:
            copy_file(self._path, path, told)
            faults = _faults(path)
        except sqlite3.Error as error:
            raise _unavailable(self._path, str(error)) from error
        if faults:
            raise _unavailable(self._path, faults)
        return True

    @contextmanager
    def opened(self, path: Path) -> Iterator[SqliteShelf]:
        """Open a copy, an older one brought forward; it stands alone again afterwards."""
        database = Database(path)
        try:
            yield SqliteShelf(database)
        finally:
            database.close()
        try:
            alone = sqlite3.connect(path)
            try:
                alone.execute("PRAGMA journal_mode = DELETE")
            finally:
                alone.close()
        except sqlite3.Error as error:
            raise _unavailable(path, str(error)) from error


def _faults(path: Path) -> str:
    """Return what SQLite finds wrong with a file at first look; empty: nothing."""
    raw = sqlite3.connect(path)
    try:
        found = str(raw.execute("PRAGMA quick_check(1)").fetchone()[0])
    finally:
        raw.close()
    return "" if found == "ok" else found


def _unavailable(path: Path, problem: str) -> StoreUnavailable:
    return StoreUnavailable(
        str(path),
        f"文件已损坏或无法读取（{problem}），请运行 jianwei store check",
        f"the file is damaged or cannot be read ({problem}); run jianwei store check",
    )
