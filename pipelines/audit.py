"""The chain of the audit log: each entry carries the digest of the one before, so that none can be changed or taken out unseen.

The newest entries could still be cut off by whoever can write the store; publishing the last digest (on every export) closes that.
"""

import hashlib
from datetime import UTC, datetime

import msgspec

from pipelines.model import AuditEvent

__all__ = ["chained", "fits"]

_START = "0" * 64


def chained(previous: AuditEvent | None, at: datetime, by: str, act: str, about: str, detail: str) -> AuditEvent:
    """Return the entry that follows `previous` (None: the first)."""
    number = previous.number + 1 if previous else 1
    previous_sha256 = previous.sha256 if previous else _START
    sha256 = _digest(number, at, by, act, about, detail, previous_sha256)
    return AuditEvent(
        number=number,
        at=at,
        by=by,
        act=act,
        about=about,
        detail=detail,
        previous_sha256=previous_sha256,
        sha256=sha256,
    )


def fits(entry: AuditEvent, previous: AuditEvent | None) -> bool:
    """Say whether the entry is what was written, and follows `previous`."""
    return entry == chained(previous, entry.at, entry.by, entry.act, entry.about, entry.detail)


def _digest(number: int, at: datetime, *words: str) -> str:
    written = msgspec.json.encode([number, at.astimezone(UTC).isoformat(), *words])
    return hashlib.sha256(written).hexdigest()
