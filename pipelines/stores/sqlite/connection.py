"""One SQLite file: opened, laid out, shared between threads and processes, its errors made into sentences.

Write-ahead logging lets readers go on while somebody writes. A writer takes the lock at once (`BEGIN IMMEDIATE`), so that it
waits where waiting is safe (`busy_timeout`) and never fails half-way. Readers that follow each other without a gap would keep the log from
ever being folded in; a writer who finds it grown too large does that itself, waiting a moment for those who still read old pages. Leads, names, the audit log and accounts are synced on every commit
(`synchronous=FULL`): they outlive a power cut. The frontier and the observation log are not (`NORMAL` outlives a `kill -9`);
losing their last second to a power cut repeats work and loses none, since the log is written in order.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from queue import Empty, LifoQueue
from typing import TypeVar

from pipelines.documents import decode
from pipelines.errors import StoreUnavailable
from pipelines.stores.sqlite.log_bound import LogBound
from pipelines.stores.sqlite.upgrade import bring_forward

__all__ = ["NEWEST_LAYOUT", "Database"]

Document = TypeVar("Document")

_LAYOUTS = (
    "schema.sql", "layout_facts.sql", "layout_names.sql", "layout_feeds.sql", "layout_filings.sql", "layout_marks.sql",
    "layout_snapshots.sql", "layout_search.sql", "layout_queries.sql", "layout_rechecks.sql",
    "layout_recheck_due.sql",
)  # fmt: skip
"""Script n brings a file from layout n-1 to layout n; SQLite's `user_version` says where a file stands."""
NEWEST_LAYOUT = len(_LAYOUTS)


_CACHE_KIB = 32_768
"""Pages a connection keeps: with SQLite's 2 MB, each lead written reads the same index pages again."""


class Database:
    """Hands out connections of one file; may be used from any thread."""

    def __init__(
        self,
        path: Path,
        *,
        busy_timeout_s: float = 10.0,
        max_pages: int | None = None,
        log_limit_bytes: int = 64_000_000,
    ) -> None:
        """Open the file and lay it out; `max_pages` limits its size (4096 bytes each). Raises `StoreUnavailable`."""
        self._path = path
        self._busy_timeout_s = busy_timeout_s
        self._max_pages = max_pages
        self._log = LogBound(path, log_limit_bytes, busy_timeout_s)
        self._idle: LifoQueue[sqlite3.Connection] = LifoQueue()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unavailable(
                path, f"无法创建文件夹（{error.strerror}）", f"its folder cannot be made ({error.strerror})"
            ) from error
        with self._connection() as connection:
            self._lay_out(connection)

    def document(self, kind: type[Document], content: str) -> Document:
        """Return a stored document. Raises `StoreUnavailable` when it is damaged."""
        try:
            return decode(kind, content)
        except ValueError as error:
            raise _unavailable(
                self._path,
                f"有一条 {kind.__name__} 记录无法读取，请从备份恢复",
                f"one {kind.__name__} cannot be read; restore it from a backup",
            ) from error

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that sees one consistent state. Raises `StoreUnavailable`."""
        with self._connection() as connection, _transaction(connection, "BEGIN"):
            yield connection

    @contextmanager
    def asking(self) -> Iterator[sqlite3.Connection]:
        """Give a connection for single selects, each consistent in itself, without a transaction's cost. Raises `StoreUnavailable`."""
        with self._connection() as connection:
            yield connection

    @contextmanager
    def writing(self, *, is_synced: bool = True) -> Iterator[sqlite3.Connection]:
        """Give a connection that alone may write; leaving commits, an exception rolls back. Raises `StoreUnavailable`."""
        with self._connection() as connection:
            connection.execute(f"PRAGMA synchronous = {'FULL' if is_synced else 'NORMAL'}")
            with _transaction(connection, "BEGIN IMMEDIATE"):
                yield connection
            self._log.keep(connection)

    def close(self) -> None:
        """Close all idle connections."""
        while True:
            try:
                self._idle.get_nowait().close()
            except Empty:
                return

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        with _sentences(self._path):
            try:
                connection = self._idle.get_nowait()
            except Empty:
                connection = self._open()
            try:
                yield connection
            finally:
                # A connection that could not even roll back is not handed out again.
                self._idle.put(connection) if not connection.in_transaction else connection.close()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=self._busy_timeout_s, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            if self._max_pages is not None:
                connection.execute(f"PRAGMA max_page_count = {self._max_pages:d}")
            self._share(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _share(self, connection: sqlite3.Connection) -> None:
        """Switch to write-ahead logging; two processes that create the file at once get in each other's way here."""
        give_up_at = time.monotonic() + self._busy_timeout_s
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up_at:
                    raise
                time.sleep(0.01)
            else:
                return

    def _lay_out(self, connection: sqlite3.Connection) -> None:
        if _layout(connection) == len(_LAYOUTS):
            return
        with bring_forward(self._path) as keep, _transaction(connection, "BEGIN IMMEDIATE"):
            present = _layout(connection)
            if present > len(_LAYOUTS):
                raise _unavailable(
                    self._path, "它由更新版本的鉴伪创建，请升级程序", "a newer Jianwei made it; upgrade this one"
                )
            if present == len(_LAYOUTS):
                return  # another process was quicker
            keep(present)
            for script in _LAYOUTS[present:]:
                for statement in _statements((files(__package__) / script).read_text("utf-8")):
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(_LAYOUTS)}")


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _layout(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


_CAUSES = {
    sqlite3.SQLITE_BUSY: ("正被其他程序占用，请稍后重试", "another program keeps it locked; try again later"),
    sqlite3.SQLITE_LOCKED: ("正被其他程序占用，请稍后重试", "another program keeps it locked; try again later"),
    sqlite3.SQLITE_FULL: ("磁盘空间不足，请清理后重试", "the disk is full; make room and try again"),
    sqlite3.SQLITE_READONLY: ("文件只读，请检查权限", "it is read-only; check the permissions"),
    sqlite3.SQLITE_CANTOPEN: ("文件无法打开，请检查路径和权限", "it cannot be opened; check path and permissions"),
    sqlite3.SQLITE_CORRUPT: ("文件已损坏，请从备份恢复", "the file is damaged; restore it from a backup"),
    sqlite3.SQLITE_NOTADB: (
        "文件不是数据库或已损坏，请从备份恢复",
        "the file is no database or is damaged; restore it from a backup",
    ),
    sqlite3.SQLITE_IOERR: (
        "磁盘读写出错，请检查磁盘空间和磁盘状态",
        "reading or writing failed; check the disk and its free space",
    ),
}


@contextmanager
def _sentences(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
        cause = _CAUSES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        if cause is None:
            raise
        raise _unavailable(path, *cause) from error


def _unavailable(path: Path, problem_zh: str, problem_en: str) -> StoreUnavailable:
    return StoreUnavailable(str(path), problem_zh, problem_en)
