"""A lead's life: what a sighting does to it, and which moves staff may make. Pure: the time and the person are handed in.

    new → screening → confirmed → disposing → referred → actioned → verified → closed
     ↑        └─────→ dismissed                                                   │
     └──── reopened, or resurfaced by itself ────┴────────────────────────────────┘

No machine step leaves `new`, and a sighting never changes a finding. Two sightings do move a status, back to `new`, so that a
person looks again; the earlier finding stays on the lead until the next decision:
* a **closed** lead that stands again: seen after it was closed, neither gone nor parked nor behind a wall, at a score that makes a lead. The same
  content counts: that the thing is back is the news.
* a **dismissed** lead that became something else: different content seen after the dismissal, `RESURFACE_STEP` points
  stronger than what the person judged, or a level higher. Repeated or slightly changed content never brings it back, however
  often it is seen, because a dismissed or closed lead keeps showing the very look the person decided on.

A lead shows its strongest look of the last `LOOK_HOLDS` (a cloaked page that is blank today must not hide yesterday's copy);
a failed look never replaces one with content. The same look judged anew takes the newer assessment.

A re-check (`pipelines.rechecks`) looks for what became of a thing a person decided on. It adds its evidence and may bring a closed lead
back; it replaces no look and says nothing here: what it saw stands in the lead's `recheck`.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from detectors.model import Assessment, Level, Observation
from detectors.ruleset import LEAD_FROM
from pipelines.errors import TransitionNotAllowed, UsageError
from pipelines.model import (
    EvidenceItem,
    Finding,
    FindingOutcome,
    Lead,
    LeadAct,
    LeadEvent,
    LeadStatus,
    MergeOutcome,
    Sighting,
)
from pipelines.rechecks.look import judge_look
from pipelines.rechecks.record import RECHECK, RecheckState
from pipelines.trim import trim

__all__ = [
    "LOOK_HOLDS", "MACHINE", "RESURFACE_STEP", "STATUS_ZH", "TRANSITIONS", "assign", "comment", "confirm", "dismiss",
    "merge_sighting", "note_export", "reassess", "reopen", "start_screening", "undo_decision",
]  # fmt: skip

MACHINE = "system"
"""Who acts when no person does."""
RESURFACE_STEP = 150
"""Half a strong reason: less is the noise of a page that changes daily."""
LOOK_HOLDS = timedelta(days=7)
_SEEN_LIMIT = 100

TRANSITIONS: dict[LeadStatus, frozenset[LeadStatus]] = {
    LeadStatus.NEW: frozenset({LeadStatus.SCREENING}),
    LeadStatus.SCREENING: frozenset({LeadStatus.CONFIRMED, LeadStatus.DISMISSED}),
    LeadStatus.CONFIRMED: frozenset({LeadStatus.DISPOSING}),
    LeadStatus.DISPOSING: frozenset({LeadStatus.REFERRED}),
    LeadStatus.REFERRED: frozenset({LeadStatus.ACTIONED}),
    LeadStatus.ACTIONED: frozenset({LeadStatus.VERIFIED}),
    LeadStatus.VERIFIED: frozenset({LeadStatus.CLOSED}),
    LeadStatus.CLOSED: frozenset({LeadStatus.NEW}),
    LeadStatus.DISMISSED: frozenset({LeadStatus.NEW}),
}
"""Every move forward. Taking back a decision is no move but `undo_decision`."""

STATUS_ZH = {
    LeadStatus.NEW: "待甄别",
    LeadStatus.SCREENING: "甄别中",
    LeadStatus.CONFIRMED: "已认定",
    LeadStatus.DISMISSED: "已排除",
    LeadStatus.DISPOSING: "处置中",
    LeadStatus.REFERRED: "已移送",
    LeadStatus.ACTIONED: "已处置",
    LeadStatus.VERIFIED: "已复核",
    LeadStatus.CLOSED: "已销号",
}
_LEVELS = (Level.LOW, Level.MEDIUM, Level.HIGH)
_DECISIONS = {LeadAct.CONFIRMED: LeadStatus.CONFIRMED, LeadAct.DISMISSED: LeadStatus.DISMISSED}
_AT_REST = {LeadStatus.DISMISSED, LeadStatus.CLOSED}
_STANDING = {RecheckState.ALIVE, RecheckState.CHANGED, RecheckState.MOVED}
"""A parked name or a page of an error keeps the score of its name; neither is the thing standing again."""


def merge_sighting(current: Lead | None, sighting: Sighting, at: datetime) -> tuple[Lead, MergeOutcome]:
    """Return the lead after this sighting, merged at `at`, and what the sighting did.

    `sighting.observation` is the whole one: its identity is what is counted. Merging the same sighting again returns the
    equal lead and `UNCHANGED`; the same content seen at a later time moves `last_seen_at` and is `UNCHANGED` too.
    """
    if current is None:
        return _created(sighting, at), MergeOutcome.CREATED
    observation, identity = sighting.observation, sighting.observation.identity
    is_known = identity in current.seen_observations
    is_replay = is_known and observation.observed_at <= max(current.last_seen_at, current.observation.observed_at)
    lead = _with_traces(current, sighting, is_known=is_known)
    if not is_replay and _resurfaces(current, sighting):
        note = f"再次发现，机器初判 {sighting.assessment.score_permille} 分，请重新甄别"
        lead = replace(_showing(lead, sighting), status=LeadStatus.NEW)
        return _noted(lead, LeadAct.RESURFACED, MACHINE, at, note), MergeOutcome.RESURFACED
    if observation.candidate.discovery.source == RECHECK:
        return lead, MergeOutcome.UNCHANGED if is_known else MergeOutcome.UPDATED
    before = current.assessment.score_permille
    is_better = not is_replay and _is_better_look(current, sighting)
    if current.status not in _AT_REST and (is_better or _is_rejudged(current, sighting)):
        lead = _showing(lead, sighting)
    after = lead.assessment.score_permille
    change = f"机器初判由 {before} 分变为 {after} 分" if before != after else ""
    if not is_known:
        return _noted(lead, LeadAct.SIGHTED, MACHINE, at, change or observation.failure), MergeOutcome.UPDATED
    if change:
        return _noted(lead, LeadAct.REASSESSED, MACHINE, at, change), MergeOutcome.UPDATED
    return lead, MergeOutcome.UNCHANGED


def start_screening(lead: Lead, by: str, at: datetime) -> Lead:
    """Return the lead taken up for 甄别 by this account. Raises `TransitionNotAllowed`."""
    moved = _moved(lead, LeadStatus.SCREENING, "开始甄别", "screened")
    return _noted(replace(moved, assignee=lead.assignee or by), LeadAct.SCREENING_STARTED, by, at)


def confirm(lead: Lead, by: str, reason: str, at: datetime) -> Lead:
    """Return the lead with the finding 假冒. Raises `TransitionNotAllowed`, `UsageError` without a reason."""
    moved = _moved(lead, LeadStatus.CONFIRMED, "认定", "confirmed")
    return _decided(moved, LeadAct.CONFIRMED, FindingOutcome.COUNTERFEIT, by, reason, at)


def dismiss(
    lead: Lead, by: str, reason: str, at: datetime, outcome: FindingOutcome = FindingOutcome.NOT_COUNTERFEIT
) -> Lead:
    """Return the lead dismissed with a finding other than 假冒. Raises `TransitionNotAllowed`, `UsageError` without a reason."""
    if outcome is FindingOutcome.COUNTERFEIT:
        raise UsageError("认定为假冒的线索不能排除。", "A counterfeit is confirmed, not dismissed.")
    moved = _moved(lead, LeadStatus.DISMISSED, "排除", "dismissed")
    return _decided(moved, LeadAct.DISMISSED, outcome, by, reason, at)


def reopen(lead: Lead, by: str, reason: str, at: datetime) -> Lead:
    """Return the dismissed or closed lead back in the queue; its finding stays until the next one."""
    moved = _moved(lead, LeadStatus.NEW, "重新打开", "reopened")
    return _noted(moved, LeadAct.REOPENED, by, at, reason.strip())


def undo_decision(lead: Lead, by: str, at: datetime) -> Lead:
    """Return the lead as it stood before this account's decision, in screening and without a finding.

    Only the decider's own decision, and only while no person did anything after it (an export has left the house).
    Raises `TransitionNotAllowed`.
    """
    last = next((event for event in reversed(lead.history) if event.by != MACHINE), None)
    if last is None or last.by != by or _DECISIONS.get(last.act) is not lead.status:
        raise _refused(lead, "撤销认定", "undone")
    before = replace(lead, status=LeadStatus.SCREENING, finding=None)
    return _noted(before, LeadAct.DECISION_UNDONE, by, at)


def assign(lead: Lead, assignee: str, by: str, at: datetime) -> Lead:
    """Return the lead in the hands of this account (empty: nobody's)."""
    return _noted(
        replace(lead, assignee=assignee), LeadAct.ASSIGNED, by, at, f"交办给 {assignee}" if assignee else "取消交办"
    )


def comment(lead: Lead, by: str, note: str, at: datetime) -> Lead:
    """Return the lead with a remark in its history."""
    return _noted(lead, LeadAct.COMMENTED, by, at, note.strip())


def note_export(lead: Lead, by: str, note: str, at: datetime) -> Lead:
    """Return the lead with the line that it went out in a paper (`note` names it)."""
    return _noted(lead, LeadAct.EXPORTED, by, at, note)


def reassess(lead: Lead, observation: Observation, assessment: Assessment, at: datetime, note: str) -> Lead:
    """Return the lead showing the same look with what became known of it since; its status and finding stay.

    Raises `TransitionNotAllowed` for a dismissed or closed lead: it keeps showing what the person decided on.
    """
    if lead.status in _AT_REST:
        raise _refused(lead, "重新初判", "reassessed")
    before, after = lead.assessment.score_permille, assessment.score_permille
    said = f"{note}，机器初判由 {before} 分变为 {after} 分" if before != after else note
    shown = replace(lead, observation=observation, assessment=assessment)
    return _noted(shown, LeadAct.REASSESSED, MACHINE, at, said)


def _created(sighting: Sighting, at: datetime) -> Lead:
    observation = sighting.observation
    discovery = observation.candidate.discovery
    return Lead(
        id=sighting.lead_id,
        status=LeadStatus.NEW,
        observation=trim(observation),
        assessment=sighting.assessment,
        first_seen_at=observation.observed_at,
        last_seen_at=observation.observed_at,
        sighting_count=1,
        seen_observations=(observation.identity,),
        sources=(discovery.source,),
        queries=(discovery.query,) if discovery.query else (),
        evidence=_joined((), sighting),
        history=(LeadEvent(at=at, act=LeadAct.SIGHTED, by=MACHINE, note="首次发现", status=LeadStatus.NEW),),
    )


def _with_traces(lead: Lead, sighting: Sighting, *, is_known: bool) -> Lead:
    """Return the lead with what every sighting adds: times, sources, queries, evidence, the count."""
    observation = sighting.observation
    discovery = observation.candidate.discovery
    last = lead.last_seen_at if _shows_nothing(observation) else max(lead.last_seen_at, observation.observed_at)
    seen = lead.seen_observations if is_known else (*lead.seen_observations, observation.identity)
    return replace(
        lead,
        first_seen_at=min(lead.first_seen_at, observation.observed_at),
        last_seen_at=last,
        sighting_count=lead.sighting_count + (not is_known),
        seen_observations=seen[-_SEEN_LIMIT:],
        sources=tuple(sorted({*lead.sources, discovery.source} - {RECHECK})),
        queries=tuple(sorted({*lead.queries, discovery.query} - {""})),
        evidence=_joined(lead.evidence, sighting),
    )


def _joined(evidence: tuple[EvidenceItem, ...], sighting: Sighting) -> tuple[EvidenceItem, ...]:
    known = {item.sha256 for item in evidence}
    fresh = {item.sha256: item for item in sighting.evidence if item.sha256 not in known}
    return (*evidence, *fresh.values())


def _showing(lead: Lead, sighting: Sighting) -> Lead:
    return replace(lead, observation=trim(sighting.observation), assessment=sighting.assessment)


def _resurfaces(lead: Lead, sighting: Sighting) -> bool:
    observation, assessment = sighting.observation, sighting.assessment
    if lead.status not in _AT_REST or observation.observed_at <= _status_since(lead) or not _stands(observation):
        return False
    if lead.status is LeadStatus.CLOSED:
        stands = judge_look(lead, observation, assessment.score_permille).state in _STANDING
        return stands and assessment.score_permille >= LEAD_FROM
    if trim(observation).identity == lead.observation.identity:
        return False
    is_level_higher = _LEVELS.index(assessment.level) > _LEVELS.index(lead.assessment.level)
    return is_level_higher or assessment.score_permille - lead.assessment.score_permille >= RESURFACE_STEP


def _is_rejudged(lead: Lead, sighting: Sighting) -> bool:
    shown, observation = lead.observation, sighting.observation
    if trim(observation).identity != shown.identity:
        return False
    is_new_ruleset = sighting.assessment.ruleset_version != lead.assessment.ruleset_version
    return observation.observed_at > shown.observed_at or (
        observation.observed_at == shown.observed_at and is_new_ruleset
    )


def _is_better_look(lead: Lead, sighting: Sighting) -> bool:
    shown, observation = lead.observation, sighting.observation
    if _shows_nothing(observation) != _shows_nothing(shown):
        return _shows_nothing(shown)
    age = observation.observed_at - shown.observed_at
    if abs(age) > LOOK_HOLDS:
        return age > LOOK_HOLDS
    new = (sighting.assessment.score_permille, observation.observed_at)
    return new > (lead.assessment.score_permille, shown.observed_at)


def _shows_nothing(observation: Observation) -> bool:
    return bool(observation.failure) and not (observation.captures or observation.listing or observation.advert)


def _stands(observation: Observation) -> bool:
    is_delisted = observation.listing is not None and observation.listing.is_delisted
    return not _shows_nothing(observation) and not is_delisted


def _status_since(lead: Lead) -> datetime:
    since = lead.history[-1].at
    for event in reversed(lead.history):
        if event.status is not lead.status:
            break
        since = event.at
    return since


def _moved(lead: Lead, to: LeadStatus, step_zh: str, step: str) -> Lead:
    if to not in TRANSITIONS[lead.status]:
        raise _refused(lead, step_zh, step)
    return replace(lead, status=to)


def _refused(lead: Lead, step_zh: str, step: str) -> TransitionNotAllowed:
    return TransitionNotAllowed(lead.id, STATUS_ZH[lead.status], step_zh, lead.status.value, step)


def _decided(lead: Lead, act: LeadAct, outcome: FindingOutcome, by: str, reason: str, at: datetime) -> Lead:
    if not reason.strip():
        raise UsageError("请填写认定理由。", "A decision needs a reason.")
    finding = Finding(outcome=outcome, reason=reason.strip(), decided_by=by, decided_at=at)
    return _noted(replace(lead, finding=finding), act, by, at, reason.strip())


def _noted(lead: Lead, act: LeadAct, by: str, at: datetime, note: str = "") -> Lead:
    return replace(lead, history=(*lead.history, LeadEvent(at=at, act=act, by=by, note=note, status=lead.status)))
