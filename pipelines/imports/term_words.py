"""What departments call columns, kinds and meanings in their lists of terms, in Chinese and in English."""

import re
from collections.abc import Mapping, Sequence

from keywords.model import TermKind

__all__ = [
    "AUTHORITIES",
    "CHINESE",
    "KINDS",
    "KIND_NAMES",
    "SENSES",
    "STATUS",
    "TEMPLATE",
    "WEIGHTS",
    "YES",
    "field_of",
    "is_header",
]

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "text": ("关键词", "关键字", "词条", "敏感词", "暗语", "黑话", "违规词", "监测词", "搜索词", "证书名称", "词语", "名称", "词", "keyword", "keywords", "term", "text", "word"),
    "kind": ("类别", "类型", "分类", "种类", "词性", "kind", "type", "category"),
    "sense": ("含义", "细类", "子类", "小类", "具体含义", "sense", "meaning"),
    "variants": ("同义词", "其他写法", "变体", "别名", "别称", "俗称", "简称", "近义词", "谐音", "异体写法", "variants", "variant", "aliases", "alias", "synonyms"),
    "weight": ("权重", "强度", "重要程度", "风险等级", "weight"),
    "authority": ("发证部门", "发证机关", "发证机构", "证书主管部门", "authority", "issuer"),
    "is_ambiguous": ("是否歧义", "有歧义", "歧义", "多义", "易误报", "isambiguous", "ambiguous"),
    "is_neighbour": ("相邻证书", "邻近证书", "非治理对象", "isneighbour", "neighbour", "neighbor"),
    "department": ("提供部门", "提供单位", "报送部门", "报送单位", "来源部门", "来源单位", "提出部门", "提出单位", "填报单位", "主管部门", "部门", "单位", "department"),
    "notice": ("文号", "通知文号", "发文字号", "文件号", "文件编号", "依据文号", "notice", "noticenumber"),
    "listed_on": ("提供日期", "报送日期", "发文日期", "印发日期", "填报日期", "更新日期", "日期", "时间", "date", "listedon"),
    "source": ("来源", "依据", "文件名称", "通知名称", "出处", "source"),
    "status": ("状态", "status"),
}  # fmt: skip
_FIELD_OF = {name: field for field, names in _COLUMNS.items() for name in names}
_ENDINGS = tuple(
    sorted((name for name in _FIELD_OF if len(name) > 1 and not name.isascii()), key=lambda name: (-len(name), name))
)
_TOO_GENERAL = frozenset({"名称", "单位", "部门", "时间"})
CHINESE = {field: names[0] for field, names in _COLUMNS.items()}
"""Field → the column's name in the template."""
TEMPLATE = (
    ("关键词", "类别", "含义", "同义词", "权重", "发证部门", "是否歧义", "相邻证书", "提供部门", "文号", "提供日期", "来源", "状态"),
    ("示例证", "证书", "", "示例操作证|示例上岗证", "强", "应急", "否", "否", "示例县应急管理局", "示应急〔2026〕1号", "2026-06-01", "涉假关键词清单", "示例"),
)  # fmt: skip
"""Header and one example row; a row whose 状态 is 示例 is passed over."""

KINDS = {
    "证书": TermKind.CERTIFICATE, "证书名称": TermKind.CERTIFICATE, "证件": TermKind.CERTIFICATE, "证书类": TermKind.CERTIFICATE, "工种": TermKind.CERTIFICATE,
    "机构": TermKind.AUTHORITY, "部门": TermKind.AUTHORITY, "发证机关": TermKind.AUTHORITY, "兜售": TermKind.OFFER, "售卖": TermKind.OFFER, "买卖": TermKind.OFFER,
    "办证": TermKind.OFFER, "代办": TermKind.OFFER, "造假": TermKind.OFFER, "制假售假": TermKind.OFFER, "暗语": TermKind.OFFER, "黑话": TermKind.OFFER,
    "违规词": TermKind.OFFER, "敏感词": TermKind.OFFER, "承诺": TermKind.PROMISE, "话术": TermKind.PROMISE, "虚假宣传": TermKind.PROMISE, "营销话术": TermKind.PROMISE,
    "时效": TermKind.SPEED, "速度": TermKind.SPEED, "付款": TermKind.PAYMENT, "支付": TermKind.PAYMENT, "价格": TermKind.PAYMENT, "渠道": TermKind.CHANNEL, "平台": TermKind.CHANNEL,
    "联系方式": TermKind.CONTACT, "联系": TermKind.CONTACT, "借口": TermKind.EXCUSE, "掩护": TermKind.EXCUSE, "警示": TermKind.WARNING, "提示": TermKind.WARNING,
    "合法": TermKind.LAWFUL, "合法培训": TermKind.LAWFUL, **{kind.value: kind for kind in TermKind},
}  # fmt: skip
KIND_NAMES = {
    TermKind.CERTIFICATE: "证书",
    TermKind.AUTHORITY: "机构",
    TermKind.OFFER: "兜售",
    TermKind.PROMISE: "承诺",
    TermKind.SPEED: "时效",
    TermKind.PAYMENT: "付款",
    TermKind.CHANNEL: "渠道",
    TermKind.CONTACT: "联系方式",
    TermKind.EXCUSE: "借口",
    TermKind.WARNING: "警示",
    TermKind.LAWFUL: "合法",
}
"""Kind → the word on screen."""
SENSES: Mapping[TermKind, Mapping[str, str]] = {
    TermKind.OFFER: {"代办": "agency", "办证": "agency", "伪造": "forgery", "造假": "forgery", "假证": "forgery", "替考": "proxy", "代考": "proxy", "只要身份证": "identity_only", "挂靠": "rental"},
    TermKind.PROMISE: {"免考": "no_exam", "免培训": "no_exam", "包过": "pass", "保过": "pass", "可查": "verify", "官网可查": "verify", "免审": "no_review", "免复审": "no_review"},
    TermKind.WARNING: {"提醒": "advice", "通报": "official", "报道": "narrative", "案例": "narrative"},
    TermKind.LAWFUL: {"培训": "training", "不承诺": "denial", "官方": "official"},
}  # fmt: skip
"""Kind → Chinese word → sense; the senses themselves are understood too. Kinds not named here have no senses."""
WEIGHTS = {"1": 1, "2": 2, "3": 3, "弱": 1, "中": 2, "强": 3, "低": 1, "高": 3, "一般": 1, "较强": 2}
AUTHORITIES = ("应急", "住建", "市监", "矿山", "人社", "消防", "公安", "交通", "水利", "能源", "通信", "卫健", "教育", "民航")  # fmt: skip
YES = {"是": True, "yes": True, "y": True, "true": True, "1": True, "否": False, "no": False, "n": False, "false": False, "0": False}  # fmt: skip
STATUS = {"": False, "启用": False, "正常": False, "有效": False, "新增": False, "active": False, "停用": True, "撤销": True, "废止": True, "删除": True, "withdrawn": True, "示例": False, "example": False}  # fmt: skip
_MIN_NAMED_COLUMNS = 2


def field_of(column: str) -> str:
    """Return the field a column holds, or an empty text: it is none of ours. 违规关键词（必填） is read by its end."""
    name = re.sub(r"[(（\[【].*?[)）\]】]|[\s_\-*:：、。]+", "", column).lower()
    if name in _FIELD_OF:
        return _FIELD_OF[name]
    return next((_FIELD_OF[end] for end in _ENDINGS if end not in _TOO_GENERAL and name.endswith(end)), "")


def is_header(cells: Sequence[str]) -> bool:
    """Say whether a row names the columns: the term's and at least one other, or the term's and nothing else."""
    named = [cell for cell in cells if cell.strip()]
    fields = {field_of(cell) for cell in named} - {""}
    return "text" in fields and (len(fields) >= _MIN_NAMED_COLUMNS or len(named) == 1)
