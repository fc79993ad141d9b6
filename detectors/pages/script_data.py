"""Rows of a certificate as a page's data hold them: scripts that draw a record keep `"certNo":"T3207…"`, and the label is theirs to add."""

import re

__all__ = ["as_row"]

_ROWS = (
    ("姓名", "^(?:holder_?|real_?|full_?|user_?|person_?|cert_?|owner_?)?name$|^xm$|xingming", "[一-鿿]{1,4}[*×某]{0,3}"),
    ("证号", "^(?:cert\\w*|card|licen[cs]e\\w*|zs|zj|zheng\\w*|id_?card)_?(?:no|num|number|code|bh|hm?|hao)?$|^(?:no|sn|zh)$", "[一-鿿A-Z（()）]{0,6}[\\dA-Za-z（()）*×-]{6,30}号?"),
    ("有效期", "valid|expir|yxq|youxiao|^(?:end|start|issue|begin)_?(?:date|time|day)?$|date$", "\\d{4}\\s?[-/.年].{3,40}"),
    ("发证机关", "^(?:issu\\w{0,12}|organ|org|org_?name|authority|sign\\w{0,6}|fzjg|fzdw|qfjg|dept\\w{0,6})$", "[一-鿿]{4,24}"),
    ("作业类别", "^(?:job|work|trade|item|project|category|kind|type|zy|xmmc|zylb|czxm|gz)\\w{0,8}$", "[一-鿿][一-鿿 A-Z0-9、与]{1,30}"),
    ("状态", "^(?:state|status|zt|result)\\w{0,6}$", "有效|正常|合格|真实有效|(?:在)?有效期内|(?:已|验证|核验|审核)?通过"),
)  # fmt: skip
_READ = tuple((label, re.compile(key, re.IGNORECASE), re.compile(value)) for label, key, value in _ROWS)
"""Label, what data call it, and what its value looks like: a `name` is often a page's or a button's."""


def as_row(key: str, value: str) -> str:
    """Return the row a visitor is shown for one value of a record; empty: it is none of a certificate's."""
    for label, called, looks in _READ:
        if called.search(key) and looks.fullmatch(value):
            return f"{label}：{value}"
    return ""
