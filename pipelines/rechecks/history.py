"""What one more look does to what is known of a lead's fate. Pure: times are handed in.

* An unanswered look (time-out, server error) changes nothing. A time-out is not "gone".
* What still stands, or stands elsewhere, is believed at once; so is a wall, which says nothing of what is behind it.
* What speaks for an end (other content, parked, gone) is believed only after two looks at least `APART` that none in between
  contradicted: pages cloak, servers stumble, and a regulator strikes off by this. Looks that missed different things agree on the least.
* A look that is not newer than the last changes nothing.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipelines.model import Lead, LeadAct, LeadEvent
from pipelines.rechecks.record import STATE_ZH, Recheck, RecheckDoubt, RecheckState

__all__ = ["APART", "Verdict", "take_in", "turn"]

APART = timedelta(hours=6)
"""Between the first look that missed something and the one that confirms it: longer than a night's maintenance, shorter than a working day."""
_RANK = {RecheckState.CHANGED: 2, RecheckState.PARKED: 1, RecheckState.GONE: 0}
"""States that speak for an end, the least first to be believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one look says by itself."""

    state: RecheckState | None
    """None: nobody answered."""
    said: str
    """One Chinese sentence without its full stop."""
    moved_to: tuple[str, ...] = ()
    """Leads on new hosts with the same marks."""


def take_in(lead: Lead, verdict: Verdict, seen_at: datetime, evidence: tuple[str, ...], at: datetime, by: str) -> Lead:
    """Return the lead after a look at `seen_at`, its evidence given by digest, noted at `at`. The same look twice is as once."""
    before = lead.recheck
    if before is not None and seen_at <= before.checked_at:
        return lead
    after = turn(before, verdict, seen_at, evidence)
    note = verdict.said
    if after.state is not (before.state if before else None) and after.state:
        note = f"{STATE_ZH[after.state]}：{after.said}"
    elif after.doubt is not None and verdict.state in _RANK:
        note = f"{verdict.said}（待再次复查确认）"
    event = LeadEvent(at=at, act=LeadAct.RECHECKED, by=by, note=note, status=lead.status)
    return replace(lead, recheck=after, history=(*lead.history, event))


def turn(before: Recheck | None, verdict: Verdict, at: datetime, evidence: tuple[str, ...] = ()) -> Recheck:
    """Return what is known after a look at `at`, which is newer than what was known before."""
    is_answered = verdict.state is not None
    if before is None:
        before = Recheck(checked_at=at, checked_said=verdict.said)
    seen = replace(before, checked_at=at, checked_said=verdict.said, is_answered=is_answered)
    if verdict.state is None:
        return seen
    if _falls(before.state, verdict.state):
        return _doubted(seen, verdict.state, verdict, at, evidence)
    # A wall does not contradict a doubt: nobody saw what stands behind it.
    doubt = before.doubt if verdict.state is RecheckState.BLOCKED else None
    return _settled(seen, verdict.state, verdict, at, at, evidence, doubt)


def _falls(before: RecheckState | None, state: RecheckState) -> bool:
    """Say whether this is less than what was known; something where there was nothing is more, and believed at once."""
    return state in _RANK and (before not in _RANK or _RANK[state] < _RANK[before])


def _doubted(seen: Recheck, state: RecheckState, verdict: Verdict, at: datetime, evidence: tuple[str, ...]) -> Recheck:
    doubt = seen.doubt or RecheckDoubt(state=state, first_at=at, last_at=at)
    least = max(doubt.state, state, key=_RANK.__getitem__)
    doubt = RecheckDoubt(state=least, first_at=doubt.first_at, last_at=at)
    if at - doubt.first_at < APART:
        return replace(seen, doubt=doubt)
    # What was seen lower still than what is now believed starts a doubt of its own.
    rest = None if state is least else RecheckDoubt(state=state, first_at=at, last_at=at)
    return _settled(seen, least, verdict, doubt.first_at, at, evidence, rest)


def _settled(
    seen: Recheck,
    state: RecheckState,
    verdict: Verdict,
    since: datetime,
    at: datetime,
    evidence: tuple[str, ...],
    doubt: RecheckDoubt | None,
) -> Recheck:
    return replace(
        seen,
        state=state,
        since=seen.since if state is seen.state else since,
        confirmed_at=at,
        said=verdict.said,
        evidence=evidence,
        moved_to=verdict.moved_to if state is RecheckState.MOVED else (),
        doubt=doubt,
    )
