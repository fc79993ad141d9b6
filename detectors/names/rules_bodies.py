"""Labels of bodies that are no brands: a rostered host's own two (`wenshu-court.cn`, `flknpc.com`), and one with a word of query (`ndrc-zscx.cn`)."""

from collections.abc import Iterator

from detectors.names.clues import Clue, clue
from detectors.names.hit import NameHit, Technique
from detectors.names.lexicon import Lexicon
from detectors.names.reading import Reading
from detectors.names.syllables import is_pinyin
from detectors.names.target import Target, TargetIndex
from detectors.names.tokens import Token

__all__ = ["body_clues", "body_hits"]

_SHORTEST_PAIR = 6
_LONG_PAIR = 8
"""A local host's two labels say something from this length on, and told apart."""
_SHORTEST = 3
_LONG_BODY = 4
"""Three letters (`nhc`, `moj`) are bodies of other countries and firms too: they want a long word of query, and told apart."""
_LONG_GLUED = 9
_LONG_LABEL = 8
"""Of so many letters even an everyday word (`creditchina`) is the body's beside a word of query."""
_LONG_OWN = 5
"""A sub-label of so many letters that is no pinyin (`snamr`) is one office's own."""
_LONG_QUERY = 4
_NATIONAL_RANK = 3
_AFTER = ("site", "query", "government", "country")
"""What may stand behind the two labels."""


def body_hits(reading: Reading) -> Iterator[NameHit]:
    """Yield hits of both kinds."""
    if reading.is_company:
        return
    for token in reading.tokens:
        if token.is_a("official"):
            yield from _own_host(reading, token)
            yield from _asked(reading, token)


def _own_host(reading: Reading, first: Token) -> Iterator[NameHit]:
    """Sub-label and brand of one host, in either order, and nothing else but words of site, query or government behind them."""
    second = next((t for t in reading.row_of(first) if t.start == first.end), None)
    if second is None or not _are_all(reading, first, second):
        return
    pairs = reading.index.pairs
    target = pairs.get((first.word, second.word)) or pairs.get((second.word, first.word))
    if target is None or target.brand not in {first.word, second.word}:
        return
    is_apart = reading.is_apart(first, second)
    if _tells(reading.lexicon, target, is_apart=is_apart):
        reason = f"域名由官方网站 {target.host} 的“{first.word}”与“{second.word}”组成"
        score = 560 if target.site.level == "national" and is_apart else 440
        yield reading.hit(target, Technique.SUB_AND_BRAND, score, (first, second), reason)


def _are_all(reading: Reading, first: Token, second: Token) -> bool:
    begins = first.start in reading.name.dots or any(t.end == first.start and t.word == "www" for t in reading.tokens)
    at = second.end
    for token in reading.tokens:
        if token.start == at and token.is_a(*_AFTER):
            at = token.end
    return begins and at == reading.name.free


def _tells(lexicon: Lexicon, target: Target, *, is_apart: bool) -> bool:
    """Say whether the two labels beside each other are nobody else's: not two places, nor a place's everyday word."""
    shortest = min(len(target.sub), len(target.brand))
    is_own = not is_pinyin(target.sub) and len(target.sub) >= _LONG_OWN
    if target.site.level == "national":
        is_number = target.stem.strip("0123456789") != target.stem
        return len(target.stem) >= _SHORTEST_PAIR and shortest > 1 and (is_apart or is_own or not is_number)
    is_pinyin_brand = is_pinyin(target.brand)
    is_rare = len(target.stem) >= _LONG_GLUED and (not is_pinyin_brand or is_own)
    if not (is_apart or is_rare) or shortest < _SHORTEST or len(target.stem) < _LONG_PAIR:
        return False
    return target.sub not in lexicon.ordinary and not (is_pinyin(target.sub) and is_pinyin_brand)


def _asked(reading: Reading, body: Token) -> Iterator[NameHit]:
    """A national body's label and a word of query: all that was registered, told apart or long."""
    if not _is_body(reading.index, reading.lexicon, body.word):
        return
    for query in reading.row_of(body):
        is_query = query.sense("query", "strong") or query.sense("certificate", "strong")
        if len(body.word) >= _LONG_LABEL and reading.is_apart(body, query):
            is_query = is_query or query.sense("query", "english")  # `creditchina-query`
        if not is_query or not (query.start == body.end or query.end == body.start):
            continue
        is_told = (len(query.word) >= _LONG_QUERY, reading.is_apart(body, query))
        if (all(is_told) or (any(is_told) and len(body.word) >= _LONG_BODY)) and reading.is_label(body, query):
            reason = f"域名由机关标识“{body.word}”与“{query.word}”等查询、证书字样组成"
            target = reading.index.department(body.word)
            yield reading.hit(target, Technique.BRAND_WITH_QUERY, 440, (body, query), reason)


def _is_body(index: TargetIndex, lexicon: Lexicon, label: str) -> bool:
    """Say whether a label is a national body's and no word, number or brand (brands have rules of their own)."""
    is_everyday = label in lexicon.ordinary and len(label) < _LONG_LABEL
    if len(label) < _SHORTEST or label.isdigit() or is_everyday or is_pinyin(label):
        return False
    if any(sense.kind in {"brand", "query", "government", "department"} for sense in lexicon.senses.get(label, ())):
        return False
    owner = index.department(label)
    return owner is not None and owner.site.level == "national" and owner.rank <= _NATIONAL_RANK


def body_clues(index: TargetIndex, lexicon: Lexicon) -> Iterator[Clue]:
    """Yield the clues of both: two labels beside each other, and a body's label beside a word of query."""
    for target in index.targets:
        if target.sub and _tells(lexicon, target, is_apart=True):
            yield clue(target.sub, target.brand)
            yield clue(target.brand, target.sub)
    asking = lexicon.words("query", "strong") | lexicon.words("certificate", "strong")
    english = lexicon.words("query", "english")
    for body in sorted(label for label in index.brands() if _is_body(index, lexicon, label)):
        for word in sorted(asking | english if len(body) >= _LONG_LABEL else asking):
            yield clue(body, word)
            yield clue(word, body)
