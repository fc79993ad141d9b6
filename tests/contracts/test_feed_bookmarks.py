"""What every store of feed bookmarks must do."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pipelines.feeds import AlarmKind, BrokenEntry, FeedAlarm, FeedBookmark, FileRead, IndexGap, Outage
from tests.builders import AT

FULL = FeedBookmark(
    feed="log",
    kind="static_ct",
    offset=1 << 40,
    peaks=("ab" * 32,),
    head_size=(1 << 40) + 1,
    head_root="cd" * 32,
    head_at=AT,
    grew_at=AT,
    contact_at=AT + timedelta(microseconds=1),
    certificates=3,
    names=5,
    hits=1,
    broken=1,
    broken_latest=(BrokenEntry(index=7, cause="ValueError: 坏"),),
    gaps=(IndexGap(start=1, end=5, cause="HTTP 500", noted_at=AT, next_try_at=AT, tries=2),),
    gaps_closed=4,
    outages=(Outage(from_at=AT, until_at=AT + timedelta(seconds=3), cause="not_connected"),),
    missed_s=3.0,
    alarms=(FeedAlarm(kind=AlarmKind.REWOUND, about="size 1 after size 2", first_at=AT, last_at=AT),),
    files=(FileRead(name="名单.txt", size_bytes=1, sha256="00" * 32, read_at=AT),),
)


def test_a_bookmark_comes_back_as_it_was_put(stores):
    assert stores.feed_bookmarks.get("log") is None
    stores.feed_bookmarks.put(FULL)
    assert stores.feed_bookmarks.get("log") == FULL
    stores.feed_bookmarks.put(replace(FULL, offset=0, missed_s=0))
    assert stores.feed_bookmarks.get("log").offset == 0


def test_all_bookmarks_come_by_name(stores):
    for name in ("b", "a", "c"):
        stores.feed_bookmarks.put(FeedBookmark(feed=name, kind="folder"))
    assert [one.feed for one in stores.feed_bookmarks.all()] == ["a", "b", "c"]


def test_a_name_is_reported_once_per_feed(stores):
    bookmarks = stores.feed_bookmarks
    assert bookmarks.unreported("log", ["b.cn", "a.cn", "b.cn"]) == ("b.cn", "a.cn")
    bookmarks.put(FULL, ["a.cn", "a.cn"], AT)
    assert bookmarks.unreported("log", ["b.cn", "a.cn"]) == ("b.cn",)
    assert bookmarks.unreported("other", ["a.cn"]) == ("a.cn",)
    bookmarks.put(FULL, ["a.cn", "b.cn"], AT)
    assert bookmarks.unreported("log", ["b.cn", "a.cn"]) == ()


def test_many_names_are_asked_at_once(stores):
    names = [f"n{number}.cn" for number in range(5000)]
    stores.feed_bookmarks.put(FULL, names[::2], AT)
    assert stores.feed_bookmarks.unreported("log", names) == tuple(names[1::2])


def test_names_and_bookmark_are_kept_together_or_not_at_all(stores):
    def names():
        yield "a.cn"
        raise RuntimeError("the feed broke")

    with pytest.raises(RuntimeError):
        stores.feed_bookmarks.put(FULL, names(), AT)
    assert stores.feed_bookmarks.get("log") is None
    assert stores.feed_bookmarks.unreported("log", ["a.cn"]) == ("a.cn",)
