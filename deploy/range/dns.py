"""The authoritative name server of the range: real packets over UDP and TCP, on loopback.

It knows the names of the world in its current phase and nothing else: every other name does not exist.
"""

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import cast

from dnslib import AAAA, CLASS, CNAME, EDNS0, NS, QTYPE, RCODE, RR, SOA, A, DNSError, DNSLabel, DNSRecord

from deploy.range.listening import listening
from deploy.range.model import Host
from deploy.range.stage import Stage
from keywords.hosts import registrable_domain

__all__ = ["NameServer", "answering"]

_NAME_SERVERS = {"ns1.range-dns.net": "192.0.2.53", "ns2.range-dns.net": "192.0.2.54"}
_TTL_S = 60
_HEADER_BYTES = 12
_PLAIN_UDP_BYTES = 512
_EDNS_UDP_BYTES = 1232
_TCP_IDLE_S = 10.0
_SERIAL = 2026112201


class NameServer:
    """Answers single queries."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._parents: dict[str, frozenset[str]] = {}

    def answer(self, packet: bytes, *, is_udp: bool) -> bytes | None:
        """Return the reply packet; None where the range stays silent or the packet is no query.

        Names with octets beyond ASCII cannot be read by dnslib and get a format error.
        """
        try:
            query = DNSRecord.parse(packet)
        except DNSError:
            return _format_error(packet)
        if query.header.qr or len(query.questions) != 1:
            return None
        name = str(query.q.qname).rstrip(".").lower()
        host = self._stage.world.find(name, self._stage.phase)
        if host is not None and host.dns == "silent":
            return None
        reply = query.reply(ra=0, aa=1)
        if query.q.qclass != CLASS.IN:
            reply.header.rcode = RCODE.REFUSED
        elif host is not None and host.dns == "servfail":
            reply.header.rcode, reply.header.aa = RCODE.SERVFAIL, 0
        else:
            self._fill(reply, query, name, host)
        return self._packed(reply, query, is_udp=is_udp)

    def _fill(self, reply: DNSRecord, query: DNSRecord, name: str, host: Host | None) -> None:
        kind = QTYPE.get(query.q.qtype)
        records = list(self._records(name, host, kind))
        # The question's own spelling is kept: resolvers vary the case to recognise forged answers.
        for owner, rdata in records:
            label = query.q.qname if owner == name else owner
            reply.add_answer(RR(label, QTYPE.reverse[type(rdata).__name__], ttl=_TTL_S, rdata=rdata))
        if not records:
            reply.header.rcode = RCODE.NOERROR if host is not None or self._has_below(name) else RCODE.NXDOMAIN
            # Labels as they came: dnslib would put a text through IDNA, which not every name survives.
            apex = DNSLabel(query.q.qname.label[-(registrable_domain(name).count(".") + 1) :])
            reply.add_auth(RR(apex, QTYPE.SOA, ttl=_TTL_S, rdata=_start_of_authority()))

    def _records(self, name: str, host: Host | None, kind: str) -> Iterable[tuple[str, object]]:
        if name in _NAME_SERVERS:
            yield from _addresses(name, (_NAME_SERVERS[name],), kind)
            return
        is_apex = (host is not None or self._has_below(name)) and registrable_domain(name) in {name, ""}
        if kind == "SOA" and (host is not None or is_apex):
            yield name, _start_of_authority()
        elif kind == "NS" and is_apex and "." in name:
            yield from ((name, NS(server)) for server in _NAME_SERVERS)
        elif host is None:
            yield from _addresses(name, self._behind_cname(name), kind)
        elif host.cname and kind in {"A", "AAAA", "CNAME"}:
            yield name, CNAME(host.cname)
            yield from _addresses(host.cname, self._stage.world.addresses(host), kind)
        else:
            yield from _addresses(name, host.addresses, kind)

    def _behind_cname(self, name: str) -> tuple[str, ...]:
        """Return the addresses of a name that is only known as the target of a CNAME."""
        phase = self._stage.phase
        return next((h.addresses for h in self._stage.world.hosts if h.cname == name and not h.is_gone(phase)), ())

    def _has_below(self, name: str) -> bool:
        """Say whether some name lies below `name`, which then exists though it has no records (RFC 8020)."""
        phase = self._stage.phase
        if phase not in self._parents:
            names = [known for known, host in self._stage.world.by_name.items() if not host.is_gone(phase)]
            self._parents[phase] = frozenset(parent for known in (*names, *_NAME_SERVERS) for parent in _above(known))
        return name in self._parents[phase]

    def _packed(self, reply: DNSRecord, query: DNSRecord, *, is_udp: bool) -> bytes:
        has_edns = any(record.rtype == QTYPE.OPT for record in query.ar)
        if has_edns:
            reply.add_ar(EDNS0(udp_len=_EDNS_UDP_BYTES))
        packed = bytes(reply.pack())
        if is_udp and len(packed) > (_EDNS_UDP_BYTES if has_edns else _PLAIN_UDP_BYTES):
            short = DNSRecord(reply.header, questions=reply.questions, ar=reply.ar)
            short.header.tc = 1
            packed = bytes(short.pack())
        return packed


def _above(name: str) -> Iterable[str]:
    labels = name.split(".")
    return (".".join(labels[start:]) for start in range(1, len(labels)))


def _addresses(name: str, addresses: Iterable[str], kind: str) -> Iterable[tuple[str, object]]:
    for address in addresses:
        version = ipaddress.ip_address(address).version
        if (kind, version) == ("A", 4):
            yield name, A(address)
        elif (kind, version) == ("AAAA", 6):
            yield name, AAAA(address)


def _format_error(packet: bytes) -> bytes | None:
    is_query = len(packet) >= _HEADER_BYTES and not packet[2] & 0x80
    return packet[:2] + bytes([0x80, RCODE.FORMERR]) + bytes(8) if is_query else None


def _start_of_authority() -> SOA:
    return SOA("ns1.range-dns.net", "hostmaster.range-dns.net", (_SERIAL, 7200, 900, 1209600, _TTL_S))


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: NameServer) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Python 3.11's own datagram transport is no subclass of DatagramTransport.
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, packet: bytes, sender: tuple[str, int]) -> None:
        reply = self._server.answer(packet, is_udp=True)
        if reply is not None:
            self._transport.sendto(reply, sender)


@asynccontextmanager
async def answering(stage: Stage, port: int = 0) -> AsyncIterator[int]:
    """Answer over UDP and TCP on one loopback port (0: a free one) while the context lasts; yield the port."""
    server = NameServer(stage)

    async def over_tcp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                async with asyncio.timeout(_TCP_IDLE_S):
                    size = int.from_bytes(await reader.readexactly(2))
                    reply = server.answer(await reader.readexactly(size), is_udp=False)
                if reply is not None:
                    writer.write(len(reply).to_bytes(2) + reply)
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, TimeoutError):
            pass
        finally:
            writer.close()

    async with listening(over_tcp, port) as tcp_port:
        loop = asyncio.get_running_loop()
        udp, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(server), local_addr=("127.0.0.1", tcp_port))
        try:
            yield tcp_port
        finally:
            udp.close()
