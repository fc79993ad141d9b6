"""Opens a list of names: a file or standard input, plain or gzip; also a ZIP archive of one list, as new-domain lists are sold."""

import gzip
import io
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from pipelines.errors import InputUnreadable

__all__ = ["NameFile", "opened"]

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_WORKBOOK = "[Content_Types].xml"
_UNKNOWN = 0
_BROKEN = (OSError, EOFError, zlib.error, zipfile.BadZipFile)


@dataclass(frozen=True, slots=True)
class NameFile:
    """An open list. Reading raises `InputUnreadable`, which says how far it came."""

    name: str
    stream: IO[bytes]
    size_bytes: int
    """On disk; 0: not known beforehand."""
    position: Callable[[], int]
    """Returns the bytes of the file on disk read so far; 0: it is no file (standard input, a pipe)."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to `size` bytes; empty: the end."""
        try:
            return self.stream.read(size)
        except _BROKEN as error:
            at = self.position()
            raise InputUnreadable(
                self.name, f"读到第 {at} 字节后出错（{error}）", f"reading stopped after byte {at} ({error})"
            ) from error


@contextmanager
def opened(path: str) -> Iterator[NameFile]:
    """Open a file, or standard input for `-`; gzip and ZIP are recognised by their first bytes. Raises `InputUnreadable`."""
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
        stream: IO[bytes] = raw
        if start.startswith(_GZIP):
            stream = cast(IO[bytes], held.enter_context(gzip.GzipFile(fileobj=raw)))
        elif start.startswith(_ZIP) and can_seek:
            stream = held.enter_context(_only_list(path, raw))
        yield NameFile(path, stream, size, raw.tell if can_seek else lambda: 0)


@contextmanager
def _only_list(path: str, raw: IO[bytes]) -> Iterator[IO[bytes]]:
    """Open the one file of a ZIP archive; which of several is the list, nobody can know. Raises `InputUnreadable`."""
    with ExitStack() as held:
        try:
            archive = held.enter_context(zipfile.ZipFile(raw))
            names = [one.filename for one in archive.infolist() if not one.is_dir()]
            if len(names) == 1:
                stream = held.enter_context(archive.open(names[0]))
        except (*_BROKEN, RuntimeError) as error:  # RuntimeError: a password is wanted, or a packing nobody uses
            raise InputUnreadable(
                path, f"压缩包无法打开（{error}）", f"the archive cannot be opened ({error})"
            ) from error
        if _WORKBOOK in names:
            raise InputUnreadable(
                path, "这是 Excel 工作簿，请另存为 CSV 再读", "this is an Excel workbook; save it as CSV first"
            )
        if len(names) != 1:
            raise InputUnreadable(
                path,
                f"压缩包内有 {len(names)} 个文件，只能读一个，请解压后再读",
                f"the archive holds {len(names)} files, not one; unpack it first",
            )
        yield stream
