"""Rows of a list of official sites → what they say, column by column. Header names are understood in Chinese and in English."""

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from keywords.host_lines import host_of_text
from keywords.hosts import registrable_domain
from keywords.model import OfficialSite, SiteKind
from keywords.roster import is_government_host
from pipelines.exports.cells import neutral
from pipelines.imports.model import Row

__all__ = [
    "TEMPLATE",
    "RowUnusableError",
    "given_fields",
    "host_in",
    "is_example",
    "is_header",
    "is_withdrawal",
    "site_with",
    "with_name",
]

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "host": ("域名", "主机名", "网站域名", "网址", "网站地址", "官网", "官网网址", "host", "hostname", "domain", "url", "site"),
    "name": ("名称", "网站名称", "站点名称", "name", "sitename", "title"),
    "sponsor": ("主办单位", "单位", "单位名称", "主办单位名称", "sponsor", "organisation", "organization"),
    "kind": ("类型", "网站类型", "kind", "type"),
    "level": ("级别", "层级", "level"),
    "region_code": ("行政区划代码", "区划代码", "regioncode", "region"),
    "aliases": ("简称", "别名", "其他名称", "aliases", "alias", "shortnames"),
    "pinyin": ("拼音", "pinyin"),
    "initials": ("首字母", "拼音首字母", "拼音缩写", "initials"),
    "brands": ("标识词", "标识", "英文标识", "brands", "brand"),
    "other_hosts": ("其他域名", "其他网址", "曾用域名", "otherhosts"),
    "allowed_hosts": ("放行域名", "允许域名", "allowedhosts"),
    "owns_domain": ("整个域名归本单位", "域名归本单位", "ownsdomain"),
    "apps": ("app", "应用", "手机应用", "apps"),
    "mini_programs": ("小程序", "miniprograms", "miniprogram"),
    "accounts": ("公众号", "账号", "公众账号", "accounts", "account"),
    "icp_number": ("icp备案号", "备案号", "icpnumber", "icp"),
    "site_code": ("网站标识码", "政府网站标识码", "标识码", "sitecode"),
    "is_protected": ("重点保护", "保护", "isprotected", "protected"),
    "source": ("来源", "依据", "source"),
    "confidence": ("可信度", "confidence"),
    "status": ("状态", "status"),
}  # fmt: skip
_FIELD_OF = {name: field for field, names in _COLUMNS.items() for name in names}
TEMPLATE = (
    ("域名", "名称", "主办单位", "类型", "级别", "行政区划代码", "简称", "拼音", "首字母", "标识词", "其他域名", "放行域名", "整个域名归本单位", "App", "小程序", "公众号", "ICP备案号", "网站标识码", "重点保护", "来源", "可信度", "状态"),
    ("yjglj.example.gov.cn", "示例县应急管理局", "示例县应急管理局", "部门", "县", "320723", "示例应急局|示例县应急局", "shi li ying ji ju", "slyjj", "", "", "", "", "", "", "微信公众号:示例应急", "", "", "否", "本单位核对", "高", "示例"),
)  # fmt: skip
"""Header and one example row; a row whose 状态 is 示例 is passed over."""

_KINDS = {
    "": SiteKind.DEPARTMENT, "部门": SiteKind.DEPARTMENT, "部门网站": SiteKind.DEPARTMENT, "查询": SiteKind.QUERY_SITE,
    "查询网站": SiteKind.QUERY_SITE, "查询平台": SiteKind.QUERY_SITE, "门户": SiteKind.PORTAL, "门户网站": SiteKind.PORTAL,
    "热线": SiteKind.HOTLINE, "登记": SiteKind.REGISTRY, "媒体": SiteKind.MEDIA, **{kind.value: kind for kind in SiteKind},
}  # fmt: skip
_LEVELS = {
    "": "city", "国家": "national", "全国": "national", "中央": "national", "省": "province", "省级": "province", "市": "city",
    "市级": "city", "县": "city", "县级": "city", "区": "city", "区级": "city", "区县": "city", "县区": "city", "国家级": "national", "national": "national", "province": "province", "city": "city",
    "county": "city",
}  # fmt: skip
_CONFIDENCE = {
    "": "medium",
    "高": "high",
    "中": "medium",
    "低": "low",
    "high": "high",
    "medium": "medium",
    "low": "low",
}
_YES = {"是": True, "yes": True, "y": True, "true": True, "1": True, "否": False, "no": False, "n": False, "false": False, "0": False}  # fmt: skip
_STATUS = {"": False, "启用": False, "正常": False, "active": False, "停用": True, "撤销": True, "注销": True, "withdrawn": True, "示例": False, "example": False}  # fmt: skip
_EXAMPLE = frozenset({"示例", "example"})
_CLEARED = frozenset({"-", "－", "—", "清空"})
_LISTS = frozenset({"aliases", "pinyin", "initials", "brands", "other_hosts", "allowed_hosts", "apps", "mini_programs", "accounts"})  # fmt: skip
_LETTERS = {
    "pinyin": re.compile(r"[a-z]+(?: [a-z]+)*"),
    "initials": re.compile(r"[a-z]+"),
    "brands": re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*"),
}
_HOSTS = frozenset({"other_hosts", "allowed_hosts"})
_MAX_CHARS = 500
_MAX_PARTS = 50
_MIN_NAMED_COLUMNS = 2
T = TypeVar("T")


class RowUnusableError(Exception):
    """Why a row cannot be used, in Chinese."""


def is_header(cells: Sequence[str]) -> bool:
    """Say whether a row names the columns: the host's and at least one other."""
    fields = {_FIELD_OF.get(_plain(cell)) for cell in cells} - {None}
    return "host" in fields and len(fields) >= _MIN_NAMED_COLUMNS


def given_fields(row: Row) -> dict[str, str]:
    """Return field → text of the cells that are filled in. Raises `RowUnusableError` for text no table should hold."""
    given: dict[str, str] = {}
    for column, text in row.cells.items():
        field = _FIELD_OF.get(_plain(column))
        if not field or not text:
            continue
        if len(text) > _MAX_CHARS:
            raise RowUnusableError(f"“{column}”超过 {_MAX_CHARS} 字")
        if text not in _CLEARED and neutral(text) != text:
            raise RowUnusableError(f"“{column}”含有不可见字符，或会被表格软件当作公式")
        given.setdefault(field, text)
    return given


def with_name(row: Row, given: Mapping[str, str]) -> Mapping[str, str]:
    """Return the cells of a new site; in a table that has no column for names (单位, 网址) the body's name is the site's."""
    has_names = any(_FIELD_OF.get(_plain(column)) == "name" for column in row.cells)
    return given if has_names or "sponsor" not in given else {**given, "name": given["sponsor"]}


def is_example(given: Mapping[str, str]) -> bool:
    """Say whether the row is the template's example."""
    return given.get("status", "").lower() in _EXAMPLE


def is_withdrawal(given: Mapping[str, str]) -> bool:
    """Say whether the row takes its host off the roster. Raises `RowUnusableError` for an unknown word."""
    return _word(given.get("status", ""), _STATUS, "状态")


def host_in(text: str) -> str:
    """Return the A-label host of a cell (a host or an address of a page). Raises `RowUnusableError` with the reason."""
    if "@" in text:
        raise RowUnusableError(f"“{text[:80]}”含有 @，真正的主机在 @ 之后，请只写域名")
    if "*" in text:
        raise RowUnusableError(f"“{text[:80]}”含有通配符，请逐个写出域名")
    try:
        host = host_of_text(text)[1]
    except (ValueError, UnicodeError):
        raise RowUnusableError(f"“{text[:80]}”不是域名或网址") from None
    if _is_address(host):
        raise RowUnusableError(f"“{text[:80]}”是网络地址，不是域名；官方网站按域名登记")
    return host


def site_with(base: OfficialSite | None, host: str, given: Mapping[str, str], source: str) -> OfficialSite:
    """Return `base` (None: a new site) with the given cells; an empty cell keeps what stands, `-` clears it.

    Raises `RowUnusableError` when a new site has no name or sponsor, or a cell holds an unknown word.
    """
    is_new = base is None
    for field, named in (("name", "名称"), ("sponsor", "主办单位")):
        if (is_new or field in given) and given.get(field, "-") in _CLEARED:
            raise RowUnusableError(f"没有填写{named}")
    site = base or _blank(host, given, source)
    for field, text in given.items():
        if field not in {"host", "status"}:
            site = replace(site, **{field: _value(field, "" if text in _CLEARED else text, site)})
    return site if "source" in given or is_new else replace(site, source=f"{site.source}; {source}"[:_MAX_CHARS])


def _blank(host: str, given: Mapping[str, str], source: str) -> OfficialSite:
    domain = registrable_domain(host)
    return OfficialSite(
        host=host,
        name=given["name"],
        sponsor=given["sponsor"],
        kind=SiteKind.DEPARTMENT,
        level="city",
        region_code="",
        # Outside .gov.cn the whole domain is only taken as the body's where the row is about the domain itself.
        owns_domain=is_government_host(host) or host in {domain, f"www.{domain}"},
        source=source,
    )


def _value(field: str, text: str, site: OfficialSite) -> Any:
    if field in _HOSTS:
        hosts = dict.fromkeys(host_in(part) for part in _parts(text, r"[|;；,，、\s]+"))
        return tuple(host for host in hosts if host != site.host)
    if field in _LISTS:
        written = unicodedata.normalize("NFKC", text).lower() if field in _LETTERS else text
        parts = tuple(dict.fromkeys(_parts(written, r"[|;；,，、\n]+")))
        for part in parts:
            if field in _LETTERS and not _LETTERS[field].fullmatch(part):
                raise RowUnusableError(
                    f"“{part[:40]}”不能作{_COLUMNS[field][0]}，只能是小写字母（拼音音节之间可用空格）"
                )
        return parts
    words: dict[str, Callable[[], object]] = {
        "kind": lambda: _word(text, _KINDS, "类型"),
        "level": lambda: _word(text, _LEVELS, "级别"),
        "confidence": lambda: _word(text, _CONFIDENCE, "可信度"),
        "is_protected": lambda: bool(text) and _word(text, _YES, "重点保护"),
        "owns_domain": lambda: bool(text) and _word(text, _YES, "整个域名归本单位"),
        "region_code": lambda: _region(text),
    }
    return words[field]() if field in words else text


def _word(text: str, known: Mapping[str, T], column: str) -> T:
    try:
        return known[text.strip().lower()]
    except KeyError:
        allowed = "、".join(word for word in known if word and not word.isascii())
        raise RowUnusableError(f"{column}“{text[:40]}”无法识别，可填：{allowed}") from None


def _region(text: str) -> str:
    """Return the six digits of a code, also of one in full-width digits or with the noughts for township and village behind it."""
    code = re.fullmatch(r"([0-9]{6})(?:0{3}|0{6})?", unicodedata.normalize("NFKC", text).strip())
    if text and code is None:
        raise RowUnusableError(f"行政区划代码“{text[:40]}”应为 6 位数字")
    return code[1] if code else ""


def _parts(text: str, separators: str) -> list[str]:
    parts = [part.strip() for part in re.split(separators, text) if part.strip()]
    if len(parts) > _MAX_PARTS:
        raise RowUnusableError(f"一个单元格里超过 {_MAX_PARTS} 项")
    return parts


def _plain(column: str) -> str:
    """Return a column's name without spaces, marks and what stands in brackets: `类 型（部门/门户）`."""
    return re.sub(r"[（(][^（()）]*[)）]|[\s_\-*:：]+", "", column).lower()


def _is_address(host: str) -> bool:
    """Say whether the host is an address, also in the short and hexadecimal ways resolvers understand."""
    if host.startswith("[") or re.fullmatch(r"(?:\d+|0x[0-9a-f]+)", host.rpartition(".")[2]):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
