"""Whatever a suspect wrote is text: escaped, cut, defanged, never a link, never a page."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.model import EvidenceKind, Field, Form, Hop, HostFacts, PageContent, Quote, Unknown
from detectors.ruleset import signal
from pipelines.model import EvidenceItem, Role
from review_ui.guard import CONTENT_POLICY
from review_ui.shown import defanged, idn_note, inert, quote_parts, unicode_host
from tests.builders import a_listing, a_site, an_advert
from tests.review_ui.desk_world import put_lead

ATTACK = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}</bdi></textarea>"
RAW = ("<script>alert", "<img src=x", 'onerror=alert(2)"', "</bdi></textarea>", ">49<")


def attacked_site():
    page = PageContent(
        title=ATTACK,
        text=ATTACK * 3,
        footer=ATTACK,
        forms=(Form(action=f"javascript:{ATTACK}", fields=(Field(label=ATTACK, name=ATTACK),), button=ATTACK),),
    )
    facts = HostFacts(registrar=ATTACK, nameservers=(ATTACK,), filing=Unknown(ATTACK), country=ATTACK)
    seen = a_site("evil-mem-cx.com", page=page, title=ATTACK, facts=facts, source=f"file:{ATTACK}.csv", query=ATTACK)
    hop = Hop(url=f"http://evil-mem-cx.com/{ATTACK}", status=302, location=ATTACK)
    capture = replace(
        seen.captures[0], redirects=(hop,), final_url=f"http://evil-mem-cx.com/{ATTACK}", content_type=ATTACK
    )
    signals = (
        signal("identity.invented_body", Quote(where="title", text=ATTACK, start=3, end=30), claim=ATTACK),
        signal("link.official_only", Quote(where=ATTACK, text=ATTACK), official=ATTACK),
        signal(
            "clone.text",
            Quote(where="text", text=ATTACK, start=-5, end=10_000),
            official=ATTACK,
            percent=ATTACK,
            taken_on=ATTACK,
        ),
        signal("offer.certificate_sale", term=ATTACK, certificate=ATTACK),
    )
    return replace(seen, captures=(capture,), failure=ATTACK), signals


def attacked_listing():
    seen = a_listing(ATTACK, ATTACK, platform=ATTACK, item_id=ATTACK, seller=ATTACK, price_text=ATTACK, area=ATTACK)
    return seen, (
        signal("offer.certificate_sale", Quote(where="listing", text=ATTACK), term=ATTACK, certificate=ATTACK),
    )


def attacked_advert():
    seen = an_advert(ATTACK, ATTACK, engine=ATTACK, query=ATTACK, target_url=f"javascript:{ATTACK}", advertiser=ATTACK)
    return seen, (
        signal("offer.certificate_sale", Quote(where="advert", text=ATTACK), term=ATTACK, certificate=ATTACK),
    )


@pytest.mark.parametrize("attacked", [attacked_site, attacked_listing, attacked_advert])
def test_every_field_a_suspect_controls_is_inert(case, visitor, attacked) -> None:
    lead_id = put_lead(case, *attacked())
    desk = visitor.as_role(Role.ISSUER_EMERGENCY)
    for path in (
        f"/leads/{lead_id}",
        f"/leads?open={lead_id}",
        f"/leads/{lead_id}/pane",
        "/leads?q=script",
        "/exports",
    ):
        answer = desk.get(path)
        assert answer.status_code == 200
        for raw in RAW:
            assert raw not in answer.text, path
        assert answer.headers["content-security-policy"] == CONTENT_POLICY
    assert "&lt;script&gt;" in desk.get(f"/leads/{lead_id}").text
    assert "javascript:" not in re.sub(
        r"<bdi[^>]*>.*?</bdi>|<[^>]*data-copy[^>]*>", "", desk.get(f"/leads/{lead_id}").text
    )


def test_no_link_leads_out_of_the_desk(case, visitor) -> None:
    lead_id = put_lead(case, *attacked_site())
    desk = visitor.as_role(Role.ISSUER_EMERGENCY)
    for path in ("/leads", f"/leads/{lead_id}", "/runs", "/exports", "/help"):
        text = desk.get(path).text
        for address in re.findall(r'(?:href|src|action|formaction|data-pane)="([^"]*)"', text):
            assert address.startswith(("/", "#")), address
            assert not address.startswith("//")
        assert "evil-mem-cx.com" not in re.sub(r'(?:href|value|data-pane)="[^"]*"', "", text)


def test_words_typed_into_the_search_are_inert(visitor) -> None:
    desk = visitor.as_role(Role.POLICE)
    text = desk.get("/leads", params={"q": ATTACK, "source": ATTACK, "cursor": "", "open": ATTACK, "done": ATTACK}).text
    assert all(raw not in text for raw in RAW)


def test_people_too_can_type_markup(case, visitor) -> None:
    lead_id = put_lead(case, *attacked_site())
    desk = visitor.as_role(Role.ISSUER_EMERGENCY)
    version = str(case.leads.get(lead_id).version)
    desk.post(f"/leads/{lead_id}/dismiss", {"version": version, "reason": "与其他线索重复", "note": ATTACK})
    assert all(raw not in desk.get(f"/leads/{lead_id}").text for raw in RAW)


@pytest.fixture
def html_evidence(case):
    """A lead whose body evidence is a live page, and one that pretends to be a picture."""
    content = b"<html><script>alert(1)</script></html>"
    lead_id = put_lead(case, *attacked_site())
    found = case.leads.get(lead_id)
    fake = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    items = tuple(
        EvidenceItem(kind=kind, sha256=case.evidence.put(body), size_bytes=len(body), media_type=media, captured_at=case.clock.now(), label=ATTACK)
        for kind, body, media in ((EvidenceKind.BODY, content, "text/html"), (EvidenceKind.SCREENSHOT, fake, "image/svg+xml"))
    )  # fmt: skip
    case.leads.put(replace(found.document, evidence=items), found.version)
    return lead_id, items


def test_evidence_is_never_served_as_a_page(visitor, html_evidence) -> None:
    lead_id, items = html_evidence
    desk = visitor.as_role(Role.POLICE)
    for item in items:
        answer = desk.get(f"/leads/{lead_id}/evidence/{item.sha256}/download")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.headers["content-disposition"].startswith("attachment; ")
        assert ATTACK not in answer.headers["content-disposition"]
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        picture = desk.get(f"/leads/{lead_id}/evidence/{item.sha256}/picture")
        assert picture.status_code == 404
        assert "alert(1)" not in picture.text


def test_pages_stay_small_whatever_is_on_them(case, visitor) -> None:
    for number in range(60):
        long = "免考包过" * (50_000 if number == 59 else 200)
        seen = a_site(
            f"long{number}-mem-cx.com",
            title=long,
            text=long,
            source=f"file:{long[:60]}{number}",
            query=f"{number}{long}",
        )
        signals = tuple(signal("offer.no_exam", Quote(where="text", text=long), term=long) for _ in range(12))
        lead_id = put_lead(case, seen, signals)
    desk = visitor.as_role(Role.ISSUER_EMERGENCY)
    for path in ("/leads", f"/leads/{lead_id}", f"/leads?open={lead_id}", "/runs", "/exports"):
        answer = desk.get(path)
        assert answer.status_code == 200
        assert len(answer.content) < 150_000, (path, len(answer.content))


@settings(deadline=None)  # a busy machine is no fault
@given(st.text(max_size=60))
def test_inert_text_can_reorder_and_hide_nothing(text) -> None:
    shown = inert(text)
    assert not set(shown) & {"\u202e", "\u202d", "\u2066", "\u2067", "\u200b", "\x00", "\x1b", "\u2028"}
    assert inert(shown) == shown


@settings(deadline=None)  # a busy machine is no fault
@given(st.text(max_size=80), st.integers(), st.integers())
def test_quotes_survive_any_offsets(text, start, end) -> None:
    parts = quote_parts(Quote(where="text", text=text, start=start, end=end))
    assert parts.before + parts.hit + parts.after == "".join(map(inert, (text,)))


def test_addresses_are_defanged_and_both_forms_shown() -> None:
    assert defanged("http://cx-mem-gov.cn/a.html") == "hxxp://cx-mem-gov[.]cn/a.html"
    host = "xn--mem-8x5fo54g.com"
    assert unicode_host(host)
    assert "." not in unicode_host(host).replace("[.]", "")
    assert "国际化域名" in idn_note(host)
    assert idn_note("cx-mem-gov.cn") == ""
    assert "西里尔" in idn_note("xn--mm-7lc.cn")


@pytest.mark.parametrize("host", ["xn--mm-7lc.cn"])
def test_the_lead_page_warns_of_mixed_scripts(case, visitor, host) -> None:
    lead_id = put_lead(case, a_site(host), (signal("page.parked"),))
    text = visitor.as_role(Role.POLICE).get(f"/leads/{lead_id}").text
    assert "混用" in text
    assert f"hxxp://{host.replace('.', '[.]')}/" in text
