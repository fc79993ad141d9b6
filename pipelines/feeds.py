"""What is remembered of a feed between two runs: how far it was read, what is missing, what looks wrong. Frozen values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = ["ENDS_BY_ITSELF", "AlarmKind", "BrokenEntry", "FeedAlarm", "FeedBookmark", "FileRead", "IndexGap", "Outage"]


class AlarmKind(StrEnum):
    """What looks wrong with a feed. `FROZEN`, `SILENT` and `UNREADABLE` end by themselves; the others stay until a person settles them."""

    REWOUND = "rewound"
    """The log says it is smaller than it was."""
    SPLIT_VIEW = "split_view"
    """One size, two roots; or a larger tree that does not contain the one seen before."""
    ENTRIES_DIFFER = "entries_differ"
    """The entries handed out do not add up to the root that was announced."""
    BAD_SIGNATURE = "bad_signature"
    """A tree head was not signed by the log's key."""
    FROZEN = "frozen"
    """The log answers, but has not grown for longer than `frozen_s`: read-only, retired or stuck."""
    SILENT = "silent"
    """The server has not answered for longer than `silent_s`."""
    UNREADABLE = "unreadable"
    """A file, or the folder, cannot be read."""


ENDS_BY_ITSELF = frozenset({AlarmKind.FROZEN, AlarmKind.SILENT, AlarmKind.UNREADABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAlarm:
    """Something a person should look at; the same thing seen again only counts up."""

    kind: AlarmKind
    about: str
    """What exactly, in numbers and digests; empty: the kind says it all."""
    first_at: datetime
    last_at: datetime
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexGap:
    """Entries `start` up to, not including, `end` of a log that could not be had. Tried again later."""

    start: int
    end: int
    cause: str
    noted_at: datetime
    next_try_at: datetime
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A time in which a stream was not heard. What passed then is lost to this feed."""

    from_at: datetime
    until_at: datetime
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenEntry:
    """An entry of a log, or a file's line, that could not be read."""

    index: int
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead:
    """A file as it was when it was last read to its end."""

    name: str
    size_bytes: int
    sha256: str
    read_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedBookmark:
    """Everything known of one feed. It moves only after what was read had been handed on."""

    feed: str
    """The feed's name in the settings."""
    kind: str
    offset: int = 0
    """Index of the next entry to read (CT logs); 0 elsewhere."""
    peaks: tuple[str, ...] = ()
    """Roots (hex) of the complete subtrees left of `offset`, largest first; empty while `offset` > 0: not known."""
    head_size: int | None = None
    """Size of the last tree head accepted; None: none yet."""
    head_root: str = ""
    """Its root hash (hex)."""
    head_at: datetime | None = None
    """When the log signed it; None: it does not say."""
    grew_at: datetime | None = None
    """When we last saw the log grow."""
    contact_at: datetime | None = None
    """When the server last answered, or the stream last said anything; None: never."""
    certificates: int = 0
    """Certificates read in all."""
    names: int = 0
    """Names read in all."""
    hits: int = 0
    """Names reported in all."""
    broken: int = 0
    """Entries, messages or files that could not be read, in all."""
    broken_latest: tuple[BrokenEntry, ...] = ()
    gaps: tuple[IndexGap, ...] = ()
    gaps_closed: int = 0
    """Entries that were missing once and have been read since."""
    outages: tuple[Outage, ...] = ()
    """The latest; `missed_s` counts all."""
    missed_s: float = 0.0
    alarms: tuple[FeedAlarm, ...] = ()
    files: tuple[FileRead, ...] = ()

    @property
    def missing(self) -> int:
        """Return the number of entries that are missing now."""
        return sum(gap.end - gap.start for gap in self.gaps)
