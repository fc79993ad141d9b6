"""What every rule works on, and the rules about brands: an official label together with words of government or of the trade."""

from collections.abc import Iterator
from dataclasses import dataclass

from detectors.names.clues import Clue, beside, clue, hyphened
from detectors.names.hit import NameHit, Technique
from detectors.names.lexicon import Lexicon, Sense
from detectors.names.read import ReadName
from detectors.names.target import Target, TargetIndex
from detectors.names.tokens import Token, bent_queries

__all__ = ["Reading", "brand_clues", "brand_hits", "hotline_hits"]

_STRENGTHS = {
    # weight of the brand: with its sub-label, gov, strong query word, weak query word, country
    "distinctive": (920, 900, 800, 700, 700),
    "rare": (880, 880, 720, 560, 520),
    "short": (820, 860, 660, 450, 430),
    "shared": (820, 860, 560, 0, 0),
}
_LONG_COUNTRY = 5
_SHORT = 4
_LONG_QUERIES = frozenset({"chaxun", "zhengshu", "zhengshuchaxun", "zscx"})
"""The only ones that count beside three letters everybody uses (`mps`, `moe`)."""
_COUNTING = "12345"
"""Counting as well as a hotline."""
_WITH_GOV_TOO = 70
"""More for sub-label, brand and gov together: only the query site itself has all three."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A name, its known words, and what they are compared with."""

    name: ReadName
    tokens: tuple[Token, ...]
    index: TargetIndex
    lexicon: Lexicon

    def row_of(self, token: Token) -> tuple[Token, ...]:
        """Return the unbroken row of known words around this one, without fillers such as `www`, and without the word itself."""
        at = self.tokens.index(token)
        first = last = at
        while first > 0 and self.tokens[first - 1].end == self.tokens[first].start:
            first -= 1
        while last + 1 < len(self.tokens) and self.tokens[last].end == self.tokens[last + 1].start:
            last += 1
        return tuple(t for t in self.tokens[first : last + 1] if t is not token)

    def others(self, token: Token) -> tuple[Token, ...]:
        """Return all other known words."""
        return tuple(t for t in self.tokens if t is not token)

    def is_apart(self, one: Token, other: Token) -> bool:
        """Say whether a dot or hyphen stands between two neighbouring words."""
        first, second = sorted((one, other), key=lambda t: t.start)
        between = self.name.shown[self.name.places[first.end - 1] : self.name.places[second.start]]
        return any(separator in between for separator in ".-_")

    def hit(
        self,
        target: Target | None,
        technique: Technique,
        score: int,
        tokens: tuple[Token, ...],
        reason: str,
        *,
        brand: str = "",
    ) -> NameHit:
        """Return a hit whose span covers these words."""
        start, end = min(t.start for t in tokens), max(t.end for t in tokens)
        return NameHit(
            imitates=target.imitates if target else "",
            technique=technique,
            score_permille=score,
            span=self.name.span(start, end),
            reason=reason,
            brand=brand or self.name.text(start, end),
        )


def brand_hits(reading: Reading) -> Iterator[NameHit]:
    """Yield hits of official labels in company; a short label without company says nothing."""
    for token in reading.tokens:
        sense = token.sense("brand")
        if sense is None:
            continue
        is_distinctive = sense.weight == "distinctive"
        company = reading.others(token) if is_distinctive else reading.row_of(token)
        if not is_distinctive and not any(_supports(reading, token, other) for other in company):
            continue
        with_sub, with_gov, with_query, with_weak, with_country = _STRENGTHS[sense.weight]
        if sense.weight != "shared":
            yield from _with_sub_label(reading, token, sense, company, with_sub)
        yield from _with_government(reading, token, sense, company, with_gov)
        yield from _with_query(reading, token, sense, company, (with_query, with_weak))
        yield from _with_country(reading, token, sense, company, with_country)
        if is_distinctive:
            yield from _alone(reading, token, sense)


def _supports(reading: Reading, token: Token, other: Token) -> bool:
    """Say whether a word stands directly beside the brand and means more than two initials or a filler."""
    is_sub = any((sense.word, token.word) in reading.index.pairs for sense in other.senses)
    return _is_next(token, other) and (is_sub or not all(map(_is_silent, other.senses)))


def _is_next(one: Token, other: Token) -> bool:
    return other.end == one.start or other.start == one.end


def _is_silent(sense: Sense) -> bool:
    return sense.kind in {"office", "public", "body", "site", "official"} or (
        sense.kind == "place" and sense.weight == "initials"
    )


def _with_sub_label(
    reading: Reading, token: Token, brand: Sense, company: tuple[Token, ...], score: int
) -> Iterator[NameHit]:
    if any(other.is_a("government") for other in company):
        score += _WITH_GOV_TOO
    for other in company:
        for sense in other.senses:
            target = reading.index.pairs.get((sense.word, brand.word))
            if target:
                reason = f"域名把官方网站 {target.host} 的“{sense.word}”与“{brand.word}”组合在一起"
                yield reading.hit(target, Technique.SUB_AND_BRAND, score, (token, other), reason)
                break


def _with_government(
    reading: Reading, token: Token, brand: Sense, company: tuple[Token, ...], score: int
) -> Iterator[NameHit]:
    asks = any(other.sense("query", "strong", "english") or other.is_a("certificate") for other in company)
    find = reading.index.query_site if asks else reading.index.department
    for other in company:
        if other.sense("government", "gov") or (brand.weight != "shared" and other.sense("government", "zw")):
            target = find(brand.word, brand.about)
            reason = f"域名把官方标识“{brand.word}”与政府字样“{other.word}”组合在一起"
            yield reading.hit(target, Technique.BRAND_WITH_GOV, score, (token, other), reason)


def _with_query(
    reading: Reading, token: Token, brand: Sense, company: tuple[Token, ...], scores: tuple[int, int]
) -> Iterator[NameHit]:
    target = reading.index.query_site(brand.word, brand.about)
    strong, weak = scores
    # MEM is also a degree with schools and examinations of its own, and the beginning of member and memory.
    weak_kinds = ("query",) if brand.weight == "short" else ("query", "certificate", "trade")
    for other in company:
        is_strong = other.sense("query", "strong", "english") or other.sense("certificate", "strong", "english")
        is_strong = is_strong or other.sense("trade", "long", "name", "initials")
        if other.is_a("sub", "hotline"):
            is_strong = other.senses[0]
        is_weak = (
            other.is_a(*weak_kinds) and not other.sense("certificate", "training") and reading.is_apart(token, other)
        )
        if not is_strong and not is_weak:
            continue
        is_plain = _is_next(token, other) and other.word in _LONG_QUERIES and not other.is_bent
        if brand.weight == "shared" and not is_plain:
            continue
        reason = f"域名把官方标识“{brand.word}”与“{other.word}”等查询、证书字样组合在一起"
        yield reading.hit(target, Technique.BRAND_WITH_QUERY, strong if is_strong else weak, (token, other), reason)


def _with_country(
    reading: Reading, token: Token, brand: Sense, company: tuple[Token, ...], score: int
) -> Iterator[NameHit]:
    for other in company:
        is_told_apart = reading.is_apart(token, other) or (
            len(other.word) >= _LONG_COUNTRY and brand.weight not in {"short", "shared"}
        )
        if other.is_a("country") and is_told_apart and score:
            reason = f"域名把官方标识“{brand.word}”与“{other.word}”组合，似国家机关网站"
            yield reading.hit(
                reading.index.department(brand.word, brand.about),
                Technique.BRAND_WITH_GOV,
                score,
                (token, other),
                reason,
            )


def _alone(reading: Reading, token: Token, brand: Sense) -> Iterator[NameHit]:
    name = reading.name
    written = name.text(token.start, token.end)
    if written.isascii() and len(written) <= _SHORT:
        return  # `ecqs` is anybody's four letters, `e-cqs` and Cyrillic `есqѕ` are not
    is_whole = token.start in name.dots and (token.end in name.dots or token.end == name.free)
    target = reading.index.department(brand.word, brand.about)
    reason = f"域名使用官方标识“{brand.word}”，但注册在 .{name.suffix} 之下，不是官方网站"
    yield reading.hit(
        target, Technique.BRAND_ON_OTHER_SUFFIX, 720 if is_whole else 540, (token,), reason, brand=brand.word
    )


def hotline_hits(reading: Reading) -> Iterator[NameHit]:
    """Yield hits of service numbers (12333, 12350 …) with words of government or of the trade. A number alone says nothing."""
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
    if not _is_next(number, other):
        return 0
    if other.sense("government", "gov", "zw"):
        return 640
    if other.word == "zs" and other.start < number.start:
        return 0  # `zs12333`: 中山
    asks = other.sense("query", "strong", "english") or other.sense("certificate", "strong") or other.is_a("trade")
    if number.word == _COUNTING:
        return 520 if asks and len(other.word) >= _LONG_COUNTRY else 0
    if asks:
        return 520
    return 520 if other.is_a("country") and reading.is_apart(number, other) else 0


def brand_clues(index: TargetIndex, lexicon: Lexicon) -> Iterator[Clue]:
    """Yield the clues of brands and hotlines: the distinctive ones alone, the others beside the words that make a hit of them."""
    words = [word for word, senses in lexicon.senses.items() if not all(map(_is_silent, senses))]
    for brand in lexicon.words("brand", "distinctive"):
        yield hyphened(brand) if brand in lexicon.hyphened else clue(brand)
    brands = lexicon.words("brand", "rare", "short")
    yield from beside(brands, (*words, *bent_queries(lexicon)), alone=True)
    for sub, brand in index.pairs:
        if brand in brands:
            yield from beside((brand,), (sub,), alone=True)
    shared = lexicon.words("brand", "shared")
    yield from beside(shared, _LONG_QUERIES, alone=False)
    asking = lexicon.words("query", "strong", "english") | lexicon.words("certificate", "strong")
    official = lexicon.words("government") | lexicon.words("trade") | lexicon.words("country")
    yield from beside(lexicon.words("hotline"), asking | official, alone=True)
