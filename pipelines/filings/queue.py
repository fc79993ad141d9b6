"""Which domains people must look up by hand, most suspicious first, and the sheet they fill in.

The registry's public site asks for a captcha and may not be automated. The list is made of the open leads each time it is asked for:
a domain leaves it when the registry knows it, or when somebody's answer is fresh.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import xlsxwriter

from detectors.model import CandidateKind, FilingFacts, Unknown
from keywords.hosts import to_unicode
from keywords.roster import Roster
from pipelines.exports.cells import neutral
from pipelines.filings.lookup import facts_about, printed_mains
from pipelines.filings.registry import FilingRegistry
from pipelines.model import Lead, LeadStatus

__all__ = ["OPEN", "QueuedName", "names_to_look_up", "queue_csv", "queue_xlsx"]

OPEN = (LeadStatus.NEW, LeadStatus.SCREENING, LeadStatus.CONFIRMED, LeadStatus.DISPOSING)
"""States in which an answer still helps."""
FRESH_DAYS = 90
_COLUMNS = (
    ("域名", 28), ("中文域名", 18), ("线索编号", 22), ("机器初判", 10), ("页面标注的备案号", 26), ("仿冒对象", 24), ("为何要查", 34), ("有无备案", 10), ("备案号", 26),
    ("主办单位名称", 30), ("单位性质", 12), ("网站名称", 24), ("审核日期", 14), ("状态", 10), ("查询日期", 14), ("查询人", 12),
)  # fmt: skip
_GIVEN = 7
"""Columns filled in for staff; the others are theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedName:
    """One domain to look up at beian.miit.gov.cn."""

    domain: str
    lead_ids: tuple[str, ...]
    score_permille: int
    """Of its strongest lead."""
    printed: tuple[str, ...]
    """Main numbers its pages show."""
    imitates: str
    why: str
    """One Chinese sentence."""


def names_to_look_up(
    leads: Iterable[Lead], registry: FilingRegistry, roster: Roster, today: date
) -> tuple[QueuedName, ...]:
    """Return the domains of open leads of sites that nobody can answer for, most suspicious first."""
    found: dict[str, QueuedName] = {}
    for lead in leads:
        host = lead.observation.candidate.host
        if lead.observation.candidate.kind is not CandidateKind.SITE or not host or roster.is_official(host):
            continue
        printed = printed_mains(lead.observation.captures)
        facts = facts_about(host, (), registry)
        why = _why(facts, today)
        if not why:
            continue
        domain = (
            facts.domain if isinstance(facts, FilingFacts) else lead.observation.candidate.registrable_domain or host
        )
        known = found.get(domain)
        score = lead.assessment.score_permille
        found[domain] = QueuedName(
            domain=domain,
            lead_ids=(*(known.lead_ids if known else ()), lead.id),
            score_permille=max(score, known.score_permille if known else 0),
            printed=tuple(dict.fromkeys((*(known.printed if known else ()), *printed))),
            imitates=(known.imitates if known else "") or lead.assessment.imitates,
            why=why,
        )
    return tuple(sorted(found.values(), key=lambda one: (-one.score_permille, one.domain)))


def _why(facts: FilingFacts | Unknown, today: date) -> str:
    """Return why a domain must be looked up; empty: it need not be."""
    if isinstance(facts, Unknown):
        return facts.reason
    looked = [one.looked_on for one in facts.own if one.looked_on]
    if looked:
        age = (today - looked[0]).days
        return f"上次人工查询已是 {age} 天前" if age > FRESH_DAYS else ""
    if facts.is_shared_domain:
        return ""
    on = facts.registry_on
    if on and (today - on).days > FRESH_DAYS:
        return f"备案库是 {on.isoformat()} 的，已过 {(today - on).days} 天"
    return "" if facts.own or on is None else f"{on.isoformat()} 的备案库中没有该域名"


def queue_csv(names: Iterable[QueuedName]) -> bytes:
    """Return the sheet as CSV with a byte-order mark, as office programs expect."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(name for name, _ in _COLUMNS)
    writer.writerows([neutral(cell) for cell in _cells(one)] + [""] * (len(_COLUMNS) - _GIVEN) for one in names)
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def queue_xlsx(names: Iterable[QueuedName]) -> bytes:
    """Return the sheet as XLSX: what staff fill in is coloured, 有无备案 is a choice."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    sheet = book.add_worksheet("备案人工查询")
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#E8EDF5", "text_wrap": True})
    asked = book.add_format({"bold": True, "border": 1, "bg_color": "#FFF2CC", "text_wrap": True})
    cell = book.add_format({"border": 1, "text_wrap": True, "valign": "top"})
    for column, (name, width) in enumerate(_COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, head if column < _GIVEN else asked)
    last = 0
    for last, one in enumerate(names, 1):
        for column, text in enumerate(_cells(one)):
            sheet.write_string(last, column, neutral(text), cell)
        for column in range(_GIVEN, len(_COLUMNS)):
            sheet.write_blank(last, column, None, cell)
    sheet.data_validation(1, _GIVEN, max(1, last), _GIVEN, {"validate": "list", "source": ["有", "无"]})
    sheet.freeze_panes(1, 1)
    book.close()
    return buffer.getvalue()


def _cells(one: QueuedName) -> tuple[str, ...]:
    shown = to_unicode(one.domain)
    return (
        one.domain,
        shown if shown != one.domain else "",
        "、".join(one.lead_ids[:5]),
        str(one.score_permille),
        "、".join(one.printed),
        one.imitates,
        one.why,
    )
