"""What a folded text says, place by place: terms of the lexicon and turns of phrase no list can hold (免去一切考试, 拿到证再给钱).

A mark is a fact about words only. Whether it is meant (or negated, reported, asked) is judged in `detectors.wording.context`.
"""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from keywords.fold import Folded
from keywords.match import Spelling, TermMatcher
from keywords.model import Term, TermKind
from keywords.phrases import Phrases, Tried, first_characters

__all__ = ["Mark", "Sense", "find_marks"]


class Sense(StrEnum):
    """What a mark says."""

    __hash__ = str.__hash__  # asked for at every mark: an enumeration's own is slow

    CERTIFICATE = "certificate"
    TRADE = "trade"
    """Names a trade or a general paper: a certificate only beside a word for a paper."""
    NEIGHBOUR = "neighbour"
    FORGERY = "forgery"
    AGENCY = "agency"
    PROXY = "proxy"
    RENTAL = "rental"
    IDENTITY_ONLY = "identity_only"
    NO_EXAM = "no_exam"
    PASS = "pass"  # noqa: S105 - an examination, not a password
    VERIFY = "verify"
    NO_REVIEW = "no_review"
    SPEED = "speed"
    PAYMENT = "payment"
    EXCUSE = "excuse"
    CONTACT = "contact"
    NARRATIVE = "narrative"
    """Words of police, court and press."""
    ADVICE = "advice"
    OFFICIAL = "official"
    TRAINING = "training"
    DENIAL = "denial"
    """A lawful school says what it does not do."""


class Mark(NamedTuple):
    """One place in a folded text that says something."""

    sense: Sense
    text: str
    """The term in its plain form, for staff."""
    weight: int
    """1 to 3, from the lexicon."""
    start: int
    """Offset in the folded text."""
    end: int
    is_disguised: bool = False


_BY_KIND = {
    TermKind.SPEED: Sense.SPEED,
    TermKind.PAYMENT: Sense.PAYMENT,
    TermKind.EXCUSE: Sense.EXCUSE,
    TermKind.CONTACT: Sense.CONTACT,
}
_SENSED = {TermKind.OFFER, TermKind.PROMISE, TermKind.WARNING, TermKind.LAWFUL}

# What makes another word of a term: 不用考虑, 红包过期, 办证大厅. Looked at right after the term.
_GOES_ON = {
    Sense.NO_EXAM: re.compile(r"[虑察勤古研究]|费|杂费|历|者|的[,将]"),
    Sense.PASS: re.compile(r"[期敏大重来去年夜冬节程滤度于渡]"),
    Sense.AGENCY: re.compile(r"大厅|窗口|机关|流程|指南|须知|事项|服务中心|处[^理]|条件|材料|依据|时限|人员"),
    Sense.VERIFY: re.compile(r"[看房阅找]"),
    Sense.NO_REVIEW: re.compile("[批查计]"),
    Sense.PROXY: re.compile("[察勤古]"),
}
_COMES_FROM = {Sense.PASS: re.compile("[红书面钱背荷]包"), Sense.PROXY: re.compile("[时年现当古近后世]代")}
"""The character before a term and its first one."""
_ANOTHER = _GOES_ON.keys() | _COMES_FROM.keys()

_ANY = r"[^。!?;,\n]"
_PHRASES = (
    (
        Sense.NO_EXAM,
        3,
        re.compile(
            r"(?:不用|无需|无须|不需要?|不必|毋须|用不着|甭|免去?|免除|零|0)"
            r"(?:再|去|来|您|你|本人|自己|参加|进行|任何|一切|所有|现场|线下|操心|管|用|学习?和?|培训[和及]?|理论|实操|统一|亲自){0,4}"
            r"(?:培训|考试|考核|考证|上课|听课|答题|考(?![虑察勤验古研究试核]))"
        ),
    ),
    (Sense.NO_EXAM, 3, re.compile(r"(?:不|没)(?:培训|学习|上课)[,、]?(?:也|又)?(?:不|没)(?:用|参加)?(?:考试|考)(?![虑察])|不参加考试[也就]?[能可]")),
    (
        Sense.NO_EXAM,
        3,
        re.compile(
            r"(?:不用|无需|无须|不需要|不必|用不着)(?!担心|害?怕|发?愁|紧张|焦虑|准备|重新|补|再次?[培考]|[交缴付]|另)"
            r"[^。!?;,\n]{1,6}?(?:上课|培训|考试|去考|考场)(?![费虑察])"
        ),
    ),
    (Sense.NO_EXAM, 2, re.compile(r"(?:本人|人|你|您|全程)(?:都|也|完全)?(?:不用|无需|不需要?|不必|免)(?:到场|到现场|露面|出面|来|去)|(?:不用|无需|不需要?|不必)(?:[你您]?本人(?!承担|负责|签)|[来去到](?:现场|考场|人)|跑(?=[,。!]))")),
    (Sense.NO_EXAM, 2, re.compile(r"(?:没|不|不用)去考(?![虑察])|(?:免考|考试)(?:入网|名额|通道)|考试(?:那边|这边|的事)?[^,。;!?\n]{0,4}(?:安排好|搞定|打点)|(?:不用|无需|不需要?|不必)[学练](?!历|会|生|费|校|手)|根本不用(?=[,。!?考])|不看书[,、]?不(?:考|用)")),
    (Sense.PROXY, 3, re.compile(rf"(?:代打|代替|代为|替[你您人]){_ANY}{{0,6}}(?:考试|机考|上机)|(?:考试|考场|上机)替[你您](?:上|考|去|答)|替[你您](?:上考场|答题)|代答|合成过人脸|远程协助{_ANY}{{0,4}}考")),
    (Sense.NO_EXAM, 2, re.compile(r"(?<![不要])不(?:坐班|上课|培训|学习)?[,、]?不?(?:考试|培训|上课|学习|去考)(?![合通]|者|的(?:人|将)|费)")),
    (
        Sense.VERIFY,
        3,
        re.compile(
            r"(?:官网|官方网?站?|网上|上网|网站|全国|联网|国网|应急网|安监[网局]|住建网|建委网?|系统|平台|扫码|扫一扫|二维码|应急管?理?[部局厅]|住建[部局厅委]|市监总?局?|煤监局?|政府网站?|国家网站?)"
            rf"{_ANY}{{0,8}}?(?:可以?查(?!阅)|[能就]查|秒查|随[便时]查|[可能]以?(?:搜|看|扫)(?:到|出|得|见)|[可能]扫|数据(?:真实|存在)|查得?[到着]|搜得?到|[可能]验|[可能]询|验真|可核|查询得?到"
            r"|都?有(?:数据|备案|档案|信息|记录|结果)|有[你您我他]?的?(?:大名|名字|姓名)|同步(?:生效|更新))"
            rf"|扫(?:码|二维码|一扫|描|出来){_ANY}{{0,6}}?(?:看到|显示|出来|可出|出(?:信息|查询|结果)|有(?:信息|结果)|一致|[跟和同][^,。]{1,4}(?:一样|一模一样|无异)|验证|能查|查到|[跟和同]真)|支持(?:扫码|官网|联网|网上|上网|在线|现场){{0,2}}(?:验证|查询|验真|查验|核验)|随时查询?真伪"
            r"|查询(?:网站|网址|页面|链接)(?:也|都|可以?|一并|免费|统一|配套){0,2}(?:提供|搭建|制作|定制)|(?:可|能|包)带(?:二维)?码|二维码可?跳转|[上入](?:国网|官网)(?!查|报|看|站)"
            r"|编号(?:真实|[在进入](?:系统|库|住建|应急|国网))|网查(?:有效|无忧|真实)|(?:扫码|一扫)[就全都]有|平台刷出来|直接[入进](?:应急|住建|国家|官方|四|数据)?库|(?:真实?|直接|后台|内部|系统|官网)直?录(?:入|库|(?=[,。!]))|(?:证件?|本|查询)真实有效|(?:监理|甲方|安监|检查)[^,。;!?\n]{0,6}查?(?:都|也|起来)?(?:没问题|没毛病|无压力|能过)|过检[^,。;!?\n]{0,3}(?:没问题|无压力)"
        ),
    ),
    (Sense.VERIFY, 2, re.compile(r"(?<![无不])(?:真伪|信息|编号|证书|真实)?可(?:查|验真|核验)(?![看阅找收])|录入(?:官方|国家|系统|平台|全国|应急|住建|数据库)")),
    (Sense.PASS, 3, re.compile(r"(?:(?<![红书面钱背])包|保证?|确保|必|稳|百分百|100%)(?:考试|你|您|能|一次|全科){0,2}(?:通过|考过|过关|拿证|取证|下证|出证)(?![期敏])")),
    (
        Sense.SPEED,
        3,
        re.compile(
            r"(?:\d{1,2}|[一二两三四五六七十几半]{1,2})(?:-|~|到|至)?(?:\d{1,2}|[一二两三四五六七十])?"
            r"(?:个?工作日|天|日|个?星期|周|小时)(?:之?内|左右|就|即可|可|能|内可|快递)*(?:出|下|拿|取|到|发|办好|搞定|寄出)(?:到手|得到)?(?:证件?|手|本|货|卡)?"
        ),
    ),
    (
        Sense.PAYMENT,
        3,
        re.compile(
            r"(?:拿到?|收到|见到?|看到|查到|查询到|验证|查验|出证?|下证|证到|办好|办成|满意|查完|核实|验真)(?:证件?|证书|信息|本|无误|没问题|满意|通过|回执|以?后|之后|了){0,3}"
            r"(?:再|才|在)?(?:付|给(?:钱|款|尾款)|打款|转(?:账|我|钱)|收费|收钱|结账|结款|点?(?:确认)?收货)(?!税)"
            r"|(?:(?:查|搜|办|扫|验|看)(?:询|验)?不(?:到|了|成|出|见)|不(?:下证|成))[^。!?;\n]{0,4}(?:不要钱|一分钱?不[收要]|不收|钱?全?额?退|包退|赔)|不成功?不收[费钱款]|不(?:通过|过)一分钱?不[收要]"
            r"|先(?:看|查|验|出|拿|办|见|发)[^。!?;\n,]{0,6}(?:再|后)(?:付|确认|给|打款|转|款|收[钱款费])"
        ),
    ),
    (
        Sense.IDENTITY_ONLY,
        2,
        re.compile(
            r"(?:提供|备注|发|把|给|报|留下?|拍下?|\+)(?:我|来|一下|您的?|你的?|下|个)?(?:姓名|名字|信息)?[、,和加+及]?身份证(?:号码?|正反面)?(?:(?<=正反面)(?=[,。!]|$)|[、,和加+及跟与]?(?:姓名|(?:[一1二2两]?[寸张]|白底|电子|证件)?照(?:片)?)|(?:拍|发)给)"
            r"(?:(?:发|拍|给)?(?:来|给?我)?(?:就行|即可|就可以|就好|就能|就成))?(?![^。\n]{0,24}(?:复印|毕业|学历|体检|报名|申请表))"
        ),
    ),
    (
        Sense.FORGERY,
        2,
        re.compile(
            r"填上?(?:自己)?(?:的)?(?:名字|姓名|信息)就能用|(?:可以?|能|按|帮)(?:打印|改|换|填|做)(?:您|你)?的?(?:姓名|名字|照片)|名字(?:都|也)?(?:可以?|能|随便|任意)改|(?:可|能)?指定(?:发证)?日期|日期[^,。]{0,4}(?:随[你您]|自己|任意)(?:定|选|填)|(?:名字|姓名|照片)[^,。!?\n]{0,3}(?:随便|任意|自己)(?:改|填|换|定)|仿真(?:水印|钢印|度)|改(?:名|期|单位)[、,]改(?:名|期|单位)|后台[^,。;!?\n]{0,4}改"
        ),
    ),
    (
        Sense.FORGERY,
        3,
        re.compile(
            r"(?:办理?|代办|做|制作|弄|搞|买到?|购买|伪造|出售)(?:[一1]?[个张本份]|各种|各类|澳洲|美国|英国|加拿大|国外|海外){0,2}假的?"
            r"(?:(?:大专|中专|本科|大学|高中|毕业|学历|学位|文凭){1,2}(?:证书?|证明)?|(?:驾驶|行驶|汽车登记|房产|结婚|职称|资格|健康|四六级|工程师|上岗|操作)证)"
            r"|(?:毕业证书?|文凭|学位证书?|成绩单)(?:购买|出售|定制|代做|订做|造假)"
            r"|假的?(?:(?:大专|中专|本科|大学|高中|毕业|学历|学位|文凭){1,3}(?:证书?|证明)?)(?:在?哪里?|去哪里?|怎么)?(?:可以|能)?(?:办理?|制作|做|弄|买|开)"
        ),
    ),
    (Sense.SPEED, 2, re.compile(r"当[天日](?:就|可|能|即可?)?(?:做?好|生效|更新|搞定|出|拿)|秒[办出]|\d{1,2}[天日]下[正证]|三天下")),
    (
        Sense.TRADE,
        2,
        re.compile(
            r"\d{1,3}[本张](?:低压|高压|登高|高处|焊工|叉车|制冷|架子|锅炉)|(?:低压|高压|登高|高处|熔焊|制冷|叉车|锅炉|架子|焊工|电工)(?:\d{1,3}[本张个名]|本(?![人公校地身次来]))"
        ),
    ),
    (
        Sense.AGENCY,
        3,
        re.compile(r"(?:要|缺|少|办|想办|需要)证(?:件|书)?的?(?:老板|兄弟|工友|师傅|朋友)?们?[,、]?(?:联系|找我|私|滴|看过来|加)"),
    ),
    (Sense.AGENCY, 2, re.compile(r"起订量?[:：]?\d|(?:供应|供货)能力|供货总量|发货期限?[:：]")),
    (Sense.AGENCY, 2, re.compile(r"(?:哪里|哪儿)(?:可以|能)?(?:办|做|弄)[个张]?(?:学历|学位|毕业)证(?!明)")),
    (Sense.AGENCY, 3, re.compile(r"证件?的?(?:路子|渠道|门路)(?!正规|查询)")),
    (Sense.TRADE, 2, re.compile(r"(?<![a-z])[abc]本(?![人科来质])")),
    (Sense.AGENCY, 2, re.compile(r"(?:一手|专业|承接|常年|长期|全国|本地)(?:代办|办理|办证)(?!机构|单位)|专办(?!公)")),
    (Sense.SPEED, 2, re.compile(r"(?:速度|出证|下证|办理|拿证)(?:很|特别|超|都|更)?快(?!递)|快速(?:办理?|出|下|拿)证?")),
    (Sense.PAYMENT, 2, re.compile(r"(?:价格|价钱)(?:超|很|更)?(?:低|美丽|好说|好商量|实惠|便宜)|明码标价")),
    (
        Sense.CONTACT,
        2,
        re.compile(
            r"[看点](?:一下)?我?(?:签名|头像|主页|简介|置顶)|(?:需要|想要|要的?|想办|想拿|想搞|有意|要证|缺证|要渠道|想?办理)(?:的|者|的话)?(?:朋友|老板|兄弟|工友|师傅|亲|姐妹)?们?[,、]?(?:请|就|直接|尽快|速|快|可以)?(?:来(?!电|访|自|源)|速来|联系我|找我|私|滴|dd|看过来|加我|拍下|留言|报名字|扣)"
        ),
    ),
    (Sense.IDENTITY_ONLY, 2, re.compile(rf"(?:只要|只需要?|仅需|给我?|发我?){_ANY}{{0,6}}身份证(?!复印件|原件){_ANY}{{0,10}}(?:照片?|就行|即可|就可以|就能|就好)")),
)  # fmt: skip
_LOOKED_FOR = Phrases([pattern for _, _, pattern in _PHRASES])
_ENDS_IN_PAPER = re.compile("(?:秒[办出]|卡|证|证件|证书|本|到手|拿到|寄出)$").search
_TWENTY_DAYS = re.compile(r"[2-9]\d|[二三四五六七]十").match
_FORGING = r"(?:出售|收售|售卖|销售|制作|定做|定制|订做|仿制|伪造|复刻|有售|批发|倒卖|卖|买(?![卖的了过到家])|购买|供应|出借|做)"
_ARRANGING = r"(?:代办理?|代理办理|代为办理|办理|包办|代开|承接|搞|弄|整|办(?!公|法|学))"
_BETWEEN = r"(?:一?[张个本份套]|真实?的?|正规|国网|各类|各种|全国|全套|以下|您的|我的|[\w]{0,2}){0,2}"
_VERB_BEFORE = re.compile(
    rf"(?:(?P<forging>{_FORGING}|(?<![一-龥])出|(?:专业|大量|长期|批量|直接|现)出)|(?P<arranging>{_ARRANGING})){_BETWEEN}$"
)
_VERB_AFTER = re.compile(
    r"等?(?:各类|相关)?(?:快速|专业|加急|批量|统一|长期)?(?:证件|证书|证)?(?:(?P<forging>出售|有售|售卖|制作|定做|定制|批发|现货|购买|现做|供应商|厂家直销)|(?P<arranging>代办|办理|包办|代开|可办|能办|急办))"
)
_VERB_REACH = 10
_BEGINS_BEFORE, _BEGINS_AFTER = first_characters(_VERB_BEFORE), first_characters(_VERB_AFTER)
"""Most names of papers stand beside none of these: nothing is done with them."""
_NAMES_OF_PAPERS = frozenset({Sense.CERTIFICATE, Sense.TRADE})
_PAPER_SENSES = frozenset({Sense.CERTIFICATE, Sense.TRADE, Sense.NEIGHBOUR})
_MAY_NAME_PAPER = Tried("[证本张考]|低压|高压|登高|高处|焊工|叉车|制冷|架子|锅炉|电工").search
"""Where neither a term nor these name a paper, turns of phrase say nothing here: most texts of the world are passed over."""
_MOST_EACH = 400
"""Places of one spelling or phrase in one document; a text that repeats it more often says nothing new by it."""


def find_marks(folded: Folded, matcher: TermMatcher) -> tuple[Mark, ...]:
    """Return everything a text says, by place. Marks may overlap: 代办电工证 is an act and a certificate."""
    terms = marks = _of_terms(folded, matcher)
    if any(mark.sense in _PAPER_SENSES for mark in terms) or _MAY_NAME_PAPER(folded.text):
        marks = [*terms, *_of_phrases(folded.text)]
    papers = [mark for mark in marks if mark.sense in _NAMES_OF_PAPERS and _is_paper(mark)]
    if papers:
        marks = [*marks, *(verb for mark in papers for verb in _verbs(mark, folded.text))]
        marks += [mark._replace(sense=Sense.AGENCY, weight=2) for mark in papers if mark.is_disguised]
    if len(marks) > len(terms):  # terms stand apart and in order
        marks.sort(key=attrgetter("end"), reverse=True)
        marks.sort(key=attrgetter("start"))
    return tuple(marks)


def _of_terms(folded: Folded, matcher: TermMatcher) -> list[Mark]:
    text, meanings = folded.text, _meanings(matcher)
    said, places = list[_Meaning](), list[tuple[int, int]]()
    for number, start, end in matcher.places_in(folded, most_each=_MOST_EACH):
        if (meant := meanings[number]) and not (
            meant.sense in _ANOTHER and _is_another_word(meant.sense, text, start, end)
        ):
            said.append(meant)
            places.append((start, end))
    original, marks = folded.original, list[Mark]()
    for meant, (start, end), (first, last) in zip(said, places, folded.spans(places), strict=True):
        sense, plain, weight, spelling = meant
        written = original[first:last]
        is_disguised = spelling.is_swapped or (written != plain and spelling.is_disguised_as(written))
        marks.append(Mark(sense, spelling.term.text if is_disguised else plain, weight, start, end, is_disguised))
    return marks


class _Meaning(NamedTuple):
    """What a spelling says."""

    sense: Sense
    written: str
    weight: int
    spelling: Spelling


class _Meanings(dict[int, _Meaning | None]):
    """What each spelling says, by its number, worked out when it is first met; None: nothing that is judged."""

    def __init__(self, spellings: Sequence[Spelling]) -> None:
        super().__init__()
        self._spellings = spellings

    def __missing__(self, number: int) -> _Meaning | None:
        spelling = self._spellings[number]
        sense = _sense_of(spelling.term)
        meant = _Meaning(sense, spelling.text, spelling.term.weight, spelling) if sense else None
        self[number] = meant
        return meant


@lru_cache(maxsize=4)
def _meanings(matcher: TermMatcher) -> _Meanings:
    return _Meanings(matcher.spellings)


def _sense_of(term: Term) -> Sense | None:
    if term.kind is TermKind.CERTIFICATE:
        return Sense.NEIGHBOUR if term.is_neighbour else Sense.TRADE if term.is_ambiguous else Sense.CERTIFICATE
    if term.kind in _SENSED and term.sense:
        return Sense(term.sense)
    return _BY_KIND.get(term.kind)


def _of_phrases(text: str) -> Iterator[Mark]:
    for place, found in _LOOKED_FOR.find(text, _MOST_EACH):
        sense, weight, _ = _PHRASES[place]
        if not _is_another_word(sense, text, found.start(), found.end()) and not _is_slow(sense, found[0]):
            is_weak = sense is Sense.SPEED and not _ENDS_IN_PAPER(found[0])
            yield Mark(sense, found[0], 2 if is_weak else weight, *found.span())


def _is_another_word(sense: Sense, text: str, start: int, end: int) -> bool:
    after, before = _GOES_ON.get(sense), _COMES_FROM.get(sense)
    return bool((after and after.match(text, end)) or (before and start and before.match(text, start - 1)))


def _is_slow(sense: Sense, text: str) -> bool:
    """Say whether a time is what the issuing offices take themselves: 20 days and more."""
    return sense is Sense.SPEED and _TWENTY_DAYS(text) is not None


def _is_paper(mark: Mark) -> bool:
    """Say whether the mark names a paper one can make or buy; 买的焊工面罩 names none."""
    return mark.sense is Sense.CERTIFICATE or (mark.sense is Sense.TRADE and "证" in mark.text)


def _beside(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Yield the verbs right before and right after a place."""
    low = max(0, start - _VERB_REACH)
    if not _BEGINS_BEFORE.isdisjoint(text[low:start]) and (before := _VERB_BEFORE.search(text, low, start)):
        yield before
    if text[end : end + 1] in _BEGINS_AFTER and (after := _VERB_AFTER.match(text, end)):
        yield after


def _verbs(certificate: Mark, text: str) -> Iterator[Mark]:
    """Yield what is done with a certificate, said right before or after its name."""
    for found in _beside(text, certificate.start, certificate.end):
        sense = Sense.FORGERY if found["forging"] else Sense.AGENCY
        group = "forging" if found["forging"] else "arranging"
        start, end = found.span(group)
        if not _is_another_word(sense, text, start, end):
            shown = text[min(start, certificate.start) : max(end, certificate.end)]
            yield Mark(sense=sense, text=shown, weight=2, start=start, end=end, is_disguised=certificate.is_disguised)
