"""Reads the certificate a host showed. It is a fact about the host, not a condition for looking at it."""

import hashlib

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from twisted.internet.ssl import Certificate

from detectors.model import TlsFacts, Unknown

__all__ = ["tls_facts"]

_MAX_NAMES = 100


def tls_facts(certificate: Certificate) -> TlsFacts | Unknown:
    """Return subject, issuer, names and validity of the certificate; `Unknown` if it cannot be read."""
    try:
        shown = x509.load_der_x509_certificate(certificate.dump())
        try:
            names = shown.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
            hosts = tuple(names.get_values_for_type(x509.DNSName))[:_MAX_NAMES]
        except x509.ExtensionNotFound:
            hosts = ()
        return TlsFacts(
            subject=shown.subject.rfc4514_string(),
            issuer=shown.issuer.rfc4514_string(),
            names=hosts,
            not_before=shown.not_valid_before_utc,
            not_after=shown.not_valid_after_utc,
            sha256=hashlib.sha256(shown.public_bytes(Encoding.DER)).hexdigest(),
        )
    except ValueError:
        return Unknown("证书内容无法读取")
