"""The resolver against a real name server on loopback."""

import asyncio
import socket
import time

import pytest

from crawler.facts.dns import DnsResolver, NameFailure, NameUnresolved
from detectors.model import Unknown
from pipelines.errors import SourceUnreachable
from pipelines.settings import DnsSettings
from tests.crawler.tiny_world import name_server

ZONE = {
    "cx-mem.cn": [("A", "203.0.113.7"), ("A", "203.0.113.8"), ("NS", "ns1.cheap.example")],
    "six.cn": [("AAAA", "2001:db8::7")],
    "empty.cn": [("NS", "ns1.cheap.example")],
    "*.mem.gov.cn.parked.top": [("A", "198.51.100.1")],
    "*.ws": [("A", "198.51.100.9")],
    "nas.lan": [("A", "203.0.113.9")],
    "oa": [("A", "203.0.113.9")],
}


def ask(servers, question, **settings):
    async def run():
        resolver = DnsResolver(DnsSettings(nameservers=(servers,), **settings))
        return await question(resolver)

    return asyncio.run(run())


async def existing(resolver, names):
    return {name: addresses async for name, addresses in resolver.exists(names)}


def test_facts_of_a_host():
    with name_server(ZONE) as server:
        facts = ask(server, lambda resolver: resolver.facts_of("cx-mem.cn"))
    assert facts.addresses == ("203.0.113.7", "203.0.113.8")
    assert facts.cname == ""
    assert facts.nameservers == ("ns1.cheap.example",)


def test_no_name_no_record_broken_and_silent_are_four_things():
    with name_server(ZONE, broken={"broken.cn"}, silent={"silent.cn"}) as server:
        failures = {}
        for host in ("free.cn", "empty.cn", "broken.cn", "silent.cn"):
            with pytest.raises(NameUnresolved) as failed:
                ask(server, lambda resolver, host=host: resolver.addresses(host), timeout_s=1.0, attempts=1)
            failures[host] = failed.value.failure
        empty = ask(server, lambda resolver: resolver.facts_of("empty.cn"))
        gone = ask(server, lambda resolver: resolver.facts_of("free.cn"))
    assert failures == {
        "free.cn": NameFailure.NO_SUCH_NAME,
        "empty.cn": NameFailure.NO_RECORD,
        "broken.cn": NameFailure.SERVER_FAILED,
        "silent.cn": NameFailure.TIMED_OUT,
    }
    assert empty.addresses == ()
    assert gone.addresses == Unknown("域名不存在（NXDOMAIN）")


def test_existing_names_are_found_and_wildcards_are_not():
    names = ["cx-mem.cn", "free.cn", "six.cn", "empty.cn", "cx.mem.gov.cn.parked.top", "mem-gov.ws", "other.ws"]
    with name_server(ZONE) as server:
        found = ask(server, lambda resolver: existing(resolver, names))
    # Below a private domain a wildcard is still somebody's site; a registry's wildcard is nobody's.
    assert set(found) == {"cx-mem.cn", "six.cn", "cx.mem.gov.cn.parked.top"}


def test_a_thousand_names_take_seconds():
    names = [f"name{number}.cn" for number in range(1000)]
    with name_server({**ZONE, "name7.cn": [("A", "203.0.113.1")]}) as server:
        started = time.monotonic()
        found = ask(server, lambda resolver: existing(resolver, names))
        elapsed = time.monotonic() - started
    assert list(found) == ["name7.cn"]
    assert elapsed < 10, f"{1000 / elapsed:.0f} names/s"


def test_a_dead_name_server_is_named_once():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nobody:
        nobody.bind(("127.0.0.1", 0))
        server = f"127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(SourceUnreachable) as dead:
            ask(
                server, lambda resolver: existing(resolver, [f"n{i}.cn" for i in range(500)]), timeout_s=0.1, attempts=1
            )
    assert server in dead.value.zh
    assert server in dead.value.en


def test_names_no_server_is_asked_about():
    with name_server(ZONE) as server:
        for host in ("a..b.cn", "x" * 70 + ".cn"):
            with pytest.raises(NameUnresolved):
                ask(server, lambda resolver, host=host: resolver.addresses(host))


@pytest.mark.parametrize("host", ["nas.lan", "oa"])
def test_our_own_name_servers_are_not_asked_about_our_own_names(host):
    with name_server(ZONE) as server:
        with pytest.raises(NameUnresolved) as failed:
            ask(server, lambda resolver: resolver.addresses(host))
        facts = ask(server, lambda resolver: resolver.facts_of(host))
        found = ask(server, lambda resolver: existing(resolver, [host, "cx-mem.cn"]))
    assert failed.value.failure is NameFailure.NOT_ASKED
    assert facts.addresses == facts.nameservers == Unknown("本机或内部名称，不作查询")
    assert set(found) == {"cx-mem.cn"}
