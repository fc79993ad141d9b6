"""The roster of lawful institutions: a name alone proves nothing; a host that served the page, or contacts that are all its own, do."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from detectors.model import (
    Candidate,
    CandidateKind,
    Capture,
    Discovery,
    Observation,
    PageContent,
    Profile,
    Signal,
    Skip,
)
from detectors.wording import OfferDetector
from detectors.wording.institutions import Institution, Institutions
from keywords.loader import load_lexicon

AT = datetime(2026, 11, 22, tzinfo=UTC)
SCHOOL = Institution(
    name="示例县安全技术培训中心",
    kind="training",
    hosts=("px.example.com",),
    contacts=("0518-88123456", "slpx_2024"),
    source="县应急管理局公告",
)
LESSONS = "示例县安全技术培训中心低压电工培训班开班，学员经考试合格后发证，报名电话0518-88123456"


@pytest.fixture(scope="module")
def detector() -> OfferDetector:
    return OfferDetector(load_lexicon(), Institutions((SCHOOL,)))


def note(text: str) -> Observation:
    candidate = Candidate(kind=CandidateKind.TEXT, url="", key="x", discovery=Discovery(source="file:x", found_at=AT))
    return Observation(candidate=candidate, observed_at=AT, text=text)


def page(text: str, url: str) -> Observation:
    capture = Capture(
        profile=Profile.DESKTOP,
        requested_url=url,
        final_url=url,
        status=200,
        captured_at=AT,
        page=PageContent(text=text),
    )
    return replace(note(""), captures=(capture,))


def seen(detector: OfferDetector, observation: Observation) -> dict[str, Signal]:
    signals = detector.examine(observation)
    assert not isinstance(signals, Skip)
    return {one.code: one for one in signals}


def test_own_contact_is_evidence_against(detector: OfferDetector) -> None:
    signal = seen(detector, note(LESSONS))["context.known_institution"]
    assert SCHOOL.name in signal.reason
    assert "0518-88123456" in signal.quotes[0].text


@pytest.mark.parametrize(
    "text",
    [
        LESSONS.replace("0518-88123456", "13800138000"),  # the name, and somebody else's number
        LESSONS + "，微信 abc_12345",  # its number, and a channel of somebody else's
        LESSONS + "，需要的私聊",  # its number, and an invitation to write to the poster
        LESSONS.replace(SCHOOL.name, "某某培训中心"),  # its number, not its name
        LESSONS.replace("报名电话0518-88123456", "欢迎报名"),  # the name alone
    ],
)
def test_a_claimed_name_proves_nothing(detector: OfferDetector, text: str) -> None:
    assert "context.known_institution" not in seen(detector, note(text))


def test_a_claimed_name_does_not_clear_a_sale(detector: OfferDetector) -> None:
    text = f"{SCHOOL.name}：电工证不用考试，官网可查，三天出证，电话0518-88123456"
    signals = seen(detector, note(text))
    assert "offer.certificate_sale" in signals
    assert "context.known_institution" not in signals


def test_its_own_page_is_evidence_against_and_counts_half_where_the_page_sells(detector: OfferDetector) -> None:
    lessons = seen(detector, page(LESSONS, "https://www.px.example.com/a"))["context.known_institution"]
    selling = seen(detector, page("电工证不用考试，官网可查，微信 abc_12345", "https://px.example.com/"))
    assert selling["context.known_institution"].strength_permille * 2 == lessons.strength_permille
    assert "offer.certificate_sale" in selling


def test_a_lookalike_host_is_not_its_own(detector: OfferDetector) -> None:
    assert "context.known_institution" not in seen(
        detector, page(LESSONS.replace("0518", "0519"), "https://xpx.example.com/")
    )


def test_a_rostered_school_may_not_guarantee_a_pass(detector: OfferDetector) -> None:
    text = f"{SCHOOL.name}电工培训班，保证通过，不过退费，学费900元，报名电话0518-88123456"
    signals = seen(detector, note(text))
    assert "offer.guaranteed_pass" in signals
    assert "context.known_institution" not in signals


def test_without_a_roster_nothing_is_known() -> None:
    assert "context.known_institution" not in seen(OfferDetector(load_lexicon()), note(LESSONS))
