"""处置清单: confirmed sites, counterfeit or selling false certificates, for the communications administration, one site a row."""

import io
from collections.abc import Iterable, Sequence

import xlsxwriter

from detectors.model import CandidateKind, EvidenceKind, Unknown
from keywords.hosts import to_unicode
from keywords.roster import Roster
from pipelines.exports.cells import neutral
from pipelines.exports.model import ExportContext, ExportFile, NothingToExport, in_china
from pipelines.model import FindingOutcome, Lead
from pipelines.suspicion import is_sale_only

__all__ = ["export_takedown", "is_for_takedown"]

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_COLUMNS = (
    ("序号", 6), ("线索编号", 20), ("域名", 32), ("域名（中文显示）", 24), ("网址", 40), ("网页标题", 30), ("仿冒对象", 34), ("认定结论", 18),
    ("认定理由", 40), ("认定人", 12), ("认定时间（UTC+8）", 20), ("页面标注的备案号", 24), ("备案核查", 22), ("IP 地址", 20), ("境内/境外", 10),
    ("域名注册服务机构", 22), ("建议措施", 36), ("首次发现（UTC+8）", 20), ("最近发现（UTC+8）", 20), ("页面校验值 SHA-256", 66), ("截图校验值 SHA-256", 66),
)  # fmt: skip


def is_for_takedown(lead: Lead) -> bool:
    """Say whether a person confirmed this lead as a counterfeit site."""
    finding = lead.finding
    return (
        lead.observation.candidate.kind is CandidateKind.SITE
        and finding is not None
        and finding.outcome is FindingOutcome.COUNTERFEIT
    )


def export_takedown(leads: Iterable[Lead], context: ExportContext, roster: Roster) -> ExportFile:
    """Return the XLSX list of all leads that are for takedown. Raises `NothingToExport` when none is."""
    listed = sorted((lead for lead in leads if is_for_takedown(lead)), key=lambda lead: lead.observation.candidate.host)
    if not listed:
        raise NothingToExport("处置清单", "takedown list")
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties(
        {
            "title": "涉假网站处置清单",
            "author": context.organisation.lead_office,
            "created": context.at.replace(tzinfo=None),
        }
    )
    _write_list(book, listed, roster, context)
    _write_notes(book, len(listed), context)
    book.close()
    return ExportFile(
        name=f"处置清单-{in_china(context.at)[:10]}-{len(listed)}个网站.xlsx",
        media_type=MEDIA_TYPE,
        content=buffer.getvalue(),
        row_count=len(listed),
        lead_ids=tuple(lead.id for lead in listed),
    )


def _write_list(book: "xlsxwriter.Workbook", listed: Sequence[Lead], roster: Roster, context: ExportContext) -> None:
    sheet = book.add_worksheet("处置清单")
    title = book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
    head = book.add_format(
        {"bold": True, "border": 1, "bg_color": "#E8EDF5", "text_wrap": True, "valign": "vcenter", "align": "center"}
    )
    cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    sheet.merge_range(0, 0, 0, len(_COLUMNS) - 1, f"{context.organisation.region}涉假网站处置清单", title)
    sheet.set_row(0, 30)
    sheet.set_row(1, 32)
    for column, (name, width) in enumerate(_COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(1, column, name, head)
    for number, lead in enumerate(listed, 1):
        sheet.write_number(1 + number, 0, number, cell)
        for column, text in enumerate(_row(lead, roster), 1):
            sheet.write_string(1 + number, column, neutral(text), cell)
    sheet.freeze_panes(2, 3)
    sheet.autofilter(1, 0, 1 + len(listed), len(_COLUMNS) - 1)
    sheet.set_landscape()
    sheet.set_paper(8)  # A3: 21 columns are not readable on A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, 1)


def _row(lead: Lead, roster: Roster) -> tuple[str, ...]:
    observation, finding = lead.observation, lead.finding
    candidate, facts = observation.candidate, observation.facts
    capture = observation.captures[0] if observation.captures else None
    host = candidate.host
    addresses = facts.addresses
    return (
        lead.id,
        host,
        to_unicode(host) if to_unicode(host) != host else "",
        candidate.url,
        capture.page.title if capture else observation.title,
        _imitated(lead, roster),
        "售卖假冒证书的网站" if is_sale_only(lead) else "假冒（仿冒）政府网站",
        finding.reason if finding else "",
        finding.decided_by if finding else "",
        in_china(finding.decided_at) if finding else "",
        _filing_on_page(lead),
        _known(facts.filing, empty="备案库中无此域名"),
        _known(addresses if isinstance(addresses, Unknown) else "、".join(addresses), empty="无解析记录"),
        _territory(facts.country),
        _known(facts.registrar, empty="注册信息中未载明"),
        _measures(lead),
        in_china(lead.first_seen_at),
        in_china(lead.last_seen_at),
        _digests(lead, EvidenceKind.BODY),
        _digests(lead, EvidenceKind.SCREENSHOT),
    )


def _imitated(lead: Lead, roster: Roster) -> str:
    site = roster.site_of(lead.assessment.imitates) if lead.assessment.imitates else None
    return f"{site.name}（{lead.assessment.imitates}）" if site else lead.assessment.imitates


def _filing_on_page(lead: Lead) -> str:
    numbers = [
        value
        for one in lead.assessment.signals
        if one.code.startswith("filing.")
        for name, value in one.data
        if name == "number"
    ]
    return "、".join(dict.fromkeys(numbers)) or "未发现标注或未提取"


def _known(fact: str | Unknown, empty: str) -> str:
    if isinstance(fact, Unknown):
        return f"未知：{fact.reason}"
    return fact or empty


def _territory(country: str | Unknown) -> str:
    if isinstance(country, Unknown):
        return "待核"
    return "境内" if country == "CN" else f"境外（{country}）"


def _measures(lead: Lead) -> str:
    """What the addressee may consider; the decision is theirs."""
    country = lead.observation.facts.country
    if isinstance(country, Unknown):
        return "核查接入地：境内的注销备案、停止接入、停止解析；境外的提请封堵"
    return "注销备案、停止接入、停止解析" if country == "CN" else "停止解析（境内注册的域名）、提请封堵境外主机"


def _digests(lead: Lead, kind: EvidenceKind) -> str:
    return "\n".join(item.sha256 for item in lead.evidence if item.kind is kind) or "无"


def _write_notes(book: "xlsxwriter.Workbook", count: int, context: ExportContext) -> None:
    sheet = book.add_worksheet("说明")
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 90)
    for line, (name, text) in enumerate(
        (
            ("填报单位", context.organisation.lead_office),
            ("导出人", context.exported_by),
            ("导出时间", f"{in_china(context.at)}（UTC+8）"),
            ("网站数量", str(count)),
            (
                "列入条件",
                "仅列入已由工作人员认定为假冒（仿冒）政府网站或售卖假冒证书网站的线索；机器初判不作为认定依据。",
            ),
            ("校验值", "为取证时原始网页、截图文件的 SHA-256，可与证据库中的文件逐一核对。"),
            ("未知事项", "写明“未知”的事项尚未查得，不代表不存在，请以主管部门登记信息为准。"),
        )
    ):
        sheet.write_string(line, 0, name)
        sheet.write_string(line, 1, neutral(text))
