"""A whole label in initials: a province, 省 and its 厅 (`sdsyjt.cn`), or a nationwide body's label behind other initials (`zgrlosta.org.cn`)."""

import re
from collections.abc import Iterator

from detectors.names.clues import EDGE, Clue, clue
from detectors.names.hit import NameHit, Technique
from detectors.names.lexicon import Lexicon
from detectors.names.read import ReadName
from detectors.names.target import Target, TargetIndex

__all__ = ["initials_clues", "initials_hits"]

_OFFICES = ("yjt", "rst", "zjt", "jst", "gat")
_BODIES = ("osta", "cpta")
_SOCIETIES = "org.cn"
_CONSONANTS = "bcdfghjklmnpqrstwxyz"
_OF_PROVINCE = re.compile(rf"([a-z]{{2,3}})s({'|'.join(_OFFICES)})(cx|zs|zscx|chaxun|zhengshu|w|gov)?").fullmatch
_OF_STATE = re.compile(rf"([{_CONSONANTS}]{{2,6}})({'|'.join(_BODIES)})").fullmatch


def initials_hits(name: ReadName, index: TargetIndex, lexicon: Lexicon) -> Iterator[NameHit]:
    """Yield a hit of the registered label; a 厅 counts with a word of query or below `.cn`, a body where societies register."""
    start = max((dot for dot in name.dots if dot < name.free), default=0)
    label = name.letters[start : name.free]
    if found := _OF_PROVINCE(label):
        province, office, query = found.groups()
        if province in lexicon.provinces and (query or name.is_under_cn):
            yield _hit(name, start, index.of_words((province, office)), f"{province}（省）与机构缩写“{office}”")
    elif name.suffix == _SOCIETIES and (found := _OF_STATE(label)):
        yield _hit(name, start, index.query_site(found[2]), f"缩写“{found[1]}”与官方标识“{found[2]}”")


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
    for province in sorted(lexicon.words("place", "initials") & lexicon.provinces):
        yield from (clue(EDGE, f"{province}s{office}") for office in _OFFICES)
    yield from (clue(body, *_SOCIETIES.split(".")) for body in _BODIES)
