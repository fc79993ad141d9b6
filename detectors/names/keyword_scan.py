"""Names that hold a keyword, or whose first label is one edit from it: the plain question of the field's tools, for a keyword just added.

The same hits as openSquat 2.3 at confidence 1 gives for names in ASCII (Levenshtein distance of keyword and first label at most 1, or
the keyword anywhere in the name), by one pass over the buffer for all keywords.
"""

from collections.abc import Callable, Iterable, Iterator
from string import ascii_lowercase, digits

import ahocorasick_rs

from detectors.names.hyperscan_look import HyperscanLook, compiled, has_hyperscan

__all__ = ["KeywordScan"]

_ALPHABET = ascii_lowercase + digits + "-"


class KeywordScan:
    """Looks for all keywords at once."""

    def __init__(self, keywords: Iterable[str]) -> None:
        """Build the pass. Keywords are lower-case letters, digits and hyphens, at least two of them; ValueError otherwise."""
        self.keywords = tuple(dict.fromkeys(keywords))
        for keyword in self.keywords:
            if len(keyword) < 2 or set(keyword) - set(_ALPHABET):  # noqa: PLR2004 - every name is one edit from one letter
                raise ValueError(keyword)
        literals: dict[bytes, list[int]] = {}
        for at, keyword in enumerate(self.keywords):
            for literal in _literals(keyword):
                literals.setdefault(literal, []).append(at)
        self._owners = tuple(map(tuple, literals.values()))
        self._matches = _passes(list(literals))

    def found(self, buffer: bytes) -> Iterator[tuple[int, int, str]]:
        """Yield (start, end, keyword) of every line and keyword that go together. The buffer begins and ends with a line feed."""
        seen: set[tuple[int, int]] = set()
        for which, end in self._matches(buffer):
            start = buffer.rfind(b"\n", 0, end - 1) + 1
            for owner in self._owners[which]:
                if (start, owner) not in seen:
                    seen.add((start, owner))
                    yield start, buffer.find(b"\n", start), self.keywords[owner]


def _passes(literals: list[bytes]) -> Callable[[bytes], list[tuple[int, int]]]:
    if has_hyperscan():
        return HyperscanLook(compiled(literals)).matches
    finder = ahocorasick_rs.BytesAhoCorasick(literals)
    return lambda buffer: [(at, end) for at, _, end in finder.find_matches_as_indexes(buffer, overlapping=True)]


def _literals(keyword: str) -> set[bytes]:
    """Return the keyword, and every first label one edit from it that does not hold it."""
    labels = {label for label in _edits(keyword) if keyword not in label}
    return {keyword.encode(), *(f"\n{label}.".encode() for label in labels)}


def _edits(word: str) -> Iterator[str]:
    for at in range(len(word) + 1):
        yield word[:at] + word[at + 1 :]
        for letter in _ALPHABET:
            yield word[:at] + letter + word[at:]
            yield word[:at] + letter + word[at + 1 :]
