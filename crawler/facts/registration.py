"""Who registered a domain, when and until when: RDAP first, then WHOIS. `.cn` and `.中国` have WHOIS only."""

from typing import Protocol

from crawler.facts.registries import Registries, WhoisServer
from detectors.model import Unknown
from detectors.name_facts import Registration
from keywords.hosts import is_below_private_suffix

__all__ = ["RegistrationDesk"]


class _RdapAnswers(Protocol):
    async def ask(self, domain: str, base: str) -> Registration | Unknown: ...


class _WhoisAnswers(Protocol):
    async def ask(self, domain: str, server: WhoisServer) -> Registration | Unknown: ...


class RegistrationDesk:
    """Asks the registry of a domain."""

    def __init__(self, registries: Registries, rdap: _RdapAnswers, whois: _WhoisAnswers) -> None:
        self._registries = registries
        self._rdap = rdap
        self._whois = whois

    async def ask(self, domain: str) -> Registration | Unknown:
        """Return what the registry says about a registrable domain (A-labels); "not registered" is a fact, silence is not."""
        if is_below_private_suffix(domain):
            parent = domain.partition(".")[2]
            return Unknown(f"{parent} 是托管平台自行分配子域名的后缀，注册局没有登记信息")
        reasons = []
        if base := self._registries.rdap_base(domain):
            found = await self._rdap.ask(domain, base)
            if not isinstance(found, Unknown):
                return found
            reasons.append(found.reason)
        if server := self._registries.whois_server(domain):
            found = await self._whois.ask(domain, server)
            if not isinstance(found, Unknown):
                return found
            reasons.append(found.reason)
        if not reasons:
            return Unknown(f"没有后缀 .{domain.rpartition('.')[2]} 的登记查询服务器，可在 facts.whois_servers 中补充")
        return Unknown("；".join(reasons))
