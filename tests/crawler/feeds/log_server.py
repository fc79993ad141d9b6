"""A log's server on loopback, a real one: both APIs from one tree, with the troubles real logs have, to be switched on."""

import base64
import gzip
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.crawler.feeds.log_tree import FIRST_MS, LogTree

Answer = tuple[int, dict[str, str], bytes]


class ServedLog:
    """What is served now. Everything may be changed between two requests."""

    def __init__(self, tree: LogTree, size: int | None = None) -> None:
        self.tree = tree
        self.size = len(tree.entries) if size is None else size
        self.signed_ms = FIRST_MS + 10_000_000
        self.most_entries = 1000
        """Entries per answer of get-entries at most."""
        self.is_gzip = True
        self.keeps_partial_tiles = True
        self.trouble: Callable[[str], Answer | None] = lambda path: None
        """Answers in the server's place; None: let it."""
        self.asked: list[str] = []

    def publish(self, size: int) -> None:
        self.size = size
        self.signed_ms += 60_000

    def answer(self, path: str) -> Answer:
        self.asked.append(path)
        parts = urlsplit(path)
        query = {key: int(values[0]) for key, values in parse_qs(parts.query).items()}
        trouble = self.trouble(path)
        if trouble:
            return trouble
        if parts.path == "/ct/v1/get-sth":
            return 200, {}, self.tree.sth(self.size, self.signed_ms)
        if parts.path == "/ct/v1/get-entries":
            return self._entries(query["start"], query["end"])
        if parts.path == "/ct/v1/get-sth-consistency":
            return self._proof(query["first"], query["second"])
        if parts.path == "/checkpoint":
            return 200, {}, self.tree.checkpoint(self.size, self.signed_ms)
        return self._tile(parts.path)

    def _entries(self, start: int, end: int) -> Answer:
        if start >= self.size or start > end:
            return 400, {}, b"out of range"
        indexes = range(start, min(end + 1, self.size, start + self.most_entries))

        entries = [
            {
                "leaf_input": base64.b64encode(self.tree.leaf_input(i)).decode(),
                "extra_data": base64.b64encode(self.tree.extra_data(i)).decode(),
            }
            for i in indexes
        ]
        return 200, {}, json.dumps({"entries": entries}).encode()

    def _proof(self, first: int, second: int) -> Answer:

        if not 0 < first <= second <= self.size:
            return 400, {}, b"no such trees"
        nodes = [base64.b64encode(node).decode() for node in self.tree.proof(first, second)]
        return 200, {}, json.dumps({"consistency": nodes}).encode()

    def _tile(self, path: str) -> Answer:
        found = re.fullmatch(r"/tile/(data|[0-5])/((?:x\d{3}/)*\d{3})(?:\.p/(\d+))?", path)
        if not found:
            return 404, {}, b""
        level = 0 if found[1] == "data" else int(found[1])
        number = int(found[2].replace("x", "").replace("/", ""))
        there = max(0, min(256, self.size // 256**level - number * 256))
        width = int(found[3]) if found[3] else 256
        if width > there or (width < there == 256 and not self.keeps_partial_tiles) or width == 0:
            return 404, {}, b""
        if found[1] != "data":
            return 200, {}, self.tree.hash_tile(level, number, width)
        body = self.tree.data_tile(number, width)
        return (200, {"Content-Encoding": "gzip"}, gzip.compress(body)) if self.is_gzip else (200, {}, body)


@contextmanager
def served(log: ServedLog, context=None) -> Iterator[str]:
    """Serve it and yield its URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            status, headers, body = log.answer(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request, client_address) -> None:
            pass  # a client that went away is part of the tests

    server = Server(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"{'https' if context else 'http'}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
