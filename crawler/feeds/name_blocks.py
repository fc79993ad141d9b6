"""Cuts a stream of lines into blocks of whole lines, so that a list of any size is read in bounded memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Protocol

__all__ = ["BLOCK_BYTES", "Block", "ByteSource", "blocks"]

BLOCK_BYTES = 1 << 17
"""Small enough to stay in the processor's cache from the first look to the last."""
_MAX_LINE_BYTES = 8192
"""No line about one host is longer; of a longer one only the beginning is kept, so that it can be named as broken."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_DIRECTIVE = b"$"
_ORIGIN = b"\n$ORIGIN"
_LINE = b"\n"
_CUT = b"\0"


class ByteSource(Protocol):
    """Anything bytes are read from."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes; empty: the end."""


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines, with a line feed before the first and after the last."""

    text: bytes
    origin: bytes
    """The last `$ORIGIN` line before the block; empty: there was none."""

    def smaller(self) -> Iterator["Block"]:
        """Yield the same lines in blocks of the usual size."""
        return blocks(BytesIO(self.text[1:]), BLOCK_BYTES, self.origin)


def blocks(stream: ByteSource, size: int = BLOCK_BYTES, origin: bytes = b"") -> Iterator[Block]:
    """Yield the stream's lines in blocks of about `size` bytes. Line ends are made `\\n`, a byte order mark is left out.

    `origin` is the last `$ORIGIN` line before the stream begins. Raises what `stream.read` raises.
    """
    for text in _whole_lines(stream, size):
        yield Block(text, origin)
        if _DIRECTIVE in text and (at := text.rfind(_ORIGIN)) >= 0:
            origin = text[at + 1 : text.index(_LINE, at + 1)]


def _whole_lines(stream: ByteSource, size: int) -> Iterator[bytes]:
    rest = b""
    is_first = True
    while chunk := stream.read(size):
        if is_first:
            chunk, is_first = chunk.removeprefix(_BYTE_ORDER_MARK), False
        end = chunk.rfind(_LINE) + 1
        if not end:
            rest = _shortened(rest + chunk)
            continue
        yield _with_line_feeds(b"".join((_LINE, rest, memoryview(chunk)[:end])))
        rest = chunk[end:]
    if rest:
        yield _with_line_feeds(_LINE + rest + _LINE)


def _shortened(line: bytes) -> bytes:
    """Return an unfinished line, or of one too long its beginning and a mark that makes it no host name."""
    return line if len(line) <= _MAX_LINE_BYTES else line[:_MAX_LINE_BYTES] + _CUT


def _with_line_feeds(lines: bytes) -> bytes:
    if b"\r" not in lines:
        return lines
    return lines.replace(b"\r\n", _LINE).replace(b"\r", _LINE)
