"""Programs ours is measured against, run as whole processes in their own environment (`peers.sh`)."""

import json
import os
import resource
import subprocess
import tempfile
from pathlib import Path

_PEERS = Path(".venv/peers/bin").absolute()


def opensquat(names: list[str], keywords: tuple[str, ...]) -> tuple[float, set[tuple[str, str]]]:
    """Return (processor seconds without those of a start, {(keyword, name)}) of openSquat 2.3.1 at confidence 1."""
    start_s, _ = _opensquat(names[:1], keywords)
    all_s, found = _opensquat(names, keywords)
    return all_s - start_s, found


def _opensquat(names: list[str], keywords: tuple[str, ...]) -> tuple[float, set[tuple[str, str]]]:
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        (at / "keywords.txt").write_text("".join(f"{one}\n" for one in keywords), "utf-8")
        (at / "names.txt").write_text("".join(f"{one}\n" for one in names), "utf-8")
        words = ["-k", "keywords.txt", "-d", "names.txt", "-o", "found.json", "-t", "json", "-c", "1"]
        seconds = _run([str(_PEERS / "opensquat"), *words], at)
        return seconds, _pairs(json.loads((at / "found.json").read_text("utf-8")))


def _pairs(report: list[dict]) -> set[tuple[str, str]]:
    return {(entry["keyword"], domain["domain"]) for entry in report for domain in entry["domains"]}


def dnstwist(host: str) -> set[str]:
    """Return the names dnstwist generates for a host."""
    command = [str(_PEERS / "dnstwist"), "--format", "list", host]
    shown = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "HOME": "/nonexistent"}
    )
    return set(shown.stdout.split())


def jieba_cut(items: list[str], most_s: float = 20.0) -> float:
    """Return the items a second that jieba 0.42.1 cuts, loading left out: processor time, over the whole list or as far as it comes."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "items.json").write_text(json.dumps(items), "utf-8")
        command = [str(_PEERS / "python"), "-c", _CUT, str(most_s)]
        shown = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return float(shown.stdout)


_CUT = """
import gc, json, logging, sys, time
import jieba
jieba.setLogLevel(logging.ERROR)
jieba.initialize()
items = json.load(open("items.json", encoding="utf-8"))
gc.freeze()
began, done = time.process_time(), 0
for item in items:
    for word in jieba.cut(item):
        pass
    done += 1
    if time.process_time() - began > float(sys.argv[1]):
        break
print(done / (time.process_time() - began))
"""


def _run(command: list[str], folder: Path) -> float:
    """Run it on one core and return the processor seconds it and its children took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    one_core = min(os.sched_getaffinity(0))
    subprocess.run(
        command, cwd=folder, check=True, capture_output=True, preexec_fn=lambda: os.sched_setaffinity(0, {one_core})
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
