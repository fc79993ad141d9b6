"""Looks at the certificate a host shows: a TLS handshake that names the host, no HTTP request, nothing sent.

Whether the certificate is good is recorded, not demanded. A careful handshake comes first; where it fails over the certificate, a
second one that believes anything reads what was shown. Only addresses that the gate's policy admits are dialled.
"""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass

from crawler.facts.certificate import faults_of, read_certificate
from crawler.gate.dial import DialFailed
from crawler.gate.policy import Refusal
from crawler.gate.way_out import WayOut
from detectors.model import Unknown
from detectors.name_facts import TlsFault, TlsLook
from pipelines.ports import Clock

__all__ = ["TlsWatch"]


_NO_CHAIN = frozenset({2, 18, 19, 20, 21, 27})
"""OpenSSL's codes for "no chain to a trusted authority"; time and name are judged by ourselves, from the certificate."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """What one handshake brought."""

    der: bytes
    address: str
    protocol: str


class TlsWatch:
    """Looks at certificates. `trust` says which authorities are believed; None: those of this machine."""

    def __init__(
        self, way_out: WayOut, clock: Clock, *, port: int, timeout_s: float, trust: ssl.SSLContext | None = None
    ) -> None:
        self._way_out = way_out
        self._clock = clock
        self._port = port
        self._timeout_s = timeout_s
        self._careful = trust or ssl.create_default_context()
        self._credulous = _credulous()

    async def look(self, host: str, addresses: Sequence[str]) -> TlsLook | Unknown:
        """Return the certificate the host shows at one of its addresses; `Unknown` if there is no TLS to be had."""
        try:
            return await self._look(host, addresses)
        except (Refusal, DialFailed) as error:
            return Unknown(error.sentence)
        except TimeoutError:
            return Unknown(f"{host} 的 TLS 握手超时")
        except ssl.SSLError as error:
            return Unknown(f"{host} 的 TLS 握手失败（{(error.reason or type(error).__name__)[:60]}）")
        except OSError:
            return Unknown(f"{host} 中断了 TLS 握手")

    async def _look(self, host: str, addresses: Sequence[str]) -> TlsLook | Unknown:
        faults: set[TlsFault] = set()
        try:
            shown = await self._handshake(host, addresses, self._careful)
        except ssl.SSLCertVerificationError as error:
            if error.verify_code in _NO_CHAIN:
                faults.add(TlsFault.UNTRUSTED)
            shown = await self._handshake(host, addresses, self._credulous)
        except ssl.SSLError:
            faults.add(TlsFault.OLD_PROTOCOL)
            shown = await self._handshake(host, addresses, self._credulous)
        certificate = read_certificate(shown.der)
        if isinstance(certificate, Unknown):
            return certificate
        now = self._clock.now()
        faults |= faults_of(shown.der, host, now)
        return TlsLook(
            certificate=certificate,
            address=shown.address,
            faults=tuple(one for one in TlsFault if one in faults),
            protocol=shown.protocol,
            seen_at=now,
        )

    async def _handshake(self, host: str, addresses: Sequence[str], context: ssl.SSLContext) -> _Shown:
        async with asyncio.timeout(self._timeout_s):
            connection = await self._way_out.connect_to(host, addresses, self._port)
            try:
                await connection.writer.start_tls(context, server_hostname=host, ssl_handshake_timeout=self._timeout_s)
                tls = connection.writer.get_extra_info("ssl_object")
                return _Shown(tls.getpeercert(binary_form=True) or b"", connection.address, tls.version() or "")
            finally:
                # Not closed politely: after a handshake that broke off, nobody would ever report the end.
                connection.writer.transport.abort()


def _credulous() -> ssl.SSLContext:
    """Return a context that believes anything and speaks old TLS: it reads certificates and is told nothing worth keeping."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    return context
