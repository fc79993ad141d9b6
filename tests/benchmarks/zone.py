"""A zone of 160 million names read in one process: how much the process grows. The zone is made up while it is read and never stored."""

import resource
import tempfile
import time
from pathlib import Path

from crawler.feeds.name_lists import match_list
from keywords.roster import load_roster
from pipelines.name_matcher import open_matcher
from tests.benchmarks.name_lists import counterfeits, innocent_names, planted

NAMES = 160_000_000
GOAL_MB = 500.0
_PIECE = 1_000_000
_PLANTED = 10


def run() -> dict:
    """Return one benchmark record; `ratio` is the growth in MB."""
    fakes = counterfeits()[:_PLANTED]
    content = "".join(f"{name}\n" for name in planted(innocent_names(_PIECE), fakes)).encode()
    with tempfile.TemporaryDirectory() as folder:
        matcher = open_matcher(load_roster(), Path(folder))
        before = _peak_mb()
        start = time.process_time()
        found = names = 0
        for part in match_list(_Repeated(content, NAMES // _PIECE), lambda: matcher):
            names += part.name_count
            found += len(part.found)
        seconds = time.process_time() - start
    grown = round(_peak_mb() - before, 1)
    detail = {
        "names": names,
        "found": found,
        "seconds": round(seconds, 1),
        "names_per_s": int(names / seconds),
        "peak_mb": round(_peak_mb()),
    }
    return {
        "benchmark": "zone",
        "ratio": grown,
        "goal": GOAL_MB,
        "holds": grown <= GOAL_MB and names == NAMES,
        "detail": detail,
    }


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class _Repeated:
    """The same content so many times, as one stream."""

    def __init__(self, content: bytes, times: int) -> None:
        self._content = content
        self._times = times
        self._at = 0

    def read(self, size: int = -1, /) -> bytes:
        if not self._times:
            return b""
        piece = self._content[self._at : self._at + size]
        self._at += len(piece)
        if self._at >= len(self._content):
            self._at, self._times = 0, self._times - 1
        return piece
