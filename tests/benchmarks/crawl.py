"""Our crawling against a bare Scrapy spider: plain capture, and the whole way through gate, evidence, detectors and SQLite.

Same server, same pages, same concurrency; the three take turns. What counts is pages a second, each of ours against the bare one before it: a
long run judges in a process of its own, so that the time of one process says little. Pages per second of processor time, that process
included, are printed beside: they do not depend on who else uses the machine. BENCH_PAGES sets the number.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

GOALS = {"plain": 0.8, "full": 0.4}
_ROUNDS = 3
_MEMORY_MAY_GROW = 0.1


def run() -> dict:
    """Return one benchmark record; `ratio` is that of the full pipeline."""
    pages = int(os.environ.get("BENCH_PAGES", "1500"))
    seen: dict[str, list[dict]] = {role: [] for role in ("bare", "plain", "full")}
    with farm() as where:
        for _ in range(_ROUNDS if pages <= 20_000 else 1):
            for role, records in seen.items():
                records.append(worker(role, where, pages))
    wall, cpu = ({role: _speeds(records, of) for role, records in seen.items()} for of in ("wall_s", "cpu_s"))
    ratios = _ratios(wall)
    sizes = seen["full"][-1]["resident_mb"]
    detail = {
        "pages": pages,
        "pages_per_s": {role: round(median(each)) for role, each in wall.items()},
        "pages_per_cpu_s": {role: round(median(each)) for role, each in cpu.items()},
        "ratios": {role: round(one, 3) for role, one in ratios.items()},
        "cpu_ratios": {role: round(one, 3) for role, one in _ratios(cpu).items()},
        "goals": GOALS,
        "resident_mb": sizes,
        "memory_is_flat": abs(sizes[-1] / sizes[len(sizes) // 2] - 1) <= _MEMORY_MAY_GROW,
    }
    holds = all(ratios[role] >= goal for role, goal in GOALS.items())
    return {
        "benchmark": "crawl",
        "ratio": round(ratios["full"], 3),
        "goal": GOALS["full"],
        "holds": holds,
        "detail": detail,
    }


def _speeds(records: list[dict], of: str) -> list[float]:
    return [one["pages"] / one[of] for one in records]


def _ratios(speeds: dict[str, list[float]]) -> dict[str, float]:
    return {
        role: median(ours / bare for ours, bare in zip(speeds[role], speeds["bare"], strict=True)) for role in GOALS
    }


@contextmanager
def farm() -> Iterator[dict]:
    """Run the server; yield where it is."""
    command = [sys.executable, "-m", "tests.benchmarks.crawl_server"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout and server.stdin
        try:
            yield json.loads(server.stdout.readline())
        finally:
            server.stdin.close()


def worker(role: str, where: dict, pages: int) -> dict:
    """Let one crawler run, and return what it printed."""
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "tests.benchmarks.crawl_worker",
            role,
            str(where["port"]),
            where["dns"],
            str(pages),
            folder,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        return json.loads(done.stdout.splitlines()[-1])
