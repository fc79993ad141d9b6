"""平台下架函: one letter per platform or search engine, with the confirmed listings or adverts as its list.

Layout after GB/T 9704-2012: A4, margins 37/28 mm, 22 lines a page, body in 三号仿宋, title in 二号小标宋. Those fonts are not free
to ship: the file names them and the office computer that has them shows them.
"""

import io
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from detectors.model import CandidateKind, EvidenceKind
from pipelines.clock import CHINA
from pipelines.exports.cells import printable
from pipelines.exports.model import ExportContext, ExportFile, NothingToExport, in_china
from pipelines.model import FindingOutcome, Lead

__all__ = ["addressee_of", "addressees", "export_delisting"]

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_BODY_FONT = "仿宋_GB2312"
_TITLE_FONT = "方正小标宋简体"
_HEADING_FONT = "黑体"
_BODY_SIZE = Pt(16)
_TITLE_SIZE = Pt(22)
_TABLE_SIZE = Pt(10.5)
_LINE_HEIGHT = Pt(28.9)
_LIST_HEADER = ("序号", "编号", "标题", "网址", "发布者", "发现时间", "页面校验值（SHA-256）")
_LIST_WIDTHS_MM = (8, 22, 36, 34, 16, 18, 22)
"""Together the 156 mm of the type area."""


def addressee_of(lead: Lead) -> str:
    """Return the platform or engine that would have to act on this lead; empty: the lead is for no delisting letter."""
    finding, observation = lead.finding, lead.observation
    if finding is None or finding.outcome is not FindingOutcome.COUNTERFEIT:
        return ""
    if observation.candidate.kind is CandidateKind.LISTING and observation.listing:
        return observation.listing.platform
    if observation.candidate.kind is CandidateKind.ADVERT and observation.advert:
        return str(_wording()["engines"].get(observation.advert.engine, observation.advert.engine))
    return ""


def addressees(leads: Iterable[Lead]) -> dict[str, int]:
    """Return addressee → number of confirmed leads, most first."""
    return dict(Counter(name for lead in leads if (name := addressee_of(lead))).most_common())


def export_delisting(leads: Iterable[Lead], context: ExportContext, addressee: str) -> ExportFile:
    """Return the letter to one addressee. Raises `NothingToExport` when no confirmed lead is theirs."""
    listed = sorted((lead for lead in leads if addressee_of(lead) == addressee), key=lambda lead: lead.id)
    if not listed:
        raise NothingToExport(f"给“{addressee}”的下架函", f"delisting letter to {addressee!r}")
    wording = _wording()
    is_advert = listed[0].observation.candidate.kind is CandidateKind.ADVERT
    letter = {**wording["common"], **wording["advert" if is_advert else "listing"]}
    document = _blank_page()
    _write_letter(document, letter, addressee, len(listed), context)
    _write_list(document, letter["list_title"], listed)
    properties = document.core_properties
    properties.title, properties.author = letter["title"], context.organisation.lead_office
    properties.created = properties.modified = context.at.replace(tzinfo=None)
    buffer = io.BytesIO()
    document.save(buffer)
    return ExportFile(
        name=f"平台下架函-{_file_part(addressee)}-{in_china(context.at)[:10]}.docx",
        media_type=MEDIA_TYPE,
        content=buffer.getvalue(),
        row_count=len(listed),
        lead_ids=tuple(lead.id for lead in listed),
    )


@cache
def _wording() -> dict[str, Any]:
    return tomllib.loads((files("pipelines.exports") / "data" / "delisting_letter.toml").read_text("utf-8"))


def _file_part(text: str) -> str:
    return "".join(char for char in printable(text) if char.isalnum() or char in ".-")[:40] or "平台"


def _blank_page() -> DocumentObject:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
        Mm(37),
        Mm(35),
        Mm(28),
        Mm(26),
    )
    style = document.styles["Normal"]
    style.font.name, style.font.size = _BODY_FONT, _BODY_SIZE
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _BODY_FONT)
    return document


def _write_letter(
    document: DocumentObject, letter: Mapping[str, Any], addressee: str, count: int, context: ExportContext
) -> None:
    organisation = context.organisation
    today = context.at.astimezone(CHINA)
    _line(document, f"{organisation.document_mark}函〔{today.year}〕　　号", align=WD_ALIGN_PARAGRAPH.RIGHT)
    _line(document, "")
    _line(document, letter["title"], font=_TITLE_FONT, size=_TITLE_SIZE, align=WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, "")
    _line(document, f"{addressee}：")
    _line(document, letter["opening"].format(count=count), indent=True)
    for number, request in zip("一二三四五六七八九", letter["requests"], strict=False):
        _line(document, f"{number}、{request.format(reply_days=letter['reply_days'])}", indent=True)
    _line(document, f"以上依据：{'；'.join(entry['text'] for entry in letter['basis'])}。", indent=True)
    _line(document, letter["closing"], indent=True)
    _line(document, "")
    _line(document, f"附件：{letter['list_title']}", indent=True)
    _line(document, "")
    _line(document, organisation.lead_office, align=WD_ALIGN_PARAGRAPH.RIGHT)
    _line(document, letter["seal_note"], align=WD_ALIGN_PARAGRAPH.RIGHT)
    _line(document, f"{today.year}年{today.month}月{today.day}日", align=WD_ALIGN_PARAGRAPH.RIGHT)
    _line(document, f"（{letter['contact_label']}：{organisation.contact or '　　　　　　　　'}）", indent=True)


def _write_list(document: DocumentObject, title: str, listed: Sequence[Lead]) -> None:
    _line(document, "附件", font=_HEADING_FONT).paragraph_format.page_break_before = True
    _line(document, title, font=_TITLE_FONT, size=_TITLE_SIZE, align=WD_ALIGN_PARAGRAPH.CENTER)
    table = document.add_table(rows=1, cols=len(_LIST_HEADER))
    table.style = "Table Grid"
    table.autofit = False
    _fill(table.rows[0].cells, _LIST_HEADER, is_head=True)
    for number, lead in enumerate(listed, 1):
        _fill(table.add_row().cells, (str(number), *_row(lead)), is_head=False)


def _row(lead: Lead) -> tuple[str, ...]:
    observation = lead.observation
    listing, advert = observation.listing, observation.advert
    digest = next(
        (
            item.sha256
            for item in lead.evidence
            if item.kind in {EvidenceKind.BODY, EvidenceKind.LISTING, EvidenceKind.ADVERT}
        ),
        "",
    )
    if listing:
        number, title, publisher = listing.item_id, listing.title, "以编号为准"
    else:
        number = ""
        title = advert.title if advert else observation.title
        publisher = advert.advertiser if advert else ""
    url = observation.candidate.url or (advert.wrapper_url if advert else "")
    return (number or lead.id, title, url, publisher or "未显示", in_china(lead.last_seen_at)[:16], digest or "无")


def _fill(cells: Sequence[Any], texts: Sequence[str], *, is_head: bool) -> None:
    for cell, text, width in zip(cells, texts, _LIST_WIDTHS_MM, strict=True):
        cell.width = Mm(width)
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.line_spacing = 1.0
        _say(paragraph, text[:500], font=_HEADING_FONT if is_head else _BODY_FONT, size=_TABLE_SIZE)


def _line(
    document: DocumentObject,
    text: str,
    *,
    font: str = _BODY_FONT,
    size: Pt = _BODY_SIZE,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT,
    indent: bool = False,
) -> Paragraph:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    layout = paragraph.paragraph_format
    layout.space_before = layout.space_after = Pt(0)
    layout.line_spacing_rule, layout.line_spacing = WD_LINE_SPACING.EXACTLY, _LINE_HEIGHT
    if indent:
        layout.first_line_indent = 2 * size
    _say(paragraph, text, font=font, size=size)
    return paragraph


def _say(paragraph: Paragraph, text: str, *, font: str, size: Pt) -> None:
    run = paragraph.add_run(printable(text))
    run.font.name, run.font.size = font, size
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
