"""Heads that rest, rewind, lag, split or lie: each is noticed, and the offset is never lost."""

import pytest

from pipelines.feeds import AlarmKind
from tests.crawler.feeds.certificates import submitted
from tests.crawler.feeds.follow import Following
from tests.crawler.feeds.log_server import ServedLog, served
from tests.crawler.feeds.log_tree import LogTree
from tests.crawler.feeds.one_log import ENTRIES, IMITATIONS, TREE, alarms, follow


def test_a_log_that_no_longer_grows_is_frozen_until_it_does(kind, log, desk):
    log.size = 690
    with served(log) as url:
        following = follow(kind, url, desk, frozen_s=3600)
        following.look()
        desk.later(hours=2)
        assert following.look()
        assert alarms(desk) == [AlarmKind.FROZEN]
        following.look()
        assert len(desk.mark().alarms) == 1
        assert desk.mark().alarms[0].count == 2
        log.publish(700)
        following.look()
    assert alarms(desk) == []
    assert desk.mark().offset == 700


def test_a_rewound_log_is_an_alarm_and_what_was_replaced_is_read(kind, log, desk):
    with served(log) as url:
        following = follow(kind, url, desk)
        following.look(from_start=True)
        log.publish(600)
        assert following.look()
        assert alarms(desk) == [AlarmKind.REWOUND]
        assert desk.mark().offset == 700
        assert [(gap.start, gap.end) for gap in desk.mark().gaps] == [(600, 700)]
        # The log grows again with other entries in the same places.
        replaced = [submitted(f"new-gov{n}.cn") for n in range(600, 720)]
        log.tree = LogTree([*ENTRIES[:600], *replaced], key=TREE.key)
        log.publish(720)
        desk.later(minutes=5)
        following.look()
    assert set(alarms(desk)) == {AlarmKind.REWOUND, AlarmKind.SPLIT_VIEW}
    assert desk.mark().offset == 720
    assert desk.mark().gaps == ()
    assert {f"new-gov{n}.cn" for n in range(600, 720)} <= set(desk.names)


def test_a_server_that_lags_behind_is_no_rewind(kind, log, desk):
    with served(log) as url:
        following = follow(kind, url, desk)
        following.look(from_start=True)
        log.size, log.signed_ms = 650, log.signed_ms - 1000
        # Its own proofs end at its own size; another server of the log knows more.
        log.trouble = lambda path: _with_size(log, 700, path) if "consistency" in path or "/tile/" in path else None
        assert following.look()
    assert alarms(desk) == []
    assert desk.mark().gaps == ()
    assert desk.mark().head_size == 700


def test_a_smaller_head_that_was_signed_later_is_a_rewind_even_if_it_fits(kind, log, desk):
    with served(log) as url:
        following = follow(kind, url, desk)
        following.look(from_start=True)
        log.publish(650)
        # Static files outlive the database behind the checkpoint.
        log.trouble = lambda path: _with_size(log, 700, path) if "consistency" in path or "/tile/" in path else None
        assert following.look()
    assert alarms(desk) == [AlarmKind.REWOUND]
    assert desk.mark().offset == 700


@pytest.mark.parametrize("key", [TREE.public_key, ""])
def test_an_emptied_log_is_an_alarm(kind, key, log, desk):
    with served(log) as url:
        following = Following(kind, url, desk, key)
        following.look(from_start=True)
        log.publish(0)
        assert following.look()
    assert alarms(desk) == [AlarmKind.REWOUND]
    assert desk.mark().missing == 700


def _with_size(log: ServedLog, size: int, path: str):
    other = ServedLog(log.tree, size)
    return other.answer(path)


def test_two_roots_of_one_size_are_an_alarm(kind, log, desk):
    with served(log) as url:
        following = follow(kind, url, desk)
        following.look(from_start=True)
        log.tree = LogTree([*ENTRIES[:-1], submitted("other.example")], key=TREE.key)
        assert following.look()
        assert alarms(desk) == [AlarmKind.SPLIT_VIEW]
        assert desk.mark().head_root == TREE.root(700).hex()
        assert desk.mark().offset == 700


def test_a_larger_tree_that_does_not_contain_the_old_one_is_an_alarm_and_its_entries_are_read(kind, log, desk):
    with served(log) as url:
        following = follow(kind, url, desk)
        following.look(from_start=True)
        log.tree = LogTree([submitted("first-is-other.example"), *ENTRIES[1:], submitted("late-gov.cn")], key=TREE.key)
        log.publish(701)
        assert following.look()
    assert alarms(desk) == [AlarmKind.SPLIT_VIEW]
    assert desk.mark().offset == 701
    assert "late-gov.cn" in desk.names


def test_entries_that_do_not_add_up_to_the_signed_root_are_an_alarm(kind, log, desk):
    other = ServedLog(LogTree([*ENTRIES[:5], submitted("smuggled-gov.cn"), *ENTRIES[6:]], key=TREE.key))
    log.trouble = lambda path: other.answer(path) if "data" in path or "entries" in path else None
    with served(log) as url:
        assert follow(kind, url, desk).look(from_start=True)
    assert alarms(desk) == [AlarmKind.ENTRIES_DIFFER]
    assert "smuggled-gov.cn" in desk.names


def test_a_head_signed_by_another_key_is_not_believed(kind, log, desk):
    log.tree = LogTree(ENTRIES)
    with served(log) as url:
        assert follow(kind, url, desk).look(from_start=True)
    assert alarms(desk) == [AlarmKind.BAD_SIGNATURE]
    assert desk.mark().offset == 0
    assert desk.names == []


def test_without_a_key_the_log_is_read_all_the_same(kind, log, desk):
    with served(log) as url:
        Following(kind, url, desk).look(from_start=True)
    assert desk.names == IMITATIONS


def test_a_log_that_proves_nothing_is_read_and_its_old_head_kept(kind, log, desk):
    log.size = 300
    with served(log) as url:
        following = follow(kind, url, desk, tries=1)
        following.look(from_start=True)
        log.trouble = lambda path: (400, {}, b"") if "consistency" in path or path.startswith("/tile/0") else None
        log.publish(600)
        following.look()
        assert desk.mark().offset == 600
        assert desk.mark().head_size == 300
        log.trouble = lambda path: None
        log.publish(700)
        following.look()
    assert desk.mark().head_size == 700
    assert desk.names == IMITATIONS
    assert alarms(desk) == []
