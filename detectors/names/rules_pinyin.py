"""Names in pinyin or initials: a certificate, trade or ministry with words of query (`tezhongzuoyechaxun`, `tzzycx`)."""

from collections.abc import Iterator

from detectors.names.hit import NameHit, Technique
from detectors.names.rules import Reading
from detectors.names.tokens import Token

__all__ = ["pinyin_hits"]

_LONG_QUERY = frozenset({"chaxun", "zhengshu", "zhengshuchaxun", "zscx", "chaxunwang", "yanzheng", "zigezheng"})


def pinyin_hits(reading: Reading) -> Iterator[NameHit]:
    """Yield hits of trade words in the company of query or certificate words; a ministry's full name counts alone."""
    for token in reading.tokens:
        sense = token.sense("trade")
        if sense is None:
            continue
        row = reading.row_of(token)
        best = max(((_score(sense.weight, other), other) for other in row), key=lambda found: found[0], default=None)
        target = reading.index.about(sense.about)
        if best and best[0]:
            reason = f"域名由“{sense.word}”与“{best[1].word}”等查询、证书字样组成，似官方查询网站"
            yield reading.hit(target, Technique.PINYIN, best[0], (token, best[1]), reason)
        elif alone := _score_alone(sense.weight, sense.word, row):
            reason = f"域名使用与官方网站有关的拼音“{sense.word}”"
            yield reading.hit(target, Technique.PINYIN, alone, (token,), reason)


def _score(weight: str, other: Token) -> int:
    strong = other.sense("query", "strong") or other.sense("certificate", "strong")
    english = other.sense("query", "english") or other.sense("certificate", "english")
    if weight in {"long", "name"}:
        return 650 if strong or english else 520 if other.is_a("query", "certificate") else 0
    if weight == "initials":
        return 570 if strong else 520 if english else 0
    if weight == "plain":
        return 470 if strong and strong.word in _LONG_QUERY else 0
    return 0


def _score_alone(weight: str, word: str, row: tuple[Token, ...]) -> int:
    if weight == "name":
        return 600
    is_dressed = any(t.is_a("site", "country") for t in row)
    return 430 if weight == "long" and (word.endswith("zheng") or is_dressed) else 0
