"""A quick look at international names (`xn--…`): do they hold a Chinese word we know, and how do they read in Latin letters?

Many labels are decoded at once; nothing is judged here. What the decoder refuses is left for the slow reading.
"""

from collections.abc import Iterable, Sequence

import ahocorasick_rs
from ada_url import idna

from detectors.names.confusable import latin_of
from keywords.characters import plain

__all__ = ["International"]

_REFUSED = "xn--"
_LINE = "\n"
_ASCII = bytes(code if code < 128 else ord("?") for code in range(256)).lower()  # noqa: PLR2004 - where ASCII ends


class _Latin(dict[int, str]):
    """A translation table that fills itself: letters read as Latin ones, Chinese characters as separators."""

    def __missing__(self, point: int) -> str:
        char = chr(point)
        self[point] = char if char.isascii() else latin_of(char) or "-"
        return self[point]


class International:
    """Looks at lines that hold `--`."""

    def __init__(self, words: Iterable[str]) -> None:
        """Build the look; `words` are in simplified characters."""
        self._words = ahocorasick_rs.AhoCorasick(sorted(set(words)))
        self._latin = _Latin()

    def read(self, lines: Sequence[bytes]) -> tuple[list[bool], list[bytes]]:
        """Return of each line whether it holds a word (or cannot be decoded), and the line in Latin letters."""
        shown = _decoded([line.translate(_ASCII).decode("ascii") for line in lines])
        is_worth = [_REFUSED in line for line in shown]
        simple = _LINE.join(plain(line.replace(_LINE, " ")) for line in shown)
        for _, start, _ in self._words.find_matches_as_indexes(simple):
            is_worth[simple.count(_LINE, 0, start)] = True
        return is_worth, [line.translate(self._latin).encode("ascii", "replace") for line in shown]


def _decoded(lines: list[str]) -> list[str]:
    """Return the lines with their `xn--` labels decoded; a label that is not valid stays as it is."""
    labels = idna.decode(".".join(lines)).split(".")
    counts = [line.count(".") + 1 for line in lines]
    if sum(counts) != len(labels):
        return lines
    ends = [sum(counts[: at + 1]) for at in range(len(counts))]
    return [".".join(labels[end - count : end]) for end, count in zip(ends, counts, strict=True)]
