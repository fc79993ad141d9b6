"""A whole label in initials: a province, 省 and its 厅 (`sdsyjt.cn`), a municipality, 市 and its 局 (`bjsyjj.cn`), an office beside what it
gives papers for (`scjg-tzsb.com`), or a nationwide body's label behind other initials (`zgrlosta.org.cn`)."""

import re
from collections.abc import Collection, Iterator

from detectors.names.clues import EDGE, Clue, clue
from detectors.names.hit import NameHit, Technique
from detectors.names.lexicon import Lexicon
from detectors.names.read import ReadName
from detectors.names.target import Target, TargetIndex

__all__ = ["initials_clues", "initials_hits"]

_OFFICES = ("yjt", "rst", "zjt", "jst", "gat")
_CITY_OFFICES = ("yjj", "ajj", "yjglj", "zjw", "rsj", "gaj")
_LOCAL_OFFICES = (
    "shichangjianguan", "yingjiguanli", "zhujianting", "zhujianju", "shijianju", "anjianju", "yjglj", "yjglt", "yjglb",
    "scjgj", "scjg", "ajj", "yjj", "yjt", "yjb", "zjj", "zjt", "zjw", "zjb", "jst", "rsj", "rst", "rsb",
)  # fmt: skip
"""The longer before what they begin with. The three ministries too, in the letters people type."""
_PAPERS = ("czz", "aqy", "dgz", "hgz", "aqzg")
"""Initials that are trades beside an office only."""
_PLACES, _TRADES = ("initials",), ("initials", "long", "name")
_QUERIES = ("zhengshuchaxun", "zhengshu", "chaxun", "zscx", "cxpt", "cx", "zs")
_BODIES = ("osta", "cpta")
_SOCIETIES = "org.cn"
_CONSONANTS = "bcdfghjklmnpqrstwxyz"
_OF_PROVINCE = re.compile(
    rf"([a-z]{{2,3}})s({'|'.join((*_OFFICES, *_CITY_OFFICES))})(cx|zs|zscx|chaxun|zhengshu|w|gov)?"
).fullmatch
_OF_STATE = re.compile(rf"([{_CONSONANTS}]{{2,6}})({'|'.join(_BODIES)})").fullmatch


def initials_hits(name: ReadName, index: TargetIndex, lexicon: Lexicon) -> Iterator[NameHit]:
    """Yield a hit of the registered label; a 厅 counts with a word of query or below `.cn`, a body where societies register."""
    start = max((dot for dot in name.dots if dot < name.free), default=0)
    label = name.letters[start : name.free]
    if found := _OF_PROVINCE(label):
        place, office, query = found.groups()
        rank = "省" if office in _OFFICES else "市"
        if place in (lexicon.provinces if rank == "省" else lexicon.municipalities) and (query or name.is_under_cn):
            yield _hit(name, start, index.of_words((place, office)), f"{place}（{rank}）与机构缩写“{office}”")
    elif paired := _office_and_trade(label, lexicon):
        office, trade = paired
        yield _hit(name, start, index.about(_site_of(trade, lexicon)), f"机构缩写“{office}”与“{trade}”")
    elif name.suffix == _SOCIETIES and (found := _OF_STATE(label)) and found[1] not in lexicon.provinces:
        # provinces have such centres themselves: gdosta.org.cn
        yield _hit(name, start, index.query_site(found[2]), f"缩写“{found[1]}”与官方标识“{found[2]}”")


def _office_and_trade(label: str, lexicon: Lexicon) -> tuple[str, str] | None:
    """Return the two where a label is an office, perhaps behind its place, and a trade: `jszjt-aqy`, `yjbtzzy`.

    Words of query may stand around the two, not between them: the clues are for two that stand next to each other.
    """
    for core in _without_queries(label):
        for office in _LOCAL_OFFICES:
            before, found, after = core.partition(office)
            if found and before and not after and _is_trade(before, lexicon):
                return office, before
            if found and _is_trade(after, lexicon) and (not before or _is(before, lexicon, "place", _PLACES)):
                return office, after
    return None


def _without_queries(label: str) -> Iterator[str]:
    """Yield the label, then without a word of query before it, behind it, and both."""
    begins = [label, *(label.removeprefix(word) for word in _QUERIES if label.startswith(word))][:2]
    for begin in begins:
        yield begin
        yield from (begin.removesuffix(word) for word in _QUERIES if begin.endswith(word))


def _is_trade(piece: str, lexicon: Lexicon) -> bool:
    return piece in _PAPERS or _is(piece, lexicon, "trade", _TRADES)


def _site_of(trade: str, lexicon: Lexicon) -> str:
    return next((s.about for s in lexicon.senses.get(trade, ()) if s.kind == "trade"), "")


def _is(word: str, lexicon: Lexicon, kind: str, weights: Collection[str]) -> bool:
    return any(sense.kind == kind and sense.weight in weights for sense in lexicon.senses.get(word, ()))


def _hit(name: ReadName, start: int, target: Target | None, parts: str) -> NameHit:
    return NameHit(
        imitates=target.imitates if target else "",
        technique=Technique.PLACE_AND_OFFICE,
        score_permille=430,
        span=name.span(start, name.free),
        reason=f"域名由{parts}组成，似该机构的网站",
        brand=name.text(start, name.free),
    )


def initials_clues(lexicon: Lexicon) -> Iterator[Clue]:
    """Yield the clues of both."""
    initials = lexicon.words("place", "initials")
    for places, offices in ((lexicon.provinces, _OFFICES), (lexicon.municipalities, _CITY_OFFICES)):
        yield from (clue(EDGE, f"{place}s{office}") for place in sorted(initials & places) for office in offices)
    yield from (
        clue(*pair)
        for office in _LOCAL_OFFICES
        for trade in sorted(lexicon.words("trade", *_TRADES).union(_PAPERS))
        for pair in ((office, trade), (trade, office))
    )
    yield from (clue(body, *_SOCIETIES.split(".")) for body in _BODIES)
