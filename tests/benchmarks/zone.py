"""A list of 160 million names through `jianwei domains match -` as a process of its own: its peak memory, whole. The list is never stored."""

import os
import subprocess
import sys
import tempfile
import time

from tests.benchmarks.name_lists import counterfeits, innocent_names, planted

NAMES = int(os.environ.get("BENCH_NAMES", "160000000"))
GOAL_MB = 500.0
_PIECE = 1_000_000
_PLANTED = 10


def run() -> dict:
    """Return one benchmark record; `ratio` is the peak in MB."""
    piece = min(_PIECE, NAMES)
    content = "".join(f"{name}\n" for name in planted(innocent_names(piece), counterfeits()[:_PLANTED])).encode()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryFile() as found, tempfile.TemporaryFile() as said:
        command = [sys.executable, "-m", "deploy.cli.main", "--lang", "en", "domains", "match", "-"]
        environment = {**os.environ, "JIANWEI_HOME": home}
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=found, stderr=said, env=environment)
        assert process.stdin
        for _ in range(NAMES // piece):
            process.stdin.write(content)
        process.stdin.close()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        found.seek(0)
        said.seek(0)
        hits, closing = found.read().count(b"\n"), said.read().decode()
    peak_mb = round(usage.ru_maxrss / 1024, 1)
    cpu_s = usage.ru_utime + usage.ru_stime
    detail = {
        "names": NAMES, "hits": hits, "wall_s": round(time.perf_counter() - start, 1), "cpu_s": round(cpu_s, 1),
        "names_per_cpu_s": int(NAMES / cpu_s), "said": closing.strip().splitlines()[-1],
    }  # fmt: skip
    is_whole = process.returncode == 0 and f"names read: {NAMES}," in closing
    return {
        "benchmark": "zone",
        "ratio": peak_mb,
        "goal": GOAL_MB,
        "holds": is_whole and peak_mb <= GOAL_MB,
        "detail": detail,
    }
