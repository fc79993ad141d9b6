"""What is written into a bookmark: alarms, gaps, outages, broken entries, all bounded. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pipelines.feeds import AlarmKind, BrokenEntry, FeedAlarm, FeedBookmark, IndexGap, Outage

__all__ = [
    "add_broken", "add_gap", "add_outage", "close_gap", "end_alarm", "postpone_gap", "raise_alarm", "settle_alarms",
]  # fmt: skip

_MAX_ALARMS = 100
_MAX_GAPS = 1000
_MAX_OUTAGES = 100
_SHOWN_BROKEN = 20
_LONGEST_WAIT_S = 86_400.0


def raise_alarm(mark: FeedBookmark, kind: AlarmKind, about: str, now: datetime) -> FeedBookmark:
    """Return the bookmark with the alarm; the same kind about the same thing only counts up."""
    for place, alarm in enumerate(mark.alarms):
        if (alarm.kind, alarm.about) == (kind, about):
            again = replace(alarm, last_at=now, count=alarm.count + 1)
            return replace(mark, alarms=(*mark.alarms[:place], again, *mark.alarms[place + 1 :]))
    new = FeedAlarm(kind=kind, about=about, first_at=now, last_at=now)
    return replace(mark, alarms=(*mark.alarms[-_MAX_ALARMS + 1 :], new))


def end_alarm(mark: FeedBookmark, kind: AlarmKind) -> FeedBookmark:
    """Return the bookmark without alarms of a kind: what they were about has passed."""
    return replace(mark, alarms=tuple(alarm for alarm in mark.alarms if alarm.kind is not kind))


def settle_alarms(mark: FeedBookmark) -> FeedBookmark:
    """Return the bookmark without alarms and outages: a person has seen them."""
    return replace(mark, alarms=(), outages=())


def add_gap(mark: FeedBookmark, start: int, end: int, cause: str, now: datetime, wait_s: float) -> FeedBookmark:
    """Return the bookmark with the entries `start` to `end` noted as missing, to be tried again after `wait_s`."""
    gap = IndexGap(start=start, end=end, cause=cause, noted_at=now, next_try_at=now + timedelta(seconds=wait_s))
    return replace(mark, gaps=_united((*mark.gaps, gap)))


def close_gap(mark: FeedBookmark, start: int, end: int) -> FeedBookmark:
    """Return the bookmark with the entries `start` to `end` no longer missing."""
    left: list[IndexGap] = []
    for gap in mark.gaps:
        before, after = replace(gap, end=min(gap.end, start)), replace(gap, start=max(gap.start, end))
        left += [part for part in (before, after) if part.start < part.end]
    closed = replace(mark, gaps=tuple(left))
    return replace(closed, gaps_closed=mark.gaps_closed + mark.missing - closed.missing)


def postpone_gap(mark: FeedBookmark, gap: IndexGap, now: datetime, wait_s: float) -> FeedBookmark:
    """Return the bookmark with the next try of a gap put off, twice as long each time, a day at most."""
    wait = min(_LONGEST_WAIT_S, wait_s * 2 ** min(gap.tries + 1, 20))
    later = replace(gap, tries=gap.tries + 1, next_try_at=now + timedelta(seconds=wait))
    return replace(mark, gaps=tuple(later if one == gap else one for one in mark.gaps))


def add_outage(mark: FeedBookmark, from_at: datetime, until_at: datetime, cause: str) -> FeedBookmark:
    """Return the bookmark with a time in which the stream was not heard."""
    outage = Outage(from_at=from_at, until_at=until_at, cause=cause)
    seconds = max(0.0, (until_at - from_at).total_seconds())
    return replace(mark, outages=(*mark.outages[-_MAX_OUTAGES + 1 :], outage), missed_s=mark.missed_s + seconds)


def add_broken(mark: FeedBookmark, broken: Sequence[BrokenEntry], count: int | None = None) -> FeedBookmark:
    """Return the bookmark with entries that could not be read; all counted (`count`, if more than are named), the latest named."""
    latest = (*mark.broken_latest, *broken)[-_SHOWN_BROKEN:]
    return replace(mark, broken=mark.broken + (len(broken) if count is None else count), broken_latest=latest)


def _united(gaps: Sequence[IndexGap]) -> tuple[IndexGap, ...]:
    """Return gaps in order, touching ones as one; too many are bridged where the least is read again for nothing."""
    united: list[IndexGap] = []
    for gap in sorted(gaps, key=lambda one: (one.start, one.end)):
        if united and gap.start <= united[-1].end:
            united[-1] = _joined(united[-1], gap)
        else:
            united.append(gap)
    while len(united) > _MAX_GAPS:
        place = min(range(1, len(united)), key=lambda at: united[at].start - united[at - 1].end)
        united[place - 1 : place + 1] = [_joined(united[place - 1], united[place])]
    return tuple(united)


def _joined(one: IndexGap, other: IndexGap) -> IndexGap:
    return replace(
        one,
        end=max(one.end, other.end),
        cause=other.cause,
        next_try_at=min(one.next_try_at, other.next_try_at),
        tries=min(one.tries, other.tries),
    )
