"""The papers: right rows, right words, harmless cells."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import openpyxl
import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from detectors.model import (
    Advert,
    Assessment,
    Candidate,
    CandidateKind,
    Capture,
    Discovery,
    EvidenceKind,
    HostFacts,
    Level,
    Listing,
    Observation,
    PageContent,
    Profile,
)  # fmt: skip
from detectors.ruleset import signal
from keywords.roster import load_roster
from pipelines.exports.cells import neutral
from pipelines.exports.delisting import addressees, export_delisting
from pipelines.exports.model import ExportContext, NothingToExport
from pipelines.exports.takedown import export_takedown
from pipelines.model import EvidenceItem, Finding, FindingOutcome, Lead, LeadStatus
from pipelines.settings import OrganisationSettings

AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
CONTEXT = ExportContext(organisation=OrganisationSettings(), exported_by="王某", at=AT)


def lead(number: int, observation: Observation, outcome: FindingOutcome | None = FindingOutcome.COUNTERFEIT) -> Lead:
    finding = (
        Finding(outcome=outcome, reason="页面与官方查询页一致", decided_by="李某", decided_at=AT) if outcome else None
    )
    return Lead(
        id=f"L{number:016x}",
        status=LeadStatus.CONFIRMED if finding else LeadStatus.NEW,
        observation=observation,
        assessment=Assessment(score_permille=910, level=Level.HIGH, imitates="cx.mem.gov.cn", ruleset_version="x"),
        first_seen_at=AT,
        last_seen_at=AT,
        sighting_count=1,
        seen_observations=(observation.identity,),
        sources=("lookalike",),
        evidence=(
            EvidenceItem(
                kind=EvidenceKind.BODY, sha256="ab" * 32, size_bytes=1, media_type="text/html", captured_at=AT
            ),
        ),
        finding=finding,
    )


def a_site(host: str = "cx-mem-gov.cn", title: str = "特种作业操作证查询平台") -> Observation:
    url = f"https://{host}/"
    capture = Capture(
        profile=Profile.DESKTOP,
        requested_url=url,
        final_url=url,
        status=200,
        captured_at=AT,
        page=PageContent(title=title),
    )
    candidate = Candidate(
        kind=CandidateKind.SITE,
        url=url,
        host=host,
        registrable_domain=host,
        discovery=Discovery(source="lookalike", found_at=AT),
    )
    return Observation(
        candidate=candidate, observed_at=AT, captures=(capture,), facts=HostFacts(addresses=("203.0.113.9",))
    )


def a_listing(item: str, platform: str = "某商城", title: str = "电工证 包过") -> Observation:
    listing = Listing(platform=platform, item_id=item, title=title)
    candidate = Candidate(
        kind=CandidateKind.LISTING,
        url=f"https://shop.example.com/{item}",
        host="shop.example.com",
        discovery=Discovery(source="file:a", found_at=AT),
    )
    return Observation(candidate=candidate, observed_at=AT, listing=listing)


def rows_of(content: bytes) -> list[list[str]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content))["处置清单"]
    return [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


def test_takedown_lists_confirmed_sites_only() -> None:
    leads = [
        lead(1, a_site()),
        lead(2, a_site("b.cn"), None),
        lead(3, a_site("c.cn"), FindingOutcome.NOT_COUNTERFEIT),
        lead(4, a_listing("5")),
    ]
    file = export_takedown(leads, CONTEXT, load_roster())
    title, header, *rows = rows_of(file.content)
    assert file.row_count == len(rows) == 1
    assert title[0] == "灌云县涉假网站处置清单"
    shown = dict(zip(header, rows[0], strict=True))
    assert shown["域名"] == "cx-mem-gov.cn"
    assert shown["仿冒对象"] == "特种作业操作证及安全生产知识和管理能力考核合格信息查询平台（cx.mem.gov.cn）"
    assert shown["认定时间（UTC+8）"] == "2026-11-22 16:30:00"
    assert shown["备案核查"].startswith("未知：")
    assert shown["页面校验值 SHA-256"] == "ab" * 32


def test_takedown_reads_names_in_their_script() -> None:
    file = export_takedown([lead(1, a_site("xn--fsqu00a.xn--fiqs8s"))], CONTEXT, load_roster())
    assert rows_of(file.content)[2][3] == "例子.中国"


def test_hostile_title_is_no_formula_and_no_link() -> None:
    file = export_takedown([lead(1, a_site(title='=HYPERLINK("http://x","点我")\x00\u202e'))], CONTEXT, load_roster())
    book = openpyxl.load_workbook(io.BytesIO(file.content))
    cell = book["处置清单"].cell(3, 6)
    assert cell.data_type == "s"
    assert cell.value == '\'=HYPERLINK("http://x","点我")'
    assert cell.hyperlink is None


def test_nothing_confirmed_is_said_so() -> None:
    with pytest.raises(NothingToExport, match="认定"):
        export_takedown([lead(1, a_site(), None)], CONTEXT, load_roster())
    with pytest.raises(NothingToExport, match="某商城"):
        export_delisting([lead(1, a_listing("1"), None)], CONTEXT, "某商城")


def test_one_letter_per_platform() -> None:
    leads = [lead(1, a_listing("1")), lead(2, a_listing("2")), lead(3, a_listing("3", "别家")), lead(4, a_site())]
    assert addressees(leads) == {"某商城": 2, "别家": 1}
    file = export_delisting(leads, CONTEXT, "某商城")
    document = Document(io.BytesIO(file.content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "某商城：" in text
    assert "共 2 条" in text
    assert "灌应急函〔2026〕" in text
    assert "2026年11月22日" in text
    assert "四十二条" not in text, "art. 42 of the E-Commerce Law is about intellectual property"
    assert [row.cells[1].text for row in document.tables[0].rows] == ["编号", "1", "2"]
    section = document.sections[0]
    assert (round(section.top_margin.mm), round(section.left_margin.mm), round(section.page_width.mm)) == (37, 28, 210)


def test_letter_survives_markup_and_control_characters() -> None:
    file = export_delisting(
        [lead(1, a_listing("1", "<b>&某商城\x0b", title="</w:t><a>&\x00\ufffe"))], CONTEXT, "<b>&某商城\x0b"
    )
    document = Document(io.BytesIO(file.content))
    assert "</w:t><a>&" in document.tables[0].rows[1].cells[2].text
    assert "/" not in file.name


def test_same_leads_same_bytes() -> None:
    leads = [lead(1, a_site())]
    assert (
        export_takedown(leads, CONTEXT, load_roster()).sha256 == export_takedown(leads, CONTEXT, load_roster()).sha256
    )
    later = replace(CONTEXT, exported_by="李某")
    assert export_takedown(leads, CONTEXT, load_roster()).sha256 != export_takedown(leads, later, load_roster()).sha256


@given(st.text(max_size=80))
def test_neutral_cells_never_start_a_formula(text: str) -> None:
    shown = neutral(text)
    assert not shown.lstrip().startswith(("=", "+", "-", "@"))
    assert not any(ord(char) < 32 and char not in "\t\n\r" for char in shown)


def test_letters_call_engines_by_their_name_and_lists_tell_sellers_from_impostors() -> None:
    advert = Advert(engine="so360", query="电工证", page=1, slot=1, title="电工证包过")
    candidate = Candidate(
        kind=CandidateKind.ADVERT, url="", key="x", discovery=Discovery(source="engine:so360", found_at=AT)
    )
    assert addressees([lead(1, Observation(candidate=candidate, observed_at=AT, advert=advert))]) == {"360 搜索": 1}
    seller = lead(2, a_site("seller.cn"))
    sale = signal("offer.certificate_sale", term="包过", certificate="电工证")
    seller = replace(seller, assessment=replace(seller.assessment, signals=(sale,), imitates=""))
    shown = rows_of(export_takedown([lead(1, a_site()), seller], CONTEXT, load_roster()).content)
    assert [row[7] for row in shown[2:]] == ["假冒（仿冒）政府网站", "售卖假冒证书的网站"]
