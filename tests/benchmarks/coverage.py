"""Which of the golden counterfeits each way finds: our rules, openSquat 2.3.1 with ten keywords, and look-up in what dnstwist 20250130 generates."""

import tempfile
from pathlib import Path

from keywords.roster import load_roster
from pipelines.name_matcher import open_matcher
from tests.benchmarks.keywords import KEYWORDS
from tests.benchmarks.name_lists import counterfeits, innocent_names
from tests.benchmarks.peers import dnstwist, opensquat

GOAL = 0.98
INNOCENT = 100_000
HOSTS = ("cx.mem.gov.cn", "mem.gov.cn", "zlaq.mohurd.gov.cn", "mohurd.gov.cn", "cnse.e-cqs.cn", "samr.gov.cn")


def run() -> dict:
    """Return one benchmark record; `ratio` is the share of counterfeits our rules find."""
    fakes = counterfeits()
    innocent = innocent_names(INNOCENT)
    with tempfile.TemporaryDirectory() as folder:
        matcher = open_matcher(load_roster(), Path(folder))
    ours = {name for name in fakes if matcher.match(name)}
    alarms = sum(bool(matcher.match(name)) for name in innocent)
    squat = {name for _, name in opensquat(fakes + innocent, KEYWORDS)[1]}
    twist = set().union(*map(dnstwist, HOSTS))
    ratio = round(len(ours) / len(fakes), 4)
    detail = {
        "counterfeits": len(fakes), "innocent": INNOCENT,
        "ours": {"found": len(ours), "alarms": alarms},
        "opensquat": {"found": len(squat & set(fakes)), "alarms": len(squat - set(fakes))},
        "dnstwist": {
            "found": len(twist & set(fakes)), "alarms": len(twist & set(innocent)), "generated": len(twist),
            "generated_inside_gov_cn": sum(name.endswith(".gov.cn") for name in twist),
        },
    }  # fmt: skip
    return {"benchmark": "coverage", "ratio": ratio, "goal": GOAL, "holds": ratio >= GOAL, "detail": detail}
