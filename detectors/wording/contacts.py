"""Finds telephone, WeChat, QQ and Telegram contacts in a folded text, also numbers broken up by ornaments: 199(电)0000(溦)0001."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from detectors.wording.number_look import LONG, look
from keywords.phrases import matches_at, openings

__all__ = ["LONG", "Contact", "ContactKind", "find_contacts"]

_FILLER = r"(?:[^\w\n。]|\([^\d()\n]{1,2}\)|[一-龥](?<![元万年月日时分岁块个人名天届])){0,3}"
# Each begins with letters, and only then says what must not stand before them: so the search can jump to those letters.
_MOBILE = re.compile(rf"1(?<!\d1){_FILLER}[3-9](?:{_FILLER}\d){{9}}(?!\d)")
_LANDLINE = re.compile(
    r"(?:0(?<!\d0)(?:10|2\d|[3-9]\d{2})[-) ]?[2-8]\d{6,7}|4(?<!\d4)00-?\d{3}-?\d{4}|8(?<!\d8)00-?\d{3}-?\d{4})(?!\d)"
)
_JOIN = r"(?:[\s:：()\[\]【】→>=/|丨·*为是号]|号码|id|同号|客服|联系|咨询|添加|账号|群){0,6}"
_WECHAT = re.compile(rf"微信{_JOIN}(?P<id>[a-z][a-z0-9_-]{{5,19}}|(?=[a-z0-9_-]{{0,19}}\d)[a-z0-9][a-z0-9_-]{{5,19}})")
_BARE_ID = re.compile(
    r"(?:加我|微我|v我|联系我|找我|加)[\s:：]{0,3}(?P<id>(?=[a-z0-9_-]{0,19}[\d_])[a-z][a-z0-9_-]{5,19})"
)
_NAMED_BEHIND = re.compile(r"(?P<id>(?<![a-z0-9_-])[a-z][a-z0-9_-]{5,19})\s?\((?:微信?|v|vx)(?:同号)?\)")
_QQ = re.compile(rf"(?:qq(?<![a-z]qq)|扣扣(?<![a-z]扣扣)|企鹅(?<![a-z]企鹅)){_JOIN}(?P<id>[1-9]\d{{4,10}})(?!\d)")
_TELEGRAM = re.compile(
    r"(?:tg(?<![a-z]tg)|telegram(?<![a-z]telegram)|电报|飞机号?|t\.me/)[\s:：@号』」】)—-]{0,6}(?P<id>[a-z][a-z0-9_]{4,31})"
)
_NO_IDS = {"wechat", "weixin", "official", "account", "https", "http", "android", "download", "iphone", "windows"}
_OFFICIAL_LINE = re.compile(r"(?:举报|投诉|报警|监督|值班|受理|反诈|维权|举报电话|传真)[^,。;!?\n]{0,8}$").search


class ContactKind(StrEnum):
    """By what means somebody is reached; the value is the word for staff."""

    MOBILE = "手机号"
    LANDLINE = "固定电话"
    WECHAT = "微信"
    QQ = "QQ"
    TELEGRAM = "电报"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One contact with its place in the folded text."""

    kind: ContactKind
    value: str
    """Digits or account name without ornaments."""
    start: int
    end: int
    is_broken_up: bool = False
    """Other characters stand between the digits."""

    @property
    def is_personal(self) -> bool:
        """Say whether it is a private channel; companies and offices have landlines."""
        return self.kind is not ContactKind.LANDLINE

    @property
    def masked(self) -> str:
        """Return kind and value with its middle hidden: enough for staff to recognise it, no more."""
        hidden = max(1, len(self.value) - 5)
        return f"{self.kind.value} {self.value[:3]}{'*' * hidden}{self.value[3 + hidden :]}"


_BY_NAME = (
    *(
        (kind, pattern, openings(pattern))
        for kind, pattern in (
            (ContactKind.WECHAT, _WECHAT), (ContactKind.WECHAT, _BARE_ID), (ContactKind.QQ, _QQ), (ContactKind.TELEGRAM, _TELEGRAM),
        )
    ),
    (ContactKind.WECHAT, _NAMED_BEHIND, ("(微", "(v")),
)  # fmt: skip
"""Accounts: what they are, the expression, and words without one of which it finds nothing."""


def find_contacts(text: str) -> tuple[Contact, ...]:
    """Return the contacts of a folded text by place; lines for complaints and reports are left out."""
    found = [one for one in _all(text) if not _OFFICIAL_LINE(text[max(0, one.start - 16) : one.start])]
    found.sort(key=lambda one: (one.start, -one.end))
    apart: list[Contact] = []
    for one in found:
        if not apart or one.start >= apart[-1].end:
            apart.append(one)
    return tuple(apart)


def _all(text: str) -> Iterator[Contact]:
    seen = look(text) if len(text) >= LONG else None
    for found in _at(_MOBILE, text, seen.mobiles if seen else None):
        value = "".join(filter(str.isdigit, found[0]))
        is_broken = len(value) != len(re.sub(r"[\s-]", "", found[0]))
        yield Contact(
            kind=ContactKind.MOBILE, value=value, start=found.start(), end=found.end(), is_broken_up=is_broken
        )
    for found in _at(_LANDLINE, text, seen.landlines if seen else None):
        yield Contact(kind=ContactKind.LANDLINE, value=found[0], start=found.start(), end=found.end())
    if seen and not seen.may_hold_account:
        return
    for kind, pattern, opened in _BY_NAME:
        if opened and not any(word in text for word in opened):
            continue
        for found in pattern.finditer(text):
            if found["id"] not in _NO_IDS:
                yield Contact(kind=kind, value=found["id"], start=found.start(), end=found.end())


def _at(pattern: re.Pattern[str], text: str, starts: Sequence[int] | None) -> Iterator[re.Match[str]]:
    """Yield what `finditer` finds; `starts`: all places at which a match may begin, None: not known."""
    return pattern.finditer(text) if starts is None else matches_at(pattern, text, starts)
