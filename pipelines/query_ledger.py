"""What was asked of each engine and what it brought: the memory a sweep is planned from.

A *page* is one result page of one query, within one run. It is entered before it is asked, so that a budget holds over several runs of a
day and over a process that is killed; a page that is asked again because its answer was lost stands in the ledger once. What an answer
showed, and the leads a query led to, are entered when they are known. Engines go by the name under which they are a lead's source
(`engine:baidu`, `platform:58同城`).
"""

from dataclasses import dataclass
from datetime import date

__all__ = ["AskedPage", "QueryRecord"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPage:
    """One result page of one query."""

    run_id: str
    source: str
    """`engine:baidu`, `platform:58同城`."""
    text: str
    page: int
    terms: tuple[str, ...] = ()
    """What of the plan the query asks for; empty: it is no query of the plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryRecord:
    """One query at one engine, over all runs."""

    source: str
    text: str
    terms: tuple[str, ...]
    asked_count: int
    """Runs in which the engine answered; 0: it was asked and gave no answer."""
    page_count: int
    """Result pages it gave."""
    row_count: int
    """Rows on them, paid ones too."""
    advert_count: int
    lead_count: int
    """Different leads the query led to, those dismissed later too."""
    first_asked_on: date | None
    """None: the engine never answered."""
    last_asked_on: date | None
    last_found_on: date | None
    """When it led to a lead that it had not led to before; None: never."""
