"""Pinyin syllables: where a long pinyin word may be broken, and whether letters read as pinyin at all."""

import re
from functools import lru_cache

__all__ = ["breaks", "is_latin", "is_pinyin", "may_be_broken", "syllables"]

SYLLABLE = (
    r"(?:a(?:i|ng?|o)?|e[nr]?|ou"
    r"|[bpm](?:a|o|ai|ei|ao|ou|an|en|ang|eng|i|ie|iao|ian|in|ing|u)"
    r"|f(?:a|o|ei|ou|an|en|ang|eng|u)"
    r"|[dtnl](?:a|e|ai|ei|ao|ou|an|en|ang|eng|ong|i|ie|iao|iu|ian|in|iang|ing|u|uo|ui|uan|un|v)"
    r"|[gkh](?:a|e|ai|ei|ao|ou|an|en|ang|eng|ong|u|ua|uo|uai|ui|uan|un|uang)"
    r"|[jqx](?:i|ia|ie|iao|iu|ian|in|iang|ing|iong|u|ue|uan|un)"
    r"|(?:[zcs]h?|r)(?:a|e|i|ai|ei|ao|ou|an|en|ang|eng|ong|u|ua|uo|ui|uan|un|uang)"
    r"|y(?:a|ao|an|ang|e|i|in|ing|o|ong|ou|u|ue|uan|un)|w(?:a|ai|an|ang|ei|en|eng|o|u))"
)
_PINYIN = re.compile(rf"{SYLLABLE}{{2,8}}")
_ONE = re.compile(SYLLABLE)
_LONGEST = 6
"""Letters of a syllable (`zhuang`)."""


def is_pinyin(letters: str) -> bool:
    """Say whether the letters are two to eight pinyin syllables."""
    return bool(_PINYIN.fullmatch(letters))


def syllables(word: str) -> tuple[str, ...]:
    """Return the syllables of a pinyin word, the first ones as long as they can be; empty: it cannot be read as pinyin."""
    for end in range(min(_LONGEST, len(word)), 0, -1):
        if _ONE.fullmatch(word, 0, end):
            if end == len(word):
                return (word,)
            if rest := syllables(word[end:]):
                return (word[:end], *rest)
    return ()


@lru_cache(maxsize=4096)
def breaks(word: str) -> frozenset[int]:
    """Return the places inside a word where a separator may be written: between any two syllables it can be read as.

    A word that is not pinyin (`mohurd`) may be broken anywhere.
    """
    ends = {0}
    after: dict[int, set[int]] = {}
    for at in range(len(word)):
        if at in ends:
            after[at] = {
                end for end in range(at + 1, min(at + _LONGEST + 1, len(word) + 1)) if _ONE.fullmatch(word, at, end)
            }
            ends |= after[at]
    if len(word) not in ends:
        return frozenset(range(1, len(word)))
    useful = {len(word)}
    for at in sorted(after, reverse=True):
        if after[at] & useful:
            useful.add(at)
    return frozenset(useful - {0, len(word)})


def is_latin(word: str) -> bool:
    """Say whether a word is no row of syllables (`mohurd`, `e-cqs`, 12333)."""
    return not breaks(word) or 1 in breaks(word)


def may_be_broken(word: str, at: frozenset[int]) -> bool:
    """Say whether separators at these places inside the word leave it readable: between syllables, or once anywhere."""
    return at <= breaks(word) and (len(at) <= 1 or not is_latin(word))
