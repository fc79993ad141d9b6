"""A few hosts behind one loopback port that plays the organisation's forward proxy, a trap nobody may reach, and a name server."""

import contextlib
import socketserver
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from dnslib import AAAA, CNAME, NS, QTYPE, RCODE, RR, A, DNSRecord


@dataclass
class TinyWorld:
    """`pages`: (host, path) → (status, headers, body or callable that writes it)."""

    pages: dict = field(default_factory=dict)
    seen: list = field(default_factory=list)
    """(host, path, user agent) of every request, oldest first."""
    headers: list = field(default_factory=list)
    """The headers of every request by lower-case name, in the same order."""
    tunnels: list = field(default_factory=list)
    """The authorities tunnels were asked to, oldest first."""
    port: int = 0

    @property
    def proxy(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def hosts_seen(self) -> set:
        return {host for host, _, _ in self.seen}


@contextlib.contextmanager
def tiny_world(pages, *, tunnels_plain_http=True):
    world = TinyWorld(dict(pages))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_CONNECT(self):
            world.tunnels.append(self.path)
            if not (tunnels_plain_http and self.path.endswith(":80")):
                self.send_error(405)
                return
            self.send_response(200)
            self.end_headers()

        def do_GET(self):
            host = self.headers.get("Host", "")
            path = self.path
            if path.startswith("http://"):
                # As a proxy must: the first line says which host is meant, whatever the header says.
                host, path = path.removeprefix("http://").split("/", 1)
                host, path = host.removesuffix(":80"), f"/{path}"
            world.seen.append((host, path, self.headers.get("User-Agent", "")))
            world.headers.append({name.lower(): value for name, value in self.headers.items()})
            status, headers, body = world.pages.get((host, path), (404, {}, b"nothing here"))
            self.close_connection = True
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if callable(body):
                self.end_headers()
                with contextlib.suppress(OSError):
                    body(self.wfile)
                return
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        world.port = port
        yield world


@contextlib.contextmanager
def trap():
    """Yield (port, list of connections that came): nobody may come."""
    came = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            came.append(self.client_address)

    with serving(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)) as port:
        yield port, came


@contextlib.contextmanager
def name_server(zone, broken=(), silent=()):
    """Yield `127.0.0.1:port` of a server that knows `zone`: name → [(type, value)]; `*.x` answers for everything below x."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            content, connection = self.request
            question = DNSRecord.parse(content)
            name = str(question.q.qname).rstrip(".").lower()
            if name in silent:
                return
            reply = question.reply()
            records = zone.get(name) or zone.get("*." + name.partition(".")[2])
            if name in broken:
                reply.header.rcode = RCODE.SERVFAIL
            elif records is None and name:
                reply.header.rcode = RCODE.NXDOMAIN
            for kind, value in records or ():
                if kind in {QTYPE[question.q.qtype], "CNAME"}:
                    made = {"A": A, "AAAA": AAAA, "CNAME": CNAME, "NS": NS}[kind](value)
                    reply.add_answer(RR(question.q.qname, getattr(QTYPE, kind), rdata=made, ttl=60))
            connection.sendto(reply.pack(), self.client_address)

    class Server(socketserver.ThreadingUDPServer):
        daemon_threads = True

    with serving(Server(("127.0.0.1", 0), Handler)) as port:
        yield f"127.0.0.1:{port}"


@contextlib.contextmanager
def serving(server):
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


HTML = {"Content-Type": "text/html; charset=utf-8"}


def page(text, title="页面", head=""):
    """Return a page with so much text that it is not taken for an empty one."""
    body = f"<html><head><title>{title}</title>{head}</head><body><h1>{title}</h1><p>{text}</p></body></html>"
    return 200, HTML, body.encode()
