"""The ledger of queries and the tallies of open runs, in memory."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from pipelines.model import WorkItem
from pipelines.query_ledger import AskedPage, QueryRecord
from pipelines.run_tally import Tally, summed

__all__ = ["MemoryQueryLedger", "MemoryRunTallies"]


@dataclass(slots=True)
class _Entry:
    asked_on: date
    answered_on: date | None = None
    row_count: int = 0
    advert_count: int = 0


class MemoryQueryLedger:
    """A `QueryLedger`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pages: dict[AskedPage, _Entry] = {}
        self._leads: dict[tuple[str, str], dict[str, date]] = {}

    def begin(self, page: AskedPage, on: date, budget: int) -> bool:
        """Enter a page before it is asked; False, and nothing is entered: the day's budget of its source is spent."""
        with self._lock:
            others = [
                one
                for one, entry in self._pages.items()
                if (entry.asked_on, one.source) == (on, page.source) and one != page
            ]
            if len(others) >= budget:
                return False
            self._pages.setdefault(page, _Entry(on)).asked_on = on
        return True

    def note_answer(self, page: AskedPage, on: date, row_count: int, advert_count: int) -> None:
        """Enter what the answer showed, in place of what an earlier answer to the same page did."""
        with self._lock:
            if page in self._pages:
                self._pages[page] = _Entry(self._pages[page].asked_on, on, row_count, advert_count)

    def note_leads(self, found: Iterable[tuple[str, str, str]], on: date) -> None:
        """Enter (source, query, lead) for each lead a query led to; one known keeps its first day."""
        with self._lock:
            for source, text, lead_id in found:
                self._leads.setdefault((source, text), {}).setdefault(lead_id, on)

    def spent(self, on: date) -> dict[str, int]:
        """Return source → pages entered on that day."""
        with self._lock:
            asked = sorted(page.source for page, entry in self._pages.items() if entry.asked_on == on)
        return {source: asked.count(source) for source in asked}

    def records(self) -> tuple[QueryRecord, ...]:
        """Return every query entered at every source, by source and text."""
        with self._lock:
            return tuple(self._record(*key) for key in sorted({(page.source, page.text) for page in self._pages}))

    def _record(self, source: str, text: str) -> QueryRecord:
        pages = {page: entry for page, entry in self._pages.items() if (page.source, page.text) == (source, text)}
        answered = {page: entry for page, entry in pages.items() if entry.answered_on}
        days = sorted(entry.answered_on for entry in answered.values() if entry.answered_on)
        leads = self._leads.get((source, text), {})
        return QueryRecord(
            source=source,
            text=text,
            terms=max(page.terms for page in pages),
            asked_count=len({page.run_id for page in answered}),
            page_count=len(answered),
            row_count=sum(entry.row_count for entry in answered.values()),
            advert_count=sum(entry.advert_count for entry in answered.values()),
            lead_count=len(leads),
            first_asked_on=days[0] if days else None,
            last_asked_on=days[-1] if days else None,
            last_found_on=max(leads.values(), default=None),
        )


class MemoryRunTallies:
    """A `RunTallies`."""

    def __init__(self) -> None:
        self._tallies: dict[tuple[str, str, str], Mapping[str, Mapping[str, int]]] = {}

    def put(self, run_id: str, work: WorkItem, tally: Tally) -> None:
        """Keep what a piece of work counted, in place of what it counted before."""
        self._tallies[run_id, work.kind, work.key] = tally.groups()

    def sum(self, run_id: str) -> Tally:
        """Return what all pieces of the run counted."""
        return summed(groups for (of_run, _, _), groups in self._tallies.items() if of_run == run_id)

    def forget(self, run_id: str) -> None:
        """Drop the tallies of a run."""
        for key in [key for key in self._tallies if key[0] == run_id]:
            del self._tallies[key]
