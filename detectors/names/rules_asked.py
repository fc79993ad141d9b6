"""Offices asked for certificates: `rsjzscx.com`, `rensheju-cx.com`, `cx-ajj.com`; in two letters behind their place: `lygyj-cx.cn`."""

from collections.abc import Iterator

from detectors.names.clues import EDGE, MAYBE, Clue, near_end, near_start
from detectors.names.hit import NameHit, Technique
from detectors.names.lexicon import Lexicon
from detectors.names.reading import Reading
from detectors.names.tokens import Token

__all__ = ["LONG", "SHORTEST_TOLD", "TELLING_QUERIES", "VAGUE", "asked_clues", "asked_hits", "is_asking"]

LONG = 5
"""Initials of an office this long (`scjgj`, `zfcxjst`) are nothing else."""
SHORTEST_TOLD = 4
"""Shorter initials are looked for only where something tells that they are an office's."""
VAGUE = frozenset({"jsj", "jsw", "amr", "zjb"})
"""Offices whose three letters are also a trade's (计算机, autonomous mobile robots): they count beside a place only if rostered there."""
_CLAIMS = frozenset({"aqks", "tzzy", "gw", "guanwang"})
"""Examinations only such an office holds, and 官网."""
_CERTIFICATES = frozenset({"zscx", "zhengshuchaxun", "zhengshu"})
_QUERIES = ("chaxun", "cx", "zscx")
"""Words of query that may stand before an office."""
TELLING_QUERIES = ("chaxun", "zhengshu", "zscx")
_TWO_LETTERS = {"yj": "cx.mem.gov.cn", "zj": "zlaq.mohurd.gov.cn", "sj": "cnse.e-cqs.cn", "rs": "zscx.osta.org.cn"}
"""应急, 住建, 市监, 人社, and where their papers are verified."""


def asked_hits(reading: Reading) -> Iterator[NameHit]:
    """Yield hits of an office, perhaps in two letters behind its place, and a word of query that are all that was registered."""
    if not reading.is_company:
        yield from _without_place(reading)
        yield from _in_two_letters(reading)


def is_asking(token: Token) -> bool:
    """Say whether the word asks for certificates, or is one of what only an office offers."""
    is_strong = token.sense("query", "strong") or token.sense("certificate", "strong")
    return bool(is_strong) or token.word in _CLAIMS


def _without_place(reading: Reading) -> Iterator[NameHit]:
    """An office of no place in particular that is asked for certificates: `rsjzscx.com`, `rensheju-cx.com`, `cx-ajj.com`."""
    for office in reading.tokens:
        if not office.is_a("department") or office.word in VAGUE or office.word == "zjj":
            continue
        for query in reading.row_of(office):
            if office.is_next_to(query) and _is_all_asked(reading, office, query):
                reason = f"域名由机构缩写“{office.word}”和查询字样“{query.word}”组成"
                yield reading.hit(None, Technique.PLACE_AND_OFFICE, 430, (office, query), reason)


def _is_all_asked(reading: Reading, office: Token, query: Token) -> bool:
    """Say whether office and query are all that was registered, or 证书 and 查询 both follow the office: `scjg-zs-cx`."""
    if reading.is_label(office, query):
        return _asks_office(reading, office, query)
    asked = next((t for t in reading.row_of(office) if t.start == query.end and t.sense("query", "strong")), None)
    is_paper = query.start == office.end and query.sense("certificate", "strong") is not None
    return asked is not None and is_paper and reading.is_label(office, asked)


def _asks_office(reading: Reading, office: Token, query: Token) -> bool:
    """Say whether the query word tells that the letters are an office's; glued three letters and two (`rstcx.com`) are anybody's outside `.cn`."""
    is_apart = reading.is_apart(office, query)
    if query.end == office.start:
        return is_apart and query.word in _QUERIES
    if query.word in _CERTIFICATES or query.word == "chaxun" or (is_apart and query.sense("query", "strong")):
        return True
    shortest = SHORTEST_TOLD if reading.name.is_under_cn else LONG
    is_plain = query.word == "cx" and reading.name.is_under_cn
    return is_plain or (len(office.word) >= shortest and is_asking(query))


def _in_two_letters(reading: Reading) -> Iterator[NameHit]:
    """A place's initials, an office in two letters and a word of query, and nothing else: `lygyj-cx.cn`, `gdrszscx.com`."""
    for place in reading.tokens:
        if not place.sense("place", "initials"):
            continue
        row = {t.start: t for t in reading.row_of(place)}
        office = row.get(place.end)
        query = row.get(office.end) if office and office.word in _TWO_LETTERS else None
        if not office or not query or not reading.is_label(place, query):
            continue
        if query.word in TELLING_QUERIES or (query.word == "cx" and reading.is_apart(office, query)):
            reason = f"域名由地名缩写“{place.word}”、机构缩写“{office.word}”和查询字样“{query.word}”组成"
            target = reading.index.about(_TWO_LETTERS[office.word])
            yield reading.hit(target, Technique.PLACE_AND_OFFICE, 430, (place, query), reason)


def asked_clues(lexicon: Lexicon) -> Iterator[Clue]:
    """Yield the clues of offices beside words of query."""
    asking = lexicon.words("query", "strong") | lexicon.words("certificate", "strong") | _CLAIMS
    for office in lexicon.words("department"):
        for word in asking:
            yield Clue((office, word), (near_end(office) + MAYBE + near_start(word),))
        yield from (Clue((word, office), (f"{word}-{near_start(office)}",)) for word in _QUERIES)
    for office in _TWO_LETTERS:
        for place in lexicon.words("place", "initials"):
            yield from (Clue((place, office, word), (office + MAYBE + word,)) for word in TELLING_QUERIES)
            yield Clue((place, office, "cx", EDGE), (f"{office}-cx{EDGE}",))
