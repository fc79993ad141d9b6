"""When a lead is looked at again: densely after it was handed over, thinly later. Pure.

The lead's own history decides, so that the plan is the same on every machine and a restart forgets nothing.
"""

import hashlib
from datetime import datetime, timedelta

from detectors.model import CandidateKind
from pipelines.model import Lead, LeadAct, LeadStatus
from pipelines.name_plan import Pace
from pipelines.rechecks.history import APART
from pipelines.rechecks.record import RecheckState

__all__ = ["PLAN", "WATCHED", "due_at", "handed_over_at", "is_watched", "pace_of"]

WATCHED = (
    LeadStatus.CONFIRMED, LeadStatus.DISPOSING, LeadStatus.REFERRED, LeadStatus.ACTIONED, LeadStatus.VERIFIED, LeadStatus.CLOSED,
)  # fmt: skip
"""From the decision on, and for ever: what was closed is where the next one opens."""
_KINDS = frozenset({CandidateKind.SITE, CandidateKind.LISTING, CandidateKind.APP, CandidateKind.ADVERT})
"""An advert is looked for where it stood, its link is not followed; the others have no address."""

_HOUR, _DAY, _FOREVER = timedelta(hours=1), timedelta(days=1), timedelta(days=365 * 100)
PLAN = (
    Pace("confirmed", _FOREVER, 7 * _DAY, "nobody was asked to act yet; a letter about a thing that is gone embarrasses"),
    Pace("handed_over", 3 * _DAY, 6 * _HOUR, "platforms and registrars answer within days, and fakes move when they feel it"),
    Pace("handed_over", 14 * _DAY, _DAY, "deadlines of letters run out within two weeks"),
    Pace("handed_over", 60 * _DAY, 3 * _DAY, "what still stands is reminded of monthly"),
    Pace("handed_over", _FOREVER, 14 * _DAY, "who was not moved for two months is not moved overnight"),
    Pace("down", 14 * _DAY, _DAY, "a fake that was cut off tries to come back at once"),
    Pace("down", 90 * _DAY, 7 * _DAY, "deleted names are free again after about 75 days, and are picked up"),
    Pace("down", _FOREVER, 30 * _DAY, "who has not come back by then has another name"),
    Pace("closed", 90 * _DAY, 7 * _DAY, "closed cases are reported on for a quarter"),
    Pace("closed", _FOREVER, 30 * _DAY, "it costs one look a month to know that it stayed away"),
)  # fmt: skip
"""The first row that fits decides; `until` counts from the hand-over, the fall or the closing."""
_DOWN = frozenset({RecheckState.GONE, RecheckState.PARKED, RecheckState.CHANGED, RecheckState.MOVED})
_UNANSWERED = 12 * _HOUR
"""A look nobody answered is repeated no later than this: it has not told anything."""
_SPREAD = 16
"""A lead is looked at up to a sixteenth of its pace earlier, each by a part of its own, so that a letter's hundred leads part."""


def is_watched(lead: Lead) -> bool:
    """Say whether a machine can see what became of it, and whether anybody wants to know."""
    candidate = lead.observation.candidate
    return lead.status in WATCHED and candidate.kind in _KINDS and bool(candidate.url)


def due_at(lead: Lead) -> datetime | None:
    """Return when the lead is to be looked at next; None: it is not watched. One never looked at is due since it was decided."""
    if not is_watched(lead):
        return None
    check, decided_at = lead.recheck, _decided_at(lead)
    if check is None or check.checked_at < decided_at:
        return decided_at
    every = pace_of(lead).every
    if not check.is_answered:
        every = min(every, _UNANSWERED)
    share = int.from_bytes(hashlib.sha256(lead.id.encode()).digest()[:2]) / 65536
    planned = check.checked_at + every - every / _SPREAD * share
    if check.doubt is None:
        return planned
    # A doubt is settled by the first look after its time; one that was not answered is repeated at a decent distance.
    return min(planned, max(check.doubt.first_at + APART, check.checked_at + APART / 4))


def pace_of(lead: Lead) -> Pace:
    """Return the row of `PLAN` that holds for a watched lead."""
    check, handed_over = lead.recheck, handed_over_at(lead)
    since = handed_over or _decided_at(lead)
    phase = "handed_over" if handed_over else "confirmed"
    if lead.status is LeadStatus.CLOSED:
        phase, since = "closed", _entered(lead, frozenset({LeadStatus.CLOSED}))
    elif check and check.state in _DOWN and check.since and handed_over:
        phase, since = "down", check.since
    age = (check.checked_at if check else since) - since
    return next(pace for pace in PLAN if pace.state == phase and age < pace.until)


def handed_over_at(lead: Lead) -> datetime | None:
    """Return when somebody was asked to act: its referral, else the first paper it went out in since the decision; None: nobody was."""
    decided_at = _decided_at(lead)
    since = [event for event in lead.history if event.at >= decided_at]
    asked = (one.at for one in since if one.status is LeadStatus.REFERRED or one.act is LeadAct.EXPORTED)
    return min(asked, default=None)


def _decided_at(lead: Lead) -> datetime:
    return _entered(lead, frozenset(WATCHED))


def _entered(lead: Lead, statuses: frozenset[LeadStatus]) -> datetime:
    """Return since when the lead has stood in one of these without a break."""
    since = lead.history[-1].at
    for event in reversed(lead.history):
        if event.status not in statuses:
            break
        since = event.at
    return since
