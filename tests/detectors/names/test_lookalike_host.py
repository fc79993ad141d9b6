from dataclasses import replace
from datetime import UTC, datetime

from detectors.model import Advert, Candidate, CandidateKind, Capture, Direction, Discovery, Observation, Profile, Skip
from detectors.names.detector import LookalikeHostDetector
from detectors.scoring import assess
from keywords.roster import Roster, load_roster

AT = datetime(2026, 11, 22, tzinfo=UTC)
DETECTOR = LookalikeHostDetector(load_roster())


def seen(host: str, *, final: str = "", target: str = "") -> Observation:
    url = f"https://{host}/" if host else ""
    candidate = Candidate(
        kind=CandidateKind.SITE,
        url=url,
        host=host,
        registrable_domain=host,
        discovery=Discovery(source="test", found_at=AT),
    )
    captures = (
        (Capture(profile=Profile.DESKTOP, requested_url=url, final_url=final, status=200, captured_at=AT),)
        if final
        else ()
    )
    advert = Advert(engine="e", query="q", page=1, slot=1, title="t", target_url=target) if target else None
    return Observation(candidate=candidate, observed_at=AT, captures=captures, advert=advert)


def test_a_lookalike_gives_one_signal_with_its_place() -> None:
    (signal,) = DETECTOR.examine(seen("www.cx-mem-gov.cn"))
    assert signal.code == "name.official_embedded"
    assert signal.direction is Direction.FOR
    assert "cx.mem.gov.cn" in signal.reason
    quote = signal.quotes[0]
    assert quote.where == "host"
    assert quote.text[quote.start : quote.end].startswith("cx-mem-gov")


def test_an_official_or_innocent_host_gives_none() -> None:
    assert DETECTOR.examine(seen("cx.mem.gov.cn")) == ()
    assert DETECTOR.examine(seen("memory.com")) == ()


def test_where_the_page_ended_up_and_where_the_advert_leads_are_looked_at() -> None:
    signals = DETECTOR.examine(seen("ad.example", final="https://cxmem.cn/x", target="http://mohurd-zlaq.com:8080/?q"))
    assert [(s.quotes[0].where, s.quotes[0].text) for s in signals] == [
        ("url", "cxmem.cn"),
        ("advert", "mohurd-zlaq.com"),
    ]


def test_the_same_host_is_counted_once() -> None:
    assert len(DETECTOR.examine(seen("cxmem.cn", final="https://cxmem.cn/a"))) == 1


def test_without_any_host_it_says_that_it_could_not_look() -> None:
    assert isinstance(DETECTOR.examine(seen("")), Skip)
    assert isinstance(DETECTOR.examine(replace(seen(""), captures=seen("x", final="http://[broken/").captures)), Skip)


def test_a_pretence_names_no_official_host() -> None:
    (signal,) = DETECTOR.examine(seen("www.ksxx.gov.cn.web6.top"))
    assert signal.code == "name.government_pretence"
    assert assess([signal]).imitates == ""


def test_a_stronger_hit_weighs_more() -> None:
    (strong,) = DETECTOR.examine(seen("cx.mem.gov.cn.a.top"))
    (weak,) = DETECTOR.examine(seen("diangong-chaxun.com"))
    assert strong.strength_permille > 2 * weak.strength_permille


def test_an_empty_roster_still_sees_pretence() -> None:
    assert LookalikeHostDetector(Roster(())).examine(seen("a.gov.cn.b.top"))
