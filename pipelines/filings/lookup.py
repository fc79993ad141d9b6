"""Puts what the registry says on an observation, so that detectors need no registry. Called by intake before anything is judged."""

import contextlib
import ipaddress
from dataclasses import replace

from detectors.filings.model import FilingKind
from detectors.filings.numbers import filings_on, main_number
from detectors.model import Capture, FilingFacts, HostFacts, Observation, Unknown
from detectors.pages.seen import host_of
from keywords.hosts import registrable_domain
from keywords.roster import shared_parent_of
from pipelines.filings.registry import FilingRegistry

__all__ = ["NOT_LOADED", "facts_about", "filing_fact", "filing_key", "filing_of", "printed_mains", "with_filings"]

NOT_LOADED = Unknown("备案库未导入")
_NO_DOMAIN = Unknown("没有可查备案的域名")
_MOST_NUMBERS = 5
_MOST_RECORDS = 5


def with_filings(observation: Observation, registry: FilingRegistry) -> Observation:
    """Return the observation with the registry's facts about its host and its pages' numbers. Raises `StoreUnavailable`."""
    host = _serving_host(observation)
    facts = facts_about(host, printed_mains(observation.captures), registry) if host else _NO_DOMAIN
    known: HostFacts = replace(observation.facts, filings=facts)
    if not isinstance(facts, Unknown):
        known = replace(known, filing=filing_of(facts))
    return replace(observation, facts=known)


def facts_about(host: str, mains: tuple[str, ...], registry: FilingRegistry) -> FilingFacts | Unknown:
    """Return what is known of a host (A-labels) and of main numbers; `Unknown` while neither registry nor answer is there."""
    edition, domain = registry.edition(), filing_key(host)
    answer = registry.answer(domain) if domain else None
    if edition is None and answer is None:
        return NOT_LOADED if domain else _NO_DOMAIN
    own = registry.of_domain(domain) if domain and edition else ()
    if answer and (edition is None or (answer.looked_on and answer.looked_on >= edition.registry_on)):
        own = (answer,)
    return FilingFacts(
        domain=domain,
        registry_on=edition.registry_on if edition else None,
        own=own,
        of_numbers=tuple((main, registry.of_number(main, _MOST_RECORDS)) for main in mains[:_MOST_NUMBERS])
        if edition
        else (),
        provinces=edition.provinces if edition else "",
        is_shared_domain=bool(shared_parent_of(host)),
    )


def filing_fact(host: str, registry: FilingRegistry) -> str | Unknown:
    """Return the filing number of a host (A-labels); empty: it has none; `Unknown`: nobody can tell. Raises `StoreUnavailable`."""
    facts = facts_about(host, (), registry)
    return facts if isinstance(facts, Unknown) else filing_of(facts)


def filing_of(facts: FilingFacts) -> str | Unknown:
    """Return the number of the domain in one line for papers and the desk; empty: it has no filing; `Unknown`: nobody can tell."""
    valid = [one for one in facts.own if one.number and not one.is_cancelled]
    if valid:
        return valid[0].number
    if facts.is_shared_domain or (facts.registry_on is None and not facts.own):
        return Unknown("备案库中查不到该主机单独的备案")
    return ""


def filing_key(host: str) -> str:
    """Return what a host is filed under: its registrable domain, or the IP address; empty: neither."""
    if host[-1:].isdigit() or ":" in host:
        with contextlib.suppress(ValueError):
            return str(ipaddress.ip_address(host.strip("[]")))
    return registrable_domain(host)


def printed_mains(captures: tuple[Capture, ...]) -> tuple[str, ...]:
    """Return the main numbers that pages print, each once: filings and licences with a letter to compare by, no jokes."""
    found: dict[str, None] = {}
    for capture in captures:
        for one in filings_on(capture.page, capture.html):
            if (
                one.kind in (FilingKind.ICP, FilingKind.LICENCE)
                and not one.is_parody
                and not one.number.startswith("ICP")
            ):
                found.setdefault(main_number(one.number))
    return tuple(found)


def _serving_host(observation: Observation) -> str:
    """Return the host whose filing matters: the one that served the page, which a redirect may have changed."""
    for capture in observation.captures:
        if host := host_of(capture.final_url):
            return host
    return observation.candidate.host
