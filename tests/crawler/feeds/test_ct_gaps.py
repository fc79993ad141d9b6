"""What a log will not hand out is a gap, counted and read later; a server that is away makes none."""

import threading
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import pytest

from pipelines.feeds import AlarmKind
from tests.crawler.feeds.log_server import served
from tests.crawler.feeds.one_log import IMITATIONS, alarms, follow


def test_entries_that_cannot_be_had_are_a_gap_and_read_later(kind, log, desk):
    bad = {"rfc6962": "start=", "static_ct": "/tile/data/001"}[kind]

    def trouble(path: str):
        if kind == "rfc6962" and "get-entries" in path:
            start, end = (int(part.split("=")[1]) for part in path.split("?")[1].split("&"))
            return (500, {}, b"") if start <= 333 <= end else None
        return (500, {}, b"") if path.startswith(bad) else None

    log.trouble = trouble
    with served(log) as url:
        following = follow(kind, url, desk, tries=2, batch=100)
        assert following.look(from_start=True)
        mark = desk.mark()
        assert mark.offset == 700
        start, end = {"rfc6962": (333, 334), "static_ct": (256, 512)}[kind]
        assert [(gap.start, gap.end) for gap in mark.gaps] == [(start, end)]
        assert mark.missing == end - start
        assert "HTTP 500" in mark.gaps[0].cause
        lost = set(IMITATIONS) - set(desk.names)
        assert lost == {f"cx-mem-gov{n}.cn" for n in range(start, end) if n % 10 == 0}
        # Still broken: tried again, put off longer.
        desk.later(seconds=31)
        following.look()
        assert desk.mark().gaps[0].tries == 1
        asked = len(log.asked)
        following.look()
        assert len(log.asked) == asked + 1
        log.trouble = lambda path: None
        desk.later(hours=1)
        following.look()
    assert desk.mark().gaps == ()
    assert desk.mark().gaps_closed == end - start
    assert sorted(desk.names) == sorted(IMITATIONS)
    assert alarms(desk) == []


def test_a_wide_hole_is_left_in_few_steps_and_the_rest_is_read(log, desk):
    def trouble(path: str):
        if "get-entries" in path:
            start = int(path.split("start=")[1].split("&", maxsplit=1)[0])
            return (404, {}, b"") if 100 <= start < 400 else None
        return None

    log.trouble = trouble
    with served(log) as url:
        follow("rfc6962", url, desk, tries=2, batch=100).look(from_start=True)
    (gap,) = desk.mark().gaps
    assert gap.start == 100
    assert 400 <= gap.end < 500
    assert len(log.asked) < 60
    assert desk.names[-1] == IMITATIONS[-1]


def test_entries_are_checked_again_after_a_gap(kind, log, desk):
    log.size = 600
    log.trouble = lambda path: (500, {}, b"") if "data" in path or "entries" in path else None
    with served(log) as url:
        following = follow(kind, url, desk, tries=1)
        following.look(from_start=True)
        assert desk.mark().missing == 600
        log.trouble = lambda path: None
        log.publish(700)
        following.look()
    assert len(desk.mark().peaks) == (700).bit_count()
    assert alarms(desk) == []


def test_a_server_that_is_gone_is_asked_again_and_in_the_end_an_alarm(kind, log, desk):
    with served(log) as url:
        following = follow(kind, url, desk, silent_s=600, tries=2)
        following.look(from_start=True)
        log.publish(700)
    assert not following.look()
    assert alarms(desk) == []
    desk.later(seconds=601)
    assert not following.look()
    assert alarms(desk) == [AlarmKind.SILENT]
    assert desk.mark().offset == 700
    assert desk.watch.states[-1][1] == "silent"


def test_a_server_that_comes_back_is_no_alarm_any_more(kind, log, desk):
    is_down = True
    log.trouble = lambda path: (502, {}, b"") if is_down else None
    with served(log) as url:
        following = follow(kind, url, desk, silent_s=1, tries=2)
        desk.later(seconds=5)
        assert not following.look(2)
        assert alarms(desk) == [AlarmKind.SILENT]
        is_down = False
        assert following.look(from_start=True)
    assert alarms(desk) == []
    assert desk.names == IMITATIONS


def test_a_server_that_takes_the_call_and_says_nothing_ends_the_look(kind, log, desk):
    is_over = threading.Event()

    def trouble(path: str):
        if "data" in path or "entries" in path:
            is_over.wait(30)

    log.trouble = trouble
    with served(log) as url:
        try:
            assert not follow(kind, url, desk, tries=2, timeout_s=0.2).look(from_start=True)
        finally:
            is_over.set()
        assert desk.mark().gaps == ()
        assert desk.mark().offset == 0
        assert follow(kind, url, desk).look()
    assert desk.names == IMITATIONS


@contextmanager
def stalling(log, is_touched):
    """Let questions whose path is touched go unanswered for as long as the block lasts."""
    is_over = threading.Event()

    def trouble(path: str) -> None:
        if is_touched(path):
            is_over.wait(30)

    log.trouble = trouble
    try:
        yield
    finally:
        is_over.set()
        log.trouble = lambda path: None


def asks_for_300(path: str) -> bool:
    if "data/001" in path:
        return True
    asked = parse_qs(urlsplit(path).query)
    return "get-entries" in path and int(asked["start"][0]) <= 300 <= int(asked["end"][0])


def test_entries_over_which_a_server_falls_silent_are_a_gap_and_the_rest_is_read(kind, log, desk):
    missing = (300, 301) if kind == "rfc6962" else (256, 512)
    with served(log) as url:
        following = follow(kind, url, desk, tries=2, timeout_s=0.3)
        with stalling(log, asks_for_300):
            assert following.look(from_start=True)
            assert [(gap.start, gap.end) for gap in desk.mark().gaps] == [missing]
            assert desk.mark().offset == 700
            desk.later(hours=1)
            assert following.look()
            assert desk.mark().gaps[0].tries == 1
        desk.later(days=1)
        assert following.look()
    assert desk.mark().gaps == ()
    assert sorted(desk.names) == sorted(IMITATIONS)


def test_names_do_not_wait_for_a_proof_that_never_comes(kind, log, desk):
    log.size = 500
    with served(log) as url:
        following = follow(kind, url, desk, tries=1, timeout_s=0.3)
        assert following.look(from_start=True)
        log.publish(700)
        with stalling(log, lambda path: "consistency" in path or "tile/0" in path or "tile/1" in path):
            assert following.look()
        assert (desk.mark().offset, desk.mark().head_size, desk.mark().alarms) == (700, 500, ())
        assert following.look()
    assert (desk.mark().head_size, desk.mark().alarms) == (700, ())
    assert desk.names == IMITATIONS


@pytest.mark.parametrize("rest", [b"", b"\xff" * 90_000])
def test_a_tile_is_read_up_to_where_it_breaks(rest, log, desk):
    cut = len(log.tree.data_tile(1, 44)) + 20
    broken = log.tree.data_tile(1, 256)[:cut] + rest
    log.trouble = lambda path: (200, {}, broken) if path.endswith("data/001") else None
    with served(log) as url:
        assert follow("static_ct", url, desk, tries=1).look(from_start=True)
    assert [(gap.start, gap.end) for gap in desk.mark().gaps] == [(300, 512)]


def test_what_lies_behind_the_entries_of_a_tile_is_not_looked_at(log, desk):
    longer = log.tree.data_tile(1, 256) + b"\xff" * 50
    log.trouble = lambda path: (200, {}, longer) if path.endswith("data/001") else None
    with served(log) as url:
        assert follow("static_ct", url, desk, tries=1).look(from_start=True)
    assert (desk.mark().gaps, desk.mark().alarms) == ((), ())
    assert desk.names == IMITATIONS


def test_a_log_that_tells_its_size_and_gives_no_entries_is_silent(kind, log, desk):
    with served(log) as url:
        following = follow(kind, url, desk, tries=2, timeout_s=0.2, silent_s=1.5)
        with stalling(log, lambda path: "data" in path or "entries" in path):
            assert not following.look(1, from_start=True)
            assert alarms(desk) == []
            assert not following.look(3, from_start=True)
            assert alarms(desk) == [AlarmKind.SILENT]
        assert following.look()
    assert alarms(desk) == []
    assert desk.names == IMITATIONS
