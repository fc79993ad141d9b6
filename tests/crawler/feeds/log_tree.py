"""A log's tree, built the plain way of RFC 6962 §2.1: recursion over lists. It serves both APIs' bytes from one set of entries.

Written apart from `crawler.feeds` on purpose: the two meet only in the bytes.
"""

import base64
import hashlib
import json
from functools import lru_cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from tests.crawler.feeds.certificates import Submitted

FIRST_MS = 1_763_000_000_000


def _vector(content: bytes, width: int) -> bytes:
    return len(content).to_bytes(width) + content


class LogTree:
    """Entries, their tree, and the key that signs it."""

    def __init__(self, entries: list[Submitted] = (), key=None, origin: str = "log.example.com/2026") -> None:
        self.entries = list(entries)
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        self.origin = origin
        self.mth = lru_cache(maxsize=None)(self._mth)

    @property
    def spki(self) -> bytes:
        public = self.key.public_key()
        return public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)

    @property
    def public_key(self) -> str:
        return base64.b64encode(self.spki).decode()

    def timestamped(self, index: int) -> bytes:
        entry = self.entries[index]
        kind = b"\x00\x01" + entry.issuer_key_hash if entry.is_precertificate else b"\x00\x00"
        extension = _vector(b"\x00" + _vector(index.to_bytes(5), 2), 2)
        return (FIRST_MS + index).to_bytes(8) + kind + _vector(entry.leaf, 3) + extension

    def leaf_input(self, index: int) -> bytes:
        return b"\x00\x00" + self.timestamped(index)

    def extra_data(self, index: int) -> bytes:
        entry = self.entries[index]
        chain = _vector(_vector(entry.issuer, 3), 3)
        return _vector(entry.handed_in, 3) + chain if entry.is_precertificate else chain

    def tile_leaf(self, index: int) -> bytes:
        entry = self.entries[index]
        precertificate = _vector(entry.handed_in, 3) if entry.is_precertificate else b""
        return self.timestamped(index) + precertificate + _vector(hashlib.sha256(entry.issuer).digest(), 2)

    def _mth(self, start: int, end: int) -> bytes:
        if start == end:
            return hashlib.sha256(b"").digest()
        if end - start == 1:
            return hashlib.sha256(b"\x00" + self.leaf_input(start)).digest()
        k = 1
        while k * 2 < end - start:
            k *= 2
        return hashlib.sha256(b"\x01" + self.mth(start, start + k) + self.mth(start + k, end)).digest()

    def root(self, size: int) -> bytes:
        return self.mth(0, size)

    def proof(self, m: int, n: int) -> list[bytes]:
        return self._subproof(m, 0, n, True)

    def _subproof(self, m: int, start: int, n: int, whole: bool) -> list[bytes]:
        if m == n:
            return [] if whole else [self.mth(start, start + n)]
        k = 1
        while k * 2 < n:
            k *= 2
        if m <= k:
            return [*self._subproof(m, start, k, whole), self.mth(start + k, start + n)]
        return [*self._subproof(m - k, start + k, n - k, False), self.mth(start, start + k)]

    def signature(self, size: int, timestamp_ms: int) -> bytes:
        text = b"\x00\x01" + timestamp_ms.to_bytes(8) + size.to_bytes(8) + self.root(size)
        if isinstance(self.key, rsa.RSAPrivateKey):
            return b"\x04\x01" + _vector(self.key.sign(text, padding.PKCS1v15(), hashes.SHA256()), 2)
        return b"\x04\x03" + _vector(self.key.sign(text, ec.ECDSA(hashes.SHA256())), 2)

    def sth(self, size: int, timestamp_ms: int) -> bytes:
        return json.dumps(
            {
                "tree_size": size,
                "timestamp": timestamp_ms,
                "sha256_root_hash": base64.b64encode(self.root(size)).decode(),
                "tree_head_signature": base64.b64encode(self.signature(size, timestamp_ms)).decode(),
            }
        ).encode()

    def checkpoint(self, size: int, timestamp_ms: int) -> bytes:
        text = f"{self.origin}\n{size}\n{base64.b64encode(self.root(size)).decode()}\n"
        log_id = hashlib.sha256(self.spki).digest()
        key_id = hashlib.sha256(self.origin.encode() + b"\n\x05" + log_id).digest()[:4]
        body = key_id + timestamp_ms.to_bytes(8) + self.signature(size, timestamp_ms)
        other = base64.b64encode(b"\x01\x02\x03\x04" + b"x" * 64).decode()
        lines = f"— witness.example {other}\n— {self.origin} {base64.b64encode(body).decode()}\n"
        return f"{text}\n{lines}".encode()

    def hash_tile(self, level: int, number: int, width: int) -> bytes:
        step = 256**level
        first = number * 256
        return b"".join(self.mth((first + i) * step, (first + i + 1) * step) for i in range(width))

    def data_tile(self, number: int, width: int) -> bytes:
        return b"".join(self.tile_leaf(number * 256 + i) for i in range(width))
