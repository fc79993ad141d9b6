"""The benchmarks run, on short lists; whether their goals hold is not for tests to say. Those that need other programs are left out."""

import json
import os
import subprocess
import sys

import pytest

from tests.benchmarks.__main__ import BENCHMARKS


@pytest.mark.parametrize(
    "name", ["names", "zone", "store", "filings", "pictures", "marks", "pages", "growth", "elastic"]
)
def test_a_benchmark_prints_its_record(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", name],
        env={**os.environ, "BENCH_NAMES": "20000", "BENCH_LEADS": "600"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr
    record = json.loads(done.stdout)
    assert set(record) == {"benchmark", "ratio", "goal", "holds", "detail"}
    assert record["benchmark"] == name


def test_an_unknown_benchmark_is_bad_usage() -> None:
    command = [sys.executable, "-m", "tests.benchmarks", "nonsense"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert all(name in done.stderr for name in BENCHMARKS)
