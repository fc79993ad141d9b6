"""Certificates of real TLS servers on loopback."""

import asyncio
import contextlib
import ipaddress
import socket
import socketserver
import ssl
from datetime import timedelta

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from crawler.facts.certificate import read_certificate
from crawler.facts.tls_look import TlsWatch
from crawler.gate.dial import Dialler
from crawler.gate.policy import GatePolicy
from crawler.gate.way_out import WayOut
from detectors.model import Unknown
from detectors.name_facts import TlsFault
from tests.conftest import NOW, FixedClock
from tests.crawler.fact_servers import drip, tls_server
from tests.crawler.feeds.certificates import submitted
from tests.crawler.tiny_world import serving, trap

HOST = "cx-mem.cn"


def look(port, *, trust=None, allowed=("127.0.0.0/8",), upstream="", addresses=("127.0.0.1",), timeout_s=5.0):
    async def nowhere(name):
        raise AssertionError(f"{name} was to be resolved")

    async def run():
        policy = GatePolicy(allowed_ports=(port,), allowed_networks=tuple(map(ipaddress.ip_network, allowed)))
        way_out = WayOut(policy, nowhere, Dialler(upstream, 2.0))
        return await TlsWatch(way_out, FixedClock(), port=port, timeout_s=timeout_s, trust=trust).look(HOST, addresses)

    return asyncio.run(run())


def trusting(authority):
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def self_signed(folder, *, days_before=1, days_after=90, name=HOST):
    """Return the paths of a certificate made by its own holder, and of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(subject_name=subject, issuer_name=subject, public_key=key.public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(days=days_before))
        .not_valid_after(NOW + timedelta(days=days_after))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


def test_a_good_certificate_has_no_faults():
    authority = trustme.CA()
    with tls_server(authority.issue_cert(HOST, f"*.{HOST}")) as (port, named):
        found = look(port, trust=trusting(authority))
    assert found.faults == ()
    assert found.address == "127.0.0.1"
    assert found.protocol.startswith("TLSv1.")
    assert found.certificate.names == (HOST, f"*.{HOST}")
    assert found.seen_at == NOW
    assert named == [HOST]


@pytest.mark.parametrize(
    ("made", "faults"),
    [
        ({}, (TlsFault.SELF_SIGNED, TlsFault.UNTRUSTED)),
        ({"days_before": 400, "days_after": -30}, (TlsFault.EXPIRED, TlsFault.SELF_SIGNED, TlsFault.UNTRUSTED)),
        ({"days_before": -2}, (TlsFault.NOT_YET_VALID, TlsFault.SELF_SIGNED, TlsFault.UNTRUSTED)),
        ({"name": "other.cn"}, (TlsFault.WRONG_NAME, TlsFault.SELF_SIGNED, TlsFault.UNTRUSTED)),
        ({"name": "*.cn"}, (TlsFault.SELF_SIGNED, TlsFault.UNTRUSTED)),
    ],
)
def test_what_is_wrong_is_recorded(tmp_path, made, faults):
    with tls_server(self_signed(tmp_path, **made)) as (port, _):
        found = look(port)
    assert found.faults == faults


def test_an_expired_certificate_of_a_trusted_authority_is_only_expired(tmp_path):
    authority = trustme.CA()
    expired = authority.issue_cert(HOST, not_after=NOW - timedelta(days=3), not_before=NOW - timedelta(days=30))
    with tls_server(expired) as (port, _):
        assert look(port, trust=trusting(authority)).faults == (TlsFault.EXPIRED,)
    with tls_server(authority.issue_cert("other.cn")) as (port, _):
        assert look(port, trust=trusting(authority)).faults == (TlsFault.WRONG_NAME,)
    with tls_server(authority.issue_cert(HOST)) as (port, _):
        assert look(port).faults == (TlsFault.UNTRUSTED,)


def test_a_host_that_speaks_old_tls_only_is_read_all_the_same():
    authority = trustme.CA()
    with tls_server(authority.issue_cert(HOST), is_old=True) as (port, _):
        found = look(port, trust=trusting(authority))
    assert found.faults == (TlsFault.OLD_PROTOCOL,)
    assert found.protocol in {"TLSv1", "TLSv1.1"}
    assert found.certificate.names == (HOST,)


def test_an_inner_address_is_never_dialled():
    with trap() as (port, came):
        assert "内部或保留地址" in look(port, allowed=()).reason
        assert "内部或保留地址" in look(port, allowed=("127.0.0.1/32",), addresses=("127.0.0.1", "10.0.0.1")).reason
    assert came == []


def test_nobody_there():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert isinstance(look(unused.getsockname()[1]), Unknown)


@contextlib.contextmanager
def plain_server(behave):
    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            with contextlib.suppress(OSError):
                behave(self.request)

    with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)) as port:
        yield port


def wait(connection):
    connection.settimeout(5)
    while connection.recv(1000):
        pass


@pytest.mark.parametrize(
    "behave",
    [lambda one: one.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"), lambda one: one.close(), wait, drip],
    ids=["http", "closes", "silent", "drips"],
)
def test_servers_without_tls_are_unknown(behave):
    with plain_server(behave) as port:
        found = look(port, timeout_s=0.4)
    assert isinstance(found, Unknown)
    assert HOST in found.reason


def test_the_organisations_proxy_is_asked_for_the_address():
    authority, asked = trustme.CA(), []

    def tunnel(connection):
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(1)
        asked.append(head.split(b"\r\n")[0].decode())
        host, _, port = asked[-1].split()[1].rpartition(":")
        with socket.create_connection((host, int(port))) as far:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            socket_pair(connection, far)

    with tls_server(authority.issue_cert(HOST)) as (port, named), plain_server(tunnel) as proxy:
        found = look(port, trust=trusting(authority), upstream=f"http://127.0.0.1:{proxy}")
    assert found.faults == ()
    assert asked == [f"CONNECT 127.0.0.1:{port} HTTP/1.1"]
    assert named == [HOST]


def socket_pair(near, far):
    """Carry bytes both ways until one side is done."""
    import select

    while True:
        for one in select.select([near, far], [], [], 5)[0]:
            received = one.recv(65536)
            if not received:
                return
            (far if one is near else near).sendall(received)


SOUND = submitted("a.cn").leaf


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x",
        b"0\x82" + b"\0" * 100,
        SOUND.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07"),  # a version there is not
        SOUND.replace(b"\x82\x04a.cn", b"\xa3\x04a.cn"),  # a kind of name nobody reads
        submitted("a.cn", again=True).leaf,  # an extension that stands twice
    ],
)
def test_no_certificate(content):
    assert read_certificate(content) == Unknown("证书内容无法读取")
