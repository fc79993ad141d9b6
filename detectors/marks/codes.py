"""What QR codes and links lead to: payment and chat accounts, or somebody's site."""

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from detectors.marks.model import Mark, MarkKind, lowered
from detectors.marks.owner import domain_of
from detectors.pages.seen import host_of
from keywords.roster import Roster

__all__ = ["accounts_in_markup", "marks_of_code"]

_PAYMENT = (
    ("wxp://", re.compile(r"wxp://([0-9a-z_=-]{8,120})", re.IGNORECASE)),
    ("alipay.com", re.compile(r"(qr\.alipay\.com/[0-9a-z]{8,60})", re.IGNORECASE)),
    ("95516.com", re.compile(r"(qr\.95516\.com/[0-9]{4,12}/[0-9a-z]{8,80})", re.IGNORECASE)),
    ("payapp.", re.compile(r"(payapp\.weixin\.qq\.com/[0-9a-z/_?=&-]{8,120})", re.IGNORECASE)),
)
_CHAT = (
    ("u.wechat.com", re.compile(r"((?<![a-z.])u\.wechat\.com/[0-9a-z_-]{8,60})", re.IGNORECASE)),
    ("weixin.qq.com", re.compile(r"((?<![a-z.])weixin\.qq\.com/[rg]/[0-9a-z_-]{8,60})", re.IGNORECASE)),
    ("work.weixin", re.compile(r"(work\.weixin\.qq\.com/(?:kfid|ca|u)/[0-9a-z_-]{8,60})", re.IGNORECASE)),
    ("work.weixin", re.compile(r"(work\.weixin\.qq\.com/ct/wcde[0-9a-z]{4,40})", re.IGNORECASE)),
    ("qm.qq.com", re.compile(r"(qm\.qq\.com/(?:cgi-bin/qm/qr\?k=|q/)[0-9a-z_-]{8,60})", re.IGNORECASE)),
)
_QQ = re.compile(
    r"(?:wpa\.qq\.com/msgrd\?|tencent://message/?\?|mqqwpa://im/chat\?)[^\"'\s<>]{0,80}?uin=([1-9]\d{4,10})(?!\d)",
    re.IGNORECASE,
)
_TELEGRAM = re.compile(r"(?<![a-z.])t\.me/(?:joinchat/|\+)?([a-z][a-z0-9_]{4,31})(?![a-z0-9_])", re.IGNORECASE)
_PHONE = re.compile(r"(?:tel|sms):(?:\+?86[ -]?)?(1[3-9]\d[ -]?\d{4}[ -]?\d{4})(?!\d)", re.IGNORECASE)
_TELEGRAM_PAGES = frozenset(("share", "joinchat", "addstickers", "proxy", "socks", "iv", "login"))
_MOST_EACH = 2_000
_MOST_CHARACTERS = 3_000
"""No code holds more (QR version 40)."""


def accounts_in_markup(markup: str) -> Iterator[Mark]:
    """Yield the payment, chat and telephone accounts that links or scripts name, up to 2,000 of one form."""
    lower = lowered(markup)
    for kind, forms in ((MarkKind.PAYMENT_CODE, _PAYMENT), (MarkKind.WECHAT_CODE, _CHAT)):
        for needle, form in forms:
            if needle in lower:
                yield from (Mark(kind, _address(found[1])) for found in _each(form, markup))
    if "uin=" in lower:
        yield from (Mark(MarkKind.QQ, found[1]) for found in _each(_QQ, markup))
    if "tel:" in lower or "sms:" in lower:
        yield from (Mark(MarkKind.MOBILE, re.sub(r"\D", "", found[1])) for found in _each(_PHONE, markup))
    for found in _each(_TELEGRAM, markup) if "t.me/" in lower else ():
        if (name := found[1].lower()) not in _TELEGRAM_PAGES:
            yield Mark(MarkKind.TELEGRAM, name)


def _each(form: re.Pattern[str], markup: str) -> Iterator[re.Match[str]]:
    return islice(form.finditer(markup), _MOST_EACH)


def marks_of_code(text: str, roster: Roster) -> Iterator[Mark]:
    """Yield the marks of what one code says: the account, or the domain it opens."""
    text = text.strip()[:_MOST_CHARACTERS]
    accounts = tuple(accounts_in_markup(text))
    yield from accounts
    if not accounts and text[:8].lower().startswith(("http://", "https://")):
        domain = domain_of(host_of(text), roster)
        if domain:
            yield Mark(MarkKind.DOMAIN, domain)


def _address(text: str) -> str:
    """Return the host in lower case; what follows tells case."""
    parts = urlsplit(f"//{text}")
    return f"{parts.netloc.lower()}{text[len(parts.netloc) :]}" if "/" in text else text
