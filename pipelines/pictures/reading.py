"""What a worker says about one picture, and how it travels: JSON both ways, so that nothing but data crosses over."""

import hashlib

import msgspec

from detectors.model import Code, Picture

__all__ = ["DRAWN", "READY", "WITH_TEXT", "ReadCode", "Reading", "picture_of"]

READY = b"ready"
"""What a worker says once it can take pictures."""
WITH_TEXT, DRAWN = 1, 2
"""Bits of a request's first byte; the picture follows."""


class ReadCode(msgspec.Struct, frozen=True):
    """One decoded code."""

    text: str
    kind: str


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of one picture."""

    codes: tuple[ReadCode, ...] = ()
    text: str = ""
    failure: str = ""
    """What could not be read and why (one Chinese clause); empty: all was."""
    was_opened: bool = False
    """The pixels were looked at, whatever was left out."""
    is_final: bool = True
    """False: the codes are done, the print is still being recognised."""
    codes_ms: float = 0.0
    text_ms: float = 0.0


def picture_of(where: str, content: bytes, reading: Reading) -> Picture:
    """Return the picture as detectors know it."""
    return Picture(
        where=where,
        sha256=hashlib.sha256(content).hexdigest() if content else "",
        codes=tuple(Code(text=one.text, kind=one.kind) for one in reading.codes),
        text=reading.text,
        failure=reading.failure,
        was_opened=reading.was_opened,
    )
