"""Entries of CT logs into `CertificateSeen`: RFC 6962 (`leaf_input`, `extra_data`) and static-ct data tiles.

Byte layouts: RFC 6962 §3.1, §3.4, §4.6; https://c2sp.org/static-ct-api. Names of a precertificate are read from the leaf itself, which
the log's tree commits to, not from the precertificate beside it, which it does not. Pure: hostile bytes end in a `BrokenEntry`.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.x509.oid import NameOID

from crawler.facts.certificate import UNREADABLE
from crawler.feeds.ct_merkle import leaf_hash
from crawler.feeds.model import CertificateSeen, LogEntry
from keywords.host_lines import host_of_text
from pipelines.feeds import BrokenEntry

__all__ = ["EntriesUnreadable", "instant_of_ms", "read_data_tile", "read_entry"]

_X509_ENTRY = 0
_PRECERT_ENTRY = 1
_KEY_HASH_BYTES = 32
_MAX_MS = 253_402_300_799_000
"""The last instant a datetime can hold."""
_MAX_CAUSE = 200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class EntriesUnreadable(ValueError):
    """A data tile does not consist of entries: after the first broken length nothing behind it can be found."""


def instant_of_ms(milliseconds: int) -> datetime:
    """Return the instant; raise ValueError for one beyond the calendar."""
    if not 0 <= milliseconds <= _MAX_MS:
        raise ValueError(f"timestamp {milliseconds} is beyond the calendar")
    return _EPOCH + timedelta(milliseconds=milliseconds)


def read_entry(log: str, index: int, leaf_input: bytes, extra_data: bytes) -> LogEntry:
    """Read one entry of `get-entries`."""
    hashed = leaf_hash(leaf_input)
    try:
        reader = _Reader(leaf_input)
        if reader.take(2) != b"\x00\x00":
            raise ValueError("not a version 1 timestamped entry")
        leaf = _Leaf(reader)
        reader.end()
        handed_in = _precertificate_in(extra_data) if leaf.is_precertificate else leaf.certificate
        return LogEntry(hashed, _seen(log, index, leaf, handed_in))
    except UNREADABLE as error:
        return LogEntry(hashed, _broken(index, error))


def _precertificate_in(extra_data: bytes) -> bytes:
    """Return the precertificate as it was handed in; empty where it cannot be had: nobody vouches for it, and the names stand in the leaf."""
    try:
        return _Reader(extra_data).vector(3)
    except ValueError:
        return b""


def read_data_tile(log: str, first_index: int, tile: bytes) -> Iterator[LogEntry]:
    """Read the entries of a data tile one after another.

    An entry with a broken certificate is a `BrokenEntry`. Raises `EntriesUnreadable` where the tile itself is broken.
    """
    reader = _Reader(tile)
    index = first_index
    while not reader.is_at_end:
        start = reader.at
        try:
            leaf = _Leaf(reader)
            hashed = leaf_hash(b"\x00\x00" + tile[start : reader.at])
            handed_in = reader.vector(3) if leaf.is_precertificate else leaf.certificate
            reader.vector(2)
        except ValueError as error:
            raise EntriesUnreadable(f"entry {index}: {error}") from error
        try:
            yield LogEntry(hashed, _seen(log, index, leaf, handed_in))
        except UNREADABLE as error:
            yield LogEntry(hashed, _broken(index, error))
        index += 1


class _Reader:
    """Takes big-endian numbers and length-prefixed bytes off the front. Raises ValueError where they end too early."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.at = 0

    @property
    def is_at_end(self) -> bool:
        return self.at == len(self._content)

    def take(self, count: int) -> bytes:
        part = self._content[self.at : self.at + count]
        if len(part) < count:
            raise ValueError("the entry ends too early")
        self.at += count
        return part

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width))

    def vector(self, width: int) -> bytes:
        return self.take(self.number(width))

    def end(self) -> None:
        if not self.is_at_end:
            raise ValueError("bytes are left over behind the entry")


class _Leaf:
    """A `TimestampedEntry`."""

    __slots__ = ("certificate", "is_precertificate", "timestamp_ms")

    def __init__(self, reader: _Reader) -> None:
        self.timestamp_ms = reader.number(8)
        kind = reader.number(2)
        if kind not in {_X509_ENTRY, _PRECERT_ENTRY}:
            raise ValueError(f"unknown entry type {kind}")
        self.is_precertificate = kind == _PRECERT_ENTRY
        if self.is_precertificate:
            reader.take(_KEY_HASH_BYTES)
        self.certificate = reader.vector(3)
        """The certificate, or the part of the precertificate that will be signed (TBSCertificate)."""
        reader.vector(2)


def _seen(log: str, index: int, leaf: _Leaf, handed_in: bytes) -> CertificateSeen:
    der = _as_certificate(leaf.certificate) if leaf.is_precertificate else leaf.certificate
    return CertificateSeen(
        log=log,
        index=index,
        logged_at=instant_of_ms(leaf.timestamp_ms),
        is_precertificate=leaf.is_precertificate,
        names=_names(x509.load_der_x509_certificate(der)),
        sha256=hashlib.sha256(handed_in).hexdigest() if handed_in else "",
    )


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    names: dict[str, None] = {}
    try:
        alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        pass
    else:
        names.update(dict.fromkeys(alternative.get_values_for_type(x509.DNSName)))
    for attribute in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME):
        text = attribute.value if isinstance(attribute.value, str) else ""
        if _is_host(text):
            names.setdefault(text)
    return tuple(name for name in names if name)


def _is_host(text: str) -> bool:
    if " " in text.strip():
        return False
    try:
        host_of_text(text)
    except ValueError:
        return False
    return True


def _as_certificate(tbs: bytes) -> bytes:
    """Return the TBSCertificate as a certificate with an empty signature, which is what the X.509 reader takes."""
    outer = _Der(tbs)
    fields = _Der(outer.content)
    if fields.tag == _VERSION:
        fields = _Der(fields.rest)
    algorithm = _Der(fields.rest)
    if outer.rest or outer.tag != _SEQUENCE or algorithm.tag != _SEQUENCE:
        raise ValueError("not a TBSCertificate")
    return _sequence(tbs + algorithm.whole + b"\x03\x01\x00")


_SEQUENCE = 0x30
_VERSION = 0xA0
_LONG_FORM = 0x80
_MAX_LENGTH_BYTES = 4


class _Der:
    """The first DER value of some bytes."""

    __slots__ = ("content", "rest", "tag", "whole")

    def __init__(self, content: bytes) -> None:
        reader = _Reader(content)
        self.tag = reader.number(1)
        length = reader.number(1)
        if length > _LONG_FORM + _MAX_LENGTH_BYTES:
            raise ValueError("not DER")
        if length & _LONG_FORM:
            length = reader.number(length & ~_LONG_FORM)
        self.content = reader.take(length)
        self.whole = content[: reader.at]
        self.rest = content[reader.at :]


def _sequence(content: bytes) -> bytes:
    size = len(content)
    if size < _LONG_FORM:
        return bytes((_SEQUENCE, size)) + content
    width = (size.bit_length() + 7) // 8
    return bytes((_SEQUENCE, _LONG_FORM + width)) + size.to_bytes(width) + content


def _broken(index: int, error: Exception) -> BrokenEntry:
    return BrokenEntry(index=index, cause=f"{type(error).__name__}: {error}"[:_MAX_CAUSE])
