"""Ways around the gate that are known from elsewhere, one row each, against real sockets: none may reach a trap.

Forms of addresses in requests, answers of name servers, names that change their answer, redirects, and what Scrapy is asked for.
What pages try in the browser is in `test_browser_bypass.py`.
"""

import asyncio
import ipaddress

import pytest
from scrapy import Request
from scrapy.exceptions import IgnoreRequest

from crawler.gate.policy import GatePolicy, Refusal, RefusalReason
from crawler.gate.proxy import EgressGate
from crawler.middleware import GateOnly
from tests.crawler.test_gate_proxy import connect, get, talk
from tests.crawler.tiny_world import page, tiny_world, trap

LITERALS = (
    "127.0.0.1", "127.0.0.1.", "127.1", "127.0.1", "127.255.255.254", "2130706433", "0x7f000001", "0x7F.0x0.0x0.0x1", "0x7f.1",
    "017700000001", "0177.0.0.1", "0177.1", "00000177.0.0.1", "127.0.0.0x1", "127.00.00.01", "0", "0.0.0.0", "0x0", "10.1", "192.168.257",
    "3232235777", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "localhost", "LOCALHOST", "localhost.", "localhost..", "a.localhost",
    "localhost.localdomain", "ip6-localhost", "printer.local", "db.internal", "router.lan", "box.home.arpa", "[::1]", "[::]",
    "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]", "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::127.0.0.1]", "[64:ff9b:1:7f00:0:1::]", "[2002:7f00:1::]",
    "[2001:0:7f00:1::1]", "[2001:0:808:808::80ff:fffe]", "[2001:4860::5efe:7f00:1]", "[fe80::1]", "[fe80::1%25lo]", "[fe80::1%lo]", "[::1%25lo]",
    "[fd00::1]", "[fec0::1]", "[ff02::1]", "[2001:db8::1]", "[100::1]", "[::1", "::1", "[v1.127.0.0.1]", "[127.0.0.1]", "[]",
    "127.0.0.1%00.example.cn", "127%2e0%2e0%2e1", "%31%32%37.0.0.1", "127。0。0。1", "１２７.0.0.1", "①②⑦.⓪.⓪.①", "ⓛocalhost",
    "lo\u00adcalhost", "good.example.cn@127.0.0.1", "127.0.0.1\\@good.example.cn", "127.0.0.1#@good.example.cn", "127.0.0.1?good.example.cn",
    "good.example.cn\t127.0.0.1", "127.0.0.1 .example.cn", "127.0.0.1/good.example.cn", "good.example.cn:80@127.0.0.1", "xn--127.0.0.1",
)  # fmt: skip
"""Hosts of a request whose port is the trap's."""

ANSWERS = (
    "127.0.0.1", "127.53.53.53", "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.100.100.200", "168.63.129.16", "169.254.169.254",
    "172.16.0.1", "172.31.255.255", "192.0.0.170", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "224.0.0.1", "239.255.255.250",
    "255.255.255.255", "::1", "::", "::ffff:127.0.0.1", "::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:a9fe:a9fe::1",
    "2001::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "3fff::1", "5f00::1", "not an address", "127.1", "",
)  # fmt: skip
"""What a name server may say of a suspect's name."""

PUBLIC = "203.0.113.5"
ALLOWED = (ipaddress.ip_network("203.0.113.0/24"),)


INNER_NAMES = (
    "nas.lan", "NAS.LAN.", "nas。lan", "nas.ｌａｎ", "a.b.c.lan", "localhost.localdomain", "localhost6.localdomain6", "pc.home", "dc1.corp",
    "oa.intranet", "git.internal", "wiki.private", "mx.mail", "hidden.onion", "box.home.arpa", "1.0.0.127.in-addr.arpa", "x.alt",
    "pc.workgroup", "oa", "OA.", "fritz.router", "web.intra",
)  # fmt: skip
"""What an organisation's own name servers may know."""


async def ask(requests, resolve, policy, upstream=""):
    """Return what the gate answered to each request, one connection each."""
    async with EgressGate(policy, resolve, upstream) as gate:
        return [await talk(gate.port, one, half_close=True) for one in requests]


def of_nobody(host):
    raise AssertionError(f"{host} should not have been looked up")


async def of_loopback(host):
    return ("127.0.0.1",)


def test_no_form_of_an_inner_address_gets_through():
    with trap() as (port, came):
        requests = []
        for host in LITERALS:
            authority = f"{host}:{port}"
            requests += [connect_raw(authority), get_raw(f"http://{authority}/"), get_raw(f"http://{authority}")]
        answers = asyncio.run(ask(requests, of_loopback, GatePolicy(allowed_ports=(80, port))))
        assert came == []
    escaped = [
        (request, answer)
        for request, answer in zip(requests, answers, strict=True)
        if answer and not answer.startswith((b"HTTP/1.1 403", b"HTTP/1.1 502"))
    ]
    assert escaped == []
    assert len(LITERALS) >= 60


def test_no_name_server_hears_of_names_that_mean_something_inside_only():
    requests = [one for host in INNER_NAMES for one in (connect_raw(f"{host}:443"), get_raw(f"http://{host}/"))]
    answers = asyncio.run(ask([one for one in requests if one.isascii()], of_nobody, GatePolicy()))
    assert all(b"name_local" in one for one in answers), answers
    for host in INNER_NAMES:
        with pytest.raises(Refusal) as refused:
            GatePolicy().admit_name(host, 80)
        assert refused.value.reason is RefusalReason.NAME_LOCAL, host


def test_the_trap_notices_whoever_the_policy_lets_in():
    """Or the other tests could not fail."""
    policy = {"allowed_networks": (ipaddress.ip_network("127.0.0.0/8"),)}
    with trap() as (port, came):
        requests = [connect(f"bad.example.cn:{port}"), get(f"http://127.0.0.1:{port}/")]
        asyncio.run(ask(requests, of_loopback, GatePolicy(allowed_ports=(port,), **policy)))
    assert len(came) == len(requests)


def connect_raw(authority):
    return connect("x:1").replace(b"x:1", authority.encode())


def get_raw(url):
    return get("URL").replace(b"URL", url.encode())


@pytest.mark.parametrize("answer", ANSWERS)
def test_one_bad_answer_of_a_name_server_refuses_the_name(answer):
    async def resolve(host):
        return (PUBLIC, answer) if host == "mixed.example.cn" else (answer,)

    with trap() as (port, came):
        requests = [
            connect(f"bad.example.cn:{port}"), get(f"http://bad.example.cn:{port}/"), connect(f"mixed.example.cn:{port}"),
        ]  # fmt: skip
        answers = asyncio.run(ask(requests, resolve, GatePolicy(allowed_ports=(port,), allowed_networks=ALLOWED)))
        assert came == []
    assert all(one.startswith(b"HTTP/1.1 403") and b"address_forbidden" in one for one in answers), answers


def test_a_name_that_changes_its_answer_is_dialled_where_it_was_checked():
    """The proxy upstream writes down which address it was asked for: names would have been resolved a second time there."""
    answers = iter([(PUBLIC,), ("127.0.0.1",), (PUBLIC,), ("10.0.0.1", PUBLIC)])

    async def resolve(host):
        return next(answers)

    with tiny_world({("rebinding.example.cn", "/"): page("外面")}) as world:
        requests = [get("http://rebinding.example.cn/")] * 4
        said = asyncio.run(ask(requests, resolve, GatePolicy(allowed_networks=ALLOWED), world.proxy))
    assert [one[:12] for one in said] == [b"HTTP/1.1 200", b"HTTP/1.1 403", b"HTTP/1.1 200", b"HTTP/1.1 403"]
    assert set(world.tunnels) == {f"{PUBLIC}:80"}


def test_the_far_side_gets_the_host_that_was_checked_whatever_the_header_says():
    async def resolve(host):
        return (PUBLIC,)

    with tiny_world({("good.example.cn", "/"): page("外面")}) as world:
        request = b"GET http://good.example.cn/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-Host: localhost\r\n\r\n"
        twice = b"GET http://good.example.cn/ HTTP/1.1\r\nHost: a\r\nHost: localhost\r\n\r\n"
        folded = b"GET http://good.example.cn/ HTTP/1.1\r\nHost: a\r\n Host: localhost\r\n\r\n"
        asyncio.run(ask([request, twice, folded], resolve, GatePolicy(allowed_networks=ALLOWED), world.proxy))
    assert world.hosts_seen() <= {"good.example.cn"}


def test_a_second_request_behind_the_first_is_not_read():
    async def resolve(host):
        return (PUBLIC,)

    with trap() as (port, came), tiny_world({("good.example.cn", "/"): page("外面")}) as world:
        smuggled = f"GET http://127.0.0.1:{port}/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
        first = b"GET http://good.example.cn/ HTTP/1.1\r\nHost: good.example.cn\r\n"
        requests = [
            first + b"\r\n" + smuggled,
            first + b"Content-Length: 5\r\n\r\nabcde" + smuggled,
            first + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled,
            first + b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n" + smuggled,
            first + b"Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n" + smuggled,
        ]
        policy = GatePolicy(allowed_ports=(80, port), allowed_networks=ALLOWED)
        answers = asyncio.run(ask(requests, resolve, policy, world.proxy))
        assert came == []
    assert all(one.count(b"HTTP/1.1 ") <= 1 for one in answers)
    assert [path for _, path, _ in world.seen] == ["/"] * len(world.seen)


@pytest.mark.parametrize("port", [1, 22, 25, 53, 135, 445, 2375, 3306, 6379, 9200, 11211, 27017])
def test_ports_of_services_are_out_of_bounds(port):
    async def run():
        async with EgressGate(GatePolicy(), of_nobody) as gate:
            return await talk(gate.port, connect(f"good.example.cn:{port}"))

    assert b"port_forbidden" in asyncio.run(run())


def test_the_gate_is_no_way_back_to_itself():
    async def run():
        policy = GatePolicy(
            allowed_ports=tuple(range(1024, 65536)), allowed_networks=(ipaddress.ip_network("127.0.0.0/8"),)
        )
        async with EgressGate(policy, of_loopback) as gate:
            return await talk(gate.port, connect(f"loop.example.cn:{gate.port}"))

    assert asyncio.run(run()).startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "file://localhost/etc/passwd", "data:text/html,x", "ftp://127.0.0.1/", "s3://bucket/key", "gopher://127.0.0.1:6379/_x",
     "dict://127.0.0.1:11211/", "ws://127.0.0.1/", "javascript:alert(1)", "view-source:http://127.0.0.1/"],
)  # fmt: skip
def test_scrapy_asks_for_web_pages_only(url):
    with pytest.raises((IgnoreRequest, ValueError)):
        GateOnly("http://127.0.0.1:1").process_request(Request(url))


def test_no_request_of_scrapy_chooses_its_own_way_out():
    request = Request("http://good.example.cn/", meta={"proxy": "http://10.0.0.1:3128", "download_slot": "x"})
    GateOnly("http://127.0.0.1:1").process_request(request)
    assert request.meta["proxy"] == "http://127.0.0.1:1"
