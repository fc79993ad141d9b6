"""A site farm for the crawl benchmarks: one HTTP/1.1 server with keep-alive and one name server, both on loopback, in a process of its own.

`python -m tests.benchmarks.crawl_server` prints `{"port", "dns"}` and serves until its standard input ends. Every name has the address
127.0.0.1. `/<n>` is a page of 30 KB that differs from all others.
"""

import asyncio
import json
import sys

from dnslib import QTYPE, RR, A, DNSRecord

from tests.benchmarks.pages import QUERY, kinds, padded

PAGE_BYTES = 30_000
_FAKE_EVERY = 20
"""One page in so many is a query for certificates: the rest is the ordinary web."""


def templates() -> list[bytes]:
    """Return the pages without their own numbers."""
    made = [padded(head, row, PAGE_BYTES) for name, head, row in kinds() if name != "counterfeit"]
    return [one.encode() for one in made]


def fake() -> bytes:
    """Return a page that will be a lead."""
    return f"<!DOCTYPE html><meta charset=utf-8><title>特种作业操作证查询平台</title>{QUERY}<p>{'本平台提供证书查询。' * 200}".encode()


async def serve() -> None:
    """Print where, and serve."""
    pages, lead = templates(), fake()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ", 2)[1]
                number = int(path[1:]) if path[1:].isdigit() else 0
                body = lead if number % _FAKE_EVERY == 0 else pages[number % len(pages)]
                body += b"<!-- %d -->" % number
                is_last = b"connection: close" in head.lower()
                writer.write(
                    b"HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n%s\r\n"
                    % (
                        b"200 OK" if path[1:].isdigit() or path == b"/" else b"404 Not Found",
                        len(body),
                        b"Connection: close\r\n" if is_last else b"",
                    )
                    + body
                )
                await writer.drain()
                if is_last:
                    break
        except (OSError, asyncio.IncompleteReadError):
            pass
        writer.close()

    class Names(asyncio.DatagramProtocol):
        def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
            self.transport = transport

        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            question = DNSRecord.parse(data)
            reply = question.reply()
            if QTYPE[question.q.qtype] == "A":
                reply.add_answer(RR(question.q.qname, QTYPE.A, rdata=A("127.0.0.1"), ttl=60))
            self.transport.sendto(reply.pack(), addr)

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    loop = asyncio.get_running_loop()
    names, _ = await loop.create_datagram_endpoint(Names, local_addr=("127.0.0.1", 0))
    where = {"port": server.sockets[0].getsockname()[1], "dns": f"127.0.0.1:{names.get_extra_info('sockname')[1]}"}
    sys.stdout.write(json.dumps(where) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve())
