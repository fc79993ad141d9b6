"""Who speaks in a passage: a seller, police and press who quote one, a lawful school, somebody who asks or hires.

Words of sale are first struck out where they are negated (不承诺包过) or reported (声称“免考包过”). What is left decides, with the
words of warning around it. Warning words alone do not silence a passage that names a private contact: sellers paste them.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from detectors.wording.marks import Mark, Sense
from detectors.wording.passages import Document, Passage, is_core

__all__ = ["Reading", "Voice", "distinct", "read"]


class Voice(StrEnum):
    """Who speaks."""

    SELLER = "seller"
    SCHOOL_PROMISING = "school_promising"
    """A training advert that guarantees a pass: forbidden, but no sale of papers."""
    WARNING = "warning"
    SCHOOL = "school"
    DENIAL = "denial"
    ASKING = "asking"
    OTHER = "other"
    """Goods, study material, plain talk."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a passage is understood."""

    voice: Voice
    live: tuple[Mark, ...] = ()
    """Words of sale that are meant."""
    reason: Mark | None = None
    """The word that decided against a sale; None: none did."""


_NEGATED = re.compile(
    r"(?:(?:不|没有?|无|非|未|并不|从不|绝不|决不|概不|均不|也不|都不)(?:做|搞|提供|承诺|保证|支持|存在|允许|办理|从事|接受|接|可能|会|能|得|予|是|宣传|代)?(?:任何|所谓的?|什么)?[“\"]?"
    r"|(?:拒绝|杜绝|禁止|严禁|不得|不会|不可能|切勿|请勿|勿|反对|打击|谨防|警惕|当心|小心|抵制|取缔|整治|查处|不予|远离|防止|防范|揭露|曝光|惩治|谢绝|别信|莫信|轻信|相信|涉嫌|依法|违法|违规|非法|贪图|以免|避免|买卖|伪造、|变造、)[^\s,。;!?|/·]{0,14})$"
).search
_EXEMPTED = re.compile(
    r"(?:可|可以|申请|部分|符合[^,。;]{0,10}|理论|实操|科目|复审|换证|延期|学历|职称|满足[^,。;]{0,10}|证书)$"
).search
_EXEMPTION = re.compile(r"理论|实操|科目|条件|申请|规定|部分|人员名单|政策|资格(?!证)").match
_FRAME_BEFORE = re.compile(
    r"声称|宣称|谎称|自称|号称|称其|称可|称能|吹嘘|打着|标榜|许诺|以[^,。;]{0,14}为|(?:对方|卖家|店家|商家|客服|中介|网友|男子|女子|[某]{1,2}|网店|店主|老板|群主|该人|其)(?:还)?(?:称|表示|承诺|告诉|说|保证|介绍)"
    r"|所谓|诸如|例如|比如|类似|形如|凡是?|冒充|假借|利用|诱导|诱骗|看到|发现|搜索?到|刷到|宣扬|兜售|贩卖|非法|购买了?|买到|花费?|通过[^,。;]{0,8}(?:购买|办理|取得)|使用|利用|推出|充斥|标注|写着|印有|声言|保证性"
).search
_FRAME_AFTER = re.compile(
    r"等(?:字样|广告|说法|口号|噱头|名义|话术|虚假|信息|行为|内容|承诺|宣传|违法|不法|方式|手段|骗局|服务的)|为(?:名义?|由|幌子|诱饵|噱头|卖点)|(?:都|均|皆|全|纯)(?:是|为|系|属)|其实|实为|实则|实际上|系(?:诈骗|骗局|伪造|假)"
    r"|的(?:虚假)?(?:广告|宣传|说法|承诺|谎言|骗局|陷阱|商家|卖家|中介|人员|信息|行为|网店|店铺|不法|违法|机构|网站|口号|套路|话术|现象|假证)|不可信|别信|莫信|不要信|是假的|骗人|违法|犯法|涉嫌|属于|不合法|构成|要警惕|要当心|字样"
).search
_QUOTES = ("“”", "「」", "『』", "《》", "''", '""')
_QUESTION = re.compile(
    r"吗[?？。!\s]|吗$|请问|求问|求助|有没有人|有人知道|谁知道|谁办过|靠谱|真的假的|是真的吗|是不是真|可信|怎么(?:辨别|查|看|考)|如何(?:辨别|查询|考|报)|被坑|上当了|大家|各位|求解|\?$|\?\s*\n"
).search
_HIRING = re.compile(
    r"招聘|诚聘|急聘|聘请|招工|急招|招人|岗位职责|任职要求|岗位要求|工作内容|薪资|月薪|日薪|底薪|工资|待遇|包吃住|包食宿|五险|社保|面试|简历|入职|持证优先|优先录用|能吃苦|上班时间|长白班|求职|找工作"
).findall
_GOODS = re.compile(
    r"题库|教材|教程|书籍|图书|正版书|试卷|试题|真题|押题|密卷|模拟题|软件|刷题|网课|视频课|课件|app|手套|卡套|证套|保护套|皮套|证件套|外壳|封皮|皮夹|面罩|焊条|劳保|工作服|反光|安全帽|安全带|安全绳|电烙铁|焊机|出版社|isbn"
).search
_TEACHING = re.compile(
    r"(?<!免)(?<!不用)(?<!无需)(?<!不需要)(?<!不)(?:培训(?!考试直接)|学校|开班|招生|学员|授课|课程|讲师|教学|上课|小班)|(?<!无需)(?<!不用)(?<!免)报名|报考"
).findall
_STRONG = frozenset({Sense.NO_EXAM, Sense.FORGERY, Sense.PROXY, Sense.IDENTITY_ONLY})
_WARNING = (Sense.NARRATIVE, Sense.ADVICE, Sense.OFFICIAL)
_LONGEST_NEGATION = 24
_NARRATED_DOCUMENT = 3


def read(passage: Passage, *, has_contact: bool) -> Reading:
    """Say who speaks. `has_contact`: a private contact belongs to the passage."""
    marks = passage.marks
    denied = {
        id(mark): why
        for mark in marks
        if is_core(mark) and (why := _struck_out(passage, mark, has_contact=has_contact))
    }
    live = tuple(mark for mark in marks if is_core(mark) and id(mark) not in denied)
    if not live:
        return _all_struck_out(marks, list(denied.values()))
    warned = _warned(passage, has_contact=has_contact)
    if warned:
        return Reading(Voice.WARNING, reason=warned)
    return _spoken(passage, live, has_contact=has_contact)


def distinct(marks: Collection[Mark], *senses: Sense) -> int:
    """Count different words of these senses."""
    return len({mark.text for mark in marks if mark.sense in senses})


def _spoken(passage: Passage, live: tuple[Mark, ...], *, has_contact: bool) -> Reading:
    marks, text = passage.marks, _without(passage, live)
    senses = {mark.sense for mark in live if mark.weight > 1}
    is_strong = bool(
        senses & _STRONG
        and any(mark.weight == 3 or mark.sense is not Sense.NO_EXAM for mark in live if mark.sense in _STRONG)
    )
    pays_after = any(mark.sense is Sense.PAYMENT and mark.weight == 3 for mark in marks)  # noqa: PLR2004 - the strongest
    if not has_contact and not passage.prices and not pays_after and _QUESTION(text):
        return Reading(Voice.ASKING, live, _first(marks, live))
    hiring = _HIRING(text)
    if len(hiring) >= (3 if is_strong or pays_after else 1) and not (
        is_strong and has_contact and len(set(hiring)) < 2
    ):
        return Reading(Voice.ASKING, live, _first(marks, live))
    if not is_strong and _GOODS(text):
        return Reading(Voice.OTHER, live)
    teaching = len(set(_TEACHING(text))) + distinct(marks, Sense.TRAINING) + 2 * distinct(marks, Sense.DENIAL)
    if is_strong or pays_after or not teaching:
        return Reading(Voice.SELLER, live)
    training = _first_of(marks, Sense.DENIAL, Sense.TRAINING)
    if Sense.PASS in senses:
        return Reading(Voice.SCHOOL_PROMISING, live, training)
    if teaching == 1 and has_contact and {Sense.VERIFY, Sense.RENTAL} & senses and training is None:
        return Reading(Voice.SELLER, live)
    return Reading(Voice.SCHOOL, live, training)


def _all_struck_out(marks: Sequence[Mark], reasons: Sequence[Voice]) -> Reading:
    warning = _first_of(marks, *_WARNING)
    if Voice.WARNING in reasons and warning:
        return Reading(Voice.WARNING, reason=warning)
    denial = _first_of(marks, Sense.DENIAL) or next((mark for mark in marks if is_core(mark)), None)
    return Reading(Voice.WARNING if Voice.WARNING in reasons else Voice.DENIAL, reason=denial)


def _warned(passage: Passage, *, has_contact: bool) -> Mark | None:
    marks = passage.marks
    told, advised = distinct(marks, Sense.NARRATIVE), distinct(marks, Sense.ADVICE, Sense.OFFICIAL)
    told_everywhere = distinct(passage.document.marks, Sense.NARRATIVE)
    if has_contact:
        is_warning = told >= 3 and told + advised >= 5  # noqa: PLR2004 - sellers paste advice, hardly a whole report
    else:
        is_warning = told * 2 + advised >= 2 or told_everywhere >= _NARRATED_DOCUMENT  # noqa: PLR2004
    return (_first_of(marks, *_WARNING) or _first_of(passage.document.marks, *_WARNING)) if is_warning else None


def _struck_out(passage: Passage, mark: Mark, *, has_contact: bool) -> Voice | None:
    """Return who says that the word is not meant; None: it is meant."""
    document = passage.document
    before = document.before(mark.start, _LONGEST_NEGATION)
    if not mark.is_disguised and _NEGATED(before):
        return Voice.WARNING if _first_of(_sentence_marks(document, mark), *_WARNING) else Voice.DENIAL
    after = document.folded.text[mark.end : mark.end + 8]
    if mark.sense is Sense.NO_EXAM and not has_contact and (_EXEMPTED(before) or _EXEMPTION(after)):
        return Voice.DENIAL
    return Voice.WARNING if _is_reported(document, mark, has_contact=has_contact) else None


def _is_reported(document: Document, mark: Mark, *, has_contact: bool) -> bool:
    start, end = document.sentence(mark)
    text = document.folded.text
    before, after = text[start : mark.start], text[mark.end : end]
    points = bool(_FRAME_BEFORE(before)) + bool(_FRAME_AFTER(after)) + _is_quoted(before, after)
    points += min(2, distinct(_sentence_marks(document, mark), *_WARNING))
    if has_contact:
        return points >= 4  # noqa: PLR2004 - quoted, framed and warned about
    told = distinct(document.marks, Sense.NARRATIVE, Sense.OFFICIAL, Sense.ADVICE)
    return points >= 2 or (points == 1 and told >= 2)  # noqa: PLR2004


def _is_quoted(before: str, after: str) -> bool:
    return any(
        before.rfind(pair[0]) > (before.rfind(pair[1]) if pair[0] != pair[1] else -1) and pair[1] in after
        for pair in _QUOTES
    )


def _sentence_marks(document: Document, mark: Mark) -> Sequence[Mark]:
    return Passage(document, *document.sentence(mark)).marks


def _without(passage: Passage, live: Sequence[Mark]) -> str:
    """Return the passage without its words of sale, which contain words of teaching (不用培训)."""
    text, pieces, at = passage.document.folded.text, [], passage.start
    for mark in live:
        if mark.start >= at:
            pieces.append(text[at : mark.start])
        at = max(at, mark.end)
    pieces.append(text[at : passage.end])
    return "·".join(pieces)


def _first_of(marks: Sequence[Mark], *senses: Sense) -> Mark | None:
    return next((mark for sense in senses for mark in marks if mark.sense is sense), None)


def _first(marks: Sequence[Mark], live: Sequence[Mark]) -> Mark:
    return next((mark for mark in marks if mark.sense in {Sense.CERTIFICATE, Sense.TRADE}), live[0])
