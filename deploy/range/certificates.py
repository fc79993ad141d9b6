"""The range's own certificate authority, and what each host shows: a certificate made on first use, or a broken one."""

import ssl
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import idna
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from deploy.range.model import Host

__all__ = ["Certificates"]

_OTHER_NAME = "default.hosting-server.invalid"


class Certificates:
    """Makes server contexts; its authority is kept in the work folder, so that a restarted range is still trusted."""

    def __init__(self, folder: Path) -> None:
        self.ca_file = folder / "ca.pem"
        key_file = folder / "ca.key"
        if self.ca_file.exists() and key_file.exists():
            self._authority = trustme.CA.from_pem(self.ca_file.read_bytes(), key_file.read_bytes())
        else:
            self._authority = trustme.CA(organization_name="Jianwei practice range")
            key_file.touch(mode=0o600)
            self._authority.private_key_pem.write_to_path(key_file)
            self._authority.cert_pem.write_to_path(self.ca_file)
        self._folder = folder
        self.context = lru_cache(maxsize=2000)(self._make_context)

    def _make_context(self, name: str, fault: str) -> ssl.SSLContext:
        """Return a server context for `name`; `fault` as in `Host.tls`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["http/1.1"])
        if fault == "self_signed":
            _load_self_signed(context, name, self._folder / "self-signed.pem")
            return context
        over = datetime.now(UTC) - timedelta(days=20)
        period = (over - timedelta(days=90), over) if fault == "expired" else (None, None)
        identity = _OTHER_NAME if fault == "wrong_name" or not _is_certifiable(name) else name
        self._authority.issue_cert(identity, not_before=period[0], not_after=period[1]).configure_cert(context)
        return context

    def for_host(self, name: str, host: Host | None) -> ssl.SSLContext:
        """Return the context a host shows when asked for `name`."""
        return self.context(name, host.tls if host else "")


def _is_certifiable(name: str) -> bool:
    # Registries sold names that IDNA 2008 forbids; no certificate can be made for those here.
    try:
        idna.encode(name, uts46=True)
    except idna.IDNAError:
        return False
    return True


def _load_self_signed(context: ssl.SSLContext, name: str, file: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name[:64])])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=3))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + certificate.public_bytes(encoding))
    context.load_cert_chain(file)
