"""Looks by Hyperscan: thousands of literals, or a few expressions, in one pass over a buffer. Compiled once, kept as bytes, loaded in milliseconds."""

from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from threading import Lock
from typing import Any

__all__ = ["HyperscanLook", "compiled", "has_hyperscan", "release"]


def has_hyperscan() -> bool:
    """Say whether Hyperscan is installed; it exists for x86-64 only."""
    return find_spec("hyperscan") is not None


def release() -> str:
    """Return which Hyperscan is installed (a database fits one release only); empty: none is."""
    return version("hyperscan") if has_hyperscan() else ""


def compiled(texts: list[bytes], *, is_literal: bool = True) -> bytes:
    """Return the database of these literal texts (or regular expressions) as bytes."""
    import hyperscan

    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    database.compile(expressions=texts, ids=list(range(len(texts))), elements=len(texts), literal=is_literal, flags=0)
    return bytes(hyperscan.dumpb(database))


class HyperscanLook:
    """Says where in a text a literal or expression of the database ends. One scan at a time; others wait."""

    def __init__(self, database: bytes) -> None:
        """Load the database. Raises ValueError when the bytes are damaged or of another Hyperscan or processor."""
        import hyperscan

        try:
            self._database: Any = hyperscan.loadb(database, mode=hyperscan.HS_MODE_BLOCK)
        except hyperscan.HyperscanError as error:
            raise ValueError(f"not a database of this Hyperscan: {error}") from error
        self._database.scratch = hyperscan.Scratch(self._database)
        self._lock = Lock()

    def ends(self, text: bytes) -> list[int]:
        """Return the places where matches end, in order."""
        found: list[int] = []
        keep = found.append
        self._scan(text, lambda _which, _start, end, _flags, _context: keep(end))
        return found

    def matches(self, text: bytes) -> list[tuple[int, int]]:
        """Return (number of the literal or expression, place where it ends), in the order of places."""
        found: list[tuple[int, int]] = []
        keep = found.append
        self._scan(text, lambda which, _start, end, _flags, _context: keep((which, end)))
        return found

    def _scan(self, text: bytes, keep: Callable[[int, int, int, int, object], None]) -> None:
        with self._lock:
            self._database.scan(text, match_event_handler=keep)
