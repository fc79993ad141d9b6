"""Reads a certificate as a fact: who it says it is, until when, and what a careful visitor would object to."""

import hashlib
from datetime import datetime

from cryptography import x509
from cryptography.utils import CryptographyDeprecationWarning

from detectors.model import TlsFacts, Unknown
from detectors.name_facts import TlsFault

__all__ = ["UNREADABLE", "faults_of", "read_certificate"]

UNREADABLE = (
    ValueError,
    TypeError,
    OverflowError,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
    x509.InvalidVersion,
    CryptographyDeprecationWarning,  # where warnings are errors; elsewhere such a certificate is read
)
"""What reading hostile X.509 may raise."""
_MAX_NAMES = 100
_MAX_TEXT = 1000


def read_certificate(der: bytes) -> TlsFacts | Unknown:
    """Return subject, issuer, names and validity of a DER certificate; `Unknown` if it cannot be read."""
    try:
        shown = x509.load_der_x509_certificate(der)
        return TlsFacts(
            subject=shown.subject.rfc4514_string()[:_MAX_TEXT],
            issuer=shown.issuer.rfc4514_string()[:_MAX_TEXT],
            names=_names(shown)[:_MAX_NAMES],
            not_before=shown.not_valid_before_utc,
            not_after=shown.not_valid_after_utc,
            sha256=hashlib.sha256(der).hexdigest(),
        )
    except UNREADABLE:
        return Unknown("证书内容无法读取")


def faults_of(der: bytes, host: str, now: datetime) -> set[TlsFault]:
    """Return what is wrong with a readable certificate for this host at this moment, as far as it says so itself."""
    shown = x509.load_der_x509_certificate(der)
    is_wrong = {
        TlsFault.EXPIRED: now > shown.not_valid_after_utc,
        TlsFault.NOT_YET_VALID: now < shown.not_valid_before_utc,
        TlsFault.WRONG_NAME: not any(_covers(name.lower(), host) for name in _names(shown)),
        TlsFault.SELF_SIGNED: shown.subject == shown.issuer,
    }
    return {fault for fault, is_so in is_wrong.items() if is_so}


def _names(shown: x509.Certificate) -> tuple[str, ...]:
    """Return the DNS names; a certificate without any is known by its common name only, which browsers no longer accept."""
    try:
        names = shown.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return tuple(name[:_MAX_TEXT] for name in names.get_values_for_type(x509.DNSName))
    except x509.ExtensionNotFound:
        return ()


def _covers(name: str, host: str) -> bool:
    if not name.startswith("*."):
        return name == host
    return "." in host and host.partition(".")[2] == name[2:]
