"""Servers on loopback that play name server, registry, registrar and web host for the facts of a name."""

import contextlib
import socket
import socketserver
import ssl
import struct
import threading
import warnings
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from dnslib import AAAA, CNAME, MX, NS, QTYPE, RCODE, RR, SOA, A, DNSRecord

from pipelines.settings import Settings
from tests.crawler.tiny_world import serving

NX, FAIL, REFUSE, SILENT = "nxdomain", "servfail", "refused", "silent"
_RCODES = {NX: RCODE.NXDOMAIN, FAIL: RCODE.SERVFAIL, REFUSE: RCODE.REFUSED}


@dataclass
class Asked:
    """What a server was asked, in order."""

    lines: list = field(default_factory=list)
    port: int = 0
    lock: object = field(default_factory=threading.Lock)

    def add(self, line):
        with self.lock:
            self.lines.append(line)


@contextlib.contextmanager
def scripted_names(answers):  # noqa: C901 - one server, read from top to bottom
    """Yield (`127.0.0.1:port`, Asked). `answers`: (name, type) → one answer or a list, one a round (the last stays).

    An answer is `NX`, `FAIL`, `REFUSE`, `SILENT`, a list of values, or what returns one when called. `("*.x", type)` speaks for everything below x. What is not
    listed does not exist if the name has no entry at all, else has no such record.
    """
    asked, counts = Asked(), Counter()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            content, connection = self.request
            question = DNSRecord.parse(content)
            name = str(question.q.qname).rstrip(".").lower()
            kind = QTYPE[question.q.qtype]
            asked.add((name, kind))
            answer = _answer(name, kind)
            if answer == SILENT:
                return
            reply = question.reply()
            if isinstance(answer, str):
                reply.header.rcode = _RCODES[answer]
            for value in answer if isinstance(answer, list) else ():
                made = _record(kind, value)
                reply.add_answer(RR(question.q.qname, QTYPE.reverse[type(made).__name__], rdata=made, ttl=1))
            connection.sendto(reply.pack(), self.client_address)

    def _answer(name, kind):
        known = {one for one, _ in answers}
        for owner in (name, "*." + name.partition(".")[2]):
            for asked_kind in (kind, "ANY"):
                if (owner, asked_kind) in answers:
                    scripted = answers[owner, asked_kind]
                    if callable(scripted):
                        with asked.lock:
                            return scripted()
                    if isinstance(scripted, tuple):
                        with asked.lock:
                            counts[name, kind] += 1
                        return scripted[min(counts[name, kind], len(scripted)) - 1]
                    return scripted
            if owner in known or not name:
                return []
        return NX

    class Server(socketserver.ThreadingUDPServer):
        daemon_threads = True

    with serving(Server(("127.0.0.1", 0), Handler)) as port:
        asked.port = port
        yield f"127.0.0.1:{port}", asked


def _record(kind, value):
    if kind == "MX":
        preference, host = value.split()
        return MX(host, int(preference))
    if kind == "SOA":
        primary, mailbox = value.split()
        return SOA(primary, mailbox, (7, 7200, 900, 1209600, 60))
    return {"A": A, "AAAA": AAAA, "CNAME": CNAME, "NS": NS}[kind](value)


@contextlib.contextmanager
def whois_server(answers, host="127.0.0.1", port=0):
    """Yield Asked. `answers`: query → bytes, or a callable that is given the socket; what is not listed gets `No match`."""
    asked = Asked()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            query = self.request.recv(1000).decode("ascii", "replace").strip()
            asked.add(query)
            answer = answers.get(query, b"No match for domain.\r\n")
            with contextlib.suppress(OSError):
                if callable(answer):
                    answer(self.request)
                else:
                    self.request.sendall(answer)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with serving(Server((host, port), Handler)) as bound:
        asked.port = bound
        yield asked


def reset(connection):
    """End the connection the rude way."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def drip(connection):
    """Send a byte now and then for ever: until the other side hangs up."""
    connection.settimeout(0.02)
    while True:
        connection.sendall(b".")
        with contextlib.suppress(TimeoutError):
            if not connection.recv(10):
                return


@contextlib.contextmanager
def rdap_server(answers, certificate=None):
    """Yield Asked. `answers`: path → (status, headers, body bytes or callable given the writer). With a certificate it speaks TLS."""
    asked = Asked()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.add(self.path)
            status, headers, body = answers.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):
                body(self.wfile) if callable(body) else self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    with serving(server) as port:
        asked.port = port
        yield asked


@contextlib.contextmanager
def tls_server(certificate, *, is_old=False):
    """Yield (port, names that clients asked for by SNI). `certificate`: a `trustme.LeafCert`, or (certificate PEM, key PEM) paths."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context) if hasattr(certificate, "configure_cert") else context.load_cert_chain(
        *certificate
    )
    if is_old:
        with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
            context.minimum_version, context.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED, ssl.TLSVersion.TLSv1_1
        context.set_ciphers("ALL:@SECLEVEL=0")
    named = []
    context.sni_callback = lambda _socket, name, _context: named.append(name)

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            with contextlib.suppress(OSError):
                self.request.settimeout(5)
                with context.wrap_socket(self.request, server_side=True) as secured:
                    received = secured.recv(100)
                    assert received == b"", "nothing may be sent to a suspect"

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, request, client_address):
            named.append("sent something")

    with serving(Server(("127.0.0.1", 0), Handler)) as port:
        yield port, named


def fact_settings(home, server, *, allows=True, ports=(), **facts):
    """Return settings that ask the name server and may reach loopback; `facts` go into `[facts]`."""
    return Settings(
        home=home,
        dns={"nameservers": [server], "timeout_s": 0.5, "attempts": 1},
        egress={"allowed_networks": ["127.0.0.0/8"] if allows else [], "allowed_ports": [80, 443, *ports]},
        facts={"round_gap_s": 0, "server_interval_s": 0, "timeout_s": 5, **facts},
    )
