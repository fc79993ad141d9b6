"""What names, ports and answers the gate admits."""

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.gate.policy import GatePolicy, Refusal, RefusalReason

POLICY = GatePolicy()


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("localhost", RefusalReason.NAME_LOCAL),
        ("LOCALHOST.", RefusalReason.NAME_LOCAL),
        ("a.localhost", RefusalReason.NAME_LOCAL),
        ("printer.local", RefusalReason.NAME_LOCAL),
        ("metadata.google.internal", RefusalReason.NAME_LOCAL),
        ("intranet", RefusalReason.NAME_LOCAL),
        ("127.1", RefusalReason.NAME_INVALID),
        ("0x7f000001", RefusalReason.NAME_INVALID),
        ("2130706433", RefusalReason.NAME_INVALID),
        ("0177.0.0.1", RefusalReason.NAME_INVALID),
        ("a.b.0x7f", RefusalReason.NAME_INVALID),
        ("ex ample.com", RefusalReason.NAME_INVALID),
        ("example.com\\@127.0.0.1", RefusalReason.NAME_INVALID),
        ("-a.com", RefusalReason.NAME_INVALID),
        ("", RefusalReason.NAME_INVALID),
        ("127.0.0.1", RefusalReason.ADDRESS_FORBIDDEN),
        ("[::1]", RefusalReason.ADDRESS_FORBIDDEN),
        ("[::ffff:7f00:1]", RefusalReason.ADDRESS_FORBIDDEN),
        ("169.254.169.254", RefusalReason.ADDRESS_FORBIDDEN),
    ],
)
def test_bad_hosts_are_refused(host, reason):
    with pytest.raises(Refusal) as refused:
        POLICY.admit_name(host, 80)
    assert refused.value.reason is reason
    assert refused.value.sentence


def test_a_name_comes_back_canonical():
    assert POLICY.admit_name("CX.mem.GOV.cn.", 443) == "cx.mem.gov.cn"
    assert POLICY.admit_name("应急.中国", 80) == "xn--extu8a.xn--fiqs8s"


@settings(deadline=None)
@given(st.integers(1, 65535))
def test_only_listed_ports_are_admitted(port):
    if port in POLICY.allowed_ports:
        assert POLICY.admit_name("example.cn", port)
    else:
        with pytest.raises(Refusal):
            POLICY.admit_name("example.cn", port)


def test_one_bad_address_refuses_all():
    with pytest.raises(Refusal) as refused:
        POLICY.admit_addresses(["1.1.1.1", "10.0.0.1"])
    assert refused.value.about == "10.0.0.1"


def test_ipv4_is_pinned_first():
    assert POLICY.admit_addresses(["2400:3200::1", "223.5.5.5"]) == ("223.5.5.5", "2400:3200::1")


def test_an_allowed_network_is_admitted_by_name():
    policy = GatePolicy(allowed_networks=(ipaddress.ip_network("203.0.113.0/24"),))
    assert policy.admit_addresses(["203.0.113.9"]) == ("203.0.113.9",)
    with pytest.raises(Refusal):
        policy.admit_addresses(["198.51.100.9"])
