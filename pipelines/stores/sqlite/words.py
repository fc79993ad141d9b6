"""Search with SQLite's FTS5 exactly as a substring search: neighbouring pairs of characters, made here and not by a tokenizer.

A run of characters `abc` is indexed as `ab bc c`; its last character alone keeps a word from crossing into the next run, and lets a
phrase do so where it has a blank. A word of two or more characters is the phrase of its pairs, a single character the
beginning of a pair. Each character is written as its five hex digits, so that no tokenizer's idea of letters, case or Chinese
comes between. (SQLite 3.40's own trigram tokenizer silently finds nothing for 包过.)
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

__all__ = ["match_expression", "pairs_of"]

_DIGITS = np.frombuffer(b"0123456789abcdef", np.uint8)
_SHIFTS = np.array([16, 12, 8, 4, 0], np.uint32)
_BASIC_END = 0x10000
_BASIC = _DIGITS[(np.arange(_BASIC_END, dtype=np.uint32)[:, None] >> _SHIFTS) & 15]
"""The five digits of every character of the basic plane."""
_WIDTH = 11
"""Bytes of a pair and the blank behind it."""


def pairs_of(folded: Sequence[str]) -> list[str]:
    """Return the texts (folded, with single blanks) as the index takes them; many at once are far cheaper than one by one."""
    if not any(folded):
        return [""] * len(folded)
    codes = np.frombuffer((" ".join(folded) + " ").encode("utf-32-le", "surrogatepass"), np.uint32)
    digits = _BASIC[codes % _BASIC_END]
    if (beyond := codes >= _BASIC_END).any():
        digits[beyond] = _DIGITS[(codes[beyond][:, None] >> _SHIFTS) & 15]
    made = np.full((len(codes) - 1, _WIDTH), ord(" "), np.uint8)
    made[:, 0:5] = digits[:-1]
    made[:, 5:10] = digits[1:]
    is_blank = codes == ord(" ")
    made[is_blank[1:], 5:10] = ord(" ")
    made[is_blank[:-1]] = ord(" ")
    written = made.tobytes().decode("ascii")
    found, start = [], 0
    for text in folded:
        found.append(written[start * _WIDTH : (start + len(text)) * _WIDTH])
        start += len(text) + 1
    return found


def match_expression(text: str, column: str = "") -> str:
    """Return the FTS5 query for rows in which the folded text occurs, in one column or in any."""
    *before, last = text.split(" ")
    tokens = [token for run in before for token in _pairs(run, is_whole_run=True)]
    is_prefix = len(last) == 1
    tokens += [f"{ord(last):05x}"] if is_prefix else _pairs(last, is_whole_run=False)
    phrase = f'"{" ".join(tokens)}"{" *" if is_prefix else ""}'
    return f'"{column}" : {phrase}' if column else phrase


def _pairs(run: str, *, is_whole_run: bool) -> list[str]:
    codes = [f"{ord(character):05x}" for character in run]
    made = [first + second for first, second in pairwise(codes)]
    return [*made, codes[-1]] if is_whole_run else made
