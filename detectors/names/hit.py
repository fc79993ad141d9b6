"""What a rule says about a name: the techniques of imitation, with their Chinese names and the signal each one gives."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["EMIT_FROM", "SIGNAL_CODES", "TECHNIQUE_NAMES", "NameHit", "Technique"]  # fmt: skip

EMIT_FROM = 400
"""Weaker hits are dropped: below this a name says as much about a lawful owner as about a counterfeiter."""


class Technique(StrEnum):
    """How a name imitates."""

    OFFICIAL_AS_PREFIX = "official_as_prefix"
    DOTS_TO_HYPHENS = "dots_to_hyphens"
    DOTS_DROPPED = "dots_dropped"
    MISSING_DOT = "missing_dot"
    OTHER_SUFFIX = "other_suffix"
    SUB_AND_BRAND = "sub_and_brand"
    BRAND_WITH_GOV = "brand_with_gov"
    BRAND_WITH_QUERY = "brand_with_query"
    BRAND_ON_OTHER_SUFFIX = "brand_on_other_suffix"
    MISSPELT = "misspelt"
    LOOKALIKE_LETTERS = "lookalike_letters"
    IDN_LOOKALIKE = "idn_lookalike"
    IDN_CHINESE = "idn_chinese"
    PINYIN = "pinyin"
    PLACE_AND_OFFICE = "place_and_office"
    GOV_CN_INSIDE = "gov_cn_inside"
    GOV_LABEL = "gov_label"
    HOTLINE = "hotline"


TECHNIQUE_NAMES = {
    Technique.OFFICIAL_AS_PREFIX: "官方域名作前缀",
    Technique.DOTS_TO_HYPHENS: "点换成连字符",
    Technique.DOTS_DROPPED: "去掉点",
    Technique.MISSING_DOT: "gov.cn 前缺点",
    Technique.OTHER_SUFFIX: "更换后缀",
    Technique.SUB_AND_BRAND: "子域名与机构标识组合",
    Technique.BRAND_WITH_GOV: "机构标识加政府字样",
    Technique.BRAND_WITH_QUERY: "机构标识加查询字样",
    Technique.BRAND_ON_OTHER_SUFFIX: "机构标识注册在其他后缀",
    Technique.MISSPELT: "字母增减、颠倒或替换",
    Technique.LOOKALIKE_LETTERS: "形近字母",
    Technique.IDN_LOOKALIKE: "国际化域名形近字符",
    Technique.IDN_CHINESE: "中文域名含官方名称",
    Technique.PINYIN: "拼音或缩写",
    Technique.PLACE_AND_OFFICE: "地名加政务、机构缩写",
    Technique.GOV_CN_INSIDE: "域名中部出现 gov.cn",
    Technique.GOV_LABEL: "以 gov 字样冒充",
    Technique.HOTLINE: "政务热线号码加字样",
}

_EMBEDDED = (
    Technique.OFFICIAL_AS_PREFIX,
    Technique.DOTS_TO_HYPHENS,
    Technique.DOTS_DROPPED,
    Technique.MISSING_DOT,
    Technique.OTHER_SUFFIX,
)
_BRAND = (
    Technique.SUB_AND_BRAND,
    Technique.BRAND_WITH_GOV,
    Technique.BRAND_WITH_QUERY,
    Technique.BRAND_ON_OTHER_SUFFIX,
    Technique.HOTLINE,
)
SIGNAL_CODES = (
    dict.fromkeys(_EMBEDDED, "name.official_embedded")
    | dict.fromkeys(_BRAND, "name.brand_context")
    | dict.fromkeys((Technique.MISSPELT, Technique.LOOKALIKE_LETTERS), "name.misspelt")
    | dict.fromkeys((Technique.IDN_LOOKALIKE, Technique.IDN_CHINESE), "name.idn_lookalike")
    | dict.fromkeys((Technique.PINYIN, Technique.PLACE_AND_OFFICE), "name.pinyin")
    | dict.fromkeys((Technique.GOV_CN_INSIDE, Technique.GOV_LABEL), "name.government_pretence")
)
"""Technique → row of `detectors.ruleset`. A hit that imitates no rostered host is always `name.government_pretence`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameHit:
    """One way in which a name imitates something official."""

    imitates: str
    """Rostered host; empty: some Chinese government host that is not in the roster."""
    technique: Technique
    score_permille: int
    span: tuple[int, int]
    """Start and end of the tell-tale part, counted in the name as people read it (`keywords.hosts.to_unicode`)."""
    reason: str
    """One Chinese sentence."""
    brand: str = ""
    """The official label or word used; empty: none in particular."""
