"""How far a name exists, over several looks: it rises at once and falls only when `DAMPING` is met. Pure.

Resolvers, name servers and registries fail for minutes at a time, and half the alarms of the field's tools are such flaps. A fake that
opens, on the other hand, is urgent.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipelines.name_record import Doubt, LastKnown, Presence

__all__ = ["ABSENT", "DAMPING", "Damping", "Turn", "turn"]


@dataclass(frozen=True, slots=True)
class Damping:
    """How far apart two looks must be that agree on a fall, and why."""

    apart: timedelta
    reason: str


DAMPING: dict[tuple[Presence, Presence], Damping] = {
    (Presence.RESOLVING, Presence.REGISTERED): Damping(
        timedelta(hours=2), "a zone being rewritten or a server restarted is back within the hour"
    ),
    (Presence.RESOLVING, Presence.GONE): Damping(
        timedelta(hours=6), "a resolver keeps NXDOMAIN for up to three hours (RFC 2308, section 5); a registry's next zone run comes in between"
    ),
    (Presence.REGISTERED, Presence.GONE): Damping(
        timedelta(hours=12), "registries answer 'not found' when overloaded, and nothing is urgent about a name that cannot be opened"
    ),
}  # fmt: skip
"""(From, to) → the time from the first look that missed something to one that still does; none in between saw it."""

ABSENT = frozenset({Presence.UNREGISTERED, Presence.GONE})
_RANK = {
    Presence.UNKNOWN: -1,
    Presence.UNREGISTERED: 0,
    Presence.GONE: 0,
    Presence.REGISTERED: 1,
    Presence.RESOLVING: 2,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A name exists more, or less, than before."""

    before: Presence
    after: Presence
    at: datetime
    """When it was first seen so."""

    @property
    def is_rise(self) -> bool:
        """Say whether it exists more than before."""
        return _RANK[self.after] > _RANK[self.before]


def turn(known: LastKnown, seen: Presence, at: datetime) -> tuple[LastKnown, Turn | None]:
    """Return what is known after a look at `at` that saw `seen`, and the turn this makes. A look that is not newer is ignored."""
    if known.presence_confirmed_at is not None and at <= known.presence_confirmed_at:
        return known, None
    if known.doubt is not None and at <= known.doubt.last_at:
        return known, None
    if _RANK[seen] < _RANK[known.presence]:
        return _doubted(known, Presence.GONE if seen in ABSENT else seen, at)
    if _RANK[seen] == _RANK[known.presence]:
        return replace(known, presence_confirmed_at=at, doubt=None), None
    after = replace(known, presence=seen, presence_since=at, presence_confirmed_at=at, doubt=None)
    return after, Turn(before=known.presence, after=seen, at=at)


def _doubted(known: LastKnown, seen: Presence, at: datetime) -> tuple[LastKnown, Turn | None]:
    doubt = known.doubt or Doubt(presence=seen, first_at=at, last_at=at)
    least = max(doubt.presence, seen, key=_RANK.__getitem__)
    doubt = replace(doubt, presence=least, last_at=at)
    damping = DAMPING[known.presence, least]
    if at - doubt.first_at < damping.apart:
        return replace(known, doubt=doubt), None
    # What was seen lower still than what is now believed starts a doubt of its own.
    rest = None if seen is least else Doubt(presence=seen, first_at=at, last_at=at)
    after = replace(known, presence=least, presence_since=doubt.first_at, presence_confirmed_at=at, doubt=rest)
    return after, Turn(before=known.presence, after=least, at=doubt.first_at)
