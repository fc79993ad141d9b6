"""Search with SQLite's FTS5 exactly as a substring search: neighbouring pairs of characters, made here and not by a tokenizer.

A run of characters `abc` is indexed as `ab bc c`; its last character alone keeps a phrase from crossing into the next run. A word of
two or more characters is the phrase of its pairs, a single character the beginning of a pair. Each character is written
as its five hex digits, so that no tokenizer's idea of letters, case or Chinese comes between.
(SQLite 3.40's own trigram tokenizer silently finds nothing for 包过.)
"""

from collections.abc import Iterable
from itertools import pairwise

__all__ = ["match_expression", "pairs"]


def pairs(folded: str) -> str:
    """Return the text as the index takes it."""
    return " ".join(pair for run in folded.split() for pair in _pairs(run, is_whole_run=True))


def match_expression(words: Iterable[str]) -> str:
    """Return the FTS5 query for texts in which every word occurs. Words must be folded and without blanks."""
    return " AND ".join(_phrase(word) for word in words)


def _phrase(word: str) -> str:
    if len(word) == 1:
        return f'"{ord(word):05x}" *'
    return f'"{" ".join(_pairs(word, is_whole_run=False))}"'


def _pairs(run: str, *, is_whole_run: bool) -> list[str]:
    # UTF-32 writes every character as eight hex digits, of which the first three are always 0.
    written = run.encode("utf-32-be", "surrogatepass").hex()
    codes = [written[start : start + 5] for start in range(3, len(written), 8)]
    made = [first + second for first, second in pairwise(codes)]
    return [*made, codes[-1]] if is_whole_run else made
