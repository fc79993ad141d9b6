"""Pictures, downloads and checks of evidence; the two papers, and the lines they leave behind."""

import io
from urllib.parse import unquote

import openpyxl
import pytest
from docx import Document

from detectors.model import EvidenceKind
from pipelines.model import LeadAct, LeadQuery, Role
from tests.review_ui.desk_world import sha256_of


@pytest.fixture
def desk(visitor):
    return visitor.as_role(Role.ISSUER_EMERGENCY)


def the_clone(case):
    return case.leads.find(LeadQuery(text="cx-mem-gov", limit=1)).leads[0].document


def confirm(case, desk, **query) -> str:
    lead = case.leads.find(LeadQuery(limit=1, **query)).leads[0]
    form = {"version": str(lead.version), "reason": "公开售卖或代办安全生产类证书"}
    assert desk.post(f"/leads/{lead.document.id}/confirm", form).status_code == 303
    return lead.document.id


def test_screenshots_come_as_pictures_with_their_digest_checked(case, desk) -> None:
    lead = the_clone(case)
    shot = next(item for item in lead.evidence if item.kind is EvidenceKind.SCREENSHOT)
    answer = desk.get(f"/leads/{lead.id}/evidence/{shot.sha256}/picture")
    assert answer.headers["content-type"] == "image/png"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert sha256_of(answer.content) == shot.sha256
    official = case.snapshots.all()[0].screenshot_sha256
    assert sha256_of(desk.get(f"/official/{official}/picture").content) == official
    page = desk.get(f"/leads/{lead.id}").text
    assert f"/official/{official}/picture" in page
    assert page.index("涉嫌页面") < page.index(f"/official/{official}/picture")


def test_evidence_of_another_lead_cannot_be_asked_for(case, desk) -> None:
    lead, other = (found.document for found in case.leads.find(LeadQuery(limit=2)).leads)
    for tail in ("picture", "download"):
        assert desk.get(f"/leads/{lead.id}/evidence/{other.evidence[0].sha256}/{tail}").status_code == 404
    assert desk.get(f"/official/{other.evidence[0].sha256}/picture").status_code == 404
    assert desk.get(f"/leads/{lead.id}/evidence/..%2f..%2fsecret.key/download").status_code == 404


def test_checking_says_whether_anything_changed(case, desk, tmp_path) -> None:
    lead = the_clone(case)
    item = lead.evidence[0]
    answer = desk.post(f"/leads/{lead.id}/evidence/{item.sha256}/verify")
    assert "与校验值一致" in answer.text
    for stored in (tmp_path / "evidence").rglob("*"):
        if (stored.is_file() and item.sha256[4:] in stored.name) or item.sha256 in stored.name:
            stored.chmod(0o600)
            stored.write_bytes(b"changed")
    assert "校验不通过" in desk.post(f"/leads/{lead.id}/evidence/{item.sha256}/verify").text
    damaged = desk.get(f"/leads/{lead.id}/evidence/{item.sha256}/download")
    assert damaged.status_code == 500
    assert "校验不通过" in damaged.text
    assert [entry.detail.split()[-1] for entry in case.audit.entries(about=lead.id)[:2]] == ["damaged", "sound"]


def test_takedown_list_goes_out_with_confirmed_sites_only(case, desk) -> None:
    assert desk.post("/exports/takedown").status_code == 409
    lead_id = confirm(case, desk, text="cx-mem-gov")
    confirm(case, desk, filters=(("kind", ("listing",)),))
    assert "导出处置清单" in desk.get("/exports").text
    answer = desk.post("/exports/takedown")
    assert answer.status_code == 200
    assert answer.headers["x-content-sha256"] == sha256_of(answer.content)
    assert "处置清单" in unquote(answer.headers["content-disposition"])
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    hosts = [row[2].value for row in sheet.iter_rows(min_row=3)]
    assert hosts == ["cx-mem-gov.cn"]
    event = case.leads.get(lead_id).document.history[-1]
    assert event.act is LeadAct.EXPORTED
    assert sha256_of(answer.content)[:12] in event.note
    assert case.audit.entries()[0].act == "export.takedown"


def test_delisting_letter_per_platform(case, desk) -> None:
    lead_id = confirm(case, desk, text="闲鱼")
    confirm(case, desk, filters=(("kind", ("advert",)),))
    page = desk.get("/exports").text
    assert 'value="闲鱼"' in page
    assert "360 搜索" in page
    answer = desk.post("/exports/delisting", {"addressee": "闲鱼"})
    text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(answer.content)).paragraphs)
    assert "闲鱼：" in text
    assert case.leads.get(lead_id).document.history[-1].act is LeadAct.EXPORTED
    assert desk.post("/exports/delisting", {"addressee": "没有的平台"}).status_code == 409


def test_one_lead_goes_out_from_its_page(case, desk) -> None:
    lead_id = confirm(case, desk, text="闲鱼")
    page = desk.get(f"/leads/{lead_id}").text
    assert "导出平台下架函" in page
    assert desk.post("/exports/delisting", {"lead": lead_id}).status_code == 200
    assert f'action="/leads/{lead_id}/undo"' not in desk.get(f"/leads/{lead_id}").text
