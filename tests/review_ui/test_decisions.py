"""Deciding: reasons are needed, each act is written once with its history and audit entry, stale forms lose nothing."""

from dataclasses import replace

import pytest

from pipelines import lifecycle
from pipelines.model import FindingOutcome, LeadAct, LeadQuery, LeadStatus, Role
from tests.review_ui.desk_client import DeskClient

SOLD = "公开售卖或代办安全生产类证书"
NEWS = "新闻报道、警示通报或辟谣内容"


@pytest.fixture
def desk(visitor):
    return visitor.as_role(Role.ISSUER_EMERGENCY)


@pytest.fixture
def lead(case):
    return case.leads.find(LeadQuery(limit=1)).leads[0].document


def form_for(case, lead, **fields) -> dict[str, str]:
    found = case.leads.get(lead.id)
    return {"version": str(found.version), "seen": str(len(found.document.history)), **fields}


def test_confirming_takes_up_and_finds_in_one_step(case, desk, lead) -> None:
    answer = desk.post(f"/leads/{lead.id}/confirm", form_for(case, lead, reason=SOLD, note=" 已电话\n核实 "))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/leads/{lead.id}")
    now = case.leads.get(lead.id).document
    assert now.status is LeadStatus.CONFIRMED
    assert now.finding.outcome is FindingOutcome.COUNTERFEIT
    assert now.finding.reason == f"{SOLD}。已电话 核实"
    assert now.finding.decided_by == now.assignee == "practice-issuer_emergency"
    assert [event.act for event in now.history][-2:] == [LeadAct.SCREENING_STARTED, LeadAct.CONFIRMED]
    entry = case.audit.entries(about=lead.id)[0]
    assert (entry.act, entry.by) == ("lead.confirm", "practice-issuer_emergency")
    page = desk.get(f"/leads/{lead.id}").text
    assert "已认定：" in page
    assert "涉嫌假冒" not in page


def test_dismissing_keeps_the_reason_and_its_outcome(case, desk, lead) -> None:
    desk.post(f"/leads/{lead.id}/dismiss", form_for(case, lead, reason="域名停放或无实际内容，暂不处置"))
    assert case.leads.get(lead.id).document.finding.outcome is FindingOutcome.UNDETERMINED


@pytest.mark.parametrize("fields", [{}, {"reason": ""}, {"reason": "随便写的理由"}, {"note": "只有说明"}])
def test_no_decision_without_a_reason(case, desk, lead, fields) -> None:
    for path in ("confirm", "dismiss"):
        answer = desk.post(f"/leads/{lead.id}/{path}", form_for(case, lead, **fields))
        assert answer.status_code == 400
        assert "选择一条理由" in answer.text
    assert case.leads.get(lead.id).document == lead


def test_deciding_in_the_queue_stays_there_and_can_be_undone(case, desk, lead) -> None:
    following = case.leads.find(LeadQuery(limit=2)).leads[1].document
    fields = form_for(case, lead, reason=NEWS, back="/leads?status=new&open=Lx", next=following.id)
    answer = desk.post(f"/leads/{lead.id}/dismiss", fields)
    assert answer.headers["location"] == f"/leads?status=new&open={following.id}&done={lead.id}"
    page = desk.get(answer.headers["location"]).text
    assert "标为“已排除”" in page
    assert f'action="/leads/{lead.id}/undo"' in page
    assert f'<article class="lead" data-lead="{following.id}">' in page
    desk.post(f"/leads/{lead.id}/undo", form_for(case, lead, back="/leads?status=new"))
    now = case.leads.get(lead.id).document
    assert (now.status, now.finding) == (LeadStatus.SCREENING, None)
    assert case.audit.entries(about=lead.id)[0].act == "lead.undo"


def test_nobody_undoes_another_persons_decision(case, app, desk, lead) -> None:
    desk.post(f"/leads/{lead.id}/dismiss", form_for(case, lead, reason=NEWS))
    with DeskClient(app) as other:
        other.as_role(Role.CYBERSPACE)
        assert f'action="/leads/{lead.id}/undo"' not in other.get(f"/leads/{lead.id}").text
        answer = other.post(f"/leads/{lead.id}/undo", form_for(case, lead))
        assert answer.status_code == 409
        assert "不能撤销" in answer.text
    assert case.leads.get(lead.id).document.status is LeadStatus.DISMISSED


def test_a_stale_form_overwrites_nothing_and_says_what_changed(case, app, desk, lead) -> None:
    stale = form_for(case, lead, reason=SOLD, note="我核实过", back="/leads?status=new")
    with DeskClient(app) as other:
        other.as_role(Role.CYBERSPACE)
        other.post(f"/leads/{lead.id}/dismiss", form_for(case, lead, reason=NEWS))
    answer = desk.post(f"/leads/{lead.id}/confirm", stale)
    assert answer.status_code == 409
    for said in ("没有保存", "已排除", "开始甄别", "practice-cyberspace", "我核实过", "/leads?status=new"):
        assert said in answer.text
    assert case.leads.get(lead.id).document.status is LeadStatus.DISMISSED


@pytest.mark.parametrize("version", ["", "x", "-1", "0", "999", "1" * 400])
def test_made_up_versions_are_stale(case, desk, lead, version) -> None:
    form = {**form_for(case, lead, reason=SOLD), "version": version, "seen": version}
    assert desk.post(f"/leads/{lead.id}/confirm", form).status_code == 409
    assert case.leads.get(lead.id).document == lead


def test_steps_the_state_does_not_allow_are_refused(case, desk, lead) -> None:
    assert desk.post(f"/leads/{lead.id}/reopen", form_for(case, lead, reason="有新的证据或情况")).status_code == 409
    desk.post(f"/leads/{lead.id}/screen", form_for(case, lead))
    again = desk.post(f"/leads/{lead.id}/screen", form_for(case, lead))
    assert again.status_code == 409
    assert "甄别中" in again.text


def test_dismissed_leads_can_be_put_back(case, desk, lead) -> None:
    desk.post(f"/leads/{lead.id}/dismiss", form_for(case, lead, reason=NEWS))
    assert f'action="/leads/{lead.id}/reopen"' in desk.get(f"/leads/{lead.id}").text
    desk.post(f"/leads/{lead.id}/reopen", form_for(case, lead, reason="有新的证据或情况", note="又上线了"))
    now = case.leads.get(lead.id).document
    assert now.status is LeadStatus.NEW
    assert now.history[-1].note == "有新的证据或情况。又上线了"


def test_leads_that_are_not_there(desk) -> None:
    for path in ("/leads/L0", "/leads/L0/pane", "/leads/..%2f..%2fetc", "/nothing"):
        assert desk.get(path).status_code == 404
    assert desk.post("/leads/L0/screen", {"version": "1"}).status_code == 404
    assert desk.get("/leads/L0/screen").status_code in {404, 405}


def test_disposed_leads_offer_no_decision(case, desk, lead) -> None:
    found = case.leads.get(lead.id)
    confirmed = lifecycle.confirm(lifecycle.start_screening(lead, "li", case.clock.now()), "li", "x", case.clock.now())
    case.leads.put(replace(confirmed, status=LeadStatus.CLOSED), found.version)
    page = desk.get(f"/leads/{lead.id}").text
    assert f'action="/leads/{lead.id}/reopen"' in page
    assert f'action="/leads/{lead.id}/confirm"' not in page
