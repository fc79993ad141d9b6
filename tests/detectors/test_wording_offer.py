import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.model import (
    Advert,
    Candidate,
    CandidateKind,
    Capture,
    Direction,
    Discovery,
    Field,
    Form,
    Observation,
    PageContent,
    Profile,
    Signal,
    Skip,
)  # fmt: skip
from detectors.wording import OfferDetector
from keywords.loader import load_lexicon, rows

AT = datetime(2026, 11, 22, tzinfo=UTC)
WORDS = [row["text"] for row in rows("offers")] + [
    "电工证",
    "操作证",
    "，",
    "。",
    "\n",
    "“",
    "”",
    "不",
    "13800138000",
    "微信",
    "？",
]


@pytest.fixture(scope="module")
def detector() -> OfferDetector:
    return OfferDetector(load_lexicon())


def note(text: str, kind: CandidateKind = CandidateKind.TEXT) -> Observation:
    candidate = Candidate(kind=kind, url="", key="x", discovery=Discovery(source="file:x", found_at=AT))
    return Observation(candidate=candidate, observed_at=AT, text=text)


def page(text: str, *fields: str, profile: Profile = Profile.DESKTOP) -> Capture:
    form = (Form(fields=tuple(Field(placeholder=name) for name in fields)),) if fields else ()
    content = PageContent(text=text, forms=form)
    return Capture(profile=profile, requested_url="", final_url="", status=200, captured_at=AT, page=content)


def seen(detector: OfferDetector, observation: Observation) -> dict[str, Signal]:
    signals = detector.examine(observation)
    assert not isinstance(signals, Skip)
    assert len({one.code for one in signals}) == len(signals)
    return {one.code: one for one in signals}


def test_nothing_to_read_is_a_skip(detector: OfferDetector) -> None:
    assert isinstance(detector.examine(note("  ")), Skip)


def test_what_only_a_phone_sees_counts(detector: OfferDetector) -> None:
    captures = (page("今日新闻"), page("焊工证不用考试，官网可查，微信 hg_12345", profile=Profile.PHONE))
    observation = replace(note("", CandidateKind.SITE), captures=captures)
    assert "offer.certificate_sale" in seen(detector, observation)


def test_copied_warning_on_a_query_page_says_nothing_in_its_favour(detector: OfferDetector) -> None:
    text = "近日，警方抓获一批犯罪嫌疑人，其声称“电工证免考”。请提高警惕。"
    plain = replace(note("", CandidateKind.SITE), captures=(page(text),))
    asking = replace(note("", CandidateKind.SITE), captures=(page(text, "请输入证件号码", "请输入姓名"),))
    assert "context.warning" in seen(detector, plain)
    assert seen(detector, asking) == {}


def test_advert_is_read(detector: OfferDetector) -> None:
    advert = Advert(engine="x", query="q", page=1, slot=1, title="电工证 不用考试", text="官网可查 3天拿证")
    signals = seen(detector, replace(note("", CandidateKind.ADVERT), advert=advert))
    assert {"offer.certificate_sale", "offer.verifiable", "offer.speed"} <= signals.keys()
    assert signals["offer.verifiable"].quotes[0].where == "advert"


def test_contacts_are_masked_in_the_sentence(detector: OfferDetector) -> None:
    signals = seen(detector, note("焊工证不用考试，官网可查，电话13812345678"))
    assert "13812345678" not in signals["offer.contact"].reason
    quote = signals["offer.contact"].quotes[0]
    assert quote.text[quote.start : quote.end] == "13812345678"


def test_quote_shows_the_disguise_as_written(detector: OfferDetector) -> None:
    signals = seen(detector, note("电/工/证 免★考，官网可查，微信 abc_123"))
    assert "电/工/证" in signals["offer.disguised"].reason or "免★考" in signals["offer.disguised"].reason


def test_warning_pasted_behind_an_advert_does_not_cancel_it(detector: OfferDetector) -> None:
    advert = "特种作业操作证 不用考试 官网可查 加微信 zs_88888。"
    pasted = "警方提醒：谨防上当受骗，提高警惕，严厉打击假证，举报电话12350。"
    signals = seen(detector, note(advert + pasted))
    assert signals.keys() >= {"offer.certificate_sale", "offer.no_exam", "offer.contact"}
    assert all(one.direction is Direction.FOR for one in signals.values())


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(WORDS), max_size=60).map("".join)))
def test_never_raises_and_quotes_hold(detector: OfferDetector, text: str) -> None:
    signals = detector.examine(note(text))
    if isinstance(signals, Skip):
        return
    for one in signals:
        for quote in one.quotes:
            assert 0 <= quote.start < quote.end <= len(quote.text)
            assert quote.text in text


@pytest.mark.parametrize(
    "piece",
    ["电工证包过，微信abc_1234。", "近日警方称“电工证免考”。\n", "不用学习理论", "“电工证包过”", "13800138", "五百"],
    ids=repr,
)
def test_hostile_repetition_ends_soon(detector: OfferDetector, piece: str) -> None:
    began = time.process_time()
    detector.examine(note("电工证" + piece * (400_000 // len(piece))))
    assert time.process_time() - began < 40
