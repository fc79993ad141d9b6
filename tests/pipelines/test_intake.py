"""The one door in: evidence first, then judged, logged, merged; twice is as once; trouble loses nothing."""

from datetime import timedelta

import pytest

from detectors.model import Direction, EvidenceKind, Observation, Signal, Skip
from detectors.ruleset import signal
from pipelines.errors import StoreUnavailable
from pipelines.intake import Intake
from pipelines.model import LeadQuery, MergeOutcome
from pipelines.name_watch import NameWatch
from pipelines.stores.memory import MemoryEvidence, MemoryLeads, MemoryObservations
from pipelines.stores.memory_names import MemoryNames
from tests.builders import AT, a_listing, a_site, an_attachment


class WordDetector:
    """Sees a sale where the text says 包过."""

    name = "word"

    def examine(self, observation: Observation) -> tuple[Signal, ...] | Skip:
        texts = [capture.page.text for capture in observation.captures]
        texts += [observation.listing.text] if observation.listing else []
        if any("包过" in text for text in texts):
            return (signal("offer.certificate_sale", term="包过", certificate="电工证"),)
        return ()


class Case:
    def __init__(self, clock, *detectors):
        self.evidence = MemoryEvidence()
        self.leads = MemoryLeads(clock)
        self.observations = MemoryObservations()
        self.detectors = detectors or (WordDetector(),)
        self.intake = Intake(
            evidence=self.evidence, observations=self.observations, leads=self.leads, detectors=lambda: self.detectors
        )


@pytest.fixture
def case(clock):
    return Case(clock)


def test_a_suspect_becomes_a_lead_with_its_evidence(case):
    body, picture = (
        an_attachment("包过".encode()),
        an_attachment(b"PNG", EvidenceKind.SCREENSHOT, media_type="image/png", label="桌面"),
    )
    accepted = case.intake.accept(a_site(text="包过", attachments=(body, picture)))
    assert accepted.outcome is MergeOutcome.CREATED
    assert accepted.assessment.signals[0].direction is Direction.FOR
    lead = case.leads.get(accepted.lead_id).document
    assert [(item.kind, item.size_bytes, item.label) for item in lead.evidence] == [
        (EvidenceKind.BODY, 6, ""), (EvidenceKind.SCREENSHOT, 3, "桌面"),
    ]  # fmt: skip
    assert [case.evidence.get(item.sha256) for item in lead.evidence] == [body.content, picture.content]
    assert len(case.observations.of_lead(accepted.lead_id)) == 1


def test_what_is_not_suspect_is_kept_and_makes_no_lead(case):
    accepted = case.intake.accept(a_site(text="培训通知", attachments=(an_attachment(b"page"),)))
    assert (accepted.lead_id, accepted.outcome) == ("", None)
    assert len(list(case.evidence.stored())) == 1
    assert len(case.observations.of_lead("")) == 1
    assert case.leads.find(LeadQuery()).total == 0


def test_a_known_lead_gets_its_harmless_looks_too(case):
    lead_id = case.intake.accept(a_site(text="包过")).lead_id
    accepted = case.intake.accept(a_site(text="空白", at=AT + timedelta(days=1)))
    assert (accepted.lead_id, accepted.outcome) == (lead_id, MergeOutcome.UPDATED)
    assert case.leads.get(lead_id).document.sighting_count == 2


def test_accepting_twice_is_as_once(case):
    observations = [a_site(text="包过"), a_listing("电工证", "包过"), a_site("other.example", text="新闻")]
    first = case.intake.accept_many(observations)
    leads = case.leads.find(LeadQuery())
    second = case.intake.accept_many(observations)
    assert [one.lead_id for one in first] == [one.lead_id for one in second]
    assert [one.outcome for one in second] == [MergeOutcome.UNCHANGED, MergeOutcome.UNCHANGED, None]
    assert case.leads.find(LeadQuery()) == leads


def test_looks_of_one_batch_belong_to_one_lead_whichever_is_strong(case):
    weak, strong = a_site(text="空白"), a_site(text="包过", at=AT + timedelta(hours=1))
    assert [one.outcome for one in case.intake.accept_many([weak, strong])] == [
        MergeOutcome.CREATED,
        MergeOutcome.UPDATED,
    ]


def test_nothing_in_gives_nothing_out(case):
    assert case.intake.accept_many([]) == ()


def test_judging_keeps_nothing(case):
    assert case.intake.judge(a_site(text="包过", attachments=(an_attachment(),))).signals
    assert list(case.evidence.stored()) == []
    assert case.leads.find(LeadQuery()).total == 0


def test_text_that_is_no_unicode_is_taken_in_all_the_same(case):
    accepted = case.intake.accept(a_listing("电工证\ud800", "包过\udfff"))
    assert case.leads.get(accepted.lead_id).document.observation.listing.title == "电工证\ufffd"


def test_a_detector_that_fails_is_named_and_silences_no_other(clock):
    class Broken:
        name = "broken"

        def examine(self, observation):
            raise RuntimeError("oops")

    accepted = Case(clock, Broken(), WordDetector()).intake.accept(a_site(text="包过"))
    assert accepted.lead_id
    assert [skip.detector for skip in accepted.assessment.skips] == ["broken"]


def test_when_the_vault_is_full_nothing_is_judged_or_merged(case):
    class FullVault(MemoryEvidence):
        def put(self, content):
            raise StoreUnavailable("vault", "磁盘空间不足", "the disk is full")

    intake = Intake(
        evidence=FullVault(), observations=case.observations, leads=case.leads, detectors=lambda: case.detectors
    )
    with pytest.raises(StoreUnavailable):
        intake.accept(a_site(text="包过", attachments=(an_attachment(),)))
    assert case.leads.find(LeadQuery()).total == 0
    assert case.observations.of_lead("") == ()


def test_what_was_cut_short_before_the_lead_is_made_good_by_the_rerun(case):
    class LockedLeads(MemoryLeads):
        def merge_many(self, sightings):
            raise StoreUnavailable("leads", "被占用", "locked")

    seen = a_site(text="包过")
    intake = Intake(
        evidence=case.evidence,
        observations=case.observations,
        leads=LockedLeads(None),
        detectors=lambda: case.detectors,
    )
    with pytest.raises(StoreUnavailable):
        intake.accept(seen)
    assert case.intake.accept(seen).outcome is MergeOutcome.CREATED


class Counting:
    """Counts how often it was asked."""

    name = "counting"

    def __init__(self) -> None:
        self.asked = 0

    def examine(self, observation: Observation) -> tuple[Signal, ...] | Skip:
        self.asked += 1
        return ()


def test_what_was_asked_about_is_not_judged_again_when_it_is_handed_in_unchanged(clock):
    counting = Counting()
    case = Case(clock, WordDetector(), counting)
    asked = case.intake.judge(a_site(text="包过"))
    accepted = case.intake.accept(a_site(text="包过"))
    assert (accepted.assessment, counting.asked) == (asked, 1)
    assert accepted.outcome is MergeOutcome.CREATED
    case.intake.accept(a_site(text="包过"))
    assert counting.asked == 2, "a judgement is used once"


def test_what_was_seen_since_is_judged_anew(clock):
    counting = Counting()
    case = Case(clock, WordDetector(), counting)
    assert case.intake.judge(a_site(text="培训")).score_permille == 0
    accepted = case.intake.accept(a_site(text="包过"))
    assert (accepted.outcome, counting.asked) == (MergeOutcome.CREATED, 2)
    case.intake.judge(a_site(text="包过"))
    case.intake.accept(a_site(text="包过", attachments=(an_attachment(b"page"),)))
    assert counting.asked == 4


def test_detectors_that_learnt_something_judge_anew(clock):
    before, after = Counting(), Counting()
    case = Case(clock, before)
    case.intake.judge(a_site(text="包过"))
    case.detectors = (after,)
    case.intake.accept(a_site(text="包过"))
    assert (before.asked, after.asked) == (1, 1)


def test_only_the_last_few_candidates_are_remembered(clock):
    counting = Counting()
    case = Case(clock, counting)
    hosts = [f"w{number}.example.cn" for number in range(40)]
    for host in hosts:
        case.intake.judge(a_site(host))
    case.intake.accept(a_site(hosts[-1]))
    assert counting.asked == 40
    case.intake.accept(a_site(hosts[0]))
    assert counting.asked == 41


def test_the_story_of_a_watched_name_hears_what_a_visit_saw(clock):
    names = MemoryNames()
    watch = NameWatch(names, clock)
    watch.saw("cx-mem-gov.cn", "cx.mem.gov.cn", "brand_with_gov", 700, "ct:argon")
    intake = Intake(
        evidence=MemoryEvidence(),
        observations=MemoryObservations(),
        leads=MemoryLeads(clock),
        detectors=lambda: (WordDetector(),),
        names=watch,
    )
    intake.accept(a_site(title="域名出售", text="此域名出售，有意者请联系"))
    intake.accept(a_site("other.example", title="域名出售", text="此域名出售，有意者请联系"))
    assert names.get("cx-mem-gov.cn").document.known.parking.source == "page"
    assert names.get("other.example") is None
