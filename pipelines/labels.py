"""Chinese names of values that staff both read and type: on the pages (`review_ui.wording`) and in a search (`pipelines.search`)."""

from detectors.model import CandidateKind, Level
from pipelines.model import FindingOutcome, RunVerdict

__all__ = [
    "ENGINE_ZH",
    "KIND_ZH",
    "LEVEL_ZH",
    "OUTCOME_ZH",
    "SOURCE_FAMILY_ZH",
    "SOURCE_ZH",
    "VERDICT_ZH",
    "source_label",
]

LEVEL_ZH = {Level.HIGH: "高", Level.MEDIUM: "中", Level.LOW: "低"}
KIND_ZH = {
    CandidateKind.SITE: "网站",
    CandidateKind.LISTING: "平台商品",
    CandidateKind.ADVERT: "搜索广告",
    CandidateKind.TEXT: "文字信息",
    CandidateKind.APP: "APP",
    CandidateKind.MINI_PROGRAM: "小程序",
    CandidateKind.ACCOUNT: "账号",
    CandidateKind.CERTIFICATE_PHOTO: "证书照片",
}
OUTCOME_ZH = {
    FindingOutcome.COUNTERFEIT: "假冒",
    FindingOutcome.NOT_COUNTERFEIT: "非假冒",
    FindingOutcome.UNDETERMINED: "无法认定",
    FindingOutcome.DUPLICATE: "重复线索",
}
VERDICT_ZH = {RunVerdict.GOOD: "正常", RunVerdict.LOOK: "需要查看", RunVerdict.BAD: "不可用"}
SOURCE_ZH = {
    "lookalike": "相似域名",
    "lookalikes": "相似域名",
    "snapshot": "官网快照",
    "snapshots": "官网快照",
    "engines": "搜索引擎",
    "platforms": "交易平台",
    "files": "文件",
    "rechecks": "复查",
    "recheck": "复查",
    "moved": "复查时跳转",
}
SOURCE_FAMILY_ZH = {"engine": "搜索", "platform": "平台", "file": "文件"}
ENGINE_ZH = {
    "baidu": "百度", "so360": "360 搜索", "sogou": "搜狗", "bing": "必应", "shenma": "神马", "toutiao": "头条", "weixin": "微信搜索（搜狗）",
    "quark": "夸克", "searxng": "SearXNG",
}  # fmt: skip


def source_label(source: str) -> str:
    """Return where something was found, in words: `engine:baidu` → `搜索：百度`."""
    family, _, name = source.partition(":")
    if not name:
        return SOURCE_ZH.get(source, source)
    return f"{SOURCE_FAMILY_ZH.get(family, family)}：{ENGINE_ZH.get(name, name)}"
