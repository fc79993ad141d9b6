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
_ASCII = bytes(code if 32 < code < 128 or code == ord(_LINE) else ord("?") for code in range(256)).lower()  # noqa: PLR2004 - ASCII


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
        shown = _decoded(b"\n".join(lines).translate(_ASCII).decode("ascii"))
        is_worth = [_REFUSED in line for line in shown.split(_LINE)]
        simple = plain(shown)
        at = reached = 0
        for _, start, _ in self._words.find_matches_as_indexes(simple):
            at += simple.count(_LINE, reached, start)
            reached = start
            is_worth[at] = True
        return is_worth, shown.translate(self._latin).encode("ascii", "replace").split(b"\n")


def _decoded(lines: str) -> str:
    """Return the lines with their `xn--` labels decoded; a label that is not valid stays as it is."""
    # The decoder cares for dots only: a line feed as a label of its own keeps the lines apart.
    return idna.decode(lines.replace(_LINE, ".\n.")).replace(".\n.", _LINE)
