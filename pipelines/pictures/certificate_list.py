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
    "number": ("证书编号", "证书号", "证书号码", "操作证号", "操作证编号", "证号", "资格证号", "资格证书编号", "证件编号", "上岗证号", "作业证号", "证书证号", "编号", "number", "certno", "certificateno", "certificatenumber"),
    "name": ("姓名", "持证人", "持证人姓名", "人员姓名", "员工姓名", "作业人员", "名字", "name"),
    "identity": ("身份证号", "身份证号码", "身份证", "公民身份号码", "居民身份证号", "身份号码", "证件号码", "证件号", "idcard", "idnumber", "id"),
    "sex": ("性别", "sex", "gender"),
    "trade": ("准操项目", "操作项目", "作业项目", "工种", "作业类别", "作业种类", "操作类别", "岗位", "工种类别", "岗位工种", "证书名称", "证书类型", "证书类别", "证件名称", "专业", "trade", "type"),
    "issued": ("初领日期", "初次领证日期", "发证日期", "发证时间", "取证日期", "取证时间", "领证日期", "领证时间", "批准日期", "issued", "issuedate"),
    "valid_from": ("有效期起", "有效期开始", "有效期自", "有效期起始日期", "有效起始日期", "起始日期", "开始日期", "validfrom"),
    "valid_to": ("有效期至", "有效期止", "有效期截止", "有效期限", "有效期", "有效日期", "到期日期", "到期时间", "到期日", "截止日期", "失效日期", "证书有效期", "使用期至", "使用期限", "使用期", "validto", "expiry", "expires"),
    "review": ("应复审日期", "下次复审日期", "下次复审时间", "复审日期", "复审时间", "复审", "年审日期", "review", "reviewdate"),
}  # fmt: skip
_FIELD_OF = {name: field for field, names in _COLUMNS.items() for name in names}
# For headings no table foresees: the first pattern that fits decides.
_LIKELY = (
    (re.compile("身份"), "identity"),
    (re.compile("复审|年审"), "review"),
    (re.compile("有效.*(?:起|自|开始)"), "valid_from"),
    (re.compile("有效|使用期|到期|失效|截止"), "valid_to"),
    (re.compile("(?:发证|初领|领证|取证).*(?:日|时)"), "issued"),
    (re.compile("姓名|持证人"), "name"),
    (re.compile("证.*号|编号$"), "number"),
    (re.compile("工种|作业类|准操|操作项目|证书名"), "trade"),
    (re.compile("性别"), "sex"),
)
_NOTED = re.compile(r"[(\[【].*?[)\]】]|[\s*_:#/\-]+|必填|选填")
_IDENTIFYING = frozenset({"number", "identity", "name"})
_FEWEST = 2
_EXAMPLES = ("姓名、证书编号、工种、有效期至", "name, number, trade, expiry")


def read_certificate_list(path: Path) -> Iterator[ListedCertificate]:
    """Yield one certificate per row, broken rows with their fault. Raises `InputUnreadable` for what is no table."""
    for row in read_rows(path, _is_header, _EXAMPLES):
        if isinstance(row, Rejection):
            yield ListedCertificate(row=row.line, fault=row.reason)
        elif any(row.cells.values()):
            yield ListedCertificate(row=row.line, sheet=row.sheet, **_fields(row))


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


def _fields(row: Row) -> dict[str, str]:
    found: dict[str, tuple[int, str]] = {}
    for column, text in row.cells.items():
        field, rank = _field_of(column)
        if field and text and (field not in found or rank < found[field][0]):
            found[field] = (rank, text.strip())
    return {field: text for field, (_, text) in found.items()}
