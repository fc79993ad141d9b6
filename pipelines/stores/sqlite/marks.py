"""The books of marks in SQLite: one row per mark, owner, wearer and pair of them; counts kept, never recounted."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from detectors.marks.bonds import worth
from detectors.marks.model import Mark, MarkKind, Standing, Tally
from pipelines.marks.record import Counts, GangSize, MarkRow, Owner, Wearer
from pipelines.stores.sqlite.connection import Database

__all__ = ["SqliteMarks"]

_ROW = "number, kind, value, shown, is_common, officials, suspects, cleared, bystanders, worth"
_ROW_OF_M = ", ".join(f"m.{column}" for column in _ROW.split(", "))
_FIND_MARK = f"SELECT {_ROW} FROM marks WHERE value = ? AND kind = ?"  # noqa: S608 - our own column names
_MARK = f"SELECT {_ROW} FROM marks WHERE number = ?"  # noqa: S608
_COMMON = f"SELECT {_ROW} FROM marks WHERE is_common ORDER BY number"  # noqa: S608
_LIVE = (
    f"SELECT {_ROW_OF_M} FROM mark_counts AS c JOIN marks AS m ON m.number = c.mark"  # noqa: S608
    " WHERE c.owner = ? AND c.suspect > 0 AND m.worth > 0 ORDER BY c.mark"
)
_PUT_MARK = "UPDATE marks SET is_common = ?, officials = ?, suspects = ?, cleared = ?, bystanders = ?, worth = ? WHERE number = ?"
_SHIFT = (
    "INSERT INTO mark_counts VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (mark, owner) DO UPDATE SET"
    " official = official + excluded.official, suspect = suspect + excluded.suspect,"
    " cleared = cleared + excluded.cleared, bystander = bystander + excluded.bystander"
    " RETURNING official, suspect, cleared, bystander"
)
_LAST = 2**62
_GANG_OWNERS = "SELECT gang, count(*) FROM mark_owners WHERE gang BETWEEN ? AND ? AND gang GROUP BY gang"
_GANG_LEADS = (
    "SELECT o.gang, w.kind, count(*) FROM mark_owners AS o JOIN mark_wearers AS w ON w.owner = o.number"
    " WHERE o.gang BETWEEN ? AND ? AND o.gang AND w.standing = ? GROUP BY o.gang, w.kind"
)
_STEPS = {standing: tuple(int(standing is one) for one in Standing) for standing in Standing}
_KINDS = {kind.value: kind for kind in MarkKind}


class SqliteMarks:
    """A `MarkStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def reading(self) -> Iterator["_Ledger"]:
        """Give the books as they are at one moment."""
        with self._database.reading() as connection:
            yield _Ledger(connection)

    @contextmanager
    def editing(self) -> Iterator["_Ledger"]:
        """Give the books to one writer.

        Not synced by itself, as the observation log: what is lost to a power cut is made anew by handing the observation in
        again, or by `jianwei gangs rebuild`.
        """
        with self._database.writing(is_synced=False) as connection:
            yield _Ledger(connection)


class _Ledger:
    """A `MarkLedger` on one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._run = connection.execute
        self._run_many = connection.executemany

    def wearer(self, wearer_id: str) -> Wearer | None:
        row = self._run("SELECT owner, kind, standing, version FROM mark_wearers WHERE id = ?", (wearer_id,)).fetchone()
        return _wearer(wearer_id, *row) if row else None

    def put_wearer(self, wearer: Wearer) -> None:
        row = (wearer.id, wearer.owner, wearer.kind, wearer.standing.value, wearer.version)
        self._run("REPLACE INTO mark_wearers VALUES (?, ?, ?, ?, ?)", row)

    def wearers_of(self, owner: int) -> tuple[Wearer, ...]:
        rows = self._run(
            "SELECT id, owner, kind, standing, version FROM mark_wearers WHERE owner = ? ORDER BY id", (owner,)
        )
        return tuple(_wearer(*row) for row in rows)

    def worn(self, wearer_id: str) -> tuple[int, ...]:
        return _numbers(self._run("SELECT mark FROM worn_marks WHERE wearer = ? ORDER BY mark", (wearer_id,)))

    def wear(self, wearer_id: str, marks: Sequence[int]) -> None:
        self._run_many("INSERT OR IGNORE INTO worn_marks VALUES (?, ?)", [(wearer_id, mark) for mark in marks])

    def enter(self, mark: Mark, shown: str) -> MarkRow:
        found = self._run(_FIND_MARK, (mark.value, mark.kind.value)).fetchone()
        if found:
            return _mark(found)
        strength = worth(mark.kind, Tally())
        made = self._run(
            "INSERT INTO marks (kind, value, shown, worth) VALUES (?, ?, ?, ?)",
            (mark.kind.value, mark.value, shown, strength),
        )
        return MarkRow(number=made.lastrowid or 0, kind=mark.kind, value=mark.value, shown=shown, worth=strength)

    def mark(self, number: int) -> MarkRow | None:
        found = self._run(_MARK, (number,)).fetchone()
        return _mark(found) if found else None

    def put_mark(self, row: MarkRow) -> None:
        tally = row.tally
        counted = (tally.officials, tally.suspects, tally.cleared, tally.bystanders)
        self._run(_PUT_MARK, (row.is_common, *counted, row.worth, row.number))

    def declared_common(self) -> tuple[MarkRow, ...]:
        return tuple(map(_mark, self._run(_COMMON)))

    def shift(self, mark: int, owner: int, standing: Standing, by: int) -> tuple[Counts, Counts]:
        steps = _STEPS[standing]
        row = self._run(_SHIFT, (mark, owner, *(by * step for step in steps))).fetchone()
        before = [count - by * step for count, step in zip(row, steps, strict=True)]
        return _counts(before), _counts(row)

    def suspects(self, mark: int, limit: int = 0) -> tuple[int, ...]:
        return _numbers(
            self._run(
                "SELECT owner FROM mark_counts WHERE mark = ? AND suspect > 0 ORDER BY owner LIMIT ?",
                (mark, limit or -1),
            )
        )

    def live_marks(self, owner: int) -> tuple[MarkRow, ...]:
        return tuple(map(_mark, self._run(_LIVE, (owner,))))

    def owner(self, number: int) -> Owner:
        row = self._run("SELECT number, key, suspects, gang FROM mark_owners WHERE number = ?", (number,)).fetchone()
        return _owner(row)

    def owner_of(self, key: str) -> Owner:
        row = self._run("SELECT number, key, suspects, gang FROM mark_owners WHERE key = ?", (key,)).fetchone()
        if row:
            return _owner(row)
        made = self._run("INSERT INTO mark_owners (key) VALUES (?)", (key,))
        return Owner(number=made.lastrowid or 0, key=key)

    def put_owner(self, owner: Owner) -> None:
        self._run("UPDATE mark_owners SET suspects = ? WHERE number = ?", (owner.suspects, owner.number))

    def new_gang(self) -> int:
        return self._run("INSERT INTO gangs DEFAULT VALUES").lastrowid or 0

    def put_in_gang(self, owners: Sequence[int], gang: int) -> None:
        self._run_many("UPDATE mark_owners SET gang = ? WHERE number = ?", [(gang, owner) for owner in owners])

    def merge_gang(self, gang: int, into: int) -> None:
        self._run("UPDATE mark_owners SET gang = ? WHERE gang = ? AND gang", (into, gang))
        self._run("UPDATE gangs SET merged_into = ? WHERE number = ?", (into, gang))

    def merged_into(self, gang: int) -> int | None:
        row = self._run("SELECT merged_into FROM gangs WHERE number = ?", (gang,)).fetchone()
        return int(row[0]) if row else None

    def members(self, gang: int) -> tuple[Owner, ...]:
        rows = self._run(
            "SELECT number, key, suspects, gang FROM mark_owners WHERE gang = ? AND gang ORDER BY number", (gang,)
        )
        return tuple(map(_owner, rows))

    def gangs(self, only: int = 0) -> tuple[GangSize, ...]:
        first, last = (only, only) if only else (1, _LAST)
        owners = dict(self._run(_GANG_OWNERS, (first, last)).fetchall())
        kinds: dict[int, Counter[str]] = {gang: Counter() for gang in owners}
        for gang, kind, leads in self._run(_GANG_LEADS, (first, last, Standing.SUSPECT.value)):
            kinds[gang][kind] = leads
        sizes = [
            GangSize(number=gang, owners=count, by_kind=dict(sorted(kinds[gang].items())))
            for gang, count in owners.items()
        ]
        return tuple(sorted(sizes, key=lambda size: (-size.leads, size.number)))


def _numbers(rows: sqlite3.Cursor) -> tuple[int, ...]:
    return tuple(number for (number,) in rows)


def _wearer(wearer_id: str, owner: int, kind: str, standing: str, version: str) -> Wearer:
    return Wearer(id=wearer_id, owner=owner, kind=kind, standing=Standing(standing), version=version)


def _counts(row: Sequence[int]) -> Counts:
    official, suspect, cleared, bystander = row
    return Counts(official=official, suspect=suspect, cleared=cleared, bystander=bystander)


def _owner(row: Sequence[int | str]) -> Owner:
    number, key, suspects, gang = row
    return Owner(number=int(number), key=str(key), suspects=int(suspects), gang=int(gang))


def _mark(row: Sequence[object]) -> MarkRow:
    number, kind, value, shown, is_common, officials, suspects, cleared, bystanders, strength = row
    return MarkRow(
        number=int(number),  # type: ignore[call-overload]
        kind=_KINDS[str(kind)],
        value=str(value),
        shown=str(shown),
        is_common=bool(is_common),
        tally=Tally(officials=officials, suspects=suspects, cleared=cleared, bystanders=bystanders),  # type: ignore[arg-type]
        worth=strength,  # type: ignore[arg-type]
    )
