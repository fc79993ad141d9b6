"""A condition as SQL over `lead_keys k` and its neighbours.

The same condition can be written in two ways: to look things up in the indexes (`by_index`), or to look at one lead after another
(`by_scan`), which is the faster where nearly every lead meets it. What can be said about a combination of facet values is
asked of the few combinations and not of the many leads.
"""

from dataclasses import dataclass
from typing import assert_never

from pipelines.documents import is_sound
from pipelines.search.fields import PARTS
from pipelines.search.model import And, Condition, Contains, FieldIs, IsEmpty, Not, Or, Range
from pipelines.stores.search_text import PART_NAMES
from pipelines.stores.sqlite.lead_rows import COMBINED
from pipelines.stores.sqlite.words import match_expression

# ruff: noqa: S608 - names come from the tables of fields, values are always parameters

__all__ = ["Clause", "Search", "joined"]

_NEGATED = {"score": "k.neg_score", "last": "k.neg_last"}
_NUMBERS = {"first": 'k."first"', "count": 'k."count"', "due": "k.due"}
_COLUMNS = {"id": "k.id", "platform": "k.platform", "seller": "k.seller"}


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of SQL and its parameters."""

    sql: str
    values: tuple[str | int, ...] = ()
    reads_texts: bool = False
    """It looks at `lead_texts t`, which must stand beside `k`."""


NEVER, ALWAYS = Clause("0"), Clause("1")


@dataclass(frozen=True, slots=True)
class Search:
    """One condition, taken apart: what combinations answer, what the index of words answers, and the rest."""

    combined: tuple[Condition, ...]
    """About facets only."""
    worded: tuple[Condition, ...]
    """About words only, none of them denied."""
    excluded: tuple[Condition, ...]
    """Words that must not occur, where there are others that must: the index of words can only take away from something."""
    others: tuple[Condition, ...]

    @classmethod
    def of(cls, condition: Condition) -> "Search":
        """Take the condition apart."""
        terms = condition.all if isinstance(condition, And) else (condition,)
        combined = tuple(one for one in terms if _is_combined(one))
        worded = tuple(one for one in terms if _is_worded(one))
        excluded = tuple(one for one in terms if worded and isinstance(one, Not) and _is_worded(one.one))
        others = tuple(one for one in terms if one not in (*combined, *worded, *excluded))
        return cls(combined, worded, excluded, others)

    @property
    def words(self) -> str:
        """The FTS5 query; empty: no words are asked for."""
        sought = " AND ".join(_expression(one) for one in self.worded)
        denied = " OR ".join(_expression(one.one) for one in self.excluded if isinstance(one, Not))
        return f"({sought}) NOT ({denied})" if denied else sought

    def within(self, field: str) -> Clause:
        """The ranges of one field, as a condition on `k`."""
        ranges = [one for one in self.others if isinstance(one, Range) and one.field == field]
        return joined([_about_lead(one, is_scan=False) for one in ranges])

    def rest(self, *, is_scan: bool) -> Clause:
        """Everything else as a condition on `k`; a scan looks for the words itself and needs `lead_texts t` beside."""
        terms = (*self.worded, *self.excluded, *self.others) if is_scan else self.others
        return joined([_about_lead(one, is_scan=is_scan) for one in terms])


def joined(clauses: list[Clause], by: str = "AND") -> Clause:
    """Return the clauses as one; of none: always."""
    if not clauses:
        return ALWAYS
    values = tuple(value for one in clauses for value in one.values)
    reads_texts = any(one.reads_texts for one in clauses)
    return Clause("(" + f" {by} ".join(one.sql for one in clauses) + ")", values, reads_texts)


def _is_combined(condition: Condition) -> bool:
    match condition:
        case FieldIs(field):
            return field in COMBINED
        case Not(one):
            return _is_combined(one)
        case And(some) | Or(some):
            return all(_is_combined(one) for one in some)
        case _:
            return False


def _is_worded(condition: Condition) -> bool:
    match condition:
        case Contains():
            return True
        case And(some) | Or(some):
            return bool(some) and all(_is_worded(one) for one in some)
        case _:
            return False


def _expression(condition: Condition) -> str:
    match condition:
        case Contains(text, part):
            return match_expression(text, part)
        case And(some):
            return "(" + " AND ".join(_expression(one) for one in some) + ")"
        case Or(some):
            return "(" + " OR ".join(_expression(one) for one in some) + ")"
        case _:  # pragma: no cover
            raise TypeError(condition)


def _about_combinations(condition: Condition) -> Clause:
    match condition:
        case FieldIs("source", values):
            within = _among("source", values)
            return Clause(
                f"combination IN (SELECT combination FROM combination_sources WHERE {within.sql})", within.values
            )
        case FieldIs(field, values):
            return _among(field, values)
        case Not(one):
            return _denied(_about_combinations(one))
        case And(some):
            return joined([_about_combinations(one) for one in some])
        case Or(some):
            return joined([_about_combinations(one) for one in some], "OR")
        case _:  # pragma: no cover
            raise TypeError(condition)


def _about_lead(condition: Condition, *, is_scan: bool) -> Clause:
    """Return SQL that is 0 or 1, never NULL."""
    match condition:
        case Contains(text, part):
            clause = _scanned(text, part) if is_scan else _looked_up(condition)
        case FieldIs(field, values):
            clause = _keyword(field, values)
        case Range(field, low, high):
            clause = _range(field, low, high)
        case IsEmpty(field):
            empty = f"k.number IN (SELECT lead FROM lead_texts WHERE {field} = '')"
            clause = Clause(empty if field in PARTS else f"{_NUMBERS[field]} IS NULL")
        case Not(one):
            clause = _denied(_about_lead(one, is_scan=is_scan))
        case And(some):
            clause = joined([_about_lead(one, is_scan=is_scan) for one in some])
        case Or(some):
            clause = joined([_about_lead(one, is_scan=is_scan) for one in some], "OR")
        case _:  # pragma: no cover
            assert_never(condition)
    return clause


def _looked_up(condition: Condition) -> Clause:
    return Clause("k.number IN (SELECT rowid FROM lead_words WHERE lead_words MATCH ?)", (_expression(condition),))


def _scanned(text: str, part: str) -> Clause:
    if not is_sound(text):
        return NEVER
    return joined(
        [Clause(f"instr(t.{name}, ?) > 0", (text,), reads_texts=True) for name in ((part,) if part else PART_NAMES)],
        "OR",
    )


def _keyword(field: str, values: tuple[str, ...]) -> Clause:
    if field in COMBINED:
        about = _about_combinations(FieldIs(field, values))
        return Clause(f"k.combination IN (SELECT combination FROM lead_combinations WHERE {about.sql})", about.values)
    within = _among(_COLUMNS[field], values)
    # Said aloud so that the index of the leads that have one is used.
    return (
        within
        if field == "id" or "" in values
        else Clause(f"({_COLUMNS[field]} <> '' AND {within.sql})", within.values)
    )


def _range(field: str, low: int | None, high: int | None) -> Clause:
    if field in _NEGATED:
        column = _NEGATED[field]
        low, high = (None if high is None else -high), (None if low is None else -low)
    else:
        column = _NUMBERS[field]
    clauses = []
    if field == "due":
        clauses.append(Clause(f"{column} IS NOT NULL"))
    if field == "count" and (low or 0) > 1:
        clauses.append(Clause(f"{column} > 1"))
    if low is not None:
        clauses.append(Clause(f"{column} >= ?", (low,)))
    if high is not None:
        clauses.append(Clause(f"{column} <= ?", (high,)))
    return joined(clauses)


def _among(column: str, values: tuple[str, ...]) -> Clause:
    storable = tuple(value for value in values if is_sound(value))
    return Clause(f"{column} IN ({', '.join('?' * len(storable))})", storable) if storable else NEVER


def _denied(clause: Clause) -> Clause:
    return Clause(f"NOT ({clause.sql})", clause.values, clause.reads_texts)
