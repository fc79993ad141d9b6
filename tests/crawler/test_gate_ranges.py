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
    yield ipaddress.IPv6Address((0x20014860 << 96) | (0x5EFE << 32) | value)


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
     "::ffff:0:10.0.0.1", "::ffff:0:1.1.1.1", "::10.0.0.1", "::1.1.1.1", "64:ff9b:1::1.1.1.1", "2002:101:101::5efe:10.0.0.1",
     "::ffff:1.1.1.1%lo", "2400:3200::1%lo", "2001:0:808:808::f5ff:fffe", "3fff::1", "5f00::1", "100::1", "fec0::1", "ff02::fb",
     "192.0.0.170", "192.88.99.1", "198.19.255.255", "255.255.255.255", "240.0.0.1", "0.0.0.0", "64:ff9b::a00:1", "2002:a00:1::", "::ffff:10.0.0.1", "fd00:ec2::254", "fe80::5efe:c0a8:1", "2001:4860::5efe:192.168.0.1"],
)  # fmt: skip
def test_addresses_that_were_missed_elsewhere(address):
    assert is_forbidden(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "223.5.5.5", "2400:3200::1", "2606:4700::1111", "64:ff9b::101:101"])
def test_ordinary_addresses_pass(address):
    assert not is_forbidden(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "inside",
    [
        "64:ff9b:1::10.0.0.1",
        "64:ff9b:1:a00:0:100::",
        "64:ff9b:1:a:0:1::",
        "64:ff9b:1:0:a:0:100:0",
        "64:ff9b:1::127.0.0.1",
    ],
)
def test_an_allowed_nat64_prefix_is_no_way_around_the_rest(inside):
    own = [ipaddress.ip_network("64:ff9b:1::/48")]
    assert is_forbidden(ipaddress.ip_address(inside), own)
    assert not is_forbidden(ipaddress.ip_address("64:ff9b:1::223.5.5.5"), own)
    assert not is_forbidden(ipaddress.ip_address("64:ff9b:1:df05:5:500::"), own)


IANA = """0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24
192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4
255.255.255.255/32 ::1/128 ::/128 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001:db8::/32 2620:4f:8000::/48 3fff::/20 5f00::/16 fc00::/7
fe80::/10 224.0.0.0/4 ff00::/8"""
"""The special-purpose registries (IPv4 and IPv6, with multicast), as of 2025; what is unwrapped is left out."""


@pytest.mark.parametrize("text", IANA.split())
def test_every_row_of_the_registries_is_on_the_list(text):
    network = ipaddress.ip_network(text)
    same = [one for one in SPECIAL_NETWORKS if one.version == network.version]
    assert any(network.subnet_of(one) for one in same)
