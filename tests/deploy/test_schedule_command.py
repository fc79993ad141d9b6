"""Whose turn is next, and that a turn is kept over restarts."""

import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.cli.schedule import jobs_of, keep_timetable, next_job
from pipelines.errors import ExitCode
from pipelines.settings import ScheduleSettings
from tests.conftest import NOW, FixedClock

JOBS = jobs_of(ScheduleSettings(sweep_h=24, rechecks_h=2, names_h=6))


def test_everything_is_due_at_first_the_short_before_the_long():
    begun, order = {}, []
    for _ in JOBS:
        job, at = next_job(JOBS, begun, NOW)
        assert at == NOW
        order.append(job.name)
        begun[job.name] = NOW
    assert order == ["rechecks", "names", "sweep"]
    job, at = next_job(JOBS, begun, NOW)
    assert (job.name, at) == ("rechecks", NOW + timedelta(hours=2))


def test_what_has_no_hours_is_never_run():
    assert jobs_of(ScheduleSettings(sweep_h=0, rechecks_h=0, names_h=0)) == ()
    assert next_job((), {}, NOW) == (None, NOW)


@given(st.dictionaries(st.sampled_from([one.name for one in JOBS]), st.integers(-10_000, 10_000)))
def test_nothing_waits_longer_than_its_pace(minutes):
    begun = {name: NOW + timedelta(minutes=more) for name, more in minutes.items()}
    job, at = next_job(JOBS, begun, NOW)
    assert NOW <= at <= NOW + job.every


def test_turns_are_kept_over_restarts(tmp_path):
    ran, path = [], tmp_path / "schedule.json"
    for _ in range(2):
        keep_timetable(JOBS, path, lambda job: ran.append(job.name), once=True, now=lambda: NOW)
    assert ran == ["rechecks", "names", "sweep"]
    assert sorted(json.loads(path.read_bytes())) == ["names", "rechecks", "sweep"]


def test_it_sleeps_until_the_next_turn_and_never_runs_two_at_once(tmp_path):
    clock, ran = FixedClock(), []

    def sleep(seconds):
        clock.at += timedelta(seconds=seconds)
        if clock.at > NOW + timedelta(hours=7):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keep_timetable(JOBS, tmp_path / "s.json", lambda job: ran.append(job.name), now=clock.now, sleep=sleep)
    assert ran == ["rechecks", "names", "sweep", "rechecks", "rechecks", "rechecks", "names"]


def test_an_empty_timetable_ends_at_once(tmp_path):
    (tmp_path / "jianwei.toml").write_text("[schedule]\nsweep_h = 0\nrechecks_h = 0\nnames_h = 0\n", "utf-8")
    env = {**os.environ, "JIANWEI_HOME": str(tmp_path)}
    words = [sys.executable, "-m", "deploy.cli.main", "--lang", "en", "schedule"]
    done = subprocess.run(words, capture_output=True, text=True, env=env, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (ExitCode.DONE, "")
