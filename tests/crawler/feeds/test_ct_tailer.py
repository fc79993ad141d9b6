"""A log is followed entry by entry, whatever happens to it, over both APIs, against a real server and a real tree."""

import threading

import pytest

from crawler.feeds.ct_static import tile_path
from pipelines.feeds import AlarmKind
from tests.crawler.feeds.certificates import broken, submitted
from tests.crawler.feeds.follow import Desk, Following, Killed
from tests.crawler.feeds.log_server import ServedLog, served
from tests.crawler.feeds.log_tree import LogTree

KINDS = ["rfc6962", "static_ct"]


def entry(number: int):
    """Every tenth entry imitates; every third is a precertificate."""
    name = f"cx-mem-gov{number}.cn" if number % 10 == 0 else f"shop{number}.example"
    return submitted(name, f"www.shop{number}.example", is_precertificate=number % 3 == 0)


ENTRIES = [entry(number) for number in range(700)]
TREE = LogTree(ENTRIES)
IMITATIONS = [f"cx-mem-gov{number}.cn" for number in range(0, 700, 10)]


@pytest.fixture
def log() -> ServedLog:
    return ServedLog(TREE)


@pytest.fixture(params=KINDS)
def kind(request) -> str:
    return request.param


@pytest.fixture
def desk() -> Desk:
    return Desk()


def follow(kind: str, url: str, desk: Desk, **settings) -> Following:
    return Following(kind, url, desk, TREE.public_key, **settings)


def alarms(desk: Desk) -> list[AlarmKind]:
    return [alarm.kind for alarm in desk.mark().alarms]


def test_from_the_start_every_entry_is_read_once_and_the_root_adds_up(kind, log, desk):
    with served(log) as url:
        assert follow(kind, url, desk).look(2, from_start=True)
    mark = desk.mark()
    assert (mark.offset, mark.head_size, mark.head_root) == (700, 700, TREE.root(700).hex())
    assert mark.certificates == 700
    assert mark.names == 1400
    assert desk.names == IMITATIONS
    assert (mark.gaps, mark.alarms, mark.broken) == ((), (), 0)
    assert desk.hits[1].seen.index == 10
    assert desk.hits[1].seen.certificate_sha256 == ENTRIES[10].sha256
    assert len(mark.peaks) == (700).bit_count()


def test_a_log_never_read_begins_at_its_end(kind, log, desk):
    log.size = 300
    with served(log) as url:
        follow(kind, url, desk).look()
        assert desk.mark().offset == 300
        assert desk.names == []
        log.publish(511)
        follow(kind, url, desk).look()
        assert desk.mark().offset == 511
        assert len(desk.mark().peaks) == (511).bit_count()
        log.publish(700)
        follow(kind, url, desk).look()
    assert desk.names == IMITATIONS[30:]
    assert desk.mark().alarms == ()


@pytest.mark.parametrize("keeps_partial_tiles", [True, False])
def test_a_partial_tile_that_grows_is_read_on_from_where_it_ended(keeps_partial_tiles, log, desk):
    log.size, log.keeps_partial_tiles = 0, keeps_partial_tiles
    with served(log) as url:
        following = follow("static_ct", url, desk)
        for size in (0, 1, 5, 6, 255, 256, 257, 300, 512, 530, 700):
            log.publish(size)
            following.look()
            assert desk.mark().offset == size
    assert desk.names == IMITATIONS
    assert desk.mark().alarms == ()
    assert "/tile/data/000.p/5" in log.asked
    assert "/tile/data/002.p/188" in log.asked


def test_a_partial_tile_may_be_gone_once_the_full_one_is_there(log, desk):
    log.size = 100
    full = TREE.data_tile(0, 256)

    def trouble(path: str):
        if path == "/tile/data/000":
            return 200, {}, full
        return (404, {}, b"") if path.startswith("/tile/data") else None

    log.trouble = trouble
    with served(log) as url:
        follow("static_ct", url, desk).look(from_start=True)
    assert desk.mark().offset == 100
    assert desk.names == IMITATIONS[:10]
    assert alarms(desk) == []


def test_a_server_that_gives_fewer_entries_is_asked_for_the_rest(log, desk):
    log.most_entries = 7
    with served(log) as url:
        follow("rfc6962", url, desk, batch=100).look(from_start=True)
    assert desk.names == IMITATIONS
    asked = [path for path in log.asked if "get-entries" in path]
    assert asked[:2] == ["/ct/v1/get-entries?start=0&end=99", "/ct/v1/get-entries?start=7&end=106"]
    assert len(asked) == 100


def test_killed_between_batches_nothing_is_lost_and_nothing_reported_twice(kind, log, desk):
    log.most_entries = 64
    with served(log) as url:
        following = follow(kind, url, desk)
        for _ in range(4):
            puts = 0
            real_put = desk.bookmarks.put

            def put(mark, reported=(), at=None, real_put=real_put):
                nonlocal puts
                real_put(mark, reported, at)
                puts += 1
                if puts == 3:
                    raise Killed

            desk.bookmarks.put = put
            try:
                following.look(from_start=desk.mark() is None)
            except Killed:
                pass
            finally:
                desk.bookmarks.put = real_put
        following.look()
    assert desk.names == IMITATIONS
    assert desk.mark().offset == 700
    assert desk.mark().alarms == ()


def test_killed_before_the_bookmark_moved_the_report_is_repeated_not_lost(kind, log, desk):
    with served(log) as url:
        following = follow(kind, url, desk)
        real_put = desk.bookmarks.put

        def put(mark, reported=(), at=None):
            if tuple(reported):
                raise Killed
            real_put(mark, reported, at)

        desk.bookmarks.put = put
        with pytest.raises(Killed):
            following.look(from_start=True)
        desk.bookmarks.put = real_put
        assert desk.mark().offset == 0
        following.look()
    assert set(desk.names) == set(IMITATIONS)


def test_a_busy_server_is_left_alone_as_long_as_it_asks(kind, log, desk):
    answers = iter([(429, {"Retry-After": "77"}, b""), (503, {"Retry-After": "Sun, 22 Nov 2026 08:33:00 GMT"}, b"")])
    log.trouble = lambda path: next(answers, None)
    with served(log) as url:
        assert follow(kind, url, desk).look(from_start=True)
    assert desk.pauses == [77.0, pytest.approx(103.0)]
    assert desk.names == IMITATIONS
    assert desk.mark().gaps == ()


def test_a_server_that_stays_busy_ends_the_look_without_a_gap(kind, log, desk):
    log.trouble = lambda path: (429, {}, b"") if "data" in path or "entries" in path else None
    with served(log) as url:
        assert not follow(kind, url, desk, tries=3).look(from_start=True)
        assert desk.mark().offset == 0
        assert desk.mark().gaps == ()
        assert desk.pauses == [1.0, 2.0]
        log.trouble = lambda path: None
        assert follow(kind, url, desk).look()
    assert desk.names == IMITATIONS


def test_once_nobody_waits_an_hour(kind, log, desk):
    log.trouble = lambda path: (429, {"Retry-After": "3000"}, b"")
    desk.is_once = True
    with served(log) as url:
        assert not follow(kind, url, desk).look()
    assert desk.pauses == []


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


def test_broken_entries_are_counted_and_named_and_the_rest_is_read(kind, desk):
    tree = LogTree([*ENTRIES[:4], broken(), *ENTRIES[5:11]])
    with served(ServedLog(tree)) as url:
        Following(kind, url, desk, tree.public_key).look(from_start=True)
    mark = desk.mark()
    assert (mark.offset, mark.broken, mark.certificates) == (11, 1, 10)
    assert [one.index for one in mark.broken_latest] == [4]
    assert desk.names == IMITATIONS[:2]
    assert mark.alarms == ()


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"null", b'{"tree_size": -1}', b"\xff\xfe", b"x\n1\nAAAA\n\n", b"{" * 100_000]
)
def test_nonsense_for_a_head_ends_the_look(kind, body, log, desk):
    log.trouble = lambda path: (200, {}, body)
    with served(log) as url:
        assert not follow(kind, url, desk, tries=1).look(from_start=True)
    assert desk.names == []


@pytest.mark.parametrize("body", [b"", b"{}", b'{"entries": []}', b'{"entries": [{"leaf_input": "%"}]}', b"\x00" * 64])
def test_nonsense_for_entries_is_a_gap(kind, body, log, desk):
    log.size = 20
    log.trouble = lambda path: (200, {}, body) if "data" in path or "entries" in path else None
    with served(log) as url:
        assert follow(kind, url, desk, tries=1).look(from_start=True)
    assert desk.mark().missing == 20


def test_a_gzip_bomb_is_cut_off(log, desk):
    import gzip

    bomb = gzip.compress(b"\0" * 80_000_000, 9)
    log.trouble = lambda path: (200, {"Content-Encoding": "gzip"}, bomb) if "data" in path else None
    with served(log) as url:
        assert follow("static_ct", url, desk, tries=1).look(from_start=True)
    assert "more than" in desk.mark().gaps[0].cause


def test_reading_from_the_start_again_reports_nothing_twice(kind, log, desk):
    with served(log) as url:
        following = follow(kind, url, desk)
        following.look(from_start=True)
        following.look(from_start=True)
    assert desk.names == IMITATIONS
    assert desk.mark().certificates == 1400


def test_tiles_have_the_paths_of_the_specification():
    assert tile_path("0", 1234067) == "tile/0/x001/x234/067"
    assert tile_path("data", 0, 5) == "tile/data/000.p/5"
    assert tile_path("data", 1000) == "tile/data/x001/000"
