"""The filing registry in SQLite: one select per look-up, and an import that is staged beside the registry in use.

Rows are staged in the order of the file, then copied in the order of the key, a part at a time, so that nobody waits long for the
write lock; publishing is one short transaction. Older editions are removed afterwards.
"""

import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from detectors.filings.letters import PROVINCES
from detectors.filings.numbers import main_number
from detectors.model import FilingRecord
from pipelines.documents import encode
from pipelines.filings.registry import Edition, ImportOvertaken, SourcedRejection, StagedImport
from pipelines.imports.model import Rejection
from pipelines.stores.sqlite.connection import Database

__all__ = ["SqliteFilings"]

_PART = 50_000
_IN_USE = "(SELECT max(edition) FROM filing_editions)"
_FIELDS = "domain, number, holder, holder_kind, site_name, approved_on, status, is_cancelled"
_OF_DOMAIN = (
    f"SELECT {_FIELDS} FROM filing_records WHERE edition = {_IN_USE} AND domain = ? ORDER BY is_cancelled, number"  # noqa: S608
)
_OF_NUMBER = (
    f"SELECT {_FIELDS} FROM (SELECT {', '.join('r.' + name for name in _FIELDS.split(', '))} FROM filing_numbers n"  # noqa: S608
    " JOIN filing_records r ON r.edition = n.edition AND r.domain = n.domain AND r.number = n.number"
    f" WHERE n.edition = {_IN_USE} AND n.main = ? LIMIT 200) ORDER BY is_cancelled, domain, number LIMIT ?"
)
"""Of a platform's tens of thousands of domains under one number, the first two hundred are enough to name some."""
_STAGE = "INSERT INTO filing_staged (domain, number, main, holder, holder_kind, site_name, approved_on, status, is_cancelled) VALUES (?,?,?,?,?,?,?,?,?)"
_COPY = (
    f"INSERT INTO filing_records SELECT ?, {_FIELDS} FROM filing_staged WHERE (domain, number, position) > (?, ?, ?)"  # noqa: S608
    " ORDER BY domain, number, position LIMIT ? ON CONFLICT DO UPDATE SET holder = excluded.holder, holder_kind = excluded.holder_kind,"
    " site_name = excluded.site_name, approved_on = excluded.approved_on, status = excluded.status, is_cancelled = excluded.is_cancelled"
)
_COPIED_TO = "SELECT domain, number, position FROM filing_staged WHERE (domain, number, position) > (?, ?, ?) ORDER BY domain, number, position LIMIT 1 OFFSET ?"
_COPY_NUMBERS = (
    "INSERT OR IGNORE INTO filing_numbers SELECT ?, main, domain, number FROM filing_staged WHERE (main, position) > (?, ?)"
    " ORDER BY main, position LIMIT ?"
)
_NUMBERS_TO = (
    "SELECT main, position FROM filing_staged WHERE (main, position) > (?, ?) ORDER BY main, position LIMIT 1 OFFSET ?"
)
_KEPT_SHARE = 1000
"""A province counts as held when at least one row in so many is its own: single strays are in every province's export."""


class SqliteFilings:
    """A `FilingRegistry` and `FilingImports`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: Edition | None = None

    def edition(self) -> Edition | None:
        """Return the registry in use, or None."""
        with self._database.asking() as connection:
            row = connection.execute("SELECT max(edition) FROM filing_editions").fetchone()
            if row[0] is None:
                return None
            known = self._known
            if known is None or known.number != row[0]:
                text = connection.execute("SELECT document FROM filing_editions WHERE edition = ?", row).fetchone()
                known = self._database.document(Edition, text[0]) if text else None
                self._known = known
        return known

    def of_domain(self, domain: str) -> tuple[FilingRecord, ...]:
        """Return the records of a domain, valid ones first."""
        with self._database.asking() as connection:
            rows = connection.execute(_OF_DOMAIN, (domain,)).fetchall()
        return tuple(_record(row) for row in rows)

    def of_number(self, main: str, limit: int = 5) -> tuple[FilingRecord, ...]:
        """Return some records of a main number, valid ones first."""
        with self._database.asking() as connection:
            rows = connection.execute(_OF_NUMBER, (main, limit)).fetchall()
        return tuple(_record(row) for row in rows)

    def answer(self, domain: str) -> FilingRecord | None:
        """Return what a person found for a domain, or None."""
        with self._database.asking() as connection:
            row = connection.execute("SELECT document FROM filing_answers WHERE domain = ?", (domain,)).fetchone()
        return self._database.document(FilingRecord, row[0]) if row else None

    def put_answers(self, answers: Sequence[FilingRecord]) -> int:
        """Keep people's answers; an older look-up never replaces a newer one."""
        changed = 0
        with self._database.writing() as connection:
            for one in answers:
                looked_on, document = one.looked_on.isoformat() if one.looked_on else "", encode(one).decode()
                changed += connection.execute(
                    "INSERT INTO filing_answers VALUES (?, ?, ?) ON CONFLICT (domain) DO UPDATE SET looked_on = excluded.looked_on,"
                    " document = excluded.document WHERE excluded.looked_on >= looked_on AND excluded.document <> document",
                    (one.domain, looked_on, document),
                ).rowcount
        return changed

    def answers_count(self) -> int:
        """Return how many domains people have answered for."""
        with self._database.asking() as connection:
            return int(connection.execute("SELECT count(*) FROM filing_answers").fetchone()[0])

    # --- import -------------------------------------------------------------------------------------------------------

    def begin(self, fingerprint: str) -> StagedImport:
        """Take up the staged import of this content, or start anew."""
        token = secrets.token_hex(8)
        with self._database.writing() as connection:
            row = connection.execute("SELECT fingerprint, rows_read, rejected FROM filing_import").fetchone()
            if row and row[0] == fingerprint:
                connection.execute("UPDATE filing_import SET token = ?", (token,))
                staged = connection.execute("SELECT count(*) FROM filing_staged").fetchone()[0]
                return StagedImport(token=token, rows_read=row[1], rejected=row[2], staged=staged)
            _forget_staged(connection)
            connection.execute("INSERT INTO filing_import VALUES (1, ?, ?, 0, 0)", (fingerprint, token))
        return StagedImport(token=token)

    def stage(
        self, token: str, records: Sequence[FilingRecord], rejections: Sequence[SourcedRejection], rows_read: int
    ) -> None:
        """Add rows and note how far the files were read."""
        rows = [
            (
                one.domain,
                one.number,
                main_number(one.number),
                one.holder,
                one.holder_kind,
                one.site_name,
                one.approved_on.isoformat() if one.approved_on else "",
                one.status,
                int(one.is_cancelled),
            )
            for one in records
        ]
        refused = [(one.source, one.rejection.line, one.rejection.reason, one.rejection.original) for one in rejections]
        with self._database.writing(is_synced=False) as connection:
            _require(connection, token)
            connection.executemany(_STAGE, rows)
            connection.executemany(
                "INSERT INTO filing_rejected (source, line, reason, original) VALUES (?, ?, ?, ?)", refused
            )
            connection.execute(
                "UPDATE filing_import SET rows_read = ?, rejected = rejected + ?", (rows_read, len(refused))
            )

    def rejections(self, token: str) -> Iterator[SourcedRejection]:
        """Yield the rejected rows in the order they came."""
        after = 0
        while True:
            with self._database.reading() as connection:
                _require(connection, token)
                rows = connection.execute(
                    "SELECT position, source, line, reason, original FROM filing_rejected WHERE position > ? ORDER BY position LIMIT 1000",
                    (after,),
                ).fetchall()
            if not rows:
                return
            after = rows[-1][0]
            for _, source, line, reason, original in rows:
                yield SourcedRejection(source, Rejection(line, reason, original))

    def publish(self, token: str, edition: Edition) -> Edition:
        """Copy the staged rows in the order of the keys, then make them the registry in use."""
        with self._database.writing() as connection:
            _require(connection, token)
            number = int(connection.execute("SELECT coalesce(max(edition), 0) + 1 FROM filing_editions").fetchone()[0])
            connection.execute("CREATE INDEX IF NOT EXISTS filing_staged_by_domain ON filing_staged (domain, number)")
            connection.execute("CREATE INDEX IF NOT EXISTS filing_staged_by_main ON filing_staged (main)")
        self._remove("edition >= ?", number)
        self._copy(token, number, _COPY, _COPIED_TO, ("", "", 0))
        self._copy(token, number, _COPY_NUMBERS, _NUMBERS_TO, ("", 0))
        published = self._counted(edition, number)
        with self._database.writing() as connection:
            _require(connection, token)
            connection.execute("INSERT INTO filing_editions VALUES (?, ?)", (number, encode(published).decode()))
            _forget_staged(connection)
        self._remove("edition < ?", number)
        return published

    def drop(self, token: str) -> None:
        """Forget the staged import."""
        with self._database.writing() as connection:
            _require(connection, token)
            _forget_staged(connection)

    def _copy(self, token: str, number: int, copy: str, up_to: str, start: tuple[object, ...]) -> None:
        """Copy all staged rows in the order of a key, a part per transaction."""
        at = start
        while True:
            with self._database.writing(is_synced=False) as connection:
                _require(connection, token)
                last = connection.execute(up_to, (*at, _PART - 1)).fetchone()
                connection.execute(copy, (number, *at, _PART))
            if last is None:
                return
            at = tuple(last)

    def _counted(self, edition: Edition, number: int) -> Edition:
        with self._database.reading() as connection:
            records, domains = connection.execute(
                "SELECT count(*), count(DISTINCT domain) FROM filing_records WHERE edition = ?", (number,)
            ).fetchone()
            letters = connection.execute(
                "SELECT substr(main, 1, 1) AS letter, count(*) AS n FROM filing_numbers WHERE edition = ? GROUP BY letter"
                " HAVING n * ? >= ? ORDER BY n DESC, letter",
                (number, _KEPT_SHARE, records),
            ).fetchall()
        provinces = "".join(one for one, _ in letters if one in PROVINCES)
        return replace(edition, number=number, records=records, domains=domains, provinces=provinces)

    def _remove(self, which: str, number: int) -> None:
        for table, key in (
            ("filing_records", "edition, domain, number"),
            ("filing_numbers", "edition, main, domain, number"),
        ):
            removed = 1
            while removed:
                with self._database.writing(is_synced=False) as connection:
                    removed = connection.execute(
                        f"DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} WHERE {which} LIMIT {_PART})",  # noqa: S608
                        (number,),
                    ).rowcount


def _require(connection: sqlite3.Connection, token: str) -> None:
    row = connection.execute("SELECT token FROM filing_import").fetchone()
    if row is None or row[0] != token:
        raise ImportOvertaken


def _forget_staged(connection: sqlite3.Connection) -> None:
    for statement in (
        "DROP INDEX IF EXISTS filing_staged_by_domain",
        "DROP INDEX IF EXISTS filing_staged_by_main",
        "DELETE FROM filing_staged",
        "DELETE FROM filing_rejected",
        "DELETE FROM filing_import",
    ):
        connection.execute(statement)


def _record(row: tuple[str, str, str, str, str, str, str, int]) -> FilingRecord:
    domain, number, holder, holder_kind, site_name, approved_on, status, is_cancelled = row
    return FilingRecord(
        domain=domain,
        number=number,
        holder=holder,
        holder_kind=holder_kind,
        site_name=site_name,
        approved_on=date.fromisoformat(approved_on) if approved_on else None,
        status=status,
        is_cancelled=bool(is_cancelled),
    )
