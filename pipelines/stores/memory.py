"""Every store in memory: what tests use, and the plain statement of what the other stores must do."""

import hashlib
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from detectors.model import Observation, OfficialSnapshot
from pipelines.audit import chained, fits
from pipelines.errors import EvidenceDamaged, VersionConflict
from pipelines.lifecycle import merge_sighting
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
from pipelines.ports import SNAPSHOT_VERSIONS, Clock
from pipelines.rechecks.plan import due_at
from pipelines.rechecks.record import RechecksAhead
from pipelines.run_stop import asked_to_stop, with_stop_of
from pipelines.search.fields import keywords
from pipelines.search.match import matches
from pipelines.stores.query import COUNT_LIMIT, check_fields, condition_of, from_cursor, page_size, position, to_cursor
from pipelines.stores.sole_worker import SoleWorker
from pipelines.trim import trim

__all__ = [
    "MemoryAccounts", "MemoryAudit", "MemoryEvidence", "MemoryFrontier", "MemoryLeads", "MemoryObservations", "MemoryRuns",
    "MemorySavedSearches", "MemorySnapshots",
]  # fmt: skip


class MemoryLeads:
    """A `LeadStore`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._leads: dict[str, Versioned[Lead]] = {}
        self._lock = threading.RLock()

    def get(self, lead_id: str) -> Versioned[Lead] | None:
        """Return the lead, or None."""
        return self._leads.get(lead_id)

    def put(self, lead: Lead, expected_version: int) -> int:
        """Write the lead if its stored version is the expected one. Raises `VersionConflict`."""
        with self._lock:
            stored = self._leads.get(lead.id)
            actual = stored.version if stored else 0
            if actual != expected_version:
                raise VersionConflict(lead.id, expected_version, actual)
            self._leads[lead.id] = Versioned(lead, actual + 1)
            return actual + 1

    def merge_many(self, sightings: Sequence[Sighting]) -> tuple[Merged, ...]:
        """Create or update leads; see `lifecycle.merge_sighting`."""
        merged = []
        with self._lock:
            for sighting in sightings:
                stored = self._leads.get(sighting.lead_id)
                before = stored.document if stored else None
                lead, outcome = merge_sighting(before, sighting, self._clock.now())
                if lead != before:
                    self.put(lead, stored.version if stored else 0)
                merged.append(Merged(lead_id=lead.id, outcome=outcome))
        return tuple(merged)

    def find(self, query: LeadQuery) -> LeadPage:
        """Return one page of leads."""
        after = from_cursor(query.cursor)
        found = sorted(self._matching(query), key=lambda one: position(one.document, query.sort))
        rest = [one for one in found if after is None or position(one.document, query.sort) > after]
        page = rest[: page_size(query)]
        is_last = len(rest) == len(page)
        cursor = "" if is_last else to_cursor(position(page[-1].document, query.sort))
        is_capped = bool(query.text.strip()) and len(found) > COUNT_LIMIT
        total = COUNT_LIMIT if is_capped else len(found)
        return LeadPage(leads=tuple(page), total=total, is_capped=is_capped, cursor=cursor)

    def aggregate(self, fields: Sequence[str], query: LeadQuery) -> Facets:
        """Count leads per value of each field, its own filter left out."""
        check_fields(query, tuple(fields))
        facets: Facets = {}
        for field in fields:
            others = replace(query, filters=tuple(one for one in query.filters if one[0] != field))
            counts = Counter(value for one in self._matching(others) for value in keywords(one.document, field))
            facets[field] = dict(counts)
        return facets

    def due(self, at: datetime) -> tuple[Lead, ...]:
        """Return the leads to be looked at again by then, longest due first."""
        with self._lock:
            planned = [(due_at(one.document), lead_id, one.document) for lead_id, one in self._leads.items()]
        due = [(when, lead_id, lead) for when, lead_id, lead in planned if when is not None and when <= at]
        return tuple(lead for _, _, lead in sorted(due, key=lambda one: one[:2]))

    def rechecks_ahead(self, at: datetime) -> RechecksAhead:
        """Return how many leads are due by then, and when the next is."""
        with self._lock:
            planned = [when for one in self._leads.values() if (when := due_at(one.document))]
        due = sum(when <= at for when in planned)
        return RechecksAhead(due=due, next_at=min((when for when in planned if when > at), default=None))

    def _matching(self, query: LeadQuery) -> Iterator[Versioned[Lead]]:
        condition = condition_of(query, self._clock.now())
        with self._lock:
            leads = list(self._leads.values())
        return (one for one in leads if matches(condition, one.document))


class MemoryObservations:
    """An `ObservationLog`."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, Observation]] = {}
        self._lock = threading.Lock()

    def add(self, observation: Observation, lead_id: str) -> bool:
        """Keep it, trimmed; return False if the same one was kept before."""
        with self._lock:
            if observation.identity in self._kept:
                return False
            self._kept[observation.identity] = (lead_id, trim(observation))
            return True

    def of_lead(self, lead_id: str) -> tuple[Observation, ...]:
        """Return the observations that made a lead, oldest first."""
        own = [observation for of_lead, observation in list(self._kept.values()) if of_lead == lead_id]
        return tuple(sorted(own, key=lambda observation: observation.observed_at))


class MemorySavedSearches:
    """A `SavedSearches`."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], SavedSearch] = {}

    def put(self, search: SavedSearch) -> None:
        """Create or replace the owner's search of that name."""
        self._kept[search.owner, search.name] = search

    def delete(self, owner: str, name: str) -> bool:
        """Forget it; return False if there was none."""
        return self._kept.pop((owner, name), None) is not None

    def of(self, owner: str) -> tuple[SavedSearch, ...]:
        """Return an owner's searches by name."""
        own = [search for search in list(self._kept.values()) if search.owner == owner]
        return tuple(sorted(own, key=lambda search: search.name))


class MemoryEvidence:
    """An `EvidenceStore`."""

    def __init__(self) -> None:
        self._content: dict[str, bytes] = {}

    def put(self, content: bytes) -> str:
        """Store the bytes and return their SHA-256."""
        sha256 = hashlib.sha256(content).hexdigest()
        self._content.setdefault(sha256, content)
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the bytes. Raises `EvidenceDamaged`."""
        if sha256 not in self._content:
            raise EvidenceDamaged(sha256, "证据文件不存在", "the file is gone")
        return self._content[sha256]

    def stored(self) -> Iterator[str]:
        """Yield the SHA-256 of everything stored."""
        yield from sorted(self._content)


class MemoryAudit:
    """An `AuditLog`."""

    def __init__(self) -> None:
        self._entries: list[AuditEvent] = []
        self._lock = threading.Lock()

    def append(self, at: datetime, by: str, act: str, about: str, detail: str = "") -> AuditEvent:
        """Add one entry after the last."""
        with self._lock:
            entry = chained(self._entries[-1] if self._entries else None, at, by, act, about, detail)
            self._entries.append(entry)
            return entry

    def entries(self, about: str = "", limit: int = 1000) -> tuple[AuditEvent, ...]:
        """Return the newest entries first."""
        return tuple(one for one in reversed(self._entries) if not about or one.about == about)[:limit]

    def first_broken(self) -> int | None:
        """Return the number of the first entry that does not fit."""
        previous = None
        for number, entry in enumerate(self._entries, start=1):
            if not fits(entry, previous):
                return number
            previous = entry
        return None


class MemoryAccounts:
    """An `AccountStore`."""

    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}

    def get(self, name: str) -> Account | None:
        """Return the account, or None."""
        return self._accounts.get(name)

    def put(self, account: Account) -> None:
        """Create or replace it."""
        self._accounts[account.name] = account

    def all(self) -> tuple[Account, ...]:
        """Return all accounts by name."""
        return tuple(self._accounts[name] for name in sorted(self._accounts))


class MemorySnapshots:
    """A `SnapshotStore`."""

    def __init__(self) -> None:
        self._snapshots: dict[str, dict[datetime, OfficialSnapshot]] = {}

    def put(self, snapshot: OfficialSnapshot) -> None:
        """Keep it as a version of its URL; of more than `SNAPSHOT_VERSIONS` the oldest go."""
        kept = self._snapshots.setdefault(snapshot.url, {})
        kept[snapshot.taken_at] = snapshot
        for oldest in sorted(kept)[:-SNAPSHOT_VERSIONS]:
            del kept[oldest]

    def all(self) -> tuple[OfficialSnapshot, ...]:
        """Return the newest of each URL, by URL."""
        return tuple(self.versions(url)[0] for url in sorted(self._snapshots))

    def versions(self, url: str) -> tuple[OfficialSnapshot, ...]:
        """Return every kept version of the URL, the newest first."""
        kept = self._snapshots.get(url, {})
        return tuple(kept[at] for at in sorted(kept, reverse=True))


class MemoryFrontier(SoleWorker):
    """A `Frontier`."""

    def __init__(self) -> None:
        super().__init__()
        self._items: dict[tuple[str, str, str], tuple[WorkItem, bool]] = {}
        self._lock = threading.RLock()

    def add(self, run_id: str, items: Iterable[WorkItem]) -> int:
        """Add items not known to the run yet; return how many were new."""
        with self._lock:
            before = len(self._items)
            for item in items:
                self._items.setdefault((run_id, item.kind, item.key), (item, False))
            return len(self._items) - before

    def pending(self, run_id: str, kind: str) -> tuple[WorkItem, ...]:
        """Return the unfinished items of a kind in the order they were added."""
        with self._lock:
            return tuple(
                item
                for (of_run, of_kind, _), (item, is_done) in self._items.items()
                if (of_run, of_kind) == (run_id, kind) and not is_done
            )

    def finish(self, run_id: str, item: WorkItem, found: Iterable[WorkItem] = ()) -> None:
        """Mark the item done and add what it led to."""
        with self._lock:
            self._items[run_id, item.kind, item.key] = (item, True)
            self.add(run_id, found)

    def counts(self, run_id: str) -> tuple[dict[str, int], dict[str, int]]:
        """Return (done, left), each kind → number."""
        done, left = Counter[str](), Counter[str]()
        with self._lock:
            for (of_run, kind, _), (_, is_done) in self._items.items():
                if of_run == run_id:
                    (done if is_done else left)[kind] += 1
        return dict(done), dict(left)


class MemoryRuns:
    """A `RunStore`."""

    def __init__(self) -> None:
        self._reports: dict[str, RunReport] = {}
        self._lock = threading.Lock()

    def put(self, report: RunReport) -> None:
        """Create or replace the report of its id."""
        with self._lock:
            self._reports[report.id] = with_stop_of(self._reports.get(report.id), report)

    def latest(self, limit: int = 20) -> tuple[RunReport, ...]:
        """Return the newest reports first."""
        newest = sorted(self._reports.values(), key=lambda report: (report.started_at, report.id), reverse=True)
        return tuple(newest[:limit])

    def ask_to_stop(self, run_id: str, request: StopRequest) -> StopRequest | None:
        """Keep the request and return the one that holds; None: there is no such run, or it has ended."""
        with self._lock:
            report = asked_to_stop(self._reports.get(run_id), request)
            if report:
                self._reports[run_id] = report
        return report.stop if report else None

    def stop_request(self, run_id: str) -> StopRequest | None:
        """Return the request to stop as it stands now."""
        report = self._reports.get(run_id)
        return report.stop if report else None

    def withdraw_stop(self, run_id: str) -> None:
        """Forget the request."""
        with self._lock:
            if run_id in self._reports:
                self._reports[run_id] = replace(self._reports[run_id], stop=None)


class MemoryFactCache:
    """A `FactCache`."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], tuple[datetime, str]] = {}

    def get(self, kind: str, key: str, now: datetime) -> str | None:
        """Return the kept document; None if there is none or it expired at or before `now`."""
        expires_at, document = self._kept.get((kind, key), (now, ""))
        return document if expires_at > now else None

    def put(self, kind: str, key: str, document: str, expires_at: datetime) -> None:
        """Keep the document in place of an older one of the same kind and key."""
        self._kept[kind, key] = (expires_at, document)

    def forget_expired(self, now: datetime) -> int:
        """Drop what expired at or before `now`; return how many were dropped."""
        expired = [one for one, (expires_at, _) in self._kept.items() if expires_at <= now]
        for one in expired:
            del self._kept[one]
        return len(expired)
