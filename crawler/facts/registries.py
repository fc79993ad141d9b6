"""Which server is asked about which top-level suffix: the table shipped in `data/registries.csv`, corrected by the settings.

A suffix with neither server is `Unknown` with that reason; a county adds one with `facts.rdap_servers` or `facts.whois_servers`.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from urllib.parse import urlsplit

__all__ = ["Registries", "WhoisServer"]


@dataclass(frozen=True, slots=True)
class WhoisServer:
    """Where a WHOIS service listens."""

    host: str
    port: int


class Registries:
    """The servers of each suffix. `rdap` and `whois` map a suffix (A-label, no dot) to a base URL or `host[:port]`; empty: none."""

    def __init__(self, rdap: Mapping[str, str], whois: Mapping[str, str], whois_port: int) -> None:
        self._whois_port = whois_port
        shipped = _shipped()
        self._rdap = {suffix: row["rdap"] for suffix, row in shipped.items()} | dict(rdap)
        self._whois = {suffix: row["whois"] for suffix, row in shipped.items()} | dict(whois)

    def rdap_base(self, domain: str) -> str:
        """Return the base URL for the domain's suffix, with a slash at its end; empty: none is known."""
        base = self._rdap.get(_suffix(domain), "")
        return base if not base or base.endswith("/") else f"{base}/"

    def whois_server(self, domain: str) -> WhoisServer | None:
        """Return the WHOIS server for the domain's suffix, or None."""
        named = self._whois.get(_suffix(domain), "")
        return self.whois_at(named) if named else None

    def whois_at(self, named: str) -> WhoisServer:
        """Return the server that `host[:port]` names; without a port, the ordinary one."""
        host, _, port = named.rpartition(":") if named.count(":") == 1 else (named, "", "")
        return WhoisServer(host.strip("[]"), int(port) if port else self._whois_port)

    @property
    def rdap_ports(self) -> tuple[int, ...]:
        """Return every port an RDAP server of the table listens on."""
        parts = [urlsplit(base) for base in self._rdap.values() if base]
        return tuple(sorted({443} | {part.port or (443 if part.scheme == "https" else 80) for part in parts}))

    @property
    def whois_ports(self) -> tuple[int, ...]:
        """Return every port a WHOIS server of the table listens on."""
        return tuple(
            sorted({self._whois_port} | {self.whois_at(named).port for named in self._whois.values() if named})
        )


def _suffix(domain: str) -> str:
    return domain.rpartition(".")[2]


def _shipped() -> dict[str, dict[str, str]]:
    text = (files(__package__) / "data" / "registries.csv").read_text("utf-8")
    return {row["suffix"]: row for row in csv.DictReader(text.splitlines())}
