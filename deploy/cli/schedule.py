"""`jianwei schedule`: runs sweeps, re-checks and looks at watched names on their timetable until stopped.

Each job is a `jianwei` command in a process of its own, one at a time: one that fails, or is killed, does not take the timetable down. When
each was begun last is kept in the home folder, so that a restart neither repeats nor skips a turn.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from deploy.cli import output, session
from pipelines.errors import ExitCode
from pipelines.files import replace_file
from pipelines.settings import ScheduleSettings

__all__ = ["Job", "jobs_of", "keep_timetable", "next_job", "schedule"]

_FILE = "schedule.json"
_NAP_S = 30.0
_TROUBLE = frozenset({ExitCode.USAGE, ExitCode.UNREACHABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One line of the timetable."""

    name: str
    words: tuple[str, ...]
    """Of the command."""
    every: timedelta


def schedule(
    once: Annotated[bool, typer.Option("--once", help="Run what is due now, then end.")] = False,
) -> None:
    """按时间表运行巡查、复查和关注域名检查，直到停止。"""
    settings = session.current.settings()
    keep_timetable(jobs_of(settings.schedule), settings.home / _FILE, _run, once=once)


def keep_timetable(
    jobs: Sequence[Job],
    path: Path,
    run: Callable[[Job], None],
    *,
    once: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Run jobs in their turn, for ever or, with `once`, those due now; `path` keeps when each was begun last."""
    begun = _read(path)
    while True:
        at = now()
        job, due_at = next_job(jobs, begun, at)
        if job is None or (once and due_at > at):
            return
        if due_at > at:
            sleep(min(_NAP_S, (due_at - at).total_seconds()))
            continue
        begun = {**begun, job.name: at}
        replace_file(path, msgspec.json.encode(begun), mode=0o600, is_synced=True)
        run(job)


def jobs_of(settings: ScheduleSettings) -> tuple[Job, ...]:
    """Return the timetable: what is short and urgent before what is long."""
    wanted = (
        ("rechecks", ("sweep", "--source", "rechecks"), settings.rechecks_h),
        ("names", ("domains", "check", "--due"), settings.names_h),
        ("sweep", ("sweep",), settings.sweep_h),
    )
    return tuple(Job(name=name, words=words, every=timedelta(hours=hours)) for name, words, hours in wanted if hours)


def next_job(jobs: Sequence[Job], begun: Mapping[str, datetime], now: datetime) -> tuple[Job | None, datetime]:
    """Return the job whose turn is next, and when; one never begun is due now. A clock that was set back makes nothing wait longer than its pace."""
    planned = [(min(begun[one.name], now) + one.every if one.name in begun else now, one) for one in jobs]
    due = [one for at, one in planned if at <= now]
    if due:
        return due[0], now
    return min(((one, at) for at, one in planned), key=lambda row: row[1], default=(None, now))


def _run(job: Job) -> None:
    say = session.current.say
    output.note(say(f"开始：{' '.join(job.words)}", f"Begins: {' '.join(job.words)}"))
    chosen = ["--config", str(session.current.config)] if session.current.config else []
    words = [sys.executable, "-m", "deploy.cli.main", "--lang", session.current.lang, *chosen, *job.words]
    code = subprocess.call(words)  # noqa: S603 - our own command, words from the table above
    if code in _TROUBLE:
        output.note(
            say(
                f"{job.name} 没有完成（退出码 {code}），下次按时重试。",
                f"{job.name} did not work (exit {code}); it is tried again in its turn.",
            )
        )
    elif code == ExitCode.INTERRUPTED:
        raise typer.Exit(ExitCode.INTERRUPTED)


def _read(path: Path) -> dict[str, datetime]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, datetime])
    except (OSError, msgspec.DecodeError):
        return {}  # a spoilt note costs one turn too many, never one too few
