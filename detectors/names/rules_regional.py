"""Labels of bodies' regional offices: `js-osta.cn`, `js-yjt.cn`, those below a province's own suffix (`rst.hb.cn`), and those the roster knows
for one office only (`jshrss-cx.com`)."""

import re
from collections.abc import Iterator

from detectors.names.clues import EDGE, Clue, clue
from detectors.names.hit import NameHit, Technique
from detectors.names.lexicon import Lexicon
from detectors.names.reading import Reading
from detectors.names.target import Target, TargetIndex
from detectors.names.tokens import Token

__all__ = ["regional_clues", "regional_hits"]

_NATIONWIDE = frozenset({"osta", "cpta"})
"""Bodies with a site for each province below their own name (`js.osta.org.cn`)."""
_PROVINCIAL = frozenset({"yjt", "rst", "zjt"})
"""What a 厅 of emergencies, labour or housing is called, whatever its own province calls it."""
_NOT_BELOW = frozenset({"jsw", "amr"})
"""Offices whose letters are too many others' even below a province's suffix."""
_SITES = ("zwfw", "gov")
"""What only a government's site is called below a province's suffix."""
_LONG_OWN = 6
"""A rostered label of so many letters without a vowel (`jshrss`) is nobody else's."""
_SHORTEST_OWN = 5
"""A place and an office together."""
_CONSONANTS = re.compile("[bcdfghjklmnpqrstwxyz]+").fullmatch


def regional_hits(reading: Reading) -> Iterator[NameHit]:
    """Yield hits of a province's initials beside a body's or office's label, and of an office's own long label."""
    if reading.is_company:
        return
    if province := reading.lexicon.provincial_suffixes.get(reading.name.suffix):
        yield from _below_suffix(reading, province)
    for token in reading.tokens:
        if token.word in _NATIONWIDE or token.word in _PROVINCIAL:
            yield from _beside_province(reading, token)
        elif token.is_a("official"):
            yield from _own_label(reading, token)


def _beside_province(reading: Reading, body: Token) -> Iterator[NameHit]:
    """The two are all that was registered, and told apart; `rst-sd` is a 厅 below `.cn` only."""
    if body.word in _PROVINCIAL and not reading.name.is_under_cn:
        return
    for place in reading.row_of(body):
        is_province = place.sense("place", "initials") and place.word in reading.lexicon.provinces
        is_all = place.is_next_to(body) and reading.is_label(place, body)
        if is_province and is_all and reading.is_apart(place, body):
            target = reading.index.of_words((place.word, body.word)) or reading.index.query_site(body.word)
            reason = f"域名由地名缩写“{place.word}”和机构缩写“{body.word}”组成，似该机构的地方网站"
            yield reading.hit(target, Technique.PLACE_AND_OFFICE, 430, (place, body), reason)


def _below_suffix(reading: Reading, province: str) -> Iterator[NameHit]:
    """An office, 政务服务 or gov as all that was registered below a province's suffix: `rst.hb.cn` reads like rst.hubei.gov.cn."""
    name = reading.name
    for token in reading.tokens:
        is_office = token.is_a("department") and token.word not in _NOT_BELOW
        if not (is_office or token.word in _SITES) or token.start not in name.dots or token.end != name.free:
            continue
        target = reading.index.of_words((province, token.word))
        reason = f"域名把机构缩写“{token.word}”注册在省级后缀 .{name.suffix} 之下，似该省机关的网站"
        yield reading.hit(target, Technique.PLACE_AND_OFFICE, 440, (token,), reason)


def _own_label(reading: Reading, token: Token) -> Iterator[NameHit]:
    """With a word of query, or as all of a name below `.cn`: `jshrss-cx.com`, `jshrss.com.cn`."""
    target = _owner(reading.index, reading.lexicon, token.word)
    if target is None:
        return
    query = next((t for t in reading.row_of(token) if token.is_next_to(t) and _is_query(t)), None)
    is_whole = token.start in reading.name.dots and token.end == reading.name.free
    is_all = is_whole and reading.name.is_under_cn and len(token.word) >= _LONG_OWN
    if query or is_all:
        reason = f"域名使用官方网站 {target.host} 的“{token.word}”" + (f"和查询字样“{query.word}”" if query else "")
        words = (token, query) if query else (token,)
        yield reading.hit(target, Technique.PLACE_AND_OFFICE, 480 if query else 430, words, reason)


def _owner(index: TargetIndex, lexicon: Lexicon, label: str) -> Target | None:
    """Return the host that alone has this label for an office or a centre; None: it is short, a word, or of several."""
    if len(label) < _SHORTEST_OWN:
        return None
    is_own = len(label) >= _LONG_OWN and _CONSONANTS(label) is not None
    if not is_own and not _names_place_and_office(lexicon, label):
        return None
    owners = [target for target in index.targets if label == (target.sub or target.brand)]
    return owners[0] if len(owners) == 1 else None


def _names_place_and_office(lexicon: Lexicon, label: str) -> bool:
    """Say whether the label is a province's initials and its office's or centre's: `zjamr`, `gdosta`."""
    rests = (label[len(place) :] for place in lexicon.provinces if label.startswith(place))
    return any(
        rest in _NATIONWIDE or any(s.kind == "department" for s in lexicon.senses.get(rest, ())) for rest in rests
    )


def _is_query(token: Token) -> bool:
    return bool(token.sense("query", "strong") or token.sense("certificate", "strong"))


def regional_clues(index: TargetIndex, lexicon: Lexicon) -> Iterator[Clue]:
    """Yield the clues of all: an office of three letters is looked for with an edge beside it."""
    offices = sorted((lexicon.words("department") - _NOT_BELOW).union(_SITES))
    for suffix in lexicon.provincial_suffixes:
        parts = suffix.split(".")
        yield from (Clue((EDGE, office, *parts), ("-".join(("", *parts)),)) for office in offices)
    yield from (clue(word) for word in sorted(lexicon.words("official")) if _owner(index, lexicon, word))
    for place in sorted(lexicon.words("place", "initials") & lexicon.provinces):
        for body in sorted(_NATIONWIDE | _PROVINCIAL):
            looks = (body,) if body in _NATIONWIDE else (EDGE + body, body + EDGE)
            yield from (Clue((place, body), looks), Clue((body, place), looks))
