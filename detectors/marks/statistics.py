"""Accounts a page reports to: statistics, adverts, chat and webmaster services, as their snippets are pasted into markup.

Forms are those of the vendors' own snippets, old and new, also the percent-encoded ones that `document.write` hides.
"""

import re
from collections.abc import Iterator
from itertools import islice

from detectors.marks.model import Mark, MarkKind, lowered

__all__ = ["is_vendor_script", "service_accounts"]

_ASK = r"(?:\?|%3F)"
_IS = r"(?:=|%3D)"
_FORMS: tuple[tuple[MarkKind, str, re.Pattern[str]], ...] = tuple(
    (kind, needle, re.compile(form, re.IGNORECASE))
    for kind, needle, form in (
        (MarkKind.BAIDU_TONGJI, "hm.baidu.com", rf"hm\.baidu\.com/h(?:m)?\.(?:js|gif){_ASK}(?:si=)?([0-9a-f]{{32}})(?![0-9a-f])"),
        (MarkKind.BAIDU_TONGJI, "hm.baidu.com", r"hm\.baidu\.com/hm\.js\??['\"]\s{0,3}\+\s{0,3}['\"]\??([0-9a-f]{32})(?![0-9a-f])"),
        (MarkKind.CNZZ, "cnzz.com/", rf"cnzz\.com/[a-z_]{{1,12}}\.(?:php|js){_ASK}(?:[a-z_]{{1,10}}{_IS}\w{{1,20}}(?:&amp;|&|%26)){{0,4}}(?:web_)?id{_IS}(\d{{5,12}})(?!\d)"),
        (MarkKind.CNZZ, "cnzz_stat_icon_", r"cnzz_stat_icon_(\d{5,12})(?!\d)"),
        (MarkKind.LA51, "51.la", r"(?:js\.users|web\.users|users|ia|sdk)\.51\.la/(\d{4,12})\.(?:js|asp)"),
        (MarkKind.LA51, "51.la", rf"www\.51\.la/{_ASK}(\d{{4,12}})(?!\d)"),
        (MarkKind.LA51, "ck", r"\{\s{0,5}['\"]?id['\"]?\s{0,3}:\s{0,3}['\"]([0-9A-Za-z]{10,24})['\"]\s{0,3},\s{0,3}['\"]?ck['\"]?\s{0,3}:"),
        (MarkKind.LA51, "51.la", rf"sdk\.51\.la/js-sdk-pro\.min\.js{_ASK}id{_IS}([0-9A-Za-z]{{10,24}})"),
        (MarkKind.GOOGLE_ANALYTICS, "ua-", r"(?<![\w-])(UA-\d{4,10})-\d{1,4}(?![\w-])"),
        (MarkKind.GOOGLE_ANALYTICS, "g-", r"['\"=/](G-[A-Z0-9]{8,12})(?![\w-])"),
        (MarkKind.GOOGLE_TAG, "gtm-", r"(?<![\w-])(GTM-[A-Z0-9]{5,9})(?![\w-])"),
        (MarkKind.ADSENSE, "pub-", r"(?<![\w-])((?:ca-)?pub-\d{16})(?!\d)"),
        (MarkKind.SITE_VERIFICATION, "google-site-verification", r"name=['\"]google-site-verification['\"]\s{1,5}content=['\"]([\w-]{20,60})['\"]"),
        (MarkKind.SITE_VERIFICATION, "google-site-verification", r"content=['\"]([\w-]{20,60})['\"]\s{1,5}name=['\"]google-site-verification['\"]"),
        (MarkKind.CUSTOMER_SERVICE, "53kf.com", r"(53kf\.com/code/(?:code|client|app)/[0-9a-f]{5,40})(?![0-9a-f])"),
        (MarkKind.CUSTOMER_SERVICE, "meiqia.com", r"meiqia\.com[\s\S]{0,200}?entId['\"]?\s{0,3}[,:]\s{0,3}['\"]?(\w{3,40})"),
        (MarkKind.CUSTOMER_SERVICE, "tawk.to", r"(embed\.tawk\.to/[0-9a-f]{24})(?![0-9a-f])"),
    )
)  # fmt: skip
_NAMED_FORMS: tuple[tuple[MarkKind, str, str, re.Pattern[str]], ...] = tuple(
    (kind, service, needle, re.compile(form, re.IGNORECASE))
    for kind, service, needle, form in (
        (MarkKind.OTHER_STATISTICS, "tajs.qq.com", "tajs.qq.com", rf"tajs\.qq\.com/stats{_ASK}sid{_IS}(\d{{5,12}})(?!\d)"),
        (MarkKind.OTHER_STATISTICS, "clarity.ms", "clarity.ms", r"clarity\.ms/tag/([0-9a-z]{8,14})(?![0-9a-z])"),
        (MarkKind.OTHER_STATISTICS, "clarity.ms", "clarity", r"['\"]clarity['\"]\s{0,3},\s{0,3}['\"]script['\"]\s{0,3},\s{0,3}['\"]([0-9a-z]{8,14})['\"]"),
        (MarkKind.OTHER_STATISTICS, "facebook.com", "fbq(", r"fbq\(\s{0,3}['\"]init['\"]\s{0,3},\s{0,3}['\"](\d{12,18})['\"]"),
        (MarkKind.OTHER_STATISTICS, "tiktok.com", "ttq.load", r"ttq\.load\(\s{0,3}['\"]([0-9A-Z]{16,24})['\"]"),
        (MarkKind.CUSTOMER_SERVICE, "qiyukf.com", "qiyukf.com", r"qiyukf\.com/script/([0-9a-f]{32})\.js"),
        (MarkKind.CUSTOMER_SERVICE, "sobot.com", "sobot.com", rf"sobot\.com/chat/[^'\"<>\s]{{0,120}}?sysnum{_IS}([0-9a-f]{{32}})(?![0-9a-f])"),
        (MarkKind.CUSTOMER_SERVICE, "crisp.chat", "crisp_website_id", r"crisp_website_id['\"\]]{0,2}\s{0,3}=\s{0,3}['\"]([0-9a-f-]{36})['\"]"),
        (MarkKind.CUSTOMER_SERVICE, "livechat.com", "__lc.license", r"__lc\.license\s{0,3}=\s{0,3}(\d{5,12})(?!\d)"),
        (MarkKind.CUSTOMER_SERVICE, "kuaishang.cn", "kuaishang.cn", rf"kuaishang\.cn/bs/[^'\"<>\s]{{0,60}}?{_ASK}ci{_IS}(\d{{4,12}})(?!\d)"),
    )
)  # fmt: skip
"""Services whose accounts share a kind: the service stands before the code."""
_MOST_EACH = 2_000
_CASED = {MarkKind.LA51, MarkKind.SITE_VERIFICATION}
"""Kinds whose codes tell upper from lower case."""
_UPPER = {MarkKind.GOOGLE_ANALYTICS, MarkKind.GOOGLE_TAG}
_VENDORS = (
    "hm.baidu.com", "push.zhanzhang.baidu", "cnzz.com", "51.la", "google-analytics", "googletagmanager", "gtag(", "bytegoofy",
    "umeng.com", "53kf.com", "meiqia", "tawk.to", "clarity.ms", "crisp_website_id", "__lc.license", "fbq(", "ttq.load", "sensorsdata", "growingio", "linkedin", "facebook.net",
    "application/ld+json", "__nuxt__", "__next_data__", "webpackjsonp",
)  # fmt: skip
_BAIDU_QUEUE = re.compile(r"_hmt\s*=")


def service_accounts(markup: str) -> Iterator[Mark]:
    """Yield the accounts named in markup or script, as often as they occur, up to 2,000 of one form."""
    lower = lowered(markup)
    for kind, needle, form in _FORMS:
        if needle not in lower:
            continue
        for found in islice(form.finditer(markup), _MOST_EACH):
            yield Mark(kind, _normal(kind, found[1]))
    for kind, service, needle, form in _NAMED_FORMS:
        for found in islice(form.finditer(markup), _MOST_EACH) if needle in lower else ():
            yield Mark(kind, f"{service}/{found[1]}")


def is_vendor_script(script: str) -> bool:
    """Say whether an inline script is a vendor's snippet: alike on all its customers' pages but for the account."""
    lower = script.lower()
    return any(one in lower for one in _VENDORS) or ("_hmt" in lower and _BAIDU_QUEUE.search(lower) is not None)


def _normal(kind: MarkKind, code: str) -> str:
    if kind in _UPPER:
        return code.upper()
    if kind is MarkKind.ADSENSE:
        return f"ca-{code.lower().removeprefix('ca-')}"
    if kind is MarkKind.CUSTOMER_SERVICE:
        code = re.sub(r"/code/(?:client|app)/", "/code/code/", code)
    return code if kind in _CASED else code.lower()
