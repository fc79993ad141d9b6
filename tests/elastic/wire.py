"""A server on loopback that speaks just enough of Elasticsearch's wire to be asked for its version, and keeps every request's headers.

For what the tests' own server cannot be: it has no API keys, and it is of one version only.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Wire:
    """`versions`: of the nodes; `accepts`: the `Authorization` that is let in, empty: anybody; `refuses`: (status, body) for everybody."""

    versions: tuple[str, ...] = ("8.19.21",)
    accepts: str = ""
    refuses: tuple[int, dict] | None = None
    url: str = ""
    seen: list[tuple[str, Message]] = field(default_factory=list)
    """(path, headers) of every request."""

    def answer(self, authorization: str) -> tuple[int, dict]:
        if self.refuses:
            return self.refuses
        if self.accepts and authorization != self.accepts:
            return 401, {"error": {"type": "security_exception", "reason": "unable to authenticate"}, "status": 401}
        return 200, {"nodes": {f"n{number}": {"version": one} for number, one in enumerate(self.versions)}}


@contextmanager
def served(wire: Wire) -> Iterator[Wire]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            wire.seen.append((self.path, self.headers))
            status, body = wire.answer(self.headers.get("Authorization", ""))
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("X-Elastic-Product", "Elasticsearch")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        wire.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield wire
        finally:
            server.shutdown()
            thread.join()
