"""Slips of eye and finger on the whole official labels, one or two of them, and letters of other alphabets.

`Label`s come with the kind of slip in their cost: what the eye passes over (`rn` for m, digits) is what counterfeiters choose, what a finger
slips on is what people type by mistake.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations
from string import ascii_lowercase

from detectors.names.families import brands
from detectors.names.hit import Technique
from detectors.names.label import Family, Label, Subject
from detectors.names.suffixes import table
from detectors.names.target import Target

__all__ = ["foreign_labels", "one_slip", "two_slips"]

_EYE = {"m": ("rn",), "o": ("0",), "l": ("1", "i"), "i": ("1", "l"), "w": ("vv",), "q": ("g",), "g": ("q",), "s": ("5",), "d": ("cl",), "h": ("n",), "r": ("n",), "u": ("v",)}  # fmt: skip
_SHARP_EYE = frozenset({"rn", "0", "1", "vv"})
"""What no hasty eye tells apart, in any font."""
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890")
_VOWELS = "aeiou"
_BITS = tuple(1 << bit for bit in range(7))
_KEPT_LETTERS = 8
"""A letter is dropped only where what is left is still long."""
_LONG = 6
_FINGER = 2
"""Dearest slip that is tried on the first letter of a short label: people read from the left."""
_LONG_FOR_TWO = 9


def one_slip(subject: Subject) -> Iterator[Label]:
    """Yield the whole labels with one slip, the eye's first."""
    for label, step in (*((label, 0) for label in _long_labels(subject)), *_rarer_labels(subject)):
        is_long = len(label.replace("-", "")) >= _KEPT_LETTERS
        for at in range(len(label)):
            if label[at] in "-.":
                continue
            rarer = step + (at not in _places(label))
            for cost, technique, text in _slips(label, at):
                if at or is_long or cost <= _FINGER:
                    yield Label(text, technique, cost + rarer, Family.SLIP, reach=2 if cost + rarer <= 1 else 1)
    for brand in brands(subject.own):
        if "-" in brand:
            yield from _inside_hyphened(brand)


def two_slips(subject: Subject) -> Iterator[Label]:
    """Yield the longest labels with two slips at different places: two of the eye, then one of the eye and one of the finger."""
    for label in _long_labels(subject):
        if len(label.replace("-", "")) < _LONG_FOR_TWO:
            continue
        for first, second in combinations(_places(label), 2):
            for cost, technique, text in _slips(label, second):
                # The later place is changed first, so that the earlier one stays where it was.
                for more, _, both in _slips(text, first):
                    if cost + more <= _LONG - 2 and second - first > 1:
                        yield Label(both, technique, 3 + cost + more, Family.TWO_SLIPS, reach=0)


def foreign_labels(subject: Subject) -> Iterator[Label]:
    """Yield labels a registry of more than ASCII would give out: one accented letter, or every letter from one other alphabet.

    A label that mixes alphabets is refused by every registry of the tables. Below a domain of one's own nobody refuses it.
    """
    variants = _variants()
    for label in _foreign_bases(subject):
        for at, letter in enumerate(label):
            for variant in variants["latin"].get(letter, ()):
                yield Label(label[:at] + variant + label[at + 1 :], Technique.IDN_LOOKALIKE, 2, Family.FOREIGN, reach=1)
        if all(char in variants["cyrillic"] or char in "-0123456789" for char in label):
            whole = "".join(variants["cyrillic"].get(char, (char,))[0] for char in label)
            yield Label(whole, Technique.IDN_LOOKALIKE, 1, Family.FOREIGN, reach=2)
    own = subject.own
    if own.sub and own.is_government and len(own.labels) == 2:  # noqa: PLR2004 - sub-label and brand
        for at, letter in enumerate(own.sub):
            for variant in variants["cyrillic"].get(letter, ()):
                sub = own.sub[:at] + variant + own.sub[at + 1 :]
                yield Label(f"{sub}.{own.brand}-gov", Technique.IDN_LOOKALIKE, 3, Family.FOREIGN, reach=0)


def _slips(label: str, at: int) -> Iterator[tuple[int, Technique, str]]:
    """Yield (cost, technique, label) for every slip at one place."""
    head, letter, tail = label[:at], label[at], label[at + 1 :]
    for other in _EYE.get(letter, ()):
        yield 1 if other in _SHARP_EYE else 3, Technique.LOOKALIKE_LETTERS, head + other + tail
    yield 2, Technique.MISSPELT, head + letter + letter + tail
    if at and len(label.replace("-", "")) >= _KEPT_LETTERS:
        yield 2, Technique.MISSPELT, head + tail
    if at and tail and tail[0] not in {"-", letter} and label[at - 1] != "-":
        yield 2, Technique.MISSPELT, head + tail[0] + letter + tail[1:]
    for other in _neighbours(letter):
        yield 3, Technique.MISSPELT, head + other + tail
        yield 4, Technique.MISSPELT, head + letter + other + tail
    if letter in _VOWELS:
        yield from ((3, Technique.MISSPELT, head + other + tail) for other in _VOWELS if other != letter)
    for bit in _BITS:
        other = chr(ord(letter) ^ bit)
        if other.isascii() and (other.isdigit() or other.islower()):
            yield 5, Technique.MISSPELT, head + other + tail


@lru_cache(maxsize=64)
def _neighbours(letter: str) -> str:
    """Return the letters beside one on the keyboard."""
    row = next((row for row in _KEYS if letter in row), "")
    at = row.find(letter)
    return row[max(at - 1, 0) : at + 2].replace(letter, "") if row else ""


def _inside_hyphened(brand: str) -> Iterator[Label]:
    """`e-cpqs`: a short brand is still known by its own hyphen when one letter is put in."""
    start = brand.index("-") + 1
    for at in range(start, len(brand)):
        yield Label(brand[: at + 1] + brand[at:], Technique.MISSPELT, 2, Family.SLIP, reach=1)
        for letter in ascii_lowercase:
            yield Label(brand[: at + 1] + letter + brand[at + 1 :], Technique.MISSPELT, 4, Family.SLIP, reach=0)


def _rarer_labels(subject: Subject) -> Iterator[tuple[str, int]]:
    """Yield (label, cost) of further whole labels a slip may be in: the order turned round, below a domain, the whole host."""
    own = subject.own
    if own.sub and len(own.stem) >= _LONG:
        sub = ".".join(own.labels[:-1])
        for brand in brands(own):
            yield f"{brand}-{own.sub}", 1
            yield f"{sub}.{brand}", 1
    if own.is_of_trade and own.sub:
        yield own.host, 2


def _places(label: str) -> tuple[int, ...]:
    """Return the places where a slip is worth a try: not in separators, and not in `gov`, which must stay readable."""
    stop = label.rfind("-gov") if "-gov" in label else len(label) - 3 if label.endswith("gov") else len(label)
    return tuple(at for at in range(stop) if label[at] != "-")


def _long_labels(subject: Subject) -> tuple[str, ...]:
    """Return the labels long enough that one changed letter is still recognised."""
    made = [label for target in subject.targets[:2] for label in _labels_of(subject, target)]
    return tuple(label for label in dict.fromkeys(made) if len(label.replace("-", "")) >= _LONG)


def _labels_of(subject: Subject, target: Target) -> Iterator[str]:
    sub = target.sub
    for brand in brands(target):
        if target.is_government:
            yield from ((f"{sub}-{brand}-gov", f"{sub}{brand}gov") if sub else (f"{brand}-gov", f"{brand}gov"))
        if sub:
            yield from (f"{sub}-{brand}", f"{sub}{brand}")
        if len(brand) >= _LONG and subject.brand_weight(brand) == "distinctive":
            yield brand


def _foreign_bases(subject: Subject) -> Iterator[str]:
    seen: set[str] = set()
    for target in subject.targets[:1]:
        for brand in brands(target):
            for label in (f"{target.sub}{brand}", f"{target.sub}-{brand}" if target.sub else brand, brand):
                if label not in seen and (
                    label != brand or subject.brand_weight(brand.replace("-", "")) == "distinctive"
                ):
                    seen.add(label)
                    yield label
    for label in _long_labels(subject):
        if label not in seen:
            seen.add(label)
            yield label


@lru_cache(maxsize=1)
def _variants() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return script → letter → characters read as it."""
    found: dict[str, dict[str, tuple[str, ...]]] = {"latin": {}, "cyrillic": {}}
    for row in table("letter_variants"):
        of_script = found[row["script"]]
        of_script[row["letter"]] = (*of_script.get(row["letter"], ()), row["variant"])
    return found
