"""Pages as sets of overlapping pieces (shingles), so that copies with changes are still near their original.

A set is a numpy array of hashes. Many originals are asked at once: a bitmap tells the few pieces of a page that any original
has, and only those are counted, so that a long page that copies nothing costs next to nothing.
"""

import re
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["Pieces", "ShingleIndex", "count_of", "tag_pieces", "text_pieces"]

Pieces = NDArray[np.uint64]
_TEXT_WIDTH = 5
_TAG_WIDTH = 4
_LOOKED_AT_TEXT = 20_000
_LOOKED_AT_MARKUP = 400_000
_PRIME = np.uint64(0x100000001B3)
_FIRST_HAN, _LAST_HAN = 0x3400, 0x9FFF
_FIRST_WIDE, _LAST_WIDE, _WIDER_BY = 0xFF01, 0xFF5E, 0xFEE0
"""Full-width letters and digits, and how far they are from their plain forms."""
_BITS = 20
_TAG = re.compile(r"""<([a-z][a-z0-9-]{0,30})(?:[^<>]{0,300}?\bclass\s*=\s*["']?([\w-]{1,60}))?""", re.IGNORECASE)
_ASCII_WORD = np.array([chr(code).isalnum() for code in range(128)])


def text_pieces(text: str) -> Pieces:
    """Return the hashes of every five characters in a row; only Chinese characters, letters and digits count."""
    codes = np.frombuffer(text[:_LOOKED_AT_TEXT].encode("utf-32-le", "replace"), dtype="<u4")
    is_wide = (codes >= _FIRST_WIDE) & (codes <= _LAST_WIDE)
    codes = np.where(is_wide, codes - _WIDER_BY, codes)
    is_word = (codes >= _FIRST_HAN) & (codes <= _LAST_HAN)
    is_word |= _ASCII_WORD[np.minimum(codes, 127)] & (codes < 128)  # noqa: PLR2004
    return _pieces(codes[is_word].astype(np.uint64), _TEXT_WIDTH)


def tag_pieces(html: str) -> Pieces:
    """Return the hashes of every four opening tags in a row, each with its first class."""
    codes = [zlib.crc32(f"{tag}.{first}".lower().encode()) for tag, first in _TAG.findall(html[:_LOOKED_AT_MARKUP])]
    return _pieces(np.array(codes, dtype=np.uint64), _TAG_WIDTH)


def count_of(pieces: Pieces) -> int:
    """Return how many different pieces there are."""
    return len(np.unique(pieces))


def _pieces(codes: NDArray[np.uint64], width: int) -> Pieces:
    if len(codes) < width:
        return np.empty(0, dtype=np.uint64)
    length = len(codes) - width + 1
    hashes = np.zeros(length, dtype=np.uint64)
    for place in range(width):
        hashes = (hashes ^ codes[place : place + length]) * _PRIME
    return hashes ^ (hashes >> np.uint64(29))


class ShingleIndex:
    """The pieces of several originals."""

    def __init__(self, originals: Sequence[Pieces]) -> None:
        sets = [np.unique(one) for one in originals]
        self.counts = np.array([len(one) for one in sets], dtype=np.int64)
        """Different pieces of each original."""
        pieces = np.concatenate(sets) if sets else np.empty(0, dtype=np.uint64)
        owners = np.repeat(np.arange(len(sets)), self.counts)
        order = np.argsort(pieces, kind="stable")
        self._pieces, self._owners = pieces[order], owners[order]
        self._is_known = np.zeros(1 << _BITS if len(pieces) else 1, dtype=bool)
        self._is_known[self._place(pieces)] = True

    def _place(self, pieces: Pieces) -> NDArray[np.intp]:
        return (pieces & np.uint64(len(self._is_known) - 1)).astype(np.intp)

    def shared(self, pieces: Pieces) -> NDArray[np.int64]:
        """Return how many different pieces each original has in common with these."""
        nothing = np.zeros(len(self.counts), dtype=np.int64)
        if not len(self._pieces) or not len(pieces):
            return nothing
        candidates = np.unique(pieces[self._is_known[self._place(pieces)]])
        first = np.searchsorted(self._pieces, candidates, side="left")
        lengths = np.searchsorted(self._pieces, candidates, side="right") - first
        total = int(lengths.sum())
        if not total:
            return nothing
        # The places of all owners of all candidates, one range after the other.
        starts = np.repeat(first - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
        return np.bincount(self._owners[starts + np.arange(total)], minlength=len(self.counts))
