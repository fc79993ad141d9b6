"""Undoes the content coding of an answer: gzip, deflate and brotli, several over each other, none of it past our limit.

A visitor's browser undoes all of them whether or not they were asked for, so a page packed in one we did not ask for would hide from us.
"""

import zlib

import brotli  # type: ignore[import-untyped]

__all__ = ["unpacked"]

_MOST_CODINGS = 4
"""Each may make a bomb of the one before; honest answers have one."""
_NONE = frozenset({"", "identity"})
_WINDOWS = {"gzip": 31, "x-gzip": 31}
_ZLIB, _BARE = 15, -15
"""Deflate with the head the standard wants, and without it, as old servers send it."""


def unpacked(body: bytes, encoding: str, limit: int) -> tuple[bytes, bool]:
    """Return (content, whether it was cut) of a body and its `Content-Encoding`, at most `limit` bytes.

    A broken stream gives what it gave; from a coding nobody knows on, the body stays as it is.
    """
    codings = [one.strip().lower() for one in encoding.split(",")]
    codings = [one for one in codings if one not in _NONE]
    is_cut = len(codings) > _MOST_CODINGS
    for coding in reversed(codings[-_MOST_CODINGS:]):
        if not body:
            break
        if coding == "br":
            body, is_short = _brotli(body, limit)
        elif coding == "deflate" or coding in _WINDOWS:
            body, is_short = _zlib(body, _WINDOWS.get(coding) or _deflate_window(body), limit)
        else:
            break
        is_cut = is_cut or is_short
    return body[:limit], is_cut or len(body) > limit


def _deflate_window(body: bytes) -> int:
    return _ZLIB if body[0] & 0x0F == 8 else _BARE  # noqa: PLR2004 - zlib's header says so


def _zlib(body: bytes, window: int, limit: int) -> tuple[bytes, bool]:
    inflate = zlib.decompressobj(window)
    try:
        content = inflate.decompress(body, limit)
    except zlib.error:
        return body, True
    return content, bool(inflate.unconsumed_tail) or not inflate.eof


def _brotli(body: bytes, limit: int) -> tuple[bytes, bool]:
    stream = brotli.Decompressor()
    try:
        content = bytes(stream.process(body, output_buffer_limit=limit))
    except brotli.error:
        return body, True
    return content, not stream.is_finished()
