"""Nonsense from a log is counted, cut off and survived."""

import gzip

import pytest

from crawler.feeds.ct_static import tile_path
from tests.crawler.feeds.certificates import broken
from tests.crawler.feeds.follow import Following
from tests.crawler.feeds.log_server import ServedLog, served
from tests.crawler.feeds.log_tree import LogTree
from tests.crawler.feeds.one_log import ENTRIES, IMITATIONS, follow


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
