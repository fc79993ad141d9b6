"""Personal data as it may stand in an output: recognisable to who holds the paper, useless to anybody else."""

import re
from urllib.parse import unquote

__all__ = ["mask_identities_within", "mask_name", "mask_number", "mask_numbers_within"]

_KEPT_HEAD, _KEPT_TAIL = 3, 2
_FEWEST_DIGITS = 8
_IN_TEXT = re.compile(r"\d(?: ?\d){9,}[Xx]?|\d{8,}[Xx]?")
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_NAMED = re.compile(
    r"(姓\s*名|持证人|(?<![A-Za-z])(?:user|real|full)?name|(?<![A-Za-z])xm)([\s:：=]*)((?:%[0-9A-F]{2}){6,}|[\u3400-\u9fff][\u3400-\u9fff·•\s]{1,15}(?<!\s))",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[\u3400-\u9fff]{2,}")
_IN_NUMBERS = "建安"
"""Ends the words that stand in certificates' numbers themselves."""


def mask_number(number: str) -> str:
    """Return the number with its middle digits starred: `T32072319900307001X` → `T320*************1X`. Short ones lose all but the ends.

    A name that stands in the same cell is masked like one.
    """
    number = _WORDS.sub(lambda found: found[0] if found[0].endswith(_IN_NUMBERS) else mask_name(found[0]), number)
    digits = [place for place, char in enumerate(number) if char.isdigit() or char in "Xx"]
    head, tail = (_KEPT_HEAD, _KEPT_TAIL) if len(digits) >= _FEWEST_DIGITS else (1, 1)
    hidden = set(digits[head : len(digits) - tail])
    return "".join("*" if place in hidden else char for place, char in enumerate(number))


def mask_name(name: str) -> str:
    """Return the name with all but its first character starred: `王建国` → `王**`."""
    return name[:1] + "*" * (len(name) - 1)


def mask_numbers_within(text: str) -> str:
    """Return the text with every long run of digits masked: for quoting what we could not take apart."""
    return _IN_TEXT.sub(lambda found: mask_number(found[0]), text)


def mask_identities_within(text: str) -> str:
    """Return the text with identity numbers and labelled names masked and every other number kept: for addresses, which must stay what they are."""
    named = _NAMED.sub(lambda found: f"{found[1]}{found[2]}{mask_name(unquote(found[3]))}", text)
    return _IDENTITY.sub(lambda found: mask_number(found[0]), named)
