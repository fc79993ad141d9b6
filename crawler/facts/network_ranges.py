"""Address ranges in flat arrays, and the range an address lies in by bisection: millions of rows, microseconds, some bytes a row."""

import socket
from array import array
from bisect import bisect_right

__all__ = ["AddressRanges", "RangeError", "as_number"]

_V4_BITS, _V6_BITS = 32, 128
_HALF = (1 << 64) - 1


class RangeError(ValueError):
    """A row does not fit: `args[0]` is the cause in Chinese."""


def as_number(address: str) -> tuple[int, int]:
    """Return (bits of its family, the address as a number). Raises ValueError if it is no address."""
    try:
        if ":" in address:
            return _V6_BITS, int.from_bytes(socket.inet_pton(socket.AF_INET6, address))
        return _V4_BITS, int.from_bytes(socket.inet_pton(socket.AF_INET, address))
    except (OSError, UnicodeError):
        raise ValueError(f"not an address: {address[:60]!r}") from None


class AddressRanges:
    """Disjoint ranges of one family, each with the number of what is known about it.

    An address takes two 64-bit halves: 16 bytes a bound for both families, simple before small.
    """

    def __init__(self) -> None:
        self._starts = (array("Q"), array("Q"))
        self._ends = (array("Q"), array("Q"))
        self._notes = array("I")
        self._lines = array("I")
        self._is_ordered = True
        self._last_end = -1

    def __len__(self) -> int:
        return len(self._notes)

    def add(self, start: int, end: int, note: int, line: int) -> None:
        """Add a range (both ends inside) with the number of its note and the line it stands on."""
        for halves, number in ((self._starts, start), (self._ends, end)):
            halves[0].append(number >> 64)
            halves[1].append(number & _HALF)
        self._notes.append(note)
        self._lines.append(line)
        self._is_ordered = self._is_ordered and start > self._last_end
        self._last_end = end

    def close(self) -> None:
        """Put the ranges in order. Raises `RangeError` naming the lines of the first two that overlap."""
        if self._is_ordered:
            return
        order = array("I", sorted(range(len(self)), key=self._start))
        self._starts = (_reordered(self._starts[0], order), _reordered(self._starts[1], order))
        self._ends = (_reordered(self._ends[0], order), _reordered(self._ends[1], order))
        self._notes, self._lines = _reordered(self._notes, order), _reordered(self._lines, order)
        self._is_ordered = True
        for place in range(1, len(self)):
            if self._start(place) <= self._end(place - 1):
                first, second = sorted((self._lines[place - 1], self._lines[place]))
                raise RangeError(f"第 {second} 行与第 {first} 行的地址范围重叠", f"line {second} overlaps line {first}")

    def note_of(self, number: int) -> int | None:
        """Return the note of the range the address lies in; None: in none."""
        place = bisect_right(range(len(self)), number, key=self._start) - 1
        return self._notes[place] if place >= 0 and number <= self._end(place) else None

    def _start(self, place: int) -> int:
        return (self._starts[0][place] << 64) | self._starts[1][place]

    def _end(self, place: int) -> int:
        return (self._ends[0][place] << 64) | self._ends[1][place]


def _reordered(values: "array[int]", order: "array[int]") -> "array[int]":
    return array(values.typecode, (values[place] for place in order))
