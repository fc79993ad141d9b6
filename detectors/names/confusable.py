"""Letters that look like other letters, in Unicode and in ASCII."""

import unicodedata
from collections.abc import Container
from functools import lru_cache

from confusable_homoglyphs.confusables import confusables_data

__all__ = ["EYE_LETTERS", "EYE_PAIRS", "eye_letters", "eye_text", "latin_of"]

# Latin letters the Unicode table does not know as look-alikes, though readers take them for the plain letter.
_MORE = {"ԁ": "d", "ɡ": "g", "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "ɑ": "a", "һ": "h", "ԛ": "q", "ԝ": "w", "м": "m", "н": "h", "к": "k", "т": "t", "в": "b", "п": "n", "и": "u", "ц": "u", "ш": "w", "ɢ": "g", "ʀ": "r", "ɴ": "n", "ɪ": "i", "ʜ": "h", "ʟ": "l", "–": "-", "—": "-", "・": "-", "ー": "-"}  # fmt: skip

EYE_PAIRS = {"rn": "m", "vv": "w"}
"""Two letters read as one."""
EYE_LETTERS = {"0": "o", "1": "l", "i": "l", "5": "s", "q": "g"}
"""A letter or digit read as another letter."""
_EYE = EYE_PAIRS | EYE_LETTERS
_EYE_TABLE = str.maketrans(EYE_LETTERS)


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


def eye_text(text: str) -> str:
    """Return a text without separators as a hasty eye reads it."""
    for pair, letter in EYE_PAIRS.items():
        text = text.replace(pair, letter)
    return text.translate(_EYE_TABLE)


def eye_letters(letters: str, apart: Container[int] = ()) -> tuple[str, tuple[int, ...]]:
    """Return the letters as a hasty eye reads them (`rn` as `m`, `0` as `o`, `1` and `i` as `l` …) and where each one came from; see `eye_text`.

    `apart` are letters with a separator before them: no pair spans it.
    """
    seen: list[str] = []
    origins: list[int] = []
    at = 0
    while at < len(letters):
        pair = letters[at : at + 2]
        width = 2 if pair in _EYE and at + 1 not in apart else 1
        seen.append(_EYE.get(letters[at : at + width], letters[at]))
        origins.append(at)
        at += width
    return "".join(seen), tuple(origins)
