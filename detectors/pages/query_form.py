"""Pages that ask for, or simply show, whether a certificate is valid, without being an official query site."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from detectors.model import Capture, Field, Form, Observation, PageContent, Signal, Skip
from detectors.pages.bodies import BodyNames
from detectors.pages.claims import claims_of
from detectors.pages.seen import examine_pages, plain_words, quote
from detectors.ruleset import signal
from keywords.roster import Roster

__all__ = ["QueryFormDetector", "certificate_form", "static_result"]

_ASKED = (
    ("验证码", re.compile("验证码|校验码|captcha|vcode|verif|yzm|imgcode|checkcode|^code$", re.IGNORECASE)),
    ("身份证号", re.compile("身份证|证件号|公民身份|居民身份|idcard|id_?(?:no|num|number)$|sfz|cardno|card_?num|zjhm", re.IGNORECASE)),
    ("证书编号", re.compile("(?:证书|操作证|资格证|合格证|证件|档案|准操)[^，。]{0,6}(?:编号|号码?$|号)|证号|编号|zsbh|zsh$|cert_?(?:no|num|id|code)|zhengshu", re.IGNORECASE)),
    ("姓名", re.compile("姓名|持证人|真实名字|^(?:real_?)?name$|user_?name$|xingming|^xm$|truename", re.IGNORECASE)),
)  # fmt: skip
_OTHER_BUSINESS = re.compile(
    "手机|电话|phone|mobile|^tel$|微信|qq|邮箱|email|留言|备注|message|地址|公司|单位|学历|工作年限|报考", re.IGNORECASE
)
_ENROLMENT = re.compile("报名|预约|咨询|留言|注册|登录|订阅|下单|购买|申请|领取|免费试听")
_QUERY = re.compile("查询|查验|验证|核验|验真|搜索|检索|查看|查一下|search|query|verify", re.IGNORECASE)
_BUTTON = re.compile("查|验|提交|确定|确认|搜索|检索|下一步|进入|search|query|submit", re.IGNORECASE)

NOTICE_TRADES = re.compile(
    "特种作业|特种设备|安全生产|安全员|安全管理人员|安全考核|安全资格|操作证|三类人员|安管人员|建筑施工|电工|焊工|高处作业|考核合格|制冷|叉车|起重|塔吊|架子工|应急管理|安全评价"
)
"""Certificates the notice is about; others are a neighbouring trade."""
_CERTIFICATE = re.compile("证书|操作证|资格证|合格证|上岗证|职业资格|技能等级|作业证|持证")
_OWN_CERTIFICATE = re.compile(
    "结业证|毕业证|培训合格证明|(?:本校|我校|学校|本中心|我中心|本公司|我公司|本会|我会|本协会)(?:所)?(?:颁发|发放|学员|培训)|内部证书|防伪(?:查询|编号|码)|授权书|经销商|质保|校友|课程证书|检测报告"
)
_NEIGHBOUR_SCALE = 850
_OWN_SCALE = 350
_ENTRANCE = re.compile(
    "^(?:进入|立即|开始|点击)(?:证书|系统|在线|证件|官网)?查询$|^(?:证书|证件)?(?:查询|验证|核验)入口$|^进入系统$"
)
_LOOSE_ENTRANCE = re.compile(
    "(?:进入|立即|开始|点击)(?:证书|系统|在线|证件|官网)?查询(?!结果)|(?:证书|操作证|合格证|资格证)(?:信息)?查询"
)
"""For a page that poses as official, where a menu of queries is enough."""
_LONGEST_ENTRANCE = 80
_HARMLESS_ENTRANCE_SCALE = 500

_VERDICT = re.compile(
    "(?:查[询验]结果|验证结果|核验结果|证书状态|证件状态|证书真伪|真伪|状态|验证状态)[\\s:：为]{0,3}(?:有效|真实|正常|合格|通过|真证|在有效期)(?![期至])"
    "|(?:查验|验证|核验|查询|认证)(?:有效|成功|通过|属实)|(?:证书|该证|此证|证件|证照)(?:真实)?(?:有效|属实)(?![期至])|(?:证书|信息)真实|系官方颁发|为?真实有效"
)
_ROW_VERDICT = re.compile("^(?:有效|正常|合格|在有效期)$", re.MULTILINE)
"""A table of several people has one in each row."""
_HOLDER = re.compile("姓\\s{0,4}名|持证人|证书持有人|持有人")
_NUMBER = re.compile("(?:证书|操作证|证件|证|档案)\\s{0,2}编?\\s?号码?|证书编号|身份证号?码?|T\\d{10}")
_ORGAN = re.compile("发证(?:机关|单位|部门|机构)|签发(?:机关|单位)|颁发(?:机关|单位|部门)|核发(?:机关|部门)|审批机关")
_STATE = re.compile(
    "应急管理[部厅局]|安全生产监督|安监局|住房(?:和|与)?城乡建设[部厅局]|住建[厅局]|市场监督管理|市场监管|人力资源|质量技术监督|人民政府"
)
_PERIOD = re.compile("有效期|有效日期|初次?领证|初领日期|复审|作业类别|准操项目|操作项目|作业项目")
_WORKPLACE = re.compile(
    "项目部|施工单位|所属单位|所在单位|进场|班组|工地|标段|劳务|物业|用工|公司简介|员工风采|在职|入职|员工姓名|员工信息|持证人员|人员一览|花名册|名单"
)
_MOST_RESULT_TEXT = 2_500
"""A longer page is an article or a list, not the answer to one scan."""
_STATIC_SCALES = {"no_organ": 550, "workplace": 350, "own": 400, "neighbour": 800}


@dataclass(frozen=True, slots=True)
class _Asked:
    form: Form
    fields: tuple[str, ...]
    scale_permille: int


class QueryFormDetector:
    """Finds certificate query forms, entrances to them, and landing pages that show a result nobody asked for."""

    name = "query_form"

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._bodies = BodyNames(roster)

    def examine(self, observation: Observation) -> tuple[Signal, ...] | Skip:
        """Return forms, entrances and results found on unofficial hosts."""
        return examine_pages(self.name, observation, self._roster, self._look)

    def _look(self, capture: Capture, host: str) -> Iterator[Signal]:
        del host
        # Who poses as a state body issues no certificates of its own, whatever the page says about 本中心颁发.
        is_posing = any(claims_of(capture.page, self._bodies, has_form=True))
        return _look(capture.page, is_posing=is_posing)


def _look(page: PageContent, *, is_posing: bool) -> Iterator[Signal]:
    asked = certificate_form(page, is_posing=is_posing)
    if asked:
        shown = "，".join(filter(None, (_words(field) for field in asked.form.fields))) + f" [{asked.form.button}]"
        yield signal(
            "query_form.certificate",
            quote("form", shown),
            scale_permille=asked.scale_permille,
            fields="、".join(asked.fields),
        )
    elif words := _entrance(page, is_posing=is_posing):
        scale = 1000 if is_posing else _HARMLESS_ENTRANCE_SCALE
        yield signal("query_form.entrance", quote("text", words), scale_permille=scale, term=words)
    result = None if asked else static_result(page, is_posing=is_posing)
    if result:
        yield signal(
            "query_form.static_result",
            quote("text", page.text, result[0].start(), result[0].end()),
            scale_permille=result[1],
            result=result[0].group(),
        )


def certificate_form(page: PageContent, *, is_posing: bool = False) -> _Asked | None:
    """Return the form that asks for a certificate's or person's number to query a certificate, the surest one; None: there is none."""
    context = plain_words(f"{page.title}\n{' '.join(page.headings)}\n{page.text[:3000]}")
    found = (_asked(form, context, is_posing=is_posing) for form in page.forms)
    return max((one for one in found if one), key=lambda one: one.scale_permille, default=None)


def _asked(form: Form, context: str, *, is_posing: bool) -> _Asked | None:
    words = [_words(field) for field in form.fields]
    button = plain_words(form.button)
    if any(field.type == "password" for field in form.fields) or _ENROLMENT.search(button):
        return None
    kinds = tuple(dict.fromkeys(kind for field in form.fields if (kind := _kind_of(field))))
    has_number = "证书编号" in kinds or "身份证号" in kinds
    is_query = bool(_QUERY.search(button)) or ("验证码" in kinds and (not button or bool(_BUTTON.search(button))))
    if not has_number or not (is_query or (len(kinds) > 1 and _QUERY.search(context[:200]))):
        return None
    nearby = plain_words("".join(words)) + context
    if not (_CERTIFICATE.search(nearby) or NOTICE_TRADES.search(nearby)):
        return None
    scale = 1000 if len(kinds) > 1 else 800
    if not is_posing and any(_OTHER_BUSINESS.search(word) for word in words):
        scale = scale // 2
    return _Asked(
        form,
        tuple(kind for kind, _ in reversed(_ASKED) if kind in kinds),
        scale * _trade_scale(nearby, is_posing=is_posing) // 1000,
    )


def _trade_scale(text: str, *, is_posing: bool) -> int:
    if not is_posing and _OWN_CERTIFICATE.search(text[:1500]):
        return _OWN_SCALE
    return 1000 if NOTICE_TRADES.search(text) else _NEIGHBOUR_SCALE


def _words(field: Field) -> str:
    return field.label or field.placeholder or field.name


def _kind_of(field: Field) -> str:
    """Return what a field asks for: its visible words decide, its name only where there are none."""
    for text in (plain_words(field.label), plain_words(field.placeholder), field.name):
        for kind, pattern in _ASKED:
            if text and pattern.search(text):
                return kind
    return ""


def _entrance(page: PageContent, *, is_posing: bool) -> str:
    """Return the words of a line that opens a query; empty: there is none, or the page is not about certificates."""
    if not (_CERTIFICATE.search(page.text[:3000]) or NOTICE_TRADES.search(page.text[:3000])):
        return ""
    lines = [plain_words(line) for line in page.text[:5000].split("\n")]
    found = next((line for line in lines if _ENTRANCE.search(line)), "")
    if found or not is_posing:
        return found
    return next((line for line in lines if len(line) <= _LONGEST_ENTRANCE and _LOOSE_ENTRANCE.search(line)), "")


def static_result(page: PageContent, *, is_posing: bool = False) -> tuple[re.Match[str], int] | None:
    """Return the words that call one person's certificate valid and how sure that reading is (permille); None: no such page."""
    text = page.text
    verdict = _VERDICT.search(text)
    if not verdict or len(text) > _MOST_RESULT_TEXT or len(_HOLDER.findall(text)) > 2:  # noqa: PLR2004 - a list of several people
        return None
    if len(_ROW_VERDICT.findall(text)) > 1 or not (
        _HOLDER.search(text) and (_NUMBER.search(text) or _PERIOD.search(text))
    ):
        return None
    subject = plain_words(page.title + text)
    if not (_CERTIFICATE.search(subject) or NOTICE_TRADES.search(subject)):
        return None
    scale = 1000
    if not (_ORGAN.search(text) and _STATE.search(text)):
        scale = scale * _STATIC_SCALES["no_organ"] // 1000
    if _WORKPLACE.search(text):
        scale = scale * _STATIC_SCALES["workplace"] // 1000
    if not is_posing and _OWN_CERTIFICATE.search(subject):
        scale = scale * _STATIC_SCALES["own"] // 1000
    elif not NOTICE_TRADES.search(subject):
        scale = scale * _STATIC_SCALES["neighbour"] // 1000
    return verdict, scale
