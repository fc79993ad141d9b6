"""Twisted, left to itself, asks the system for names. In our reactor it knows addresses only."""

import asyncio
import socket

import pytest

from crawler.gate.literal_names import LiteralNames
from crawler.reactor import run_in_reactor


class Receiver:
    def __init__(self) -> None:
        self.heard = []

    def resolutionBegan(self, resolution) -> None:  # noqa: N802
        self.heard.append("began")

    def addressResolved(self, address) -> None:  # noqa: N802
        self.heard.append((address.type, address.host, address.port))

    def resolutionComplete(self) -> None:  # noqa: N802
        self.heard.append("complete")


def heard_of(name: str) -> list:
    receiver = Receiver()
    LiteralNames().resolveHostName(receiver, name, portNumber=8080)
    return receiver.heard


@pytest.mark.parametrize("name", ["127.0.0.1", "::1"])
def test_an_address_is_its_own_answer(name):
    assert heard_of(name) == ["began", ("TCP", name, 8080), "complete"]


@pytest.mark.parametrize("name", ["localhost", "cx-mem-gov.example", "127.1", "0x7f000001", ""])
def test_no_other_name_has_an_answer(name):
    assert heard_of(name) == ["began", "complete"]


def test_twisted_cannot_connect_by_name_in_our_reactor():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        async def connect(host: str) -> str:
            from twisted.internet import reactor
            from twisted.internet.endpoints import HostnameEndpoint
            from twisted.internet.protocol import Factory, Protocol

            endpoint = HostnameEndpoint(reactor, host, port)
            deferred = endpoint.connect(Factory.forProtocol(Protocol))
            try:
                protocol = await deferred.asFuture(asyncio.get_running_loop())
            except Exception as error:  # noqa: BLE001 - its name is what the test looks at
                return type(error).__name__
            protocol.transport.loseConnection()
            return "connected"

        assert run_in_reactor(connect("127.0.0.1"), lambda: None) == "connected"
        assert run_in_reactor(connect("localhost"), lambda: None) == "DNSLookupError"
