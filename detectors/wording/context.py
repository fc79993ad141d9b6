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
from detectors.wording.speakers import hear, recounting_count
from keywords.phrases import Tried

__all__ = [
    "Reading", "Voice", "distinct", "harm_count", "hiring_count", "is_about_goods", "is_about_holding", "is_meant",
    "offers_work", "read", "without_goods_papers", "without_words",
]  # fmt: skip


class Voice(StrEnum):
    """Who speaks."""

    __hash__ = str.__hash__

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


_NEGATED = Tried(
    r"(?:(?:不|没有?|无|非|未|并不|从不|绝不|决不|概不|均不|也不|都不)(?:做|搞|签订?|提供|承诺|保证|支持|存在|允许|办理|从事|接受|接|可能|会|能|得|予|是|宣传|代)?(?:任何|所谓的?|什么)?[“\"]?"
    r"|(?:不|无|没有|从不|绝不)(?:任何|所谓|提供|承诺|做|从事|存在|办理|代办|搞)(?:[^\s,。;]{1,8}[、及和或”」]){0,4}[“\"]?"
    r"|(?:从未|未曾|未授权|未委托|没有授权|没有委托|拒绝|杜绝|禁止|严禁|不得|不会|不可能|切勿|请勿|勿|反对|打击|谨防|警惕|当心|小心|抵制|取缔|整治|查处|不予|远离|防止|防范|揭露|曝光|惩治|谢绝|别信|莫信|轻信|相信|涉嫌|依法|违法|违规|非法|贪图|以免|避免|买卖|伪造、|变造、)[^\s,。;!?|/·]{0,14})$"
).search
_EXEMPTED = re.compile(
    r"(?:可|可以|申请|部分|符合[^,。;]{0,10}|理论|实操|科目|复审|换证|延期|学历|职称|满足[^,。;]{0,10}|证书)$"
).search
_EXEMPTION = re.compile(r"理论|实操|科目|条件|申请|规定|部分|人员名单|政策|资格(?!证)").match
_FRAME_BEFORE = Tried(
    r"声称|宣称|有的[^,。;]{0,8}[说称]|从未授权|未授权|未委托|网传|谣传|传言|因(?:发布|销售|售卖)|发布(?:了|的)?[“\"「]|谎称|自称|号称|称其|称可|称能|吹嘘|打着|标榜|许诺|以[^,。;]{0,14}为|(?:对方|卖家|店家|商家|客服|中介|网友|男子|女子|[某]{1,2}|网店|店主|老板|群主|该人|其)(?:还)?(?:称|表示|承诺|告诉|说|保证|介绍)"
    r"|所谓|诸如|例如|比如|类似|形如|凡是?|冒充|假借|利用|诱导|诱骗|看到|收到|发现|搜索?到|刷到|宣扬|兜售|推销|贩卖|非法|购买了?|买到|花费?|通过[^,。;]{0,8}(?:购买|办理|取得)|使用|利用|推出|充斥|标注|写着|印有|声言|保证性|(?:那些|外面|网上)[^,。;!?]{0,4}说(?!明)"
).search
_FRAME_AFTER = re.compile(
    r"^[”\"」』]?(?:类|等)\d+[条起个例]|^[^,。;!?]{0,5}(?:百分百|百分之百|多半|基本|肯定|绝对)?(?:都|全)?是骗|等(?:字样|广告|说法|口号|噱头|名义|话术|虚假|信息|行为|内容|承诺|宣传|违法|不法|方式|手段|骗局|服务的)|为(?:名义?|由|幌子|诱饵|噱头|卖点)|(?:都|均|皆|全|纯)(?:是|为|系|属)|其实|实为|实则|实际上|系(?:诈骗|骗局|伪造|假|谣)"
    r"|的(?:虚假)?(?:广告|宣传|说法|承诺|谎言|骗局|陷阱|短信|电话|链接|商家|卖家|中介|人员|信息|行为|网店|店铺|不法|违法|机构|网站|口号|套路|话术|现象|假证)|商品|被(?:平台|处罚|下架|查处|封|拘|罚|判)|不可信|别信|莫信|不要信|是假的|骗人|违法|犯法|涉嫌|属于|不合法|构成|要警惕|要当心|字样"
).search
_QUOTES = (("“", "”"), ("「", "」"), ("『", "』"), ("《", "》"), ("'", "'"), ('"', '"'))
_QUESTION = Tried(
    r"请问|求问|求助|有没有人|有人知道|谁知道|谁办过|靠谱|真的假的|是真的吗|是不是真|可信|怎么(?:辨别|查|看|考)|如何(?:辨别|查询|考|报)|被坑|上当了|(?:大家|各位)[^。!\n]{0,30}[?吗呢么]|求解|会不会|会被查"
).search
_HEARSAY = re.compile(
    r"有人(?:说|加|跟|告诉|问|办)|对方|刷到|看到|朋友(?:说|圈有人)|同事|网上(?:说|有)|他们说|听说|老公想|工友说|假如|想问"
).search
_DOUBTS = re.compile(
    r"请问|想问|是真的(?:吗|还是|假)|真的假的|会不会是|怎么看|该信|该不该|可信|你们(?:说|觉得)|各位觉得|听听|有懂的|没风险|合法吗|靠谱[吗不]|好奇|有人试过"
).search
_ABOUT_ADVERTS = Tried(
    r"关键词(?:清单|库|研究|表|[:：]?\")|涉假关键词|词[表库典](?![示演])|标注(?:规范|为)|[正负]样本|评测集|正则|话术|误区|线索(?:登记|移交)|巡查(?:记录|日报)|移送函|固证|截图编号|本研究|监测(?:词|系统|使用)"
    r"|漫画脚本|情景剧|小品|快板|三句半|打油诗|顺口溜|原告|被告|公诉|判令|判决|裁定|本院|投诉|举报|禁[发售](?:商品|信息|名录|规则)|骗子[:：]|假[^,。;!?\n]{0,8}证的?[^,。!?\n]{0,6}(?:特征|特点|表现)|(?:骗子|骗局|不法分子|中介)的?[^,。!?\n]{0,6}(?:套路|手法|特征)|骗术|骗局[:：]|高频词|文本挖掘|入驻规则|自动联想"
).search
"""Words of those who collect, study, act out or complain of adverts."""
_ENDS_ASKING = re.compile(r"(?:[?]|吗|么|吧)[?\s。!·]*$").search
_REQUIRED = re.compile(r"(?:须|必须|应当?|是否|能否|确认|核实|请)(?:在?官网|网上|联网|在线)?$").search
_REFUTED = re.compile(r"[^,。;!?]{0,8}(?:不符|不一致|不到|查无|无效|异常|伪造|假的|失败)").match
_HOLDS = re.compile(r"持有?[^,。;!?]{0,14}证|持证上岗|证件齐全|均具有|均取得|资质").search
_OFFICE = re.compile(
    r"办结时限|办理时限|法定时限|承诺时限|受理条件|受理机关|办事指南|政务服务|行政许可|网办|一网通办|办事大厅|核发|管理局|委员会办公室"
).search
_HIRING = re.compile(
    r"招聘|诚聘|急聘|聘请|招工|急招|招人|岗位职责|任职要求|岗位要求|工作内容|薪资|月薪|日薪|底薪|工资|待遇|包吃住|包食宿|五险|社保|面试|简历|入职|持证优先|优先录用|能吃苦|上班时间|长白班|上[一二三]休[一二三]|要求[^,。;\n]{0,8}证(?!书?件?[^,。;\n]{0,4}(?:不高|很低))|求职|找工作"
).findall
_PAPER_PROVIDED = re.compile(
    r"(?:没有?证|无证|缺证)(?:的|者)?[^。!?;\n勿别不]{0,10}(?:代办|现办|现录|给办|帮办|统一办|包办|给你[办弄]|录证|登记就有)|办证费[^。!?\n]{0,8}扣"
).search
"""Who hires with these words gets people their papers."""
_GOODS = re.compile(
    r"题库|教材|证书?夹|挂绳|打印纸|内芯|对讲机|检测仪|吊篮[^,。;\n]{0,4}出[租售]|叉车[^,。;\n]{0,4}(?:出租|租赁)|闸机|教程|书籍|图书|正版书|试卷|试题|真题|押题|密卷|模拟题|软件|刷题|网课|视频课|课件|app|手套|卡套|证套|保护套|皮套|证件套|外壳|封皮|皮夹|胸卡|工作牌|厂牌|打印机|色带|白卡|面罩|焊条|劳保|工作服|反光|安全帽|安全带|安全绳|电烙铁|焊机|出版社|isbn"
).search
_CONTRACTS = re.compile(
    "(?:承接|诚接|承揽|承包)[^。!?\n]{0,24}(?:工程|施工|安装|维修|维保|保养|清洗|搭设|改造|加工)|(?:工程|项目)合作|施工报价|求职[:,]"
    "|(?:塔吊|升降机|吊车|叉车|作业车|登高车|挖机|吊篮|脚手架|起重机)[^。!?\n]{0,8}(?:出租|租赁|台班|日租)|(?:出租|租赁)[^。!?\n证]{0,8}(?:塔吊|升降机|吊车|叉车|作业车|登高车|挖机|吊篮)"
).search
_WORKS = re.compile(
    r"上门[^,。;!?\n]{0,4}(?:作业|维修|安装|服务|检修|清洗|焊接|[修焊装])|移机|加氟|补漏|疏通|水电改造|线路改造|外墙清洗|焊接加工|维修[队部移]"
    r"|(?:修|干|装|焊|做)不好|先[修干装]后|维保"
).search
_DEALS = re.compile("[办考学录]|没(?!问题)|无证|资料|照片|名额|[出拿下取领]证|复审|审核|入驻").search
_EQUIPMENT = re.compile("使用登记|上牌|牌照|车牌|设备(?:年检|注册|检验)").search
_OF_PERSONS = re.compile(r"人员|(?:操作|作业|上岗|司机|叉车|特种)证|[nqt]\d|考|学|工种|焊工|电工").search
_CRAFTSMANS = frozenset({Sense.VERIFY, Sense.SPEED, Sense.PAYMENT})
_TEACHING = Tried(
    r"(?<!免)(?<!不用)(?<!无需)(?<!不需要)(?<!不)(?:培训(?!考试直接)|学校|开班|招生|学员|授课|课程|讲师|教学|上课|小班)|(?<!无需)(?<!不用)(?<!免)报名|报考"
).findall
_COURSE = re.compile(
    "(?<!免)(?<!不用)(?<!无需)(?:培训|辅导|学费|学会|网课|套餐|名师|授课|[^上]班(?!组|长)|再考|再学)"
).search
_HIRING_ADVERT = 3
_STRONG = frozenset({Sense.FORGERY, Sense.PROXY, Sense.IDENTITY_ONLY})
_HARMED = Tried(
    r"被(?:人)?(?:骗|坑|拉黑)|拉黑了?我?|(?:已经?|去|一起|要)报警|报了警|上当了|骗子|骗钱|骗[了走]|证是假的|查不到(?![^。\n]{0,6}(?:退|不要|不收|一分))|联系不上|不回(?:消息|信息)|跑路|退不了|维权|避雷|避坑|违法|拘留|罚款|刑事责任|坐牢|判刑|拒赔|不赔|大家(?:小心|注意|当心)|千万别"
).findall
_EXAMINED = re.compile("考了|考完|考过了|成绩|报班|报了班|终于|练了|理论\\d|实操\\d").findall
_BOUGHT_BEFORE = Tried(
    r"(?:男子|女子|小伙|[某]{1,2}|工友|工人|员工|骑手|司机|老乡|他|她|有人|为了?(?:应聘|上岗|进场|省事)|朋友)[^。!?;\n]{0,16}$|花(?:了|费)?[^,。;\n]{0,8}(?:元|块|钱)[^,。;\n]{0,4}$"
).search
_CLAUSE_AFTER = re.compile(
    r"[^,。;!?]{0,10}的[,、]?(?:由|给予|处|并处|可处|依法|责令|应当?|将|构成|一律|撤销|吊销|追究|情节)|[^,。;!?]{0,10}罪(?:$|[,。;的])"
).match
_DISOWNED = re.compile(
    r"[^。;!?\n]{0,8}(?:不敢[说保]|做不到|不现实|是吹牛|是骗人|没有的事|害[人己国]|可耻|要不得|一场空|是祸根|把你[套骗坑])"
    r"|[^,。;!?\n]{0,8}(?:[吗么]|[?])[?\s]*(?:答[:：]?)?\s*(?:不(?![用需必要去过])|没(?!问题)|无法|做不到|抱歉|对不起)"
).match
_WISHED = re.compile("(?:祝|恭喜|希望|但愿|愿|争取|加油|求)[^。!?;\n]{0,14}$").search
"""Students are wished that they pass, and wish it themselves."""
_GOODS_PAPER = re.compile(
    r"(?:产品|出厂|质量|消防|防爆|计量|校准|检定|3c|ce|ccc|煤安|质检|检测|检验|专利|质保|国标|环保)[^,。;!?\n证书]{0,4}?(?:合格证书?|证书|认证证?书?|证)"
    r"|(?<!进网)(?<!进网作业)许可证|营业执照|资质证书?|使用登记证|签证|(?:iso|iatf)\d*[^,。;!?\n]{0,6}?认证(?:证书)?|体系认证(?:证书)?"
    r"|(?<!考核)(?<!培训)(?<!考试)(?<!作业)(?<!安全)(?<!管理)合格证|三证齐全|质保书|保修卡|煤安证"
)
_WARNING = (Sense.NARRATIVE, Sense.ADVICE, Sense.OFFICIAL)
_LONGEST_NEGATION = 24
_NARRATED_DOCUMENT = 3
_RECOUNTED, _RECOUNTED_MUCH = 3, 5
"""So many manners of speaking about the trade make a report; see `speakers`."""


def read(passage: Passage, *, has_contact: bool) -> Reading:
    """Say who speaks. `has_contact`: a private contact belongs to the passage. Asked by both judges, so the answer is kept."""
    known: dict[tuple[int, int, bool], Reading] = passage.document.readings
    key = (passage.start, passage.end, has_contact)
    if key not in known:
        known[key] = _first_reading(passage, has_contact=has_contact)
    return known[key]


def _first_reading(passage: Passage, *, has_contact: bool) -> Reading:
    marks = passage.marks
    denied = {
        id(mark): why
        for mark in marks
        if is_core(mark) and (why := _struck_out(passage, mark, has_contact=has_contact))
    }
    live = tuple(mark for mark in marks if is_core(mark) and id(mark) not in denied)
    if not live:
        return _all_struck_out(marks, list(denied.values()))
    warned = _warned(passage, has_contact=has_contact) or _harmed(passage, live, has_contact=has_contact)
    if not (warned or has_contact) and _ABOUT_ADVERTS(passage.text):
        warned = _first_of(marks, *_WARNING) or live[0]
    if warned:
        return Reading(Voice.WARNING, reason=warned)
    return _spoken(passage, live, has_contact=has_contact)


def without_goods_papers(text: str) -> str:
    """Return the folded text without the papers that belong to goods and companies (合格证, 3C证书, 经营许可证): nobody works by them."""
    return _GOODS_PAPER.sub("·", text)


def is_about_goods(text: str) -> bool:
    """Say whether a folded text names books, courses, gear or printing supplies."""
    return _GOODS(text) is not None


def is_about_holding(text: str) -> bool:
    """Say whether somebody is said to hold a certificate."""
    return _HOLDS(text) is not None


def offers_work(live: Collection[Mark], text: str) -> bool:
    """Say whether a craftsman or a firm offers work, or registers equipment. Of his papers he may say that they can be looked up.

    `live`: the words of sale; `text`: folded, without them.
    """
    senses = {mark.sense for mark in live}
    if Sense.FORGERY not in senses and _EQUIPMENT(text) and not _OF_PERSONS(text):
        return True
    if not live:
        return _CONTRACTS(text) is not None
    is_honest = senses <= _CRAFTSMANS and _DEALS(text) is None
    return is_honest and bool(_CONTRACTS(text) or _WORKS(text))


def hiring_count(text: str) -> int:
    """Count the different words of hiring and seeking work."""
    return len(set(_HIRING(text)))


def harm_count(text: str) -> int:
    """Count the different words with which somebody tells how he was cheated or warns of it."""
    return len(set(_HARMED(text)))


def distinct(marks: Collection[Mark], *senses: Sense) -> int:
    """Count different words of these senses."""
    return len({mark.text for mark in marks if mark.sense in senses}) if marks else 0


def _spoken(passage: Passage, live: tuple[Mark, ...], *, has_contact: bool) -> Reading:
    marks, text = passage.marks, without_words(passage, live)
    senses = {mark.sense for mark in live}
    is_outright = any(map(_is_outright, live)) or (has_contact and {Sense.NO_EXAM, Sense.VERIFY} <= senses)
    teaching = len(set(_TEACHING(text))) + distinct(marks, Sense.TRAINING) + 2 * distinct(marks, Sense.DENIAL)
    voice = Voice.SELLER
    if not has_contact and _HEARSAY(text) and _DOUBTS(text):
        return Reading(Voice.ASKING, live, _reason(marks, Voice.ASKING, live))
    if not is_outright and _promises_a_course(live, text, has_question=_asks(passage, text)):
        return Reading(Voice.SCHOOL_PROMISING, live, _reason(marks, Voice.SCHOOL_PROMISING, live))
    if (_asks(passage, text) and not has_contact and not any(m.sense is Sense.PAYMENT for m in live)) or _hires(
        text, is_outright=is_outright, has_contact=has_contact
    ):
        voice = Voice.ASKING
    elif offers_work(live, text):
        voice = Voice.OTHER
    elif is_outright and not (_GOODS(text) and all(map(_is_said_of_goods, filter(_is_outright, live)))):
        voice = Voice.SELLER
    elif _GOODS(text) or (
        {mark.sense for mark in live} <= {Sense.VERIFY, Sense.SPEED}
        and (_HOLDS(text) or (not has_contact and len(set(_EXAMINED(text))) > 1))
    ):
        voice = Voice.OTHER
    elif not (has_contact or passage.prices) and _OFFICE(text):
        voice = Voice.SCHOOL
    elif teaching:
        voice = _taught(live, teaching, has_contact=has_contact)
    return Reading(voice, live, None if voice is Voice.SELLER else _reason(marks, voice, live))


def _promises_a_course(live: Sequence[Mark], text: str, *, has_question: bool) -> bool:
    """Say whether a pass is guaranteed to those who take lessons."""
    is_promised = any(mark.sense is Sense.PASS and mark.weight > 2 for mark in live)  # noqa: PLR2004 - not 押题 alone
    return is_promised and not has_question and bool(_COURSE(text)) and hiring_count(text) < _HIRING_ADVERT


def _is_outright(mark: Mark) -> bool:
    """Say whether no lawful school could say this."""
    return mark.sense in _STRONG or (mark.sense in {Sense.NO_EXAM, Sense.PAYMENT} and mark.weight > 2)  # noqa: PLR2004


def _is_said_of_goods(mark: Mark) -> bool:
    """Say whether sellers of lawful goods say it too: 可定制, 验货付款."""
    return mark.sense is Sense.PAYMENT or (mark.sense is Sense.FORGERY and mark.weight < 3)  # noqa: PLR2004


def _taught(live: Sequence[Mark], teaching: int, *, has_contact: bool) -> Voice:
    """Say how a passage with words of teaching is meant. One such word beside a private contact does not make a school."""
    senses = {mark.sense for mark in live if mark.weight > 1}
    if Sense.PASS in senses:
        return Voice.SCHOOL_PROMISING
    return Voice.SELLER if teaching == 1 and has_contact and senses & {Sense.VERIFY, Sense.RENTAL} else Voice.SCHOOL


def _harmed(passage: Passage, live: Sequence[Mark], *, has_contact: bool) -> Mark | None:
    """Return a word if somebody tells how he was cheated; None: nobody does. A warning posted where sellers post is none the less one."""
    told = len(set(_HARMED(passage.text)))
    if told < (4 if has_contact else 2):
        return None
    return _first_of(passage.marks, *_WARNING) or live[0]


def _hires(text: str, *, is_outright: bool, has_contact: bool) -> bool:
    if _PAPER_PROVIDED(text):
        return False
    words = set(_HIRING(text))
    return len(words) > 2 if is_outright and has_contact else bool(words)  # noqa: PLR2004 - sellers promise wages too


def _reason(marks: Sequence[Mark], voice: Voice, live: Sequence[Mark]) -> Mark:
    wanted = (Sense.CERTIFICATE, Sense.TRADE) if voice is Voice.ASKING else (Sense.DENIAL, Sense.TRAINING)
    return _first_of(marks, *wanted) or live[0]


def _asks(passage: Passage, text: str) -> bool:
    """Say whether it is a question. Adverts ask too (想拿证吗？), but not at the end, and they name a price."""
    if passage.document.is_commercial:
        return False
    return bool(_QUESTION(text)) or (not passage.prices and bool(_ENDS_ASKING(text)))


def _all_struck_out(marks: Sequence[Mark], reasons: Sequence[Voice]) -> Reading:
    warning = _first_of(marks, *_WARNING)
    if Voice.WARNING in reasons and warning:
        return Reading(Voice.WARNING, reason=warning)
    if set(reasons) == {Voice.OTHER}:
        return Reading(Voice.OTHER)
    denial = _first_of(marks, Sense.DENIAL) or next((mark for mark in marks if is_core(mark)), None)
    return Reading(Voice.WARNING if Voice.WARNING in reasons else Voice.DENIAL, reason=denial)


def _warned(passage: Passage, *, has_contact: bool) -> Mark | None:
    marks = passage.marks
    told, advised = distinct(marks, Sense.NARRATIVE), distinct(marks, Sense.ADVICE, Sense.OFFICIAL)
    told_everywhere = len(passage.document.words.get(Sense.NARRATIVE, ()))
    if has_contact:
        is_warning = told >= 3 and told + advised >= 5  # noqa: PLR2004 - sellers paste advice, hardly a whole report
    else:
        is_warning = told * 2 + advised >= 2 or told_everywhere >= _NARRATED_DOCUMENT  # noqa: PLR2004
    return (
        (
            _first_of(marks, *_WARNING)
            or next((passage.document.first[s] for s in _WARNING if s in passage.document.first), None)
        )
        if is_warning
        else None
    )


def is_meant(passage: Passage, mark: Mark, *, has_contact: bool) -> bool:
    """Say whether a word of sale is neither negated nor reported. `has_contact`: a private contact belongs to the passage."""
    return _struck_out(passage, mark, has_contact=has_contact) is None


def _struck_out(passage: Passage, mark: Mark, *, has_contact: bool) -> Voice | None:
    """Return who says that the word is not meant; None: it is meant. Asked by both judges, so the answer is kept."""
    known: dict[tuple[int, bool], Voice | None] = passage.document.struck_out
    key = (id(mark), has_contact)
    if key not in known:
        known[key] = _found_struck_out(passage.document, mark, has_contact=has_contact)
    return known[key]


def _found_struck_out(document: Document, mark: Mark, *, has_contact: bool) -> Voice | None:
    before = document.before(mark.start, _LONGEST_NEGATION)
    if not mark.is_disguised and _NEGATED(before):
        return Voice.WARNING if _first_of(_sentence_marks(document, mark), *_WARNING) else Voice.DENIAL
    after = document.folded.text[mark.end : mark.end + 16]
    if (mark.sense is Sense.FORGERY and _CLAUSE_AFTER(after)) or (mark.sense is Sense.PASS and _WISHED(before)):
        return Voice.OTHER
    if mark.sense in {Sense.FORGERY, Sense.AGENCY} and not has_contact and _BOUGHT_BEFORE(before):
        return Voice.WARNING
    if mark.sense is Sense.VERIFY and (_REQUIRED(before) or _REFUTED(after)):
        return Voice.OTHER
    is_exempted = mark.sense is Sense.NO_EXAM and not has_contact and (_EXEMPTED(before) or _EXEMPTION(after))
    if is_exempted or _DISOWNED(document.folded.text[mark.end : mark.end + _LONGEST_NEGATION]):
        return Voice.DENIAL
    return Voice.WARNING if _is_reported(document, mark, has_contact=has_contact) else None


def _is_reported(document: Document, mark: Mark, *, has_contact: bool) -> bool:
    start, end = document.sentence(mark)
    text = document.folded.text
    before, after = text[start : mark.start], text[mark.end : end]
    framed = bool(_FRAME_BEFORE(before)) + bool(_FRAME_AFTER(after)) + _is_quoted(before, after)
    points = framed + min(2, distinct(_sentence_marks(document, mark), *_WARNING))
    if has_contact:
        if framed < 2 or points >= 4:  # noqa: PLR2004 - quoted, framed and warned about
            return points >= 4  # noqa: PLR2004
        return framed >= 3 or not Passage(document, start, end).contacts  # noqa: PLR2004
    if framed and recounting_count(hear(text)) >= (_RECOUNTED if _is_quoted(before, after) else _RECOUNTED_MUCH):
        return True  # a report that quotes an advert, or retells one
    told = sum(len(document.words.get(sense, ())) for sense in _WARNING)
    return points >= 2 or (points == 1 and told >= 2)  # noqa: PLR2004


def _is_quoted(before: str, after: str) -> bool:
    for opened, closed in _QUOTES:
        if closed in after and before.rfind(opened) > (before.rfind(closed) if opened != closed else -1):
            return True
    return False


def _sentence_marks(document: Document, mark: Mark) -> Sequence[Mark]:
    return Passage(document, *document.sentence(mark)).marks


def without_words(passage: Passage, live: Sequence[Mark]) -> str:
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
