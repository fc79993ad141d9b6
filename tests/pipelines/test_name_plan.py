"""When a name is looked at again."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.name_plan import PLAN, due_at, pace_of
from pipelines.name_presence import DAMPING
from pipelines.name_record import Presence
from tests.builders import AT
from tests.name_builders import REGISTERED, RESOLVING, UNANSWERED, UNREGISTERED, a_record, a_sight, after, watched
from tests.pipelines.test_name_history import STORIES


def wait(*sights):
    record, _ = watched(*sights)
    return due_at(record) - record.checked_at


def test_a_name_never_checked_is_due_at_once():
    assert due_at(a_record()) == AT


def test_new_and_open_names_are_looked_at_often_old_and_idle_ones_rarely():
    order = [
        wait(a_sight(RESOLVING)),
        wait(a_sight(REGISTERED)),
        wait(a_sight(UNREGISTERED)),
        wait(a_sight(RESOLVING), a_sight(RESOLVING, at=after(days=200))),
        wait(a_sight(RESOLVING, parking="Sedo"), a_sight(RESOLVING, at=after(days=200), parking="Sedo")),
    ]
    assert order == sorted(order)
    assert order[0] <= timedelta(hours=3)
    assert order[-1] > timedelta(days=13)


def test_a_parked_name_that_comes_into_use_is_new_again():
    record, _ = watched(
        a_sight(RESOLVING, parking="Sedo"), a_sight(RESOLVING, at=after(days=200), parking=""),
    )  # fmt: skip
    assert pace_of(record).state == "resolving"


@pytest.mark.parametrize(("known", "seen", "fall"), [
    (RESOLVING, UNREGISTERED, Presence.GONE), (REGISTERED, UNREGISTERED, Presence.GONE), (RESOLVING, REGISTERED, REGISTERED),
])  # fmt: skip
def test_a_doubt_is_looked_into_as_soon_as_a_look_can_settle_it(known, seen, fall):
    record, _ = watched(a_sight(known), a_sight(known, at=after(days=300)), a_sight(seen, at=after(days=301)))
    assert due_at(record) == after(days=301) + DAMPING[known, fall].apart
    _, changes = watched(a_sight(seen, at=due_at(record)), record=record)
    assert len(changes) == 1


def test_a_doubt_that_meets_silence_is_not_asked_about_without_pause():
    record, _ = watched(
        a_sight(RESOLVING), a_sight(UNREGISTERED, at=after(days=1)), a_sight(UNANSWERED, at=after(days=3))
    )
    assert due_at(record) > after(days=3, hours=1)


def test_names_that_came_together_part():
    due = {due_at(watched(a_sight(RESOLVING), record=a_record(host=f"mem-gov{n}.cn"))[0]) for n in range(50)}
    assert len(due) == 50


def test_the_table_covers_every_presence_for_ever():
    for state in {*Presence, "parked"}:
        assert max(pace.until for pace in PLAN if pace.state == state) > timedelta(days=36_000)
        assert all(pace.reason for pace in PLAN)


@given(STORIES, st.integers(0, 30))
def test_every_checked_name_is_due_later_and_within_a_fortnight(story, days):
    record, _ = watched(*sorted(story, key=lambda sight: sight.at), a_sight(UNANSWERED, at=after(days=20 + days)))
    assert record.checked_at < due_at(record) <= record.checked_at + timedelta(days=14)
