"""Ten keywords over a million names, edit distance 1 or contained: ours against openSquat 2.3.1, one core, the same file, the same hits.

openSquat runs as a program of its own; its start is measured apart and taken off. `BENCH_NAMES` makes the list shorter.
"""

import os
import tempfile
import time
from pathlib import Path

from crawler.feeds.name_blocks import blocks
from detectors.names.keyword_scan import KeywordScan
from tests.benchmarks.name_lists import innocent_names, planted
from tests.benchmarks.peers import opensquat

NAMES = int(os.environ.get("BENCH_NAMES", "1000000"))
KEYWORDS = ("mohurd", "zlaq", "cnse", "e-cqs", "cxmem", "memgov", "cx-mem", "mem-gov", "mohurdgov", "samrgov")
GOAL = 15_000.0
_REPEATS = 7
_LETTERS = "abehmnorsxz-"


def run() -> dict:
    """Return one benchmark record; seconds are processor time."""
    names = planted([name for name in innocent_names(NAMES) if not name.startswith("xn--")], _near_names(NAMES // 500))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "names.txt"
        path.write_text("".join(f"{name}\n" for name in names), "utf-8")
        start = time.process_time()
        scan = KeywordScan(KEYWORDS)
        build_s = time.process_time() - start
        runs = [_timed(path, scan) for _ in range(_REPEATS)]
    ours_s, ours = min(seconds for seconds, _ in runs), runs[0][1]
    theirs_s, theirs = opensquat(names, KEYWORDS)
    if ours != theirs:
        raise AssertionError(
            f"not the same hits: {len(ours - theirs)} only ours, {len(theirs - ours)} only openSquat's"
        )
    ratio = round(theirs_s / ours_s)
    detail = {
        "names": len(names), "mean_characters": round(sum(map(len, names)) / len(names), 1), "keywords": len(KEYWORDS),
        "pairs_found_by_both": len(ours), "opensquat_s": round(theirs_s, 1), "opensquat_names_per_s": int(len(names) / theirs_s),
        "ours_s": round(ours_s, 5), "ours_names_per_s": int(len(names) / ours_s), "ours_build_s": round(build_s, 2), "aim": 30_000,
    }  # fmt: skip
    return {"benchmark": "keywords", "ratio": ratio, "goal": GOAL, "holds": ratio >= GOAL, "detail": detail}


def _timed(path: Path, scan: KeywordScan) -> tuple[float, set[tuple[str, str]]]:
    """Read the file and return (processor seconds, {(keyword, name)})."""
    start = time.process_time()
    with path.open("rb", buffering=0) as file:
        found = {
            (keyword, block.text[first:last].decode())
            for block in blocks(file)
            for first, last, keyword in scan.found(block.text)
        }
    return time.process_time() - start, found


def _near_names(count: int) -> list[str]:
    """Return names that hold a keyword or are one or two edits from it, each once."""
    near: dict[str, None] = {}
    for turn in range(100):
        for keyword in KEYWORDS:
            for at in range(len(keyword)):
                letter = _LETTERS[(turn + at) % len(_LETTERS)]
                slip = (
                    keyword[:at] + letter + keyword[at:],
                    keyword[:at] + keyword[at + 1 :],
                    keyword[:at] + letter * 2 + keyword[at + 1 :],
                )
                near[f"{slip[turn % 3].strip('-')}.com"] = None
                near[f"x{turn}-{keyword}{turn}.cn"] = None
    return list(near)[:count]
