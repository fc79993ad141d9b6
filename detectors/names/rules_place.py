"""Places beside offices and government services: `yananzw.cn`, `suzhou-yjglj.com`, `rst-jiangsu-cx.com`, `hzscjgj.cn`, `jszwfw.com`."""

import re
from collections.abc import Iterator
from itertools import pairwise

from detectors.names.clues import EDGE, MAYBE, Clue, beside, clue, near_end, near_start
from detectors.names.hit import NameHit, Technique
from detectors.names.lexicon import Lexicon
from detectors.names.reading import Reading
from detectors.names.rules_asked import LONG, SHORTEST_TOLD, TELLING_QUERIES, VAGUE, is_asking
from detectors.names.target import TELLING, Target, TargetIndex
from detectors.names.tokens import Token
from keywords.model import SiteKind

__all__ = ["place_clues", "place_hits"]

_BELIEVED = 600
"""From here on a word such as `tech` beside it changes nothing."""
_ASKING = frozenset({"cx", "zs", "zscx", "chaxun", "zhengshu"})
_GLUED = frozenset({"rsj", "gaj"})
"""Three letters that behind a city's name are an office's and nothing else."""
_EVERYWHERE = frozenset({"scjgj"})
"""市场监督管理局 is 局 in provinces too."""
_OFFICES = (
    "yjglj",
    "yjglt",
    "scjgj",
    "scjgw",
    "zfcxjst",
    "zfcxjsj",
    "zfcxjsw",
    "zfhcxjst",
    "zfhcxjsj",
    "rlsbj",
    "rlsbt",
    "jtyst",
    "jtysj",
)
"""Offices in initials that nobody else has, whatever stands before them; the lexicon knows them too."""
_CONSONANTS = re.compile("[bcdfghjklmnpqrstwxyz]+").fullmatch
_SERVICE = "zwfw"
"""政务服务"""
_TAILS = "(?:w|cx|cxw|zs|zscx|chaxun|gov|gw)?"
_ONE_WORD = re.compile(rf"(?:www)?([a-z]{{1,4}}?)({'|'.join(_OFFICES)}|{_SERVICE}w?){_TAILS}")
_OF_COUNTY = re.compile(rf"([a-z]{{4,}})[xqs]({'|'.join(_OFFICES)}){_TAILS}")
"""县, 区 or 市 behind a place in pinyin: `guanyunxyjglj`."""


def place_hits(reading: Reading) -> Iterator[NameHit]:
    """Yield hits of a place, in pinyin or initials, with an office or government service, in either order."""
    for hit in _all_hits(reading):
        if hit.score_permille >= _BELIEVED or not reading.is_company:
            yield hit


def _all_hits(reading: Reading) -> Iterator[NameHit]:
    for token in reading.tokens:
        if token.sense("place", "pinyin"):
            yield from _beside_pinyin(reading, token)
        else:
            yield from _beside_label(reading, token)
            if token.sense("place", "initials"):
                yield from _beside_initials(reading, token)
    yield from _in_one_word(reading)


# --- a place in pinyin ------------------------------------------------------------------------------------------------


def _beside_pinyin(reading: Reading, place: Token) -> Iterator[NameHit]:
    for other in reading.row_of(place):
        if not place.is_next_to(other):
            continue
        score = (
            _office_score(reading, place, other) if other.is_a("department") else _service_score(reading, place, other)
        )
        if score:
            target = (
                _office_of(reading, place, other) or reading.index.of_words((place.word,)) or _portal(reading, place)
            )
            reason = f"域名由地名“{place.word}”与政务、机构缩写“{other.word}”组成"
            yield reading.hit(target, Technique.PLACE_AND_OFFICE, score, (place, other), reason)


def _office_score(reading: Reading, place: Token, office: Token) -> int:
    target = _office_of(reading, place, office)
    if target is not None and target.sub:
        return 620
    if office.word == "zjj" and place.word == "hunan":
        return 0  # 湖南张家界
    if _is_asked_after(reading, place, office):
        return 560
    if len(office.word) >= LONG:
        return 560 if _is_piece(reading, office) else 480
    is_possible = _fits(reading.lexicon, office.word, place.word) and office.word not in VAGUE
    return _short_office_score(reading, place, office) if is_possible else 0


def _short_office_score(reading: Reading, place: Token, office: Token) -> int:
    if _is_piece(reading, office):
        return 560 if _asks(reading, office) else 480
    if office.sense("department", "yj", "yj_long"):
        if office.word != "yjt":
            return 480
        return 440 if reading.name.is_under_cn and reading.is_label(place, office) else 0
    if not reading.is_label(place, office):
        return 0
    if office.word in _GLUED and office.start == place.end:
        return 440
    is_plain = office.word == "zjt" or len(office.word) >= SHORTEST_TOLD
    return 440 if is_plain and _portal(reading, place) is not None else 0


def _service_score(reading: Reading, place: Token, other: Token) -> int:
    if other.sense("government", "zw"):
        return 560
    if other.word != "zw" or place.end != other.start:
        return 0
    if reading.is_label(place, other):
        return 440
    asks = next((t for t in reading.tokens if t.start == other.end and is_asking(t)), None)
    return 520 if asks and reading.is_apart(other, asks) else 0


# --- a place in initials ----------------------------------------------------------------------------------------------


def _beside_label(reading: Reading, token: Token) -> Iterator[NameHit]:
    """A portal's label in initials with an office of that place, and nothing else: `lygyjj.com`, `zjj-lyg.cn`."""
    target = reading.index.of_words((token.word,))
    if target is None or target.sub or target.site.kind is not SiteKind.PORTAL:
        return
    for other in reading.row_of(token):
        if not other.is_a("department") or not token.is_next_to(other) or not reading.is_label(token, other):
            continue
        found = reading.index.about(_host_of(other.word, target))
        is_known = found is not None or other.sense("department", "yj") or _is_piece(reading, other)
        is_known = is_known or (token.sense("place", "initials") is not None and other.start == token.end)
        if is_known and other.word not in VAGUE:
            reason = f"域名由“{token.word}”与机构缩写“{other.word}”组成"
            yield reading.hit(found or target, Technique.PLACE_AND_OFFICE, 440, (token, other), reason)


def _beside_initials(reading: Reading, place: Token) -> Iterator[NameHit]:
    """A place's initials and an office, with a word of query, or where nothing else can be meant: `lnrst-zscx.cn`, `zfcxjst-gd.com`."""
    for office in reading.row_of(place):
        if not place.is_next_to(office):
            continue
        is_told = len(place.word) >= TELLING or reading.is_apart(place, office)
        if office.word == _SERVICE and is_told and reading.is_label(place, office):
            target = _portal(reading, place)
            reason = f"域名由地名缩写“{place.word}”和“{office.word}”（政务服务）组成"
            yield reading.hit(target, Technique.PLACE_AND_OFFICE, 500, (place, office), reason)
        if not office.is_a("department"):
            continue
        if score := _initials_score(reading, place, office):
            reason = f"域名由地名缩写“{place.word}”和机构缩写“{office.word}”组成"
            yield reading.hit(
                _office_of(reading, place, office), Technique.PLACE_AND_OFFICE, score, (place, office), reason
            )


def _initials_score(reading: Reading, place: Token, office: Token) -> int:
    is_firm = place.word == "gs" and place.start == office.end and not reading.is_apart(office, place)  # 公司
    if is_firm or (office.word == "zjj" and place.word == "hn"):  # 湖南张家界
        return 0
    if _is_asked_after(reading, place, office):
        return 520
    if len(office.word) >= LONG:
        return 500
    target = _office_of(reading, place, office)
    is_rostered = target is not None and bool(target.sub)
    is_piece = _is_piece(reading, office)
    if office.end == place.start and _is_asked_before(reading, office, place, is_rostered=is_rostered):
        return 500
    if not is_rostered or not (is_piece or len(office.word) >= SHORTEST_TOLD):
        return 0
    return 500 if _asks(reading, office) else 440 if reading.is_label(place, office) else 0


def _is_asked_before(reading: Reading, office: Token, place: Token, *, is_rostered: bool) -> bool:
    """Say whether office, place and a word of query stand in this order and the office is told: `jst-gd-cx`, `rstlnchaxun`, `amrhljchaxun`."""
    query = next((t for t in reading.tokens if t.start == place.end and t.word in _ASKING), None)
    if query is None:
        return False
    is_long = query.word in TELLING_QUERIES and reading.is_label(office, query)
    if is_long and is_rostered:
        return True
    is_told = _is_piece(reading, office) or (is_long and place.word in reading.lexicon.provinces)
    return is_told and office.word not in VAGUE and _fits(reading.lexicon, office.word, place.word)


# --- initials in one word ---------------------------------------------------------------------------------------------


def _in_one_word(reading: Reading) -> Iterator[NameHit]:
    """Initials nobody need know before a long office or 政务服务: `kfyjglj.cn`, `jszwfw.com`, `xxscjgjcx.com`."""
    name = reading.name
    for start, end in _pieces(reading):
        found = _ONE_WORD.fullmatch(name.letters, start, end) or _OF_COUNTY.fullmatch(name.letters, start, end)
        if not found or found[1] == "www":
            continue
        place, office = found[1], found[2]
        sense = next((s for s in reading.lexicon.senses.get(place, ()) if s.kind == "place"), None)
        if office.startswith(_SERVICE) and not _may_serve(reading, place, is_known=sense is not None):
            continue
        if not sense and not _CONSONANTS(place):
            continue
        portal = reading.index.about(sense.about) if sense else None
        target = reading.index.about(_host_of(office, portal)) if portal else None
        target = target or reading.index.of_words((place + office,)) or portal
        yield NameHit(
            imitates=target.imitates if target else "",
            technique=Technique.PLACE_AND_OFFICE,
            score_permille=520 if sense or place == "gj" else 470,
            span=name.span(start, end),
            reason=f"域名由缩写“{place}”与政务、机构缩写“{office}”组成",
            brand=office,
        )


def _may_serve(reading: Reading, place: str, *, is_known: bool) -> bool:
    """Say whether these initials before 政务服务 mean a province or the state: cities have honest ones (`zszwfw.cn`) outside `.gov.cn`."""
    return place == "gj" or place in reading.lexicon.provinces or (is_known and len(place) >= TELLING)


def _pieces(reading: Reading) -> Iterator[tuple[int, int]]:
    """Return (start, end) of the letters between separators in the registrant's part."""
    name = reading.name
    cuts = (0, *sorted(at for at in name.apart if at < name.free), name.free)
    return pairwise(cuts)


# --- what both ask ----------------------------------------------------------------------------------------------------


def _is_piece(reading: Reading, token: Token) -> bool:
    """Say whether separators stand on both sides of a word."""
    name = reading.name
    first, last = name.span(token.start, token.end)
    return (first == 0 or name.shown[first - 1] in "-._") and name.shown[last : last + 1] in {"-", ".", "_"}


def _is_asked_after(reading: Reading, place: Token, office: Token) -> bool:
    """Say whether place, office and a word of query stand in this order; three words are no chance."""
    return office.start == place.end and any(t.start == office.end and is_asking(t) for t in reading.tokens)


def _asks(reading: Reading, office: Token) -> bool:
    return any(is_asking(t) or t.sense("trade", "plain", "initials", "long") for t in reading.row_of(office))


def _fits(lexicon: Lexicon, office: str, place: str) -> bool:
    """Say whether a place of this rank has such an office: a province has a 厅, a city a 局 or 委."""
    if office in _EVERYWHERE or not office.endswith(("t", "ting", "j", "ju", "w")):
        return True
    return office.endswith(("t", "ting")) == (place in lexicon.provinces)


def _portal(reading: Reading, place: Token) -> Target | None:
    sense = place.sense("place")
    return reading.index.about(sense.about) if sense and sense.about else None


def _host_of(office: str, portal: Target) -> str:
    return f"{office}.{portal.host.removeprefix('www.')}"


def _office_of(reading: Reading, place: Token, office: Token) -> Target | None:
    """Return the rostered office of this place: by its labels, or below the place's portal (`amr-anhui`: amr.ah.gov.cn)."""
    if not office.is_a("department"):
        return None
    portal = _portal(reading, place)
    below = reading.index.about(_host_of(office.word, portal)) if portal else None
    return below or reading.index.of_words((place.word, office.word))


# --- clues ------------------------------------------------------------------------------------------------------------


def place_clues(index: TargetIndex, lexicon: Lexicon) -> Iterator[Clue]:
    """Yield the clues of places and portals' labels beside offices and services."""
    yield from map(clue, (*_OFFICES, _SERVICE))
    places, initials = lexicon.words("place", "pinyin"), lexicon.words("place", "initials")
    labels = {t.stem for t in index.targets if not t.sub and t.site.kind is SiteKind.PORTAL and len(t.stem) >= TELLING}
    emergency = lexicon.words("department", "yj", "yj_long")
    yield from (Clue((place, "zw", EDGE), (near_end(place) + MAYBE + "zw" + EDGE,)) for place in places)
    for words, whose in ((emergency | lexicon.words("government", "zw"), places), (emergency, labels)):
        for word in words:
            yield from _office_clues(word, whose if word != "yjt" else whose & (lexicon.provinces | labels))
    for office in lexicon.words("department"):
        looks = _looks_of(office)
        for place in (*places, *(initials if len(office) >= SHORTEST_TOLD else ()), *labels):
            yield Clue((place, office), looks)
            yield Clue((office, place), looks)
        if office not in VAGUE and len(office) < SHORTEST_TOLD:
            yield from (Clue((office, place, word), looks) for place in initials for word in _ASKING)
    yield from _rostered_clues(index, lexicon)
    yield from _portal_clues(lexicon)
    for label in labels & initials:  # `lygzjj`
        yield from (Clue((label, office), (label + MAYBE + office,)) for office in lexicon.words("department") - VAGUE)
    yield from _before_query_clues(index, lexicon)


def _looks_of(office: str) -> tuple[str, ...]:
    """Return how an office that need not be glued to a place is looked for: three letters only as a piece of their own."""
    if len(office) >= LONG:
        return clue(office).looks
    return (EDGE + office + EDGE,) if len(office) < SHORTEST_TOLD else (EDGE + office, office + EDGE)


def _office_clues(word: str, whose: frozenset[str] | set[str]) -> Iterator[Clue]:
    if len(word) >= SHORTEST_TOLD:
        yield from beside((word,), whose, alone=True)
        return
    yield from (Clue((word, place), (EDGE + word, word + MAYBE + near_start(place))) for place in whose)
    yield from (Clue((place, word), (near_end(place) + MAYBE + word,)) for place in whose)


def _rostered_clues(index: TargetIndex, lexicon: Lexicon) -> Iterator[Clue]:
    """Yield the clues of offices beside the places they are rostered for, glued or not."""
    offices = lexicon.words("department")
    places = [s for several in lexicon.senses.values() for s in several if s.kind == "place" and s.about]
    for place in places:
        portal = index.about(place.about)
        if portal is None:
            continue
        for office in offices:
            found = index.about(_host_of(office, portal)) or index.of_words((place.word, office))
            if found is None or not found.sub:
                continue
            if len(place.word) >= TELLING:
                yield from beside((office,), (place.word,), alone=False)
            else:  # `yjt-sd`
                yield from (Clue(pair, _looks_of(office)) for pair in ((office, place.word), (place.word, office)))
    for sub, brand in index.pairs:
        if sub in offices and (brand in lexicon.words("place", "pinyin") or len(brand) >= TELLING):
            yield from beside((sub,), (brand,), alone=False)


def _portal_clues(lexicon: Lexicon) -> Iterator[Clue]:
    portals = {
        s.word
        for several in lexicon.senses.values()
        for s in several
        if s.kind == "place" and s.about and s.weight == "pinyin"
    }
    for office in (o for o in lexicon.words("department") if o == "zjt" or len(o) >= SHORTEST_TOLD):
        for place in portals:
            look = office if len(office) >= SHORTEST_TOLD else near_end(place) + MAYBE + office
            yield Clue((place, office, EDGE), (look + EDGE,))
    for office in _GLUED:
        for place in lexicon.words("place", "pinyin") - lexicon.provinces:
            yield Clue((place, office, EDGE), (office + EDGE,))


def _is_office_of(index: TargetIndex, lexicon: Lexicon, office: str, place: str) -> bool:
    """Say whether a place's initials and an office of three letters before a long word of query make a hit: rostered, or of a province."""
    if place in lexicon.provinces and office not in VAGUE and _fits(lexicon, office, place):
        return True
    portals = (s.about for s in lexicon.senses[place] if s.kind == "place" and s.about)
    hosts = (_host_of(office, portal) for about in portals if (portal := index.about(about)))
    return any(map(index.about, hosts)) or index.of_words((place, office)) is not None


def _before_query_clues(index: TargetIndex, lexicon: Lexicon) -> Iterator[Clue]:
    """Yield the clues of offices of two or three letters before a place's initials and a long word of query."""
    for office in (one for one in lexicon.words("department") if len(one) < SHORTEST_TOLD):
        for place in lexicon.words("place", "initials"):
            if _is_office_of(index, lexicon, office, place):
                pairs = ((word, f"{office}{MAYBE}{place}{MAYBE}{word[:TELLING]}") for word in TELLING_QUERIES)
                yield from (Clue((office, place, word), (look,)) for word, look in pairs)
