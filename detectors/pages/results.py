"""Pages that simply show one person's certificate, or call it valid: the landing page of the code on a fake certificate."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from detectors.model import PageContent, Quote
from detectors.pages.remembered import Remembered
from detectors.pages.seen import plain_words, quote
from detectors.pages.trades import NOTICE_TRADES, STATE_CERTIFICATE, STATE_TRADE, names_paper

__all__ = ["ShownCertificate", "listed_certificates", "shown_certificate"]

_VERDICT = re.compile(
    "(?:查[询验]结果|验证结果|核验结果|证书状态|证件状态|证书真伪|真伪|状态|验证状态)[\\s:：为]{0,3}(?:有效|真实|正常|合格|通过|真证|在有效期|一致|相符)(?![期至])"
    "|(?:查验|验证|核验|查询|认证)(?:有效|成功|通过|属实|[\\s:：]{0,2}(?:OK|PASS|[√✓✔]))|(?:证书|该证|此证|证件|证照)(?:真实)?(?:有效|属实)(?![期至])|(?:证书|信息)真实|系官方颁发|为?真实有效"
)
_ROW_VERDICT = re.compile("^(?:有效|正常|合格|在有效期)$", re.MULTILINE)
"""A table of several people has one in each row."""
_HOLDER = re.compile(
    "姓\\s{0,4}名|持证人|证书持有人|持有人|^[一-鿿][*＊×某]{1,2}(?:[ \u3000]{0,3}[男女](?:[ \u3000].{0,12})?)?$|^[一-鿿]{2,4}[ \u3000]{1,3}[男女](?:[ \u3000].{0,12})?$",
    re.MULTILINE,
)
"""Named by a label, or masked or beside the sex on a line of its own: a page that scripts fill has values without labels."""
_NUMBER = re.compile(
    "(?:证书|操作证|证件|证|档案)\\s{0,2}编?\\s?号码?|证书编号|身份证号?码?|T\\d{4}[\\d*]{6,}|[一-鿿]A\\d{8,14}|TS\\d[A-Z]\\d{6,}|注册(?:编号|证号)|(?:^|\\s)编\\s{0,4}号",
    re.MULTILINE,
)
_ORGAN = re.compile(
    "[发颁]证(?:机关|单位|部门|机构)|签发(?:机关|单位)|颁发(?:机关|单位|部门)|核发(?:机关|部门)|审批机关"
    "|^[一-鿿]{2,12}(?:应急(?:管理)?|(?:住房和城乡)?建设|市场监督管理|市场监管)(?:厅|局|委员会)(?:[核签颁]发)?$",
    re.MULTILINE,
)
_STATE = re.compile(
    "应急管理[部厅局]|安全生产监督|安监局|住房(?:和|与)?城乡建设(?:[部厅局]|委员会)|[住省市县]建设?[厅局]|市场监督管理|市场监管|应急[厅局](?!长)|人力资源|质量技术监督|人民政府"
)
_PERIOD = re.compile(
    "有效期|有效日期|截止日期|到期日期|批准日期|发证日期|初次?领证|初领日期|复审|审验|^到期"
    "|\\d{4}[-年./]\\d{1,2}[-月./]\\d{1,2}日?\\s?[至~—-]\\s?\\d{4}[-年./]\\d{1,2}|有效至|有效\\s?\\d{4}[-.年]|^至\\s?\\d{4}年",
    re.MULTILINE,
)
_TRADE_ROW = re.compile(
    "[业作员书件格位]类[别型]|^类别|[书件]名称|准操项目|操作项目|作业项目|作业种类|工\\s{0,4}种|岗\\s{0,4}位|职业名称|专业"
    "|注册类别|^(?:高处|电工|低压电工|高压电工|焊接与热切割|熔化焊接与热切割|登高架设|制冷与空调|锅炉|压力容器|气瓶|电梯|起重机?)作业(?:\\s|$)"
    "|^(?:起重机?指挥|司索工?|(?:塔式)?起重机司机|叉车司机|施工升降机司机|普通脚手架|附着升降脚手架)(?:\\s|$)",
    re.MULTILINE,
)
_ROWS = (("姓名", _HOLDER), ("证号", _NUMBER), ("有效期", _PERIOD), ("类别", _TRADE_ROW), ("发证机关", _ORGAN))
_FEWEST_ROWS, _FEWEST_ROWS_UNNAMED = 4, 2
"""Rows that make a record; rows beside a word of validity where nobody is named."""
_DETAILS = frozenset({"证号", "有效期", "类别"})
_FEW_IMAGES = 5
_VALUE = re.compile(
    "T\\d{4}[\\d*×]{4,}|\\d{3,5}[*×]{6,}[\\dxX]*|T?\\d{6}(?:\\d{8}|[\\d*xX×]{6,12})[\\dxX*]?|[一-鿿]{1,2}[A-Z]?\\d{8}[\\d*×]*|\\d{4}\\s?[-年./]\\s?\\d{1,2}(?:\\s?[-月./]\\s?\\d{1,2}|月?\\s?[至~—-]|月$)",
    re.MULTILINE,
)
"""A number or a date: a page that shows labels only is a form or an explanation."""
_FILING = re.compile("(?:ICP|网安)\\s*[备证]\\s*(?:字\\s*)?(?:第\\s*)?[A-Z\\d-]{6,}", re.IGNORECASE)
"""Every footer has such numbers; they are nobody's certificate."""
_WORKPLACE = re.compile(
    "项目部|施工单位|所属单位|所在单位|进场|班组|工地|标段|劳务|物业|用工|公司简介|员工风采|在职|入职|员工姓名|员工信息|持证人员|人员一览|花名册|名单|投标|中标|台账|工号|承包商|内网"
)
_SAMPLE = re.compile("示例|样例|样本|样张")
_CARD_NUMBER = re.compile(
    "T\\d{17}[\\dXx]|T\\d{2,17}[*×xX]{2,}[\\dxX*×]*|[一-鿿]建安[ABC]\\d?\\s?[（(]\\d{4}[)）]\\s?\\d{2}[\\d*×]{3,}|[一-鿿]A\\d{2}20\\d{2}[\\d*×]{4,}"
)
_FEWEST_LISTED = 2
_DATE = re.compile("(?:19|20)\\d{2}\\s?[-年./]\\s?\\d{1,2}")
_MOST_CARD_TEXT = 400
"""Drawn as a card: one operator's number, a date and the work, without the labels of a table."""
_MOST_RESULT_TEXT = 2_500
"""A longer page is an article or a list, not the answer to one scan."""
_SCALES = {
    "no_organ": 550,
    "no_organ_but_of_state": 750,
    "no_organ_on_card": 900,
    "workplace": 350,
    "sample": 500,
    "own": 400,
    "neighbour": 800,
}
_SUPERVISED = re.compile(
    "中华人民共和国\\s?[一-鿿]{2,14}[证部]|(?:应急管理部|住房和?城乡建设部|国家市场监督管理总局|应急部|住建部)(?:监制|印制|印发|证书)"
)
"""Printed on real cards, and on what imitates them."""


@dataclass(frozen=True, slots=True)
class ShownCertificate:
    """One person's certificate on a page nobody asked a question."""

    words: str
    """The words that call it valid, or the names of the rows shown."""
    quote: Quote
    is_called_valid: bool
    scale_permille: int


def _shown(page: PageContent) -> ShownCertificate | None:
    text = page.text
    if not text or len(text) > _MOST_RESULT_TEXT:
        return None
    rows = [(name, found) for name, row in _ROWS if (found := row.search(text))]
    verdict = _VERDICT.search(text) or (_ROW_VERDICT.search(text) if len(rows) >= _FEWEST_ROWS else None)
    is_one = bool(verdict) and len(rows) >= _FEWEST_ROWS_UNNAMED and _shows_values(text)
    is_card = _is_card(text)
    if not (is_one or is_card or _HOLDER.search(text)) or _lists_people(text):
        return None
    subject = plain_words(" ".join((page.title, *(image.alt for image in page.images[:_FEW_IMAGES]), text)))
    if not names_paper(subject):
        return None
    if verdict and (_is_detailed(rows) or _STATE.search(subject)):
        shown = quote("text", text, verdict.start(), verdict.end())
        return ShownCertificate(verdict.group(), shown, True, _scale(text, subject))
    if not (is_card or len(rows) >= _FEWEST_ROWS) or not _shows_values(text):
        return None
    first = rows[0][1]
    words = "、".join(name for name, _ in rows)
    return ShownCertificate(words, quote("text", text, first.start(), first.end()), False, _scale(text, subject))


def _shows_values(text: str) -> bool:
    return bool(_VALUE.search(_FILING.sub("", text)))


def _is_card(text: str) -> bool:
    if len(text) > _MOST_CARD_TEXT or len(_CARD_NUMBER.findall(text)) != 1:
        return False
    return bool(_DATE.search(text) or _SUPERVISED.search(text))


def _lists_people(text: str) -> bool:
    return len(_HOLDER.findall(text)) > 2 or len(_ROW_VERDICT.findall(text)) > 1  # noqa: PLR2004


def listed_certificates(page: PageContent) -> Quote | None:
    """Return the first number of a short register of operators' certificates with their terms; None: the page shows none.

    Employers and schools list people too: only beside the name of a state body does it say anything.
    """
    text = page.text
    numbers = list(_CARD_NUMBER.finditer(text)) if len(text) <= _MOST_RESULT_TEXT else []
    if len(numbers) < _FEWEST_LISTED or not (_PERIOD.search(text) and _TRADE_ROW.search(text)):
        return None
    return quote("text", text, numbers[0].start(), numbers[0].end())


def _is_detailed(rows: Sequence[tuple[str, re.Match[str]]]) -> bool:
    """Say whether a number, a period or a kind of work is shown."""
    return any(name in _DETAILS for name, _ in rows)


shown_certificate: Remembered[PageContent, ShownCertificate | None] = Remembered(_shown)
"""Return the certificate a page shows; None: it shows none."""


def _scale(text: str, subject: str) -> int:
    scale = 1000
    if not (_ORGAN.search(text) and _STATE.search(text)) and not _SUPERVISED.search(subject):
        scale = scale * _SCALES[_unsigned(text, subject)] // 1000
    if _SAMPLE.search(text):
        scale = scale * _SCALES["sample"] // 1000
    if _WORKPLACE.search(text):
        scale = scale * _SCALES["workplace"] // 1000
    if not (NOTICE_TRADES.search(subject) or STATE_TRADE.search(subject)):
        scale = scale * _SCALES["neighbour"] // 1000
    return scale


def _unsigned(text: str, subject: str) -> str:
    """Return which scale a certificate has that names nobody who issued it."""
    if _is_card(text):
        return "no_organ_on_card"
    return "no_organ_but_of_state" if STATE_CERTIFICATE.search(subject) or STATE_TRADE.search(subject) else "no_organ"
