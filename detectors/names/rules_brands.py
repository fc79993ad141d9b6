"""Brands: an official label together with words of government or of the trade (`mem-gov.cn`, `zlaq-chaxun.com`), or one nobody else has alone."""

import re
from collections.abc import Iterator

from detectors.names.clues import EDGE, Clue, beside, clue, hyphened
from detectors.names.hit import NameHit, Technique
from detectors.names.lexicon import Lexicon, Sense
from detectors.names.reading import SEPARATORS, Reading
from detectors.names.target import Target, TargetIndex
from detectors.names.tokens import Token, bent_queries

__all__ = ["brand_clues", "brand_hits"]

_STRENGTHS = {
    # weight of the brand: with its sub-label, gov, strong query word, weak query word, country
    "distinctive": (920, 900, 800, 700, 700),
    "rare": (880, 880, 720, 560, 520),
    "short": (820, 860, 660, 450, 430),
    "shared": (820, 860, 560, 0, 0),
}
_LONG_COUNTRY = 5
_SHORT = 4
_LONG_WORD = 4
_LONG_QUERIES = frozenset({"chaxun", "zhengshu", "zhengshuchaxun", "zscx"})
"""The only ones that count beside three letters everybody uses (`mps`, `moe`)."""
_GLUED_WEAK = frozenset({"gw", "infopub"})
"""官网, and what stands in the official address itself: they need not be told apart from a label few others own."""
_PORTALS = frozenset({"online", "portal", "pingtai", "menhu", "login", "wap", "h5", "xitong", "fuwu", "zhongxin"})
_FOREIGN_END = re.compile(r"[aeiou](?:[a-z]?|(?:s|n|r|l)[a-z]{0,3})|son|sen|man(?:n)?|berg|stein").fullmatch
"""How a foreign word goes on behind the letters of a brand."""
_WITH_GOV_TOO = 70
"""More for sub-label, brand and gov together: only the query site itself has all three."""


def brand_hits(reading: Reading) -> Iterator[NameHit]:
    """Yield hits of official labels in company; a short label without company says nothing."""
    for token in reading.tokens:
        sense = token.sense("brand")
        if sense is None:
            continue
        is_distinctive = sense.weight == "distinctive"
        if reading.is_company and not _says_more(reading, token):
            continue
        yield from _behind_www(reading, token, sense)
        if is_distinctive or sense.weight == "rare":
            yield from _alone(reading, token, sense)
        company = reading.others(token) if is_distinctive else reading.row_of(token)
        if not is_distinctive and not any(_supports(reading, token, other) for other in company):
            continue
        with_sub, with_gov, with_query, with_weak, with_country = _STRENGTHS[sense.weight]
        if sense.weight != "shared":
            yield from _with_sub_label(reading, token, sense, company, with_sub)
        yield from _with_government(reading, token, sense, company, with_gov)
        yield from _with_query(reading, token, sense, company, (with_query, with_weak))
        yield from _with_country(reading, token, sense, company, with_country)


def _behind_www(reading: Reading, brand: Token, sense: Sense) -> Iterator[NameHit]:
    """`www-mem.cn`, `wwwsamr.cn`; and a site's word told apart: `cnse-online.com`, `mem-portal.cn`."""
    if sense.weight == "shared":
        return
    for other in reading.row_of(brand):
        if not brand.is_next_to(other) or not reading.is_label(brand, other) or brand.start in reading.name.dots[1:]:
            continue
        is_www = other.word == "www" and other.end == brand.start and reading.name.is_under_cn
        is_portal = other.word in _PORTALS and reading.is_apart(brand, other) and other.start == brand.end
        if is_www or (is_portal and (sense.weight != "short" or reading.name.is_under_cn)):
            reason = f"域名由官方标识“{sense.word}”与“{other.word}”组成，似其官方网站"
            target = reading.index.department(sense.word, sense.about)
            yield reading.hit(target, Technique.BRAND_WITH_QUERY, 430, (other, brand), reason)


def _says_more(reading: Reading, brand: Token) -> bool:
    """Say whether something stands beside brand and company word that no company of this name would write."""
    return any(
        t.is_a("government") or (t.is_a("query", "certificate", "sub") and len(t.word) >= _LONG_WORD)
        for t in reading.others(brand)
    )


def _supports(reading: Reading, token: Token, other: Token) -> bool:
    """Say whether a word stands directly beside the brand and means more than two initials or a filler."""
    is_sub = any((sense.word, token.word) in reading.index.pairs for sense in other.senses)
    return _is_next_but_for_fillers(reading, token, other) and (is_sub or not all(map(_is_silent, other.senses)))


def _is_next_but_for_fillers(reading: Reading, one: Token, other: Token) -> bool:
    first, second = sorted((one, other), key=lambda t: t.start)
    between = [t for t in reading.tokens if first.end <= t.start and t.end <= second.start]
    length = sum(t.end - t.start for t in between if t.is_a("site"))
    return first.end + length == second.start


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
        if brand.weight == "short" and other.is_a("certificate") and not _is_told(reading, token, other):
            continue
        is_strong = is_strong or other.sense("trade", "long", "name", "initials")
        if brand.weight == "short":
            is_strong = is_strong or _own_trade(reading, token, other, target)
        if other.is_a("sub", "hotline"):
            is_strong = other.senses[0]
        is_office = _is_its_office(reading, token, other, brand, target)
        is_weak = (
            other.is_a(*weak_kinds)
            and not other.sense("certificate", "training")
            and (reading.is_apart(token, other) or (other.word in _GLUED_WEAK and brand.weight == "rare"))
        )
        if not is_strong and not is_weak and not is_office:
            continue
        is_plain = token.is_next_to(other) and other.word in _LONG_QUERIES and not other.is_bent
        if brand.weight == "shared" and not is_plain:
            continue
        reason = f"域名把官方标识“{brand.word}”与“{other.word}”等查询、证书字样组合在一起"
        yield reading.hit(target, Technique.BRAND_WITH_QUERY, strong if is_strong else weak, (token, other), reason)


def _is_its_office(reading: Reading, token: Token, other: Token, brand: Sense, target: Target | None) -> bool:
    """Say whether the body's own office stands beside its label, told apart, and nothing else: `samr-scjg`, `mem-yjj`."""
    office = other.sense("department")
    if office is None or not (reading.is_apart(token, other) and reading.is_label(token, other)):
        return False
    return brand.weight != "short" or (target is not None and office.about == target.imitates)


def _own_trade(reading: Reading, brand: Token, other: Token, target: Target | None) -> Sense | None:
    """Return the sense of a trade that tells whose three or four letters these are: `mem-aqks`, and `ostajineng`, which is that body's own."""
    if (sense := other.sense("trade", "plain")) and len(other.word) >= _LONG_WORD and reading.is_apart(brand, other):
        return sense
    own = next((s for s in other.senses if s.kind == "trade" and target and s.about == target.imitates), None)
    is_long = len(other.word) > _LONG_WORD
    # `mem-yjb` names the same body twice
    is_told = is_long or (own is not None and own.weight != "vague" and reading.is_apart(brand, other))
    return own if is_told and brand.is_next_to(other) else None


def _is_told(reading: Reading, brand: Token, other: Token) -> bool:
    """Say whether a certificate's word is not merely the end of another (`memcert`): told apart, before it, or below `.cn`."""
    is_end = other.word in {"cert", "certs"} and other.start == brand.end
    return not is_end or reading.is_apart(brand, other) or reading.name.is_under_cn


def _with_country(
    reading: Reading, token: Token, brand: Sense, company: tuple[Token, ...], score: int
) -> Iterator[NameHit]:
    for other in company:
        if other.is_a("country") and score and _is_organs(reading, token, brand, other):
            reason = f"域名把官方标识“{brand.word}”与“{other.word}”组合，似国家机关网站"
            yield reading.hit(
                reading.index.department(brand.word, brand.about),
                Technique.BRAND_WITH_GOV,
                score,
                (token, other),
                reason,
            )


def _is_organs(reading: Reading, token: Token, brand: Sense, country: Token) -> bool:
    """Say whether brand and country make an organ's name: told apart, or letters few others own (`zlaqcn`, `samrchina`).

    With `china` written behind it, a label that is one site's and no organ's (`cnsechina`) reads as a firm's.
    """
    if reading.is_apart(token, country):
        return True
    if brand.weight in {"short", "shared"} or (country.word == "china" and brand.about):
        return False
    return len(country.word) >= _LONG_COUNTRY or reading.is_label(token, country)


def _alone(reading: Reading, token: Token, brand: Sense) -> Iterator[NameHit]:
    name = reading.name
    written = name.text(token.start, token.end)
    if written.isascii() and len(written) <= _SHORT:
        return  # `ecqs` is anybody's four letters, `e-cqs` and Cyrillic `есqѕ` are not
    is_whole = token.start in name.dots and (token.end in name.dots or token.end == name.free)
    if not is_whole and (brand.weight == "rare" or _runs_on(reading, token) or _is_foreign_word(reading, token)):
        return
    target = reading.index.department(brand.word, brand.about)
    reason = f"域名使用官方标识“{brand.word}”，但注册在 .{name.suffix} 之下，不是官方网站"
    yield reading.hit(
        target, Technique.BRAND_ON_OTHER_SUFFIX, 720 if is_whole else 540, (token,), reason, brand=brand.word
    )


def _runs_on(reading: Reading, token: Token) -> bool:
    """Say whether a company's word begins within the brand and is all that follows: `mohurdata` is mohur + data, `mohurdle` mo + hurdle."""
    places, shown = reading.name.places, reading.name.shown
    rests = (SEPARATORS.split(shown[places[at] :])[0] for at in range(token.start + 1, token.end))
    return any(rest in reading.lexicon.company_words for rest in rests)


def _is_foreign_word(reading: Reading, token: Token) -> bool:
    """Say whether the brand begins a label abroad and unknown letters go on as a surname or adjective does: `mohrsson.com`, `mohurdish.net`."""
    name = reading.name
    if name.is_under_cn or token.start not in name.edges or token.end in name.edges:
        return False
    end = min((*(edge for edge in name.edges if edge > token.end), name.free))
    is_unknown = all(t.start >= end or t.end <= token.end for t in reading.tokens)
    return is_unknown and _FOREIGN_END(name.letters[token.end : end]) is not None


def brand_clues(index: TargetIndex, lexicon: Lexicon) -> Iterator[Clue]:
    """Yield the clues of brands: the distinctive ones alone, the others beside the words that make a hit of them."""
    words = [word for word, senses in lexicon.senses.items() if not all(map(_is_silent, senses))]
    for brand in lexicon.words("brand", "distinctive"):
        yield hyphened(brand) if brand in lexicon.hyphened else clue(brand)
    yield from (clue(EDGE, brand, EDGE) for brand in sorted(lexicon.words("brand", "rare")))  # in foreign letters
    brands = lexicon.words("brand", "rare", "short")
    yield from beside(brands, (*words, *bent_queries(lexicon), *sorted(lexicon.words("site"))), alone=True)
    for sub, brand in index.pairs:
        if brand in brands:
            yield from beside((brand,), (sub,), alone=True)
    shared = lexicon.words("brand", "shared")
    yield from beside(shared, _LONG_QUERIES, alone=False)
