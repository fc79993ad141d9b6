"""The letters that stand before numbers: provinces in ICP filings and police filings, their area codes, and joke registries.

Filings and police numbers use different letters for some provinces (蜀ICP备 beside 川公网安备), and pages mix them up; `same_letter`
makes one of both. Area codes are the first two digits of GB/T 2260.
"""

__all__ = [
    "AREA_CODES",
    "INVENTED_FAMILY",
    "PARODY_HEADS",
    "PARODY_HOSTS",
    "PROVINCES",
    "PROVINCE_NAMES",
    "plain_form",
    "same_letter",
]

PROVINCES = "京津沪渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼蜀川黔贵滇云藏陕秦陇甘青宁新"
"""Every letter seen before a number that an authority gave out."""
_SAME = str.maketrans("川贵云甘秦", "蜀黔滇陇陕")

AREA_CODES = {
    "京": "11", "津": "12", "冀": "13", "晋": "14", "蒙": "15", "辽": "21", "吉": "22", "黑": "23", "沪": "31", "苏": "32", "浙": "33",
    "皖": "34", "闽": "35", "赣": "36", "鲁": "37", "豫": "41", "鄂": "42", "湘": "43", "粤": "44", "桂": "45", "琼": "46", "渝": "50",
    "蜀": "51", "黔": "52", "滇": "53", "藏": "54", "陕": "61", "陇": "62", "青": "63", "宁": "64", "新": "65",
}  # fmt: skip
"""Letter (as `same_letter` gives it) → first two digits of a police number given out there."""

PROVINCE_NAMES = {
    "北京": "京", "天津": "津", "上海": "沪", "重庆": "渝", "河北": "冀", "山西": "晋", "内蒙古": "蒙", "辽宁": "辽", "吉林": "吉", "黑龙江": "黑",
    "江苏": "苏", "浙江": "浙", "安徽": "皖", "福建": "闽", "江西": "赣", "山东": "鲁", "河南": "豫", "湖北": "鄂", "湖南": "湘", "广东": "粤",
    "广西": "桂", "海南": "琼", "四川": "蜀", "贵州": "黔", "云南": "滇", "西藏": "藏", "陕西": "陕", "甘肃": "陇", "青海": "青", "宁夏": "宁", "新疆": "新",
}  # fmt: skip

PARODY_HEADS = tuple(
    sorted(
        (
            "云团子",
            "团子",
            "萌国",
            "喵呜",
            "星空",
            "二次元",
            *"萌茶喵团雾星端梦猫狐鲨鸭鹿熊兔狗鱼糖初绒月樱柠奶酥鸽鲸猹魔妖",
        ),
        key=len,
        reverse=True,
    )
)
"""What joke registries put before `ICP备`; no province is written so."""
PARODY_HOSTS = frozenset(
    (
        "icp.gov.moe", "icp.moe", "gov.moe", "icp.redcha.cn", "icp.hentioe.dev", "icp.yuntz.cn", "icp.star-icp.cn", "icp.starmc.top",
        "beian.moe", "icp.sdo.moe", "moeicp.com", "icp.yuanchu.top", "gov.nyan.run",
    )
)  # fmt: skip
"""Hosts of joke registries."""
INVENTED_FAMILY = "icp.gov."
"""Any host that begins so and is not below gov.cn plays the registry."""

_TRADITIONAL = str.maketrans("備號證蘇滬贛遼魯晉陝隴寧貴雲瓊閩網標識碼編", "备号证苏沪赣辽鲁晋陕陇宁贵云琼闽网标识码编")
_FORM = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    | {ord(dash): "-" for dash in "‐‑‒–—―−﹣﹘ー_－＿"}
    | {ord(blank): " " for blank in "\u3000\xa0\u2002\u2003\u2009\u200a\u202f\u200b\u200c\u200d\u2060\ufeff\u00ad\t\r"}
)
_SIGNS = str.maketrans("【〔〖［】〕〗］Ⅰ⓪①②③④⑤⑥⑦⑧⑨〇ІⒾⓘСⒸⓒРⓅⓟіср", "[[[[]]]]I01234567890IIICCCPPPicp")
_PLAIN = {**_FORM, **_TRADITIONAL, **_SIGNS}


def plain_form(text: str) -> str:
    """Return the text with half-width letters and digits, one sort of dash, bracket and blank, simplified characters; offsets stay the same."""
    return text.translate(_PLAIN)


def same_letter(letter: str) -> str:
    """Return the letter that filings use for the province: 川 and 蜀 are one."""
    return letter.translate(_SAME)
