"""What stands on a store's shelf: kinds of documents, each document a row of key, version and canonical JSON. Values and pure functions.

A row is the same in every store, byte for byte, so that two stores are compared by walking both in the order of the keys. Canonical
JSON is UTF-8 with sorted keys and no blanks, made from what is stored and not from what this program understands of it: a
document an earlier version wrote, without a field that came later, stays without it.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import msgspec

from detectors.model import Observation, OfficialSnapshot
from pipelines.documents import decode
from pipelines.errors import DocumentDamaged
from pipelines.feeds import FeedBookmark
from pipelines.model import Account, AuditEvent, Lead, RunReport, SavedSearch, WorkItem
from pipelines.name_record import LoggedChange, NameRecord

__all__ = [
    "DOCUMENT_TYPES", "Contents", "KeptObservation", "KeptWork", "Kind", "LookedUpTo", "ReportedName", "ShelfRow", "canonical",
    "canonical_json", "contents", "contents_line", "document_of", "instant_key", "join_key", "number_key", "split_key",
]  # fmt: skip

_BETWEEN = "\x1f"
"""Joins the parts of a key; below every character that occurs in them, so that keys sort as their parts do."""
_DIGITS = 15


class Kind(StrEnum):
    """What a store may hold, in the order it is moved: what others rest on comes first. Beside each: the key, the document."""

    ACCOUNTS = "accounts"
    """Name; `Account`."""
    SAVED_SEARCHES = "saved_searches"
    """Owner and name; `SavedSearch`."""
    SNAPSHOTS = "snapshots"
    """URL and instant taken (`instant_key`); `OfficialSnapshot`."""
    OBSERVATIONS = "observations"
    """Identity; `KeptObservation`."""
    LEADS = "leads"
    """Id; `Lead`, with its version."""
    NAMES = "names"
    """Host; `NameRecord`, with its version."""
    NAME_CHANGES = "name_changes"
    """Position (`number_key`); `LoggedChange`."""
    NAME_LOOKS = "name_looks"
    """Always `looked_up_to`; `LookedUpTo`. No row: nobody has looked yet."""
    FEED_REPORTED = "feed_reported"
    """Feed and name; `ReportedName`."""
    FEED_BOOKMARKS = "feed_bookmarks"
    """Feed; `FeedBookmark`."""
    FRONTIER = "frontier"
    """Run, kind and key of the work item; `KeptWork`."""
    RUNS = "runs"
    """Id; `RunReport`."""
    AUDIT = "audit"
    """Number (`number_key`); `AuditEvent`. Never replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptObservation:
    """An observation and the lead it made."""

    lead_id: str
    """Empty: no lead came of it."""
    observation: Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptWork:
    """A work item as the frontier keeps it."""

    run_id: str
    position: int
    """Items of a run are pending in this order; unique in the store, with gaps."""
    item: WorkItem
    is_done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUpTo:
    """Up to which name change staff have looked."""

    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedName:
    """A name a feed has reported."""

    feed: str
    name: str
    first_seen_at: datetime | None
    """None: nobody noted when."""


DOCUMENT_TYPES: dict[Kind, Any] = {
    Kind.ACCOUNTS: Account,
    Kind.SAVED_SEARCHES: SavedSearch,
    Kind.SNAPSHOTS: OfficialSnapshot,
    Kind.OBSERVATIONS: KeptObservation,
    Kind.LEADS: Lead,
    Kind.NAMES: NameRecord,
    Kind.NAME_CHANGES: LoggedChange,
    Kind.NAME_LOOKS: LookedUpTo,
    Kind.FEED_REPORTED: ReportedName,
    Kind.FEED_BOOKMARKS: FeedBookmark,
    Kind.FRONTIER: KeptWork,
    Kind.RUNS: RunReport,
    Kind.AUDIT: AuditEvent,
}
"""Kind → the type its canonical JSON is read as (`pipelines.documents.decode`)."""


@dataclass(frozen=True, slots=True)
class ShelfRow:
    """One document of a kind."""

    key: str
    """Unique within its kind; rows are read in ascending order of it, by code points."""
    version: int
    """Of leads and names, the version a `put` must name; 1 of everything else."""
    content: bytes
    """Canonical JSON; what stands in the store where that is no JSON at all (`document_of` then raises)."""


@dataclass(frozen=True, slots=True)
class Contents:
    """How much of a kind there is, and the SHA-256 over all its rows in order."""

    count: int
    sha256: str


def canonical(document: object) -> bytes:
    """Return a document, or plain dictionaries and lists, as canonical JSON."""
    return msgspec.json.encode(document, order="sorted")


def canonical_json(written: bytes | str) -> bytes:
    """Return JSON text as canonical JSON; text that is none comes back as it is."""
    try:
        return canonical(msgspec.json.decode(written))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return written.encode("utf-8", "surrogatepass") if isinstance(written, str) else written


def document_of(kind: Kind, row: ShelfRow) -> Any:
    """Return the document of a row as its type. Raises `DocumentDamaged` naming the row: unreadable, or under a key not its own."""
    try:
        document = decode(DOCUMENT_TYPES[kind], row.content)
    except ValueError as error:
        raise DocumentDamaged(kind, row.key) from error
    own_key = _KEYS.get(kind)
    if own_key and own_key(document) != row.key:
        raise DocumentDamaged(kind, row.key)
    return document


def contents(rows: Iterable[ShelfRow]) -> Contents:
    """Return count and digest of rows in the order given; memory stays bounded."""
    count, digest = 0, hashlib.sha256()
    for row in rows:
        count += 1
        digest.update(contents_line(row))
    return Contents(count, digest.hexdigest())


def contents_line(row: ShelfRow) -> bytes:
    """Return what a row adds to the digest: no two rows, and no two runs of rows, add the same."""
    return canonical([row.key, row.version, len(row.content)]) + b"\n" + row.content + b"\n"


def join_key(*parts: str) -> str:
    """Return the key made of parts."""
    return _BETWEEN.join(parts)


def split_key(key: str, parts: int) -> tuple[str, ...]:
    """Return the parts of a key of so many; those missing at the end are empty."""
    found = key.split(_BETWEEN, parts - 1)
    return (*found, *[""] * (parts - len(found)))


def instant_key(at: datetime) -> str:
    """Return an instant as part of a key: UTC, to the microsecond, so that it sorts by time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def number_key(number: int) -> str:
    """Return the key of a numbered row: digits enough that they sort as numbers do."""
    return f"{number:0{_DIGITS}d}"


_KEYS: dict[Kind, Callable[[Any], str]] = {
    Kind.ACCOUNTS: lambda account: account.name,
    Kind.SAVED_SEARCHES: lambda search: join_key(search.owner, search.name),
    Kind.SNAPSHOTS: lambda snapshot: join_key(snapshot.url, instant_key(snapshot.taken_at)),
    Kind.LEADS: lambda lead: lead.id,
    Kind.NAMES: lambda record: record.host,
    Kind.NAME_CHANGES: lambda logged: number_key(logged.position),
    Kind.NAME_LOOKS: lambda _: "looked_up_to",
    Kind.FEED_REPORTED: lambda reported: join_key(reported.feed, reported.name),
    Kind.FEED_BOOKMARKS: lambda bookmark: bookmark.feed,
    Kind.FRONTIER: lambda kept: join_key(kept.run_id, kept.item.kind, kept.item.key),
    Kind.RUNS: lambda report: report.id,
    Kind.AUDIT: lambda entry: number_key(entry.number),
}
"""How a document names itself; an observation cannot, it was trimmed after its identity was taken."""
