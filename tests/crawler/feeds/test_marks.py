"""Gaps never lose an entry, alarms count up, everything stays bounded."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from crawler.feeds.marks import add_broken, add_gap, add_outage, close_gap, end_alarm, postpone_gap, raise_alarm
from pipelines.feeds import AlarmKind, BrokenEntry, FeedBookmark
from tests.conftest import NOW

MARK = FeedBookmark(feed="log", kind="rfc6962")
spans = st.tuples(st.integers(0, 200), st.integers(1, 40)).map(lambda one: (one[0], one[0] + one[1]))


def missing(mark: FeedBookmark) -> set[int]:
    return {index for gap in mark.gaps for index in range(gap.start, gap.end)}


@given(st.lists(st.tuples(st.booleans(), spans), max_size=30))
def test_gaps_are_the_set_of_what_is_missing(steps):
    mark, expected = MARK, set()
    for is_added, (start, end) in steps:
        if is_added:
            mark = add_gap(mark, start, end, "x", NOW, 30)
            expected |= set(range(start, end))
        else:
            before = len(expected)
            closed = mark.gaps_closed
            mark = close_gap(mark, start, end)
            expected -= set(range(start, end))
            assert mark.gaps_closed - closed == before - len(expected)
    assert missing(mark) == expected
    assert mark.missing == len(expected)
    assert all(one.end < other.start for one, other in zip(mark.gaps, mark.gaps[1:], strict=False))


def test_too_many_gaps_are_bridged_and_none_is_forgotten():
    mark, expected = MARK, set()
    for number in range(1100):
        start = number * number * 3
        mark = add_gap(mark, start, start + 1, "x", NOW, 30)
        expected.add(start)
    assert len(mark.gaps) == 1000
    assert all(any(gap.start <= index < gap.end for gap in mark.gaps) for index in expected)


def test_the_next_try_of_a_gap_is_put_off_twice_as_long_each_time_a_day_at_most():
    mark = add_gap(MARK, 1, 2, "x", NOW, 30)
    waits = []
    for _ in range(40):
        mark = postpone_gap(mark, mark.gaps[0], NOW, 30)
        waits.append((mark.gaps[0].next_try_at - NOW).total_seconds())
    assert waits[:3] == [60, 120, 240]
    assert waits[-1] == 86_400


def test_the_same_alarm_counts_up_and_ends_by_kind():
    mark = raise_alarm(MARK, AlarmKind.SILENT, "", NOW)
    mark = raise_alarm(mark, AlarmKind.REWOUND, "a", NOW)
    mark = raise_alarm(mark, AlarmKind.SILENT, "", NOW + timedelta(hours=1))
    assert [(one.kind, one.count) for one in mark.alarms] == [(AlarmKind.SILENT, 2), (AlarmKind.REWOUND, 1)]
    assert mark.alarms[0].last_at - mark.alarms[0].first_at == timedelta(hours=1)
    assert [one.kind for one in end_alarm(mark, AlarmKind.SILENT).alarms] == [AlarmKind.REWOUND]


def test_alarms_outages_and_broken_entries_stay_few_and_are_counted():
    mark = MARK
    for number in range(500):
        mark = raise_alarm(mark, AlarmKind.SPLIT_VIEW, str(number), NOW)
        mark = add_outage(mark, NOW, NOW + timedelta(seconds=2), "x")
        mark = add_broken(mark, [BrokenEntry(index=number, cause="x")])
    assert (len(mark.alarms), len(mark.outages), len(mark.broken_latest)) == (100, 100, 20)
    assert (mark.missed_s, mark.broken) == (1000, 500)
    assert mark.alarms[-1].about == "499"
