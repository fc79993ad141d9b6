"""Photographed certificates: read side by side in other processes, answered in the order they were named."""

import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

from deploy.cli import session
from deploy.cli.certificate.answers import Answers
from detectors.pictures.trades import load_trades
from detectors.pictures.verdict import check_picture
from pipelines.official_sites import official_roster
from pipelines.pictures.observe import BegunPicture, begin_file
from pipelines.pictures.pool import PicturePool

__all__ = ["check_pictures"]

_AHEAD = 8
"""Pictures in memory at a time."""


def check_pictures(files: list[Path], answers: Answers, today: date) -> None:
    """Check photographs; a file that is no picture, too large or hostile is answered `unreadable` and the others go on."""
    roster, trades = official_roster(session.current.settings()), load_trades()
    with PicturePool() as pool, _bar(len(files)) as bar:
        for file, begun in _begun(files, pool):
            if not file.is_file():
                answers.unusable += 1
            answers.picture(file, check_picture(begun.result(), roster, trades, today))
            bar.advance()


def _begun(files: Iterable[Path], pool: PicturePool) -> Iterator[tuple[Path, BegunPicture]]:
    waiting: deque[tuple[Path, BegunPicture]] = deque()
    for file in files:
        waiting.append((file, begin_file(file, pool)))
        if len(waiting) >= _AHEAD:
            yield waiting.popleft()
    yield from waiting


class _Bar:
    """A bar on a terminal, nothing elsewhere."""

    def __init__(self, bars: Progress | None, total: int) -> None:
        self._bars = bars
        self._task = bars.add_task("", total=total) if bars else None

    def advance(self) -> None:
        if self._bars and self._task is not None:
            self._bars.advance(self._task)


@contextmanager
def _bar(total: int) -> Iterator[_Bar]:
    if not sys.stderr.isatty():
        yield _Bar(None, total)
        return
    with Progress(BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=Console(stderr=True)) as bars:
        yield _Bar(bars, total)
