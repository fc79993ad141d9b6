"""Names that pretend to be some Chinese government host, rostered or not: `gov-cn`, `xxxgov.cn`, `xxx.gov.cn.alien.tld`."""

import re
from collections.abc import Iterator

from detectors.names.clues import Clue, beside, clue
from detectors.names.hit import NameHit, Technique
from detectors.names.lexicon import Lexicon
from detectors.names.reading import Reading
from detectors.names.syllables import is_pinyin
from detectors.names.tokens import Token, bent_queries

__all__ = ["government_clues", "government_hits"]

_GOV = 3
_GOV_WORD = "gov"
_CN_SECOND = ("com", "net", "org")
_INITIALS = re.compile(r"[bcdfghjklmnpqrstwxyz]{2,8}")
_ASKED_INITIALS = re.compile(r"[bcdfghjklmnpqrstwxyz]{2,6}(?:zs|cx)").fullmatch
_ACRONYM = re.compile(r"(?=[a-z]{3,4}$)[a-z]*[bcdfghjklmnpqrstvwxyz]{2}[a-z]*").fullmatch
"""Some body's initials, though a vowel is among them (`abcgov.cn`); `lon` and `mo` are syllables."""
_MIN_UNKNOWN = 2
_STATES_ABROAD = frozenset({"sc", "sd", "hi"})
"""Provinces' initials that are states of America too."""
_STATES = frozenset({"guojia", "quanguo", "zhongguo"})
_WHOLE = {
    "renminzhengfu": "人民政府",
    "zhengfuwang": "政府网",
    "zhengwufuwuwang": "政务服务网",
    "zhengwufuwupingtai": "政务服务平台",
}
"""All of a name, these are no company's."""
_SERVICE = frozenset({"zwfw", "zwfww"})
"""政务服务 in initials, which nobody else has."""
_LONG_LABEL = 4
_ONCE = re.compile(r"gov(?=cn)").finditer
_TWICE = re.compile(r"(?:ggov|goov|govv)(?=cn)").finditer


def government_hits(reading: Reading) -> Iterator[NameHit]:
    """Yield hits of `gov` written where only `.gov.cn` would be honest."""
    name = reading.name
    for found in _ONCE(name.letters):
        if name.has_joints(found.start(), (_GOV_WORD, "cn")):
            yield from _gov_cn(reading, found.start())
    for found in _TWICE(name.letters):
        yield from _gov_with_slip(reading, found.start(), found.end())
    for token in reading.tokens:
        if token.sense("government", "zw") and len(token.word) >= _LONG_LABEL:
            yield from _government_in_pinyin(reading, token)
        if token.sense("government", "gov") and token.word != "govcn":
            yield from _gov_before_cn(reading, token)
            yield from _gov_in_chinese_company(reading, token)
            yield from _gov_behind_initials(reading, token)


def _gov_cn(reading: Reading, start: int) -> Iterator[NameHit]:
    """`gov.cn`, `gov-cn` or `govcn` inside the name."""
    name = reading.name
    end = start + _GOV + 2
    written = name.text(start, end)
    if end > name.free and not (written == "gov.cn" and end < len(name.letters)):
        return
    has_edges = start in name.edges, end in name.edges
    if written == "govcn" and _word_before(reading, start) in reading.lexicon.gov_words:
        return
    if written == "gov.cn" and has_edges[1]:
        score, technique = 870, Technique.GOV_CN_INSIDE
        reason = f"“{written}”出现在域名中部，真正的注册部分在其后"
    elif _is_anothers_sub_label(reading, start):
        return
    else:
        score, technique = (760 if all(has_edges) else 660 if any(has_edges) else 560), Technique.GOV_LABEL
        reason = f"域名中的“{written}”冒充政府网站后缀 .gov.cn"
    yield NameHit(
        imitates=_imitated(reading),
        technique=technique,
        score_permille=score,
        span=name.span(start, end),
        reason=reason,
        brand=written,
    )


def _is_anothers_sub_label(reading: Reading, start: int) -> bool:
    """Say whether gov is all there is before a domain that only begins with cn: `gov.cnki.net`, but not `gov.cnchaxun.com`."""
    name = reading.name
    domain = start + _GOV
    is_first = name.letters[:start] in {"", "www"} and domain in name.dots
    return is_first and not any(
        t.start == domain + len("cn") and t.is_a("query", "certificate", "trade", "government", "hotline")
        for t in reading.tokens
    )


def _gov_with_slip(reading: Reading, start: int, end: int) -> Iterator[NameHit]:
    """`goov-cn`, `govv.cn`: a letter doubled, and cn told apart."""
    name = reading.name
    after = end + len("cn")
    if start not in name.edges or end not in name.edges or after not in name.edges or end >= name.free:
        return
    reason = f"域名中的“{name.text(start, after)}”与政府网站后缀 gov.cn 只差一个字母"
    yield NameHit(
        imitates=_imitated(reading),
        technique=Technique.MISSPELT,
        score_permille=520,
        span=name.span(start, after),
        reason=reason,
        brand="gov",
    )


def _government_in_pinyin(reading: Reading, token: Token) -> Iterator[NameHit]:
    """`zhengfu-cx`, `zwfw-cx`, `renminzhengfu.cn`: 政府, 政务 with a word of query or the country, and nothing else."""
    name = reading.name
    if "zheng" not in token.word and token.word not in _SERVICE:
        return
    if token.word in _WHOLE and token.start in name.dots and token.end == name.free:
        yield reading.hit(None, Technique.GOV_LABEL, 450, (token,), f"域名使用“{token.word}”（{_WHOLE[token.word]}）")
    row = reading.row_of(token)
    nets = [t for t in row if token.word in _SERVICE and t.start == token.end and t.is_a("site")]  # `zwfwpt-cx`
    for other in row:
        asks = other.sense("query", "strong") and other.start in {token.end, *(net.end for net in nets)}
        is_next = other.start == token.end or other.end == token.start
        is_state = is_next and other.is_a("country") and (reading.is_apart(token, other) or other.word in _STATES)
        if (asks or is_state) and reading.is_label(token, other):
            reason = f"域名由“{token.word}”（政府、政务）与“{other.word}”组成，似政府网站"
            yield reading.hit(None, Technique.GOV_LABEL, 450, (token, other), reason)


def _gov_before_cn(reading: Reading, token: Token) -> Iterator[NameHit]:
    """`xxx-gov.cn`, `xxxgov.cn`, `xxx.gov.com.cn`: the registered label ends in gov, the suffix in cn."""
    name = reading.name
    if token.end != name.free or not name.is_under_cn:
        return
    stem_end = token.start
    while stem_end and name.letters[stem_end - 1].isdigit():
        stem_end -= 1
    before = _word_before(reading, stem_end)
    if before in reading.lexicon.gov_words:
        return
    is_apart = token.start == 0 or name.places[token.start] > name.places[token.start - 1] + 1
    is_www = not before and not is_apart and stem_end > 0  # `wwwgov.cn`: nothing else is left of the label
    is_known = is_www or any(t.end == stem_end and not t.is_a("site") for t in reading.tokens)
    is_body = is_apart or bool(_ACRONYM(before))
    is_pretence = is_known or _looks_chinese(before) or (name.suffix == "cn" and is_body)
    if not is_pretence or reading.is_company:
        return
    score = 680 if is_apart else 600 if is_known else 540
    reason = f"域名“{name.text(token.start, len(name.letters))}”冒充政府网站后缀 .gov.cn"
    span = name.span(token.start, len(name.letters))
    technique = Technique.GOV_LABEL if is_apart else Technique.MISSING_DOT
    yield NameHit(
        imitates=_imitated(reading), technique=technique, score_permille=score, span=span, reason=reason, brand="gov"
    )


def _gov_in_chinese_company(reading: Reading, token: Token) -> Iterator[NameHit]:
    """`chaxun-gov.com`, `hnjsgov.com`: gov beside words that only a Chinese office would have."""
    row = reading.row_of(token)
    company = [t for t in row if _is_chinese_company(t, is_under_cn=reading.name.is_under_cn)]
    # `govkaoshi` is a school's: examinations for those who would serve
    company = [
        t
        for t in company
        if not (t.sense("certificate", "training") and t.start == token.end) or reading.is_apart(t, token)
    ]
    ordinary = reading.lexicon.ordinary
    company += [t for t in row if t.is_a("official") and len(t.word) >= _LONG_LABEL and t.word not in ordinary]
    initials = [t for t in row if t.sense("place", "initials")]
    offices = [t for t in row if t not in initials[:1]]
    offices = [t for t in offices if t.is_a("office", "department") or t.sense("public", "initials")]
    if not company and initials and offices:
        company = [initials[0], offices[0]]
    company = company or [t for t in initials if _is_province_and_gov(reading, t, token)]
    if not company and any(t.word == "www" for t in row):
        company = [t for t in row if t.is_a("body")]
    if not company:
        company = [t for t in row if t.is_a("country") and _is_states(reading, t, token)]
    if not company or reading.is_company or _is_product(reading, token) or _is_channel(reading, token, company):
        return
    reason = f"域名把“gov”与“{company[0].word}”组合，冒充政府网站"
    target = reading.index.about(_imitated(reading))
    yield reading.hit(target, Technique.GOV_LABEL, 570, (token, *company), reason)


def _is_channel(reading: Reading, gov: Token, company: list[Token]) -> bool:
    """Say whether gov is a label of its own before a domain that names a place only: the government pages of a city's paper, `gov.cnhubei.com`."""
    name = reading.name
    is_label = name.letters[: gov.start] in {"", "www"} and gov.start in name.dots and gov.end in name.dots
    return is_label and all(t.is_a("place") for t in company)


def _is_product(reading: Reading, gov: Token) -> bool:
    """Say whether gov ends a word of digital government and only the country is named: `e-govchina`."""
    row = reading.row_of(gov)
    return _word_before(reading, gov.start) in reading.lexicon.gov_words and all(t.is_a("country") for t in row)


def _is_province_and_gov(reading: Reading, province: Token, gov: Token) -> bool:
    """Say whether a province's initials and gov, told apart, are all that was registered: `gd-gov.com`, `gov-js.cn`."""
    provinces = reading.lexicon.provinces | reading.lexicon.municipalities
    is_province = province.word in provinces - _STATES_ABROAD
    is_next = province.end == gov.start or gov.end == province.start
    return is_province and is_next and reading.is_apart(province, gov) and reading.is_label(province, gov)


def _gov_behind_initials(reading: Reading, gov: Token) -> Iterator[NameHit]:
    """`jzzs-gov.com`: initials that end in 证书 or 查询 and gov, told apart and nothing else."""
    label = _word_before(reading, gov.start)
    is_whole = gov.start - len(label) in reading.name.dots and gov.end == reading.name.free
    if is_whole and gov.start in reading.name.apart and _ASKED_INITIALS(label) and not reading.is_company:
        reason = f"域名把“gov”与缩写“{label}”组合，冒充政府网站"
        yield reading.hit(None, Technique.GOV_LABEL, 450, (gov,), reason)


def _is_states(reading: Reading, country: Token, gov: Token) -> bool:
    """Say whether the two are the state's: told apart in one label (`china-gov.com`), or initials that are all of it (`zggov`, `cngov`).

    `chinagov` is what those who write about governments call themselves; `gov.china.com.cn` is the owner of china.com.cn.
    """
    first, second = sorted((country, gov), key=lambda t: t.start)
    if reading.is_apart(country, gov):
        return not any(first.end <= dot <= second.start for dot in reading.name.dots)
    is_all = country.start in reading.name.dots and country.end == gov.start and gov.end == reading.name.free
    return is_all and country.word != "china"


def _is_chinese_company(token: Token, *, is_under_cn: bool) -> bool:
    return bool(
        token.sense("query", "strong")
        or token.sense("certificate", "strong")
        or token.sense("trade", "long", "name", "initials", "plain")
        or token.sense("place", "pinyin")
        or token.is_a("department", "sub")
        or (is_under_cn and token.is_a("query", "certificate"))
        or token.word in _STATES
        or token.is_a("hotline")
        or token.sense("public", "pinyin")
        or token.sense("government", "zw")
        or (is_under_cn and token.is_a("public", "body"))
    )


def _word_before(reading: Reading, end: int) -> str:
    """Return the letters between the last edge (or known word) and this letter; an edge at the very end is passed over."""
    name = reading.name
    edges = [e for e in name.edges if e < end]
    start = max(edges, default=0)
    return name.letters[start:end].removeprefix("www")


def _looks_chinese(word: str) -> bool:
    """Say whether a word is initials without a vowel, or pinyin syllables. `smart`, `digital` and `civic` are neither."""
    if len(word) < _MIN_UNKNOWN:
        return False
    return bool(_INITIALS.fullmatch(word) or is_pinyin(word))


def _imitated(reading: Reading) -> str:
    """Return the rostered host the other words point to; empty: none."""
    return reading.imitated.imitates if reading.imitated else ""


def government_clues(lexicon: Lexicon) -> Iterator[Clue]:
    """Yield the clues of `gov`."""
    yield clue(_GOV_WORD, "cn")
    yield from (clue(_GOV_WORD, second, "cn") for second in _CN_SECOND)
    yield from beside((_GOV_WORD,), lexicon.senses.keys(), alone=True)
    yield from beside((_GOV_WORD,), bent_queries(lexicon), alone=True)
    yield from (clue(slip, "cn") for slip in ("ggov", "goov", "govv"))
    pinyin = [word for word in lexicon.words("government", "zw") if "zheng" in word or word in _SERVICE]
    yield from map(clue, _WHOLE)
    yield from beside(pinyin, lexicon.words("query", "strong") | lexicon.words("country"), alone=True)
