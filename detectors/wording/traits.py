"""What a stretch of text is like, as yes-or-no traits a person can check: live promises, contacts, prices, who is quoted, who asks.

The traits beside the cues (short pieces of outline) are all that `detectors.wording.likeness` weighs. Names are stable: they are rows
of `data/cues.csv`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from detectors.wording.context import harm_count, hiring_count, is_about_goods, is_about_holding, is_meant, read
from detectors.wording.joined import JOINED, joined
from detectors.wording.marks import Sense
from detectors.wording.outline import CERTIFICATE, CONTACT, PRICE, TRADE, Outline, outline_of
from detectors.wording.passages import Document, Passage, is_core
from detectors.wording.speakers import Heard, Manner, hear, recounting_count
from detectors.wording.turns import Turns, turns_of
from keywords.phrases import Tried

__all__ = [
    "HEARD",
    "LABELS",
    "OFTEN",
    "SAID",
    "Spans",
    "Stretch",
    "names_workplace",
    "paper_hints",
    "spans_of",
    "stretches",
]

_MANNERS = {
    Manner.STATE: "机关名称",
    Manner.ACTED: "执法、司法行为",
    Manner.PRESS: "新闻报道用语",
    Manner.PLATFORM: "平台管理用语",
    Manner.TELLER: "文艺作品用语",
    Manner.STUDY: "研究、技术用语",
    Manner.REPORTED: "转述他人的话",
    Manner.COUNTED: "案件数量、金额",
    Manner.NAMELESS: "隐去姓名的人",
    Manner.HOTLINE: "举报、报警电话",
    Manner.LAW: "法律用语",
    Manner.RULE: "要求、提醒用语",
    Manner.ASKS: "询问用语",
    Manner.SUFFERED: "受骗、出事用语",
    Manner.STUDIED: "学习、考试用语",
    Manner.FREE: "免费、补贴",
    Manner.SCHOOLED: "办事、公文用语",
    Manner.CALLS: "招呼联系的话",
    Manner.OFFERS: "自己能办的话",
    Manner.ASSURES: "担保、可查的话",
    Manner.HURRIES: "催促、快办的话",
}

LABELS: Mapping[str, str] = {
    "~contact": "留有联系方式",
    "~landline": "只留固定电话",
    "~hint": "招呼人来联系",
    "~price": "标明价格",
    "~prices": "多个价格并列",
    "~trades": "多个工种并列",
    "~question": "以提问结尾",
    "~quoted": "引号中的话",
    "~struck": "有关说法被否定或转述",
    "~told": "通报、报道用语",
    "~told_often": "通报、报道用语较多",
    "~advised": "提醒、劝阻用语",
    "~official": "公文用语",
    "~training": "培训、考试用语",
    "~training_often": "培训、考试用语较多",
    "~denied": "声明不做此事",
    "~commercial": "商品或广告条目",
    "~page": "网页",
    "~title": "标题在内",
    "~short": "文字很短",
    "~voice_seller": "规则判断为卖家口吻",
    "~voice_school_promising": "规则判断为承诺包过的培训",
    "~voice_warning": "规则判断为警示、报道",
    "~voice_school": "规则判断为正规培训",
    "~voice_denial": "规则判断为否定、劝阻",
    "~voice_asking": "规则判断为提问、招聘",
    "~voice_other": "规则判断为其他用语",
    "~goods": "图书、劳保等商品",
    "~hiring": "招聘、求职用语",
    "~harmed": "受骗经历用语",
    "~holding": "说到持证上岗",
    "~said_forgery": "说到制作、买卖",
    "~said_agency": "说到代办",
    "~said_proxy": "说到代考",
    "~said_rental": "说到挂靠出租",
    "~said_identity_only": "说到只要身份信息",
    "~said_no_exam": "说到免考",
    "~said_pass": "说到包过",
    "~said_verify": "说到可查",
    "~said_no_review": "说到免复审",
    "~said_speed": "说到很快出证",
    "~said_payment": "说到先证后款",
    "~said_excuse": "说到规避用语",
    "~all_quoted": "有关说法全在引号中",
    "~some_bare": "有关说法不在引号中",
    "~recounted": "全文在讲述此类事",
    "~recounted_much": "全文多处在讲述此类事",
    "~recounted_uncalled": "全文在讲述此类事，且无人招呼联系",
    **{f"~{manner.value}": name for manner, name in _MANNERS.items()},
    **{f"~{manner.value}_often": f"{name}较多" for manner, name in _MANNERS.items()},
    **JOINED,
}
"""Name of each trait → what staff read."""

_UNIT_END = re.compile(r"[。!?;\n]+")
_LONGEST_UNIT = 160
_IS_WORTH_READING = re.compile(f"[{CERTIFICATE}{TRADE}{CONTACT}证]").search
_NARROW, _WIDE = 70, 260
"""Characters of outline up to which sentences are taken together: closely, and with what stands around."""
_MOST_STRETCHES = 300
_BRIEF = 30
SAID = frozenset(
    {Sense.FORGERY, Sense.AGENCY, Sense.PROXY, Sense.RENTAL, Sense.IDENTITY_ONLY, Sense.NO_EXAM, Sense.PASS, Sense.VERIFY,
     Sense.NO_REVIEW, Sense.SPEED, Sense.PAYMENT, Sense.EXCUSE}
)  # fmt: skip
_PAPER_HINT = Tried(
    "[小绿蓝红]本|本本|本子|[几一二两三四五六七八九十\\d]本|[出弄给的]本|卡片|小绿卡|焊工?卡|[电焊登叉高低氐旱压]{2}|[电焊登叉][g工的]|工种|动火|爬高|带电|登高|高空|特种|证"
    "|[上入进]库|做卡|安全员|三类人员|叉车|n1|工地|[低高焊电登叉][压接g工制]|card|certificate|licen[cs]e|permit"
).search
_TRADE_HINT = Tried(
    "考|学|扫|二维码|查了|验了|背题|[上入进]库|录入|直录|上网|网上|网查|官网|[能可k]查|查得?到|看[到得]|出单|接单|直出|现出|没证|入网|不去|看名|[n免]考|进系统|露面|口子|系统|查询页|弄|no (?:exam|test|training)"
).search
_WORK_HINT = Tried(
    "塔司|司索|[rt][12](?!\\d)|平安[卡咭]|[綠绿蓝红][卡皮]|(?:[烧焊电]|棚工|吊船)牌|住建|建委|安监|特检院|应急|安全[abc]|[八九]大员|abc类|报班|培训班|实操|机考|理论考?[^上]|考场|考官"
    "|复审|继教|证号|单号|进场|工地|班组|工友|甲方|项目部|闸机|操作卡|三级教育|刷题|查询网|[要没拿]本(?![人来地身质])|的本(?![人来地身质])|本儿|料子|[收截]料"
    "|[高低电焊登叉塔吊]\\d{2,3}[^\\w\\d]{0,2}[高低电焊登叉塔吊]\\d{2,3}"
).search
_TOLD_OFTEN, _TAUGHT_OFTEN, OFTEN = 3, 3, 3
_QUOTED = re.compile('[“「『"][^”」』"\n]{1,60}[”」』"]').finditer
_RECOUNTED, _RECOUNTED_MUCH = 3, 6


class Stretch(NamedTuple):
    """Some sentences of an outline, with their traits."""

    outline: Outline
    start: int
    end: int
    traits: tuple[str, ...]
    spoken: Turns
    """Turns of speech of the whole outline."""

    @property
    def turns(self) -> frozenset[str]:
        """Return the different turns of speech in the stretch."""
        return self.spoken.within(self.start, self.end)

    @property
    def text(self) -> str:
        """Return the outline of the stretch."""
        return self.outline.text[self.start : self.end]


class Spans(NamedTuple):
    """Where the stretches of a document stand, and all that is said of the document as a whole; each is read when it is asked for."""

    document: Document
    outline: Outline
    heard: Heard
    whole: tuple[str, ...]
    """Traits of the whole document."""
    spans: tuple[tuple[int, int], ...]
    """Places in the outline, in the order in which stretches are read."""
    spoken: Turns
    """Turns of speech of the whole outline."""

    def stretch(self, start: int, end: int) -> Stretch:
        """Return one stretch with its traits."""
        traits = (*self.whole, *_traits(self.document, self.outline, self.heard, start, end))
        return Stretch(self.outline, start, end, (*traits, *joined(traits)), self.spoken)


def stretches(document: Document, *, is_page: bool) -> Iterator[Stretch]:
    """Yield the stretches of a document in which a certificate or a trade could be sold: narrow ones, then wide ones."""
    found = spans_of(document, is_page=is_page)
    for span in found.spans:
        yield found.stretch(*span)


def spans_of(document: Document, *, is_page: bool) -> Spans:
    """Return the spans of what `stretches` yields, in its order."""
    outline = outline_of(document)
    units = list(_units(outline.text))
    heard = hear(document.folded.text)
    whole = (*_whole_traits(document, is_page=is_page), *_recounted(document, heard))
    if len(outline.text) <= _WIDE and (document.marks or paper_hints(document)):
        wanted = list(range(len(units)))
    else:
        wanted = [index for index, unit in enumerate(units) if _IS_WORTH_READING(outline.text, *unit)]
    if len(wanted) > _MOST_STRETCHES:  # who sells says how to be reached: those sentences first
        wanted.sort(key=lambda index: CONTACT not in outline.text[slice(*units[index])])
    spans = {_grown(units, index, reach): None for reach in (_WIDE, _NARROW) for index in wanted[:_MOST_STRETCHES]}
    spoken = turns_of(outline.text, units if spans else ())
    return Spans(document, outline, heard, whole, tuple(spans), spoken)


def paper_hints(document: Document) -> int:
    """Count the ways in which a short text without a paper's name may mean one: what it is (小本本), what comes with it (扫得到); at most 2."""
    text = document.folded.text
    if len(text) > _WIDE:
        return 0
    return (_PAPER_HINT(text) is not None) + (_TRADE_HINT(text) is not None)


def names_workplace(document: Document) -> bool:
    """Say whether a short text has a word of those who work or are examined where our papers are asked for: no hint at a paper by itself."""
    text = document.folded.text
    return len(text) <= _WIDE and _WORK_HINT(text) is not None


def _units(text: str) -> Iterator[tuple[int, int]]:
    """Yield the sentences; very long ones in pieces."""
    at = 0
    for end in (*(found.end() for found in _UNIT_END.finditer(text)), len(text)):
        while end - at > _LONGEST_UNIT:
            yield at, at + _LONGEST_UNIT
            at += _LONGEST_UNIT
        if end > at:
            yield at, end
            at = end


def _grown(units: list[tuple[int, int]], index: int, reach: int) -> tuple[int, int]:
    """Take the sentences after a sentence, then those before it, while they fit."""
    first = last = index
    while last + 1 < len(units) and units[last + 1][1] - units[first][0] <= reach:
        last += 1
    while first > 0 and units[last][1] - units[first - 1][0] <= reach:
        first -= 1
    return units[first][0], units[last][1]


def _whole_traits(document: Document, *, is_page: bool) -> Iterator[str]:
    """Yield the traits of the whole document."""
    words = document.words
    told = len(words.get(Sense.NARRATIVE, ()))
    if told >= _TOLD_OFTEN:
        yield "~told_often"
    if len(words.get(Sense.TRAINING, ())) >= _TAUGHT_OFTEN:
        yield "~training_often"
    if document.is_commercial:
        yield "~commercial"
    if is_page:
        yield "~page"
    if len(document.folded.text) <= _BRIEF:
        yield "~short"


def _recounted(document: Document, heard: Heard) -> Iterator[str]:
    """Yield whether the document as a whole speaks about the trade."""
    recounting = recounting_count(heard)
    if recounting >= _RECOUNTED:
        yield "~recounted"
        if Manner.CALLS not in heard.manners and not any(one.is_personal for one in document.contacts):
            yield "~recounted_uncalled"
    if recounting >= _RECOUNTED_MUCH:
        yield "~recounted_much"


def _traits(document: Document, outline: Outline, heard: Heard, start: int, end: int) -> Iterator[str]:
    """Yield the traits of a stretch."""
    passage = Passage(document, *outline.folded_span(start, end))
    text = outline.text[start:end]
    is_private = any(one.is_personal for one in passage.contacts)
    if is_private:
        yield "~contact"
    elif passage.contacts:
        yield "~landline"
    prices = text.count(PRICE)
    if prices:
        yield "~price" if prices == 1 else "~prices"
    if text.count(TRADE) + text.count(CERTIFICATE) > 2:  # noqa: PLR2004 - a list of goods
        yield "~trades"
    if text.rstrip().endswith(("?", "吗", "吗。")):
        yield "~question"
    if start == 0:
        yield "~title"
    yield from _quoted(passage)
    if any(map(is_core, passage.marks)):
        yield f"~voice_{read(passage, has_contact=is_private).voice}"
    yield from _about(passage.text)
    for manner, count in sorted(heard.counts_within(passage.start, passage.end).items()):
        yield f"~{manner}"
        if count >= OFTEN:
            yield f"~{manner}_often"
    yield from _said(passage, has_contact=is_private)


def _quoted(passage: Passage) -> Iterator[str]:
    """Yield whether somebody is quoted, and whether all words of sale stand in what is quoted."""
    spans = [found.span() for found in _QUOTED(passage.text)]
    if spans:
        yield "~quoted"
    cores = [mark.start - passage.start for mark in passage.marks if is_core(mark)]
    within = [any(start < at < end for start, end in spans) for at in cores]
    if cores:
        yield "~all_quoted" if all(within) else "~some_bare"


def _about(text: str) -> Iterator[str]:
    """Yield what else the text is about."""
    if is_about_goods(text):
        yield "~goods"
    if hiring_count(text):
        yield "~hiring"
    if harm_count(text) > 1:
        yield "~harmed"
    if is_about_holding(text):
        yield "~holding"


def _said(passage: Passage, *, has_contact: bool) -> Iterator[str]:
    """Yield what is meant, and what is told, advised, taught or denied."""
    names = set[str]()
    for mark in passage.marks:
        if is_core(mark) and not is_meant(passage, mark, has_contact=has_contact):
            names.add("~struck")
        elif mark.sense in SAID:
            names.add(f"~said_{mark.sense}")
        elif mark.sense in HEARD:
            names.add(HEARD[mark.sense])
    yield from sorted(names)


HEARD = {
    Sense.CONTACT: "~hint", Sense.NARRATIVE: "~told", Sense.ADVICE: "~advised", Sense.OFFICIAL: "~official",
    Sense.TRAINING: "~training", Sense.DENIAL: "~denied",
}  # fmt: skip
