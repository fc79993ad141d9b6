"""No address inside a special-purpose network gets through, however it is wrapped."""

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.gate.ranges import SPECIAL_NETWORKS, is_forbidden

FOUR = [network for network in SPECIAL_NETWORKS if network.version == 4]
SIX = [network for network in SPECIAL_NETWORKS if network.version == 6]


def inside(network):
    return st.integers(0, min(network.num_addresses, 2**64) - 1).map(network.__getitem__)


def is_public(four):
    return not any(four in network for network in FOUR)


special_four = st.sampled_from(FOUR).flatmap(inside)
special_six = st.sampled_from(SIX).flatmap(inside)
# Not `st.ip_addresses`, nor lambdas: Hypothesis reads the source of lambdas, which CPython 3.11 sometimes fails at
# (SystemError: AST constructor recursion depth mismatch) in a process that has run much else.
public_four = st.integers(0, 2**32 - 1).map(ipaddress.IPv4Address).filter(is_public)


def wrappings(four):
    value = int(four)
    yield ipaddress.IPv6Address(f"::ffff:{four}")
    yield ipaddress.IPv6Address(f"64:ff9b::{four}")
    yield ipaddress.IPv6Address((0x2002 << 112) | (value << 80) | 1)


@settings(deadline=None)
@given(special_four)
def test_special_ipv4_is_forbidden_plain_and_wrapped(four):
    assert is_forbidden(four)
    for wrapped in wrappings(four):
        assert is_forbidden(wrapped), wrapped


@settings(deadline=None)
@given(special_four, public_four)
def test_teredo_is_judged_by_both_its_addresses(special, public):
    def teredo(server, client):
        return ipaddress.IPv6Address((0x20010000 << 96) | (int(server) << 64) | (int(client) ^ 0xFFFFFFFF))

    assert is_forbidden(teredo(special, public))
    assert is_forbidden(teredo(public, special))


@settings(deadline=None)
@given(special_six)
def test_special_ipv6_is_forbidden(six):
    wrapped = six.teredo or six.sixtofour or six.ipv4_mapped
    assert wrapped or is_forbidden(six)


@settings(deadline=None)
@given(public_four)
def test_public_ipv4_passes_plain_and_wrapped(four):
    assert not is_forbidden(four)
    for wrapped in wrappings(four):
        assert not is_forbidden(wrapped), wrapped


@settings(deadline=None)
@given(special_four)
def test_an_allowed_network_opens_itself_and_nothing_else(four):
    own = ipaddress.ip_network(f"{four}/32")
    assert not is_forbidden(four, [own])
    other = ipaddress.ip_address(int(four) ^ 1)
    assert is_forbidden(other, [own]) == is_forbidden(other)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "169.254.169.254", "100.100.100.200", "168.63.129.16", "::1", "fe80::1", "fe80::1%eth0", "::", "224.0.0.1",
     "64:ff9b::a00:1", "2002:a00:1::", "::ffff:10.0.0.1", "fd00:ec2::254", "fe80::5efe:c0a8:1", "2001:4860::5efe:192.168.0.1"],
)  # fmt: skip
def test_addresses_that_were_missed_elsewhere(address):
    assert is_forbidden(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "223.5.5.5", "2400:3200::1", "2606:4700::1111", "64:ff9b::101:101"])
def test_ordinary_addresses_pass(address):
    assert not is_forbidden(ipaddress.ip_address(address))
