"""RDAP: a registry on loopback behind the real gate."""

import asyncio
import ipaddress
from datetime import UTC, datetime

import httpx
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.facts.rdap import RdapClient
from crawler.facts.rdap_answer import read_rdap
from crawler.facts.turns import Turns
from crawler.gate.policy import GatePolicy
from crawler.gate.proxy import EgressGate
from detectors.model import Unknown
from detectors.name_facts import Registration
from tests.conftest import NOW, FixedClock
from tests.crawler.fact_servers import rdap_server
from tests.crawler.tiny_world import trap

RECORD = {
    "objectClassName": "domain",
    "ldhName": "CX-MEM.COM",
    "status": ["client transfer prohibited", "active"],
    "events": [
        {"eventAction": "registration", "eventDate": "2026-11-01T00:30:00+08:00"},
        {"eventAction": "expiration", "eventDate": "2027-11-01T00:30:00Z"},
        {"eventAction": "last changed", "eventDate": "yesterday"},
    ],
    "entities": [
        {"roles": ["registrar"], "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Cheap Names"]]]},
        {"roles": ["registrant"], "vcardArray": ["vcard", [["fn", {}, "text", "REDACTED FOR PRIVACY"], ["org", {}, "text", ""]]]},
    ],
    "nameservers": [{"ldhName": "B.CHEAP.EXAMPLE."}, {"ldhName": "a.cheap.example"}],
}  # fmt: skip
PATH = "/v1/domain/cx-mem.com"


def ask(port, *, allowed=("127.0.0.0/8",), patience_s=0.0, timeout_s=5.0, times=1):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)
        moment[0] += seconds

    moment = [0.0]

    async def nowhere(name):
        raise AssertionError(f"{name} was to be resolved")

    async def run():
        policy = GatePolicy(allowed_ports=(port,), allowed_networks=tuple(map(ipaddress.ip_network, allowed)))
        turns = Turns(slots=1, interval_s=0, patience_s=patience_s, now=lambda: moment[0], sleep=sleep)
        async with EgressGate(policy, nowhere) as gate:
            client = RdapClient(gate.url, turns, FixedClock(), timeout_s=timeout_s, user_agent="t", trust=None)
            async with client:
                return [await client.ask("cx-mem.com", f"http://127.0.0.1:{port}/v1/") for _ in range(times)]

    return asyncio.run(run()), slept


def answered(answer):
    with rdap_server({PATH: answer}) as server:
        (found,), _ = ask(server.port)
    return found


def test_a_record():
    found = answered((200, {"Content-Type": "application/rdap+json"}, msgspec.json.encode(RECORD)))
    assert found.registered_at == datetime(2026, 10, 31, 16, 30, tzinfo=UTC)
    assert found.expires_at == datetime(2027, 11, 1, 0, 30, tzinfo=UTC)
    assert "yesterday" in found.updated_at.reason
    assert found.registrar == "Cheap Names"
    assert found.registrant == Unknown("登记机构已隐去（隐私保护）")
    assert found.statuses == ("clientTransferProhibited", "ok")
    assert found.nameservers == ("a.cheap.example", "b.cheap.example")
    assert found.source.startswith("rdap:http://127.0.0.1:")


@pytest.mark.parametrize(
    "body",
    [b"", b'{"errorCode":404}', b'{"errorCode":"404","title":"Object not found"}', b'{"rdapConformance":[]}'],
)
def test_404_is_not_registered(body):
    found = answered((404, {"Content-Type": "application/rdap+json"}, body))
    assert found.is_registered is False
    terms = (
        b'{"errorCode":404,"notices":[{"title":"Terms","description":["Queries are limited, access may be denied"]}]}'
    )
    assert answered((404, {}, terms)).is_registered is False


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><html>nginx</html>",
        b"404 page not found",
        b'{"errorCode":429,"title":"Too many requests"}',
        b'{"errorCode":404,"title":"Rate limit exceeded"}',
        b'{"errorCode":404,"title":"Not Found","description":["This name is reserved by the registry"]}',
        b" " * 2_000_000,
    ],
)
def test_a_404_of_somebody_else_or_with_a_but_settles_nothing(body):
    assert isinstance(answered((404, {}, body)), Unknown)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-01T00:30:00.123456789Z", datetime(2026, 11, 1, 0, 30, 0, 123456, UTC)),
        ("2026-11-01t00:30:00z", datetime(2026, 11, 1, 0, 30, tzinfo=UTC)),
        ("2026-11-01 00:30:00 UTC", datetime(2026, 11, 1, 0, 30, tzinfo=UTC)),
        ("2026-11-01T00:30:00+0800", datetime(2026, 10, 31, 16, 30, tzinfo=UTC)),
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
    ],
)
def test_dates_as_registries_write_them(written, read):
    events = [{"eventAction": "Registration", "eventDate": written}]
    body = b"\xef\xbb\xbf" + msgspec.json.encode({**RECORD, "events": events})
    assert read_rdap("cx-mem.com", body, "rdap:x", NOW).registered_at == read


def test_an_entity_without_a_card_does_not_hide_the_next_one():
    card = ["vcard", [["fn", {}, "text", "某某公司"]]]
    entities = [{"roles": ["registrant"], "handle": "1"}, {"roles": ["registrant"], "vcardArray": card}]
    body = msgspec.json.encode({**RECORD, "entities": entities})
    assert read_rdap("cx-mem.com", body, "rdap:x", NOW).registrant == "某某公司"


@pytest.mark.parametrize(
    "answer",
    [
        (404, {"Content-Type": "text/html"}, b"<h1>404</h1>"),
        (200, {}, b"{"),
        (200, {}, b"[]"),
        (200, {}, b'{"objectClassName":"help"}'),
        (200, {}, msgspec.json.encode({**RECORD, "ldhName": "other.com"})),
        (200, {"Content-Encoding": "gzip"}, b"\x1f\x8b" + b"\0" * 100),
        (500, {}, b""),
        (503, {}, b""),
        (403, {}, b""),
        (301, {"Location": ""}, b""),
        (301, {"Location": "ftp://x/"}, b""),
        (302, {"Location": "http://[::1"}, b""),
        (302, {"Location": PATH}, b""),
        (200, {}, b"[" * 500_000),
    ],
)
def test_odd_answers_are_unknown(answer):
    found = answered(answer)
    assert isinstance(found, Unknown)
    assert found.reason


def test_a_huge_answer_is_given_up():
    def huge(writer):
        for _ in range(10_000):
            writer.write(b" " * 65_536)

    assert "过大" in answered((200, {}, huge)).reason


def test_redirects_are_followed():
    answers = {
        PATH: (302, {"Location": "/other"}, b""),
        "/other": (307, {"Location": "/v2"}, b""),
        "/v2": (200, {}, msgspec.json.encode(RECORD)),
    }
    with rdap_server(answers) as server:
        (found,), _ = ask(server.port)
    assert found.is_registered


def test_redirects_in_a_circle_end():
    answers = {
        PATH: (302, {"Location": "/a"}, b""),
        "/a": (302, {"Location": "/b"}, b""),
        "/b": (302, {"Location": "/a"}, b""),
    }
    with rdap_server(answers) as server:
        (found,), _ = ask(server.port)
    assert "重定向次数过多" in found.reason
    assert len(server.lines) == 4


def test_a_redirect_to_an_inner_address_is_not_followed():
    answers = {}
    with trap() as (port, came), rdap_server(answers) as server:
        # The port must be an allowed one, so that it is the address that is refused.
        answers[PATH] = (302, {"Location": f"http://127.0.0.2:{server.port}/"}, b"")
        (found,), _ = ask(server.port, allowed=("127.0.0.1/32",))
        answers[PATH] = (302, {"Location": f"http://127.0.0.1:{port}/"}, b"")
        (elsewhere,), _ = ask(server.port)
    assert "address_forbidden" in found.reason
    assert "port_forbidden" in elsewhere.reason
    assert came == []


def test_without_leave_nothing_is_asked():
    with trap() as (port, came):
        (found,), _ = ask(port, allowed=())
    assert came == []
    assert "address_forbidden" in found.reason


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_wants_to_rest_is_left_alone(status):
    with rdap_server({PATH: (status, {"Retry-After": "120"}, b"")}) as server:
        found, slept = ask(server.port, patience_s=30, times=3)
    assert all("120 秒" in one.reason for one in found)
    assert server.lines == [PATH]
    assert slept == []


def test_a_short_rest_is_waited_out():
    with rdap_server({PATH: (429, {"Retry-After": "5"}, b"")}) as server:
        (found,), slept = ask(server.port, patience_s=30)
    assert "5 秒" in found.reason
    assert server.lines == [PATH] * 2
    assert slept == [5.0]


@pytest.mark.parametrize("text", ["Sun, 22 Nov 2026 08:40:00 GMT", "soon", "", "-5", "9" * 400])
def test_when_to_come_back(text):
    with rdap_server({PATH: (429, {"Retry-After": text}, b"")}) as server:
        (found,), _ = ask(server.port)
    assert "秒后可再查" in found.reason


def test_a_silent_server_is_not_waited_for():
    def wait(writer):
        writer.flush()
        writer._sock.settimeout(5)
        writer._sock.recv(1)

    with rdap_server({PATH: (200, {}, wait)}) as server:
        (found,), _ = ask(server.port, timeout_s=0.3)
    assert "超时" in found.reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*RECORD, "roles", "vcardArray", "eventAction", "eventDate"]), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from([one for one in RECORD if one not in {"objectClassName", "ldhName"}]), JSON))
def test_any_json_is_read(parts):
    body = msgspec.json.encode({"objectClassName": "domain", **parts})
    assert isinstance(read_rdap("a.com", body, "rdap:x", NOW), Registration)


@pytest.mark.parametrize(("scheme", "is_believed"), [("http", True), ("https", False)])
def test_only_outside_a_tunnel_can_the_gate_have_spoken(scheme, is_believed):
    async def understand():
        turns = Turns(slots=1, interval_s=0, patience_s=0)
        async with RdapClient(
            "http://127.0.0.1:9", turns, FixedClock(), timeout_s=1, user_agent="t", trust=None
        ) as rdap:
            words = {"X-Jianwei-Failed": "timeout"}
            return rdap._understand(
                "cx-mem.com", f"{scheme}://rdap.example{PATH}", httpx.Response(200, headers=words), msgspec.json.encode(RECORD)
            )  # fmt: skip

    assert isinstance(asyncio.run(understand()), Unknown) is is_believed
