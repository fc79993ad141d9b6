"""Folding and term matching on one core: ordinary text in MB/s beside plain UTF-8 decoding plus one regular-expression pass, and
short items (adverts, honest and disguised, and ordinary ones) beside `jieba.cut` over the same items. Items are handed in a hundred
at a time, as an import of listings does; `one_by_one` of the detail is what they come to by themselves.

`ratio` is items a second over jieba's, folded and matched; `judged_items_per_s` of the detail is what all detectors together
judge a second, and `judged_ratio` that over jieba's. Nearly all these items are about certificates; `judged_ordinary_per_s` is of
items about other things. Texts are composed from the golden cases; `BENCH_ITEMS` makes the lists shorter.
"""

import gc
import json
import os
import random
import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from detectors.model import Candidate, CandidateKind, Discovery, Observation
from detectors.registry import Knowledge, build_detectors
from detectors.runner import judge, judge_each
from keywords.fold import fold
from keywords.loader import load_lexicon
from keywords.match import TermMatcher
from keywords.roster import load_roster
from pipelines.collector import patient_collector
from tests.benchmarks.peers import jieba_cut

ITEMS = int(os.environ.get("BENCH_ITEMS", "6000"))
GOAL = 3.0
ITEMS_PER_S = 5_000
"""Both must hold on the reference machine, this one for items that all detectors judge."""
_AIM_MB_PER_S = 50
_REPEATS = 5
_PAGE_CHARACTERS = 30_000
_JUDGED = 1_000
_BATCH = 100
_Item = TypeVar("_Item")
_AT = datetime(2026, 11, 26, tzinfo=UTC)
_GOLDEN = Path(__file__).parent.parent / "golden"
_PROSE = ("news", "guidance", "notice", "everyday", "lawful")
_ONE_PASS = re.compile("特种作业操作证|电工证|焊工证|高处作业|安全员|代办|免考|包过|官网可查|加微信").findall


def run() -> dict:
    """Return one benchmark record; seconds are processor time."""
    with patient_collector() as loaded:  # as `jianwei assess` does; jieba gets the same
        return _run(loaded)


def _run(loaded: Callable[[], None]) -> dict:
    matcher = TermMatcher(load_lexicon())
    items, pages = _items(), _pages()
    for text in (*items[:200], pages[0]):
        matcher.find(text)  # tables fill themselves on first use
    loaded()
    ours_s = _best(lambda: [matcher.find_each(some) for some in _hundreds(items)])
    alone_s = _best(lambda: [matcher.find(item) for item in items])
    theirs = jieba_cut(items)
    raw = [page.encode() for page in pages]
    size = sum(map(len, raw))
    bare_s = _best(lambda: [_ONE_PASS(one.decode()) for one in raw])
    fold_s = _best(lambda: [fold(one.decode()) for one in raw])
    page_s = _best(lambda: [matcher.find(one.decode()) for one in raw])
    items_per_s = len(items) / ours_s
    (judged_per_s, judged_alone), (ordinary_per_s, ordinary_alone) = map(_judged_per_s, (items[:_JUDGED], _ordinary()))
    ratio = round(items_per_s / theirs, 2)
    detail = {
        "items": len(items), "mean_characters": round(sum(map(len, items)) / len(items), 1), "items_per_s": int(items_per_s),
        "judged_items_per_s": int(judged_per_s), "judged_ordinary_per_s": int(ordinary_per_s), "judged_ratio": round(judged_per_s / theirs, 2),
        "one_by_one": {
            "ratio": round(len(items) / alone_s / theirs, 2), "judged_items_per_s": int(judged_alone), "judged_ordinary_per_s": int(ordinary_alone),
        },
        "items_per_s_goal": ITEMS_PER_S, "jieba_items_per_s": int(theirs), "page_bytes": size,
        "page_mb_per_s": round(size / page_s / 1e6, 1), "page_fold_mb_per_s": round(size / fold_s / 1e6, 1), "aim_mb_per_s": _AIM_MB_PER_S,
        "bare_mb_per_s": round(size / bare_s / 1e6, 1), "times_bare": round(page_s / bare_s, 2),
    }  # fmt: skip
    holds = ratio >= GOAL and judged_per_s >= ITEMS_PER_S
    return {"benchmark": "folding", "ratio": ratio, "goal": GOAL, "holds": holds, "detail": detail}


def _judged_per_s(items: list[str]) -> tuple[float, float]:
    """Return how many items, each the text of a listing, all detectors judge a second: handed in together, and one by one."""
    detectors = build_detectors(Knowledge(roster=load_roster(), lexicon=load_lexicon()))
    seen = [_listing(item) for item in items]
    batches = _hundreds(seen)
    judge_each(seen, detectors)
    gc.freeze()
    together_s = _best(lambda: [judge_each(some, detectors) for some in batches])
    return len(items) / together_s, len(items) / _best(lambda: [judge(one, detectors) for one in seen])


def _hundreds(items: Sequence[_Item]) -> list[Sequence[_Item]]:
    return [items[at : at + _BATCH] for at in range(0, len(items), _BATCH)]


def _listing(text: str) -> Observation:
    candidate = Candidate(
        kind=CandidateKind.LISTING, url="https://item.example.com/1", host="item.example.com",
        registrable_domain="example.com", discovery=Discovery(source="benchmark", found_at=_AT),
    )  # fmt: skip
    return Observation(candidate=candidate, observed_at=_AT, text=text)


def _items() -> list[str]:
    """Return short items as a sweep meets them: what the golden cases of wording say, in a fixed mixture."""
    cases = [json.loads(path.read_text("utf-8"))["input"] for path in sorted((_GOLDEN / "wording").glob("*.json"))]
    texts = [" ".join(case[field] for field in ("title", "text") if isinstance(case.get(field), str)) for case in cases]
    short = [text[:300] for text in texts if text.strip()]
    return random.Random(1).choices(short, k=ITEMS)


def _ordinary() -> list[str]:
    """Return as many short items that are nearly all about something else, as most of what a sweep meets is."""
    return random.Random(3).choices([line[:300] for line in _paragraphs()], k=_JUDGED)


def _paragraphs() -> list[str]:
    return [line for name in _PROSE for line in (_GOLDEN / "ordinary" / f"{name}.txt").read_text("utf-8").splitlines()]


def _pages() -> list[str]:
    """Return long ordinary pages: paragraphs of `tests/golden/ordinary`, shuffled; not of those written to mislead."""
    paragraphs = _paragraphs()
    chance, pages = random.Random(2), list[str]()
    for _ in range(20):
        page = list[str]()
        while sum(map(len, page)) < _PAGE_CHARACTERS:
            page.append(chance.choice(paragraphs))
        pages.append("\n".join(page))
    return pages


def _best(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(_REPEATS):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return min(seconds)
