"""What a second worker on the same Redis brings: pages a second of two processes against one, on the same slow world.

Sites answer after `WAIT_S`, as sites do, so that a worker waits more than it works and the server is not the limit; every worker looks at
`LANES` at once. Both runs are whole sweeps (gate, capture, evidence, detectors, SQLite) of the same size, as processes of their own; the
clock runs from the first visit to the last, so that starting Python is not measured. CPU seconds a page are shown beside.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from tests.crawler.test_sweep import TEXT, base_tables, names_file, write_settings, zone
from tests.crawler.tiny_world import HTML, name_server, page, tiny_world
from tests.redis_server import RedisServer

PAGES = int(os.environ.get("BENCH_PAGES", "240"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
WAIT_S = 0.8
LANES = 4
GOAL = 1.7
ROOT = Path(__file__).parents[2]


def run() -> dict:
    """Return one benchmark record: the best of the rounds of each, taken in turns."""
    seconds: dict[int, list[float]] = {1: [], 2: []}
    cpu: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(ROUNDS):
        for workers in (1, 2):
            took, used = _sweep(workers)
            seconds[workers].append(took)
            cpu[workers].append(used)
    ratio = round(min(seconds[1]) / min(seconds[2]), 2)
    detail = {
        "pages": PAGES,
        "lanes": LANES,
        "wait_s": WAIT_S,
        "one_pages_per_s": round(PAGES / min(seconds[1]), 1),
        "two_pages_per_s": round(PAGES / min(seconds[2]), 1),
        "one_s": [round(one, 1) for one in seconds[1]],
        "two_s": [round(one, 1) for one in seconds[2]],
        "one_cpu_ms_per_page": round(min(cpu[1]) / PAGES * 1000, 1),
        "two_cpu_ms_per_page": round(min(cpu[2]) / PAGES * 1000, 1),
    }
    return {"benchmark": "workers", "ratio": ratio, "goal": GOAL, "holds": ratio >= GOAL, "detail": detail}


class _World:
    """Remembers when the first and the last page was asked for; nobody is answered before all workers have come."""

    def __init__(self, workers: int) -> None:
        self.asked: list[float] = []
        self.released = threading.Event()
        self._workers = workers

    def __call__(self, stream) -> None:
        self.asked.append(time.perf_counter())
        if len(self.asked) >= LANES * self._workers:
            self.released.set()
        self.released.wait(120)
        time.sleep(WAIT_S)
        stream.write(page(TEXT * 20, "证书查询")[2])


def _sweep(workers: int) -> tuple[float, float]:
    """Return (seconds from when all workers are at work to the last page, CPU seconds of the workers)."""
    world = _World(workers)
    names = [f"cx-mem-gov{number}.cn" for number in range(PAGES)]
    with (
        tempfile.TemporaryDirectory() as folder,
        RedisServer() as redis,
        tiny_world({(name, "/"): (200, HTML, world) for name in names}) as hosts,
        name_server(zone(*names)) as dns,
    ):
        home = Path(folder)
        tables = base_tables(
            hosts,
            dns,
            crawl={"concurrency": LANES, "timeout_s": 150.0, "host_delay_s": 0.0},
            files=names_file(home, *names),
            workers={"redis_url": redis.url},
        )
        write_settings(home, tables)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        joining = [_start(home, "--join") for _ in range(workers - 1)]
        time.sleep(1.0)
        processes = [_start(home), *joining]
        told = [one.communicate(timeout=1200) for one in processes]
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert json.loads(told[0][0])["done"]["visit"] == PAGES, told[0]
    asked = sorted(world.asked)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return asked[-1] - asked[LANES * workers - 1], used


def _start(home: Path, *words: str) -> subprocess.Popen:
    environ = {key: value for key, value in os.environ.items() if not key.startswith("JIANWEI_")}
    return subprocess.Popen(
        [sys.executable, "-m", "deploy.cli.main", "sweep", "--json", *words],
        env=environ | {"JIANWEI_HOME": str(home), "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
