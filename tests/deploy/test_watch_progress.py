"""What a person sees of feeds: a table that stays one table, or lines only when something changed."""

import io
from dataclasses import replace

import pytest
from rich.console import Console
from rich.live import Live

from crawler.feeds.model import FeedState
from deploy.cli.domains.watch_progress import ALARM_NAMES, STATE_NAMES, _Lines, _Screen, status_cells
from pipelines.feeds import AlarmKind, FeedAlarm, FeedBookmark, IndexGap, Outage
from tests.conftest import NOW

LOG = FeedBookmark(feed="log", kind="static_ct", offset=5, head_size=9, hits=2)
TROUBLED = replace(
    LOG,
    gaps=(IndexGap(start=1, end=4, cause="HTTP 500", noted_at=NOW, next_try_at=NOW),),
    alarms=(FeedAlarm(kind=AlarmKind.REWOUND, about="size 1 after size 2", first_at=NOW, last_at=NOW),),
    broken=7,
)


def zh(chinese: str, english: str) -> str:
    return chinese


def en(chinese: str, english: str) -> str:
    return english


def test_every_state_and_alarm_has_its_words():
    assert set(STATE_NAMES) == set(FeedState)
    assert set(ALARM_NAMES) == set(AlarmKind)


@pytest.mark.parametrize(
    ("mark", "cells"),
    [
        (LOG, ("5/9", "", "")),
        (FeedBookmark(feed="log", kind="rfc6962"), ("0/?", "", "")),
        (TROUBLED, ("5/9", "缺 3 条（1 段）、无法解析 7 条", "日志回退 size 1 after size 2")),
        (
            FeedBookmark(
                feed="s",
                kind="certstream",
                certificates=4,
                missed_s=61,
                outages=(Outage(from_at=NOW, until_at=NOW, cause=""),),
            ),
            ("4 条消息", "未收听 61 秒", ""),
        ),
        (FeedBookmark(feed="f", kind="folder"), ("0 个文件", "", "")),
    ],
)
def test_what_is_missing_is_shown(mark, cells):
    assert status_cells(mark, zh) == cells


def test_without_a_terminal_only_news_makes_a_line(capsys):
    lines = _Lines(en)
    for offset in range(100):
        lines.show(replace(LOG, offset=offset), FeedState.READING)
    lines.show(LOG, FeedState.WAITING)
    lines.show(TROUBLED, FeedState.WAITING)
    lines.note("log", "坏", "bad")
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 4
    assert said[0].startswith("log: reading, 0/9, hits 2")
    assert "3 in 1 gaps" in said[2]
    assert said[3] == "log: bad"


def test_on_a_terminal_a_table_shows_every_feed_and_makes_room_for_hits():
    out = io.StringIO()
    with Live(console=Console(file=out, force_terminal=True, width=160), auto_refresh=False, transient=True) as live:
        screen = _Screen(live, zh)
        screen.show(TROUBLED, FeedState.READING)
        screen.show(FeedBookmark(feed="lists", kind="folder"), FeedState.WAITING)
        with screen.paused():
            assert not live.is_started
        assert live.is_started
        screen.note("log", "[坏]", "bad")
    text = out.getvalue()
    for part in ("5/9", "缺 3 条", "日志回退", "lists", "读取中", "log: [坏]"):
        assert part in text
