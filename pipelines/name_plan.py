"""When a watched name is looked at again: often while something is likely to happen, rarely where nothing has for long. Pure.

A name's own record decides, so that the plan is the same wherever it is asked, and a restart forgets nothing.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipelines.name_presence import DAMPING
from pipelines.name_record import KnownFact, NameRecord, Presence

__all__ = ["PLAN", "Pace", "due_at", "pace_of"]

_FOREVER = timedelta(days=365 * 100)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a name is looked at that has been what it is for less than `until`."""

    state: str
    """A `Presence`, or `parked` for a resolving name that is parked."""
    until: timedelta
    every: timedelta
    reason: str


_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
PLAN = (
    Pace("unknown", 2 * _DAY, 2 * _HOUR, "nobody answered yet: the servers of a new name take hours to appear"),
    Pace("unknown", _FOREVER, 3 * _DAY, "servers that stay broken are rarely mended"),
    Pace("unregistered", 7 * _DAY, _DAY, "a name in a certificate log or a list may be registered within days"),
    Pace(
        "unregistered",
        _FOREVER,
        14 * _DAY,
        "an invented name that nobody wanted for a week is rarely wanted in the next",
    ),
    Pace("registered", 30 * _DAY, 12 * _HOUR, "most fakes open within a month of their registration"),
    Pace("registered", 180 * _DAY, 3 * _DAY, "some are kept for an examination season"),
    Pace("registered", _FOREVER, 14 * _DAY, "kept for resale, or forgotten"),
    Pace("resolving", 3 * _DAY, 3 * _HOUR, "it was just opened: what it shows, and where, changes by the hour"),
    Pace("resolving", 30 * _DAY, 12 * _HOUR, "a measure is on its way, and the fake moves when it feels it"),
    Pace("resolving", _FOREVER, 2 * _DAY, "a lookalike that stands for long still may change its owner"),
    Pace("parked", 30 * _DAY, 2 * _DAY, "freshly parked: for sale, and soon sold if ever"),
    Pace("parked", _FOREVER, 14 * _DAY, "most parked names stay parked for years"),
    Pace("gone", 14 * _DAY, _DAY, "a fake that was cut off tries to come back at once"),
    Pace("gone", 90 * _DAY, 3 * _DAY, "deleted names are free again after about 75 days, and are picked up"),
    Pace("gone", _FOREVER, 14 * _DAY, "who has not come back by then has another name"),
)
"""The first row that fits decides. `every` is the longest wait; see `due_at` for doubts and spreading."""
_SPREAD = 16
"""A name is looked at up to a sixteenth of its pace earlier, each by a part of its own, so that names that came together part."""


def due_at(record: NameRecord) -> datetime:
    """Return when the name is to be looked at next. A name never checked is due since it was first seen."""
    if record.checked_at is None:
        return record.first_seen_at
    pace = pace_of(record)
    share = int.from_bytes(hashlib.sha256(record.host.encode()).digest()[:2]) / 65536
    planned = record.checked_at + pace.every - pace.every / _SPREAD * share
    doubt = record.known.doubt
    if doubt is None:
        return planned
    apart = DAMPING[record.known.presence, doubt.presence].apart
    # A doubt is settled by the first look after its time; a look that was not answered is repeated at a decent distance.
    return min(planned, max(doubt.first_at + apart, record.checked_at + apart / 4))


def pace_of(record: NameRecord) -> Pace:
    """Return the row of `PLAN` that holds for this name."""
    known = record.known
    state, since = known.presence.value, known.presence_since
    if known.presence is Presence.RESOLVING and isinstance(known.parking, KnownFact) and known.parking.values:
        state, since = "parked", known.parking.since
    age = (record.checked_at or since) - since
    return next(pace for pace in PLAN if pace.state == state and age < pace.until)
