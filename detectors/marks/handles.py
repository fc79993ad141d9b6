"""How to reach whoever stands behind a page, listing or advert: numbers and accounts in its words and in its markup."""

import re
from collections.abc import Iterator
from itertools import islice

from detectors.marks.codes import accounts_in_markup
from detectors.marks.model import Mark, MarkKind, lowered
from detectors.wording.contacts import ContactKind, find_contacts
from keywords.characters import plain
from keywords.fold import fold

__all__ = ["handles_in_markup", "handles_in_text"]

_HEAD, _TAIL = 16_000, 8_000
"""Characters of a text that are read: its beginning and its end, where contacts stand."""
_KINDS = {
    ContactKind.MOBILE: MarkKind.MOBILE,
    ContactKind.LANDLINE: MarkKind.LANDLINE,
    ContactKind.WECHAT: MarkKind.WECHAT,
    ContactKind.QQ: MarkKind.QQ,
    ContactKind.TELEGRAM: MarkKind.TELEGRAM,
}
_ACCOUNTS = {ContactKind.WECHAT, ContactKind.TELEGRAM}
_LATIN = re.compile(r"[a-z]")
_ACCOUNT_SIGN = re.compile(r"[a-z0-9_-]")
_EMAIL = re.compile(
    r"(?<![\w.+-])([a-z0-9][a-z0-9._+-]{0,40})@((?:[a-z0-9-]{1,40}\.){1,4}[a-z]{2,10})(?![\w-])", re.IGNORECASE
)
_FILE_ENDINGS = frozenset(("png", "jpg", "jpeg", "gif", "webp", "svg", "css", "js", "ico"))
_MAIL_LINK = re.compile(r"mailto:([^\"'\s<>?]{5,120})", re.IGNORECASE)
_MOST_EACH = 2_000
_QQ_MAIL = re.compile(r"([1-9]\d{4,10})@(?:vip\.)?qq\.com")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_WECHAT_NAMES = ("wx", "weixin", "wechat")
_SCRIPTED_WECHAT = re.compile(
    r"\b(?:wx|weixin|wechat|wx_?id|wx_?hao|weixin_?hao|wx_?list|wx_?arr)['\"]?\s{0,3}[:=]\s{0,3}(\[[^\]<>]{5,600}\]|['\"][\w-]{6,20}['\"])",
    re.IGNORECASE,
)
_QUOTED_ACCOUNT = re.compile(r"['\"]([a-zA-Z](?=[\w-]{0,19}[\d_-])[\w-]{5,19}|1[3-9]\d{9})['\"]")


_WECHAT_LINK = re.compile(r"weixin://contacts/profile/([a-z][\w-]{5,19})(?![\w-])", re.IGNORECASE)
_COPIED_ACCOUNT = re.compile(
    r"data-clipboard-text=['\"]([a-z](?=[\w-]{0,19}[\d_-])[\w-]{5,19}|1[3-9]\d{9})['\"][^<>]{0,200}>[^<>]{0,20}(?:微信|薇信|vx|wx)",
    re.IGNORECASE,
)


def handles_in_text(text: str) -> Iterator[Mark]:
    """Yield the contacts a reader finds, disguises undone; lines for complaints and reports are no contact of the seller."""
    if len(text) > _HEAD + _TAIL:
        text = f"{text[:_HEAD]}\n{text[-_TAIL:]}"
    written = plain(text).lower()
    folded = fold(text).text
    for contact in find_contacts(folded):
        if contact.kind not in _ACCOUNTS or _stands_whole(contact.value, written):
            yield _normal(_KINDS[contact.kind], contact.value)
    # Undoing disguise reads zhengjian-88 as 证件-88: accounts are looked for in the words as they stand, too.
    if len(_LATIN.findall(folded)) < len(_LATIN.findall(written)):
        for contact in find_contacts(written):
            if contact.kind in _ACCOUNTS:
                yield _normal(_KINDS[contact.kind], contact.value)
    yield from _emails(written)


def _stands_whole(account: str, written: str) -> bool:
    """Say whether an account is no mere piece of a longer one."""
    place = written.find(account)
    while place >= 0:
        around = f"{written[place - 1 : place]}{written[place + len(account) : place + len(account) + 1]}"
        if not _ACCOUNT_SIGN.search(around):
            return True
        place = written.find(account, place + 1)
    return account not in written


def handles_in_markup(markup: str) -> Iterator[Mark]:
    """Yield the contacts that only links and scripts name."""
    for mark in accounts_in_markup(markup):
        yield _normal(mark.kind, mark.value)
    lower = lowered(markup)
    if any(name in lower for name in _WECHAT_NAMES):
        for found in islice(_SCRIPTED_WECHAT.finditer(markup), _MOST_EACH):
            # Pages that change the account by the day keep the list in a script.
            yield from (_normal(MarkKind.WECHAT, account) for account in _QUOTED_ACCOUNT.findall(found[1]))
    for needle, form in (("weixin://contacts", _WECHAT_LINK), ("data-clipboard-text", _COPIED_ACCOUNT)):
        if needle in lower:
            yield from (_normal(MarkKind.WECHAT, found[1]) for found in islice(form.finditer(markup), _MOST_EACH))
    for found in islice(_MAIL_LINK.finditer(markup), _MOST_EACH) if "mailto:" in lower else ():
        yield from _emails(found[1])


def _normal(kind: MarkKind, value: str) -> Mark:
    """Return the one form of a contact: a WeChat account that is a telephone number is that number."""
    if kind in {MarkKind.WECHAT_CODE, MarkKind.PAYMENT_CODE}:
        return Mark(kind, value)
    value = value.lower()
    if kind is MarkKind.WECHAT and _MOBILE.fullmatch(value):
        return Mark(MarkKind.MOBILE, value)
    if kind is MarkKind.LANDLINE:
        return Mark(kind, re.sub(r"\D", "", value))
    return Mark(kind, value)


def _emails(text: str) -> Iterator[Mark]:
    for found in () if "@" not in text else islice(_EMAIL.finditer(text), _MOST_EACH):
        address = found[0].lower()
        if address.rpartition(".")[2] in _FILE_ENDINGS:
            continue
        number = _QQ_MAIL.fullmatch(address)
        yield Mark(MarkKind.QQ, number[1]) if number else Mark(MarkKind.EMAIL, address)
