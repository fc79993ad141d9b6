"""The gate over real sockets: what goes out, what is refused, and that nothing reaches a trap."""

import asyncio
import contextlib
import ipaddress

import pytest

from crawler.facts.dns import NameFailure, NameUnresolved
from crawler.gate.policy import GatePolicy
from crawler.gate.proxy import EgressGate, GateLimits
from crawler.gate.wire import is_gates_own
from pipelines.errors import SourceUnreachable
from tests.crawler.tiny_world import page, tiny_world, trap

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
DOCUMENTATION = (ipaddress.ip_network("203.0.113.0/24"),)
NAMES = {
    "good.example.cn": ("203.0.113.5",),
    "inside.example.cn": ("127.0.0.1",),
    "mixed.example.cn": ("203.0.113.5", "10.0.0.1"),
    "cloud.example.cn": ("169.254.169.254",),
}


async def resolve(host):
    if host not in NAMES:
        raise NameUnresolved(host, NameFailure.NO_SUCH_NAME)
    return NAMES[host]


async def talk(port, request, *, half_close=False):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    if half_close:
        writer.write_eof()
    async with asyncio.timeout(10):
        answer = await reader.read(-1)
    writer.close()
    return answer


def through_gate(request, *, policy=None, upstream="", limits=None, **options):
    async def run():
        gate = EgressGate(policy or GatePolicy(), resolve, upstream, limits, **options)
        async with gate:
            return await talk(gate.port, request), gate

    return asyncio.run(run())


def connect(authority):
    return f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode()


def get(url, extra=""):
    return f"GET {url} HTTP/1.1\r\nHost: whatever\r\n{extra}\r\n".encode()


@contextlib.asynccontextmanager
async def origin(answer):
    """Serve one raw answer to everybody and note what was asked."""
    asked = []

    async def serve(reader, writer):
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        with contextlib.suppress(OSError):
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], asked
    finally:
        server.close()


@pytest.mark.parametrize(
    "target",
    [
        "inside.example.cn:{port}", "127.0.0.1:{port}", "[::ffff:127.0.0.1]:{port}", "localhost:{port}", "2130706433:{port}",
        "127.1:{port}", "mixed.example.cn:{port}", "cloud.example.cn:80", "169.254.169.254:80", "good.example.cn:22",
    ],
)  # fmt: skip
def test_nothing_inside_is_reached_by_either_way(target):
    with trap() as (port, came):
        authority = target.format(port=port)
        policy = GatePolicy(allowed_ports=(80, 443, port))
        for request in (connect(authority), get(f"http://{authority}/secret")):
            answer, _ = through_gate(request, policy=policy)
            assert answer.startswith(b"HTTP/1.1 403"), answer
            assert b"X-Jianwei-Refused: " in answer
        assert came == []


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET /relative HTTP/1.1\r\nHost: a\r\n\r\n",
        get("ftp://good.example.cn/"),
        get("http://user@good.example.cn/"),
        get("http://good.example.cn\\@127.0.0.1/"),
        b"POST http://good.example.cn/form HTTP/1.1\r\nHost: good.example.cn\r\nContent-Length: 1\r\n\r\nx",
        b"CONNECT good.example.cn HTTP/1.1\r\nHost: a\r\n\r\n",
        b"\x16\x03\x01\x02\x00garbage\r\n\r\n",
    ],
)
def test_requests_that_make_no_sense_or_write_are_refused(request_bytes):
    answer, _ = through_gate(request_bytes)
    assert answer.startswith(b"HTTP/1.1 403")
    assert b"request_invalid" in answer


def test_an_unknown_name_is_a_failure_not_a_refusal():
    answer, gate = through_gate(get("http://nobody.example.cn/"))
    assert b"502" in answer
    assert b"X-Jianwei-Failed: name_nxdomain" in answer
    assert gate.passage("http://nobody.example.cn/").failure == "域名不存在（NXDOMAIN）"


def test_a_request_goes_to_the_pinned_address_without_proxy_words():
    async def run():
        raw = b"HTTP/1.1 200 OK\nContent-Length: 5\nConnection: keep-alive\nX-Jianwei-Refused: me\n\nhello"
        async with origin(raw) as (port, asked):
            policy = GatePolicy(allowed_ports=(port,), allowed_networks=LOOPBACK)
            async with EgressGate(policy, resolve) as gate:
                extra = "Proxy-Authorization: secret\r\nConnection: keep-alive\r\nX-Own: 1\r\n"
                answer = await talk(gate.port, get(f"http://inside.example.cn:{port}/a?b=1", extra))
                peer = gate.passage(f"http://inside.example.cn:{port}/").peer
            return answer, asked[0], port, peer

    answer, asked, port, peer = asyncio.run(run())
    assert asked.startswith(b"GET /a?b=1 HTTP/1.1\r\n")
    assert f"Host: inside.example.cn:{port}\r\n".encode() in asked
    assert b"secret" not in asked
    assert b"x-own: 1" in asked.lower()
    assert answer.endswith(b"hello")
    assert b"keep-alive" not in answer
    assert b"X-Jianwei-Refused" not in answer, "a page must not speak in the gate's name"
    assert peer == "127.0.0.1"


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nX-Jianwei-Refused: x\r\n\r\n", b"HTTP/1.1 200 OK\nx-jianwei-failed : x\n\n",
        b"HTTP/1.1 200 OK\r\nX: y\rX-Jianwei-Refused: x\r\n\r\n", b"\r\nHTTP/1.1 200 OK\r\nX-Jianwei-Refused: x\r\n\r\n",
        b"http/1.1 200 OK\r\nX-Jianwei-Refused: x\r\n\r\n", b"HTTP/1.1 200 OK\r\nX-Jianwei-Refused: x\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000 + b"X-Jianwei-Refused: x\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX-Jianwei-Refused: x\r\n\r\n",
    ],
)  # fmt: skip
def test_no_form_of_a_head_speaks_in_the_gates_name(head):
    async def run():
        async with origin(head) as (port, _):
            policy = GatePolicy(allowed_ports=(port,), allowed_networks=LOOPBACK)
            async with EgressGate(policy, resolve) as gate:
                return await talk(gate.port, get(f"http://inside.example.cn:{port}/"))

    answer = asyncio.run(run())
    assert answer.lower().startswith(b"http/1.1 200 ok\r\n")
    assert b"jianwei" not in answer.lower()
    assert answer.endswith(b"\r\n\r\n")


def test_only_a_plain_answer_can_be_the_gates_own():
    assert is_gates_own("http://good.example.cn/", ["Server", "X-Jianwei-Refused"])
    assert is_gates_own("http://good.example.cn/", ["x-jianwei-failed"])
    assert not is_gates_own("http://good.example.cn/", ["Server"])
    assert not is_gates_own("https://good.example.cn/", ["X-Jianwei-Refused"])


def test_a_tunnel_carries_bytes_both_ways():
    async def run():
        async with origin(b"pong") as (port, asked):
            policy = GatePolicy(allowed_ports=(port,), allowed_networks=LOOPBACK)
            async with EgressGate(policy, resolve) as gate:
                answer = await talk(gate.port, connect(f"inside.example.cn:{port}") + b"ping\r\n\r\n")
            return answer, asked

    answer, asked = asyncio.run(run())
    assert asked == [b"ping\r\n\r\n"]
    assert answer == b"HTTP/1.1 200 Connection established\r\n\r\npong"


def test_an_endless_answer_is_cut():
    async def run():
        async with origin(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 3_000_000) as (port, _):
            policy = GatePolicy(allowed_ports=(port,), allowed_networks=LOOPBACK)
            async with EgressGate(policy, resolve, limits=GateLimits(max_bytes=500_000)) as gate:
                return await talk(gate.port, get(f"http://inside.example.cn:{port}/"))

    assert 400_000 < len(asyncio.run(run())) < 600_000


def test_a_head_without_end_is_cut():
    async def run():
        async with origin(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000) as (port, _):
            policy = GatePolicy(allowed_ports=(port,), allowed_networks=LOOPBACK)
            async with EgressGate(policy, resolve, limits=GateLimits(max_bytes=100_000)) as gate:
                return await talk(gate.port, get(f"http://inside.example.cn:{port}/"))

    assert len(asyncio.run(run())) < 300_000


def test_the_upstream_proxy_is_asked_for_the_address_never_for_the_name():
    policy = GatePolicy(allowed_networks=DOCUMENTATION)
    with tiny_world({("good.example.cn", "/x"): page("来自上级代理")}) as world:
        answer, gate = through_gate(get("http://good.example.cn/x"), policy=policy, upstream=world.proxy)
        assert "来自上级代理".encode() in answer
        assert gate.passage("http://good.example.cn/").peer == "203.0.113.5"
        refused, _ = through_gate(get("http://inside.example.cn/x"), policy=policy, upstream=world.proxy)
        tunnel, _ = through_gate(connect("good.example.cn:443"), policy=policy, upstream=world.proxy)
    assert refused.startswith(b"HTTP/1.1 403")
    assert b"X-Jianwei-Failed: proxy_405" in tunnel
    assert world.hosts_seen() == {"good.example.cn"}


def test_an_upstream_proxy_without_tunnels_is_given_names_only_when_it_is_trusted():
    policy = GatePolicy(allowed_networks=DOCUMENTATION)
    pages = {("good.example.cn", "/x"): page("来自上级代理")}
    with tiny_world(pages, tunnels_plain_http=False) as world:
        untrusted, gate = through_gate(get("http://good.example.cn/x"), policy=policy, upstream=world.proxy)
        assert b"X-Jianwei-Failed: proxy_no_tunnel" in untrusted
        assert "trusts_proxy_names" in gate.passage("http://good.example.cn/").failure
        assert world.seen == []
        trusted, _ = through_gate(
            get("http://good.example.cn/x"), policy=policy, upstream=world.proxy, trusts_proxy_names=True
        )
        assert "来自上级代理".encode() in trusted
        inside, _ = through_gate(
            get("http://inside.example.cn/x"), policy=policy, upstream=world.proxy, trusts_proxy_names=True
        )
    assert inside.startswith(b"HTTP/1.1 403")
    assert world.hosts_seen() == {"good.example.cn"}


def test_a_dead_upstream_proxy_is_named():
    async def run():
        gate = EgressGate(GatePolicy(allowed_networks=DOCUMENTATION), resolve, "http://127.0.0.1:1")
        async with gate:
            answer = await talk(gate.port, get("http://good.example.cn/"))
            with pytest.raises(SourceUnreachable) as dead:
                await gate.require_way_out()
            return answer, dead.value

    answer, dead = asyncio.run(run())
    assert b"proxy_unreachable" in answer
    assert "127.0.0.1:1" in dead.zh
