"""What looks one after another come to, and when the next is due."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines import lifecycle
from pipelines.model import LeadAct, LeadStatus
from pipelines.rechecks.history import APART, Verdict, take_in, turn
from pipelines.rechecks.plan import PLAN, WATCHED, due_at, handed_over_at, is_watched, pace_of
from pipelines.rechecks.record import Recheck, RecheckState
from tests.builders import AT, a_lead, a_site, an_advert

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ENDS = (RecheckState.CHANGED, RecheckState.PARKED, RecheckState.GONE)
STATES = st.sampled_from([None, *RecheckState])
LOOKS = st.lists(st.tuples(STATES, st.integers(1, 2000)), min_size=1, max_size=12)


def saw(state):
    return Verdict(state=state, said=f"看到 {state}")


def confirmed(lead=None, at=AT):
    return lifecycle.confirm(lifecycle.start_screening(lead or a_lead(), "wang", at), "wang", "冒用名称", at)


def referred(at=AT, lead=None):
    return lifecycle.note_export(confirmed(lead, at), "wang", "平台下架函", at)


def looked(lead, *looks):
    """Take looks (state, hours after the beginning) in."""
    for state, hours in looks:
        lead = take_in(lead, saw(state), AT + hours * HOUR, (f"{hours:064x}",), AT + hours * HOUR, "system")
    return lead


def closed(at=AT):
    lead = referred()
    event = replace(lead.history[-1], status=LeadStatus.CLOSED, at=at, act=LeadAct.COMMENTED)
    return replace(lead, status=LeadStatus.CLOSED, history=(*lead.history, event))


# --- what is believed ---


@pytest.mark.parametrize("end", ENDS)
def test_an_end_is_believed_after_two_looks_hours_apart_and_dated_by_the_first(end):
    lead = looked(referred(), (RecheckState.ALIVE, 1), (end, 10))
    assert lead.recheck.state is RecheckState.ALIVE
    assert "待再次复查确认" in lead.history[-1].note
    assert looked(lead, (end, 12)).recheck.state is RecheckState.ALIVE, "two hours are not hours apart"
    after = looked(lead, (end, 10 + 6)).recheck
    assert (after.state, after.since, after.confirmed_at) == (end, AT + 10 * HOUR, AT + 16 * HOUR)
    assert after.evidence == (f"{16:064x}",)


def test_a_look_that_sees_it_again_ends_the_doubt():
    lead = looked(referred(), (RecheckState.GONE, 1), (RecheckState.ALIVE, 3), (RecheckState.GONE, 9))
    assert lead.recheck.state is RecheckState.ALIVE


def test_silence_and_walls_end_no_doubt_and_silence_changes_nothing():
    lead = looked(referred(), (RecheckState.GONE, 1), (None, 4), (RecheckState.BLOCKED, 5), (RecheckState.GONE, 8))
    assert lead.recheck.state is RecheckState.GONE
    quiet = looked(lead, *((None, hours) for hours in range(20, 900, 20)))
    assert (quiet.recheck.state, quiet.recheck.is_answered) == (RecheckState.GONE, False)
    assert quiet.recheck.checked_at > lead.recheck.checked_at


def test_looks_that_missed_different_things_agree_on_the_least():
    lead = looked(referred(), (RecheckState.GONE, 1), (RecheckState.PARKED, 8))
    assert lead.recheck.state is RecheckState.PARKED
    lead = looked(referred(), (RecheckState.PARKED, 1), (RecheckState.GONE, 8), (RecheckState.GONE, 15))
    assert lead.recheck.state is RecheckState.GONE


@pytest.mark.parametrize("end", ENDS)
def test_what_is_back_or_elsewhere_is_believed_at_once(end):
    for state in (RecheckState.ALIVE, RecheckState.MOVED):
        assert looked(referred(), (end, 1), (end, 8), (state, 9)).recheck.state is state


def test_each_look_is_one_line_of_the_history_and_an_old_one_none():
    lead = looked(referred(), (RecheckState.ALIVE, 1), (RecheckState.ALIVE, 2))
    assert [event.act for event in lead.history[-2:]] == [LeadAct.RECHECKED] * 2
    assert looked(lead, (RecheckState.GONE, 2)) == lead
    assert looked(lead, (RecheckState.GONE, 1)) == lead


@given(LOOKS)
def test_no_order_of_looks_ends_anything_without_two_that_agree(looks):
    check, at, ended = None, AT, []
    for state, minutes in looks:
        at += timedelta(minutes=minutes)
        before = check
        check = turn(check, saw(state), at)
        ended = ended if state in (None, RecheckState.BLOCKED) else [*ended, at] if state in ENDS else []
        is_new_end = check.state in ENDS and (before is None or before.state not in ENDS)
        if is_new_end:
            assert len(ended) > 1
            assert ended[-1] - ended[0] >= APART
        if state is None and before is not None:
            assert check.state is before.state
        assert check.checked_at == at


# --- when the next is due ---


def test_only_what_was_decided_on_is_watched():
    assert due_at(a_lead()) is None
    assert not is_watched(lifecycle.dismiss(lifecycle.start_screening(a_lead(), "wang", AT), "wang", "培训机构", AT))
    assert is_watched(confirmed(a_lead(an_advert())))
    assert due_at(confirmed()) == AT
    assert handed_over_at(confirmed()) is None
    assert handed_over_at(referred(AT + DAY)) == AT + DAY


def wait(lead, *looks):
    lead = looked(lead, *looks)
    return due_at(lead) - lead.recheck.checked_at


def test_a_lead_is_looked_at_densely_after_the_hand_over_and_thinly_later():
    waits = [wait(referred(), (RecheckState.ALIVE, days * 24)) for days in (1, 2, 5, 13, 20, 50, 70, 400)]
    assert waits == sorted(waits)
    assert waits[0] <= 6 * HOUR
    assert waits[-1] > 13 * DAY
    assert wait(confirmed(), (RecheckState.ALIVE, 24)) > waits[2]


def test_what_fell_is_watched_for_its_return_and_less_and_less():
    falls = [(RecheckState.GONE, 24 * 100), (RecheckState.GONE, 24 * 101)]
    waits = [wait(referred(), *falls, (RecheckState.GONE, 24 * days)) for days in (102, 110, 130, 300)]
    assert waits == sorted(waits)
    assert waits[0] <= DAY < 20 * DAY < waits[-1]
    assert wait(closed(), (RecheckState.GONE, 1), (RecheckState.GONE, 24)) > 6 * DAY


def test_a_doubt_is_looked_into_as_soon_as_a_look_can_settle_it():
    lead = looked(referred(), (RecheckState.ALIVE, 24 * 70), (RecheckState.GONE, 24 * 71))
    assert due_at(lead) == AT + 71 * DAY + APART
    assert looked(lead, (RecheckState.GONE, 71 * 24 + 6)).recheck.state is RecheckState.GONE
    assert due_at(looked(lead, (None, 72 * 24))) > AT + 72 * DAY + HOUR


def test_silence_is_asked_again_soon():
    assert wait(referred(), (RecheckState.ALIVE, 24 * 70), (None, 24 * 71)) <= 12 * HOUR


def test_leads_of_one_letter_part():
    due = {due_at(looked(referred(lead=a_lead(a_site(f"mem{n}.cn"))), (RecheckState.ALIVE, 1))) for n in range(40)}
    assert len(due) == 40


def test_the_table_covers_every_phase_for_ever_and_thins_out():
    for phase in {pace.state for pace in PLAN}:
        rows = [pace for pace in PLAN if pace.state == phase]
        assert rows[-1].until > timedelta(days=36_000)
        assert [pace.every for pace in rows] == sorted(pace.every for pace in rows)
        assert all(pace.reason for pace in rows)


@given(LOOKS, st.sampled_from(WATCHED))
def test_every_watched_lead_is_due_later_and_within_a_month(looks, status):
    lead = referred()
    event = replace(lead.history[-1], status=status, act=LeadAct.COMMENTED)
    lead, minutes = replace(lead, status=status, history=(*lead.history, event)), 0
    for state, more in looks:
        minutes += more
        at = AT + timedelta(minutes=minutes)
        lead = take_in(lead, saw(state), at, (), at, "system")
    assert lead.recheck.checked_at < due_at(lead) <= lead.recheck.checked_at + 30 * DAY
    assert pace_of(lead) in PLAN


def test_a_lead_that_came_back_and_was_decided_again_is_due_again():
    lead = replace(referred(), recheck=Recheck(checked_at=AT - DAY, checked_said="x"))
    assert due_at(lead) == AT
