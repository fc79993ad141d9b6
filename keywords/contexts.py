"""Where an ambiguous disguise can only be one: a whole word, beside a contact cue, beside a word of the trade."""

import re
from collections.abc import Callable
from typing import Final

__all__ = ["ADD_CUES", "CONTEXTS", "ID_CUES", "MESSENGER_CUES", "is_latin", "is_whole_word"]

ADD_CUES: Final = "加我➕+十系找 \n"
"""Last characters of what makes a single letter or character a messenger: 加v, 联系v."""
ID_CUES: Final = " \n:：()（）[]号是为→>﹕·.-0123456789abcdefghijklmnopqrstuvwxyz_"
"""First characters of an account after a messenger."""
MESSENGER_CUES: Final = "我微薇威溦徽vw卫q扣企 \n"
"""First characters of a messenger after a character that means 加."""

_NEAR = 14
_CUE_BEFORE = re.compile(
    r"(?:加|添|➕|\+|联系|咨询|扫|私|找|问|电|话|同|我|的|留|手机|请|看|有|qq|[:：/])\s{0,2}$"
).search
_ADD_BEFORE = re.compile(r"(?:加|添加|加我|➕|\+|十|联系|找我)\s{0,2}$").search
_ID_AFTER = re.compile(
    r"[\s:：()（）\[\]号是为→>﹕·.-]{0,4}(?=[a-z0-9_-]*\d)[a-z0-9][a-z0-9_-]{4,}|[:：]\s{0,2}[a-z][a-z0-9_-]{5,}"
).match
_CUE_AFTER = re.compile(r"\s{0,2}(?:号|同号|同步|联系|咨询|详聊|私聊|办理|我|在线)").match
_MESSENGER_AFTER = re.compile(r"\s{0,2}(?:我?微|我?薇|我?威|我?溦|我?徽|我?v|我?wx|我?卫星|我?q|我?扣|我?企鹅)").match
_TRADE_BEFORE = re.compile(
    r"(?:操作|作业|工|叉车|登高|塔吊|办|上岗|资格|特种|高空|制冷|锅炉|安全员|官网|考|假|真|出|拿|电|焊|代)$"
).search
_TRADE_AFTER = re.compile(r"(?:操作|作业|证|可查|能查|查询|考|上岗|特种|电工|焊工|叉车|登高|塔吊|安全员|理|件)").match

_OF_THE_TRADE = re.compile("[证証]|操作|特种|电工|焊工|叉车|塔吊|登高|包过|免考|官网|可查|微信|代办|办理").search


def is_latin(char: str) -> bool:
    """Say whether this is one ASCII letter or digit."""
    return char.isascii() and char.isalnum()


def is_whole_word(text: str, start: int, end: int) -> bool:
    """Say whether Latin letters at the edges are not part of a longer word."""
    if start and is_latin(text[start]) and is_latin(text[start - 1]):
        return False
    return not (end < len(text) and is_latin(text[end - 1]) and is_latin(text[end]))


def _may_always(text: str, start: int, end: int, _meant: str) -> bool:
    return not is_latin(text[start]) or is_whole_word(text, start, end)


def _may_contact(text: str, start: int, end: int, meant: str) -> bool:
    before, after = text[max(0, start - 4) : start], text[end : end + _NEAR]
    written = text[start:end]
    if written[0].isascii() and written[0].isalpha() and before[-1:].isascii() and before[-1:].isalnum():
        return False
    if written[-1].isascii() and written[-1].isalpha() and after[:1].isascii() and after[:1].isalpha():
        return False
    if meant in {"加", "加我"}:
        return _MESSENGER_AFTER(after) is not None
    if len(written) == 1:
        return _ADD_BEFORE(before) is not None or _ID_AFTER(after) is not None
    return bool(_CUE_BEFORE(before) or _ID_AFTER(after) or _CUE_AFTER(after))


def _may_trade(text: str, start: int, end: int, _meant: str) -> bool:
    return bool(_TRADE_BEFORE(text[max(0, start - 4) : start]) or _TRADE_AFTER(text[end : end + 4])) and is_whole_word(
        text, start, end
    )


def _may_near(text: str, start: int, end: int, _meant: str) -> bool:
    return _OF_THE_TRADE(text[max(0, start - _NEAR) : start] + "\n" + text[end : end + _NEAR]) is not None


CONTEXTS: Final[dict[str, Callable[[str, int, int, str], bool]]] = {
    "always": _may_always,
    "contact": _may_contact,
    "near": _may_near,
    "trade": _may_trade,
}
"""Context of `data/disguises.csv` → whether text[start:end], meaning the fourth, can only be a disguise where it stands."""
