"""Reads the certificate Scrapy was shown. It is a fact about the host, not a condition for looking at it."""

from twisted.internet.ssl import Certificate

from crawler.facts.certificate import read_certificate
from detectors.model import TlsFacts, Unknown

__all__ = ["tls_facts"]


def tls_facts(certificate: Certificate) -> TlsFacts | Unknown:
    """Return subject, issuer, names and validity of the certificate; `Unknown` if it cannot be read."""
    return read_certificate(certificate.dump())
