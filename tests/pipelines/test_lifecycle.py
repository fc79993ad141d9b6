"""A lead's life: what sightings may do to it, what staff may do to it, and what holds after any sequence of both."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import lifecycle
from pipelines.errors import TransitionNotAllowed, UsageError
from pipelines.lifecycle import MACHINE, merge_sighting
from pipelines.model import FindingOutcome, LeadAct, LeadStatus, MergeOutcome
from tests.builders import AT, a_lead, a_listing, a_sighting, a_site, an_evidence_item

DAY = timedelta(days=1)


def screened(lead):
    return lifecycle.start_screening(lead, "wang", AT)


def dismissed(lead, at=AT):
    return lifecycle.dismiss(screened(lead), "wang", "培训机构", at)


def closed(lead, at=AT):
    event = replace(lead.history[-1], status=LeadStatus.CLOSED, at=at, by="wang", act=LeadAct.COMMENTED)
    return replace(lead, status=LeadStatus.CLOSED, history=(*lead.history, event))


# --- sightings ---


def test_the_first_sighting_makes_a_new_lead():
    lead, outcome = merge_sighting(None, a_sighting(a_site(query="证书查询"), evidence=[an_evidence_item()]), AT)
    assert outcome is MergeOutcome.CREATED
    assert (lead.status, lead.finding, lead.sighting_count) == (LeadStatus.NEW, None, 1)
    assert [event.act for event in lead.history] == [LeadAct.SIGHTED]
    assert lead.queries == ("证书查询",)


def test_the_same_content_later_only_moves_the_time():
    lead = a_lead()
    again, outcome = merge_sighting(lead, a_sighting(a_site(at=AT + DAY)), AT + DAY)
    assert outcome is MergeOutcome.UNCHANGED
    assert (again.sighting_count, again.last_seen_at, again.first_seen_at) == (1, AT + DAY, AT)
    assert again.history == lead.history


def test_evidence_is_joined_by_digest():
    one, two = an_evidence_item(b"1"), an_evidence_item(b"2")
    lead = a_lead(evidence=[one])
    lead, _ = merge_sighting(lead, a_sighting(a_site(text="b", at=AT + DAY), evidence=[one, two, two]), AT)
    assert lead.evidence == (one, two)


def test_a_weaker_look_of_the_same_week_does_not_hide_the_strong_one():
    lead, outcome = merge_sighting(a_lead(score=800), a_sighting(a_site(text="空白", at=AT + DAY), 100), AT)
    assert outcome is MergeOutcome.UPDATED
    assert lead.assessment.score_permille == 800
    assert lead.sighting_count == 2


def test_after_a_week_the_newer_look_counts():
    lead, _ = merge_sighting(a_lead(score=800), a_sighting(a_site(text="空白", at=AT + 8 * DAY), 100), AT)
    assert lead.assessment.score_permille == 100


def test_a_failed_look_replaces_nothing_and_is_no_sight_of_it():
    failed = a_site(failure="连接超时", at=AT + 9 * DAY)
    lead, _ = merge_sighting(a_lead(score=500), a_sighting(failed, 900), AT)
    assert (lead.assessment.score_permille, lead.last_seen_at) == (500, AT)
    assert lead.history[-1].note == "连接超时"


def test_content_replaces_a_failed_look():
    lead, _ = merge_sighting(a_lead(a_site(failure="连接超时"), 480), a_sighting(a_site(at=AT + DAY), 300), AT)
    assert lead.observation.captures
    assert lead.assessment.score_permille == 300


def test_the_same_look_judged_anew_takes_the_newer_assessment():
    lead, outcome = merge_sighting(a_lead(score=500), a_sighting(a_site(), 300, ruleset_version="2099.1"), AT)
    assert outcome is MergeOutcome.UPDATED
    assert lead.assessment.score_permille == 300
    assert (lead.history[-1].act, lead.history[-1].by) == (LeadAct.REASSESSED, MACHINE)


def test_a_dismissed_lead_stays_so_for_the_same_and_for_slightly_other_content():
    lead = dismissed(a_lead(score=420))
    for text, score in (("特种作业操作证查询平台", 999), ("换了广告位", 560), ("又换了", 569)):
        lead, outcome = merge_sighting(lead, a_sighting(a_site(text=text, at=AT + DAY), score), AT + DAY)
        assert outcome is not MergeOutcome.RESURFACED
        assert lead.status is LeadStatus.DISMISSED
        assert lead.assessment.score_permille == 420


@pytest.mark.parametrize(("before", "after"), [(420, 570), (390, 400), (690, 700)])
def test_a_dismissed_lead_comes_back_when_it_became_something_else(before, after):
    lead = dismissed(a_lead(score=before))
    back, outcome = merge_sighting(lead, a_sighting(a_site(text="办证包过", at=AT + DAY), after), AT + DAY)
    assert outcome is MergeOutcome.RESURFACED
    assert back.status is LeadStatus.NEW
    assert back.finding == lead.finding
    assert back.assessment.score_permille == after
    assert back.history[-1].act is LeadAct.RESURFACED


def test_what_was_seen_before_the_dismissal_never_brings_it_back():
    lead = dismissed(a_lead(score=300), at=AT + DAY)
    _, outcome = merge_sighting(lead, a_sighting(a_site(text="旧的", at=AT + DAY), 999), AT + 2 * DAY)
    assert outcome is MergeOutcome.UPDATED


def test_a_closed_lead_comes_back_with_the_very_same_content():
    lead = closed(a_lead(score=800), at=AT + DAY)
    back, outcome = merge_sighting(lead, a_sighting(a_site(at=AT + 2 * DAY), 800), AT + 2 * DAY)
    assert (outcome, back.status) == (MergeOutcome.RESURFACED, LeadStatus.NEW)
    assert merge_sighting(back, a_sighting(a_site(at=AT + 2 * DAY), 800), AT + 3 * DAY) == (
        back,
        MergeOutcome.UNCHANGED,
    )


@pytest.mark.parametrize(
    ("observation", "score"),
    [
        (a_site(failure="域名不存在", at=AT + 2 * DAY), 900),
        (a_site(text="域名停放", at=AT + 2 * DAY), 100),
        (a_site(at=AT), 900),
    ],
)
def test_a_closed_lead_stays_closed_while_the_thing_is_gone(observation, score):
    lead = closed(a_lead(score=800), at=AT + DAY)
    after, outcome = merge_sighting(lead, a_sighting(observation, score), AT + 3 * DAY)
    assert outcome is not MergeOutcome.RESURFACED
    assert after.status is LeadStatus.CLOSED


def test_a_delisted_listing_does_not_reopen_its_lead():
    lead = closed(a_lead(a_listing()), at=AT + DAY)
    after, _ = merge_sighting(lead, a_sighting(a_listing(is_delisted=True, at=AT + 2 * DAY)), AT + 2 * DAY)
    assert after.status is LeadStatus.CLOSED


# --- staff ---


def test_screening_takes_the_lead_into_somebodys_hands():
    lead = lifecycle.start_screening(a_lead(), "wang", AT)
    assert (lead.status, lead.assignee) == (LeadStatus.SCREENING, "wang")
    held = lifecycle.start_screening(lifecycle.assign(a_lead(), "li", "admin", AT), "wang", AT)
    assert held.assignee == "li"


def test_a_decision_names_who_when_and_why():
    lead = lifecycle.confirm(screened(a_lead()), "wang", " 仿冒应急管理部 ", AT)
    assert lead.status is LeadStatus.CONFIRMED
    assert (lead.finding.outcome, lead.finding.decided_by, lead.finding.reason) == (
        FindingOutcome.COUNTERFEIT, "wang", "仿冒应急管理部",
    )  # fmt: skip


@pytest.mark.parametrize("decide", [lifecycle.confirm, lifecycle.dismiss])
def test_a_decision_needs_a_reason_and_a_lead_in_screening(decide):
    with pytest.raises(UsageError):
        decide(screened(a_lead()), "wang", "  ", AT)
    for lead in (a_lead(), dismissed(a_lead())):
        with pytest.raises(TransitionNotAllowed):
            decide(lead, "wang", "理由", AT)


def test_a_counterfeit_is_not_dismissed():
    with pytest.raises(UsageError):
        lifecycle.dismiss(screened(a_lead()), "wang", "理由", AT, FindingOutcome.COUNTERFEIT)


def test_reopening_keeps_the_earlier_finding():
    lead = dismissed(a_lead())
    back = lifecycle.reopen(lead, "li", "复核后重新甄别", AT)
    assert (back.status, back.finding) == (LeadStatus.NEW, lead.finding)
    with pytest.raises(TransitionNotAllowed):
        lifecycle.reopen(back, "li", "再次", AT)


def test_undo_takes_back_ones_own_last_decision_only():
    lead = dismissed(a_lead())
    with pytest.raises(TransitionNotAllowed):
        lifecycle.undo_decision(lead, "li", AT)
    back = lifecycle.undo_decision(lead, "wang", AT)
    assert (back.status, back.finding) == (LeadStatus.SCREENING, None)
    with pytest.raises(TransitionNotAllowed):
        lifecycle.undo_decision(back, "wang", AT)


def test_what_went_out_in_a_paper_cannot_be_undone():
    lead = lifecycle.note_export(lifecycle.confirm(screened(a_lead()), "wang", "仿冒", AT), "wang", "处置清单", AT)
    with pytest.raises(TransitionNotAllowed):
        lifecycle.undo_decision(lead, "wang", AT)


def test_a_sighting_in_between_does_not_spoil_the_undo():
    lead = lifecycle.confirm(screened(a_lead()), "wang", "仿冒", AT)
    lead, _ = merge_sighting(lead, a_sighting(a_site(text="新", at=AT + DAY)), AT + DAY)
    assert lifecycle.undo_decision(lead, "wang", AT).status is LeadStatus.SCREENING


def test_every_status_has_its_row_and_its_chinese_name():
    assert set(lifecycle.TRANSITIONS) == set(lifecycle.STATUS_ZH) == set(LeadStatus)


# --- any sequence of both ---

SIGHTINGS = st.builds(
    lambda text, hours, score, source, is_failed: a_sighting(
        a_site(text=text, at=AT + timedelta(hours=hours), source=source, failure="超时" if is_failed else ""),
        score,
        evidence=[an_evidence_item(text.encode())],
    ),
    st.sampled_from("甲乙丙丁"),
    st.integers(0, 400),
    st.integers(0, 1000),
    st.sampled_from(["lookalike", "engine:baidu"]),
    st.booleans(),
)
ACTS = {
    "screen": lambda lead, at: lifecycle.start_screening(lead, "wang", at),
    "confirm": lambda lead, at: lifecycle.confirm(lead, "wang", "理由", at),
    "dismiss": lambda lead, at: lifecycle.dismiss(lead, "wang", "理由", at),
    "reopen": lambda lead, at: lifecycle.reopen(lead, "wang", "理由", at),
    "undo": lambda lead, at: lifecycle.undo_decision(lead, "wang", at),
    "close": lambda lead, at: closed(lead, at) if lead.status is LeadStatus.CONFIRMED else lead,
}


@settings(max_examples=150, deadline=None)
@given(SIGHTINGS, st.lists(st.one_of(SIGHTINGS, st.sampled_from(sorted(ACTS))), max_size=25))
def test_whatever_happens_the_invariants_hold(first, steps):
    lead, _ = merge_sighting(None, first, AT)
    merged, at = [first], AT
    for step in steps:
        at += timedelta(hours=3)
        before = lead
        if isinstance(step, str):
            try:
                lead = ACTS[step](lead, at)
            except TransitionNotAllowed:
                lead = before
        else:
            lead, outcome = merge_sighting(lead, step, at)
            merged.append(step)
            assert lead.finding == before.finding, "a sighting never changes a finding"
            if lead.status is not before.status:
                assert outcome is MergeOutcome.RESURFACED
                assert before.status in {LeadStatus.DISMISSED, LeadStatus.CLOSED}
                assert lead.status is LeadStatus.NEW
            assert merge_sighting(lead, step, at + DAY) == (lead, MergeOutcome.UNCHANGED), "a rerun changes nothing"
        assert lead.history[: len(before.history)] == before.history, "history only grows"
        assert lead.history[-1].status is lead.status
    assert lead.first_seen_at == min(one.observation.observed_at for one in merged)
    assert lead.last_seen_at <= max(one.observation.observed_at for one in merged)
    assert {item.sha256 for item in lead.evidence} == {item.sha256 for one in merged for item in one.evidence}
    assert set(lead.sources) == {one.observation.candidate.discovery.source for one in merged}
    assert lead.sighting_count == len(lead.seen_observations) == len({one.observation.identity for one in merged})
    assert lead.observation.attachments == ()
    if lead.status in {LeadStatus.CONFIRMED, LeadStatus.DISMISSED}:
        assert lead.finding is not None


@settings(max_examples=60, deadline=None)
@given(st.lists(SIGHTINGS, min_size=1, max_size=10))
def test_running_a_whole_sweep_again_changes_nothing(sightings):
    lead = None
    for one in sightings:
        lead, _ = merge_sighting(lead, one, AT)
    once = lead
    for one in sightings:
        lead, _ = merge_sighting(lead, one, AT + DAY)
    assert lead == once
