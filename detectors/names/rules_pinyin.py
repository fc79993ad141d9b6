"""Names in pinyin or initials: a certificate, trade or ministry with words of query (`tezhongzuoyechaxun`, `tzzycx`)."""

from collections.abc import Iterator

from detectors.names.clues import EDGE, Clue, beside, clue
from detectors.names.hit import NameHit, Technique
from detectors.names.lexicon import Lexicon, Sense
from detectors.names.reading import Reading
from detectors.names.syllables import is_pinyin
from detectors.names.tokens import Token, bent_queries
from keywords.roster import shared_parent_of

__all__ = ["pinyin_clues", "pinyin_hits"]

_PLAINLY = (
    "zhengshuchaxun",
    "zhengshuchaxunwang",
    "zhengshuchaxunpingtai",
    "zhengshuchaxunxitong",
    "zhengshuchaxunzhongxin",
)
"""Say what the official pages say, and nothing else."""
_CERTIFICATE_QUERY = frozenset({"zscx", "zscxw", "zscxpt", "zscxxt", "zscxzx", "zhengchaxun", *_PLAINLY})
_WHOLE_NAME = 17
"""特种作业证 and longer: nobody but the trade of these papers writes it out."""
_LONG_INITIALS = 5
_LONG_MADE = 7
"""特种作业 and its paper in initials (`tzzyzgz`): as all of a name they are no chance."""
_LONG_PLAIN = 7
_LONG_ALONE = 11
_NETS = ("pt", "pingtai", "wang", "gw", "guanwang", "xitong", "zhongxin")
_STATES = frozenset({"quanguo", "guojia"})
_CLAIMS = ("gw", "guanwang", "guanfang")
_OF_THE_STATE = ("guojia", "gj")
"""国家: nobody but an organ of the state, or who pretends to be one, says so."""
_NATIONWIDE = ("quanguo", "qg")
"""全国: the same before what the papers are called, not before a trade; the initials below `.cn` only."""
_COUNTRY = ("zhongguo", "zg")
"""中国: societies and firms say so too, but not before a ministry."""
_MINISTRY = "yjglb"
_BETWEEN = ("ks", "pt", "xt", "xx")
"""考试, 平台, 系统, 信息 between a trade's initials and a word of query: `tzzyks-cx`."""
_AFTER_ALL = ("cx", "chaxun", "zscx")
_ORGANS = ("initials", "plain", "long")
_LONG_STATE = 6
"""`gjyjb` may be five letters of anybody's."""
_LONGEST_INITIALS = 6
_TELLING = frozenset({"long", "name"})
_LONG_QUERY = 4
_ENGLISH = ("safety", "emergency")
"""Nobody writes 查询 in initials behind these but who means an office of this country."""
_TWO_LETTERS = frozenset({"sb", "si", "yb", "rs", "aj"})
"""社保, 医保, 人事 … and as often 商标, 设备, 人生: beside 证书查询 they are told apart."""
_BEGINNING = 8
"""So many letters of a word that is never broken are looked for."""
_NAMED = frozenset({"dianti", "gaoya", "diya", "gongzhong"})
"""Vague words that with 证书 name a certificate of the trade."""


def pinyin_hits(reading: Reading) -> Iterator[NameHit]:
    """Yield hits of trade words in the company of query or certificate words; a ministry's full name counts alone."""
    for token in reading.tokens:
        yield from _certificate_query(reading, token)
        sense = token.sense("trade")
        if sense is None:
            continue
        row = reading.row_of(token)
        company = [t for t in row if sense.weight in _TELLING or t.start == token.end or t.end == token.start]
        if sense.weight == "initials":
            company += _after_all(row, token)
        best = max(((_score(reading, token, sense, t), t) for t in company), key=lambda found: found[0], default=None)
        target = reading.index.about(sense.about)
        if best and best[0]:
            reason = f"域名由“{sense.word}”与“{best[1].word}”等查询、证书字样组成，似官方查询网站"
            yield reading.hit(target, Technique.PINYIN, best[0], (token, best[1]), reason)
        elif state := _state_before(reading, token, sense):
            reason = f"域名由“{state.word}”与机关、行业缩写“{sense.word}”组成，似国家机关网站"
            yield reading.hit(target, Technique.PINYIN, 430, (state, token), reason)
        elif alone := _score_alone(reading, sense) or _score_as_all(reading, token, sense):
            reason = f"域名使用与官方网站有关的拼音或缩写“{sense.word}”"
            yield reading.hit(target, Technique.PINYIN, alone, (token,), reason)


def _after_all(row: tuple[Token, ...], token: Token) -> list[Token]:
    """Return the word of query behind a word that says nothing: `tzzyks-cx`, `aqscpt-chaxun`."""
    between = next((t for t in row if t.start == token.end and t.word in _BETWEEN), None)
    return [t for t in row if between and t.start == between.end and t.word in _AFTER_ALL]


def _score(reading: Reading, token: Token, sense: Sense, other: Token) -> int:
    strong = other.sense("query", "strong") or other.sense("certificate", "strong")
    english = other.sense("query", "english") or other.sense("certificate", "english")
    if sense.weight in _TELLING:
        return 650 if strong or english else 520 if other.is_a("query") or other.sense("certificate", "weak") else 0
    if sense.weight == "initials":
        if sense.word.endswith("zs") and other.word == "zs":
            return 0  # `jnzszs`: Jinan's 装饰
        if other.word == "zs" and other.end == token.start and not reading.is_apart(other, token):
            return 0  # `zsjnjd`: a city's
        is_claim = other.word in _CLAIMS and other.start == token.end and reading.is_label(token, other)
        return 570 if strong else 520 if english else 430 if is_claim else 0
    if sense.weight == "vague":
        return _vague_score(reading, token, other) if token.end == other.start else 0
    return _plain_score(reading, token, strong, other) if sense.weight == "plain" and strong else 0


def _vague_score(reading: Reading, token: Token, other: Token) -> int:
    """Return the score of a word that is everybody's before one of query or certificate: `jineng-zs-chaxun`, `dianti-zhengshu`, `safety-cx`."""
    if _asks_twice(reading, token, other):
        return 430
    if not reading.is_apart(token, other):
        return 0
    if token.word in _ENGLISH and other.word == "cx":
        return 420 if reading.is_label(token, other) else 0
    return 430 if token.word in _NAMED and other.word == "zhengshu" else 0


def _plain_score(reading: Reading, token: Token, strong: Sense, other: Token) -> int:
    """Return the score of a plain word of the trade before or behind a strong word of query."""
    if len(strong.word) >= _LONG_QUERY or _asks_twice(reading, token, other):
        return 470
    if strong.word == "cx" and token.end == other.start and reading.is_label(token, other):
        return 420  # `aqycx`, `hangongcx`: all of a name
    is_short = strong.word == "cx" or (strong.word == "zs" and len(token.word) >= _LONG_QUERY)
    if is_short and _is_initials(token.word) and reading.is_label(token, other):
        return 420  # `cxaqy`, `slryzs`
    if not reading.is_apart(token, other):
        return 0
    return 430 if strong.word != "zs" or _is_placed(reading, token, other) else 0  # zs: 装饰, 招商, 招生


def _is_placed(reading: Reading, token: Token, other: Token) -> bool:
    """Say whether a place stands before the two and nothing else beside them: `liaoningyingji-zs`."""
    place = next((t for t in reading.row_of(token) if t.end == token.start and t.sense("place", "pinyin")), None)
    return place is not None and other.start == token.end and reading.is_label(place, other)


def _is_initials(word: str) -> bool:
    return len(word) <= _LONGEST_INITIALS and not is_pinyin(word)


def _asks_twice(reading: Reading, token: Token, other: Token) -> bool:
    """Say whether 证书 and 查询 both follow: `aqyzs-cx`, `safety-cert-cx`."""
    return any(
        t.start == other.end and t.sense("query", "strong") and other.sense("certificate", "strong", "english")
        for t in reading.tokens
        if other.start == token.end
    )


def _state_before(reading: Reading, token: Token, sense: Sense) -> Token | None:
    """Return 国家 before what an organ is called for short, where both are all that was registered: `gjyjglb`, `guojia-yingji`."""
    if sense.weight not in _ORGANS:
        return None
    country = _COUNTRY if token.word == _MINISTRY else ()
    nationwide = () if sense.weight == "plain" else _NATIONWIDE if reading.name.is_under_cn else _NATIONWIDE[:1]
    states = (*_OF_THE_STATE, *nationwide, *country)
    state = next((t for t in reading.row_of(token) if t.end == token.start and t.word in states), None)
    if not state or not reading.is_label(state, token):
        return None
    return state if len(state.word) + len(token.word) >= _LONG_STATE else None


def _score_alone(reading: Reading, sense: Sense) -> int:
    """A ministry's name in full says enough; a certificate's name alone may be a school's."""
    if sense.weight == "name":
        return 600
    if sense.weight == "long" and len(sense.word) >= _WHOLE_NAME and sense.word.endswith(("zheng", "kaoshi")):
        return 430
    is_told = sense.weight == "initials" and sense.word not in reading.lexicon.made
    return 430 if is_told and len(sense.word) > _LONG_INITIALS else 0


def _score_as_all(reading: Reading, token: Token, sense: Sense) -> int:
    """A certificate's name as all of a name that costs nothing, since schools pay for theirs; long initials as all of any, an organ's below `.cn`."""
    if token.start not in reading.name.dots or token.end != reading.name.free:
        return 0
    if sense.weight == "initials":
        is_made = sense.word in reading.lexicon.made
        is_long = len(token.word) >= (_LONG_MADE if is_made else _LONG_INITIALS)
        is_told = is_made or reading.name.is_under_cn or bool(shared_parent_of(reading.name.host))
        return 420 if is_long and is_told else 0
    is_free = sense.weight == "long" and len(token.word) >= _LONG_ALONE
    return 420 if is_free and shared_parent_of(reading.name.host) else 0


def _certificate_query(reading: Reading, token: Token) -> Iterator[NameHit]:
    """`gjzscx`, `aqzscx`: 证书查询 under the name of the state, of a place or of safety, whose nobody says."""
    if token.word == "zhengshu":
        yield from _asked_plainly(reading, token)
    if token.word not in _CERTIFICATE_QUERY:
        return
    if token.word in _PLAINLY and token.start in reading.name.dots and token.end == reading.name.free:
        yield reading.hit(None, Technique.PINYIN, 420, (token,), f"域名只写“{token.word}”（证书查询），似官方查询网站")
    for other in reading.row_of(token):
        is_next = other.end == token.start or other.start == token.end
        is_state = other.is_a("country") and (other.word != "cn" or reading.is_apart(token, other))
        is_net = other.start == token.end and other.word in _NETS and reading.is_label(token, other)
        is_place = other.end == token.start and reading.is_label(token, other) and _is_place_told(reading, other, token)
        is_vague = other.sense("trade", "vague") and (other.word not in _TWO_LETTERS or reading.is_apart(token, other))
        if is_net or is_place or (is_next and (is_vague or is_state)):
            reason = f"域名把“{other.word}”与“{token.word}”（证书查询）组合，似官方查询网站"
            yield reading.hit(None, Technique.PINYIN, 450, (token, other), reason)


def _is_place_told(reading: Reading, place: Token, asked: Token) -> bool:
    """Say whether the word is a place, told apart or before 证书查询 written out: `gd-zscx`, `hunanzhengshuchaxun`; 招商, 装饰 are glued."""
    if asked.word in _PLAINLY and place.sense("place", "pinyin"):
        return True
    return asked.word != "zhengchaxun" and place.is_a("place") and reading.is_apart(place, asked)


def _asked_plainly(reading: Reading, token: Token) -> Iterator[NameHit]:
    """`zhengshucx`, `zhengshu-cx` or `quanguozhengshu`, and nothing else."""
    row = reading.row_of(token)
    state = next((t for t in row if t.end == token.start and t.is_a("country")), token)
    for other in row:
        is_asked = other.start == token.end and other.word == "cx" and reading.is_label(state, other)
        if is_asked or (other.end == token.start and other.word in _STATES and reading.is_label(token, other)):
            reason = f"域名只由“{token.word}”（证书）和“{other.word}”组成，似官方查询网站"
            yield reading.hit(None, Technique.PINYIN, 420, (token, other), reason)


def pinyin_clues(lexicon: Lexicon) -> Iterator[Clue]:
    """Yield the clues of trade words: telling ones alone, the others beside words of query and certificate."""
    telling = lexicon.words("trade", *_TELLING)
    yield from (clue(word) for word in telling - lexicon.halves)
    yield from (Clue((word,), (word[:_BEGINNING],)) for word in telling & lexicon.halves)
    yield from map(clue, _PLAINLY)
    yield from (clue(word, net) for word in ("zscx", "zhengshuchaxun") for net in _NETS)
    yield clue("zhengshu", "cx")
    yield from (clue(word, "zhengshu") for word in _NAMED)
    yield from (clue(word, "cx", EDGE) for word in _ENGLISH)
    yield from (clue(state, "zhengshu") for state in _STATES)
    asked = [
        (paper, word)
        for paper in lexicon.words("certificate", "strong", "english")
        for word in lexicon.words("query", "strong")
    ]
    for pair in asked:
        looks = clue(*pair).looks
        yield from (Clue((vague, *pair), looks) for vague in lexicon.words("trade", "vague"))
    initials = lexicon.words("trade", "initials")
    yield from (clue(word, claim) for word in sorted(initials - lexicon.made) for claim in _CLAIMS)
    between = [(filler, query) for filler in _BETWEEN for query in _AFTER_ALL]
    yield from (clue(word, *pair) for word in sorted(initials - lexicon.made) for pair in between)
    organs = sorted(lexicon.words("trade", *_ORGANS))
    yield from (clue(state, word) for state in _OF_THE_STATE for word in organs if len(state + word) >= _LONG_STATE)
    yield from (clue(state, _MINISTRY) for state in _COUNTRY)
    yield from (clue(EDGE, word, EDGE) for word in sorted(initials - lexicon.made) if len(word) >= _LONG_INITIALS)
    named = sorted(lexicon.words("trade", "initials", "long"))
    yield from (clue(state, word) for state in _NATIONWIDE for word in named if len(state + word) >= _LONG_STATE)
    yield from (clue(word) for word in initials if len(word) >= _LONG_INITIALS and word not in lexicon.made)
    strong = lexicon.words("query", "strong", "english") | lexicon.words("certificate", "strong", "english")
    yield from map(clue, sorted(initials & lexicon.made))  # rare enough, whatever stands beside them
    yield from beside(initials - lexicon.made, {*strong, *bent_queries(lexicon)}, alone=True)
    plain = lexicon.words("trade", "plain")
    yield from beside({word for word in plain if len(word) >= _LONG_PLAIN}, strong, alone=True)
    yield from beside({word for word in plain if len(word) < _LONG_PLAIN}, strong, alone=False)
    whose = lexicon.words("trade", "vague") | lexicon.words("country") | lexicon.words("place")
    yield from beside(_CERTIFICATE_QUERY, whose, alone=True)
