"""What QR codes and links lead to: payment and chat accounts, or somebody's site."""

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from detectors.marks.model import Mark, MarkKind, lowered
from detectors.marks.owner import domain_of
from detectors.pages.seen import host_of
from detectors.pictures.code_targets import TargetKind, carrier_of
from keywords.hosts import registrable_domain
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
    ("weixin.qq.com", re.compile(r"((?<![a-z.])weixin\.qq\.com/g/[0-9a-z_-]{8,60})", re.IGNORECASE)),
    ("work.weixin", re.compile(r"(work\.weixin\.qq\.com/(?:kfid|ca|u)/[0-9a-z_-]{8,60})", re.IGNORECASE)),
    ("work.weixin", re.compile(r"(work\.weixin\.qq\.com/ct/wcde[0-9a-z]{4,40})", re.IGNORECASE)),
    ("qm.qq.com", re.compile(r"(qm\.qq\.com/(?:cgi-bin/qm/qr\?k=|q/)[0-9a-z_-]{8,60})", re.IGNORECASE)),
)
_PUBLIC = (("weixin.qq.com", re.compile(r"((?<![a-z.])weixin\.qq\.com/r/[0-9a-z_-]{8,60})", re.IGNORECASE)),)
"""Public accounts: also the genuine one, which fakes show too."""
_ACCOUNTS = ((MarkKind.PAYMENT_CODE, _PAYMENT), (MarkKind.WECHAT_CODE, _CHAT), (MarkKind.PUBLIC_CODE, _PUBLIC))
_CARRIED = {TargetKind.LIVE_CODE: MarkKind.LIVE_CODE, TargetKind.SHORT_LINK: MarkKind.SHORT_LINK}
_BARE = re.compile(r"((?:[\w-]{1,63}\.){1,8}[a-z]{2,24})(?::\d{1,5})?(?:[/?#]\S*)?", re.IGNORECASE)
_FEWEST_CARRIED = 4
"""Characters of a short link's path; fewer name no link of its own."""
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
    for kind, forms in _ACCOUNTS:
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
    if accounts:
        return
    if text[:8].lower().startswith(("http://", "https://")):
        yield from _marks_of_address(text, roster)
    elif (bare := _BARE.fullmatch(text)) and registrable_domain(bare[1].lower()):
        yield from _marks_of_address(f"http://{text}", roster)


def _marks_of_address(address: str, roster: Roster) -> Iterator[Mark]:
    """Yield the link itself where a service stands between, else the domain it opens."""
    host = host_of(address)
    if not host:
        return
    path = urlsplit(address).path
    carrier = carrier_of(host, path)
    if carrier is None:
        if domain := domain_of(host, roster):
            yield Mark(MarkKind.DOMAIN, domain)
    elif carrier.kind in _CARRIED and len(path) > _FEWEST_CARRIED:
        yield Mark(_CARRIED[carrier.kind], f"{host}{path}".rstrip("/"))


def _address(text: str) -> str:
    """Return the host in lower case; what follows tells case."""
    parts = urlsplit(f"//{text}")
    return f"{parts.netloc.lower()}{text[len(parts.netloc) :]}" if "/" in text else text
