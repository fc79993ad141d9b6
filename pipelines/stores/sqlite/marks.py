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
_FIND_MARKS = (
    "WITH wanted (wanted_value, wanted_kind) AS (VALUES {values})"  # noqa: S608 - our own column names
    f" SELECT {_ROW} FROM wanted CROSS JOIN marks ON value = wanted_value AND kind = wanted_kind"
)
"""A CROSS JOIN takes its sides as written: one look into the index for each mark wanted."""
_MARK = f"SELECT {_ROW} FROM marks WHERE value = ? AND kind = ?"  # noqa: S608 - our own column names
_MARK = f"SELECT {_ROW} FROM marks WHERE number = ?"  # noqa: S608
_COMMON = f"SELECT {_ROW} FROM marks WHERE is_common ORDER BY number"  # noqa: S608
_WORN_AS_SUSPECT = "SELECT mark FROM mark_counts WHERE owner = ? AND suspect > 0 ORDER BY mark"
_MAKE_MARK = "INSERT INTO marks (number, kind, value, shown, worth) VALUES (?, ?, ?, ?, ?)"
_PUT_MARK = "UPDATE marks SET is_common = ?, officials = ?, suspects = ?, cleared = ?, bystanders = ?, worth = ? WHERE number = ?"
_SHIFT = (
    "INSERT INTO mark_counts VALUES {values} ON CONFLICT (mark, owner) DO UPDATE SET"
    " official = official + excluded.official, suspect = suspect + excluded.suspect,"
    " cleared = cleared + excluded.cleared, bystander = bystander + excluded.bystander"
    " RETURNING mark, official, suspect, cleared, bystander"
)
_LAST = 2**62
_GANG_OWNERS = "SELECT gang, count(*) FROM mark_owners WHERE gang BETWEEN ? AND ? AND gang GROUP BY gang"
_GANG_LEADS = (
    "SELECT o.gang, w.kind, count(*) FROM mark_owners AS o JOIN mark_wearers AS w ON w.owner = o.number"
    " WHERE o.gang BETWEEN ? AND ? AND o.gang AND w.standing = ? GROUP BY o.gang, w.kind"
)
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
            ledger = _Ledger(connection)
            yield ledger
            ledger.write_marks()


class _Ledger:
    """A `MarkLedger` on one connection.

    Rows of marks are read once and written once, at the end: a mark that many wear changes with every look. Everything else
    goes to the file at once.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._run = connection.execute
        self._run_many = connection.executemany
        self._rows: dict[int, MarkRow] = {}
        self._numbers: dict[Mark, int] = {}
        self._changed: set[int] = set()
        self._made: list[int] = []
        self._last_made = 0

    def write_marks(self) -> None:
        """Write the rows of marks that were made or changed."""
        made = (self._rows[number] for number in self._made)
        self._run_many(_MAKE_MARK, [(row.number, row.kind.value, row.value, row.shown, row.worth) for row in made])
        changed = (self._rows[number] for number in sorted(self._changed))
        self._run_many(
            _PUT_MARK,
            [
                (row.is_common, tally.officials, tally.suspects, tally.cleared, tally.bystanders, row.worth, row.number)
                for row in changed
                if (tally := row.tally)
            ],
        )
        self._made.clear()
        self._changed.clear()

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

    def enter(self, marks: Sequence[tuple[Mark, str]]) -> tuple[MarkRow, ...]:
        unread = [mark for mark, _ in marks if mark not in self._numbers]
        if unread:
            wanted = ", ".join(["(?, ?)"] * len(unread))
            keys = [part for mark in unread for part in (mark.value, mark.kind.value)]
            for found in self._run(_FIND_MARKS.format(values=wanted), keys).fetchall():
                self._keep(_mark(found))
        return tuple(
            self._rows[self._numbers[mark]] if mark in self._numbers else self._make(*one)
            for one in marks
            if (mark := one[0])
        )

    def mark(self, number: int) -> MarkRow | None:
        if number not in self._rows:
            found = self._run(_MARK, (number,)).fetchone()
            if not found:
                return None
            self._keep(_mark(found))
        return self._rows[number]

    def put_mark(self, row: MarkRow) -> None:
        self._rows[row.number] = row
        self._changed.add(row.number)

    def declared_common(self) -> tuple[MarkRow, ...]:
        self.write_marks()
        return tuple(map(_mark, self._run(_COMMON)))

    def shift(self, marks: Sequence[int], owner: int, standing: Standing, by: int) -> tuple[tuple[Counts, Counts], ...]:
        if not marks:
            return ()
        steps = tuple(by if standing is one else 0 for one in Standing)
        values = ", ".join(["(?, ?, ?, ?, ?, ?)"] * len(marks))
        parts = [part for mark in marks for part in (mark, owner, *steps)]
        after = {row[0]: row[1:] for row in self._run(_SHIFT.format(values=values), parts).fetchall()}
        return tuple((_counts(after[mark], steps), _counts(after[mark])) for mark in marks)

    def suspects(self, mark: int, limit: int = 0) -> tuple[int, ...]:
        return _numbers(
            self._run(
                "SELECT owner FROM mark_counts WHERE mark = ? AND suspect > 0 ORDER BY owner LIMIT ?",
                (mark, limit or -1),
            )
        )

    def live_marks(self, owner: int) -> tuple[MarkRow, ...]:
        rows = map(self.mark, _numbers(self._run(_WORN_AS_SUSPECT, (owner,))))
        return tuple(row for row in rows if row and row.worth)

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

    def _make(self, mark: Mark, shown: str) -> MarkRow:
        last = self._last_made or self._run("SELECT coalesce(max(number), 0) FROM marks").fetchone()[0]
        self._last_made = last + 1
        row = MarkRow(
            number=self._last_made, kind=mark.kind, value=mark.value, shown=shown, worth=worth(mark.kind, Tally())
        )
        self._made.append(row.number)
        return self._keep(row)

    def _keep(self, row: MarkRow) -> MarkRow:
        self._numbers[Mark(row.kind, row.value)] = row.number
        return self._rows.setdefault(row.number, row)


def _numbers(rows: sqlite3.Cursor) -> tuple[int, ...]:
    return tuple(number for (number,) in rows)


def _wearer(wearer_id: str, owner: int, kind: str, standing: str, version: str) -> Wearer:
    return Wearer(id=wearer_id, owner=owner, kind=kind, standing=Standing(standing), version=version)


def _counts(after: Sequence[int], steps: Sequence[int] = (0, 0, 0, 0)) -> Counts:
    """Return the counts, these steps taken back."""
    official, suspect, cleared, bystander = (count - step for count, step in zip(after, steps, strict=True))
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
