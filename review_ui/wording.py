"""Every Chinese word staff read that stands for a value in code, keyed by enum. One concept, one word.

`label` takes any member of the enums below; a test holds that none is missing. Sentences that stand only once on a page are in the templates.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from detectors.model import CandidateKind, Direction, EvidenceKind, Level, Profile, Signal
from pipelines.labels import KIND_ZH, LEVEL_ZH, OUTCOME_ZH, VERDICT_ZH, source_label
from pipelines.lifecycle import STATUS_ZH
from pipelines.model import FindingOutcome, LeadAct, LeadSort, LeadStatus, Role, RunVerdict
from pipelines.rechecks.record import STATE_ZH, RecheckState
from review_ui.permissions import Permission

__all__ = [
    "DISMISSALS", "FACETS", "FIELD_HELP", "LEVEL_SHAPES", "REOPENINGS", "ROLE_DUTIES", "SALE_CONFIRMATIONS", "SITE_CONFIRMATIONS", "STATUS_MEANINGS", "VERDICT_SHAPES", "evidence_label", "facet_label", "label",
    "quote_place", "short_reason", "shown_order", "source_label", "work_label",
]  # fmt: skip

STATUS_MEANINGS = {
    LeadStatus.NEW: "机器发现，还没有人看过",
    LeadStatus.SCREENING: "已有人开始甄别，尚未下结论",
    LeadStatus.CONFIRMED: "发证部门认定为假冒，可以导出处置清单和下架函",
    LeadStatus.DISMISSED: "认定不是假冒；再次出现新内容时会重新提醒",
    LeadStatus.DISPOSING: "正在采取措施",
    LeadStatus.REFERRED: "已正式移送其他单位",
    LeadStatus.ACTIONED: "承办单位已反馈结果",
    LeadStatus.VERIFIED: "复核确认已经处置到位",
    LeadStatus.CLOSED: "办结销号",
}
LEVEL_SHAPES = {Level.HIGH: "▲", Level.MEDIUM: "■", Level.LOW: "●"}
"""The level is a word, a shape and a number: never colour alone."""
_ROLE = {
    Role.ADMIN: "系统管理员",
    Role.CYBERSPACE: "网信办",
    Role.ISSUER_CONSTRUCTION: "住建局",
    Role.ISSUER_EMERGENCY: "应急管理局",
    Role.ISSUER_MARKET: "市监局（特种设备）",
    Role.MARKET: "市监局（网络监管）",
    Role.POLICE: "公安局",
    Role.TELECOM: "通管办",
}
ROLE_DUTIES = {
    Role.ADMIN: "管理账号，查看和停止巡查，不作结论",
    Role.CYBERSPACE: "甄别网站，导出处置清单",
    Role.ISSUER_CONSTRUCTION: "认定涉建筑类证书的真假",
    Role.ISSUER_EMERGENCY: "认定涉应急类证书的真假，牵头专班",
    Role.ISSUER_MARKET: "认定特种设备类证书的真假",
    Role.MARKET: "督促平台下架，监测广告",
    Role.POLICE: "查阅线索，调取证据",
    Role.TELECOM: "按处置清单核查备案、停止接入",
}
_ACT = {
    LeadAct.SIGHTED: "发现",
    LeadAct.RESURFACED: "再次出现",
    LeadAct.REASSESSED: "重新初判",
    LeadAct.SCREENING_STARTED: "开始甄别",
    LeadAct.CONFIRMED: "确认假冒",
    LeadAct.DISMISSED: "排除",
    LeadAct.REOPENED: "重新打开",
    LeadAct.DECISION_UNDONE: "撤销结论",
    LeadAct.ASSIGNED: "交办",
    LeadAct.COMMENTED: "备注",
    LeadAct.EXPORTED: "导出",
    LeadAct.RECHECKED: "复查",
}
_EVIDENCE = {
    EvidenceKind.BODY: "网页原文",
    EvidenceKind.RESPONSE: "响应记录",
    EvidenceKind.SCREENSHOT: "截图",
    EvidenceKind.HOST_FACTS: "域名事实",
    EvidenceKind.LISTING: "商品原始数据",
    EvidenceKind.ADVERT: "广告原始数据",
    EvidenceKind.IMAGE: "条目图片",
}
_PROFILE = {
    Profile.DESKTOP: "电脑",
    Profile.PHONE: "手机",
    Profile.WECHAT: "微信内",
    Profile.RENDERED: "电脑（浏览器渲染）",
    Profile.RENDERED_PHONE: "手机（浏览器渲染）",
    Profile.FILE: "人工提交",
}
VERDICT_SHAPES = {RunVerdict.GOOD: "✓", RunVerdict.LOOK: "■", RunVerdict.BAD: "▲"}
_SORT = {LeadSort.SCORE: "风险", LeadSort.LATEST: "最近发现", LeadSort.OLDEST: "最早发现"}
_PERMISSION = {
    Permission.EVIDENCE_DOWNLOAD: "下载证据",
    Permission.EVIDENCE_VERIFY: "校验证据",
    Permission.EXPORT_DELISTING: "导出平台下架函",
    Permission.EXPORT_TAKEDOWN: "导出处置清单",
    Permission.LEAD_CONFIRM: "确认假冒",
    Permission.LEAD_DISMISS: "排除线索",
    Permission.LEAD_READ: "查看线索",
    Permission.LEAD_REOPEN: "重新打开线索",
    Permission.LEAD_SCREEN: "甄别线索",
    Permission.RUN_READ: "查看巡查",
    Permission.RUN_STOP: "停止巡查",
}
_DIRECTION = {Direction.FOR: "支持怀疑", Direction.AGAINST: "反对怀疑"}

_LABELS: Mapping[type[StrEnum], Mapping[Any, str]] = {
    LeadStatus: STATUS_ZH,
    Level: LEVEL_ZH,
    CandidateKind: KIND_ZH,
    Role: _ROLE,
    FindingOutcome: OUTCOME_ZH,
    LeadAct: _ACT,
    EvidenceKind: _EVIDENCE,
    Profile: _PROFILE,
    LeadSort: _SORT,
    Direction: _DIRECTION,
    RecheckState: STATE_ZH,
    Permission: _PERMISSION,
    RunVerdict: VERDICT_ZH,
}

FACETS: dict[str, tuple[str, type[StrEnum] | None]] = {
    "status": ("状态", LeadStatus),
    "level": ("等级", Level),
    "kind": ("类型", CandidateKind),
    "imitates": ("仿冒对象", None),
    "source": ("来源", None),
    "outcome": ("认定结论", FindingOutcome),
    "recheck": ("复查结果", RecheckState),
    "assignee": ("承办人", None),
}
"""Filters of the queue in the order they are shown: field → (heading, enum of its values or None for free text)."""

FIELD_HELP = {
    "status": "线索状态",
    "level": "机器初判的等级：高、中、低",
    "kind": "网站、平台商品、搜索广告、账号等",
    "imitates": "仿冒哪个官方网站",
    "source": "从哪里发现：百度、闲鱼、相似域名等",
    "assignee": "承办人的账号；“无”为还没有人",
    "recheck": "移送后复查：仍在、内容已变、已停放、已消失、对我方屏蔽、已转移",
    "outcome": "认定结论：假冒、非假冒、无法认定、重复线索",
    "platform": "商品所在平台",
    "seller": "卖家代号，同一卖家相同",
    "id": "线索编号",
    "host": "域名中的一段",
    "url": "网址中的一段，含跳转后的地址",
    "title": "标题中的一段",
    "query": "由哪个关键词搜到",
    "score": "机器初判分值，0 到 1000",
    "count": "不同内容的发现次数",
    "first": "首次发现的日期",
    "last": "最近一次发现的日期",
    "due": "办理期限；“无”为没有期限",
}
"""What each field of a search means, by its code in `pipelines.search.fields`."""

SITE_CONFIRMATIONS = (
    "经核对，不是我部门的查询网站，页面冒用官方名称或标识",
    "页面可查询到虚假证书信息，用于配合假证使用",
    "冒用其他单位备案号，网站主体与自称机关不符",
    "公开售卖或代办安全生产类证书",
)
SALE_CONFIRMATIONS = (
    "公开售卖或代办安全生产类证书",
    "承诺免考、包过或官网可查，实为售卖假证",
    "冒用官方名称招揽办证",
)
"""Reasons to confirm: of sites, and of listings, adverts and everything else."""

REOPENINGS = ("有新的证据或情况", "结论有误，需要重新甄别", "处置后再次出现")

DISMISSALS = {
    "官方网站或机关所属网站，非假冒": FindingOutcome.NOT_COUNTERFEIT,
    "新闻报道、警示通报或辟谣内容": FindingOutcome.NOT_COUNTERFEIT,
    "合法培训机构正常招生或报考信息": FindingOutcome.NOT_COUNTERFEIT,
    "域名停放或无实际内容，暂不处置": FindingOutcome.UNDETERMINED,
    "现有证据不足，无法认定": FindingOutcome.UNDETERMINED,
    "与其他线索重复": FindingOutcome.DUPLICATE,
}
"""Reasons to dismiss, each with the finding it stands for."""

_SHORT_REASONS = {
    "name.official_embedded": "域名嵌入官方域名",
    "name.brand_context": "域名拼接官方标识“{brand}”",
    "name.misspelt": "域名与官方仅差一两个字符",
    "name.idn_lookalike": "域名用形近字符",
    "name.pinyin": "域名用拼音或缩写",
    "name.government_pretence": "域名伪装成政府域名",
    "identity.claims_official_site": "冒用官方网站名称",
    "identity.claims_authority": "以“{claim}”名义出现",
    "identity.invented_body": "自称的机构不存在",
    "identity.government_layout": "设有政府网站栏目",
    "identity.site_tags_mismatch": "页面标签与域名不符",
    "query_form.certificate": "要求填写{fields}",
    "query_form.static_result": "直接显示“{result}”",
    "query_form.static_record": "直接展示一人的证书",
    "query_form.state_certificate": "查询只由国家机关签发的证书",
    "clone.text": "文字与官方相似 {percent}%",
    "clone.structure": "结构与官方相似 {percent}%",
    "clone.saved_copy": "源码注明复制自官方网站",
    "clone.framed": "嵌入官方网站",
    "clone.screenshot": "截图与官方相似",
    "clone.icon": "图标与官方相同",
    "clone.assets": "引用官方网站文件",
    "filing.absent": "没有备案号",
    "filing.parody": "玩笑备案号“{number}”",
    "filing.malformed": "备案号不合规",
    "filing.copied": "冒用他人备案号",
    "filing.registry_other_host": "备案号属于 {holder}",
    "filing.registry_number_differs": "备案号与登记不符",
    "filing.registry_cancelled": "备案已{status}",
    "filing.registry_unknown_number": "备案库查不到该号",
    "filing.registry_absent": "备案库没有本域名",
    "filing.holder_mismatch": "备案主体是 {holder}",
    "police_filing.malformed": "公安备案号不合规",
    "police_filing.copied": "冒用公安备案号",
    "site_code.malformed": "标识码不合规",
    "site_code.copied": "冒用政府网站标识码",
    "site_code.off_government": "非政府域名使用标识码",
    "offer.certificate_sale": "出售或代办证书“{certificate}”",
    "offer.no_exam": "“{term}”",
    "offer.guaranteed_pass": "“{term}”",
    "offer.verifiable": "“{term}”",
    "offer.speed": "“{term}”",
    "offer.payment": "“{term}”",
    "offer.contact": "留有{contact}",
    "offer.price": "标价 {price}",
    "offer.disguised": "变体文字“{written}”",
    "offer.excuse": "“{term}”",
    "offer.forgery": "制作假证“{term}”",
    "offer.identity_only": "“{term}”",
    "offer.no_review": "“{term}”",
    "offer.proxy_exam": "“{term}”",
    "official.rostered": "在官方网站名录中",
    "official.government_host": "政府域名",
    "context.warning": "警示或报道",
    "context.lawful_training": "正规培训信息",
    "context.negated": "否定或劝阻",
    "context.question": "提问或求职",
    "page.parked": "域名停放页",
    "page.open_source": "开源项目页面",
    "page.news": "新闻文章",
    "filing.consistent": "备案一致",
    "link.official_only": "链接指向官方",
}
"""Signals in a few words for the queue's one line, by code; filled with the signal's data."""

_PLACES = {
    "host": "域名",
    "url": "网址",
    "title": "标题",
    "text": "正文",
    "footer": "页脚",
    "form": "表单",
    "meta": "页面标签",
    "link": "链接",
    "listing": "商品信息",
    "advert": "广告",
    "facts": "登记信息",
    "heading": "页面抬头",
    "image": "图片名称",
    "top": "页面开头",
    "bottom": "页面末尾",
}

_WORK = {
    "name": "相似域名",
    "plan": "安排查询词",
    "query": "搜索词",
    "listing_page": "平台页",
    "visit": "访问网站",
    "snapshot": "官网快照",
    "file": "文件",
    "recheck": "复查网站",
    "recheck_listing": "复查平台条目",
    "recheck_advert": "复查搜索广告",
    "rechecks": "复查",
    "created": "新线索",
    "updated": "更新线索",
    "unchanged": "没有变化",
    "resurfaced": "再次出现",
    "observations": "观测记录",
    "below_threshold": "未达线索标准",
    "lines_without_name": "无域名的行",
    "listing_search_pages": "平台搜索页",
    "looks_failed": "访问失败",
    "visits_failed": "未能打开的网址",
    "names_existing": "已存在的域名",
    "names_matched": "匹配的域名",
    "names_probed": "已查询的域名",
    "official_rows": "官方结果",
    "result_pages": "搜索结果页",
    "pages": "结果页",
    "rows": "结果",
    "adverts": "广告",
    "failed": "失败",
    "no_lead": "未达线索标准",
    "query_pages_absent": "没有的官方查询页",
    "images_failed": "未取得的图片",
}


def label(value: StrEnum) -> str:
    """Return the Chinese label of an enum member. Raises KeyError for an enum or a member that has none."""
    return _LABELS[type(value)][value]


def facet_label(field: str, value: str) -> str:
    """Return how a facet's value reads; values that are no enum stay as they are, unknown ones too."""
    if field == "source":
        return source_label(value)
    enum = FACETS[field][1]
    if enum is None:
        return value or "（无）"
    return _LABELS[enum].get(value, value or "（无）")


def shown_order(enum: type[StrEnum]) -> list[str]:
    """Return an enum's values in the order staff see them (the highest level first)."""
    return [str(member) for member in _LABELS[enum]]


def short_reason(signal: Signal) -> str:
    """Return the signal in a few words; one without a short form says its whole sentence."""
    try:
        return _SHORT_REASONS[signal.code].format(**dict(signal.data))
    except (KeyError, IndexError, ValueError):
        return signal.reason


def evidence_label(label: str) -> str:
    """Return what an evidence item is labelled with, in words: a look's profile, or the label as it stands."""
    return _LABELS[Profile].get(label, label)


def quote_place(where: str) -> str:
    """Return the Chinese name of the place a quote comes from."""
    return _PLACES.get(where, where)


def work_label(name: str) -> str:
    """Return the Chinese name of a kind of work item or outcome of a run."""
    return _WORK.get(name, name)
