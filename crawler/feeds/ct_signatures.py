"""Signed tree heads: the signature of RFC 6962 §3.5 and the checkpoint of static-ct (a signed note with key type 5).

Layouts: RFC 6962 §3.5 and §4.3; https://c2sp.org/signed-note, https://c2sp.org/static-ct-api. Pure.
"""

import base64
import binascii
import hashlib
from datetime import datetime

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key

from crawler.feeds.ct_entries import instant_of_ms
from crawler.feeds.model import TreeHead

__all__ = ["LogKey", "SignatureWrong", "base64_bytes", "read_checkpoint"]

_HASH_BYTES = 32
_SHA256 = 4
_RSA = 1
_ECDSA = 3
_NOTE_TYPE = b"\x05"
_NOTE_MARK = "— "
_KEY_ID_BYTES = 4
_TIMESTAMP_BYTES = 8
_BODY_LINES = 3
"""Origin, size, root: a checkpoint signed this way has no further lines."""
_MAX_DIGITS = 20


class SignatureWrong(Exception):
    """A tree head is not signed by the log's key."""


class LogKey:
    """A log's public key."""

    def __init__(self, spki: bytes) -> None:
        """Take the DER SubjectPublicKeyInfo; raise ValueError if it is no RSA or ECDSA key."""
        try:
            key = load_der_public_key(spki)
        except (UnsupportedAlgorithm, TypeError) as error:
            raise ValueError(f"{error}") from error
        if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            raise ValueError(  # noqa: TRY004 - the bytes are wrong, not a type
                "logs sign with RSA or ECDSA; this is another kind of key"
            )
        self._key = key
        self.log_id = hashlib.sha256(spki).digest()

    def check_head(self, size: int, root: bytes, timestamp_ms: int, signature: bytes) -> None:
        """Raise `SignatureWrong` unless the `digitally-signed` bytes are this key's over this head."""
        signed = b"\x00\x01" + timestamp_ms.to_bytes(8) + size.to_bytes(8) + root
        kind = _ECDSA if isinstance(self._key, ec.EllipticCurvePublicKey) else _RSA
        length = int.from_bytes(signature[2:4])
        if signature[:2] != bytes((_SHA256, kind)) or len(signature) != 4 + length:
            raise SignatureWrong("the signature has another form than the key asks for")
        try:
            if isinstance(self._key, ec.EllipticCurvePublicKey):
                self._key.verify(signature[4:], signed, ec.ECDSA(hashes.SHA256()))
            else:
                self._key.verify(signature[4:], signed, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            raise SignatureWrong(f"the head of size {size} is not signed by the log's key") from None

    def note_id(self, origin: str) -> bytes:
        """Return the four bytes that mark this key's lines below a checkpoint."""
        return hashlib.sha256(origin.encode() + b"\n" + _NOTE_TYPE + self.log_id).digest()[:_KEY_ID_BYTES]


def read_checkpoint(note: bytes, key: LogKey | None) -> TreeHead:
    """Return the head of a checkpoint.

    Raises ValueError for something else, `SignatureWrong` when the key is known and no line of it verifies.
    """
    text, _, signatures = note.decode().rpartition("\n\n")
    lines = text.split("\n")
    if len(lines) < _BODY_LINES or not lines[0]:
        raise ValueError("not a checkpoint")
    size_text, root_text = lines[1:3]
    size, root = _size(size_text), base64_bytes(root_text)
    if len(root) != _HASH_BYTES:
        raise ValueError("the root hash is not 32 bytes long")
    signed_at = _signed_at(key, lines, size, root, signatures) if key else None
    return TreeHead(size=size, root=root, signed_at=signed_at)


def base64_bytes(text: str) -> bytes:
    """Return the bytes; raise ValueError for anything but strict base64."""
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"not base64: {error}") from error


def _signed_at(key: LogKey, lines: list[str], size: int, root: bytes, signatures: str) -> datetime:
    origin = lines[0]
    if len(lines) != _BODY_LINES:
        raise SignatureWrong("the checkpoint has lines that its signature does not cover")
    mark = f"{_NOTE_MARK}{origin} "
    for line in signatures.split("\n"):
        if not line.startswith(mark):
            continue
        body = base64_bytes(line.removeprefix(mark))
        if body[:_KEY_ID_BYTES] != key.note_id(origin):
            continue
        signed = body[_KEY_ID_BYTES:]
        timestamp_ms = int.from_bytes(signed[:_TIMESTAMP_BYTES])
        key.check_head(size, root, timestamp_ms, signed[_TIMESTAMP_BYTES:])
        return instant_of_ms(timestamp_ms)
    raise SignatureWrong("the checkpoint bears no signature of the log's key")


def _size(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > _MAX_DIGITS or (text[0] == "0" and text != "0"):
        raise ValueError("the tree size is not a number")
    size = int(text)
    if size >= 1 << 63:
        raise ValueError("the tree size is beyond all logs")
    return size
