"""Letters that look like other letters, in Unicode and in ASCII."""

import re
import unicodedata
from collections.abc import Container
from functools import lru_cache

from confusable_homoglyphs.confusables import confusables_data

__all__ = ["EYE_LETTERS", "EYE_PAIRS", "eye_letters", "eye_text", "latin_of"]

# Latin letters the Unicode table does not know as look-alikes, though readers take them for the plain letter.
_MORE = {"ɋ": "q", "ɗ": "d", "ɓ": "b", "ƙ": "k", "ɱ": "m", "ɳ": "n", "ʋ": "u", "ɽ": "r", "ʐ": "z", "ɠ": "g", "ƈ": "c", "ɦ": "h", "ԁ": "d", "ɡ": "g", "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "ɑ": "a", "һ": "h", "ԛ": "q", "ԝ": "w", "м": "m", "н": "h", "к": "k", "т": "t", "в": "b", "п": "n", "и": "u", "ц": "u", "ш": "w", "ɢ": "g", "ʀ": "r", "ɴ": "n", "ɪ": "i", "ʜ": "h", "ʟ": "l", "ө": "o", "ɵ": "o", "є": "e", "ε": "e", "ɛ": "e", "қ": "k", "ҡ": "k", "ӄ": "k", "κ": "k", "ĸ": "k", "ң": "n", "η": "n", "ŋ": "n", "ґ": "r", "ұ": "y", "ƴ": "y", "џ": "u", "μ": "u", "τ": "t", "χ": "x", "ω": "w", "ƒ": "f", "ƌ": "d", "ǥ": "g", "ԍ": "g", "ᴍ": "m", "ʍ": "m", "ᴀ": "a", "ᴇ": "e", "ь": "b", "–": "-", "—": "-", "・": "-", "ー": "-"}  # fmt: skip

EYE_PAIRS = {"rn": "m", "nn": "m", "vv": "w", "cl": "d"}
"""Two letters read as one."""
EYE_LETTERS = {
    "0": "o", "1": "l", "i": "l", "2": "z", "3": "e", "4": "a", "5": "s", "6": "b", "8": "b", "9": "g", "q": "g",
}  # fmt: skip
"""A letter or digit read as another letter."""
_FOLD = str.maketrans(EYE_LETTERS)
_READ_AS = EYE_PAIRS | EYE_LETTERS
_BENT = re.compile("|".join(_READ_AS)).search


@lru_cache(maxsize=4096)
def latin_of(char: str) -> str:
    """Return the ASCII letter or digit a character is read as; empty: it is not read as one."""
    if char in _MORE:
        return _MORE[char]
    base = unicodedata.normalize("NFKD", char)[:1].lower()
    if base.isascii() and base.isalnum():
        return base
    likes = [entry["c"].lower() for entry in confusables_data.get(char, ())]
    likes += [entry["c"].lower() for entry in confusables_data.get(base, ())]
    return next((like for like in likes if len(like) == 1 and like.isascii() and like.isalnum()), "")


def eye_letters(letters: str, apart: Container[int] = ()) -> tuple[str, tuple[int, ...]]:
    """Return the letters as a hasty eye reads them (`rn` as `m`, `0` as `o`, `1` and `i` as `l` …) and where each one came from.

    `apart` are letters with a separator before them: no pair spans it. A digit beside another one is a number, not a letter.
    """
    pieces: list[str] = []
    origins = list(range(len(letters)))
    at = done = 0
    while found := _BENT(letters, at):
        start, at = found.start(), found.end()
        bent = found[0]
        if bent in EYE_PAIRS:
            if start + 1 in apart:
                at = start + 1
                continue
            del origins[start + 1 - len(letters)]  # counted from the end: what stands before may have become shorter
        elif bent.isdigit() and _is_in_number(letters, start, apart):
            continue
        pieces += letters[done:start], _READ_AS[bent]
        done = at
    return "".join((*pieces, letters[done:])), tuple(origins)


def _is_in_number(letters: str, at: int, apart: Container[int]) -> bool:
    before = at > 0 and at not in apart and letters[at - 1].isdigit()
    return before or (letters[at + 1 : at + 2].isdigit() and at + 1 not in apart)


def eye_text(letters: str, *, pairs: bool = True) -> str:
    """Return the letters as a hasty eye reads them, digits of numbers too: the form in which the sieve compares."""
    if pairs:
        for pair, letter in EYE_PAIRS.items():
            letters = letters.replace(pair, letter)
    return letters.translate(_FOLD)
