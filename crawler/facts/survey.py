"""Everything about one name at one time: DNS, certificate, registration, network. Used by `jianwei domains check` and re-checks."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Protocol

from crawler.facts.dns import DnsResolver
from crawler.facts.dns_survey import DnsSurvey
from crawler.facts.kept import KeptFacts
from crawler.facts.network import NetworkTable
from crawler.facts.rdap import RdapClient
from crawler.facts.registration import RegistrationDesk
from crawler.facts.registries import Registries
from crawler.facts.tls_look import TlsWatch
from crawler.facts.turns import Turns
from crawler.facts.whois import WhoisClient
from crawler.gate.dial import Dialler
from crawler.gate.policy import GatePolicy
from crawler.gate.proxy import EgressGate
from crawler.gate.way_out import WayOut
from crawler.settings import honest_agent
from detectors.model import Unknown
from detectors.name_facts import DnsFacts, NameFacts, NetworkFacts, Registration, TlsLook
from detectors.name_state import state_of
from keywords.hosts import registrable_domain
from pipelines.ports import Clock, FactCache
from pipelines.settings import Settings

__all__ = ["NameSurvey", "open_survey"]

_NO_ADDRESS = Unknown("域名没有地址，没有证书可看")
_NO_DOMAIN = Unknown("该名称本身是公共后缀，没有登记信息")


class _AsksDns(Protocol):
    def facts_of(self, name: str) -> Awaitable[DnsFacts]: ...


class _LooksAtTls(Protocol):
    def look(self, host: str, addresses: tuple[str, ...]) -> Awaitable[TlsLook | Unknown]: ...


class _AsksRegistry(Protocol):
    def ask(self, domain: str) -> Awaitable[Registration | Unknown]: ...


class NameSurvey:
    """Puts together what is known about names. Belongs to one event loop; many names may be surveyed at once."""

    def __init__(
        self,
        *,
        dns: _AsksDns,
        tls: _LooksAtTls,
        registry: _AsksRegistry,
        networks: NetworkTable,
        kept: KeptFacts,
        clock: Clock,
    ) -> None:
        self._dns = dns
        self._tls = tls
        self._registry = registry
        self._networks = networks
        self._kept = kept
        self._clock = clock

    async def facts_of(self, name: str) -> NameFacts:
        """Return everything about a host name (lower-case A-labels). What could not be had is `Unknown` with its reason."""
        domain = registrable_domain(name)
        dns, registration = await asyncio.gather(self._dns_facts(name), self._registration(domain))
        addresses = () if isinstance(dns, Unknown) else dns.addresses
        tls = await self._certificate(name, addresses) if addresses else _NO_ADDRESS
        state, reason = state_of(dns, registration)
        return NameFacts(
            name=name,
            registrable_domain=domain,
            state=state,
            state_reason=reason,
            dns=dns,
            tls=tls,
            registration=registration,
            network=await asyncio.to_thread(self._network, addresses),
            checked_at=self._clock.now(),
        )

    async def _dns_facts(self, name: str) -> DnsFacts | Unknown:
        return await self._kept.get(DnsFacts, name, lambda: self._dns.facts_of(name))

    async def _registration(self, domain: str) -> Registration | Unknown:
        if not domain:
            return _NO_DOMAIN
        return await self._kept.get(Registration, domain, lambda: self._registry.ask(domain))

    async def _certificate(self, name: str, addresses: tuple[str, ...]) -> TlsLook | Unknown:
        return await self._kept.get(TlsLook, f"{name} {addresses[0]}", lambda: self._tls.look(name, addresses))

    def _network(self, addresses: tuple[str, ...]) -> tuple[NetworkFacts, ...]:
        return tuple(self._networks.facts_of(address) for address in addresses)


@asynccontextmanager
async def open_survey(
    settings: Settings, cache: FactCache, clock: Clock, networks: NetworkTable, *, is_fresh: bool = False,
    trust: ssl.SSLContext | None = None,
) -> AsyncIterator[NameSurvey]:  # fmt: skip
    """Build the survey as configured. Raises `SourceUnreachable` when name servers or the organisation's proxy do not answer."""
    facts, egress = settings.facts, settings.egress
    resolver = DnsResolver(settings.dns)
    await resolver.require_answer()
    registries = Registries(facts.rdap_servers, facts.whois_servers, facts.whois_port)
    turns = Turns(slots=facts.server_slots, interval_s=facts.server_interval_s, patience_s=facts.patience_s)
    dialler = Dialler(egress.proxy, facts.timeout_s, trusts_proxy_names=egress.trusts_proxy_names)

    def policy(ports: tuple[int, ...]) -> GatePolicy:
        return GatePolicy(allowed_ports=ports, allowed_networks=egress.allowed_networks)

    def way_out(ports: tuple[int, ...]) -> WayOut:
        return WayOut(policy(ports), resolver.addresses, dialler)

    gate = EgressGate(
        policy(registries.rdap_ports), resolver.addresses, egress.proxy, trusts_proxy_names=egress.trusts_proxy_names
    )
    async with gate:
        await gate.require_way_out()
        rdap = RdapClient(
            gate.url, turns, clock, timeout_s=facts.timeout_s, user_agent=honest_agent(egress.contact_url), trust=trust
        )
        whois = WhoisClient(
            way_out(registries.whois_ports), registries, turns, clock,
            timeout_s=facts.timeout_s, follows_referrals=facts.follows_referrals,
        )  # fmt: skip
        async with rdap:
            yield NameSurvey(
                dns=DnsSurvey(resolver, clock, rounds=facts.rounds, gap_s=facts.round_gap_s),
                tls=TlsWatch(
                    way_out(egress.allowed_ports), clock, port=facts.tls_port, timeout_s=facts.timeout_s, trust=trust
                ),
                registry=RegistrationDesk(registries, rdap, whois),
                networks=networks,
                kept=KeptFacts(cache, clock, facts, is_fresh=is_fresh),
                clock=clock,
            )
