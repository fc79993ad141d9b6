"""Slips of eye and finger: one letter more, less, swapped or replaced."""

from collections.abc import Iterator

from detectors.names.clues import MAYBE

__all__ = [
    "all_slips",
    "close_slips",
    "first_by_shape",
    "halves_left",
    "is_close_slip",
    "is_plausible_slip",
    "keeps_first",
    "plausible_slips",
    "short_slips",
]

_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
_LONG = 8
_SHORTEST = 3
_SHORTEST_HALF = 4
_READABLE = 6
"""With a letter missing or replaced, shorter words are too easily others."""
_VERY_LONG = 12
"""So long a word is recognised without its first letter too."""
_BESIDE = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl", "p": "ol",
    "a": "qsz", "s": "awdx", "d": "sefc", "f": "drgv", "g": "fthb", "h": "gyjn", "j": "hukm", "k": "jil", "l": "ko",
    "z": "asx", "x": "zsdc", "c": "xdfv", "v": "cfgb", "b": "vghn", "n": "bhjm", "m": "njk",
}  # fmt: skip
_KEYBOARD = {
    key: near + "".join(other for other in _BESIDE if key in _BESIDE[other] and other not in near)
    for key, near in _BESIDE.items()
}
"""Neighbours on the keyboard; who is one has one."""
_SHAPES = frozenset({"qg", "gq", "uv", "vu", "il", "li", "nm", "mn", "hn", "nh", "ec", "ce", "sz", "zs"})


def all_slips(word: str) -> Iterator[str]:
    """Yield all strings one slip from the word that keep its length or change it by one; the first letter may be replaced, not preceded."""
    for i in range(len(word) + 1):
        if i < len(word):
            yield word[:i] + word[i + 1 :]
            yield from (word[:i] + letter + word[i + 1 :] for letter in _ALPHABET if letter != word[i])
        if i + 1 < len(word) and word[i] != word[i + 1]:
            yield word[:i] + word[i + 1] + word[i] + word[i + 2 :]
        if 0 < i < len(word):
            yield from (word[:i] + letter + word[i:] for letter in _ALPHABET)
    yield from (word + letter for letter in (_ALPHABET if len(word) >= _LONG else word[-1]))


def plausible_slips(label: str) -> Iterator[str]:
    """Yield the slips that still read as the label; any other letter in a short one makes another word."""
    return (slip for slip in all_slips(label) if is_plausible_slip(slip, label))


def is_plausible_slip(written: str, label: str) -> bool:
    """Say whether `written`, known to be one slip from the label, is one of eye or finger; in a long label any is."""
    return len(label) >= _LONG or is_close_slip(written, label)


def is_close_slip(written: str, label: str) -> bool:
    """Say the same more strictly, whatever the length: a replaced letter must be a neighbour or a look-alike."""
    if len(written) != len(label) or sorted(written) == sorted(label):
        return len(written) >= len(label) or len(label) > _SHORTEST
    a, b = next((x, y) for x, y in zip(written, label, strict=True) if x != y)
    return _are_near(a, b)


def close_slips(word: str) -> Iterator[str]:
    """Yield the slips that fingers make: a letter left out, swapped with the next, doubled, or a neighbour struck for it or beside it."""
    is_very_long = len(word) >= _VERY_LONG
    for i, letter in enumerate(word):
        inside = i > 0 or is_very_long
        near = (*_KEYBOARD.get(letter, ""), *(pair[1] for pair in _SHAPES if pair[0] == letter))
        if inside:
            yield word[:i] + word[i + 1 :]
        if i + 1 < len(word) and letter != word[i + 1]:
            yield word[:i] + word[i + 1] + letter + word[i + 2 :]
        yield from (word[:i] + other + word[i + 1 :] for other in near if inside)
        yield from (word[: i + 1] + other + word[i + 1 :] for other in (letter, *near))
        yield from (word[:i] + other + word[i:] for other in near if i)


def short_slips(word: str) -> Iterator[str]:
    """Yield the commonest slips of a word: a letter doubled, left out or swapped with the next, and in words of six letters a neighbour struck for it.

    The first letter stays: people read from the left.
    """
    for at in range(1, len(word)):
        yield word[:at] + word[at - 1 :]
        if at + 1 < len(word) and word[at] != word[at + 1]:
            yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        if len(word) >= _READABLE:
            yield word[:at] + word[at + 1 :]
            yield from (word[:at] + other + word[at + 1 :] for other in _KEYBOARD.get(word[at], ""))
    yield word + word[-1]


def first_by_shape(word: str) -> Iterator[str]:
    """Yield the word with its first letter replaced by one of its shape: `nohurd`."""
    return (pair[1] + word[1:] for pair in sorted(_SHAPES) if pair[0] == word[0])


def _are_near(a: str, b: str) -> bool:
    return a in _KEYBOARD.get(b, "") or a + b in _SHAPES


def halves_left(slip: str, word: str, joints: frozenset[int] = frozenset()) -> tuple[str, ...]:
    """Return as a look the half of a word that a slip leaves whole, with separators at the joints; all of it where it leaves neither."""
    half = len(word) // 2
    if half < _SHORTEST_HALF and not joints:
        return (slip,)
    if slip.endswith(word[half:]):
        return (_jointed(word, half, len(word), joints),)
    if slip.startswith(word[:half]):
        return (_jointed(word, 0, half, joints),)
    return (_jointed(slip, 0, len(slip), joints),)


def _jointed(word: str, start: int, end: int, joints: frozenset[int]) -> str:
    return "".join((MAYBE if start < at < end and at in joints else "") + word[at] for at in range(start, end))


def keeps_first(written: str, form: str) -> bool:
    """Say whether the first letter is kept: people read names from the left, and counterfeiters know it."""
    return written[0] == form[0] or written[0] + form[0] in _SHAPES or written[:2] == form[1::-1]
