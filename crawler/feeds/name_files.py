"""Opens a list of names: a file or standard input, plain or gzip, UTF-8 or UTF-16; a ZIP archive of one list; a workbook."""

import codecs
import gzip
import io
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Protocol, cast

from crawler.feeds.name_blocks import ByteSource
from crawler.feeds.name_workbooks import poured, rows_as_csv
from pipelines.errors import InputUnreadable

__all__ = ["NameFile", "opened"]

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_WORKBOOK = "[Content_Types].xml"
_HEAD_BYTES = 1 << 16
_CHUNK_BYTES = 1 << 16
_TOLD_BY = 64
_MOST_LAYERS = 3
"""A workbook in an archive is read; an archive that holds itself would never end."""
_LEFT_BY_MACS = "__MACOSX/"
_UNKNOWN = 0
_NEEDS_FILE = (
    "压缩包和工作簿不能从标准输入读，请给出文件名",
    "archives and workbooks cannot be read from standard input; name the file",
)
_OLD_WORKBOOK = (
    "是旧版或加密的 Excel 文件，请另存为 .xlsx 或 CSV 再读",
    "it is an old or encrypted Excel file; save it as .xlsx or CSV first",
)
_BROKEN = (OSError, EOFError, zlib.error, zipfile.BadZipFile)


class _Peekable(ByteSource, Protocol):
    def peek(self, size: int, /) -> bytes: ...


class NameFile:
    """An open list. Reading raises `InputUnreadable`, which says how far it came."""

    def __init__(self, name: str, stream: ByteSource, size_bytes: int, position: Callable[[], int]) -> None:
        self.name = name
        self.size_bytes = size_bytes
        """On disk; 0: not known beforehand."""
        self.position = position
        """Returns the bytes of the file on disk read so far; 0: it is no file (standard input, a pipe)."""
        self._stream = stream
        self.head = self._take(_HEAD_BYTES)
        """The first bytes, by which a table is told from a list."""
        self._unread = self.head

    @property
    def is_short(self) -> bool:
        """All of it stands in the head: some thousand names at most."""
        return len(self.head) < _HEAD_BYTES

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes; empty: the end."""
        if not self._unread:
            return self._take(size)
        end = len(self._unread) if size < 0 else size
        part, self._unread = self._unread[:end], self._unread[end:]
        return part

    def _take(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except _BROKEN as error:
            at = self.position()
            raise InputUnreadable(
                self.name, f"读到第 {at} 字节后出错（{error}）", f"reading stopped after byte {at} ({error})"
            ) from error


@contextmanager
def opened(path: str) -> Iterator[NameFile]:
    """Open a file, or standard input for `-`; what it is packed in is recognised by its first bytes. Raises `InputUnreadable`."""
    with ExitStack() as held:
        try:
            raw: io.BufferedReader
            if path == "-":
                raw = io.BufferedReader(cast(io.RawIOBase, sys.stdin.buffer))
                held.callback(raw.detach)
                size = _UNKNOWN
            else:
                raw = held.enter_context(Path(path).open("rb"))
                size = Path(path).stat().st_size
            start = raw.peek(len(_ZIP))
        except OSError as error:
            raise InputUnreadable(path, f"{error.strerror or error}", f"{error.strerror or error}") from error
        can_seek = path != "-" and raw.seekable()
        if start.startswith(_ZIP) and not can_seek:
            raise InputUnreadable(path, *_NEEDS_FILE)
        yield NameFile(path, _unpacked(path, raw, held), size, raw.tell if can_seek else lambda: 0)


def _unpacked(path: str, stream: _Peekable, held: ExitStack, layers: int = 0) -> ByteSource:
    """Return the lines within, whatever they are packed in. Raises `InputUnreadable`."""
    try:
        start = stream.peek(_TOLD_BY)[:_TOLD_BY]
    except _BROKEN as error:
        raise _unopened(path, error) from error
    if start.startswith(_OLE):
        raise InputUnreadable(path, *_OLD_WORKBOOK)
    if layers < _MOST_LAYERS and start.startswith(_GZIP):
        return _unpacked(path, held.enter_context(gzip.GzipFile(fileobj=cast(IO[bytes], stream))), held, layers + 1)
    if layers < _MOST_LAYERS and start.startswith(_ZIP):
        return _unzipped(path, stream, held, layers + 1)
    if encoding := _wide_encoding(start):
        return poured(_as_utf8(stream, encoding))
    return stream


def _unzipped(path: str, packed: _Peekable, held: ExitStack, layers: int) -> ByteSource:
    """Open the workbook a ZIP archive is, or its one file; which of several is the list, nobody can know. Raises `InputUnreadable`."""
    try:
        archive = held.enter_context(zipfile.ZipFile(cast(IO[bytes], packed)))
        files = [one for one in archive.infolist() if not one.is_dir() and not one.filename.startswith(_LEFT_BY_MACS)]
        if any(one.filename == _WORKBOOK for one in files):
            return poured(rows_as_csv(path, cast(IO[bytes], packed), sum(one.file_size for one in files)))
        if len(files) == 1:
            return _unpacked(path, cast(_Peekable, held.enter_context(archive.open(files[0]))), held, layers)
    except (*_BROKEN, RuntimeError) as error:  # RuntimeError: a password is wanted, or a packing nobody uses
        raise _unopened(path, error) from error
    raise InputUnreadable(
        path,
        f"压缩包内有 {len(files)} 个文件，只能读一个，请解压后再读",
        f"the archive holds {len(files)} files, not one; unpack it first",
    )


def _unopened(path: str, error: Exception) -> InputUnreadable:
    return InputUnreadable(path, f"压缩包无法打开（{error}）", f"the archive cannot be opened ({error})")


def _wide_encoding(start: bytes) -> str:
    """Return which UTF-16 a text is in, told by its mark, else by where its zeros stand; empty: in none."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    even, odd = start[::2].count(0), start[1::2].count(0)
    if min(even, odd) or 4 * max(even, odd) < len(start) or not start:
        return ""
    return "utf-16-le" if odd else "utf-16-be"


def _as_utf8(stream: ByteSource, encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    while chunk := stream.read(_CHUNK_BYTES):
        yield decoder.decode(chunk).encode()
    yield decoder.decode(b"", final=True).encode()
