"""What a folded character can be part of, as bits in one table by code point: the first look at a text, at memory-like speed."""

import sys
import unicodedata
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from keywords.characters import GAP, NOTHING

__all__ = [
    "BRACKET_CLOSES",
    "BRACKET_OPENS",
    "BREAK",
    "COMMA",
    "HAN",
    "HAN_CLASS",
    "HIDDEN",
    "LATIN",
    "SEPARATOR",
    "SEPARATOR_CLASS",
    "Kinds",
    "is_han",
    "kinds_table",
]  # fmt: skip

Kinds = NDArray[np.uint8]
HAN: Final = 1
SEPARATOR: Final = 2
HIDDEN: Final = 4
BREAK: Final = 8
COMMA: Final = 16
BRACKET_OPENS: Final = 32
BRACKET_CLOSES: Final = 64
LATIN: Final = 128

_HAN_RANGES = (
    (0x3400, 0x4DE5), (0x4DE7, 0x4E27), (0x4E29, 0x4E35), (0x4E37, 0x4E43), (0x4E45, 0x9FFF), (0x20000, 0x3FFFF),
)  # fmt: skip
"""Without the strokes 丨 丶 乄, which sellers use as separators."""
HAN_CLASS: Final = "".join(f"{chr(first)}-{chr(last)}" for first, last in _HAN_RANGES)
"""Chinese characters, for use in a regular expression's brackets."""
_NAMED_SEPARATORS = " \t·•∙‧・._-—–~^*#|丨丶乄/\\+=<>«»\"'`…&%$@♥↑↓←→※‖§¶′″‡¦°´¨¯¸→"
_SEPARATORS = dict.fromkeys(
    [*_NAMED_SEPARATORS, *(char for char in map(chr, range(0xA0, 0x2C00)) if unicodedata.category(char) == "Sm"), GAP]
)
SEPARATOR_CLASS: Final = "".join("\\" + char if char in "\\-^]" else char for char in _SEPARATORS)
"""What is put between characters to break a word, for use in a regular expression's brackets."""


@lru_cache(maxsize=1)
def kinds_table() -> Kinds:
    """Return the bits of every code point."""
    kinds = np.zeros(sys.maxunicode + 1, np.uint8)
    for first, last in _HAN_RANGES:
        kinds[first : last + 1] = HAN
    for chars, bit in (
        ("".join(_SEPARATORS), SEPARATOR),
        (NOTHING, HIDDEN),
        ("\n", BREAK),
        ("，、。,;；:：!！?？", COMMA),
        ("([{【〔「『<", BRACKET_OPENS),
        (")]}】〕」』>", BRACKET_CLOSES),
        ("abcdefghijklmnopqrstuvwxyz", LATIN),
    ):
        for char in chars:
            kinds[ord(char)] |= bit
    return kinds


def is_han(char: str) -> bool:
    """Say whether this is one Chinese character that is read, not a stroke used as a separator."""
    return bool(char) and bool(kinds_table()[ord(char)] & HAN)
