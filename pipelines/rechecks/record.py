"""What a lead keeps of its re-checks: the state, since when, and what proves it. Frozen values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = ["RECHECK", "STATE_ZH", "Recheck", "RecheckDoubt", "RecheckState", "RechecksAhead"]

RECHECK = "recheck"
"""`Discovery.source` of an observation made to see what became of a lead."""


class RecheckState(StrEnum):
    """What became of the thing."""

    ALIVE = "alive"
    """It shows what the person decided on."""
    CHANGED = "changed"
    """It answers, with something else."""
    PARKED = "parked"
    """The name is parked, for sale or not built yet."""
    GONE = "gone"
    """The name, the page or the listing is no longer there, or its provider stopped it."""
    BLOCKED = "blocked"
    """A wall was put up for us: whether it stands behind that nobody knows."""
    MOVED = "moved"
    """It is no longer what it was, and its marks stand on a new host."""


STATE_ZH = {
    RecheckState.ALIVE: "仍在",
    RecheckState.CHANGED: "内容已变",
    RecheckState.PARKED: "已停放",
    RecheckState.GONE: "已消失",
    RecheckState.BLOCKED: "对我方屏蔽",
    RecheckState.MOVED: "已转移",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RechecksAhead:
    """How many leads are to be looked at again by an instant."""

    due: int
    next_at: datetime | None
    """When the first after that is due; None: none is planned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckDoubt:
    """A look no longer saw it; a later one decides (`pipelines.rechecks.history`)."""

    state: RecheckState
    """The least that was missed since."""
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """What became of the thing a lead is about."""

    state: RecheckState | None = None
    """None: no look was clear enough yet."""
    since: datetime | None = None
    """When it was first seen so; None as for `state`."""
    confirmed_at: datetime | None = None
    """The last look that saw it so."""
    said: str = ""
    """Why it counts as this (one Chinese sentence without its full stop)."""
    evidence: tuple[str, ...] = ()
    """SHA-256 of what shows it; the items themselves are among the lead's evidence."""
    moved_to: tuple[str, ...] = ()
    """Leads that carry its marks since; empty: none, or it has not moved."""
    checked_at: datetime
    """The last look, whatever it saw."""
    checked_said: str
    """What the last look saw (one Chinese sentence without its full stop)."""
    is_answered: bool = True
    """Whether the last look was answered: time-outs and server errors say nothing."""
    doubt: RecheckDoubt | None = None
    """None: the last clear look confirmed the state."""
