"""Documents are read back as they were written; hostile text and size do no harm."""

from dataclasses import replace
from datetime import UTC, date, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.model import (
    Form,
    HostFacts,
    Image,
    Link,
    Listing,
    Observation,
    OfficialSnapshot,
    PageContent,
    TlsFacts,
    Unknown,
)  # fmt: skip
from detectors.name_facts import (
    DnsFacts,
    DnsOutcome,
    NameFacts,
    NameState,
    NetworkFacts,
    RecordSet,
    Registration,
    TlsFault,
    TlsLook,
)
from pipelines.documents import decode, encode, well_formed
from pipelines.model import Lead, RunReport
from pipelines.trim import TEXT_LIMIT, trim
from tests.builders import AT, a_lead, a_listing, a_site, a_snapshot, an_advert, an_attachment, an_evidence_item

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
INSTANTS = st.datetimes(timezones=st.just(UTC))
UNKNOWN = st.builds(Unknown, TEXT)
TLS = st.builds(TlsFacts, subject=TEXT, issuer=TEXT, names=TEXTS, not_before=INSTANTS, not_after=INSTANTS, sha256=TEXT)
FACTS = st.builds(
    HostFacts, addresses=TEXTS | UNKNOWN, cname=TEXT | UNKNOWN, registered_on=st.dates() | UNKNOWN, tls=TLS | UNKNOWN
)
LISTINGS = st.builds(
    Listing,
    platform=TEXT,
    item_id=TEXT,
    title=TEXT,
    price_cny=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    published_at=st.none() | INSTANTS,
)
COUNTS = st.dictionaries(TEXT, st.integers(0, 2**40), max_size=3)
REPORTS = st.builds(
    RunReport, id=TEXT, started_at=INSTANTS, done=COUNTS, left=COUNTS, outcomes=COUNTS, failures=TEXTS, not_run=TEXTS
)


RECORDS = st.builds(
    RecordSet,
    outcome=st.sampled_from(DnsOutcome),
    values=TEXTS | UNKNOWN,
    rounds=st.lists(st.sampled_from(DnsOutcome), max_size=3).map(tuple),
    varying=TEXTS,
)
DNS = st.builds(
    DnsFacts, a=RECORDS, aaaa=RECORDS, cname=RECORDS, ns=RECORDS, mx=RECORDS, soa=RECORDS, wildcard=st.booleans() | UNKNOWN,
    wildcard_parent=TEXT, asked_at=INSTANTS,
)  # fmt: skip
LOOKS = st.builds(
    TlsLook,
    certificate=TLS,
    address=TEXT,
    faults=st.lists(st.sampled_from(TlsFault), max_size=2).map(tuple),
    protocol=TEXT,
    seen_at=INSTANTS,
)
REGISTRATIONS = st.builds(
    Registration, domain=TEXT, is_registered=st.booleans(), registered_at=INSTANTS | UNKNOWN, registrant=TEXT | UNKNOWN,
    statuses=TEXTS | UNKNOWN, source=TEXT, asked_at=INSTANTS,
)  # fmt: skip
NETWORKS = st.builds(
    NetworkFacts, address=TEXT, asn=st.integers(0, 2**32) | UNKNOWN, owner=TEXT | UNKNOWN, country=TEXT | UNKNOWN,
    province=TEXT | UNKNOWN, table=TEXT, table_on=st.dates() | UNKNOWN,
)  # fmt: skip
NAMES = st.builds(
    NameFacts, name=TEXT, registrable_domain=TEXT, state=st.sampled_from(NameState), state_reason=TEXT, dns=DNS | UNKNOWN,
    tls=LOOKS | UNKNOWN, registration=REGISTRATIONS | UNKNOWN, network=st.lists(NETWORKS, max_size=2).map(tuple) | UNKNOWN,
    filing=TEXT | UNKNOWN, checked_at=INSTANTS,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(FACTS | LISTINGS | REPORTS | NAMES)
def test_any_value_comes_back_equal(value):
    assert decode(type(value), encode(value)) == value


@pytest.mark.parametrize(
    "document",
    [
        a_site(),
        a_listing(price_cny=380.5, published_at=AT),
        an_advert(),
        a_lead(evidence=[an_evidence_item()]),
        a_snapshot(html="<p>证</p>" * 1000),
        a_site(
            facts=HostFacts(
                addresses=("192.0.2.1",), cname="", registered_on=date(2026, 1, 2), registrar=Unknown("超时")
            )
        ),
        a_site(
            facts=HostFacts(tls=TlsFacts(subject="", issuer="", names=("a",), not_before=AT, not_after=AT, sha256=""))
        ),
    ],
)
def test_ordinary_documents_come_back_equal(document):
    assert decode(type(document), encode(document)) == document


def test_an_instant_keeps_its_moment_in_any_zone():
    beijing = replace(a_site(), observed_at=AT.astimezone(timezone(timedelta(hours=8))))
    assert decode(Observation, encode(beijing)).observed_at == AT


def test_attachments_are_refused():
    for document in (
        a_site(attachments=(an_attachment(),)),
        replace(a_lead(), observation=a_site(attachments=(an_attachment(),))),
    ):
        with pytest.raises(ValueError, match="vault"):
            encode(document)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b'{"id":', b"\xff", b'{"id": 1}'])
@pytest.mark.parametrize("kind", [Lead, Observation, OfficialSnapshot])
def test_damaged_documents_are_refused(kind, content):
    with pytest.raises(ValueError):
        decode(kind, content)


def test_half_characters_are_mended_and_pairs_put_together():
    seen = a_site(title="a\ud800b", text="\ud83d\ude00", page=PageContent(links=(Link(url="x", text="\udfff"),)))
    mended = well_formed(seen)
    assert mended.captures[0].page.links[0].text == "\ufffd"
    assert well_formed(a_listing("\ud83d\ude00")).listing.title == "😀"
    encode(mended)


def test_a_sound_observation_is_not_copied():
    seen = a_site()
    assert well_formed(seen) is seen


def test_what_msgspec_cannot_write_is_mended_all_the_same():
    class Odd(str):
        """A text of another class."""

    assert well_formed((Odd("a"), "\ud800", 1 << 70)) == ("a", "\ufffd", 1 << 70)


@given(st.text(st.characters(), max_size=20))
def test_mended_text_can_be_written(text):
    encode(well_formed(a_listing(text, text)))


def test_a_hostile_page_becomes_a_document_of_bounded_size():
    long, many = "x" * 100_000, 5_000
    page = PageContent(
        title=long, text=long, footer=long, headings=(long,) * many, metas=((long, long),) * many,
        links=(Link(url=long, text=long),) * many, images=(Image(url=long, alt=long),) * many, scripts=(long,) * many,
        styles=(long,) * many, forms=(Form(action=long, button=long),) * many,
    )  # fmt: skip
    small = trim(a_site(page=page, html=long))
    assert len(encode(small)) < 4_000_000
    assert len(small.captures[0].page.text) == TEXT_LIMIT
    assert small.captures[0].html == ""
    assert trim(small) == small


def test_trimming_an_ordinary_observation_keeps_what_staff_read():
    seen = a_listing("电工证", "包过" * 100, price_text="380元")
    assert trim(seen) == seen
