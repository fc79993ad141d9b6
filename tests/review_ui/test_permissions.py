"""Roles × acts: what the page offers and what the server lets through are the same thing."""

import pytest

from pipelines.model import LeadStatus, Role
from review_ui.permissions import Permission, permissions_of

CONFIRMS = {Role.ISSUER_CONSTRUCTION, Role.ISSUER_EMERGENCY, Role.ISSUER_MARKET}
DISMISSES = CONFIRMS | {Role.CYBERSPACE, Role.MARKET}
TAKEDOWN = {Role.CYBERSPACE, Role.ISSUER_EMERGENCY, Role.TELECOM}
DELISTING = CONFIRMS | {Role.MARKET}
DOWNLOADS = DISMISSES | {Role.POLICE}


def a_new_lead(case, kind="site"):
    from pipelines.model import LeadQuery

    return case.leads.find(LeadQuery(filters=(("kind", (kind,)),), limit=1)).leads[0]


def test_permissions_are_sorted_and_unique() -> None:
    names = [member.name for member in Permission]
    assert names == sorted(names)


@pytest.mark.parametrize("role", Role)
def test_roles_and_acts(case, visitor, role) -> None:
    desk = visitor.as_role(role)
    found = a_new_lead(case)
    lead = found.document
    page = desk.get(f"/leads/{lead.id}")
    assert page.status_code == 200
    form = {"version": str(found.version), "seen": "1", "reason": "", "note": ""}

    for path, allowed, reason in (
        ("screen", DISMISSES, ""),
        ("confirm", CONFIRMS, "公开售卖或代办安全生产类证书"),
        ("dismiss", DISMISSES, "与其他线索重复"),
    ):
        offered = f'action="/leads/{lead.id}/{path}"' in page.text
        assert offered == (role in allowed), path
        if role not in allowed:
            answer = desk.post(f"/leads/{lead.id}/{path}", {**form, "reason": reason})
            assert answer.status_code == 403
            assert "没有" in answer.text
    assert case.leads.get(lead.id) == found

    item = lead.evidence[0]
    download = desk.get(f"/leads/{lead.id}/evidence/{item.sha256}/download")
    assert download.status_code == (200 if role in DOWNLOADS else 403)
    assert ("/download" in page.text) == (role in DOWNLOADS)
    assert desk.post("/exports/takedown").status_code == (409 if role in TAKEDOWN else 403)
    assert desk.post("/exports/delisting").status_code == (409 if role in DELISTING else 403)
    for path in ("/leads", "/leads.json", "/runs", "/exports", "/help"):
        assert desk.get(path).status_code == 200


def test_administrators_judge_nothing() -> None:
    judging = {Permission.LEAD_CONFIRM, Permission.LEAD_DISMISS, Permission.LEAD_SCREEN, Permission.LEAD_REOPEN}
    assert not permissions_of(Role.ADMIN) & judging


@pytest.mark.parametrize("role", sorted(DISMISSES - CONFIRMS))
def test_who_screens_but_does_not_issue_reads_who_confirms(case, visitor, role) -> None:
    page = visitor.as_role(role).get(f"/leads/{a_new_lead(case).document.id}").text
    assert "由发证部门（应急、住建、市监）认定" in page


def test_signed_out_nobody_sees_anything(case, visitor) -> None:
    found = a_new_lead(case)
    sha256 = found.document.evidence[0].sha256
    for path in ("/", "/leads", f"/leads/{found.document.id}", "/runs", "/exports", "/help"):
        answer = visitor.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in")
    for path in ("/leads.json", f"/leads/{found.document.id}/pane"):
        assert visitor.get(path).status_code == 401
    for tail in ("picture", "download"):
        assert visitor.get(f"/leads/{found.document.id}/evidence/{sha256}/{tail}").status_code == 303
    visitor.get("/sign-in")
    answer = visitor.post(f"/leads/{found.document.id}/screen", {"version": str(found.version)})
    assert answer.status_code == 303
    assert case.leads.get(found.document.id).document.status is LeadStatus.NEW
