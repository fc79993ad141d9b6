"""官方网站名录: the genuine sites, and the question whether a host is one of them."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.resources import files

from keywords.hosts import registrable_domain
from keywords.model import OfficialSite, SiteKind

__all__ = ["GOVERNMENT_SUFFIXES", "Roster", "load_roster"]

GOVERNMENT_SUFFIXES = ("gov.cn", "xn--zfr164b")
"""国办函〔2018〕55号: only `.gov.cn` and `.政务` (A-label `xn--zfr164b`) are names of government sites. Outsiders cannot register them."""


@dataclass(frozen=True, slots=True)
class Roster:
    """All official sites, looked up by host."""

    sites: tuple[OfficialSite, ...]
    _by_host: dict[str, OfficialSite] = field(init=False, repr=False, compare=False)
    _by_domain: dict[str, OfficialSite] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_host: dict[str, OfficialSite] = {}
        by_domain: dict[str, OfficialSite] = {}
        for site in self.sites:
            for host in (site.host, *site.other_hosts):
                by_host.setdefault(host, site)
                domain = registrable_domain(host)
                if domain:
                    by_domain.setdefault(domain, site)
        object.__setattr__(self, "_by_host", by_host)
        object.__setattr__(self, "_by_domain", by_domain)

    @property
    def protected(self) -> tuple[OfficialSite, ...]:
        """Return the sites whose lookalikes are generated and whose pages are kept as snapshots."""
        return tuple(site for site in self.sites if site.is_protected)

    def site_of(self, host: str) -> OfficialSite | None:
        """Return the official site this host belongs to: the very host, or any host below the same registrable domain."""
        return self._by_host.get(host) or self._by_domain.get(registrable_domain(host))

    def is_official(self, host: str) -> bool:
        """Say whether the host is rostered or below a suffix only government bodies can register."""
        return self.site_of(host) is not None or is_government_host(host)


def is_government_host(host: str) -> bool:
    """Say whether the host is below `.gov.cn` or `.政务`."""
    return any(host == suffix or host.endswith(f".{suffix}") for suffix in GOVERNMENT_SUFFIXES)


def load_roster(extra: Iterable[OfficialSite] = ()) -> Roster:
    """Read the shipped roster (`keywords/data/official_sites.csv`); `extra` rows come first and win."""
    table = (files("keywords") / "data" / "official_sites.csv").read_text("utf-8")
    shipped = tuple(_site(row) for row in csv.DictReader(io.StringIO(table, newline="")))
    return Roster((*extra, *shipped))


def _site(row: dict[str, str]) -> OfficialSite:
    return OfficialSite(
        host=row["host"],
        name=row["name"],
        sponsor=row["sponsor"],
        kind=SiteKind(row["kind"]),
        level=row["level"],
        region_code=row["region_code"],
        aliases=_several(row["aliases"]),
        brands=_several(row["brands"]),
        other_hosts=_several(row["other_hosts"]),
        icp_number=row["icp_number"],
        site_code=row["site_code"],
        is_protected=row["is_protected"] == "yes",
        source=row["source"],
        confidence=row["confidence"],
    )


def _several(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)
