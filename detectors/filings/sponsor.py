"""Whom a page names as its sponsor, and whether that is the holder of a filing."""

import re
from dataclasses import dataclass

from detectors.model import PageContent
from detectors.pages.seen import plain_words

__all__ = ["Sponsor", "is_same_body", "is_state_body", "sponsor_of"]

_BODY = r"[一-鿿][一-鿿（）()·]{2,38}?(?:公司|集团|厂|店|社|中心|协会|学会|商会|学校|学院|大学|医院|研究院|研究所|事务所|委员会|政府|办公室|办公厅|总局|局|厅|部|署|院|站|馆|队|会|行)"
_SPONSOR = re.compile(
    rf"(?:主\s*办|主办单位|主管单位|运营单位|网站所有者)\s*(?:单位)?\s*[:：]?\s*({_BODY})(?![一-鿿]{{0,3}}(?:公司|局|厅|部|中心|政府))"
)
_OWNER = re.compile(
    rf"版权(?:所有|归)\s*(?:者|单位)?\s*[:：©]?\s*({_BODY})(?![一-鿿])|(?<![一-鿿])({_BODY})\s*(?:版权所有|©)|(?:copyright|©|\(c\))[\s©\d\-–,.]{{0,30}}({_BODY})(?![一-鿿])",
    re.IGNORECASE,
)
_STATE = re.compile(
    "人民政府|中华人民共和国|国务院|总局|(?:管理|监督|保障|公安|财政|教育|司法|民政|交通运输|城乡建设|应急|住建|人社|市场监管|工业和信息化)(?:委员会|部|厅|局)"
)
_NOT_STATE = re.compile("公司|集团|厂|店|事务所|协会|学会|商会")
_STATE_KINDS = ("政府", "机关", "事业", "军队", "国防", "人民团体", "党")
_EMPTY_WORDS = re.compile("中华人民共和国|股份有限公司|有限责任公司|有限公司|[（(].*?[）)]|[·\\s]")
_LOOKED_AT = 6_000
_FEWEST_SHARED = 4


@dataclass(frozen=True, slots=True)
class Sponsor:
    """A body that the page says stands behind it."""

    name: str
    written: str
    where: str
    """`footer` or `text`."""
    start: int


def sponsor_of(page: PageContent) -> Sponsor | None:
    """Return whom the foot names as sponsor, else as owner of the copyright; None: nobody that reads like a body."""
    where, text = ("footer", page.footer) if page.footer else ("text", page.text[-1_500:])
    text = text[:_LOOKED_AT]
    for pattern in (_SPONSOR, _OWNER):
        found = pattern.search(text)
        if found:
            name = next(group for group in found.groups() if group)
            return Sponsor(plain_words(name), name, where, found.start() + found.group().find(name))
    return None


def is_state_body(name: str, kind: str = "") -> bool:
    """Say whether a name or 单位性质 is that of a state body or public institution."""
    if kind:
        return any(word in kind for word in _STATE_KINDS)
    return bool(_STATE.search(name)) and not _NOT_STATE.search(name)


def is_same_body(one: str, other: str) -> bool:
    """Say whether two names are of one body: equal, or one within the other, after what says nothing is left out."""
    first, second = (_EMPTY_WORDS.sub("", plain_words(name)) for name in (one, other))
    if not first or not second:
        return True  # nothing to compare is no difference
    shorter, longer = sorted((first, second), key=len)
    return shorter == longer or (len(shorter) >= _FEWEST_SHARED and shorter in longer)
