"""What a survey said of a name, or a visit saw there, cut into looks for its history. Pure.

The parts of a survey are answered at different times, and some come out of a cache: each becomes a look of its own instant, so that a
cached answer read twice is one look, not the second one that confirms it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from detectors.model import PageContent, Unknown
from detectors.name_facts import DnsFacts, DnsOutcome, NameFacts, NameState, Registration
from detectors.parking import page_parking, parking_of
from pipelines.clock import CHINA
from pipelines.name_record import NameSight, Presence

__all__ = ["page_sight", "sights_of"]

_NOT_SAID = Unknown("本次未查询到")
Fact = TypeVar("Fact")


def sights_of(facts: NameFacts) -> tuple[NameSight, ...]:
    """Return the looks of a survey, oldest first; the last one only says when the survey was."""
    presence = _presence(facts)
    looks = [NameSight(at=facts.checked_at, presence=_NOT_SAID, addresses=_NOT_SAID)]
    if isinstance(facts.dns, DnsFacts):
        looks.append(_dns_sight(facts, facts.dns, presence))
    if isinstance(facts.registration, Registration):
        looks.append(_registry_sight(facts.registration, presence))
    if not isinstance(facts.tls, Unknown):
        certificate = facts.tls.certificate.sha256
        looks.append(NameSight(at=facts.tls.seen_at, presence=_NOT_SAID, addresses=_NOT_SAID, certificate=certificate))
    return tuple(sorted(looks, key=lambda look: look.at))


def page_sight(pages: Iterable[PageContent], at: datetime) -> NameSight:
    """Return the look that what a name shows is by itself: whether it is parked, and nothing else."""
    service = next((sign.service for page in pages if (sign := page_parking(page))), "")
    return NameSight(at=at, presence=_NOT_SAID, addresses=_NOT_SAID, parking=service, is_visit=True)


def _dns_sight(facts: NameFacts, dns: DnsFacts, presence: Presence | Unknown) -> NameSight:
    # Only the registry's word says "not registered" where the zone still answers: then its instant is the look's.
    rests_on_registry = presence is Presence.UNREGISTERED and not _is_nxdomain(dns)
    registration = facts.registration
    at = registration.asked_at if rests_on_registry and isinstance(registration, Registration) else dns.asked_at
    network = () if isinstance(facts.network, Unknown) else facts.network
    systems = tuple(
        f"AS{one.asn}" if isinstance(one.owner, Unknown) else f"AS{one.asn} {one.owner}"
        for one in network
        if not isinstance(one.asn, Unknown)
    )
    countries = tuple(one.country for one in network if not isinstance(one.country, Unknown))
    return NameSight(
        at=at,
        presence=presence,
        is_dns_alone=facts.state is NameState.NXDOMAIN,
        addresses=_addresses(dns, presence),
        networks=systems or _NOT_SAID,
        countries=countries or _NOT_SAID,
        # A name without servers is on its way out; which it had last is worth keeping.
        nameservers=dns.ns.values or _NOT_SAID,
        parking=_parking(facts, dns),
    )


def _registry_sight(registration: Registration, presence: Presence | Unknown) -> NameSight:
    registered_at = registration.registered_at
    day = registered_at if isinstance(registered_at, Unknown) else registered_at.astimezone(CHINA).date().isoformat()
    return NameSight(
        at=registration.asked_at,
        presence=_NOT_SAID,
        # Where DNS has spoken, its look decides; two looks of one survey would be two changes.
        is_at_least_registered=registration.is_registered and isinstance(presence, Unknown),
        addresses=_NOT_SAID,
        registrar=registration.registrar,
        registered_on=day,
        registry=registration.source.partition(":")[0],
    )


def _presence(facts: NameFacts) -> Presence | Unknown:
    if facts.state is NameState.WILDCARD:
        return _wildcard_presence(facts)
    return _PRESENCES.get(facts.state, Unknown(facts.state_reason))


_PRESENCES = {
    NameState.RESOLVING: Presence.RESOLVING,
    NameState.REGISTERED: Presence.REGISTERED,
    NameState.NOT_REGISTERED: Presence.UNREGISTERED,
    NameState.NXDOMAIN: Presence.UNREGISTERED,
}
"""Other states say nothing."""


def _wildcard_presence(facts: NameFacts) -> Presence | Unknown:
    """Say how far a name exists whose parent answers for everything.

    Below a registered domain the owner's wildcard opens the page all the same. A registrable name under a registry's or hoster's
    wildcard need not exist: the registry decides, and where it is silent nobody knows.
    """
    if facts.name != facts.registrable_domain:
        return Presence.RESOLVING
    if isinstance(facts.registration, Unknown):
        return Unknown(facts.state_reason)
    return Presence.REGISTERED if facts.registration.is_registered else Presence.UNREGISTERED


def _addresses(dns: DnsFacts, presence: Presence | Unknown) -> tuple[str, ...] | Unknown:
    if presence is Presence.RESOLVING:
        return dns.addresses
    return _NOT_SAID if isinstance(presence, Unknown) else ()


def _parking(facts: NameFacts, dns: DnsFacts) -> str | Unknown:
    """Return the parking service; empty where name servers and addresses are known and none of them is one's."""
    registration = facts.registration
    registered = _known(registration.nameservers, ()) if isinstance(registration, Registration) else ()
    alias = "".join(_known(dns.cname.values, ())[:1])
    sign = parking_of((*_known(dns.ns.values, ()), *registered), alias, dns.addresses)
    if sign:
        return sign.service
    is_settled = bool(dns.addresses) and not isinstance(dns.ns.values, Unknown)
    return "" if is_settled else _NOT_SAID


def _known(value: Fact | Unknown, otherwise: Fact) -> Fact:
    return otherwise if isinstance(value, Unknown) else value


def _is_nxdomain(dns: DnsFacts) -> bool:
    return dns.a.outcome is DnsOutcome.NXDOMAIN and dns.aaaa.outcome is DnsOutcome.NXDOMAIN
