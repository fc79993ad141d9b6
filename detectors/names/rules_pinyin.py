"""Names in pinyin or initials: a certificate, trade or ministry with words of query (`tezhongzuoyechaxun`, `tzzycx`)."""

from collections.abc import Iterator

from detectors.names.clues import Clue, beside, clue
from detectors.names.hit import NameHit, Technique
from detectors.names.lexicon import Lexicon, Sense
from detectors.names.rules import Reading
from detectors.names.tokens import Token

__all__ = ["pinyin_clues", "pinyin_hits"]

_CERTIFICATE_QUERY = frozenset({"zscx", "zscxw", "zhengshuchaxun"})
_LONG_INITIALS = 5
_TELLING = frozenset({"long", "name"})
_LONG_QUERY = frozenset({"chaxun", "zhengshu", "zhengshuchaxun", "zscx", "chaxunwang", "yanzheng", "zigezheng"})


def pinyin_hits(reading: Reading) -> Iterator[NameHit]:
    """Yield hits of trade words in the company of query or certificate words; a ministry's full name counts alone."""
    for token in reading.tokens:
        yield from _certificate_query(reading, token)
        sense = token.sense("trade")
        if sense is None:
            continue
        row = reading.row_of(token)
        company = [t for t in row if sense.weight in _TELLING or t.start == token.end or t.end == token.start]
        best = max(((_score(reading, token, sense, t), t) for t in company), key=lambda found: found[0], default=None)
        target = reading.index.about(sense.about)
        if best and best[0]:
            reason = f"域名由“{sense.word}”与“{best[1].word}”等查询、证书字样组成，似官方查询网站"
            yield reading.hit(target, Technique.PINYIN, best[0], (token, best[1]), reason)
        elif alone := _score_alone(sense, row):
            reason = f"域名使用与官方网站有关的拼音或缩写“{sense.word}”"
            yield reading.hit(target, Technique.PINYIN, alone, (token,), reason)


def _score(reading: Reading, token: Token, sense: Sense, other: Token) -> int:
    strong = other.sense("query", "strong") or other.sense("certificate", "strong")
    english = other.sense("query", "english") or other.sense("certificate", "english")
    if sense.weight in _TELLING:
        return 650 if strong or english else 520 if other.is_a("query", "certificate") else 0
    if sense.weight == "initials":
        return 570 if strong else 520 if english else 0
    if sense.weight == "plain" and strong:
        return 470 if strong.word in _LONG_QUERY else 430 if reading.is_apart(token, other) else 0
    return 0


def _score_alone(sense: Sense, row: tuple[Token, ...]) -> int:
    is_national = any(t.is_a("country") for t in row)
    if sense.weight == "name":
        return 600
    if sense.weight == "long":
        is_dressed = is_national or any(t.is_a("site") for t in row)
        return 430 if sense.word.endswith("zheng") or is_dressed else 0
    if sense.weight == "initials":
        return (
            450 if is_national and len(sense.word) >= _LONG_INITIALS else 430 if len(sense.word) > _LONG_INITIALS else 0
        )
    return 0


def _certificate_query(reading: Reading, token: Token) -> Iterator[NameHit]:
    """`gjzscx`, `aqzscx`: 证书查询 under the name of the state or of safety, whose nobody says."""
    if token.word not in _CERTIFICATE_QUERY:
        return
    for other in reading.row_of(token):
        is_next = other.end == token.start or other.start == token.end
        if is_next and (other.sense("trade", "vague") or (other.is_a("country") and other.word != "cn")):
            reason = f"域名把“{other.word}”与“{token.word}”（证书查询）组合，似国家查询网站"
            yield reading.hit(None, Technique.PINYIN, 450, (token, other), reason)


def pinyin_clues(lexicon: Lexicon) -> Iterator[Clue]:
    """Yield the clues of trade words: telling ones alone, the others beside words of query and certificate."""
    yield from (clue(word) for word in lexicon.words("trade", *_TELLING))
    initials = lexicon.words("trade", "initials")
    yield from (clue(word) for word in initials if len(word) > _LONG_INITIALS)
    strong = lexicon.words("query", "strong", "english") | lexicon.words("certificate", "strong", "english")
    yield from beside(initials, strong, alone=True)
    yield from beside({word for word in initials if len(word) == _LONG_INITIALS}, lexicon.senses.keys(), alone=True)
    yield from beside(lexicon.words("trade", "plain"), strong, alone=False)
    yield from beside(_CERTIFICATE_QUERY, lexicon.words("trade", "vague") | lexicon.words("country"), alone=True)
