import socket

import dns.edns
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.range.client import Range
from deploy.range.dns import NameServer
from deploy.range.stage import Stage
from deploy.range.world import load_world


def asked(practice: Range, name: str, kind: str = "A", *, tcp: bool = False, edns: bool = False, timeout: float = 3.0):
    host, _, port = practice.dns.partition(":")
    query = dns.message.make_query(name, kind, use_edns=0 if edns else -1)
    ask = dns.query.tcp if tcp else dns.query.udp
    return ask(query, host, port=int(port), timeout=timeout)


def values(reply, kind: str = "A") -> set[str]:
    return {item.to_text() for rrset in reply.answer if rrset.rdtype == dns.rdatatype.from_text(kind) for item in rrset}


def test_a_name_has_its_addresses(practice: Range) -> None:
    reply = asked(practice, "www.baidu.com")
    assert values(reply) == {"192.0.2.101", "192.0.2.102"}
    assert reply.flags & dns.flags.AA
    assert not reply.flags & dns.flags.RA


def test_names_are_found_in_any_case_and_answered_as_asked(practice: Range) -> None:
    reply = asked(practice, "wWw.BaiDu.cOm")
    assert values(reply)
    assert reply.answer[0].name.to_text() == "wWw.BaiDu.cOm."


def test_an_alias_answers_too(practice: Range) -> None:
    assert values(asked(practice, "baidu.com")) == values(asked(practice, "www.baidu.com"))


def test_a_cname_leads_on(practice: Range) -> None:
    reply = asked(practice, "www.tuoguan-hezi.com")
    assert values(reply, "CNAME") == {"www.tuoguan-hezi.com.cdn-jiasu.net."}
    assert values(reply) == {"203.0.113.151"}
    assert values(asked(practice, "www.tuoguan-hezi.com", "AAAA"), "AAAA") == {"2001:db8::151"}
    assert values(asked(practice, "www.tuoguan-hezi.com.cdn-jiasu.net")) == {"203.0.113.151"}


@pytest.mark.parametrize("name", ["nonsense.example", "www.google.com", "x.www.baidu.com", "localhost"])
def test_unknown_names_do_not_exist(practice: Range, name: str) -> None:
    reply = asked(practice, name)
    assert reply.rcode() == dns.rcode.NXDOMAIN
    assert reply.authority[0].rdtype == dns.rdatatype.SOA


@pytest.mark.parametrize(
    ("name", "kind"), [("www.baidu.com", "AAAA"), ("www.baidu.com", "TXT"), ("gov.cn", "A"), ("cn", "A")]
)
def test_a_name_without_such_records_exists_all_the_same(practice: Range, name: str, kind: str) -> None:
    reply = asked(practice, name, kind)
    assert reply.rcode() == dns.rcode.NOERROR
    assert not reply.answer


def test_soa_and_ns(practice: Range) -> None:
    assert "ns1.range-dns.net." in next(iter(values(asked(practice, "cx.mem.gov.cn", "SOA"), "SOA")))
    assert values(asked(practice, "mem.gov.cn", "NS"), "NS") == {"ns1.range-dns.net.", "ns2.range-dns.net."}
    assert not asked(practice, "cx.mem.gov.cn", "NS").answer
    assert values(asked(practice, "ns1.range-dns.net")) == {"192.0.2.53"}


def test_every_name_below_a_wildcard_exists(practice: Range) -> None:
    assert values(asked(practice, "q7.z.fanjiexi-daohang.com")) == {"198.51.100.220"}


def test_a_failing_name_server(practice: Range) -> None:
    assert asked(practice, "www.jiexi-shibai.com").rcode() == dns.rcode.SERVFAIL


@pytest.mark.parametrize("tcp", [False, True])
def test_a_silent_name_server(practice: Range, tcp: bool) -> None:
    with pytest.raises(dns.exception.Timeout):
        asked(practice, "www.jiexi-wusheng.com", tcp=tcp, timeout=0.4)


def test_tcp_and_truncation(practice: Range) -> None:
    short = asked(practice, "www.dizhi-henduo.com")
    assert short.flags & dns.flags.TC
    assert len(values(asked(practice, "www.dizhi-henduo.com", tcp=True))) == 60
    assert len(values(asked(practice, "www.dizhi-henduo.com", edns=True))) == 60


def test_inner_addresses_are_answered_by_traps(practice: Range) -> None:
    assert values(asked(practice, "neiwang.tiaozhuan-neiwang.com")) == {"127.0.0.1", "10.0.0.1"}


def test_other_classes_are_refused(practice: Range) -> None:
    host, _, port = practice.dns.partition(":")
    query = dns.message.make_query("www.baidu.com", "A", rdclass="CH")
    assert dns.query.udp(query, host, port=int(port), timeout=3).rcode() == dns.rcode.REFUSED


def test_noise_does_not_stop_it(practice: Range) -> None:
    host, _, port = practice.dns.partition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        for noise in (b"", b"\0", b"x" * 600, b"\xff" * 40, b"\0" * 12):
            link.sendto(noise, (host, int(port)))
    assert values(asked(practice, "www.so.com"))


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> NameServer:
    stage = Stage(load_world(), tmp_path_factory.mktemp("dns") / "requests.jsonl")
    yield NameServer(stage)
    stage.close()


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=120), st.booleans())
def test_any_packet_gets_a_packet_or_nothing(server: NameServer, packet: bytes, is_udp: bool) -> None:
    reply = server.answer(packet, is_udp=is_udp)
    assert reply is None or reply[:2] == packet[:2]


@settings(deadline=None, max_examples=200)
@given(st.lists(st.binary(min_size=1, max_size=20), min_size=1, max_size=5), st.integers(0, 65535))
def test_any_name_gets_an_answer(server: NameServer, labels: list[bytes], kind: int) -> None:
    name = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    packet = b"\x12\x34\1\0\0\1\0\0\0\0\0\0" + name + kind.to_bytes(2) + b"\0\1"
    reply = server.answer(packet, is_udp=True)
    assert reply is not None and reply[:2] == b"\x12\x34"
