"""The ledger of queries in SQLite. Like the frontier it is not synced: a power cut may cost a page of a budget, never knowledge."""

import json
from collections.abc import Iterable
from datetime import date

from pipelines.query_ledger import AskedPage, QueryRecord
from pipelines.stores.sqlite.connection import Database

__all__ = ["SqliteQueryLedger"]

_ONE = "source = ? AND text = ? AND page = ? AND run_id = ?"
_RECORDS = """
WITH asked AS (
    SELECT source, text, max(terms) AS terms, count(DISTINCT iif(answered_on IS NULL, NULL, run_id)) AS runs, count(answered_on) AS pages,
        ifnull(sum(row_count), 0) AS rows, ifnull(sum(advert_count), 0) AS adverts, min(answered_on) AS first_on, max(answered_on) AS last_on
    FROM asked_pages GROUP BY source, text
), found AS (
    SELECT source, text, count(*) AS leads, max(found_on) AS found_on FROM query_leads GROUP BY source, text
)
SELECT source, text, terms, runs, pages, rows, adverts, ifnull(leads, 0), first_on, last_on, found_on
FROM asked LEFT JOIN found USING (source, text) ORDER BY source, text
"""


class SqliteQueryLedger:
    """A `QueryLedger`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, page: AskedPage, on: date, budget: int) -> bool:
        """Enter a page before it is asked; False, and nothing is entered: the day's budget of its source is spent."""
        key = (page.source, page.text, page.page, page.run_id)
        with self._database.writing(is_synced=False) as connection:
            other = connection.execute(
                f"SELECT count(*) FROM asked_pages WHERE asked_on = ? AND source = ? AND NOT ({_ONE})",  # noqa: S608 - constants
                (on.toordinal(), page.source, *key),
            ).fetchone()[0]
            if other >= budget:
                return False
            connection.execute(
                "INSERT INTO asked_pages (source, text, page, run_id, terms, asked_on) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET asked_on = excluded.asked_on",
                (*key, json.dumps(page.terms, ensure_ascii=False), on.toordinal()),
            )
        return True

    def note_answer(self, page: AskedPage, on: date, row_count: int, advert_count: int) -> None:
        """Enter what the answer showed, in place of what an earlier answer to the same page did."""
        with self._database.writing(is_synced=False) as connection:
            connection.execute(
                f"UPDATE asked_pages SET answered_on = ?, row_count = ?, advert_count = ? WHERE {_ONE}",  # noqa: S608 - constants
                (on.toordinal(), row_count, advert_count, page.source, page.text, page.page, page.run_id),
            )

    def note_leads(self, found: Iterable[tuple[str, str, str]], on: date) -> None:
        """Enter (source, query, lead) for each lead a query led to; one known keeps its first day."""
        rows = [(*one, on.toordinal()) for one in found]
        if rows:
            with self._database.writing(is_synced=False) as connection:
                connection.executemany("INSERT OR IGNORE INTO query_leads VALUES (?, ?, ?, ?)", rows)

    def spent(self, on: date) -> dict[str, int]:
        """Return source → pages entered on that day."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT source, count(*) FROM asked_pages WHERE asked_on = ? GROUP BY source ORDER BY source",
                (on.toordinal(),),
            ).fetchall()
        return dict(rows)

    def records(self) -> tuple[QueryRecord, ...]:
        """Return every query entered at every source, by source and text."""
        with self._database.reading() as connection:
            rows = connection.execute(_RECORDS).fetchall()
        return tuple(_record(*row) for row in rows)


def _record(source: str, text: str, terms: str, *counts: int | None) -> QueryRecord:
    runs, pages, rows, adverts, leads, first_on, last_on, found_on = counts
    return QueryRecord(
        source=source,
        text=text,
        terms=tuple(json.loads(terms)),
        asked_count=runs or 0,
        page_count=pages or 0,
        row_count=rows or 0,
        advert_count=adverts or 0,
        lead_count=leads or 0,
        first_asked_on=_day(first_on),
        last_asked_on=_day(last_on),
        last_found_on=_day(found_on),
    )


def _day(ordinal: int | None) -> date | None:
    return date.fromordinal(ordinal) if ordinal else None
