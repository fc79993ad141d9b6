"""Each page of `tests/golden/<detector>` is judged by all detectors: its level, and which signals must and must not come."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detectors.model import Candidate, CandidateKind, Capture, Discovery, Observation, OfficialSnapshot, Profile
from detectors.pages.read import read_page
from detectors.pages.seen import host_of
from detectors.registry import Knowledge, build_detectors
from detectors.runner import judge
from keywords.hosts import registrable_domain
from keywords.loader import load_lexicon
from keywords.roster import load_roster

GOLDEN = Path(__file__).parent.parent / "golden"
FOLDERS = ("claimed_identity", "query_form", "filing_mismatch", "clone", "page_kind")
CASES = sorted(path for folder in FOLDERS for path in (GOLDEN / folder).glob("*.json"))
AT = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return Knowledge(roster=load_roster(), lexicon=load_lexicon())


@pytest.fixture(scope="module")
def detectors(knowledge: Knowledge):
    return build_detectors(knowledge)


def observation_of(url: str, html: str) -> Observation:
    host = host_of(url)
    discovery = Discovery(source="file:golden", found_at=AT)
    candidate = Candidate(
        kind=CandidateKind.SITE, url=url, host=host, registrable_domain=registrable_domain(host), discovery=discovery
    )
    capture = Capture(
        profile=Profile.FILE,
        requested_url=url,
        final_url=url,
        status=200,
        captured_at=AT,
        html=html,
        page=read_page(html, url),
    )
    return Observation(candidate=candidate, observed_at=AT, captures=(capture,))


def snapshot_of(folder: Path, given: dict) -> OfficialSnapshot:
    url = f"https://{given['host']}/"
    html = (folder / given["html"]).read_text("utf-8")
    return OfficialSnapshot(host=given["host"], url=url, taken_at=AT, html=html, page=read_page(html, url))


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_page(path: Path, knowledge: Knowledge, detectors) -> None:
    case = json.loads(path.read_text("utf-8"))
    if "snapshot" in case:
        snapshots = (snapshot_of(path.parent, case["snapshot"]),)
        detectors = build_detectors(Knowledge(roster=knowledge.roster, lexicon=knowledge.lexicon, snapshots=snapshots))
    seen = judge(observation_of(case["url"], path.with_suffix(".html").read_text("utf-8")), detectors)
    told = "\n".join(f"{s.direction.value} {s.code} {s.strength_permille} {s.reason}" for s in seen.signals)
    codes = {one.code for one in seen.signals}
    assert not [skip for skip in seen.skips if "出错" in skip.cause]
    assert seen.level.value == case["level"], f"{seen.score_permille}\n{told}"
    assert set(case["codes"]) <= codes, told
    assert not set(case["without"]) & codes, told


def test_there_are_cases_for_both_sides() -> None:
    levels = [json.loads(path.read_text("utf-8"))["level"] for path in CASES]
    assert len(levels) >= 40
    assert levels.count("low") >= 20
    assert levels.count("high") >= 15
