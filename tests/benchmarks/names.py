"""Matching a list of names: ours against a loop as the field's tools write it (openSquat 2.3: edit distance of keyword and first label,
or keyword anywhere, in pure Python) and against bare rapidfuzz doing that same work. One process, one run, the same names."""

import csv
import random
import time
from pathlib import Path

from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import extract_iter

from detectors.names.engine import NameMatcher
from keywords.hosts import canonical_host
from keywords.roster import load_roster

GOLDEN = Path(__file__).parents[1] / "golden" / "names" / "counterfeits.csv"
NAMES = 200_000
LOOPED = 4_000
"""The pure-Python loop is measured on this many names and compared per name."""
GOAL = 30.0
"""Times the loop's speed, though we ask far more of each name; measured at about 70 when this was written."""
KEYWORDS = ("mohurd", "zlaq", "cnse", "e-cqs", "cxmem", "memgov", "cx-mem", "mem-gov", "mohurdgov", "samrgov")
_SYLLABLES = [
    "ba",
    "chang",
    "de",
    "fei",
    "guo",
    "hao",
    "jian",
    "kang",
    "lin",
    "mei",
    "nan",
    "ou",
    "ping",
    "qi",
    "ren",
    "shi",
    "tong",
    "wei",
    "xin",
    "yi",
    "zhong",
    "cloud",
    "shop",
    "tech",
    "soft",
    "book",
    "game",
]
_SUFFIXES = ("com", "cn", "com.cn", "net", "top", "xyz", "shop", "vip", "org")


def run() -> dict:
    """Return one benchmark record; seconds are processor time."""
    counterfeits = _counterfeits()
    names = _innocent(NAMES - len(counterfeits)) + counterfeits
    loop_s, looped = _timed(lambda: [name for name in names[-LOOPED:] if _loop_hit(name)])
    bare_s, _ = _timed(lambda: _bare_hits(names))
    build_s, matcher = _timed(lambda: NameMatcher(load_roster()))
    ours_s, ours = _timed(lambda: [name for name in names if matcher.match(name)])
    ratio = round((loop_s / LOOPED) / (ours_s / NAMES), 1)
    planted = set(counterfeits)
    detail = {
        "names": NAMES,
        "loop_names_per_s": int(LOOPED / loop_s),
        "bare_names_per_s": int(NAMES / bare_s),
        "ours_names_per_s": int(NAMES / ours_s),
        "build_s": round(build_s, 2),
        "planted": len(planted),
        "loop_found": len(planted & set(looped)),
        "ours_found": len(planted & set(ours)),
        "ours_innocent_hits": len(set(ours) - planted),
    }
    return {"benchmark": "names", "ratio": ratio, "goal": GOAL, "holds": ratio >= GOAL, "detail": detail}


def _counterfeits() -> list[str]:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        return [canonical_host(row["name"]) for row in csv.DictReader(file)]


def _innocent(count: int) -> list[str]:
    dice = random.Random(2024)
    return [
        "".join(dice.choices(_SYLLABLES, k=dice.randint(2, 4)))
        + (str(dice.randint(0, 9999)) if dice.random() < 0.2 else "")
        + f".{dice.choice(_SUFFIXES)}"
        for _ in range(count)
    ]


def _loop_hit(name: str) -> bool:
    label = name.split(".", maxsplit=1)[0]
    return any(_edits(keyword, label) <= 1 or keyword in name for keyword in KEYWORDS)


def _edits(one: str, other: str) -> int:
    before = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        now = [i]
        for j, b in enumerate(other, 1):
            now.append(min(before[j] + 1, now[j - 1] + 1, before[j - 1] + (a != b)))
        before = now
    return before[-1]


def _bare_hits(names: list[str]) -> set[str]:
    labels = [name.split(".")[0] for name in names]
    near = (extract_iter(keyword, labels, scorer=Levenshtein.distance, score_cutoff=1) for keyword in KEYWORDS)
    found = {names[at] for hits in near for _, _, at in hits}
    return found | {name for name in names if any(keyword in name for keyword in KEYWORDS)}


def _timed(work):
    start = time.process_time()
    answer = work()
    return time.process_time() - start, answer
