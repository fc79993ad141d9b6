"""Chinese names of values that staff both read and type: on the pages (`review_ui.wording`) and in a search (`pipelines.search`)."""

from detectors.model import CandidateKind, Level
from pipelines.model import FindingOutcome, RunVerdict

__all__ = [
    "ENGINE_ZH",
    "ITEM_PAGES",
    "KIND_ZH",
    "LEVEL_ZH",
    "OUTCOME_ZH",
    "PLATFORM_ZH",
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


PLATFORM_ZH = {
    "alibaba1688": "1688", "appstore_huawei": "华为应用市场", "appstore_other": "安卓应用商店", "appstore_xiaomi": "小米应用商店",
    "appstore_yyb": "应用宝", "douyin": "抖音", "jd": "京东", "kuaishou": "快手", "pinduoduo": "拼多多", "taobao": "淘宝",
    "tieba": "百度贴吧", "weibo": "微博", "wuba": "58同城", "wuba_lyg": "58同城（连云港）", "xianyu": "闲鱼", "xiaohongshu": "小红书",
    "zhihu": "知乎",
}  # fmt: skip
"""The shipped definitions; a county's own is shown by its name."""
_NAMES_ZH = {"engine": ENGINE_ZH, "platform": PLATFORM_ZH}
ITEM_PAGES = "/detail"
"""How counts of a platform's item pages are told from those of its searches."""


def source_label(source: str) -> str:
    """Return where something was found, in words: `engine:baidu` → `搜索：百度`."""
    family, _, name = source.partition(":")
    if not name:
        return SOURCE_ZH.get(source, source)
    plain = name.removesuffix(ITEM_PAGES)
    shown = _NAMES_ZH.get(family, {}).get(plain, plain)
    return f"{SOURCE_FAMILY_ZH.get(family, family)}：{shown}{'（条目页）' if name != plain else ''}"
