"""Opens a list of names: a file or standard input, plain or gzip."""

import gzip
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from pipelines.errors import InputUnreadable

__all__ = ["NameFile", "opened"]

_GZIP = b"\x1f\x8b"
_UNKNOWN = 0


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
        except (OSError, EOFError) as error:
            at = self.position()
            raise InputUnreadable(
                self.name, f"读到第 {at} 字节后出错（{error}）", f"reading stopped after byte {at} ({error})"
            ) from error


@contextmanager
def opened(path: str) -> Iterator[NameFile]:
    """Open a file, or standard input for `-`; gzip is recognised by its first bytes. Raises `InputUnreadable`."""
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
            is_gzip = raw.peek(2)[:2] == _GZIP
        except OSError as error:
            raise InputUnreadable(path, f"{error.strerror or error}", f"{error.strerror or error}") from error
        stream = cast(IO[bytes], held.enter_context(gzip.GzipFile(fileobj=raw))) if is_gzip else raw
        yield NameFile(path, stream, size, raw.tell if path != "-" and raw.seekable() else lambda: 0)
