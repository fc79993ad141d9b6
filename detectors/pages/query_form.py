"""Pages that ask for, or simply show, whether a certificate is valid, without being an official query site."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from detectors.model import Capture, Field, Form, Observation, PageContent, Signal, Skip
from detectors.pages.bodies import is_article_title, names_body
from detectors.pages.claims import claim_reader, title_parts
from detectors.pages.copies import is_code_host
from detectors.pages.remembered import Remembered
from detectors.pages.results import listed_certificates, shown_certificate
from detectors.pages.seen import examine_pages, plain_words, quote
from detectors.pages.trades import (
    CERTIFICATE,
    NOTICE_TRADES,
    OWN_CERTIFICATE,
    SECURITY_CODE,
    STATE_CERTIFICATE,
    names_paper,
)
from detectors.ruleset import signal
from keywords.roster import Roster

__all__ = ["QueryFormDetector", "certificate_form"]

_CHOSEN = "证件类别"
_ASKED = (
    ("验证码", re.compile("验证码|校验码|captcha|vcode|verif|yzm|imgcode|checkcode|^code$", re.IGNORECASE)),
    ("身份证号", re.compile("身份证|证件(?:号码?)?后[四六4-8]位|证件号|公民身份|居民身份|idcard|id_?(?:no|num|number)\\.?$|sfz|cardno|card_?num|zjhm|shenfenzheng", re.IGNORECASE)),
    ("证书编号", re.compile("(?:证书|操作证|资格证|合格证|证件|证照|档案|准操)[^，。]{0,6}(?:编号|号码?$|号)|证号|编号|^号码$|查询(?:码|内容|关键[字词])|zsbh|zsh$|(?:cert(?:ificate)?|licen[cs]e|card)_?(?:no|num|id|code)|zhengshu|zhengjian|zhenghao", re.IGNORECASE)),
    ("姓名", re.compile("姓名|持证人|真实名字|(?:^|real_?|full_?|holder\\W?s?|owner\\W?s?)name$|user_?name$|xingming|^xm$|truename", re.IGNORECASE)),
    (_CHOSEN, re.compile("(?:证件|证书|作业|操作)[^，。]{0,2}(?:种类|类[型别])|准操项目|操作项目|工种")),
)  # fmt: skip
_OTHER_BUSINESS = re.compile(
    "手机|电话|phone|mobile|^tel$|微信|qq|邮箱|email|留言|备注|message|地址|公司|单位|学历|工作年限|报考|^(?:所属|所在)?(?:部门|班组|车间|工号)$",
    re.IGNORECASE,
)
_ASKS_QUERY = re.compile("查[询验]?$|[核验]验|核查")
"""Buttons of a query, not of a site's search."""
_TITLE_QUERY = re.compile("(?:证书?|人员)(?:信息|网上|联网|真伪)*(?:查询|查验|核验|核查)")
_TITLE_WITHIN = 40
_TITLE_CHECKS = re.compile("查证|验证|验真|核验|查验|证书?查询")
_OF_GOODS = re.compile("商品|订单|运单|快递|货号|型号|车牌")
_CHOICES = re.compile("[/／、,，|或]")
_ENROLMENT = re.compile(
    "报名|预约|咨询|留言|注册|登录|订阅|下单|购买|申请|领取|免费试听|投保|理赔|预订|登记|签到|打卡|上传"
)
_QUERY = re.compile(
    "查询|查验|验证|核验|核查|验真|搜索|检索|查看|查一下|search|query|verify|chaxun|inquir|look\\s?up",
    re.IGNORECASE,
)
_ON_BUTTON = re.compile("^查$|查证|核对|真伪|^go$|check|authentic", re.IGNORECASE)
"""Words of a query on a button only: elsewhere they are said of much else."""
_BUTTON = re.compile(
    "查|验|提交|确定|确认|搜索|检索|下一步|进入|search|query|submit|chaxun|inquir|look\\s?up|^go$", re.IGNORECASE
)

_LOOKED_AT_TEXT = 3_000
_SUBJECT_TEXT = 300
"""Characters of text, beside title and headings, in which a query names what it is for."""
_SAID_WITHIN = 400
"""Characters in which a page says that something is queried where its button does not."""
_NEIGHBOUR_SCALE = 850
_OWN_SCALE = 350
_LISTED_SCALE = 500
"""A register of several people, in the name of a state body: real bodies publish lists too, on their own hosts."""
_OTHER_PAPERS = re.compile("竞赛|大赛|比赛|获奖|奖状|荣誉证|保单|保险单|发票|健康证|体检|检测报告")
"""Papers that say who won, is insured or healthy, not who may work."""
_DISOWNED = re.compile(
    "[与和同][^，。\n]{2,24}无关|(?:不是|并非|不含|不包括|不提供)[^，。\n]{2,24}|(?:不能|不可|不得)(?:代替|替代|取代|等同于?)[^，。\n]{2,40}|不作为[^，。\n]{2,40}"
    "|[^，。\n]{2,30}请(?:登[录陆]|前往|[到至去在])[^，。\n]{0,24}(?:官网|官方网站|网站|平台)[^，。\n]{0,6}(?:查询|核验|查验)"
)
"""What a page says its query is not about."""
_TRADES_LISTED = re.compile(
    "(?:电工|焊工|制冷工?|登高|高处|架子工|叉车|起重)(?:作业|证)?[/、，,|](?:[高低]压)?(?:电工|焊工|制冷|登高|高处|架子工|叉车|起重)"
)
_NAMED_SCALE = 650
"""An association, school or company of its own name asks about certificates that may be its own."""
_UNIVERSITY = ".edu.cn"
_EMPLOYER = re.compile("承包商|相关方|入厂|内网|工号|台账|(?:本|我)(?:集团|司|厂|项目)")
"""Who lets people in at a works' gate asks for certificates others issued."""
_ENTRANCE = re.compile(
    "^(?:进入|立即|开始|点击)(?:证书|系统|在线|证件|官网)?查询$|^(?:证书|证件)?(?:查询|验证|核验)入口$|^进入系统$"
)
_LOOSE_ENTRANCE = re.compile(
    "(?:进入|立即|开始|点击)(?:证书|系统|在线|证件|官网)?查询(?!结果)|(?:证书|(?:操作|作业|合格|资格|设备)证)(?:信息|统一|联网|在线|网上)*查询|^(?:个人|企业|单位|公众|人员|扫码|证件|证书)查[询验]$|^(?:特种|电工|焊工|焊接|高处|登高|制冷|安全员)(?:作业)?证?查询"
)
"""For a page that poses as official, where a menu of queries is enough."""
_LONGEST_ENTRANCE = 80
_MAY_ENTER = re.compile("查\\s?询|验\\s?证|核\\s?验|进入系统")
_HARMLESS_ENTRANCE_SCALE = 500


@dataclass(frozen=True, slots=True)
class _Asked:
    form: Form
    fields: tuple[str, ...]
    nearby: str
    """Words of the form, the title and the page, without blanks."""
    scale_permille: int


class QueryFormDetector:
    """Finds certificate query forms, entrances to them, and landing pages that show a result nobody asked for."""

    name = "query_form"

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._claims = claim_reader(roster)

    def examine(self, observation: Observation) -> tuple[Signal, ...] | Skip:
        """Return forms, entrances and results found on unofficial hosts."""
        return examine_pages(self.name, observation, self._roster, self._look)

    def _look(self, capture: Capture, host: str) -> Iterator[Signal]:
        page = capture.page
        if is_code_host(host) or not (page.forms or is_about_certificates(page)):
            return
        # Who poses as a state body issues no certificates of its own, whatever the page says about 本中心颁发.
        poses = self._claims.is_posing(page)
        if asked := certificate_form(page):
            yield from _about_form(page, asked, host, poses=poses)
            return
        if words := _entrance(page, poses=poses):
            scale = 1000 if poses else _HARMLESS_ENTRANCE_SCALE
            yield signal("query_form.entrance", quote("text", words), scale_permille=scale, term=words)
        yield from _about_records(page, poses=poses)


def _about_records(page: PageContent, *, poses: bool) -> Iterator[Signal]:
    if shown := shown_certificate(page):
        scale = shown.scale_permille
        if not poses and (OWN_CERTIFICATE.search(page.text) or SECURITY_CODE.search(page.text)):
            scale = scale * _OWN_SCALE // 1000
        code = "query_form.static_result" if shown.is_called_valid else "query_form.static_record"
        yield signal(code, shown.quote, scale_permille=scale, result=shown.words)
    elif poses and (listed := listed_certificates(page)):
        yield signal("query_form.static_record", listed, scale_permille=_LISTED_SCALE, result="名单，逐人列出")


def _about_form(page: PageContent, asked: _Asked, host: str, *, poses: bool) -> Iterator[Signal]:
    if _OTHER_PAPERS.search(page.title) and not STATE_CERTIFICATE.search(page.title):
        return
    shown = "，".join(filter(None, (_words(field) for field in asked.form.fields))) + f" [{asked.form.button}]"
    asks = " ".join(f"{field.label} {field.placeholder}" for field in asked.form.fields)
    subject = plain_words(f"{page.title} {' '.join(page.headings[:5])} {asks} {page.text[:_SUBJECT_TEXT]}")
    subject = _DISOWNED.sub("", subject)
    of_state = STATE_CERTIFICATE.search(subject) or _TRADES_LISTED.search(plain_words(asks))
    scale = asked.scale_permille
    if not poses:
        scale = scale * _excuse(page, asked, host, is_of_state=bool(of_state)) // 1000
    elif not NOTICE_TRADES.search(asked.nearby):
        scale = scale * _NEIGHBOUR_SCALE // 1000
    yield signal("query_form.certificate", quote("form", shown), scale_permille=scale, fields="、".join(asked.fields))
    if of_state and (poses or scale > _NAMED_SCALE):
        shown_subject = quote("text", of_state.string, of_state.start(), of_state.end())
        yield signal("query_form.state_certificate", shown_subject, term=of_state.group())


def _excuse(page: PageContent, asked: _Asked, host: str, *, is_of_state: bool) -> int:
    """Return how far (permille) a query is held against a page that poses as nobody: less where it may be of its own certificates."""
    scale = 1000
    if any(_OTHER_BUSINESS.search(_words(field)) for field in asked.form.fields):
        scale //= 2
    own = asked.nearby[:1500]
    if OWN_CERTIFICATE.search(own) or _EMPLOYER.search(own) or host.endswith(_UNIVERSITY):
        return scale * _OWN_SCALE // 1000
    if SECURITY_CODE.search(own) and not is_of_state:
        return scale * _OWN_SCALE // 1000
    if not is_of_state and any(map(names_body, title_parts(page.title))):
        return scale * _NAMED_SCALE // 1000
    return scale if NOTICE_TRADES.search(asked.nearby) else scale * _NEIGHBOUR_SCALE // 1000


def is_about_certificates(page: PageContent) -> bool:
    """Say whether the page speaks of certificates or their trades."""
    text = page.text[:_LOOKED_AT_TEXT]
    return names_paper(text) or bool(CERTIFICATE.search(page.title))


def _form_of(page: PageContent) -> _Asked | None:
    if not page.forms:
        return None
    context = plain_words(f"{page.title}\n{' '.join(page.headings)}\n{page.text[:_LOOKED_AT_TEXT]}")
    found = (_asked(form, context) for form in page.forms)
    return max((one for one in found if one), key=lambda one: one.scale_permille, default=None)


certificate_form: Remembered[PageContent, _Asked | None] = Remembered(_form_of)
"""Return the form that asks for a certificate's or person's number to query a certificate, the surest one; None: there is none."""


def _asked(form: Form, context: str) -> _Asked | None:
    button = plain_words(form.button)
    if any(field.type == "password" for field in form.fields) or _ENROLMENT.search(button or _enrols(context)):
        return None
    kinds = tuple(dict.fromkeys(kind for field in form.fields for kind in _kinds_of(field)))
    if not kinds and _asks_without_words(form, context):
        kinds = ("证书编号",)
    has_number = "证书编号" in kinds or "身份证号" in kinds
    is_query = bool(_QUERY.search(button) or _ON_BUTTON.search(button)) or (
        "验证码" in kinds and (not button or bool(_BUTTON.search(button)))
    )
    if not has_number or not (is_query or _is_said_to_query(context, button, len(kinds))):
        return None
    nearby = plain_words("".join(map(_words, form.fields))) + context
    if not (CERTIFICATE.search(nearby) or NOTICE_TRADES.search(nearby)):
        return None
    asked = tuple(kind for kind, _ in reversed(_ASKED) if kind in kinds)
    is_sure = len(kinds) - (_CHOSEN in kinds) > 1
    return _Asked(form, asked, nearby, 1000 if is_sure else 850)


def _is_said_to_query(context: str, button: str, asked_count: int) -> bool:
    """Say whether the page around a form says what its button (确认, or none) does not."""
    if asked_count > 1 or not button:
        return bool(_QUERY.search(context[:_SAID_WITHIN]))
    return bool(_BUTTON.search(button) and _TITLE_CHECKS.search(context[:_TITLE_WITHIN]))


def _enrols(context: str) -> str:
    """Return the page's first words where it is for enrolling and queries nothing: what a form without a button is for."""
    subject = context[:_TITLE_WITHIN]
    return "" if _QUERY.search(subject) else subject


def _asks_without_words(form: Form, context: str) -> bool:
    """Say whether fields without any words stand before a button that queries what the title says is queried."""
    subject = context[:_TITLE_WITHIN]
    return (
        bool(_ASKS_QUERY.search(plain_words(form.button)) and _TITLE_QUERY.search(subject))
        and not is_article_title(subject)
        # A heading right above the first field is heard as its label.
        and not any(field.placeholder or (field.label and field.label not in subject) for field in form.fields)
    )


def _words(field: Field) -> str:
    return field.label or field.placeholder or field.name


def _kinds_of(field: Field) -> tuple[str, ...]:
    """Return what a field asks for, more than one where it leaves a choice (姓名/证书编号): its visible words decide, its name only where there are none."""
    for text in (plain_words(field.label), plain_words(field.placeholder), field.name):
        if _OF_GOODS.search(text):
            return ()
        # The words of a list of choices are heard as the next field's label too: only the list itself is a choice.
        parts = _CHOICES.split(text)
        kinds = [kind for part in parts if (kind := _kind_of(part, is_list=field.type == "select"))]
        if kinds:
            return tuple(dict.fromkeys(kinds))
    return ()


def _kind_of(text: str, *, is_list: bool) -> str:
    kinds = (kind for kind, pattern in _ASKED if text and pattern.search(text) and (kind != _CHOSEN or is_list))
    return next(kinds, "")


def _entrance(page: PageContent, *, poses: bool) -> str:
    """Return the words of a line that opens a query; empty: there is none, or the page is not about certificates."""
    if not is_about_certificates(page):
        return ""
    seen = page.text[:5000].split("\n")
    lines = [plain_words(line) for line in seen if len(line) <= 2 * _LONGEST_ENTRANCE and _MAY_ENTER.search(line)]
    found = next((line for line in lines if _ENTRANCE.search(line)), "")
    if found or not poses:
        return found
    return next((line for line in lines if len(line) <= _LONGEST_ENTRANCE and _LOOSE_ENTRANCE.search(line)), "")
