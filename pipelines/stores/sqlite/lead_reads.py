"""Answering one condition: how many leads, which on the next page, how many per facet value. Each by the way that costs least.

* Facets alone are summed over the combinations (`combinations.py`).
* Few leads have the words: the index of words says which, and they are sorted.
* Few leads have the facets: they are looked at one by one.
* Many have both: walking down the order meets a page of them soon. Very frequent words are looked for in the texts of the leads passed, others
  are fetched from the index of words once, and a lead is passed by its number alone. A walk that meets too few gives up and sorts.

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
_LEADING = {LeadSort.SCORE: "score", LeadSort.LATEST: "last", LeadSort.OLDEST: "first"}
"""The field each order begins with: a range of it says where a walk begins and ends."""
_WORDED = "k.number IN (SELECT rowid FROM lead_words WHERE lead_words MATCH ?)"
_TEXTS = " CROSS JOIN lead_texts t ON t.lead = k.number"


@dataclass(frozen=True, slots=True)
class Effort:
    """From where on another way is taken. Answers do not depend on it, only their cost."""

    few: int = COUNT_LIMIT
    """So many leads may be sorted, or looked at one by one."""
    sorted: int = 2_000
    """So many leads that have the words are sorted rather than looked for on a walk."""
    walk: int = 12_000
    """Leads a walk passes before it gives up: a page of a condition that more than `few` of a million leads meet needs some 5,000."""
    text_walk: int = 2_000
    """The same, where each lead's text is read: a page of a word that every fortieth lead has."""
    word_walk: int = 60_000
    """The same, where the words were fetched from their index: a page of a word that `sorted` of a million leads have needs some 25,000."""


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
        self._totals: dict[int | None, int] = {}
        self._facets = And(self._search.combined)

    def total(self, limit: int | None) -> int:
        """Return the number of leads, counted up to one more than the limit."""
        if self._is_of_facets:
            return self._chosen_leads
        if self._is_of_words and self._is_counted(limit):
            return self._worded_leads if limit is None else min(self._worded_leads, limit + 1)
        if limit not in self._totals:
            source, where = self._sources
            counted = f"SELECT 1 FROM {source} WHERE {where.sql} LIMIT {-1 if limit is None else limit + 1}"
            self._totals[limit] = self._number(f"SELECT count(*) FROM ({counted})", where.values)
        return self._totals[limit]

    def page(self, sort: LeadSort, after: Position | None, size: int) -> list[int]:
        """Return the numbers of the first so many leads behind the place, in order."""
        if self._is_of_facets:
            return self._page_of_facets(sort, after, size)
        for met, limit in self._walks:
            walked = self._walked(sort, after, size, met, limit)
            if walked is not None:
                return walked
        return self._sorted(sort, after, size)

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

    @property
    def _is_of_words(self) -> bool:
        return not self._search.combined and not self._search.others

    @cached_property
    def _worded_leads(self) -> int:
        """Leads that have the words, whatever else is asked for, counted up to one more than `few`."""
        met = f"SELECT 1 FROM lead_words WHERE lead_words MATCH ? LIMIT {self._effort.few + 1}"
        return self._number(f"SELECT count(*) FROM ({met})", (self._search.words,))

    @property
    def _is_worded_by_many(self) -> bool:
        return self._worded_leads > self._effort.few

    @property
    def _is_worded_by_some(self) -> bool:
        """Say whether so many have the words, and the facets, that walking past others costs less than sorting them."""
        has_words = bool(self._search.words) and self._worded_leads > self._effort.sorted
        return has_words and self._chosen_leads > self._effort.few

    def _is_counted(self, limit: int | None) -> bool:
        """Say whether counting the words went as far as this limit."""
        return not self._is_worded_by_many or (limit is not None and limit <= self._effort.few)

    @cached_property
    def _is_broad(self) -> bool:
        """Say whether so many leads are met that sorting them all would cost more than walking down the order."""
        if self._search.words:
            return self._is_worded_by_many and self._chosen_leads > self._effort.few
        return self.total(self._effort.few) > self._effort.few

    @property
    def _walks(self) -> Iterator[tuple[Clause, int]]:
        """Yield how a lead that is met is known while walking down the order, and how many may be passed: the cheapest walk first."""
        search, effort = self._search, self._effort
        scan = joined([self._chosen, search.rest(is_scan=True)])
        if self._is_broad:
            yield scan, effort.text_walk if scan.reads_texts else effort.walk
        if scan.reads_texts and (self._is_broad or self._is_worded_by_some):
            worded = [Clause(_WORDED, (search.words,))] if search.words else []
            yield joined([self._chosen, search.rest(is_scan=False), *worded]), effort.word_walk

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
        behind = joined([_behind(sort, after), self._search.within(_LEADING[sort])])
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
