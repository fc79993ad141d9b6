"""May we go there? One decision about one authority, made on the name before and on the addresses after it was resolved."""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from crawler.gate.ranges import Address, Network, is_forbidden
from keywords.hosts import canonical_host

__all__ = ["GatePolicy", "Refusal", "RefusalReason", "is_inner_name", "literal_address"]

_INNER_ENDINGS = (
    "localhost",  # RFC 6761
    "local",  # RFC 6762
    "onion",  # RFC 7686: no name server may be asked
    "alt",  # RFC 9476
    "arpa",  # addresses turned round, home.arpa (RFC 8375): no web
    "corp", "home", "internal", "intranet", "lan", "mail", "private",  # RFC 6762 appendix G; ICANN delegates none of them
    "domain", "gateway", "intra", "localdomain", "localdomain4", "localdomain6", "router", "workgroup",  # defaults of routers and systems
)  # fmt: skip
"""Last labels that mean something inside a network only; whoever answers for them is not the Internet."""
_AFTER_DOT = tuple(f".{ending}" for ending in _INNER_ENDINGS)
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)


class RefusalReason(StrEnum):
    """Why a request was not let out, as in the header `X-Jianwei-Refused`."""

    NAME_INVALID = "name_invalid"
    NAME_LOCAL = "name_local"
    PORT_FORBIDDEN = "port_forbidden"
    ADDRESS_FORBIDDEN = "address_forbidden"
    REQUEST_INVALID = "request_invalid"


class Refusal(Exception):
    """The gate does not let this out: `reason`, and the name, port or address it is `about`."""

    def __init__(self, reason: RefusalReason, about: str) -> None:
        super().__init__(f"{reason.value}: {about}")
        self.reason = reason
        self.about = about

    @property
    def sentence(self) -> str:
        """Return it in Chinese for staff."""
        return {
            RefusalReason.NAME_INVALID: f"主机名 {self.about} 不合规范，已拒绝访问",
            RefusalReason.NAME_LOCAL: f"{self.about} 是本机或内部名称，已拒绝访问",
            RefusalReason.PORT_FORBIDDEN: f"端口 {self.about} 不在允许范围，已拒绝访问",
            RefusalReason.ADDRESS_FORBIDDEN: f"指向内部或保留地址 {self.about}，已拒绝访问",
            RefusalReason.REQUEST_INVALID: f"请求 {self.about} 不合规范，已拒绝访问",
        }[self.reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class GatePolicy:
    """Ports and networks as the configuration allows them."""

    allowed_ports: tuple[int, ...] = (80, 443, 8080, 8443)
    allowed_networks: tuple[Network, ...] = ()

    def admit_name(self, host: str, port: int) -> str:
        """Return the host in canonical form, or the address it literally is; raise `Refusal`."""
        if port not in self.allowed_ports:
            raise Refusal(RefusalReason.PORT_FORBIDDEN, f"{host}:{port}")
        literal = literal_address(host)
        if literal is not None:
            self.admit_addresses([str(literal)])
            return str(literal)
        try:
            name = canonical_host(host)
        except (ValueError, UnicodeError):
            raise Refusal(RefusalReason.NAME_INVALID, host[:255]) from None
        labels = name.split(".")
        # A browser reads 127.1, 0x7f000001 and 2130706433 as 127.0.0.1; no honest name ends in a number.
        if _NUMBER.fullmatch(labels[-1]) or name.startswith("["):
            raise Refusal(RefusalReason.NAME_INVALID, name)
        if is_inner_name(name):
            raise Refusal(RefusalReason.NAME_LOCAL, name)
        return name

    def admit_addresses(self, addresses: Sequence[str]) -> tuple[str, ...]:
        """Return the addresses, IPv4 first, if every single one may be reached; raise `Refusal` for the first that may not."""
        parsed: list[Address] = []
        for text in addresses:
            try:
                address = ipaddress.ip_address(text)
            except ValueError:
                raise Refusal(RefusalReason.ADDRESS_FORBIDDEN, text[:64]) from None
            if is_forbidden(address, self.allowed_networks):
                raise Refusal(RefusalReason.ADDRESS_FORBIDDEN, text)
            parsed.append(address)
        return tuple(str(address) for address in sorted(parsed, key=lambda one: one.version))


def is_inner_name(name: str) -> bool:
    """Say whether a canonical name means something inside a network only, so that no name server should hear of it."""
    return "." not in name or name.endswith(_AFTER_DOT)


def literal_address(host: str) -> Address | None:
    """Return the address a host literally is (`203.0.113.5`, `[2001:db8::1]`), or None if it is a name."""
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        return ipaddress.ip_address(bare)
    except ValueError:
        return None
