"""A running practice range, shared by the tests of one worker."""

import http.client
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.range.client import Range


class Visitor:
    """Asks hosts of the range through its proxy, as a browser would."""

    def __init__(self, practice: Range) -> None:
        self.practice = practice
        host, _, port = practice.proxy.removeprefix("http://").partition(":")
        self.proxy = (host, int(port))
        self.trust = ssl.create_default_context(cafile=str(practice.ca_file))

    def ask(
        self, url: str, method: str = "GET", agent: str = "visitor", body: bytes | None = None
    ) -> http.client.HTTPResponse:
        """Return the answer with its body still unread."""
        scheme, _, rest = url.partition("://")
        host, slash, path = rest.partition("/")
        if scheme == "https":
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                *self.proxy, context=self.trust, timeout=10
            )
            connection.set_tunnel(host, 443)
            target = slash + path or "/"
        else:
            connection = http.client.HTTPConnection(*self.proxy, timeout=10)
            target = url
        connection.request(method, target, body, headers={"User-Agent": agent, "Connection": "close"})
        return connection.getresponse()

    def read(self, url: str, agent: str = "visitor") -> tuple[int, str]:
        """Return status and body as UTF-8."""
        answer = self.ask(url, agent=agent)
        with answer:
            return answer.status, answer.read().decode("utf-8", "replace")

    def tunnel(self, authority: str) -> tuple[int, socket.socket]:
        """Return the status of a CONNECT and the socket behind it."""
        link = socket.create_connection(self.proxy, timeout=10)
        link.sendall(f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode())
        head = b""
        while b"\r\n\r\n" not in head:
            head += link.recv(1)
        return int(head.split()[1]), link


@pytest.fixture(scope="session")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Range]:
    folder: Path = tmp_path_factory.mktemp("range")
    with Range(folder, engine_page_limit=1000) as running:
        yield running


@pytest.fixture(scope="session")
def visitor(practice: Range) -> Visitor:
    return Visitor(practice)
