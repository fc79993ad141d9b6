"""Answering one condition: how many leads, which on the next page, how many per facet value. Each by the way that costs least.

* Facets alone are summed over the combinations (`combinations.py`).
* Few leads have the words: the index of words says which, and they are sorted.
* Few leads have the facets: they are looked at one by one.
* Many have both: walking down the order meets a page of them soon. A walk that meets too few gives up and sorts.

What counts as few is known and not guessed: leads per combination are kept, and words are counted up to a limit.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipelines.model import Facets, LeadSort
from pipelines.search.model import And, Condition
from pipelines.stores.query import COUNT_LIMIT, Position
from pipelines.stores.sqlite.combinations import Combinations
from pipelines.stores.sqlite.lead_search import Clause, Search, joined

# ruff: noqa: S608 - names come from constants, values are always parameters

__all__ = ["Effort", "LeadReads"]

_ORDERS = {
    LeadSort.SCORE: ("k.neg_score", "k.neg_last", "k.id"),
    LeadSort.LATEST: ("k.neg_last", "k.neg_score", "k.id"),
    LeadSort.OLDEST: ('k."first"', "k.neg_score", "k.id"),
}
"""The columns behind `query.position`, term by term, each with an index."""
_TEXTS = " CROSS JOIN lead_texts t ON t.lead = k.number"


@dataclass(frozen=True, slots=True)
class Effort:
    """From where on another way is taken. Answers do not depend on it, only their cost."""

    few: int = COUNT_LIMIT
    """So many leads may be sorted, or looked at one by one."""
    walk: int = 30_000
    """Leads a walk passes before it gives up: some 20 ms of keys."""
    text_walk: int = 6_000
    """The same, where each lead's text is read."""


class LeadReads:
    """Reads for one condition, inside one transaction."""

    def __init__(
        self, connection: sqlite3.Connection, combinations: Combinations, condition: Condition, effort: Effort
    ) -> None:
        combinations.refresh(connection)
        self._connection = connection
        self._combinations = combinations
        self._effort = effort
        self._search = Search.of(condition)
        self._facets = And(self._search.combined)

    def total(self, limit: int | None) -> int:
        """Return the number of leads, counted up to one more than the limit."""
        if self._is_of_facets:
            return self._chosen_leads
        source, where = self._sources
        counted = f"SELECT 1 FROM {source} WHERE {where.sql} LIMIT {-1 if limit is None else limit + 1}"
        return self._number(f"SELECT count(*) FROM ({counted})", where.values)

    def page(self, sort: LeadSort, after: Position | None, size: int) -> list[int]:
        """Return the numbers of the first so many leads behind the place, in order."""
        if self._is_of_facets:
            return self._page_of_facets(sort, after, size)
        if not self._is_broad:
            return self._sorted(sort, after, size)
        scan = joined([self._chosen, self._search.rest(is_scan=True)])
        walked = self._walked(
            sort, after, size, scan, self._effort.text_walk if scan.reads_texts else self._effort.walk
        )
        return self._sorted(sort, after, size) if walked is None else walked

    def counts(self, fields: Sequence[str], limit: int | None) -> Facets:
        """Return how many leads have each value of the fields; with a limit, of the first so many met."""
        if self._is_of_facets:
            return self._combinations.facets(fields, self._facets)
        source, where = self._sources
        met = f"SELECT k.combination FROM {source} WHERE {where.sql} LIMIT {-1 if limit is None else limit}"
        counted = f"SELECT combination, count(*) FROM ({met}) GROUP BY combination"
        return self._combinations.facets_of(fields, self._connection.execute(counted, where.values))

    @property
    def _is_of_facets(self) -> bool:
        return not self._search.words and not self._search.others

    @cached_property
    def _chosen_leads(self) -> int:
        """Leads that have the facets, whatever else is asked for."""
        return self._combinations.leads(self._facets)

    @cached_property
    def _chosen(self) -> Clause:
        """The combinations that have the facets, as a condition on `k`."""
        if not self._search.combined:
            return Clause("1")
        chosen = json.dumps(self._combinations.meeting(self._facets))
        return Clause("k.combination IN (SELECT value FROM json_each(?))", (chosen,))

    @cached_property
    def _is_worded_by_many(self) -> bool:
        met = f"SELECT 1 FROM lead_words WHERE lead_words MATCH ? LIMIT {self._effort.few + 1}"
        return self._number(f"SELECT count(*) FROM ({met})", (self._search.words,)) > self._effort.few

    @cached_property
    def _is_broad(self) -> bool:
        """Say whether so many leads are met that sorting them all would cost more than walking down the order."""
        if self._search.words:
            return self._is_worded_by_many and self._chosen_leads > self._effort.few
        return self.total(self._effort.few) > self._effort.few

    @cached_property
    def _sources(self) -> tuple[str, Clause]:
        """Return what to read from and on which condition, beginning with what fewest leads have."""
        search = self._search
        if search.words and self._is_worded_by_many and search.combined and self._chosen_leads <= self._effort.few:
            return f"lead_keys k{_TEXTS}", joined([self._chosen, search.rest(is_scan=True)])
        rest = joined([self._chosen, search.rest(is_scan=False)])
        if search.words:
            where = Clause(f"lead_words MATCH ? AND {rest.sql}", (search.words, *rest.values))
            return "lead_words w CROSS JOIN lead_keys k ON k.number = w.rowid", where
        return "lead_keys k", rest

    def _sorted(self, sort: LeadSort, after: Position | None, size: int) -> list[int]:
        source, where = self._sources
        where = joined([where, _behind(sort, after)])
        # The plus keeps SQLite from walking down the order's index, past all leads that are not met.
        first, second, third = _ORDERS[sort]
        sql = f"SELECT k.number FROM {source} WHERE {where.sql} ORDER BY +{first}, {second}, {third} LIMIT {size}"
        return list(self._numbers(sql, where.values))

    def _walked(self, sort: LeadSort, after: Position | None, size: int, scan: Clause, limit: int) -> list[int] | None:
        """Walk down the order past at most so many leads; None: they did not make a page, and there are more."""
        order = ", ".join(_ORDERS[sort])
        behind = _behind(sort, after)
        passed = f"SELECT k.number FROM lead_keys k WHERE {behind.sql} ORDER BY {order} LIMIT 1 OFFSET {limit}"
        columns = "k.*" if self._search.others else "k.number, k.combination"
        walk = f"(SELECT {columns} FROM lead_keys k WHERE {behind.sql} ORDER BY {order} LIMIT {limit}) k"
        texts = _TEXTS if scan.reads_texts else ""
        sql = f"SELECT k.number FROM {walk}{texts} WHERE {scan.sql} LIMIT {size}"
        found = list(self._numbers(sql, (*behind.values, *scan.values)))
        if len(found) == size or not self._connection.execute(passed, behind.values).fetchone():
            return found
        return None

    def _page_of_facets(self, sort: LeadSort, after: Position | None, size: int) -> list[int]:
        if self._chosen_leads > self._effort.few:
            walked = self._walked(sort, after, size, self._chosen, self._effort.walk)
            if walked is not None:
                return walked
            if sort is LeadSort.SCORE and self._search.combined:
                return self._merged(after, size)
        return self._sorted(sort, after, size)

    def _merged(self, after: Position | None, size: int) -> list[int]:
        """Merge the combinations, each of which the index holds in order: only those with the best heads can give a lead."""
        behind, order = _behind(LeadSort.SCORE, after), ", ".join(_ORDERS[LeadSort.SCORE])
        own = f"SELECT k.number FROM lead_keys k WHERE k.combination = c.value AND {behind.sql} ORDER BY {order} LIMIT"
        sql = f"""
            WITH heads AS MATERIALIZED (
                SELECT c.value FROM json_each(?) c CROSS JOIN lead_keys k ON k.number = ({own} 1)
                ORDER BY {order} LIMIT {size}
            )
            SELECT k.number FROM heads c CROSS JOIN lead_keys k ON k.number IN ({own} {size}) ORDER BY {order} LIMIT {size}"""
        return list(self._numbers(sql, (*self._chosen.values, *behind.values, *behind.values)))

    def _number(self, sql: str, values: Sequence[str | int]) -> int:
        return int(self._connection.execute(sql, values).fetchone()[0])

    def _numbers(self, sql: str, values: Sequence[str | int]) -> Iterator[int]:
        return (number for (number,) in self._connection.execute(sql, values))


def _behind(sort: LeadSort, after: Position | None) -> Clause:
    return Clause(f"({', '.join(_ORDERS[sort])}) > (?, ?, ?)", tuple(after)) if after else Clause("1")
