"""Genuine certificates for generated logs: real DER, real signatures, precertificates with the poison extension."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_AT = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Submitted:
    """What a log was handed: enough for both APIs."""

    is_precertificate: bool
    leaf: bytes
    """Certificate, or TBSCertificate without poison."""
    handed_in: bytes
    issuer: bytes
    issuer_key_hash: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.handed_in).hexdigest()


@cache
def _issuer() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Jianwei test CA")])
    builder = _builder(name, name, key.public_key()).add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
    return key, builder.sign(key, hashes.SHA256())


@cache
def _leaf_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _builder(subject: x509.Name, issuer: x509.Name, key) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_AT)
        .not_valid_after(_AT + timedelta(days=90))
    )


_OWN, _AGAIN = x509.ObjectIdentifier("1.2.3.4"), x509.ObjectIdentifier("1.2.3.5")


def submitted(*names: str, common_name: str = "", is_precertificate: bool = False, again: bool = False) -> Submitted:
    """Return a certificate for these DNS names, issued by the test CA; with one extension twice (`again`) its signature is wrong."""
    key, issuer = _issuer()
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)] if common_name else []
    builder = _builder(x509.Name(attributes), issuer.subject, _leaf_key().public_key())
    if names:
        alternative = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        builder = builder.add_extension(alternative, critical=False)
    for oid in (_OWN, _AGAIN) if again else ():
        builder = builder.add_extension(x509.UnrecognizedExtension(oid, b"\x05\x00"), critical=False)
    final = builder.sign(key, hashes.SHA256())
    handed_in = final.public_bytes(serialization.Encoding.DER)
    if again:
        handed_in = handed_in.replace(b"\x2a\x03\x05", b"\x2a\x03\x04")
    leaf = handed_in
    if is_precertificate:
        poisoned = builder.add_extension(x509.PrecertPoison(), critical=True).sign(key, hashes.SHA256())
        handed_in, leaf = poisoned.public_bytes(serialization.Encoding.DER), final.tbs_certificate_bytes
    spki = issuer.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return Submitted(
        is_precertificate,
        leaf,
        handed_in,
        issuer.public_bytes(serialization.Encoding.DER),
        hashlib.sha256(spki).digest(),
    )


def broken() -> Submitted:
    """Return what calls itself a certificate and is none."""
    _, issuer = _issuer()
    return Submitted(
        False, b"\x30\x03\x02\x01", b"\x30\x03\x02\x01", issuer.public_bytes(serialization.Encoding.DER), b""
    )
