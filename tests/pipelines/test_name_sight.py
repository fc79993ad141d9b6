"""A survey becomes looks of their own instants."""

import pytest

from detectors.model import Link, PageContent, Unknown
from detectors.name_facts import DnsOutcome, NameState
from pipelines.name_history import observe
from pipelines.name_record import Presence
from pipelines.name_sight import page_sight, sights_of
from tests.builders import AT
from tests.name_builders import (
    HOST,
    UNANSWERED,
    a_certificate,
    a_network,
    a_record,
    a_registration,
    after,
    kinds,
    notices,
    some_dns,
    some_facts,
)


def taken_in(*surveys):
    record, changes = a_record(), []
    for facts in surveys:
        for sight in sights_of(facts):
            record, made = observe(record, sight, facts.checked_at)
            changes += made
    return record, changes


NX = some_dns(outcome=DnsOutcome.NXDOMAIN, ns=())


@pytest.mark.parametrize(
    ("facts", "presence"),
    [
        (some_facts(), Presence.RESOLVING),
        (some_facts(NameState.REGISTERED, dns=some_dns()), Presence.REGISTERED),
        (some_facts(NameState.NOT_REGISTERED, dns=NX, registration=a_registration(is_registered=False)), Presence.UNREGISTERED),
        (some_facts(NameState.NXDOMAIN, dns=NX), Presence.UNREGISTERED),
        (some_facts(NameState.SERVFAIL, dns=some_dns(outcome=DnsOutcome.SERVFAIL)), Presence.UNKNOWN),
        (some_facts(NameState.TIMEOUT, dns=some_dns(outcome=DnsOutcome.TIMEOUT)), Presence.UNKNOWN),
        (some_facts(NameState.UNKNOWN, dns=UNANSWERED), Presence.UNKNOWN),
        (some_facts(NameState.SERVFAIL, dns=some_dns(outcome=DnsOutcome.SERVFAIL), registration=a_registration()), Presence.REGISTERED),
        (some_facts(NameState.WILDCARD, dns=some_dns("203.0.113.7"), host=f"cx.{HOST}", domain=HOST), Presence.RESOLVING),
        (some_facts(NameState.WILDCARD, dns=some_dns("203.0.113.7")), Presence.UNKNOWN),
        (some_facts(NameState.WILDCARD, dns=some_dns("203.0.113.7"), registration=a_registration()), Presence.REGISTERED),
        (some_facts(NameState.WILDCARD, dns=some_dns("203.0.113.7"), registration=a_registration(is_registered=False)), Presence.UNREGISTERED),
    ],
)  # fmt: skip
def test_each_state_says_how_far_a_name_exists(facts, presence):
    record, changes = taken_in(facts)
    assert record.known.presence is presence
    assert record.checked_at == AT
    assert changes == []


def test_every_state_is_understood():
    for state in NameState:
        assert sights_of(some_facts(state, dns=UNANSWERED))


def test_all_that_was_answered_is_kept():
    facts = some_facts(
        network=(a_network(),), tls=a_certificate(at=after(hours=-1)),
        registration=a_registration(at=after(hours=-2), registrar="阿里云", registered_at=AT),
    )  # fmt: skip
    known = taken_in(facts)[0].known
    assert known.addresses.values == ("203.0.113.7",)
    assert known.networks.values == ("AS64500 甲公司",)
    assert known.countries.values == ("CN",)
    assert known.nameservers.values == ("ns1.example.cn",)
    assert known.certificate.values == ("a" * 64,)
    assert (known.registrar.values, known.registrar.source) == (("阿里云",), "whois")
    assert known.registered_on.values == ("2026-11-22",)
    assert known.parking.values == ()
    assert known.certificate.confirmed_at == after(hours=-1)


def test_a_cached_answer_read_twice_confirms_nothing():
    gone = some_dns(at=after(days=1), outcome=DnsOutcome.NXDOMAIN, ns=())
    surveys = [some_facts()] + [some_facts(NameState.NXDOMAIN, at=after(days=day), dns=gone) for day in (1, 2, 3)]
    record, changes = taken_in(*surveys)
    assert changes == []
    assert record.known.presence is Presence.RESOLVING
    fresh = some_dns(at=after(days=4), outcome=DnsOutcome.NXDOMAIN, ns=())
    assert notices(taken_in(*surveys, some_facts(NameState.NXDOMAIN, at=after(days=4), dns=fresh))[1]) == ["gone"]


def test_a_cached_word_of_the_registry_confirms_nothing_either():
    said = a_registration(at=after(days=1), is_registered=False)
    surveys = [
        some_facts(NameState.NOT_REGISTERED, at=after(days=day), dns=some_dns(at=after(days=day)), registration=said)
        for day in (1, 2, 3)
    ]
    assert taken_in(some_facts(), *surveys)[1] == []


def test_a_name_a_registry_knew_stops_and_is_not_gone_by_dns_alone():
    """A registrar who holds a name takes it out of DNS; that it is deleted only the registry can say."""
    held = [
        some_facts(NameState.NXDOMAIN, at=after(days=day), dns=some_dns(at=after(days=day), outcome=DnsOutcome.NXDOMAIN, ns=()))
        for day in (1, 2, 3)
    ]  # fmt: skip
    known = some_facts(registration=a_registration(registrar="甲公司"))
    record, changes = taken_in(known, *held)
    assert notices(changes) == ["stopped_resolving"]
    assert changes[0].after == ("registered", "unknown")
    assert record.known.presence is Presence.REGISTERED
    dropped = [
        some_facts(
            NameState.NOT_REGISTERED, at=after(days=day), dns=some_dns(at=after(days=day), outcome=DnsOutcome.NXDOMAIN, ns=()),
            registration=a_registration(at=after(days=day), is_registered=False),
        )
        for day in (4, 5)
    ]  # fmt: skip
    record, changes = taken_in(known, *held, *dropped)
    assert notices(changes) == ["stopped_resolving", "gone"]
    assert notices(taken_in(some_facts(), *held)[1]) == ["gone"], "no registry was ever heard"


def test_one_survey_of_an_invented_name_is_one_notice():
    record = a_record("generation")
    changes = []
    for sight in sights_of(
        some_facts(at=after(hours=1), registration=a_registration(), dns=some_dns("203.0.113.7", at=after(hours=1)))
    ):
        record, made = observe(record, sight, after(hours=1))
        changes += made
    assert notices(changes) == ["resolving"]


def test_parking_is_read_from_dns_and_registry():
    by_dns = taken_in(some_facts(dns=some_dns("203.0.113.7", ns=("ns1.sedoparking.com",))))[0]
    assert by_dns.known.parking.values == ("Sedo",)
    registration = a_registration(nameservers=("expirens3.hichina.com",))
    by_registry = taken_in(some_facts(NameState.REGISTERED, dns=some_dns(ns=()), registration=registration))[0]
    assert by_registry.known.parking.values == ("阿里云（域名到期）",)
    by_alias = taken_in(some_facts(dns=some_dns("203.0.113.7", cname="expired.hichina.com")))[0]
    assert by_alias.known.parking.values == ("阿里云（域名到期）",)
    assert isinstance(taken_in(some_facts(NameState.REGISTERED, dns=some_dns()))[0].known.parking, Unknown)


FOR_SALE = PageContent(text="此域名出售", links=(Link(url="https://www.ename.com/x"),))
IN_USE = PageContent(title="证书查询", text="请输入证书编号")


def visited(record, page, at):
    return observe(record, page_sight((page,), at), at)


def test_what_a_page_said_is_not_taken_back_by_dns_alone():
    record, _ = taken_in(some_facts())
    record, changes = visited(record, FOR_SALE, after(hours=1))
    assert kinds(changes) == ["parked"]
    assert record.known.parking.values == ("易名",)
    for sight in sights_of(some_facts(at=after(days=1))):
        record, made = observe(record, sight, after(days=1))
        assert made == ()
    record, changes = visited(record, IN_USE, after(days=2))
    assert kinds(changes) == ["unparked"]


def test_what_name_servers_said_is_not_taken_back_by_a_page_alone():
    record, _ = taken_in(some_facts(dns=some_dns("203.0.113.7", ns=("ns1.sedoparking.com",))))
    parked = record.known.parking
    record, changes = visited(record, IN_USE, after(hours=1))
    assert changes == ()
    assert record.known.parking == parked


def test_a_visit_leaves_the_next_survey_where_it_was():
    record, _ = taken_in(some_facts())
    assert visited(record, FOR_SALE, after(hours=5))[0].checked_at == record.checked_at
