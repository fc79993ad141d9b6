"""Writing leads: many at a time, every table of them in one transaction.

`LeadRows` is the only writer of `leads`, `lead_keys`, `lead_combinations`, `lead_texts` and `lead_words` (see `layout_search.sql`), and of
`lead_rechecks`. It lives
no longer than the transaction it is made for: numbers of leads and combinations are only safe to remember while nobody else can write.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from pipelines.documents import encode
from pipelines.model import Lead
from pipelines.rechecks.plan import due_at
from pipelines.search.fields import keywords, microseconds, number
from pipelines.stores.search_text import PART_NAMES, parts
from pipelines.stores.sqlite.words import pairs_of

# ruff: noqa: S608 - names come from constants, values are always parameters

__all__ = ["COMBINED", "LeadRows", "Place", "Write"]

COMBINED = ("status", "level", "kind", "imitates", "assignee", "outcome", "recheck", "source")
"""The columns of a combination; `source` holds all sources of a lead as a JSON array."""

_KNOWN_LIMIT = 100_000
_Texts = tuple[str, ...]
_KEYS = 'id, combination, neg_score, neg_last, "first", "count", due, platform, seller'
_KEY_MARKS = ", ".join(f"?{place + 2}" for place in range(len(_KEYS.split(","))))
_PARTS = ", ".join(PART_NAMES)
_PART_MARKS = ", ".join(f"?{place + 2}" for place in range(len(PART_NAMES)))
# Never REPLACE: SQLite guards it with a savepoint, at which FTS5 writes out the words it still holds, for each single row.
_ADD_KEYS = f"INSERT INTO lead_keys (number, {_KEYS}) VALUES (?1, {_KEY_MARKS})"
_CHANGE_KEYS = f"UPDATE lead_keys SET ({_KEYS}) = ({_KEY_MARKS}) WHERE number = ?1"
_ADD_TEXTS = f"INSERT INTO lead_texts (lead, {_PARTS}) VALUES (?1, {_PART_MARKS})"
_CHANGE_TEXTS = f"UPDATE lead_texts SET ({_PARTS}) = ({_PART_MARKS}) WHERE lead = ?1"
_ADD_WORDS = f"INSERT INTO lead_words (rowid, {_PARTS}) VALUES (?1, {_PART_MARKS})"
_DROP_WORDS = f"INSERT INTO lead_words (lead_words, rowid, {_PARTS}) VALUES ('delete', ?1, {_PART_MARKS})"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stored lead stands."""

    number: int
    combination: int
    """0: its keys and words are not made yet."""


@dataclass(frozen=True, slots=True)
class Write:
    """A lead to write: over the stored one at `place`, or (None) as a new one."""

    lead: Lead
    version: int
    place: Place | None


class LeadRows:
    """Writes leads inside one transaction."""

    def __init__(self, connection: sqlite3.Connection, known: dict[tuple[str, ...], int] | None = None) -> None:
        """The connection must hold the write lock, and the caller commits.

        `known` remembers combinations from one transaction to the next: those that were committed before this one, for they never go.
        """
        self._connection = connection
        self._known = known if known is not None and len(known) < _KNOWN_LIMIT else {}
        newest = connection.execute("SELECT max(changed) FROM lead_combinations").fetchone()[0]
        self._change = 1 + int(newest or 0)
        self._next = 1 + int(connection.execute("SELECT coalesce(max(number), 0) FROM leads").fetchone()[0])
        self._made: dict[tuple[str, ...], int] = {}

    def write(self, writes: Sequence[Write]) -> None:
        """Write the leads, each id at most once."""
        documents = [encode(one.lead).decode() for one in writes]
        numbers = [one.place.number if one.place else self._take() for one in writes]
        news = [place for place, one in enumerate(writes) if one.place is None]
        olds = [place for place, one in enumerate(writes) if one.place is not None]
        self._connection.executemany(
            "INSERT INTO leads (number, id, version, document) VALUES (?, ?, ?, ?)",
            [(numbers[at], writes[at].lead.id, writes[at].version, documents[at]) for at in news],
        )
        self._connection.executemany(
            "UPDATE leads SET version = ?, document = ? WHERE number = ?",
            [(writes[at].version, documents[at], numbers[at]) for at in olds],
        )
        self.index(
            (number_, one.place.combination if one.place else 0, one.lead)
            for number_, one in zip(numbers, writes, strict=True)
        )

    def index(self, rows: Iterable[tuple[int, int, Lead]]) -> None:
        """Make keys and words of (number, combination so far or 0, lead), without touching the documents."""
        rows = list(rows)
        shift: Counter[int] = Counter()
        keys = []
        for number_, before, lead in rows:
            after = self._combination(lead)
            shift[after] += 1
            if before:
                shift[before] -= 1
            keys.append(_keys_of(number_, after, lead))
        kept = {number_ for number_, before, _ in rows if before}
        self._connection.executemany(_ADD_KEYS, [key for key in keys if key[0] not in kept])
        self._connection.executemany(_CHANGE_KEYS, [key for key in keys if key[0] in kept])
        self._connection.executemany(
            "UPDATE lead_combinations SET leads = leads + ?, changed = ? WHERE combination = ?",
            [(by, self._change, combination) for combination, by in shift.items() if by],
        )
        self._index_texts([(number_, lead) for number_, _, lead in rows], kept)
        self.plan_rechecks((number_, lead) for number_, _, lead in rows)

    def plan_rechecks(self, rows: Iterable[tuple[int, Lead]]) -> None:
        """Note when each of (number, lead) is to be looked at again, or that it is not watched."""
        due = [(number_, due_at(lead)) for number_, lead in rows]
        self._connection.executemany(
            "INSERT INTO lead_rechecks VALUES (?, ?) ON CONFLICT DO UPDATE SET due_us = excluded.due_us",
            [(number_, microseconds(at)) for number_, at in due if at],
        )
        self._connection.executemany(
            "DELETE FROM lead_rechecks WHERE number = ?", [(number_,) for number_, at in due if not at]
        )

    def _index_texts(self, rows: Sequence[tuple[int, Lead]], kept: set[int]) -> None:
        texts = [(number_, tuple(parts(lead).values())) for number_, lead in rows]
        before = {number_: self._texts(number_) for number_ in kept}
        changed = [(number_, after) for number_, after in texts if before.get(number_) != after]
        self._connection.executemany(_DROP_WORDS, _in_pairs([(n, before[n]) for n, _ in changed if n in kept]))
        self._connection.executemany(_ADD_TEXTS, [(n, *after) for n, after in changed if n not in kept])
        self._connection.executemany(_CHANGE_TEXTS, [(n, *after) for n, after in changed if n in kept])
        self._connection.executemany(_ADD_WORDS, _in_pairs(changed))

    def _texts(self, number_: int) -> _Texts:
        return tuple(self._connection.execute(f"SELECT {_PARTS} FROM lead_texts WHERE lead = ?", (number_,)).fetchone())

    def _take(self) -> int:
        self._next += 1
        return self._next - 1

    def _combination(self, lead: Lead) -> int:
        sources = keywords(lead, "source")
        values = (*(keywords(lead, name)[0] for name in COMBINED[:-1]), msgspec.json.encode(sources).decode())
        combination = self._known.get(values) or self._made.get(values)
        return combination or self._stored_combination(values, sources)

    def _stored_combination(self, values: tuple[str, ...], sources: tuple[str, ...]) -> int:
        columns, marks = ", ".join(COMBINED), ", ".join("?" * len(COMBINED))
        found = self._connection.execute(
            f"SELECT combination FROM lead_combinations WHERE ({columns}) = ({marks})",
            values,
        ).fetchone()
        if found:
            self._known[values] = int(found[0])
            return self._known[values]
        made = self._connection.execute(
            f"INSERT INTO lead_combinations ({columns}, leads, changed) VALUES ({marks}, 0, ?)",
            (*values, self._change),
        ).lastrowid
        assert made is not None  # noqa: S101 - sqlite3 sets it for every insert
        self._connection.executemany(
            "INSERT INTO combination_sources (source, combination) VALUES (?, ?)",
            [(source, made) for source in sources],
        )
        self._made[values] = made
        return made


def _keys_of(number_: int, combination: int, lead: Lead) -> tuple[int | str | None, ...]:
    return (
        number_,
        lead.id,
        combination,
        -lead.assessment.score_permille,
        -(number(lead, "last") or 0),
        number(lead, "first"),
        lead.sighting_count,
        number(lead, "due"),
        *keywords(lead, "platform"),
        *keywords(lead, "seller"),
    )


def _in_pairs(rows: Sequence[tuple[int, _Texts]]) -> list[tuple[int | str, ...]]:
    made = pairs_of([text for _, texts in rows for text in texts])
    width = len(PART_NAMES)
    return [(number_, *made[at * width : (at + 1) * width]) for at, (number_, _) in enumerate(rows)]
