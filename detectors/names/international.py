"""A quick look at international names (`xn--…`): do they hold a Chinese word we know, and how do they read in Latin letters?

Many labels are decoded at once; nothing is judged here. What the decoder refuses is left for the slow reading.
"""

from collections.abc import Iterable, Iterator

import ahocorasick_rs
import numpy as np
from ada_url import idna

from detectors.names.confusable import latin_of
from keywords.characters import EVERY_POINT, Points, plain, points_of

__all__ = ["International"]

_REFUSED = "xn--"
_LINE = "\n"
_MOST_CHARS = 5_000
"""The decoder takes 16,384 characters at once, two more for each line among them, and leaves longer texts as they are."""
_ASCII = bytes(code if 32 < code < 128 or code == ord(_LINE) else ord("?") for code in range(256)).lower()  # noqa: PLR2004 - ASCII


class _Latin:
    """A table that fills itself: letters read as Latin ones, Chinese characters as separators. 0: not looked up yet."""

    def __init__(self) -> None:
        self._latin = np.zeros(EVERY_POINT, np.uint8)

    def read(self, points: Points) -> bytes:
        """Return a byte for each of these code points."""
        found = self._latin.take(points)
        if not found.all():
            for point in np.unique(points[found == 0]).tolist():
                char = chr(point)
                self._latin[point] = ord(char if char.isascii() else latin_of(char) or "-")
            found = self._latin.take(points)
        return found.tobytes()


class International:
    """Looks at lines that hold `--`."""

    def __init__(self, words: Iterable[str]) -> None:
        """Build the look; `words` are in simplified characters."""
        self._words = ahocorasick_rs.AhoCorasick(sorted(set(words)))
        self._latin = _Latin()

    def read(self, lines: bytes) -> tuple[list[int], bytes]:
        """Return the numbers of the lines that hold a word or cannot be decoded, and all lines in Latin letters."""
        shown = _LINE.join(map(_decoded, _pieces(lines.translate(_ASCII).decode("ascii"))))
        worth = [at for at, line in enumerate(shown.split(_LINE)) if _REFUSED in line] if _REFUSED in shown else []
        simple = plain(shown)
        at = reached = 0
        for _, start, _ in self._words.find_matches_as_indexes(simple):
            at += simple.count(_LINE, reached, start)
            reached = start
            worth.append(at)
        return worth, self._latin.read(points_of(shown))


def _pieces(text: str) -> Iterator[str]:
    """Yield the lines, as many at once as the decoder takes."""
    while len(text) > _MOST_CHARS and (end := text.rfind(_LINE, 0, _MOST_CHARS)) >= 0:
        yield text[:end]
        text = text[end + 1 :]
    yield text


def _decoded(lines: str) -> str:
    """Return the lines with their `xn--` labels decoded; a label that is not valid stays as it is."""
    # The decoder cares for dots only: a line feed as a label of its own keeps the lines apart.
    return idna.decode(lines.replace(_LINE, ".\n.")).replace(".\n.", _LINE)
