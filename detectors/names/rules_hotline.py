"""Service numbers (12333, 12350 …) with words of government or of the trade: `12333-cx.com`, `cn12333.com`, `zw12345-cx.cn`."""

from collections.abc import Iterator

from detectors.names.clues import Clue, beside
from detectors.names.hit import NameHit, Technique
from detectors.names.lexicon import Lexicon
from detectors.names.reading import Reading
from detectors.names.tokens import Token, numbers_with_letters

__all__ = ["hotline_clues", "hotline_hits"]

_COUNTING = "12345"
"""Counting as well as a hotline."""
_LONG_WORD = 5


def hotline_hits(reading: Reading) -> Iterator[NameHit]:
    """Yield hits of service numbers in company. A number alone says nothing."""
    for token in reading.tokens:
        sense = token.sense("hotline")
        if sense is None:
            continue
        for other in reading.row_of(token):
            score = _hotline_score(reading, token, other)
            if not score:
                continue
            reason = f"域名把政务服务热线“{sense.word}”与“{other.word}”组合在一起"
            target = reading.index.about(sense.about)
            yield reading.hit(target, Technique.HOTLINE, score, (token, other), reason)


def _hotline_score(reading: Reading, number: Token, other: Token) -> int:
    if not number.is_next_to(other):
        return 0
    if other.sense("government", "gov", "zw"):
        return 640
    if number.word == _COUNTING:
        return _counting_score(reading, number, other)
    is_zhongshan = other.word == "zs" and other.start < number.start  # `zs12333`
    if not is_zhongshan and _asks_a_number(reading, number, other):
        return 520
    is_apart = reading.is_apart(number, other)
    if is_apart and (other.is_a("country") or other.sense("certificate", "english")):
        return 520
    return 450 if reading.is_label(number, other) and _is_official_beside(other, is_apart=is_apart) else 0


def _is_official_beside(other: Token, *, is_apart: bool) -> bool:
    """Say whether a word and a service number make an office's name: `cn12333`, `rsj12333`, `12333-jiangsu`; `sz12333` is a newspaper's."""
    if other.is_a("country", "department", "public") or other.sense("certificate", "weak"):
        return True
    if other.sense("place", "pinyin"):
        return True
    return is_apart and (other.word in {"zs", "www"} or other.is_a("place"))


def _asks_a_number(reading: Reading, number: Token, other: Token) -> bool:
    if other.sense("query", "strong", "english") or other.sense("certificate", "strong") or other.is_a("trade"):
        return True
    is_short = other.sense("complaint", "short") is not None
    return other.is_a("complaint") and (not is_short or reading.is_label(number, other))


def _counting_score(reading: Reading, number: Token, other: Token) -> int:
    """Return the score of 12345 with a neighbour: `zw12345-cx`, but not `12345zs`, `12345game`."""
    asks = (
        other.sense("query", "strong", "english")
        or other.sense("certificate", "strong")
        or other.is_a("trade", "complaint")
    )
    if asks and len(other.word) >= _LONG_WORD:
        return 520
    is_dressed = any(t.sense("government", "zw_short") and t.is_next_to(number) for t in reading.row_of(number))
    return 500 if asks and is_dressed else 0


def hotline_clues(lexicon: Lexicon) -> Iterator[Clue]:
    """Yield the clues of service numbers beside the words that make a hit of them."""
    asking = lexicon.words("query", "strong", "english") | lexicon.words("certificate", "strong", "english")
    kinds = ("government", "trade", "country", "complaint", "place", "department", "public")
    official = frozenset().union(*map(lexicon.words, kinds), lexicon.words("certificate", "weak"), {"www"})
    numbers = lexicon.words("hotline") | numbers_with_letters(lexicon).keys()
    yield from beside(numbers, asking | official, alone=True)
