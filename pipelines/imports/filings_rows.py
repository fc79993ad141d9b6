"""Rows of a registry export → records. Column names are understood as the regulator, provinces and public look-ups write them."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from detectors.filings.model import FilingKind
from detectors.filings.numbers import filings_in
from detectors.model import FilingRecord
from keywords.hosts import canonical_host
from pipelines.filings.lookup import filing_key
from pipelines.imports.filings_table import RawRow

__all__ = ["FilingRows", "RowUnusableError", "date_in", "is_header", "missing_columns"]

_COLUMNS = {
    "domain": ("域名", "网站域名", "备案域名", "主域名", "网站域名ip", "域名ip", "网址", "网站网址", "网站首页网址", "首页网址", "网站首页", "网站首页地址", "网站地址", "服务域名", "domain", "domainname", "homeurl", "host", "url"),
    "number": ("备案许可证号", "网站备案许可证号", "icp备案许可证号", "服务备案许可证号", "备案号", "网站备案号", "icp备案号", "服务备案号", "网站icp备案号", "许可证号", "备案编号", "icp备案编号", "servicelicence", "serviceno", "icp", "icpnumber", "license", "licence", "number"),
    "main": ("主体备案号", "主体备案许可证号", "icp主体备案号", "主体许可证号", "主办单位备案号", "mainlicence"),
    "holder": ("主办单位名称", "主办单位", "主办者名称", "主办者", "主体名称", "单位名称", "企业名称", "公司名称", "备案主体", "备案单位", "unitname", "holder", "company"),
    "kind": ("主办单位性质", "单位性质", "主办者性质", "主体性质", "性质", "naturename", "kind"),
    "site": ("网站名称", "服务名称", "站点名称", "app名称", "小程序名称", "快应用名称", "servicename", "webname", "sitename"),
    "approved": ("审核日期", "审核时间", "审核通过日期", "审核通过时间", "备案时间", "备案日期", "通过时间", "通过日期", "更新时间", "updaterecordtime", "approvedon", "date"),
    "status": ("状态", "备案状态", "网站状态", "主体状态", "status"),
    "looked": ("查询日期", "查询时间", "lookedon"),
    "found": ("有无备案", "是否有备案", "是否备案", "found"),
}  # fmt: skip
_FIELD_OF = {name: field for field, names in _COLUMNS.items() for name in names}
_NOISE = re.compile(r"[\s/（）()\[\]【】:：*＊、._-]|必填|选填")
_NEEDED = ("domain", "number")
_SHOWN = {"domain": "域名", "number": "备案/许可证号"}
_SAYS_NONE = frozenset({"无", "否", "没有", "no", "n", "未备案", "没有备案", "无备案", "未查到", "查无"})
_NOTHING = frozenset({"", "-", "--", "—", "/", "无", "null", "none", "nan", "n/a", "暂无", "空"})
_CANCELLED = re.compile("注销|撤销|吊销|作废|取消|失效|关闭|空壳")
_NOT_CANCELLED = re.compile("未注销|未取消|正常|有效")
_PLAIN_NUMBER = re.compile(
    r"[京津沪渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼蜀川黔贵滇云藏陕秦陇甘青宁新]ICP(?:备(?:\d{6}|[0-3]\d{7}|20[0-3]\d{7})|证\d{6,8})号(?:-\d{1,5}[AXK]?)?"
)
_PLAIN_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+")
_APP_NUMBER = re.compile(r"-\d{1,5}[AXK]$")
_SPLIT = re.compile(r"[;；,，、|\s]+")
_DATE = re.compile(r"(?<!\d)((?:20|19)\d\d)(?:\s*[-/.年_]\s*(\d{1,2})\s*[-/.月_]\s*(\d{1,2})|(\d\d)(\d\d))(?!\d)")
_SERIAL_DAY = re.compile(r"[3-5]\d{4}")
_EXCEL_EPOCH = date(1899, 12, 30)
_BLANKS = " \t\r\n\u3000\xa0\u200b\ufeff"
_MAX_CHARS = 300
_MOST_DOMAINS = 50


class RowUnusableError(Exception):
    """Why a row cannot be used, in Chinese."""


def is_header(cells: Sequence[str]) -> bool:
    """Say whether a row names the columns: those of domain and number."""
    fields = {_FIELD_OF.get(_plain(cell)) for cell in cells}
    return "domain" in fields and ("number" in fields or "main" in fields)


def missing_columns(rows: Sequence[Sequence[str]]) -> tuple[str, str]:
    """Return what the first rows lack to be a header, in Chinese and in English."""
    best = max(rows, key=lambda cells: len({_FIELD_OF.get(_plain(cell)) for cell in cells} - {None}), default=())
    known = {_FIELD_OF.get(_plain(cell)) for cell in best} - {None}
    if not known:
        return (
            "没有找到表头行：前 20 行里应有一行写明列名（至少要有“域名”和“网站备案/许可证号”两列）",
            "no header row was found: one of the first 20 rows should name the columns, at least domain and number",
        )
    lacking = [name for name in _NEEDED if name not in known]
    zh = "、".join(f"“{_SHOWN[name]}”" for name in lacking)
    shown = "、".join(cell.strip() for cell in best if cell.strip())[:200]
    return f"表头缺少{zh}列（表头为：{shown}）", f"the header lacks the column of {' and '.join(lacking)}"


def date_in(text: str) -> date | None:
    """Return the first date written in a text (2024-05-12, 2024/5/12, 2024年5月12日, 20240512), or None."""
    for found in _DATE.finditer(text):
        try:
            return date(int(found[1]), int(found[2] or found[4]), int(found[3] or found[5]))
        except ValueError:
            continue
    return None


class FilingRows:
    """Reads rows below one header."""

    def __init__(self, header: Sequence[str]) -> None:
        self._width = len(header)
        while self._width and not header[self._width - 1].strip():
            self._width -= 1
        self._place: dict[str, int] = {}
        for place, name in enumerate(header):
            field = _FIELD_OF.get(_plain(name))
            if field:
                self._place.setdefault(field, place)

    def records(self, row: RawRow) -> tuple[FilingRecord, ...]:
        """Return the records of a row, one for each of its domains. Raises `RowUnusableError`."""
        cells = row.cells
        self._check_width(cells)
        number = self._number(cells)
        domains = self._domains(cells, number)
        status = self._text(cells, "status")
        made = FilingRecord(
            domain=domains[0],
            number=number,
            holder=self._text(cells, "holder"),
            holder_kind=self._text(cells, "kind"),
            site_name=self._text(cells, "site"),
            approved_on=self._date(cells, "approved", "审核日期"),
            status=status,
            is_cancelled=_is_cancelled(status),
        )
        return (made,) if len(domains) == 1 else tuple(replace(made, domain=domain) for domain in domains)

    def answer(self, row: RawRow, today: date) -> FilingRecord | None:
        """Return what a person found for the row's domain; None: the row was not filled in. Raises `RowUnusableError`."""
        cells = row.cells
        self._check_width(cells)
        number, found = self._text(cells, "number"), self._raw(cells, "found").lower()
        says_none = found in _SAYS_NONE or self._raw(cells, "number") in _SAYS_NONE
        if not says_none and not number and found not in ("有", "是"):
            return None
        (domain, *_) = self._domains(cells, "")
        looked_on = self._date(cells, "looked", "查询日期") or today
        if looked_on > today:
            raise RowUnusableError(f"查询日期 {looked_on.isoformat()} 在今天之后")
        if says_none:
            if number and number not in _SAYS_NONE:
                raise RowUnusableError("写了“无备案”，又填了备案号")
            return FilingRecord(domain=domain, number="", looked_on=looked_on)
        if not number:
            raise RowUnusableError("写了有备案，但没有填写备案号")
        status = self._text(cells, "status")
        return FilingRecord(
            domain=domain,
            number=_number_in(number),
            holder=self._text(cells, "holder"),
            holder_kind=self._text(cells, "kind"),
            site_name=self._text(cells, "site"),
            approved_on=self._date(cells, "approved", "审核日期"),
            status=status,
            is_cancelled=_is_cancelled(status),
            looked_on=looked_on,
        )

    def _check_width(self, cells: Sequence[str]) -> None:
        if len(cells) > self._width and any(cell.strip() for cell in cells[self._width :]):
            raise RowUnusableError(f"有 {len(cells)} 列，表头只有 {self._width} 列")
        if len(cells) <= self._width // 2:
            raise RowUnusableError(f"只有 {len(cells)} 列，表头有 {self._width} 列")

    def _raw(self, cells: Sequence[str], field: str) -> str:
        place = self._place.get(field)
        return "" if place is None or place >= len(cells) else cells[place].strip(_BLANKS)

    def _text(self, cells: Sequence[str], field: str) -> str:
        """Return a cell; words that say nothing (无, -, null) are nothing."""
        text = self._raw(cells, field)
        if len(text) > _MAX_CHARS:
            raise RowUnusableError(f"有单元格超过 {_MAX_CHARS} 字")
        return "" if len(text) <= 4 and text.lower() in _NOTHING else text  # noqa: PLR2004 - the longest of them

    def _number(self, cells: Sequence[str]) -> str:
        text = self._text(cells, "number") or self._text(cells, "main")
        if not text:
            raise RowUnusableError("没有填写备案/许可证号")
        return text if _PLAIN_NUMBER.fullmatch(text) else _number_in(text)

    def _domains(self, cells: Sequence[str], number: str) -> tuple[str, ...]:
        text = self._text(cells, "domain")
        if not text:
            if _APP_NUMBER.search(number):
                return ("",)
            raise RowUnusableError("没有填写域名")
        text = text.lower()
        if _PLAIN_DOMAIN.fullmatch(text) and (key := filing_key(text)):
            return (key,)
        keys = dict.fromkeys(_key_of(part) for part in _SPLIT.split(text)[:_MOST_DOMAINS] if part)
        if not keys:
            raise RowUnusableError("没有填写域名")
        return tuple(keys)

    def _date(self, cells: Sequence[str], field: str, name: str) -> date | None:
        text = self._text(cells, field)
        if not text:
            return None
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            found = date_in(text)
        if found is None and _SERIAL_DAY.fullmatch(text):
            found = _EXCEL_EPOCH + timedelta(days=int(text))
        if found is None:
            raise RowUnusableError(f"{name}“{text[:30]}”无法读取")
        return found


def _key_of(text: str) -> str:
    """Return what a cell's part is filed under: the registrable domain of a host or address. Raises `RowUnusableError`."""
    bare = text.partition("://")[2] or text
    bare = re.split(r"[/?#]", bare, maxsplit=1)[0]
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        key = filing_key(canonical_host(bare.removeprefix("*.")))
    except (ValueError, UnicodeError):
        key = ""
    if not key or ("." not in key and ":" not in key):
        raise RowUnusableError(f"域名“{text[:60]}”不是域名")
    return key


def _number_in(text: str) -> str:
    found = filings_in(text)
    sound = [one for one in found if one.kind in (FilingKind.ICP, FilingKind.LICENCE) and not one.is_parody]
    if len(sound) != 1 or sound[0].is_malformed or not sound[0].number or sound[0].number.startswith("ICP"):
        raise RowUnusableError(f"备案/许可证号“{text[:60]}”不符合规定格式")
    return sound[0].number


def _is_cancelled(status: str) -> bool:
    return bool(_CANCELLED.search(status)) and not _NOT_CANCELLED.search(status)


def _plain(name: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", name)).lower()
