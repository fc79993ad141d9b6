"""Reads the certificate Scrapy was shown. It is a fact about the host, not a condition for looking at it."""

from datetime import datetime

from twisted.internet.ssl import Certificate

from crawler.facts.certificate import faults_of, read_certificate
from detectors.model import TlsFacts, Unknown
from detectors.name_facts import TlsFault

__all__ = ["tls_facts", "tls_faults"]


def tls_facts(certificate: Certificate) -> TlsFacts | Unknown:
    """Return subject, issuer, names and validity of the certificate; `Unknown` if it cannot be read."""
    return read_certificate(certificate.dump())


def tls_faults(certificate: Certificate, host: str, now: datetime) -> tuple[TlsFault, ...]:
    """Return what is wrong with the certificate for this host, as far as it says so itself; empty if it cannot be read."""
    der = certificate.dump()
    if isinstance(read_certificate(der), Unknown):
        return ()
    found = faults_of(der, host, now)
    return tuple(one for one in TlsFault if one in found)
