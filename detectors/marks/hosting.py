"""Where a suspect lives: addresses, name servers, certificate, the registry's filing number."""

import re
from collections.abc import Iterator
from dataclasses import replace

from detectors.filings.numbers import FilingKind, filings_in, filings_on, main_number
from detectors.marks.model import Mark, MarkKind
from detectors.marks.owner import domain_of
from detectors.model import HostFacts, PageContent, TlsFacts, Unknown
from keywords.hosts import registrable_domain
from keywords.roster import Roster

__all__ = ["hosting_marks", "printed_numbers"]

_MOST_ADDRESSES = 4
"""More belong to a delivery network."""
_MOST_NAMES = 10
"""Domains on one certificate; more are a hoster's customers."""
_COMMON_NAME = re.compile(r"(?:^|,)CN=([^,]{1,100})")
_KINDS = {
    FilingKind.ICP: MarkKind.PRINTED_NUMBER,
    FilingKind.LICENCE: MarkKind.PRINTED_NUMBER,
    FilingKind.POLICE: MarkKind.POLICE_NUMBER,
}
_FEWEST_DIGITS = 6


def hosting_marks(facts: HostFacts, host: str, roster: Roster) -> Iterator[Mark]:
    """Yield what registries and the network say; a fact that could not be had yields nothing."""
    if not isinstance(facts.addresses, Unknown) and len(facts.addresses) <= _MOST_ADDRESSES:
        yield from (Mark(MarkKind.ADDRESS, address.lower()) for address in facts.addresses)
    if not isinstance(facts.nameservers, Unknown):
        own = registrable_domain(host)
        for server in facts.nameservers[:_MOST_NAMES]:
            name = server.rstrip(".").lower()
            # A name server below the site's own domain says nothing more than the domain does.
            if registrable_domain(name) != own:
                yield Mark(MarkKind.NAME_SERVER, name)
    if not isinstance(facts.filing, Unknown) and facts.filing:
        yield Mark(MarkKind.FILED_NUMBER, main_number(facts.filing))
    if not isinstance(facts.tls, Unknown):
        yield from _certificate(facts.tls, host, roster)


def printed_numbers(page: PageContent, roster: Roster) -> Iterator[Mark]:
    """Yield filing numbers on a page that no official site has: a copied official number says whom it imitates, not who did it."""
    official = _official_numbers(roster)
    told = replace(page, links=tuple(link for link in page.links if "beian" in link.url))
    for filing in filings_on(told):
        kind, number = _KINDS.get(filing.kind), main_number(filing.number)
        if kind and number not in official and sum(map(str.isdigit, number)) >= _FEWEST_DIGITS:
            yield Mark(kind, number)


def _certificate(tls: TlsFacts, host: str, roster: Roster) -> Iterator[Mark]:
    domains = {domain_of(name.removeprefix("*.").lower(), roster) for name in tls.names[:200]} - {""}
    if len(domains) <= _MOST_NAMES:
        yield Mark(MarkKind.CERTIFICATE, tls.sha256.lower())
        yield from (Mark(MarkKind.DOMAIN, domain) for domain in sorted(domains))
    common = _COMMON_NAME.search(tls.subject)
    if common and tls.subject == tls.issuer:
        name = re.sub(r"\s+", "_", common[1].strip().lower())
        if registrable_domain(name) != registrable_domain(host) or not registrable_domain(host):
            yield Mark(MarkKind.CERTIFICATE_SUBJECT, name)


def _official_numbers(roster: Roster) -> frozenset[str]:
    return frozenset(
        main_number(filing.number) for site in roster.sites if site.icp_number for filing in filings_in(site.icp_number)
    )
