"""What a name is, from what DNS and the registry said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.model import Unknown
from detectors.name_facts import DnsFacts, DnsOutcome, NameState, RecordSet, Registration, not_registered
from detectors.name_state import state_of
from tests.builders import AT

REGISTERED = Registration(domain="a.cn", is_registered=True, source="whois:x:43", asked_at=AT)
FREE = not_registered("a.cn", "whois:x:43", AT)
NOT_HAD = Unknown("超时")
ANSWERED, NO_RECORD, NXDOMAIN = DnsOutcome.ANSWERED, DnsOutcome.NO_RECORD, DnsOutcome.NXDOMAIN
SERVFAIL, TIMEOUT, UNDECIDED = DnsOutcome.SERVFAIL, DnsOutcome.TIMEOUT, DnsOutcome.UNDECIDED


def records(outcome, *values):
    known = values or (("x",) if outcome is ANSWERED else ())
    return RecordSet(
        outcome=outcome, values=known if outcome in {ANSWERED, NO_RECORD} else Unknown("x"), rounds=(outcome,)
    )


def dns(a, aaaa=None, ns=NO_RECORD, soa=NO_RECORD, wildcard=False, cname=NO_RECORD):
    nothing = records(NO_RECORD)
    return DnsFacts(
        a=records(a), aaaa=records(NO_RECORD if a is ANSWERED else aaaa or a), cname=records(cname), ns=records(ns), mx=nothing,
        soa=records(soa), wildcard=wildcard, wildcard_parent="cn", asked_at=AT,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "registration", "state"),
    [
        (dns(ANSWERED), REGISTERED, NameState.RESOLVING),
        (dns(ANSWERED), NOT_HAD, NameState.RESOLVING),
        (dns(ANSWERED), FREE, NameState.RESOLVING),
        (dns(ANSWERED, wildcard=True), FREE, NameState.WILDCARD),
        (dns(ANSWERED, wildcard=Unknown("x")), FREE, NameState.RESOLVING),
        (dns(NXDOMAIN), FREE, NameState.NOT_REGISTERED),
        (dns(NXDOMAIN), REGISTERED, NameState.REGISTERED),
        (dns(NXDOMAIN), NOT_HAD, NameState.NXDOMAIN),
        (dns(NO_RECORD, ns=ANSWERED), NOT_HAD, NameState.REGISTERED),
        (dns(NXDOMAIN, ns=ANSWERED), NOT_HAD, NameState.REGISTERED),
        (dns(NXDOMAIN, cname=ANSWERED), NOT_HAD, NameState.REGISTERED),  # its alias leads nowhere
        (dns(SERVFAIL), REGISTERED, NameState.SERVFAIL),
        (dns(SERVFAIL), NOT_HAD, NameState.SERVFAIL),
        (dns(SERVFAIL, aaaa=TIMEOUT), NOT_HAD, NameState.SERVFAIL),
        (dns(SERVFAIL), FREE, NameState.NOT_REGISTERED),
        (dns(TIMEOUT), NOT_HAD, NameState.TIMEOUT),
        (dns(TIMEOUT), FREE, NameState.NOT_REGISTERED),
        (dns(TIMEOUT, ns=ANSWERED), NOT_HAD, NameState.TIMEOUT),
        (dns(TIMEOUT), REGISTERED, NameState.REGISTERED),
        (dns(NXDOMAIN, aaaa=TIMEOUT), NOT_HAD, NameState.NXDOMAIN),
        (dns(UNDECIDED), NOT_HAD, NameState.UNKNOWN),
        (dns(UNDECIDED, ns=ANSWERED), NOT_HAD, NameState.UNKNOWN),
        (dns(NO_RECORD, ns=TIMEOUT, soa=TIMEOUT), NOT_HAD, NameState.UNKNOWN),
        (Unknown("没有问"), REGISTERED, NameState.UNKNOWN),
    ],
)
def test_each_state(facts, registration, state):
    found, reason = state_of(facts, registration)
    assert found is state
    assert reason


def test_a_contradiction_is_said():
    assert "矛盾" in state_of(dns(ANSWERED), FREE)[1]


OUTCOMES = st.sampled_from(DnsOutcome)


@given(OUTCOMES, OUTCOMES, OUTCOMES, OUTCOMES, st.sampled_from([REGISTERED, NOT_HAD]))
def test_only_the_registry_says_that_a_name_is_free(a, aaaa, ns, soa, registration):
    state, _ = state_of(dns(a, aaaa, ns, soa), registration)
    assert state is not NameState.NOT_REGISTERED
