"""A checked list as a sheet for the office: what is wrong first, personal data masked, no cell a formula."""

import io
from collections.abc import Mapping, Sequence

import xlsxwriter

from detectors.pictures.listed_certificate import RowCheck, RowVerdict
from pipelines.exports.cells import neutral

__all__ = ["list_sheet"]

_COLUMNS = (
    ("文件", 18),
    ("工作表", 12),
    ("行", 6),
    ("结论", 12),
    ("姓名", 10),
    ("证书编号", 24),
    ("工种", 20),
    ("证书类别", 26),
    ("原因", 60),
    ("核对网站", 22),
)
_ORDER = (RowVerdict.WRONG, RowVerdict.LOOK_UP, RowVerdict.SOUND)
_OPTIONS = {"in_memory": True, "constant_memory": False, "strings_to_urls": False, "strings_to_formulas": False}


def list_sheet(checked: Sequence[tuple[str, RowCheck]], verdicts: Mapping[str, str]) -> bytes:
    """Return the XLSX of (file name, check) rows; `verdicts` are the Chinese words for verdicts."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        sheet = book.add_worksheet("证书核对")
        head = book.add_format({"bold": True, "border": 1, "bg_color": "#E8EDF5"})
        cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
        for column, (title, width) in enumerate(_COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, title, head)
        for line, (name, one) in enumerate(sorted(checked, key=lambda pair: _ORDER.index(pair[1].verdict)), 1):
            sheet.write_string(line, 0, neutral(name), cell)
            sheet.write_string(line, 1, neutral(one.sheet), cell)
            sheet.write_number(line, 2, one.row, cell)
            texts = (verdicts[one.verdict], one.name, one.number, one.trade, one.family, one.reasons, one.look_up_at)
            for column, text in enumerate(texts, 3):
                sheet.write_string(line, column, neutral(text), cell)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(checked), len(_COLUMNS) - 1)
    return buffer.getvalue()
