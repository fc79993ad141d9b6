"""What staff work on: leads and their history, evidence, findings, accounts, audit and run reports. Frozen values."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, TypeVar

from detectors.model import Assessment, EvidenceKind, Observation
from pipelines.rechecks.record import Recheck

__all__ = [
    "Account", "AuditEvent", "EvidenceItem", "Facets", "Finding", "FindingOutcome", "Lead", "LeadAct", "LeadEvent", "LeadPage",
    "LeadQuery", "LeadSort", "LeadStatus", "MergeOutcome", "Merged", "Role", "RunReport", "RunVerdict", "SavedSearch", "Sighting", "Versioned",
    "WorkItem",
]  # fmt: skip


class LeadStatus(StrEnum):
    """Where a lead stands; the moves between them are in `pipelines.lifecycle`."""

    NEW = "new"
    SCREENING = "screening"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    DISPOSING = "disposing"
    REFERRED = "referred"
    ACTIONED = "actioned"
    VERIFIED = "verified"
    CLOSED = "closed"


class FindingOutcome(StrEnum):
    """认定结论."""

    COUNTERFEIT = "counterfeit"
    NOT_COUNTERFEIT = "not_counterfeit"
    UNDETERMINED = "undetermined"
    DUPLICATE = "duplicate"


class Role(StrEnum):
    """Who staff are; what each may do is in `review_ui.permissions`."""

    ADMIN = "admin"
    CYBERSPACE = "cyberspace"
    """网信办: screens sites."""
    ISSUER_CONSTRUCTION = "issuer_construction"
    """住建: confirms true or false for its certificates."""
    ISSUER_EMERGENCY = "issuer_emergency"
    """应急: the same, and leads the office."""
    ISSUER_MARKET = "issuer_market"
    """市监 as issuer of special-equipment certificates."""
    MARKET = "market"
    """市监 as supervisor of platforms and adverts."""
    POLICE = "police"
    TELECOM = "telecom"
    """通管办: cancels filings, cuts access."""


class LeadAct(StrEnum):
    """What happened to a lead."""

    SIGHTED = "sighted"
    RESURFACED = "resurfaced"
    REASSESSED = "reassessed"
    SCREENING_STARTED = "screening_started"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    REOPENED = "reopened"
    DECISION_UNDONE = "decision_undone"
    ASSIGNED = "assigned"
    COMMENTED = "commented"
    EXPORTED = "exported"
    RECHECKED = "rechecked"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceItem:
    """One thing in the evidence vault, as a lead refers to it."""

    kind: EvidenceKind
    sha256: str
    size_bytes: int
    media_type: str
    captured_at: datetime
    label: str = ""
    """For staff; empty: the kind says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A person's 认定结论. Only a person makes one."""

    outcome: FindingOutcome
    reason: str
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadEvent:
    """One line of a lead's history."""

    at: datetime
    act: LeadAct
    by: str
    """Account name; `system` for the machine."""
    note: str = ""
    """One Chinese sentence; empty: the act says it all."""
    status: LeadStatus
    """The lead's status afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """线索: the unit of staff work, one document with its whole history."""

    id: str
    """`L` and 16 hex digits, derived from the candidate's identity."""
    status: LeadStatus
    observation: Observation
    """The look that staff are shown (see `pipelines.lifecycle`), without attachments and markup: both are in the vault."""
    assessment: Assessment
    first_seen_at: datetime
    last_seen_at: datetime
    sighting_count: int
    """Different observations of it."""
    seen_observations: tuple[str, ...]
    """Identities of the latest observations, newest last, so that a repeated one is not counted."""
    sources: tuple[str, ...]
    """All sources that led here, sorted."""
    queries: tuple[str, ...] = ()
    """All keywords that led here, sorted."""
    evidence: tuple[EvidenceItem, ...] = ()
    finding: Finding | None = None
    """The last decision, kept when the lead is reopened; None: no person has decided yet."""
    assignee: str = ""
    """Account name; empty: nobody's."""
    due_on: date | None = None
    recheck: Recheck | None = None
    """What became of the thing since it was decided on; None: nobody looked yet."""
    history: tuple[LeadEvent, ...] = ()


Document = TypeVar("Document")


@dataclass(frozen=True, slots=True)
class Versioned(Generic[Document]):
    """A stored document and its version; `put` back with this version or not at all."""

    document: Document
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What intake hands the store: one judged observation with its evidence, ready to merge."""

    lead_id: str
    observation: Observation
    assessment: Assessment
    evidence: tuple[EvidenceItem, ...]


class MergeOutcome(StrEnum):
    """What a sighting did."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    """The very same observation was merged before."""
    RESURFACED = "resurfaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The answer to one sighting."""

    lead_id: str
    outcome: MergeOutcome


class LeadSort(StrEnum):
    """Orders of the queue."""

    SCORE = "score"
    """Highest first, then latest seen."""
    LATEST = "latest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadQuery:
    """What the queue asks for. Filters of one field are alternatives, fields are conditions; empty: no condition."""

    text: str = ""
    """As staff type it, in the language of `pipelines.search.parse`: words that must all occur (substrings, Chinese of any
    length ≥ 1), "phrases", -not, field:value, ranges."""
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(field, accepted values); fields: status, level, kind, imitates, source, assignee, outcome, recheck."""
    sort: LeadSort = LeadSort.SCORE
    limit: int = 50
    cursor: str = ""
    """From the previous page; empty: the first page."""


Facets = dict[str, dict[str, int]]
"""field → value → number of leads. Exact, but for a text with more than `pipelines.stores.query.COUNT_LIMIT` leads: then a number
is at least so many, a value that is named occurs, and the numbers of a field stand for `COUNT_LIMIT` leads or more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadPage:
    """One page of leads."""

    leads: tuple[Versioned[Lead], ...]
    total: int
    """Leads found on all pages. With a text at most `pipelines.stores.query.COUNT_LIMIT`: nobody reads on that far, and counting
    a common word through a million leads would cost more than finding them."""
    is_capped: bool = False
    """There are more than `total`."""
    cursor: str = ""
    """For the next page; empty: this was the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearch:
    """A search somebody wants to find again."""

    owner: str
    """Account name."""
    name: str
    """What the owner calls it; unique among theirs."""
    query: str
    """The parameters of the queue's address, e.g. `q=%E5%8C%85%E8%BF%87&status=new`; empty: the whole queue."""
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Someone who signs in."""

    name: str
    display_name: str
    role: Role
    password_hash: str = ""
    """Argon2id; empty: cannot sign in with a password."""
    is_disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """One entry of the append-only audit log, chained by hash."""

    number: int
    """1, 2, 3 …"""
    at: datetime
    by: str
    act: str
    """`lead.confirm`, `export.takedown`, `account.sign_in` …"""
    about: str
    """Id of the lead, account or file; empty: nothing in particular."""
    detail: str = ""
    previous_sha256: str
    """Digest of entry `number - 1`; 64 zeros for the first."""
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """One piece of a run that is done whole or not at all: a name to resolve, a query to ask, a page to visit."""

    kind: str
    """`plan`, `name`, `query`, `listing_page`, `visit`, `snapshot`, `file`, `recheck`, `recheck_listing`, `recheck_advert`."""
    key: str
    """Unique within a run and kind, e.g. the URL."""
    payload: str = ""
    """JSON of what the worker needs besides the key; empty: nothing."""


class RunVerdict(StrEnum):
    """How a run went; the rules are in `pipelines.run_health`."""

    GOOD = "good"
    LOOK = "look"
    """Something needs a person's look; what was found stands."""
    BAD = "bad"
    """The run, or a main part of it, brought nothing that can be relied on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRequest:
    """A person wants a run to end after the work in hand."""

    by: str
    """Account name."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What a sweep did, and what it did not."""

    id: str
    started_at: datetime
    finished_at: datetime | None = None
    """None: still running, or stopped before its end (`--resume` goes on)."""
    stop: StopRequest | None = None
    """None: nobody at the desk asked that it stop. Kept by the store, whatever report is put; going on withdraws it."""
    stopped_at: datetime | None = None
    """When it stopped as it was asked, with work left; None: it was not, or has not yet."""
    sources: tuple[str, ...] = ()
    done: dict[str, int]
    """Finished work items by kind."""
    left: dict[str, int]
    """Work items still to do by kind."""
    outcomes: dict[str, int]
    """Merge outcomes and observations by name."""
    failures: tuple[str, ...] = ()
    """What did not work, one Chinese sentence each, at most 200."""
    not_run: tuple[str, ...] = ()
    """Sources and detectors that did not run, and why."""
    postponed: tuple[str, ...] = ()
    """What was left for another day because a budget is spent, one Chinese sentence each; nobody need do anything."""
    errors: dict[str, int] = field(default_factory=dict)
    """Kind of failure → how often (`pipelines.run_health.error_kind`); empty in reports of older versions."""
    by_source: dict[str, dict[str, int]] = field(default_factory=dict)
    """Source (`engine:baidu`) → what → count: pages, rows, adverts, observations, outcomes, failures."""
    field_counts: dict[str, dict[str, int]] = field(default_factory=dict)
    """Definition (`engine:baidu`) → field → rows in which it was found; `rows` counts all rows, `adverts` the paid ones."""
    verdict: RunVerdict | None = None
    """None: the run has not ended, or an older version ran it."""
    reasons: tuple[str, ...] = ()
    """Why it is not good, one Chinese sentence each."""
