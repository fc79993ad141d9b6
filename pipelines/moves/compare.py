"""Two shelves walked side by side: what differs, and the digest of each. Pure; memory stays bounded."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from pipelines.audit import fits
from pipelines.errors import DocumentDamaged
from pipelines.model import AuditEvent
from pipelines.moves.shelf import Contents, Kind, ShelfRow, contents_line, document_of

__all__ = ["Difference", "Odd", "Tallied", "chain_broken_at", "differences", "in_parts"]

_PART_ROWS = 500
_PART_BYTES = 4_000_000


class Odd(StrEnum):
    """How a row of one shelf differs from the other's."""

    MISSING = "missing"
    """The source has it, the target does not."""
    CHANGED = "changed"
    """Both have the key, version or content differ."""
    EXTRA = "extra"
    """The target has it, the source does not."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One row that is not the same in both."""

    odd: Odd
    row: ShelfRow
    """The source's; of `EXTRA` the target's."""


class Tallied:
    """Passes rows on and keeps count and digest of them."""

    def __init__(self, rows: Iterable[ShelfRow]) -> None:
        self._rows = rows
        self._count = 0
        self._digest = hashlib.sha256()

    def __iter__(self) -> Iterator[ShelfRow]:
        for row in self._rows:
            self._count += 1
            self._digest.update(contents_line(row))
            yield row

    @property
    def contents(self) -> Contents:
        """Return count and digest of what has passed."""
        return Contents(self._count, self._digest.hexdigest())


def differences(source: Iterable[ShelfRow], target: Iterable[ShelfRow]) -> Iterator[Difference]:
    """Yield what differs between rows that both come in ascending order of their keys."""
    ours, theirs = iter(source), iter(target)
    one, other = next(ours, None), next(theirs, None)
    while one or other:
        if other is None or (one and one.key < other.key):
            assert one  # noqa: S101 - the loop's condition
            yield Difference(Odd.MISSING, one)
            one = next(ours, None)
        elif one is None or one.key > other.key:
            yield Difference(Odd.EXTRA, other)
            other = next(theirs, None)
        else:
            if one != other:
                yield Difference(Odd.CHANGED, one)
            one, other = next(ours, None), next(theirs, None)


def chain_broken_at(rows: Iterable[ShelfRow]) -> int | None:
    """Return the number of the first audit row that does not fit the chain, or None: it is whole."""
    previous: AuditEvent | None = None
    for expected, row in enumerate(rows, start=1):
        try:
            entry = document_of(Kind.AUDIT, row)
        except DocumentDamaged:
            return expected
        if not fits(entry, previous):
            return expected
        previous = entry
    return None


def in_parts(rows: Iterable[ShelfRow]) -> Iterator[list[ShelfRow]]:
    """Yield the rows in lists small enough for one write."""
    part: list[ShelfRow] = []
    size = 0
    for row in rows:
        part.append(row)
        size += len(row.content)
        if len(part) >= _PART_ROWS or size >= _PART_BYTES:
            yield part
            part, size = [], 0
    if part:
        yield part
