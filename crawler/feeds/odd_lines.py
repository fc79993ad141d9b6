"""Finds the lines of a block that are no plain host name (or, in zone files, no record): the few that must be read one by one.

With Hyperscan a block is looked through at the speed of memory; without it, by one regular expression. Both find the same lines.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from functools import lru_cache

import numpy as np

from detectors.names.hyperscan_look import HyperscanLook, compiled, has_hyperscan

__all__ = ["Layout", "layout_of", "odd_lines"]

_MAX_HOST = 253
_END = 512
_TOO_LONG = 64
"""Characters a label may not have."""
_LINE = b"\n"
_DOT = ord(".")
_SAMPLED_LINES = 200
_RECORD = re.compile(
    rb"(?i)\S+[ \t]+(?:\d+\w?[ \t]+)?(?:in[ \t]+)?(?:ns|a|aaaa|cname|soa|mx|txt|ds|rrsig|srv|ptr|dnskey|nsec3?|caa)[ \t]|[\d.:a-f]+[ \t]+\S+\.\S"
)
"""A line of a zone file or of a hosts file."""


_Marks = np.ndarray[tuple[int], np.dtype[np.bool_]]


class Layout(Enum):
    """How the lines of a list are made; the value is what makes a line odd, up to its end."""

    HOSTS = (rb"(?:[^a-z0-9.\n-]|\n[.-]|\.\.|\.-|-\.)[^\n]*\n|[.-]\n|\n\n|\n[^.\n]+\n",)
    """A host a line: other characters, misplaced dots and hyphens, no dot, nothing. Labels and lines too long are looked for apart."""
    RECORDS = (
        rb"\n[^a-zA-Z0-9*_\\@ \t\n-][^\n]*\n|\n[a-zA-Z0-9*_\\@-][a-zA-Z0-9*_\\@.-]*(?:[^a-zA-Z0-9*_\\@. \t\n-][^\n]*)?\n|\n[ \t]*\n",
        rb"[\0-\x08\x0e-\x1f]",
    )
    """Fields, as in zone files and hosts files: the name, then what is said of it."""


def layout_of(text: bytes) -> Layout:
    """Return the layout of a list by its first lines."""
    lines = [line for line in text.split(_LINE, _SAMPLED_LINES)[:_SAMPLED_LINES] if line and line[:1] not in b"#;$/"]
    records = sum(bool(_RECORD.match(line)) for line in lines)
    return Layout.RECORDS if 2 * records > len(lines) else Layout.HOSTS


def odd_lines(text: bytes, layout: Layout) -> tuple[int, list[tuple[int, int]]]:
    """Return the number of lines of a block and (start, end) of the odd ones, in order. The block begins and ends with a line feed."""
    is_feed = np.frombuffer(text, np.uint8) == _LINE[0]
    odd = {text.find(_LINE, end - 1) for look in _looks(layout) for end in look(text)} - {0}
    if layout is Layout.HOSTS:
        odd |= _ends_of_long(text, is_feed)
    return int(np.count_nonzero(is_feed)) - 1, [(text.rfind(_LINE, 0, end) + 1, end) for end in sorted(odd)]


def _ends_of_long(text: bytes, is_feed: _Marks) -> set[int]:
    """Return where lines end that are too long, or have a label that is. Most blocks are done after one look at every 32 characters."""
    is_stop = is_feed | (np.frombuffer(text, np.uint8) == _DOT)
    odd: set[int] = set()
    if _may_have_gap(is_stop, 2):
        stops = np.flatnonzero(is_stop)
        odd = {text.find(_LINE, end) for end in stops[1:][np.diff(stops) > _TOO_LONG].tolist()}
    if _may_have_gap(is_feed, 3):
        feeds = np.flatnonzero(is_feed)
        odd |= set(feeds[1:][np.diff(feeds) > _MAX_HOST + 1].tolist())
    return odd


def _may_have_gap(marks: _Marks, doublings: int) -> bool:
    """Say whether some aligned stretch of 8 places, doubled so often, has no mark, as twice as many places without one must leave."""
    if len(marks) < _END:
        return True
    for part in (marks[: len(marks) // 64 * 64], marks[-_END:]):
        groups = part.view(np.uint64)
        for _ in range(doublings):
            groups = groups[::2] | groups[1::2]
        if not groups.all():
            return True
    return False


class _Expression:
    """The same by Python's regular expressions."""

    def __init__(self, expression: bytes) -> None:
        self._odd = re.compile(expression)

    def ends(self, text: bytes) -> Iterator[int]:
        at = 0
        while found := self._odd.search(text, at):
            yield found.end()
            at = text.find(_LINE, found.end() - 1)  # the line feed begins the next line


@lru_cache(maxsize=2)
def _looks(layout: Layout) -> tuple[Callable[[bytes], Iterable[int]], ...]:
    """Return what finds the ends of odd stretches. Each expression has a database of its own: together they are far slower."""
    if has_hyperscan():
        return tuple(HyperscanLook(compiled([one], is_literal=False)).ends for one in layout.value)
    return tuple(_Expression(one).ends for one in layout.value)
