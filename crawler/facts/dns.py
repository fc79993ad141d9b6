"""Asks the configured name servers: host facts, addresses for the gate, and which of many invented names exist.

NXDOMAIN, SERVFAIL and silence are different answers here: the first says a name is free, the second that its servers are
broken, the third that we do not know. Answers are kept for a short while, so that one visit asks once.
"""

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic

import dns.asyncresolver
import dns.exception
import dns.message
import dns.name
import dns.nameserver
import dns.rcode
import dns.rdatatype
import dns.resolver

from crawler.gate.policy import is_inner_name
from detectors.model import NO_SUCH_NAME, HostFacts, Unknown
from keywords.hosts import owned_domain, registrable_domain
from pipelines.errors import SourceUnreachable
from pipelines.settings import DnsSettings

__all__ = ["DnsReply", "DnsResolver", "NameFailure", "NameUnresolved"]

_CACHE_S = 300.0
_CACHED_NAMES = 20_000
_SILENCES = 6
"""So many unanswered questions in a row, and the servers themselves are asked whether they live."""


class NameFailure(StrEnum):
    """Why a name has no addresses."""

    NO_SUCH_NAME = "nxdomain"
    SERVER_FAILED = "servfail"
    TIMED_OUT = "timeout"
    NO_RECORD = "no_record"
    NOT_ASKED = "not_asked"


_SENTENCES = {
    NameFailure.NO_SUCH_NAME: NO_SUCH_NAME.reason,
    NameFailure.SERVER_FAILED: "域名服务器返回失败（SERVFAIL）",
    NameFailure.TIMED_OUT: "域名查询超时",
    NameFailure.NO_RECORD: "域名没有地址记录",
    NameFailure.NOT_ASKED: "本机或内部名称，不作查询",
}


class NameUnresolved(Exception):
    """A name could not be resolved; `failure` says how."""

    def __init__(self, host: str, failure: NameFailure) -> None:
        super().__init__(f"{host}: {failure.value}")
        self.host = host
        self.failure = failure

    @property
    def sentence(self) -> str:
        """Return it in Chinese for staff."""
        return _SENTENCES[self.failure]


@dataclass(frozen=True, slots=True)
class DnsReply:
    """What one question was answered."""

    values: tuple[str, ...] = ()
    alias: str = ""
    failure: NameFailure | None = None
    """None: answered, with no values if there is no such record."""


class DnsResolver:
    """Implements `pipelines.ports.Resolver` and the name side of the gate. Belongs to one event loop."""

    def __init__(self, settings: DnsSettings) -> None:
        self._settings = settings
        self._slots = asyncio.Semaphore(settings.concurrency)
        self._cache: OrderedDict[tuple[str, str], tuple[float, DnsReply]] = OrderedDict()
        self._asked: dict[tuple[str, str], asyncio.Task[DnsReply]] = {}
        self._resolver = _resolver(settings)
        self._silent = 0

    @property
    def servers(self) -> str:
        """Return the name servers for a message."""
        return ", ".join(str(one) for one in self._settings.nameservers) or "（系统设置）"

    async def require_answer(self) -> None:
        """Ask the servers anything at all. Raises `SourceUnreachable` when none of them answers."""
        reply = await self.question(".", "NS")
        if reply.failure is NameFailure.TIMED_OUT:
            raise SourceUnreachable(
                "域名服务器",
                "Name server",
                self.servers,
                "没有应答，请检查 dns.nameservers 配置和网络，恢复后用 --resume 继续",
                "it does not answer; check dns.nameservers and the network, then go on with --resume",
            )
        self._silent = 0

    async def require_answer_if_silent(self) -> None:
        """Do the same if many questions in a row were met with silence."""
        if self._silent >= _SILENCES:
            await self.require_answer()

    async def addresses(self, host: str) -> tuple[str, ...]:
        """Return every A and AAAA address of the host. Raises `NameUnresolved`."""
        four, six = await asyncio.gather(self._ask(host, "A"), self._ask(host, "AAAA"))
        found = four.values + six.values
        if found:
            return found
        raise NameUnresolved(host, four.failure or six.failure or NameFailure.NO_RECORD)

    async def facts_of(self, host: str) -> HostFacts:
        """Return addresses, alias and name servers of the host; see `pipelines.ports.Resolver`."""
        domain = owned_domain(host)
        four, six, servers = await asyncio.gather(
            self._ask(host, "A"), self._ask(host, "AAAA"), self._ask(domain, "NS")
        )
        failure = None if four.values or six.values else four.failure or six.failure
        lost = Unknown(_SENTENCES[failure]) if failure else None
        return HostFacts(
            addresses=lost or four.values + six.values,
            cname=lost or four.alias or six.alias,
            nameservers=Unknown(_SENTENCES[servers.failure]) if servers.failure else servers.values,
        )

    async def exists(self, names: Iterable[str]) -> AsyncIterator[tuple[str, tuple[str, ...]]]:
        """Yield (name, addresses) of the names that exist, in the order of their answers.

        A name that only exists because its parent answers for every name (a wildcard of a registry or a hoster) is left out.
        Raises `SourceUnreachable` when the name servers fall silent.
        """
        pending: set[asyncio.Task[tuple[str, tuple[str, ...]]]] = set()
        source = iter(names)
        try:
            while True:
                while len(pending) < self._settings.concurrency * 2 and (name := next(source, None)) is not None:
                    pending.add(asyncio.create_task(self._probe(name)))
                if not pending:
                    return
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    name, addresses = task.result()
                    if addresses:
                        yield name, addresses
        finally:
            for task in pending:
                task.cancel()
            await asyncio.gather(*pending, return_exceptions=True)

    async def _probe(self, name: str) -> tuple[str, tuple[str, ...]]:
        reply = await self._ask(name, "A")
        if reply.failure is None and not reply.values:
            reply = await self._ask(name, "AAAA")
        await self.require_answer_if_silent()
        if not reply.values:
            return name, ()
        if registrable_domain(name) == name and await self._is_wildcard(name.partition(".")[2], reply.values):
            return name, ()
        return name, reply.values

    async def _is_wildcard(self, parent: str, addresses: tuple[str, ...]) -> bool:
        """Say whether the parent gives the same addresses to a name nobody registered."""
        label = self._nonsense
        everything = await self._ask(f"{label}.{parent}", "A")
        return bool(everything.values) and set(everything.values) >= set(addresses)

    _nonsense = f"jw-{secrets.token_hex(8)}"

    async def _ask(self, host: str, kind: str) -> DnsReply:
        if is_inner_name(host):
            return DnsReply(failure=NameFailure.NOT_ASKED)  # our own name servers may know it
        key = (host, kind)
        kept = self._cache.get(key)
        if kept and kept[0] > monotonic():
            return kept[1]
        task = self._asked.get(key)
        if task is None:
            task = self._asked[key] = asyncio.create_task(self.question(host, kind))
            task.add_done_callback(lambda done: self._keep(key, done))
        return await asyncio.shield(task)

    def _keep(self, key: tuple[str, str], done: "asyncio.Task[DnsReply]") -> None:
        self._asked.pop(key, None)
        if done.cancelled() or done.exception():
            return
        reply = done.result()
        if reply.failure is not NameFailure.TIMED_OUT:
            self._cache[key] = (monotonic() + _CACHE_S, reply)
            if len(self._cache) > _CACHED_NAMES:
                self._cache.popitem(last=False)

    async def question(self, host: str, kind: str) -> DnsReply:
        """Ask for the records of one type (`A`, `MX`, ...) now, whatever was answered before. Never raises."""
        async with self._slots:
            try:
                answer = await self._resolver.resolve(
                    dns.name.from_text(host), kind, raise_on_no_answer=False, search=False
                )
            except dns.resolver.NXDOMAIN:
                reply = DnsReply(failure=NameFailure.NO_SUCH_NAME)
            except dns.resolver.NoNameservers as error:
                answered = any(record[4] is not None for record in error.kwargs.get("errors", ()))
                reply = DnsReply(failure=NameFailure.SERVER_FAILED if answered else NameFailure.TIMED_OUT)
            except dns.resolver.LifetimeTimeout:
                reply = DnsReply(failure=NameFailure.TIMED_OUT)
            except (dns.exception.DNSException, UnicodeError, OSError):
                reply = DnsReply(failure=NameFailure.SERVER_FAILED)
            else:
                reply = _read(host, answer)
        self._silent = self._silent + 1 if reply.failure is NameFailure.TIMED_OUT else 0
        return reply


def _read(host: str, answer: dns.resolver.Answer) -> DnsReply:
    values = tuple(sorted(record.to_text().rstrip(".").lower() for record in answer.rrset)) if answer.rrset else ()
    canonical = answer.canonical_name.to_text().rstrip(".").lower()
    return DnsReply(values=values, alias="" if canonical == host else canonical)


def _resolver(settings: DnsSettings) -> dns.asyncresolver.Resolver:
    try:
        resolver = dns.asyncresolver.Resolver(configure=not settings.nameservers)
    except dns.resolver.NoResolverConfiguration:
        raise SourceUnreachable(
            "域名服务器",
            "Name server",
            "/etc/resolv.conf",
            "系统没有设置域名服务器，请在 dns.nameservers 中填写",
            "the system names none; set dns.nameservers",
        ) from None
    if settings.nameservers:
        servers = [_server(one) for one in settings.nameservers]
        resolver.nameservers = servers
    resolver.timeout = settings.timeout_s
    resolver.lifetime = settings.timeout_s * settings.attempts
    resolver.cache = None
    return resolver


def _server(entry: str) -> dns.nameserver.Nameserver:
    host, _, port = entry.rpartition(":") if entry.count(":") == 1 else (entry, "", "53")
    return dns.nameserver.Do53Nameserver(host.strip("[]"), int(port))
