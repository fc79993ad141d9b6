"""Each file of `tests/golden/wording` is one case: input as for `jianwei assess`, and what must come of the words alone."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from detectors.model import (
    Candidate,
    CandidateKind,
    Capture,
    Discovery,
    Listing,
    Observation,
    PageContent,
    Profile,
    Skip,
)  # fmt: skip
from detectors.scoring import assess
from detectors.wording import OfferDetector
from keywords.loader import load_lexicon

CASES = sorted((Path(__file__).parent.parent / "golden" / "wording").glob("*.json"))
AT = datetime(2026, 11, 22, tzinfo=UTC)


def observation_of(given: dict) -> Observation:
    kind = CandidateKind(given["kind"])
    title, text = given.get("title", ""), given.get("text", "")
    candidate = Candidate(kind=kind, url="", key=given["id"], discovery=Discovery(source="file:golden", found_at=AT))
    if kind is CandidateKind.SITE:
        page = PageContent(title=title, text=text)
        capture = Capture(
            profile=Profile.DESKTOP, requested_url="", final_url="", status=200, captured_at=AT, page=page
        )
        return Observation(candidate=candidate, observed_at=AT, captures=(capture,))
    if kind is CandidateKind.LISTING:
        listing = Listing(
            platform="golden", item_id=given["id"], title=title, text=text, price_text=given.get("price_text", "")
        )
        return Observation(candidate=candidate, observed_at=AT, listing=listing)
    return Observation(candidate=candidate, observed_at=AT, title=title, text=text)


@pytest.fixture(scope="module")
def detector() -> OfferDetector:
    return OfferDetector(load_lexicon())


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path, detector: OfferDetector) -> None:
    case = json.loads(path.read_text("utf-8"))
    signals = detector.examine(observation_of(case["input"]))
    assert not isinstance(signals, Skip)
    assessment = assess(signals)
    told = [f"{s.code} {s.strength_permille} {s.reason}" for s in assessment.signals]
    if "level" in case:
        assert assessment.level.value == case["level"], (assessment.score_permille, told)
    codes = {one.code for one in signals}
    assert set(case.get("codes_present", ())) <= codes, told
    assert not set(case.get("codes_absent", ())) & codes, told
    for one in signals:
        for quote in one.quotes:
            assert quote.text and 0 <= quote.start < quote.end <= len(quote.text)


def test_there_are_cases() -> None:
    assert len(CASES) >= 60
