"""Everything in the SQLite file as rows of documents, to be copied, compared and checked. One section a kind."""

# ruff: noqa: S608 - names come from the table of this module, values are always parameters

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from pipelines.errors import DocumentDiffers
from pipelines.moves.shelf import (
    KeptObservation,
    KeptWork,
    Kind,
    LookedUpTo,
    ReportedName,
    ShelfRow,
    canonical,
    canonical_json,
    document_of,
    join_key,
    number_key,
    split_key,
)  # fmt: skip
from pipelines.name_record import LoggedChange
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.leads import place_lead
from pipelines.stores.sqlite.names import place_name

__all__ = ["SECTIONS", "Section", "SqliteShelf"]

_READ_AT_ONCE = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OF_LEADS = {"lead_keys", "lead_combinations", "combination_sources", "lead_texts", "leads_unindexed"}
"""Tables made of leads, and filled with them."""
_TAKEN_AT = "iif(taken_at LIKE '%.%', taken_at, replace(taken_at, 'Z', '.000000Z'))"
"""Layout 7 took instants over as the documents write them, without microseconds where there are none."""


class SqliteShelf:
    """A `Shelf`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Return what this store holds."""
        return tuple(kind for kind in Kind if kind in SECTIONS)

    def read(self, kind: Kind, after: str = "") -> Iterator[ShelfRow]:
        """Yield the rows behind a key, a part at a time: no read lasts so long that the write-ahead log could not be folded in."""
        section = _section(kind)
        while True:
            with self._database.asking() as connection:
                rows = section.behind(connection, after)
            yield from rows
            if len(rows) < _READ_AT_ONCE:
                return
            after = rows[-1].key

    def write(self, kind: Kind, rows: Sequence[ShelfRow], *, replaces: bool = False) -> int:
        """Keep rows with their versions, all of them or, on an error, none; return how many were not there before."""
        section = _section(kind)
        documents = [document_of(kind, row) for row in rows]
        added = 0
        with self._database.writing() as connection:
            for row, document in zip(rows, documents, strict=True):
                there = section.one(connection, row.key)
                if there == row:
                    continue
                if there and (not replaces or kind is Kind.AUDIT or there.version > row.version):
                    raise DocumentDiffers(kind, row.key)
                try:
                    section.put(connection, row, document)
                except sqlite3.IntegrityError as error:
                    raise DocumentDiffers(kind, row.key) from error
                added += there is None
        return added

    def count(self, kind: Kind) -> int:
        """Return how many rows there are."""
        with self._database.asking() as connection:
            return int(connection.execute(f"SELECT count(*) FROM {_section(kind).table}").fetchone()[0])

    def take_own(self, source: Path, shared: Sequence[Kind]) -> None:
        """Take over every table of another file of this layout but those of the shared kinds. For a store with nothing in it."""
        left = {SECTIONS[kind].table for kind in shared} | _OF_LEADS
        with self._database.asking() as connection:
            connection.execute("ATTACH ? AS source", (str(source),))
            try:
                names = [
                    name
                    for (name,) in connection.execute("SELECT name FROM source.sqlite_master WHERE type = 'table'")
                    if name not in left and not name.startswith(("sqlite_", "lead_words"))
                ]
                for name in names:
                    connection.execute(f"INSERT INTO main.{name} SELECT * FROM source.{name}")
            finally:
                connection.execute("DETACH source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One kind: its table, what a row is made of, and how one is put in."""

    table: str
    keys: tuple[str, ...]
    """SQL of the key's parts, sorted as the key is."""
    columns: tuple[str, ...] = ("document",)
    """What `content` is made of."""
    content: Callable[..., bytes] = canonical_json
    put: Callable[[sqlite3.Connection, ShelfRow, Any], object]
    version: str = "1"
    is_numbered: bool = False
    """The key is a `number_key`."""

    def behind(self, connection: sqlite3.Connection, after: str) -> list[ShelfRow]:
        """Return the first rows behind a key; fewer than `read` takes at once: there are no more."""
        where = f"WHERE ({', '.join(self.keys)}) > ({', '.join('?' * len(self.keys))})" if after else ""
        wanted = self.parts(after) if after else ()
        rows = connection.execute(
            f"{self._select()} {where} ORDER BY {', '.join(self.keys)} LIMIT ?", (*wanted, _READ_AT_ONCE)
        )
        return [self._row(row) for row in rows]

    def one(self, connection: sqlite3.Connection, key: str) -> ShelfRow | None:
        """Return the row of a key, or None."""
        where = " AND ".join(f"{part} = ?" for part in self.keys)
        row = connection.execute(f"{self._select()} WHERE {where}", self.parts(key)).fetchone()
        return self._row(row) if row else None

    def _select(self) -> str:
        return f"SELECT {self.version}, {', '.join((*self.keys, *self.columns))} FROM {self.table}"

    def parts(self, key: str) -> tuple[object, ...]:
        """Return a key as the values of its columns."""
        return (int(key),) if self.is_numbered else split_key(key, len(self.keys))

    def _row(self, row: tuple[Any, ...]) -> ShelfRow:
        version, parts, columns = row[0], row[1 : 1 + len(self.keys)], row[1 + len(self.keys) :]
        key = number_key(parts[0]) if self.is_numbered else join_key(*parts)
        return ShelfRow(key, version, self.content(*columns))


def _section(kind: Kind) -> Section:
    if kind not in SECTIONS:
        raise ValueError(f"the SQLite store holds no {kind}")
    return SECTIONS[kind]


def _text(row: ShelfRow) -> str:
    return row.content.decode()


def _within(field: str, written: str, **more: object) -> bytes:
    """Return stored JSON as a field of a larger document; as it is where it is no JSON."""
    inner = canonical_json(written)
    try:
        msgspec.json.decode(inner)
    except msgspec.DecodeError:
        return inner
    return canonical({**more, field: msgspec.Raw(inner)})


def _part_of(row: ShelfRow, field: str) -> str:
    """Return one field of a row's document as it is written there."""
    return bytes(msgspec.json.decode(row.content, type=dict[str, msgspec.Raw])[field]).decode()


def _instant(us: int) -> datetime | None:
    return _EPOCH + timedelta(microseconds=us) if us else None


def _us(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def _put_observation(connection: sqlite3.Connection, row: ShelfRow, kept: KeptObservation) -> None:
    observed_us = _us(kept.observation.observed_at)
    stored = (row.key, kept.lead_id, observed_us, _part_of(row, "observation"))
    connection.execute(
        "INSERT INTO observations (identity, lead_id, observed_us, document) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (identity) DO UPDATE SET lead_id = excluded.lead_id, observed_us = excluded.observed_us,"
        " document = excluded.document",
        stored,
    )


def _put_change(connection: sqlite3.Connection, row: ShelfRow, logged: LoggedChange) -> None:
    change = logged.change
    stored = (logged.position, logged.host, logged.imitates, _us(change.noted_at), change.is_notice)
    connection.execute("REPLACE INTO name_changes VALUES (?, ?, ?, ?, ?, ?)", (*stored, _part_of(row, "change")))


def _put_look(connection: sqlite3.Connection, _: ShelfRow, look: LookedUpTo) -> None:
    connection.execute("REPLACE INTO name_looks VALUES (1, ?)", (look.position,))


def _put_reported(connection: sqlite3.Connection, _: ShelfRow, one: ReportedName) -> None:
    first_seen_us = _us(one.first_seen_at) if one.first_seen_at else 0
    connection.execute("REPLACE INTO feed_reported VALUES (?, ?, ?)", (one.feed, one.name, first_seen_us))


def _put_work(connection: sqlite3.Connection, _: ShelfRow, kept: KeptWork) -> None:
    item = kept.item
    connection.execute(
        "INSERT INTO frontier (position, run_id, kind, key, payload, is_done) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (run_id, kind, key) DO UPDATE SET payload = excluded.payload, is_done = excluded.is_done,"
        " position = excluded.position",
        (kept.position, kept.run_id, item.kind, item.key, item.payload, kept.is_done),
    )


def _work(position: int, run_id: str, kind: str, key: str, payload: str, is_done: int) -> bytes:
    item = {"kind": kind, "key": key, "payload": payload}
    return canonical({"run_id": run_id, "position": position, "item": item, "is_done": bool(is_done)})


def _reported(feed: str, name: str, first_seen_us: int) -> bytes:
    return canonical({"feed": feed, "name": name, "first_seen_at": _instant(first_seen_us)})


SECTIONS: dict[Kind, Section] = {
    Kind.ACCOUNTS: Section(
        table="accounts",
        keys=("name",),
        put=lambda run, row, _: run.execute("REPLACE INTO accounts VALUES (?, ?)", (row.key, _text(row))),
    ),
    Kind.SAVED_SEARCHES: Section(
        table="saved_searches",
        keys=("owner", "name"),
        put=lambda run, row, _: run.execute(
            "REPLACE INTO saved_searches VALUES (?, ?, ?)", (*split_key(row.key, 2), _text(row))
        ),
    ),
    Kind.SNAPSHOTS: Section(
        table="snapshots",
        keys=("url", _TAKEN_AT),
        put=lambda run, row, _: run.execute(
            "REPLACE INTO snapshots VALUES (?, ?, ?)", (*split_key(row.key, 2), _text(row))
        ),
    ),
    Kind.OBSERVATIONS: Section(
        table="observations",
        keys=("identity",),
        columns=("document", "lead_id"),
        content=lambda document, lead_id: _within("observation", document, lead_id=lead_id),
        put=_put_observation,
    ),
    Kind.LEADS: Section(
        table="leads",
        keys=("id",),
        put=lambda run, row, lead: place_lead(run, lead, row.version, _text(row)),
        version="version",
    ),
    Kind.NAMES: Section(
        table="names",
        keys=("host",),
        put=lambda run, row, record: place_name(run, record, row.version, _text(row)),
        version="version",
    ),
    Kind.NAME_CHANGES: Section(
        table="name_changes",
        keys=("position",),
        columns=("document", "position", "host", "imitates"),
        content=lambda document, position, host, imitates: _within(
            "change", document, position=position, host=host, imitates=imitates
        ),
        put=_put_change,
        is_numbered=True,
    ),
    Kind.NAME_LOOKS: Section(
        table="name_looks",
        keys=("'looked_up_to'",),
        columns=("position",),
        content=lambda position: canonical({"position": position}),
        put=_put_look,
    ),
    Kind.FEED_REPORTED: Section(
        table="feed_reported",
        keys=("feed", "name"),
        columns=("feed", "name", "first_seen_us"),
        content=_reported,
        put=_put_reported,
    ),
    Kind.FEED_BOOKMARKS: Section(
        table="feed_bookmarks",
        keys=("feed",),
        put=lambda run, row, _: run.execute("REPLACE INTO feed_bookmarks VALUES (?, ?)", (row.key, _text(row))),
    ),
    Kind.FRONTIER: Section(
        table="frontier",
        keys=("run_id", "kind", "key"),
        columns=("position", "run_id", "kind", "key", "payload", "is_done"),
        content=_work,
        put=_put_work,
    ),
    Kind.RUNS: Section(
        table="runs",
        keys=("id",),
        put=lambda run, row, report: run.execute(
            "REPLACE INTO runs VALUES (?, ?, ?)", (row.key, _us(report.started_at), _text(row))
        ),
    ),
    Kind.AUDIT: Section(
        table="audit",
        keys=("number",),
        put=lambda run, row, entry: run.execute(
            "INSERT INTO audit VALUES (?, ?, ?)", (entry.number, entry.about, _text(row))
        ),
        is_numbered=True,
    ),
}
