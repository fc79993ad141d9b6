"""Sweeps in processes of their own that are killed (`kill -9`) at random moments, and what they leave behind.

A moment is so many pieces of finished work and then some milliseconds. The sweep waits after each piece until it is told to go on, so that
a fast machine cannot come to its end before the kill, and a slow one is hit as deep in the work as a fast one.
"""

import multiprocessing
import random
import sqlite3
import threading
import time
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from crawler.context import SilentProgress
from crawler.sweep import run_sweep
from detectors.model import EvidenceKind
from pipelines.bootstrap import open_case
from pipelines.clock import day_of
from pipelines.every_lead import every_lead
from pipelines.settings import Settings, load_settings

_WITHIN_S = 240
_TIMED = {EvidenceKind.RESPONSE, EvidenceKind.SCREENSHOT, EvidenceKind.LISTING}
"""Evidence that holds the time of day, or pixels, and so is never twice the same."""
_SPLIT = {"created", "updated", "unchanged"}
"""A piece that is done again after its observations were accepted finds them known: these trade places."""


class _Told(SilentProgress):
    def __init__(self, events: Connection) -> None:
        self._events = events
        self._one_at_a_time = threading.Lock()

    def stage(self, title: str, total: int) -> None:
        self._tell_and_wait()

    def advance(self, count: int = 1) -> None:
        self._tell_and_wait()

    def _tell_and_wait(self) -> None:
        with self._one_at_a_time:
            self._events.send_bytes(b"piece")
            self._events.recv_bytes()


def _sweep(home: str, events: Connection) -> None:
    settings = settings_of(Path(home))
    with open_case(settings) as case:
        run_sweep(case, settings, _Told(events), resume=True)


def settings_of(home: Path) -> Settings:
    return load_settings({"JIANWEI_HOME": str(home)}, home / "jianwei.toml")


def swept(home: Path, kill_after: int | None = None, jitter_s: float = 0.0) -> tuple[bool, int]:
    """Run the sweep, or go on with it; killed after so many pieces and a moment. Return whether it came to its end, and its pieces."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["crawler.sweep", "pipelines.bootstrap", "tests.broken.killed"])
    ours, theirs = context.Pipe()
    process = context.Process(target=_sweep, args=(str(home), theirs))
    process.start()
    theirs.close()
    pieces = 0
    while kill_after is None or pieces < kill_after:
        assert ours.poll(_WITHIN_S), "the sweep stands still"
        try:
            ours.recv_bytes()
            ours.send_bytes(b"go on")
        except (EOFError, ConnectionError):  # it is over
            break
        pieces += 1
    else:
        time.sleep(jitter_s)
        process.kill()
    process.join(_WITHIN_S)
    assert kill_after is not None or process.exitcode == 0
    return process.exitcode == 0, pieces


def swept_with_kills(home: Path, kills: int, rng: random.Random, pieces: int, on_kill=lambda: None) -> int:
    """Sweep until it is done, killed so many times on the way. Return how many kills fell before the end.

    `pieces` are those of an undisturbed run; a sweep that goes on tells of no fewer, and each start goes one further than it is told to.
    """
    most = max(0, pieces // kills - 1)
    for number in range(kills):
        if swept(home, rng.randint(0, most), rng.uniform(0, 0.2))[0] or is_finished(home):
            return number
        on_kill()
    assert swept(home)[0]
    return kills


def _rows(home: Path, question: str) -> list[tuple]:
    path = home / "jianwei.sqlite"
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as connection:
        try:
            return connection.execute(question).fetchall()
        except sqlite3.OperationalError:  # killed before the file was laid out
            return []


def is_finished(home: Path) -> bool:
    return any(msgspec.json.decode(one)["finished_at"] for (one,) in _rows(home, "SELECT document FROM runs"))


def hosts_done(home: Path) -> set[str]:
    """Return the hosts all of whose known visits are finished."""
    rows = _rows(home, "SELECT key, is_done FROM frontier WHERE kind = 'visit'")
    places = [(key.partition("://")[2].partition("/")[0], is_done) for key, is_done in rows]
    return {host for host, _ in places} - {host for host, is_done in places if not is_done}


def end_state(home: Path) -> dict[str, object]:
    """Return everything a sweep leaves behind, without what tells the time of day."""
    settings = settings_of(home)
    with open_case(settings) as case:
        (report,) = case.runs.latest()
        leads = sorted(every_lead(case.leads), key=lambda lead: lead.id)
        for lead in leads:
            for item in lead.evidence:
                assert len(case.evidence.get(item.sha256)) == item.size_bytes
        return {
            "leads": [_lead(lead) for lead in leads],
            "observations": sorted(_rows(home, "SELECT identity, lead_id FROM observations")),
            "frontier": sorted(
                (kind, key.replace(str(home), ""), is_done)
                for kind, key, is_done in _rows(home, "SELECT kind, key, is_done FROM frontier")
            ),
            "tallies left": _rows(home, "SELECT * FROM run_tallies"),
            "queries": case.queries.records(),
            "budgets": case.queries.spent(day_of(case.clock.now())),
            "marks": sorted(_rows(home, "SELECT kind, officials, suspects, cleared FROM marks")),
            "report": {
                "done": report.done, "left": report.left, "errors": report.errors, "fields": report.field_counts,
                "outcomes": _without_split(report.outcomes), "verdict": report.verdict, "reasons": report.reasons,
                "by_source": {source: _without_split(counts) for source, counts in report.by_source.items()},
                "failures": report.failures, "not_run": report.not_run, "is_finished": bool(report.finished_at),
            },
        }  # fmt: skip


def _without_split(counts: dict[str, int]) -> dict[str, int]:
    split = sum(count for name, count in counts.items() if name in _SPLIT)
    return {name: count for name, count in counts.items() if name not in _SPLIT} | {"merged": split}


def _lead(lead) -> dict[str, object]:
    evidence = {(item.kind, item.label, "" if item.kind in _TIMED else item.sha256) for item in lead.evidence}
    return {
        "id": lead.id, "status": lead.status, "sources": lead.sources, "queries": lead.queries,
        "sightings": lead.sighting_count, "seen": sorted(lead.seen_observations), "evidence": sorted(evidence),
        "shown": lead.observation.identity, "score": lead.assessment.score_permille,
        "signals": sorted(signal.code for signal in lead.assessment.signals),
        "acts": sorted(event.act for event in lead.history),
    }  # fmt: skip
