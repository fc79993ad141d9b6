"""The seams: each small enough to fake in ten lines. Real adapters are built in one place, `pipelines.bootstrap`."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Protocol

from detectors.marks.model import Mark, Standing
from detectors.model import HostFacts, Observation, OfficialSnapshot
from pipelines.feeds import FeedBookmark
from pipelines.marks.record import Counts, GangSize, MarkRow, Owner, Wearer
from pipelines.model import (
    Account,
    AuditEvent,
    Facets,
    Lead,
    LeadPage,
    LeadQuery,
    Merged,
    RunReport,
    SavedSearch,
    Sighting,
    StopRequest,
    Versioned,
    WorkItem,
)  # fmt: skip
from pipelines.moves.shelf import Kind, ShelfRow
from pipelines.name_record import LoggedChange, NameChange, NameCounts, NameRecord
from pipelines.query_ledger import AskedPage, QueryRecord
from pipelines.rechecks.record import RechecksAhead
from pipelines.run_tally import Tally

__all__ = [
    "SNAPSHOT_VERSIONS", "AccountStore", "AuditLog", "Clock", "EvidenceStore", "FactCache", "FeedBookmarks", "Frontier", "LeadStore",
    "MarkLedger", "MarkStore", "NameStore", "ObservationLog", "QueryLedger", "Resolver", "RunStore", "RunTallies", "SavedSearches", "Shelf",
    "SnapshotStore",
]  # fmt: skip


class Clock(Protocol):
    """Tells the time, so that tests can stop it."""

    def now(self) -> datetime:
        """Return the present instant, aware, UTC."""


class LeadStore(Protocol):
    """Versioned lead documents. One contract suite (`tests/contracts`) runs against every implementation."""

    def get(self, lead_id: str) -> Versioned[Lead] | None:
        """Return the lead, or None."""

    def put(self, lead: Lead, expected_version: int) -> int:
        """Write the lead if its stored version is `expected_version` (0: it must not exist yet); return the new version.

        Raises `VersionConflict` otherwise; nothing is overwritten.
        """

    def merge_many(self, sightings: Sequence[Sighting]) -> tuple[Merged, ...]:
        """Create or update leads by `pipelines.lifecycle.merge_sighting`; idempotent; never undoes a person's decision."""

    def find(self, query: LeadQuery) -> LeadPage:
        """Return one page of leads, each lead once over all pages of a query."""

    def aggregate(self, fields: Sequence[str], query: LeadQuery) -> Facets:
        """Count leads per value of each field; a field's own filter is left out of its count, so that facets can be widened."""

    def due(self, at: datetime) -> tuple[Lead, ...]:
        """Return the leads to be looked at again by then (`pipelines.rechecks.plan.due_at`), longest due first, by id among equals."""

    def rechecks_ahead(self, at: datetime) -> RechecksAhead:
        """Return how many leads are due by then, and when the next is, without reading them."""


class ObservationLog(Protocol):
    """Every observation that came in, judged or not."""

    def add(self, observation: Observation, lead_id: str) -> bool:
        """Keep it (without attachments); return False if the same one was kept before. `lead_id` is empty when no lead came of it."""

    def of_lead(self, lead_id: str) -> tuple[Observation, ...]:
        """Return the observations that made a lead, oldest first."""


class EvidenceStore(Protocol):
    """Content-addressed, write-once bytes."""

    def put(self, content: bytes) -> str:
        """Store the bytes durably and return their SHA-256."""

    def get(self, sha256: str) -> bytes:
        """Return the bytes after checking their digest. Raises `EvidenceDamaged`."""

    def stored(self) -> Iterator[str]:
        """Yield the SHA-256 of everything stored."""


class AuditLog(Protocol):
    """Append-only, hash-chained: entry n is created under number n or not at all."""

    def append(self, at: datetime, by: str, act: str, about: str, detail: str = "") -> AuditEvent:
        """Add one entry after the last."""

    def entries(self, about: str = "", limit: int = 1000) -> tuple[AuditEvent, ...]:
        """Return the newest entries first, all of them or those about one thing."""

    def first_broken(self) -> int | None:
        """Return the number of the first entry that does not fit the chain, or None: it is whole."""


class AccountStore(Protocol):
    """Who may sign in."""

    def get(self, name: str) -> Account | None:
        """Return the account, or None."""

    def put(self, account: Account) -> None:
        """Create or replace it."""

    def all(self) -> tuple[Account, ...]:
        """Return all accounts by name."""


class SavedSearches(Protocol):
    """Searches by account and name."""

    def put(self, search: SavedSearch) -> None:
        """Create or replace the owner's search of that name."""

    def delete(self, owner: str, name: str) -> bool:
        """Forget it; return False if there was none."""

    def of(self, owner: str) -> tuple[SavedSearch, ...]:
        """Return an owner's searches by name."""


SNAPSHOT_VERSIONS = 10
"""Versions kept of one official page: who asks what a clone was measured against, asks about the last months."""


class SnapshotStore(Protocol):
    """Pages of official sites, as they were when last refreshed, with their earlier versions."""

    def put(self, snapshot: OfficialSnapshot) -> None:
        """Keep it as a version of its URL; of more than `SNAPSHOT_VERSIONS` the oldest go."""

    def all(self) -> tuple[OfficialSnapshot, ...]:
        """Return the newest of each URL, by URL."""

    def versions(self, url: str) -> tuple[OfficialSnapshot, ...]:
        """Return every kept version of the URL, the newest first; none where it was never taken."""


class FactCache(Protocol):
    """Facts about names, kept until they expire. Losing it costs questions, never knowledge."""

    def get(self, kind: str, key: str, now: datetime) -> str | None:
        """Return the kept document; None if there is none or it expired at or before `now`."""

    def put(self, kind: str, key: str, document: str, expires_at: datetime) -> None:
        """Keep the document in place of an older one of the same kind and key."""

    def forget_expired(self, now: datetime) -> int:
        """Drop what expired at or before `now`; return how many were dropped."""


class Frontier(Protocol):
    """The work of one run, as one worker sees it: what a `kill -9` must not lose or repeat.

    A worker takes items, then finishes each or puts it off. What a worker that is gone had taken waits again: at once where only one
    can be at work, after a lease where there may be several.
    """

    def add(self, run_id: str, items: Iterable[WorkItem]) -> int:
        """Add items not known to the run yet; return how many were new."""

    def take(self, run_id: str, kind: str, at_least: int = 1, beginning: str = "") -> tuple[WorkItem, ...]:
        """Return waiting items of a kind, in the order they were added, that no other worker is given; empty: none waits.

        All of them, or, where others may want some, a fair share of at least so many addresses; those of one address come together.
        `beginning`: only items whose key begins so, and of these all.
        """

    def put_off(self, run_id: str, items: Iterable[WorkItem]) -> None:
        """Leave these unfinished items alone, whoever works, until the run is resumed."""

    def reopen(self, run_id: str) -> None:
        """Let what was put off wait again."""

    def finish(self, run_id: str, item: WorkItem, found: Iterable[WorkItem] = ()) -> None:
        """Mark the item done and add what it led to, both or neither. What is done is never given to anybody again."""

    def is_open(self, run_id: str, kind: str) -> bool:
        """Say whether items of a kind wait, or are taken by a worker that may bring more."""

    def renew(self, run_id: str) -> None:
        """Be heard of, so that what is taken stays taken; to be called several times within a lease."""

    def leave(self, run_id: str) -> None:
        """Give back what is taken and not finished."""

    def counts(self, run_id: str) -> tuple[dict[str, int], dict[str, int]]:
        """Return (done, left), each kind → number."""


class FeedBookmarks(Protocol):
    """How far each feed was read, and which names it has reported."""

    def get(self, feed: str) -> FeedBookmark | None:
        """Return the bookmark of a feed, or None."""

    def put(self, bookmark: FeedBookmark, reported: Iterable[str] = (), at: datetime | None = None) -> None:
        """Keep the bookmark and the names reported with it, both or neither; a name known keeps its first instant."""

    def unreported(self, feed: str, names: Iterable[str]) -> tuple[str, ...]:
        """Return those names the feed has not reported yet, each once, in the order given."""

    def all(self) -> tuple[FeedBookmark, ...]:
        """Return the bookmarks of all feeds by name."""


class RunStore(Protocol):
    """Run reports, newest kept."""

    def put(self, report: RunReport) -> None:
        """Create or replace the report of its id. A request to stop that stands there stays, or that none stands there."""

    def latest(self, limit: int = 20) -> tuple[RunReport, ...]:
        """Return the newest reports first."""

    def ask_to_stop(self, run_id: str, request: StopRequest) -> StopRequest | None:
        """Keep the request and return the one that holds, the first; None: there is no such run, or it has ended."""

    def stop_request(self, run_id: str) -> StopRequest | None:
        """Return the request to stop as it stands now; None: nobody asked."""

    def withdraw_stop(self, run_id: str) -> None:
        """Forget the request: the run goes on."""


class RunTallies(Protocol):
    """What the finished pieces of open runs counted (`pipelines.run_tally`)."""

    def put(self, run_id: str, work: WorkItem, tally: Tally) -> None:
        """Keep what a piece of work counted, in place of what it counted before."""

    def sum(self, run_id: str) -> Tally:
        """Return what all pieces of the run counted."""

    def forget(self, run_id: str) -> None:
        """Drop the tallies of a run."""


class QueryLedger(Protocol):
    """What was asked of each engine, and what it brought (`pipelines.query_ledger`)."""

    def begin(self, page: AskedPage, on: date, budget: int) -> bool:
        """Enter a page before it is asked; False, and nothing is entered: the day's budget of its source is spent.

        A page entered before, in the same run, is asked again: it counts once, on this day.
        """

    def note_answer(self, page: AskedPage, on: date, row_count: int, advert_count: int) -> None:
        """Enter what the answer showed, in place of what an earlier answer to the same page did; nothing for a page that was never begun."""

    def note_leads(self, found: Iterable[tuple[str, str, str]], on: date) -> None:
        """Enter (source, query, lead) for each lead a query led to; one known keeps its first day."""

    def spent(self, on: date) -> dict[str, int]:
        """Return source → pages entered on that day."""

    def records(self) -> tuple[QueryRecord, ...]:
        """Return every query entered at every source, by source and text."""


class NameStore(Protocol):
    """Watched names: versioned records, and the log of their changes, written together or not at all."""

    def get(self, host: str) -> Versioned[NameRecord] | None:
        """Return the record of a name (A-labels), or None: it is not watched."""

    def put(self, record: NameRecord, expected_version: int, changes: Sequence[NameChange] = ()) -> int:
        """Write the record if its stored version is the expected one (0: it must not exist yet), log the changes; return the new version.

        Raises `VersionConflict` otherwise; nothing is written.
        """

    def changes(
        self, *, after: int = 0, since: datetime | None = None, with_quiet: bool = False, limit: int = 1000
    ) -> tuple[LoggedChange, ...]:
        """Return logged changes in the order they were written: notices, or all; those behind a position; those noted at or after `since`."""

    def due(self, at: datetime, limit: int = 1000) -> tuple[NameRecord, ...]:
        """Return the names to be looked at by then (`pipelines.name_plan`), longest due first, stronger score first among equals."""

    def counts(self, at: datetime) -> NameCounts:
        """Return how many names are watched, due by then, and how many notices are new since the last look."""

    def looked_up_to(self) -> int:
        """Return the position up to which changes were looked at; 0: never."""

    def note_look(self, position: int) -> None:
        """Remember that the changes up to this position were looked at. An earlier position than the remembered one changes nothing."""


class MarkLedger(Protocol):
    """The books of marks inside one transaction; numbers are given out from 1, those of gangs never again. Lists come in ascending order."""

    def wearer(self, wearer_id: str) -> Wearer | None:
        """Return who wears, or None."""

    def put_wearer(self, wearer: Wearer) -> None:
        """Create or replace it."""

    def wearers_of(self, owner: int) -> tuple[Wearer, ...]:
        """Return the wearers of an owner by id."""

    def worn(self, wearer_id: str) -> tuple[int, ...]:
        """Return the numbers of all marks it wears."""

    def wear(self, wearer_id: str, marks: Sequence[int]) -> None:
        """Add marks to those it wears."""

    def enter(self, marks: Sequence[tuple[Mark, str]]) -> tuple[MarkRow, ...]:
        """Return the rows of marks in their order, made where they are new; beside each how it is shown."""

    def mark(self, number: int) -> MarkRow | None:
        """Return the row of a mark, or None."""

    def put_mark(self, row: MarkRow) -> None:
        """Replace a row's tally, worth and whether it was declared common."""

    def declared_common(self) -> tuple[MarkRow, ...]:
        """Return the marks staff declared common."""

    def shift(self, marks: Sequence[int], owner: int, standing: Standing, by: int) -> tuple[tuple[Counts, Counts], ...]:
        """Let so many more of an owner's wearers wear these marks; return for each how many did before and do now."""

    def suspects(self, mark: int, limit: int = 0) -> tuple[int, ...]:
        """Return the owners of suspected wearers of a mark, the first few only if there is a limit."""

    def live_marks(self, owner: int) -> tuple[MarkRow, ...]:
        """Return the marks of an owner's suspected wearers that are worth anything."""

    def owner(self, number: int) -> Owner:
        """Return an owner known by number."""

    def owner_of(self, key: str) -> Owner:
        """Return the owner of a key, made if it is new."""

    def put_owner(self, owner: Owner) -> None:
        """Replace its number of suspects."""

    def new_gang(self) -> int:
        """Give out the next number."""

    def put_in_gang(self, owners: Sequence[int], gang: int) -> None:
        """Place owners in a gang; 0: in none."""

    def merge_gang(self, gang: int, into: int) -> None:
        """Move all members and remember where they went."""

    def merged_into(self, gang: int) -> int | None:
        """Return the gang this one was merged into, 0 if into none; None: the number was never given out."""

    def members(self, gang: int) -> tuple[Owner, ...]:
        """Return the owners in a gang."""

    def gangs(self, only: int = 0) -> tuple[GangSize, ...]:
        """Return all gangs with members, most leads first, then the older; or only the one of a number."""


class MarkStore(Protocol):
    """Keeps the books of marks (`pipelines.marks`)."""

    def reading(self) -> AbstractContextManager[MarkLedger]:
        """Give the books as they are at one moment."""

    def editing(self) -> AbstractContextManager[MarkLedger]:
        """Give the books to one writer; leaving keeps everything, an exception nothing. Raises `StoreUnavailable`."""


class Shelf(Protocol):
    """A whole store as rows of documents, so that a copy keeps versions, history and the audit chain byte for byte (`pipelines.moves`)."""

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Return what this store holds, in the order of `Kind`; of other kinds the methods below raise ValueError."""

    def read(self, kind: Kind, after: str = "") -> Iterator[ShelfRow]:
        """Yield the rows behind a key in ascending order of their keys, a part at a time: others may write meanwhile, memory stays bounded.

        A document that is no JSON comes as it is stored. Raises `StoreUnavailable`.
        """

    def write(self, kind: Kind, rows: Sequence[ShelfRow], *, replaces: bool = False) -> int:
        """Keep rows with their versions, so that `read` and the kind's own port give them back; return how many were not there before.

        A row that stands there already is passed over; another one under its key is an error, and nothing of it is overwritten.
        With `replaces` the row takes its place, unless the one there has a higher version or is an audit entry. What was written
        before an error stays: writing the same rows again goes on.

        Raises `DocumentDiffers`, `DocumentDamaged` (the content is no document of the kind), `StoreUnavailable`.
        """

    def count(self, kind: Kind) -> int:
        """Return how many rows there are. Raises `StoreUnavailable`."""


class Resolver(Protocol):
    """Asks the configured name servers."""

    async def facts_of(self, host: str) -> HostFacts:
        """Return addresses, alias and name servers; NXDOMAIN, SERVFAIL and time-out are different `Unknown`s, addresses `()` for no record."""
