"""Is a name parked, for sale or expired? Said by its name servers, its alias, its addresses, or the words of its page. Pure.

The services stand in `data/parking.csv`, one row per sign with its source; to teach it a service, add rows. Name servers that host live
sites as well (a registrar's ordinary DNS) do not belong there: who uses them is not parked. Words are read by `detectors.pages.kinds`;
a market's link beside them only says whose page it is.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from detectors.model import PageContent
from detectors.pages.kinds import parked_words
from detectors.pages.seen import host_of

__all__ = ["ParkingSign", "page_parking", "parking_of"]

_UNNAMED = "网页自称停放、待售或尚未建站"
_KINDS = frozenset({"nameserver", "alias", "address", "market"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkingSign:
    """Why a name counts as parked."""

    service: str
    """Name of the service for staff."""
    kind: str
    """`nameserver`, `alias`, `address`, `market` or `page`."""
    matched: str
    """What gave it away: the name server, alias, address, link host, or the page's words."""
    source: str
    """Where the row of the table is from; empty: the page says so itself."""


@dataclass(frozen=True, slots=True)
class _Row:
    service: str
    kind: str
    value: str
    source: str


def parking_of(nameservers: Iterable[str], alias: str, addresses: Iterable[str]) -> ParkingSign | None:
    """Return the first sign among name servers, the alias (empty: none) and addresses; None: nothing known of parking."""
    table = _table()
    for kind, hosts in (("nameserver", nameservers), ("alias", (alias,) if alias else ())):
        for host in hosts:
            if row := _row_of(table.hosts[kind], host):
                return ParkingSign(service=row.service, kind=kind, matched=host, source=row.source)
    for address in addresses:
        if row := _network_of(table.networks, address):
            return ParkingSign(service=row.service, kind="address", matched=address, source=row.source)
    return None


def page_parking(page: PageContent) -> ParkingSign | None:
    """Return the sign a page gives by its own words, with the market it links to; None: it says nothing of the kind."""
    words = parked_words(page)
    if words is None:
        return None
    said = words.text[words.start : words.end] or words.text
    markets = _table().hosts["market"]
    for link in page.links:
        if row := _row_of(markets, host_of(link.url)):
            return ParkingSign(service=row.service, kind="market", matched=host_of(link.url), source=row.source)
    return ParkingSign(service=_UNNAMED, kind="page", matched=said, source="")


@dataclass(frozen=True, slots=True)
class _Table:
    hosts: dict[str, dict[str, _Row]]
    """Kind → host or domain → row."""
    networks: tuple[tuple[IPv4Network | IPv6Network, _Row], ...]


@lru_cache(maxsize=1)
def _table() -> _Table:
    text = (files("detectors") / "data" / "parking.csv").read_text("utf-8")
    rows = [_Row(**row) for row in csv.DictReader(io.StringIO(text, newline=""))]
    hosts: dict[str, dict[str, _Row]] = {kind: {} for kind in _KINDS}
    for row in rows:
        hosts[row.kind][row.value] = row
    networks = tuple((ip_network(row.value), row) for row in hosts.pop("address").values())
    return _Table(hosts=hosts, networks=networks)


def _row_of(rows: dict[str, _Row], host: str) -> _Row | None:
    """Return the row of the host or of the nearest domain above it."""
    labels = host.rstrip(".").lower().split(".")
    return next((row for start in range(len(labels)) if (row := rows.get(".".join(labels[start:])))), None)


def _network_of(networks: tuple[tuple[IPv4Network | IPv6Network, _Row], ...], address: str) -> _Row | None:
    try:
        known = ip_address(address)
    except ValueError:
        return None
    return next((row for network, row in networks if known in network), None)
