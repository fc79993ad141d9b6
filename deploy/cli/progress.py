"""Progress of a run for the person who waits: bars on a terminal, plain lines elsewhere; always on stderr."""

import contextlib
import sys
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TransferSpeedColumn,
)

from crawler.context import Progress as RunProgress
from deploy.cli import output

__all__ = ["shown_progress", "shown_reading"]


@contextlib.contextmanager
def shown_progress() -> Iterator[RunProgress]:
    """Yield what a run reports its progress to."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        yield _Bars(bars)


@contextlib.contextmanager
def shown_reading(size_bytes: int) -> Iterator[Callable[[int], None]]:
    """Yield what is told how many bytes of a file were read; `size_bytes` 0: nobody knows how many there are. Silent but on a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task("", total=size_bytes or None)
        yield lambda position: bars.update(task, completed=position)


class _Bars:
    """One bar a stage."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._task: TaskID | None = None

    def stage(self, title: str, total: int) -> None:
        self._task = self._bars.add_task(title, total=total)

    def advance(self, count: int = 1) -> None:
        if self._task is not None:
            self._bars.advance(self._task, count)

    def note(self, sentence: str) -> None:
        self._bars.console.print(sentence, markup=False)


class _Lines:
    """One line a stage and one a note: a log file wants no bars."""

    def stage(self, title: str, total: int) -> None:
        output.note(f"{title}（{total}）")

    def advance(self, count: int = 1) -> None:
        del count

    def note(self, sentence: str) -> None:
        output.note(sentence)
