"""Clues: letters of which every name the rules can match holds at least one. All other names are passed over unread.

A clue is a row of parts that stand directly next to each other, each pair with at most one separator between. Rules yield the clues
they need (`*_clues` beside each rule). `joined` is the clue as it stands in a name without separators; `fragments` are shorter, looser
pieces of it as they stand in raw text, for a first look at a whole buffer.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import combinations, product
from typing import NamedTuple

import ahocorasick_rs

from detectors.names.confusable import EYE_LETTERS, EYE_PAIRS, eye_text
from detectors.names.syllables import breaks, is_latin

__all__ = [
    "ALPHABET",
    "EDGE",
    "INTERNATIONAL",
    "MAYBE",
    "Clue",
    "beside",
    "clue",
    "forms",
    "fragments",
    "hyphened",
    "joined",
    "near_end",
    "near_start",
    "number_apart",
]

EDGE = "|"
"""As first or last part: a separator, or an end of the line."""
INTERNATIONAL = "xn--"
"""International labels hold it: whatever they spell, they are worth reading."""
MAYBE = "~"
"""In a look: a separator may be written here."""

_SEPARATOR = "-"
_ALONE = 8
"""So many letters of a word that counts alone are looked for."""
_CROSSING = 6
"""Words this long may be written with a hyphen inside; see `tokens`."""
_NEAR = 5
"""At least so many letters of each of two words beside each other are looked for."""
_NUMBER = re.compile(r"\d\d+").sub
_CAPITALS = str.maketrans("0123456789", "ABCDEFGHIJ")
_PAIR = re.compile("|".join(EYE_PAIRS)).search
_MAX_PAIRS = 2
"""So many letters of one fragment may be written as two (`rn` for m)."""


class Clue(NamedTuple):
    """One row of parts."""

    parts: tuple[str, ...]
    looks: tuple[str, ...]
    """Pieces of the row, one of which every way of writing it holds: what is looked for first, in raw text."""


def clue(*parts: str) -> Clue:
    """Return the clue of these parts; the first look is for all of them, or for the beginning of a single long word."""
    if len(parts) == 1:
        return Clue(parts, tuple(_broken(parts[0], 0, _ALONE)))
    first, last = parts[0] == EDGE, parts[-1] == EDGE
    row = MAYBE.join(parts[int(first) : len(parts) - int(last)])
    return Clue(parts, (f"{EDGE * first}{row}{EDGE * last}",))


def hyphened(word: str) -> Clue:
    """Return the clue of a short label that has a hyphen of its own, somewhere."""
    return Clue((word,), (word, *(word[:at] + _SEPARATOR + word[at:] for at in range(1, len(word)))))


def beside(words: Iterable[str], others: Iterable[str], *, alone: bool) -> Iterator[Clue]:
    """Yield clues of each word with each other word directly before or after it.

    `alone`: the word by itself is rare enough for a first look; else the nearest letters of the other word belong to it.
    """
    ends = {other: (near_end(other), near_start(other)) for other in others}
    for word in dict.fromkeys(words):
        looks = tuple(_broken(word, 0, _ALONE))
        for other, (end, start) in ends.items():
            yield Clue((other, word), looks if alone else (end + MAYBE + near_start(word),))
            yield Clue((word, other), looks if alone else (near_end(word) + MAYBE + start,))


def near_start(word: str) -> str:
    """Return the first syllables of a word, at least three letters, as a look."""
    cut = min((at for at in breaks(word) if at >= _NEAR), default=len(word))
    return next(iter(_broken(word, 0, cut)))


def near_end(word: str) -> str:
    """Return the last syllables of a word, at least three letters, as a look."""
    cut = max((at for at in breaks(word) if at <= len(word) - _NEAR), default=0)
    return next(iter(_broken(word, cut, len(word))))


def joined(row: Clue) -> set[str]:
    """Return the clue without separators, as seen by eye; two letters (`rn`), also at a joint, may or may not look like one.

    Numbers stay numbers, written as `number_apart` writes them.
    """
    parts = [_part_apart(part) for part in row.parts if part != EDGE]
    whole = "".join(parts)
    plain = eye_text(whole, pairs=False)
    if _PAIR(whole) is None:
        return {plain}
    return {plain, eye_text(whole), "".join(map(eye_text, parts))}


def number_apart(text: str) -> str:
    """Return the text with digits beside digits written as capitals, so that nobody reads them as letters: 2149 is no `zlaq`."""
    return _NUMBER(lambda found: found[0].translate(_CAPITALS), text)


_part_apart = lru_cache(maxsize=1 << 16)(number_apart)
"""The same words stand in thousands of rows."""


def fragments(clues: Iterable[Clue]) -> list[bytes]:
    """Return the ways of writing the looks in the alphabet of raw text, and what international labels (`xn--`) hold.

    A fragment in which another one stands is left out: where it is, the other is too. Half of them are.
    """
    looks = {look for row in clues for look in row.looks}
    texts = {text for look in looks for text in _separated(look)}
    return _shortest({spelling.encode() for text in texts for spelling in _spelt(text)} | {INTERNATIONAL.encode()})


def forms(clues: Iterable[Clue]) -> list[bytes]:
    """Return the clues as they stand in names without separators, but for those in which another one stands: two in three."""
    return _shortest({letters.encode() for row in clues for letters in joined(row)})


def _shortest(texts: Iterable[bytes]) -> list[bytes]:
    """Return the texts in which no other one stands, in order."""
    # Most that hold another one begin or end with it, which is seen without an automaton.
    ordered = sorted(_turned(_prefixes(_turned(_prefixes(texts)))))
    inside = ahocorasick_rs.BytesAhoCorasick(ordered)
    return [
        text
        for at, text in enumerate(ordered)
        if all(which == at for which, _, _ in inside.find_matches_as_indexes(text, overlapping=True))
    ]


def _prefixes(texts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the texts that begin with no other one."""
    shorter: bytes | None = None
    for text in sorted(texts):
        if shorter is None or not text.startswith(shorter):
            yield text
            shorter = text


def _turned(texts: Iterable[bytes]) -> list[bytes]:
    return [text[::-1] for text in texts]


def _alphabet() -> bytes:
    table = bytearray(_SEPARATOR.encode() * 256)
    for code in b"abcdefghijklmnopqrstuvwxyz0123456789\n":
        table[code] = code
    table[ord("A") : ord("Z") + 1] = b"abcdefghijklmnopqrstuvwxyz"
    for letter, seen in EYE_LETTERS.items():
        table[ord(letter)] = table[ord(letter.upper())] = ord(seen)
    return bytes(table)


ALPHABET = _alphabet()
"""Translation, byte for byte, of raw text into what fragments are written in: letters as a hasty eye reads them, all else a hyphen."""


def _broken(word: str, start: int, end: int) -> Iterator[str]:
    """Yield looks for this stretch of a word: with a separator between any two syllables, or one anywhere in a word that has none."""
    stretch = word[start:end]
    cuts = sorted(at - start for at in breaks(word) if start < at < end) if len(word) >= _CROSSING else []
    if len(word) < _CROSSING:
        yield stretch
        return
    if is_latin(word):
        yield stretch
        yield from (stretch[:cut] + _SEPARATOR + stretch[cut:] for cut in range(1, len(stretch)))
        return
    yield MAYBE.join(stretch[a:b] for a, b in zip((0, *cuts), (*cuts, len(stretch)), strict=True))


def _separated(look: str) -> Iterator[str]:
    """Yield the look with and without each of its separators and edges."""
    ways = {MAYBE: ("", _SEPARATOR), EDGE: ("\n", _SEPARATOR)}
    return ("".join(chosen) for chosen in product(*(ways.get(char, (char,)) for char in look)))


def _spelt(text: str) -> Iterator[str]:
    """Yield the text as seen by eye, with letters that two others look like written as those two."""
    seen = eye_text(text)
    yield seen
    pairs: dict[str, list[str]] = {}
    for pair, letter in EYE_PAIRS.items():
        pairs.setdefault(letter, []).append(eye_text(pair, pairs=False))
    places = [at for at, letter in enumerate(seen) if letter in pairs]
    for count in range(1, min(len(places), _MAX_PAIRS) + 1):
        for chosen in combinations(places, count):
            for forms in product(*(pairs[seen[at]] for at in chosen)):
                letters = list(seen)
                for at, form in zip(chosen, forms, strict=True):
                    letters[at] = form
                yield "".join(letters)
