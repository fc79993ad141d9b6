"""Whose a thing is before any mark is compared: one registered domain, one seller, one item without either."""

from functools import lru_cache

from detectors.model import CandidateKind, Observation
from keywords.hosts import registrable_domain
from keywords.loader import load_platforms
from keywords.roster import Roster, is_shared_parent, shared_parent_of

__all__ = ["domain_of", "owner_of"]


def owner_of(observation: Observation) -> str:
    """Return the owner's key: all leads of one owner are one point of the graph, and count once for every mark."""
    candidate = observation.candidate
    if candidate.kind is CandidateKind.SITE and candidate.host:
        return f"domain:{_own_part(candidate.host)}"
    listing = observation.listing
    if listing and listing.seller:
        return f"seller:{listing.platform}:{listing.seller}"
    return f"one:{candidate.identity}"


def domain_of(host: str, roster: Roster) -> str:
    """Return the part of a host somebody took for himself; empty: an official, platform or shared name, or no name."""
    if host.replace(".", "").isdigit():
        return host
    if not host or is_shared_parent(host) or roster.is_official(host):
        return ""
    own = _own_part(host)
    return "" if own in _platform_domains() else own


def _own_part(host: str) -> str:
    domain = registrable_domain(host)
    parent = shared_parent_of(host)
    if parent and domain == parent:
        # Hosting the Public Suffix List does not know: the label before it was taken by a customer.
        return f"{host.removesuffix(f'.{parent}').rpartition('.')[2]}.{parent}"
    return domain or host


@lru_cache(maxsize=1)
def _platform_domains() -> frozenset[str]:
    return frozenset(registrable_domain(host) for platform in load_platforms() for host in platform.hosts)
