"""What is off in the SQLite file itself: its pages, the columns beside the documents, the index of words.

Columns are not compared with rules written a second time: each document is written into a scratch store, by the code that writes it
always, and what comes of it is compared with what stands in the file.
"""

# ruff: noqa: S608 - names come from this module and the file's own layout, values are always parameters

import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipelines.errors import DocumentDamaged
from pipelines.moves.check import CheckFault
from pipelines.moves.copy import Progress
from pipelines.moves.shelf import Kind, ShelfRow, document_of
from pipelines.stores.search_text import PART_NAMES
from pipelines.stores.sqlite.connection import Database
from pipelines.stores.sqlite.shelf import SECTIONS, Section
from pipelines.stores.sqlite.words import pairs_of

__all__ = ["Inspection"]

_NAMED = 100
_TEXTS_AT_ONCE = 500
_TRIGGERS = {"audit_is_never_changed", "audit_is_never_cut"}
_NOT_COMPARED = {"document", "number", "position", "combination", "lead", "leads", "changed", "taken_at"}
"""Documents are what the rest is compared with; numbers, and marks of what changed when, are given out as rows come; `taken_at` is part of a key, checked with the document."""
_LEAD_TABLES = (
    ("lead_keys", "lead_keys.number = leads.number"),
    ("lead_combinations", "lead_combinations.combination = lead_keys.combination"),
    ("lead_texts", "lead_texts.lead = leads.number"),
)
_STRAYS = (
    ("lead_keys", "SELECT id FROM lead_keys WHERE number NOT IN (SELECT number FROM leads)"),
    ("lead_texts", "SELECT lead FROM lead_texts WHERE lead NOT IN (SELECT number FROM leads)"),
    (
        "lead_combinations",
        "SELECT combination FROM lead_combinations c"
        " WHERE leads <> (SELECT count(*) FROM lead_keys k WHERE k.combination = c.combination)",
    ),
    (
        "combination_sources",
        "WITH made (source, combination) AS (SELECT value, combination FROM lead_combinations c, json_each(c.source))"
        " SELECT combination FROM (SELECT * FROM made EXCEPT SELECT source, combination FROM combination_sources)"
        " UNION SELECT combination FROM (SELECT source, combination FROM combination_sources EXCEPT SELECT * FROM made)",
    ),
)
"""Table, and what of it belongs to no lead or was counted wrong."""
_SEEN = "SELECT term, col, count(*), sum(doc), sum(offset) FROM temp.words_seen GROUP BY term, col"

_Counts = dict[tuple[str, str], list[int]]
"""Pair and part → how often it stands, sum of the leads' numbers, sum of the places."""


class Inspection:
    """Looks into one file; others may go on working."""

    def __init__(self, database: Database, progress: Progress) -> None:
        self._database, self._progress = database, progress

    def faults(self, *, is_quick: bool = False) -> Iterator[CheckFault]:
        """Yield all that is off; quick: without the index of words. Raises `StoreUnavailable` where the file cannot be read at all."""
        yield from self._file()
        yield from self._columns()
        if not is_quick:
            yield from self._words()

    def _file(self) -> Iterator[CheckFault]:
        self._progress.stage("check file", 1)
        with self._database.reading() as connection:
            problems = _page_problems(connection)
            for problem in problems:
                yield CheckFault(
                    "file",
                    "",
                    f"数据文件损坏：{problem}。请从备份恢复。",
                    f"The file is damaged: {problem}. Restore a backup.",
                )
            if not problems:
                yield from self._references(connection)
        self._progress.advance()

    def _references(self, connection: sqlite3.Connection) -> Iterator[CheckFault]:
        for table, rowid, parent, _ in connection.execute("PRAGMA foreign_key_check"):
            yield CheckFault(
                "file",
                str(rowid),
                f"表 {table} 中有一行指向 {parent} 中不存在的记录。",
                f"A row of {table} refers to one of {parent} that is not there.",
            )
        present = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")}
        for name in sorted(_TRIGGERS - present):
            yield CheckFault(
                "file",
                name,
                f"审计日志的保护 {name} 已被去掉。",
                f"The audit log's protection {name} was taken away.",
            )
        for table, sought in _STRAYS:
            for (key,) in connection.execute(f"{sought} LIMIT {_NAMED}").fetchall():
                yield CheckFault(
                    "search",
                    str(key),
                    f"表 {table} 中的 {key} 与线索不符。",
                    f"{key} of {table} does not fit the leads.",
                )

    # --- columns ------------------------------------------------------------------------------------------------------

    def _columns(self) -> Iterator[CheckFault]:
        compared = [
            kind for kind, section in SECTIONS.items() if "document" in section.columns and kind is not Kind.AUDIT
        ]
        with tempfile.TemporaryDirectory() as folder:
            scratch = Database(Path(folder) / "scratch.sqlite")
            try:
                for kind in compared:
                    yield from self._columns_of(kind, scratch)
            finally:
                scratch.close()

    def _columns_of(self, kind: Kind, scratch: Database) -> Iterator[CheckFault]:
        section, after = SECTIONS[kind], ""
        with self._database.asking() as connection:
            self._progress.stage(
                f"check columns {kind}", connection.execute(f"SELECT count(*) FROM {section.table}").fetchone()[0]
            )
        while True:
            with self._database.reading() as connection:
                rows = section.behind(connection, after)
                stored = _beside(connection, kind, rows)
            if not rows:
                return
            after = rows[-1].key
            made = _made(scratch, kind, rows)
            for row in rows:
                if row.key in made and made[row.key] != stored.get(row.key):
                    yield CheckFault(
                        kind,
                        row.key,
                        f"{kind} 的 {_shown(row.key)} 的检索列与记录内容不符。",
                        f"The columns beside {_shown(row.key)} of {kind} are not what its document says.",
                    )
            self._progress.advance(len(rows))

    # --- words --------------------------------------------------------------------------------------------------------

    def _words(self) -> Iterator[CheckFault]:
        """Compare the index of words with the texts it was made of: how often and where each pair of characters stands."""
        with self._database.reading() as connection:
            self._progress.stage("check words", connection.execute("SELECT count(*) FROM lead_texts").fetchone()[0])
            connection.execute("CREATE VIRTUAL TABLE temp.words_seen USING fts5vocab('main', 'lead_words', 'instance')")
            try:
                seen = {(term, part): [*counts] for term, part, *counts in connection.execute(_SEEN)}
                expected = self._expected(connection)
                odd = {key for key in seen.keys() | expected.keys() if seen.get(key) != expected.get(key)}
                found = sorted(self._odd_leads(connection, odd)) if odd else []
            finally:
                connection.execute("DROP TABLE temp.words_seen")
        for lead_id in found[:_NAMED]:
            yield CheckFault(
                "search",
                lead_id,
                f"线索 {lead_id} 的检索索引与其文字不符，搜索可能漏掉或误列它。",
                f"The index of words does not fit lead {lead_id}: searches may miss it, or find it wrongly.",
            )
        if odd and not found:
            yield CheckFault("search", "", "检索索引与文字不符。", "The index of words does not fit the texts.")

    def _expected(self, connection: sqlite3.Connection) -> _Counts:
        expected: _Counts = {}
        for number, pairs in _indexed(connection):
            self._progress.advance()
            for part, text in zip(PART_NAMES, pairs, strict=True):
                for place, term in enumerate(text.split()):
                    counts = expected.setdefault((term, part), [0, 0, 0])
                    counts[0] += 1
                    counts[1] += number
                    counts[2] += place
        return expected

    def _odd_leads(self, connection: sqlite3.Connection, odd: set[tuple[str, str]]) -> set[str]:
        """Return the ids (numbers of those without) of leads in which the pairs stand otherwise than they should."""
        few = set(sorted(odd)[:_NAMED])
        should: Counter[tuple[str, str, int]] = Counter()
        for number, pairs in _indexed(connection):
            for part, text in zip(PART_NAMES, pairs, strict=True):
                should.update((term, part, number) for term in text.split() if (term, part) in few)
        stands: Counter[tuple[str, str, int]] = Counter()
        for term, part in few:
            docs = connection.execute("SELECT doc FROM temp.words_seen WHERE term = ? AND col = ?", (term, part))
            stands.update((term, part, doc) for (doc,) in docs)
        numbers = {key[2] for key in should.keys() | stands.keys() if should[key] != stands[key]}
        ids = {}
        for number in numbers:
            row = connection.execute("SELECT id FROM leads WHERE number = ?", (number,)).fetchone()
            ids[number] = row[0] if row else str(number)
        return set(ids.values())


def _page_problems(connection: sqlite3.Connection) -> list[str]:
    """Return what SQLite finds wrong with the file's pages."""
    try:
        found = [str(problem) for (problem,) in connection.execute(f"PRAGMA integrity_check({_NAMED})")]
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
        # So badly that the check itself did not get through.
        return [str(error)]
    return [problem for problem in found if problem != "ok"]


def _indexed(connection: sqlite3.Connection) -> Iterator[tuple[int, list[str]]]:
    """Yield number and the pairs of each part of every lead's text."""
    cursor = connection.execute(f"SELECT lead, {', '.join(PART_NAMES)} FROM lead_texts ORDER BY lead")
    width = len(PART_NAMES)
    while rows := cursor.fetchmany(_TEXTS_AT_ONCE):
        pairs = pairs_of([text for _, *texts in rows for text in texts])
        for at, (number, *_) in enumerate(rows):
            yield number, pairs[at * width : (at + 1) * width]


def _made(scratch: Database, kind: Kind, rows: Sequence[ShelfRow]) -> dict[str, tuple[object, ...]]:
    """Return what comes to stand beside these documents where they are written anew; damaged ones are left out."""
    section = SECTIONS[kind]
    with scratch.writing(is_synced=False) as connection:
        connection.execute("SAVEPOINT before")
        for row in rows:
            try:
                section.put(connection, row, document_of(kind, row))
            except DocumentDamaged:
                continue
        made = _beside(connection, kind, rows)
        connection.execute("ROLLBACK TO before")
        connection.execute("RELEASE before")
    return made


def _beside(connection: sqlite3.Connection, kind: Kind, rows: Sequence[ShelfRow]) -> dict[str, tuple[object, ...]]:
    """Return key → all columns that stand beside the documents of these rows."""
    section = SECTIONS[kind]
    joined = _LEAD_TABLES if kind is Kind.LEADS else ()
    columns = [
        f'{table}."{name}"'
        for table in (section.table, *(table for table, _ in joined))
        for _, name, *_ in connection.execute(f"PRAGMA table_info({table})")
        if name not in _NOT_COMPARED
    ]
    joins = "".join(f" LEFT JOIN {table} ON {condition}" for table, condition in joined)
    found = {}
    for row in rows:
        sql = f"SELECT {', '.join(columns) or 'NULL'} FROM {section.table}{joins} WHERE {_is_key(section, joined)}"
        one = connection.execute(sql, section.parts(row.key)).fetchone()
        if one:
            found[row.key] = tuple(one)
    return found


def _is_key(section: Section, joined: tuple[tuple[str, str], ...]) -> str:
    named = [f"{section.table}.{part}" if joined else part for part in section.keys]
    return " AND ".join(f"{part} = ?" for part in named)


def _shown(key: str) -> str:
    return key.replace("\x1f", " / ")
