"""Every combination of facet values with its number of leads, kept in memory beside the file: totals and facets in a millisecond.

A combination's values never change and it never goes; only its number of leads does. Each write notes its number in `changed`, so
that a reader fetches no more than what others wrote since. Numbers may be newer than a reader's own transaction by as much
as was written since that began, never older.
"""

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from typing import cast

import msgspec
import numpy as np
import numpy.typing as npt

from pipelines.model import Facets
from pipelines.search.model import And, Condition, FieldIs, Not, Or
from pipelines.stores.sqlite.lead_rows import COMBINED

__all__ = ["Combinations"]

_SINGLE = COMBINED[:-1]
_Mask = npt.NDArray[np.bool_]


class Combinations:
    """The combinations of one file; may be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen = 0
        self._leads = np.zeros(1024, np.int64)
        self._codes = {field: np.zeros(1024, np.int32) for field in _SINGLE}
        self._values: dict[str, dict[str, int]] = {field: {} for field in _SINGLE}
        self._of_source: dict[str, list[int]] = {}
        self._known = 0
        """Combinations 1 to this are here; place 0 stays empty."""

    def refresh(self, connection: sqlite3.Connection) -> None:
        """Fetch what was written since."""
        newest = connection.execute("SELECT max(changed) FROM lead_combinations").fetchone()[0] or 0
        if newest <= self._seen:
            return
        with self._lock:
            rows = connection.execute(
                f"SELECT combination, leads, {', '.join(COMBINED)} FROM lead_combinations WHERE changed > ? ORDER BY combination",  # noqa: S608 - from a constant
                (self._seen,),
            )
            for combination, leads, *values in rows:
                if combination > self._known:
                    self._add(combination, values)
                self._leads[combination] = leads
            self._seen = max(self._seen, newest)

    def leads(self, condition: Condition) -> int:
        """Return how many leads meet a condition on facets."""
        with self._lock:
            return int(self._leads[self._meeting(condition)].sum())

    def meeting(self, condition: Condition) -> list[int]:
        """Return the combinations that meet a condition on facets, also those no lead has now."""
        with self._lock:
            return (np.flatnonzero(self._meeting(condition)[1 : self._known + 1]) + 1).tolist()

    def facets(self, fields: Sequence[str], condition: Condition) -> Facets:
        """Return how many of the leads that meet a condition on facets have each value."""
        with self._lock:
            return self._per_value(fields, np.where(self._meeting(condition), self._leads, 0))

    def facets_of(self, fields: Sequence[str], met: Iterable[tuple[int, int]]) -> Facets:
        """Return how many leads have each value, of (combination, leads) met."""
        with self._lock:
            leads = np.zeros_like(self._leads)
            for combination, count in met:
                leads[combination] = count
            return self._per_value(fields, leads)

    def _per_value(self, fields: Sequence[str], leads: npt.NDArray[np.int64]) -> Facets:
        facets: Facets = {}
        for field in fields:
            if field == "source":
                counts = {source: int(leads[places].sum()) for source, places in self._of_source.items()}
            else:
                summed = np.bincount(self._codes[field], weights=leads, minlength=len(self._values[field]))
                counts = {value: int(summed[code]) for value, code in self._values[field].items()}
            facets[field] = {value: count for value, count in counts.items() if count}
        return facets

    def _meeting(self, condition: Condition) -> _Mask:
        match condition:
            case FieldIs("source", values):
                mask = np.zeros(len(self._leads), np.bool_)
                for value in values:
                    mask[self._of_source.get(value, [])] = True
            case FieldIs(field, values):
                wanted = [self._values[field][value] for value in values if value in self._values[field]]
                mask = np.isin(self._codes[field], wanted)
            case Not(one):
                mask = ~self._meeting(one)
            case And(some):
                mask = cast(_Mask, np.logical_and.reduce([self._everywhere(), *map(self._meeting, some)]))
            case Or(some):
                mask = cast(_Mask, np.logical_or.reduce([~self._everywhere(), *map(self._meeting, some)]))
            case _:  # pragma: no cover
                raise TypeError(condition)
        return mask

    def _everywhere(self) -> _Mask:
        return np.ones(len(self._leads), np.bool_)

    def _add(self, combination: int, values: Sequence[str]) -> None:
        while combination >= len(self._leads):
            self._leads = np.concatenate([self._leads, np.zeros_like(self._leads)])
            self._codes = {field: np.concatenate([codes, np.zeros_like(codes)]) for field, codes in self._codes.items()}
        for field, value in zip(_SINGLE, values, strict=False):
            known = self._values[field]
            self._codes[field][combination] = known.setdefault(value, len(known))
        for source in msgspec.json.decode(values[-1], type=tuple[str, ...]):
            self._of_source.setdefault(source, []).append(combination)
        self._known = combination
