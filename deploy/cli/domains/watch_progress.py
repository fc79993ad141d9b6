"""How feeds stand, for the person who waits: one live line a feed on a terminal, plain lines elsewhere; always on stderr."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from rich.console import Console
from rich.live import Live
from rich.table import Table

from crawler.feeds.model import FeedState, FeedWatch
from deploy.cli.output import note
from pipelines.feeds import AlarmKind, FeedBookmark

__all__ = ["ALARM_NAMES", "STATE_NAMES", "WatchProgress", "shown_watch", "status_cells"]

STATE_NAMES = {
    FeedState.STARTING: ("启动", "starting"),
    FeedState.READING: ("读取中", "reading"),
    FeedState.WAITING: ("已读完，等待", "up to date"),
    FeedState.RETRYING: ("重试中", "retrying"),
    FeedState.FROZEN: ("日志停止增长", "frozen"),
    FeedState.SILENT: ("服务器无应答", "silent"),
    FeedState.STOPPED: ("已停止", "stopped"),
}
ALARM_NAMES = {
    AlarmKind.REWOUND: ("日志回退", "rewound"),
    AlarmKind.SPLIT_VIEW: ("日志前后不一致", "split view"),
    AlarmKind.ENTRIES_DIFFER: ("条目与签名树根不符", "entries do not match the signed root"),
    AlarmKind.BAD_SIGNATURE: ("签名不符", "bad signature"),
    AlarmKind.FROZEN: ("日志停止增长", "frozen"),
    AlarmKind.SILENT: ("服务器长时间无应答", "silent"),
    AlarmKind.UNREADABLE: ("文件无法读取", "unreadable"),
}
_REDRAW_S = 0.25
_WINDOW_S = 10.0
_SHORTEST_WINDOW_S = 0.5
_REPEAT_S = 60.0
"""Without a terminal, a feed that goes on as before is named once a minute."""

Say = Callable[[str, str], str]


class WatchProgress(FeedWatch, Protocol):
    """What a command reports feeds to."""

    def paused(self) -> AbstractContextManager[None]:
        """Keep the screen free while something is written to stdout."""


@contextlib.contextmanager
def shown_watch(say: Say) -> Iterator[WatchProgress]:
    """Yield what feeds report to."""
    if not sys.stderr.isatty():
        yield _Lines(say)
        return
    with Live(console=Console(stderr=True), auto_refresh=False, transient=True) as live:
        yield _Screen(live, say)


@dataclass(slots=True)
class _Rate:
    """Names per second of late: over this window and the one before."""

    began: float
    names_before: int
    last_per_s: int = 0

    def per_s(self, names: int, now: float) -> int:
        elapsed_s = now - self.began
        if elapsed_s < _SHORTEST_WINDOW_S:
            return self.last_per_s
        rate = int((names - self.names_before) / elapsed_s)
        if elapsed_s > _WINDOW_S:
            self.began, self.names_before, self.last_per_s = now, names, rate
        return rate


@dataclass(slots=True)
class _Shown:
    """What is known of each feed."""

    marks: dict[str, tuple[FeedBookmark, FeedState]] = field(default_factory=dict)
    rates: dict[str, _Rate] = field(default_factory=dict)

    def take(self, mark: FeedBookmark, state: FeedState) -> None:
        self.rates.setdefault(mark.feed, _Rate(time.monotonic(), mark.names))
        self.marks[mark.feed] = (mark, state)

    def rate(self, mark: FeedBookmark) -> int:
        return self.rates[mark.feed].per_s(mark.names, time.monotonic())


def status_cells(mark: FeedBookmark, say: Say) -> tuple[str, str, str]:
    """Return position, what is missing, and alarms of a feed as a person reads them."""
    if mark.kind == "folder":
        position = say(f"{len(mark.files)} 个文件", f"{len(mark.files)} files")
    elif mark.kind == "certstream":
        position = say(f"{mark.certificates} 条消息", f"{mark.certificates} messages")
    else:
        position = f"{mark.offset}/{'?' if mark.head_size is None else mark.head_size}"
    missing = []
    if mark.missing:
        missing.append(say(f"缺 {mark.missing} 条（{len(mark.gaps)} 段）", f"{mark.missing} in {len(mark.gaps)} gaps"))
    if mark.missed_s:
        missing.append(say(f"未收听 {mark.missed_s:.0f} 秒", f"{mark.missed_s:.0f} s not heard"))
    if mark.broken:
        missing.append(say(f"无法解析 {mark.broken} 条", f"{mark.broken} unreadable"))
    alarms = [f"{say(*ALARM_NAMES[alarm.kind])} {alarm.about}".strip() for alarm in mark.alarms]
    return position, say("、", ", ").join(missing), say("；", "; ").join(alarms)


class _Screen:
    """A table that is drawn anew in place."""

    def __init__(self, live: Live, say: Say) -> None:
        self._live = live
        self._say = say
        self._shown = _Shown()
        self._drawn_at = 0.0
        self._state: dict[str, FeedState] = {}

    def show(self, mark: FeedBookmark, state: FeedState) -> None:
        self._shown.take(mark, state)
        is_news = self._state.get(mark.feed) is not state
        self._state[mark.feed] = state
        if is_news or time.monotonic() - self._drawn_at > _REDRAW_S:
            self._drawn_at = time.monotonic()
            self._live.update(self._table(), refresh=True)

    def note(self, feed: str, zh: str, en: str) -> None:
        self._live.console.print(f"{feed}: {self._say(zh, en)}", markup=False, highlight=False)

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        self._live.stop()
        try:
            yield
        finally:
            self._live.start()

    def _table(self) -> Table:
        say = self._say
        titles = (("来源", "feed"), ("位置", "position"), ("域名/秒", "names/s"), ("命中", "hits"))
        more = (("状态", "state"), ("缺口", "missing"), ("告警", "alarms"))
        table = Table(*(say(*title) for title in (*titles, *more)))
        for mark, state in self._shown.marks.values():
            position, missing, alarms = status_cells(mark, say)
            rate = str(self._shown.rate(mark))
            table.add_row(mark.feed, position, rate, str(mark.hits), say(*STATE_NAMES[state]), missing, alarms)
        return table


class _Lines:
    """A line when a feed's state, gaps or alarms change, and one a minute: a log file wants no tables."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._shown = _Shown()
        self._last: dict[str, tuple[tuple[object, ...], float]] = {}

    def show(self, mark: FeedBookmark, state: FeedState) -> None:
        self._shown.take(mark, state)
        position, missing, alarms = status_cells(mark, self._say)
        news = (state, mark.missing, mark.missed_s, tuple((one.kind, one.about) for one in mark.alarms))
        before, said_at = self._last.get(mark.feed, ((), 0.0))
        if news == before and time.monotonic() - said_at < _REPEAT_S:
            return
        self._last[mark.feed] = (news, time.monotonic())
        rate = self._shown.rate(mark)
        parts = (
            self._say(*STATE_NAMES[state]),
            position,
            self._say(f"命中 {mark.hits}", f"hits {mark.hits}"),
            self._say(f"每秒 {rate} 个域名", f"{rate} names/s"),
            missing,
            alarms,
        )
        note(f"{mark.feed}: {self._say('，', ', ').join(part for part in parts if part)}")

    def note(self, feed: str, zh: str, en: str) -> None:
        note(f"{feed}: {self._say(zh, en)}")

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        yield
