"""官方网站名录: the genuine sites, and the question whether a host is one of them."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.resources import files

from keywords.hosts import canonical_host, is_below_private_suffix, registrable_domain
from keywords.loader import rows, several
from keywords.model import OfficialSite, SiteKind

__all__ = [
    "GOVERNMENT_SUFFIXES", "Roster", "is_government_host", "is_shared_parent", "load_roster", "load_shipped_sites", "owned_domains",
    "shared_parent_of", "site_of_row",
]  # fmt: skip

GOVERNMENT_SUFFIXES = ("gov.cn", "xn--zfr164b")
"""国办函〔2018〕55号: only `.gov.cn` and `.政务` (A-label `xn--zfr164b`) are names of government sites. Outsiders cannot register them."""
_BELOW_GOVERNMENT = tuple(f".{suffix}" for suffix in GOVERNMENT_SUFFIXES)

_PLAIN_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")


@dataclass(frozen=True, slots=True)
class Roster:
    """All official sites, looked up by host."""

    sites: tuple[OfficialSite, ...]
    withdrawn: frozenset[str] = frozenset()
    """Hosts a person took off the roster: neither they nor anything below them is official, whatever their parent is."""
    _by_host: dict[str, OfficialSite] = field(init=False, repr=False, compare=False)
    _by_domain: dict[str, OfficialSite] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_host: dict[str, OfficialSite] = {}
        by_domain: dict[str, OfficialSite] = {}
        for site in self.sites:
            for host in (site.host, *site.other_hosts):
                by_host.setdefault(host, site)
            for domain in owned_domains(site):
                by_domain.setdefault(domain, site)
        for site in self.sites:
            for host in site.allowed_hosts:
                by_host.setdefault(host, site)
        object.__setattr__(self, "_by_host", by_host)
        object.__setattr__(self, "_by_domain", by_domain)

    @property
    def protected(self) -> tuple[OfficialSite, ...]:
        """Return the sites whose lookalikes are generated and whose pages are kept as snapshots."""
        return tuple(site for site in self.sites if site.is_protected)

    def site_of(self, host: str) -> OfficialSite | None:
        """Return the official site this host belongs to: the very host, or any host below a registrable domain its body owns.

        Upper case, trailing dots and Unicode labels are understood; what is no host name belongs to nobody.
        """
        name = _written_plainly(host)
        if name in self._by_host:
            return self._by_host[name]
        if self._is_withdrawn(name):
            return None
        owned = next((parent for parent in _with_parents(name) if parent in self._by_domain), "")
        # A hosting service may give out names below somebody's domain: then those names have owners of their own.
        return self._by_domain[owned] if owned and registrable_domain(name) == owned else None

    def is_official(self, host: str) -> bool:
        """Say whether the host is rostered or below a suffix only government bodies can register, and not withdrawn."""
        name = _written_plainly(host)
        if is_government_host(name):
            return name in self._by_host or not self._is_withdrawn(name)
        return self.site_of(name) is not None

    def _is_withdrawn(self, name: str) -> bool:
        return bool(self.withdrawn) and any(parent in self.withdrawn for parent in _with_parents(name))


def is_government_host(host: str) -> bool:
    """Say whether the host is below `.gov.cn` or `.政务`, however it is written."""
    name = _written_plainly(host)
    return name in GOVERNMENT_SUFFIXES or name.endswith(_BELOW_GOVERNMENT)


def shared_parent_of(host: str) -> str:
    """Return the domain below which strangers get names and this host lies (`a.github.io` → `github.io`); empty: there is none."""
    if is_below_private_suffix(host):
        return registrable_domain(host).partition(".")[2]
    return next((parent for parent in _with_parents(host) if parent in _shared_parents()), "")


def is_shared_parent(host: str) -> bool:
    """Say whether everybody gets names below this host: a public suffix, or a hosting service's domain."""
    return not registrable_domain(host) or host in _shared_parents()


def owned_domains(site: OfficialSite) -> tuple[str, ...]:
    """Return the registrable domains that are official as a whole because of this row.

    That is the domain of its host, and those further hosts that are a domain themselves (or its `www`); never a shared parent.
    """
    if not site.owns_domain:
        return ()
    owned = [registrable_domain(site.host)]
    owned += [domain for host in site.other_hosts if host in {domain := registrable_domain(host), f"www.{domain}"}]
    return tuple(domain for domain in dict.fromkeys(owned) if domain and not shared_parent_of(domain))


def load_roster(extra: Iterable[OfficialSite] = (), withdrawn: Iterable[str] = ()) -> Roster:
    """Return the shipped roster with a county's own rows.

    `extra` rows come first and replace shipped ones of the same host; hosts in `withdrawn` are taken out, also of `other_hosts`.
    """
    own, gone = tuple(extra), frozenset(withdrawn)
    replaced = {site.host for site in own} | gone
    shipped = (site for site in load_shipped_sites() if site.host not in replaced)
    return Roster(tuple(_without(site, gone) for site in (*own, *shipped)), gone)


@lru_cache(maxsize=1)
def load_shipped_sites() -> tuple[OfficialSite, ...]:
    """Read `keywords/data/official_sites.csv`."""
    table = (files("keywords") / "data" / "official_sites.csv").read_text("utf-8")
    return tuple(site_of_row(row) for row in csv.DictReader(io.StringIO(table, newline="")))


def site_of_row(row: Mapping[str, str]) -> OfficialSite:
    """Return the site of a table row; raise KeyError or ValueError where a column is missing or its word unknown."""
    return OfficialSite(
        host=row["host"],
        name=row["name"],
        sponsor=row["sponsor"],
        kind=SiteKind(row["kind"]),
        level=row["level"],
        region_code=row["region_code"],
        aliases=several(row["aliases"]),
        pinyin=several(row["pinyin"]),
        initials=several(row["initials"]),
        brands=several(row["brands"]),
        other_hosts=several(row["other_hosts"]),
        allowed_hosts=several(row["allowed_hosts"]),
        owns_domain=row["owns_domain"] != "no",
        apps=several(row["apps"]),
        mini_programs=several(row["mini_programs"]),
        accounts=several(row["accounts"]),
        icp_number=row["icp_number"],
        site_code=row["site_code"],
        is_protected=row["is_protected"] == "yes",
        source=row["source"],
        confidence=row["confidence"],
    )


def _without(site: OfficialSite, gone: frozenset[str]) -> OfficialSite:
    if gone.isdisjoint((*site.other_hosts, *site.allowed_hosts)):
        return site
    return replace(
        site,
        other_hosts=tuple(host for host in site.other_hosts if host not in gone),
        allowed_hosts=tuple(host for host in site.allowed_hosts if host not in gone),
    )


def _written_plainly(host: str) -> str:
    """Return the host in lower-case A-labels without trailing dots; empty: it is no host name."""
    if _PLAIN_HOST.fullmatch(host):
        return host
    try:
        return canonical_host(host)
    except (ValueError, UnicodeError):
        return ""


def _with_parents(host: str) -> Iterator[str]:
    """Yield the host and every name above it, the longest first."""
    while host:
        yield host
        host = host.partition(".")[2]


@lru_cache(maxsize=1)
def _shared_parents() -> frozenset[str]:
    return frozenset(row["parent"] for row in rows("shared_parents"))
