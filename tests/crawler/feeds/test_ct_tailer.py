"""A log is followed entry by entry, over both APIs, against a real server and a real tree."""

import pytest

from tests.crawler.feeds.follow import Killed
from tests.crawler.feeds.log_server import served
from tests.crawler.feeds.one_log import ENTRIES, IMITATIONS, TREE, alarms, follow


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
