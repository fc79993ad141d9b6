"""What all feeds share: certificates and names as they were seen, how a feed stands, and the seams between the parts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from detectors.names.hit import NameHit
from pipelines.feeds import BrokenEntry, FeedBookmark

__all__ = [
    "BrokenLine", "CertificateLog", "CertificateSeen", "FeedHit", "FeedState", "FeedWatch", "ListPart", "LogEntry", "MatchedName", "ReadList", "SeenName",
    "TreeHead",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateSeen:
    """What one entry of a log says."""

    log: str
    """The feed's name."""
    index: int
    logged_at: datetime
    is_precertificate: bool
    names: tuple[str, ...]
    """Every DNS name as written (wildcards too), and the common name where it is a host name; empty: it names no host."""
    sha256: str
    """Digest of the certificate, or of the precertificate as it was handed in; empty: the log does not show the latter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeHead:
    """What a log commits to."""

    size: int
    root: bytes
    """32 bytes."""
    signed_at: datetime | None
    """None: it does not say, or its key is not known."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry as it came: its Merkle leaf hash and what could be read of it."""

    leaf_hash: bytes
    seen: CertificateSeen | BrokenEntry


class CertificateLog(Protocol):
    """One CT log, whatever it speaks. All methods raise `fetch.FetchFailed`."""

    async def head(self) -> TreeHead:
        """Return the latest head, its signature checked if the key is known. Raises `ct_signatures.SignatureWrong`."""

    async def entries(self, start: int, end: int, tree_size: int) -> Sequence[LogEntry]:
        """Return the entries from `start`, at least one, not beyond `end`; `tree_size` is that of the latest head."""

    async def consistency(self, old_size: int, new_size: int) -> tuple[bytes, ...]:
        """Return the RFC 6962 proof that the tree of the old size is a prefix of the new one; sizes are 0 < old < new."""

    def unit_end(self, index: int) -> int:
        """Return the end of the smallest run of entries from `index` that can be asked for by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenName:
    """One name out of a certificate or a stream, not matched yet."""

    name: str
    """As written."""
    certificate_sha256: str = ""
    """Empty: not known."""
    index: int | None = None
    """Of the log's entry; None: there is no log, or it is not said."""
    log: str = ""
    logged_at: datetime | None = None


class MatchedName(Protocol):
    """A name of a list that imitates something, as the reader of lists gives it."""

    @property
    def written(self) -> str: ...  # noqa: D102
    @property
    def host(self) -> str: ...  # noqa: D102
    @property
    def line(self) -> int: ...  # noqa: D102
    @property
    def hits(self) -> Sequence[NameHit]: ...  # noqa: D102


class BrokenLine(Protocol):
    """A line of a list that holds no host name."""

    @property
    def line(self) -> int: ...  # noqa: D102
    @property
    def cause(self) -> str: ...  # noqa: D102


class ListPart(Protocol):
    """What some lines of a list held. Parts come often, with hits or without, so that reading can be followed and stopped."""

    @property
    def name_count(self) -> int: ...  # noqa: D102
    @property
    def found(self) -> Sequence[MatchedName]: ...  # noqa: D102
    @property
    def broken(self) -> Sequence[BrokenLine]:
        """Return the first of them, for showing."""

    @property
    def broken_count(self) -> int: ...  # noqa: D102


class ReadList(Protocol):
    """Reads a list of names or a zone file, part by part, in bounded memory."""

    def __call__(self, path: str, column: str) -> Iterable[ListPart]:
        """Raises `InputUnreadable`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHit:
    """A name to report, for the first time from this feed."""

    feed: str
    name: str
    hit: NameHit
    """The strongest."""
    first_seen_at: datetime
    seen: SeenName | None = None
    """The certificate it stood in; None: it came from a list."""
    file: str = ""
    line: int = 0


class FeedState(StrEnum):
    """How a feed stands at this moment."""

    STARTING = "starting"
    READING = "reading"
    WAITING = "waiting"
    """Everything there is has been read."""
    RETRYING = "retrying"
    """The server is busy or does not answer; it will be asked again."""
    FROZEN = "frozen"
    SILENT = "silent"
    STOPPED = "stopped"


class FeedWatch(Protocol):
    """Told how feeds stand."""

    def show(self, bookmark: FeedBookmark, state: FeedState) -> None:
        """Take note of a feed's state."""

    def note(self, feed: str, zh: str, en: str) -> None:
        """Say something to the person who waits."""
