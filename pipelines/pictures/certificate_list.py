"""A company's list of certificates, as it comes: CSV, XLSX or JSON with whatever headings offices use."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from detectors.pictures.listed_certificate import ListedCertificate
from pipelines.imports.model import Rejection, Row
from pipelines.imports.tables import read_rows

__all__ = ["LIST_SUFFIXES", "read_certificate_list"]

LIST_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson"})
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "number": ("证书编号", "证书号", "证书号码", "操作证号", "操作证编号", "证号", "资格证号", "资格证书编号", "证件编号", "上岗证号", "作业证号", "证书证号", "证书编码", "证书代码", "证书no", "编号", "number", "certno", "certificateno", "certificateid", "licenceno", "licenseno", "certificatenumber"),
    "name": ("姓名", "持证人", "持证人姓名", "人员姓名", "员工姓名", "作业人员", "名字", "员工", "人员", "职工姓名", "name", "fullname", "holder", "employee"),
    "identity": ("身份证号", "身份证号码", "身份证", "公民身份号码", "居民身份证号", "身份号码", "证件号码", "证件号", "idcard", "idnumber", "idno", "idcardno", "id"),
    "sex": ("性别", "sex", "gender"),
    "trade": ("准操项目", "操作项目", "作业项目", "工种", "作业类别", "作业种类", "操作类别", "岗位", "工种类别", "岗位工种", "证书名称", "证书类型", "证书类别", "证件名称", "证书种类", "持证类别", "持证种类", "持有证书", "所持证书", "证书", "专业", "类别", "种类", "项目", "trade", "type", "category", "worktype", "jobtype", "certificatetype"),
    "issued": ("初领日期", "初次领证日期", "发证日期", "发证时间", "取证日期", "取证时间", "领证日期", "领证时间", "批准日期", "issued", "issuedate", "dateofissue", "issuedon"),
    "valid_from": ("有效期起", "有效期开始", "有效期自", "有效期起始日期", "有效起始日期", "起始日期", "开始日期", "起始", "开始", "起", "自", "validfrom"),
    "valid_to": ("有效期至", "有效期止", "有效期截止", "有效期限", "有效期", "有效日期", "到期日期", "到期时间", "到期日", "截止日期", "失效日期", "证书有效期", "使用期至", "使用期限", "使用期", "期限", "截止", "结束", "止", "至", "validto", "validuntil", "validity", "expiry", "expires", "expirydate", "expirationdate", "dateofexpiry"),
    "review_due": ("应复审日期", "应复审时间", "下次复审日期", "下次复审时间", "下次复审", "下次年审", "nextreview"),
    "review": ("复审日期", "复审时间", "复审", "年审日期", "review", "reviewdate"),
}  # fmt: skip
_FIELD_OF = {name: field for field, names in _COLUMNS.items() for name in names}
# For headings no table foresees: the first pattern that fits decides.
_LIKELY = (
    (re.compile("身份"), "identity"),
    (re.compile("(?:应|下次|下一次|到期).*(?:复审|年审)|(?:复审|年审).*到期"), "review_due"),
    (re.compile("复审|年审"), "review"),
    (re.compile("有效.*(?:起|自|开始)"), "valid_from"),
    (re.compile("有效|使用期|到期|失效|截止|期限"), "valid_to"),
    (re.compile("(?:发证|初领|领证|取证).*(?:日|时)"), "issued"),
    (re.compile("姓名|持证人"), "name"),
    (re.compile("证.*(?:号|编码|代码)|编号$"), "number"),
    (re.compile("工种|作业类|准操|操作项目|证书名|持.*证|证.*(?:种类|类别|类型)"), "trade"),
    (re.compile("性别"), "sex"),
)
_NOTED = re.compile(r"[(\[【].*?[)\]】]|[\s*_:#/.\-]+|必填|选填")
_FOOT = re.compile(
    "(?:合计|总计|小计|共计)|(?:填表|制表|填报|审核|审批|负责|联系|经办|单位|日期|备注|说明|注).{0,8}[:：]"
)
"""Begins the rows below a list that speak of it as a whole."""
_NUMBER_FORM = re.compile(
    r"T\d{17}[\dXx]|[\u4e00-\u9fff]建安[A-C]\d?[(（]\d{4}[)）]\d{7}|[\u4e00-\u9fff][A-Z]\d{12}(?!\d)|TS6[A-Z]{4}\d{5}",
    re.IGNORECASE,
)
_IDENTITY_FORM = re.compile(r"\d{17}[\dXx]")
_NAME_BESIDE = re.compile(r"([\u3400-\u9fff·•]{2,15})[\s/、,，:：(（]*(T?\d{17}[\dXx])[)）]?", re.IGNORECASE)
"""A cell that holds the name and the number of a person."""
_NAME_WITH_NOTE = re.compile(r"([\u3400-\u9fff·•]{2,15})\s*[(（]([^()（）\d]{1,20})[)）]")
_NAME = re.compile(r"[\u3400-\u9fff·•]{2,15}")
_ORDINAL = re.compile(r"[(（]?[一二三四五六七八九十]+[、.．)）]")
_MARKS_BETWEEN = re.compile(r"[\n、;；]+")
_MARKS_BETWEEN_NAMES = re.compile(r"[\s、;；,，/]+")
_SERIES = re.compile(r"[(（](\d)[)）]$|(?<=[\u4e00-\u9fff])(\d)$|证书?(\d)(?=[\u4e00-\u9fff])")
"""Which of several certificates in one row a column is about: 证书编号（2）, 有效期2, 证书2编号."""
_SERIES_WITHIN = re.compile(r"(?<=证书)\d(?=[\u4e00-\u9fff]|$)|(?<=证)\d(?=[\u4e00-\u9fff])")
_IDENTIFYING = frozenset({"number", "identity", "name"})
_FEWEST = 2
_EXAMPLES = ("姓名、证书编号、工种、有效期至", "name, number, trade, expiry")


def read_certificate_list(path: Path) -> Iterator[ListedCertificate]:
    """Yield the certificates of each row, broken rows with their fault. Raises `InputUnreadable` for what is no table."""
    for row in read_rows(path, _is_header, _EXAMPLES):
        if isinstance(row, Rejection):
            yield ListedCertificate(row=row.line, fault=row.reason)
        elif not _is_foot(row) and not _is_caption(row):
            for one in _certificates(row):
                yield from (ListedCertificate(row=row.line, sheet=row.sheet, **each) for each in _one_by_one(one))


def _is_foot(row: Row) -> bool:
    first = next((text for text in row.cells.values() if text), "")
    return bool(_FOOT.match("".join(first.split()))) and not any(
        _NUMBER_FORM.search(text) for text in row.cells.values()
    )


def _is_caption(row: Row) -> bool:
    """Say whether the row only names the group below it (二、焊工)."""
    filled = [text for text in row.cells.values() if text]
    return len(filled) == 1 and len(row.cells) > _FEWEST and not _is_value(filled[0]) and not _is_name(filled[0])


def _is_name(text: str) -> bool:
    return bool(_NAME.fullmatch(text)) and not _ORDINAL.match(text)


def _is_header(cells: Sequence[str]) -> bool:
    fields = {_field_of(cell)[0] for cell in cells} - {""}
    return len(fields) >= _FEWEST and not fields.isdisjoint(_IDENTIFYING) and not any(_is_value(cell) for cell in cells)


def _is_value(cell: str) -> bool:
    return sum(char.isdigit() for char in cell) >= 8  # noqa: PLR2004 - a date or a number, no heading


def _field_of(column: str) -> tuple[str, int]:
    """Return (field, how good the heading is for it, 0 the best); an empty field for a heading that says nothing to us."""
    plain = _NOTED.sub("", unicodedata.normalize("NFKC", column)).lower()
    if plain in _FIELD_OF:
        return _FIELD_OF[plain], _COLUMNS[_FIELD_OF[plain]].index(plain)
    likely = next((field for pattern, field in _LIKELY if pattern.search(plain)), "") if len(plain) < 24 else ""  # noqa: PLR2004
    return likely, 99


def _certificates(row: Row) -> Iterator[dict[str, str]]:
    """Yield the fields of each certificate a row tells of: several of one person may stand side by side."""
    series: dict[str, dict[str, str]] = {}
    for column, text in row.cells.items():
        found = _SERIES.search(column)
        series.setdefault(next(filter(None, found.groups())) if found else "1", {})[column] = text
    shared = _fields(series.pop("1", {}))
    if shared:
        yield shared
    for cells in series.values():
        if (own := _fields(cells)) and not own.keys().isdisjoint(("number", "trade")):
            person = {field: text for field, text in shared.items() if field in {"name", "identity", "sex"}}
            yield person | own


def _fields(cells: Mapping[str, str]) -> dict[str, str]:
    ranked: dict[str, tuple[int, str]] = {}
    for column, text in cells.items():
        field, rank = _field_of(_SERIES_WITHIN.sub("", column))
        if not field:
            field = _field_by_form(text)
        if field and text and (field not in ranked or rank < ranked[field][0]):
            ranked[field] = (rank, text.strip())
    return _without_notes(_taken_apart({field: text for field, (_, text) in ranked.items()}))


def _without_notes(fields: dict[str, str]) -> dict[str, str]:
    """Return the fields with the words beside a number left out (证号：T…) and a trade that stands behind the name in its column."""
    whole = _plain_cell(fields.get("number", ""))
    found = list(_NUMBER_FORM.finditer(whole))
    if len(found) == 1 and not any(char.isdigit() for char in _NUMBER_FORM.sub("", whole)):
        fields = fields | {"number": found[0][0]}
    if noted := _NAME_WITH_NOTE.fullmatch(fields.get("name", "")):
        fields = {"trade": noted[2]} | fields | {"name": noted[1]}
    return fields


def _one_by_one(fields: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield the fields of each certificate whose numbers stand in one cell: what is told as often as there are numbers is told of each, the rest of all."""
    whole = _plain_cell(fields.get("number", ""))
    numbers = _NUMBER_FORM.findall(whole)
    if len(numbers) < _FEWEST or _MARKS_BETWEEN_NAMES.sub("", _NUMBER_FORM.sub("", whole)):
        yield dict(fields)
        return
    parts = {field: _parts(field, text) for field, text in fields.items()} | {"number": numbers}
    for at in range(len(numbers)):
        yield {field: own[at] if len(own) == len(numbers) else fields[field] for field, own in parts.items()}


def _parts(field: str, text: str) -> list[str]:
    marks = _MARKS_BETWEEN_NAMES if field in _IDENTIFYING else _MARKS_BETWEEN
    return [part.strip() for part in marks.split(text) if part.strip()]


def _plain_cell(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _field_by_form(text: str) -> str:
    """Return what a cell under a heading that says nothing to us is by its form; empty: nothing we know."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    if _NUMBER_FORM.fullmatch(plain):
        return "number"
    return "identity" if _IDENTITY_FORM.fullmatch(plain) else ""


def _taken_apart(fields: dict[str, str]) -> dict[str, str]:
    """Return the fields with a name out of the cell it shares with a number."""
    if "name" in fields and not any(char.isdigit() for char in fields["name"]):
        return fields
    for field in ("name", "identity", "number"):
        if found := _NAME_BESIDE.fullmatch(fields.get(field, "")):
            numbered = {"number" if found[2][0] in "Tt" else "identity": found[2]}
            return numbered | {key: text for key, text in fields.items() if key != field} | {"name": found[1]}
    if "name" not in fields and _NAME.fullmatch(fields.get("identity", "")):
        return {"name": fields.pop("identity"), **fields}
    return fields
