"""Signing in: passwords, waiting after wrong ones, sign-outs that hold, tokens on every form, practice only on loopback."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pipelines.bootstrap import open_case
from pipelines.errors import UsageError
from pipelines.model import Account, Role
from review_ui.accounts import MIN_PASSWORD, Throttle, check_password, hash_password
from review_ui.app import create_app
from review_ui.desk import safe_return
from tests.conftest import FixedClock
from tests.review_ui.desk_client import DeskClient
from tests.review_ui.desk_world import settings_for

PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)


@pytest.fixture
def wang(case) -> Account:
    account = Account(name="wang", display_name="王某", role=Role.CYBERSPACE, password_hash=HASH)
    case.accounts.put(account)
    return account


def test_password_signs_in_and_leads_back(case, visitor, wang) -> None:
    visitor.get("/sign-in?next=%2Fruns")
    assert (
        visitor.post("/sign-in", {"name": "wang", "password": "wrong wrong wrong", "next": "/runs"}).status_code == 401
    )
    answer = visitor.post("/sign-in", {"name": "wang", "password": PASSWORD, "next": "/runs"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/runs")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "王某" in visitor.get("/runs").text
    acts = [entry.act for entry in case.audit.entries()]
    assert acts[:2] == ["account.sign_in", "account.sign_in_refused"]


def test_five_wrong_passwords_wait(case, visitor, wang) -> None:
    visitor.get("/sign-in")
    for _ in range(5):
        assert visitor.post("/sign-in", {"name": "wang", "password": "no"}).status_code == 401
    refused = visitor.post("/sign-in", {"name": "wang", "password": PASSWORD})
    assert refused.status_code == 429
    assert "分钟后再试" in refused.text
    case.clock.at += timedelta(minutes=16)
    assert visitor.post("/sign-in", {"name": "wang", "password": PASSWORD}).status_code == 303


def test_throttle_counts_within_its_window_only() -> None:
    clock = FixedClock()
    throttle = Throttle(clock.now)
    for _ in range(4):
        throttle.failed("a")
    assert throttle.wait_s("a") == 0
    clock.at += timedelta(minutes=14)
    throttle.failed("a", "b")
    assert throttle.wait_s("a") == 61
    assert throttle.wait_s("b") == 0
    throttle.succeeded("a")
    assert throttle.wait_s("a", "b") == 0


def test_disabling_changing_password_or_role_ends_the_session(case, visitor, wang) -> None:
    for change in ({"is_disabled": True}, {"password_hash": HASH + "x"}, {"role": Role.POLICE}):
        case.accounts.put(wang)
        visitor.get("/sign-in")
        visitor.post("/sign-in", {"name": "wang", "password": PASSWORD})
        assert visitor.get("/help").status_code == 200
        case.accounts.put(replace(wang, **change))
        assert visitor.get("/help").status_code == 303


def test_sign_out_holds_for_a_kept_cookie(visitor) -> None:
    visitor.as_role(Role.POLICE)
    kept = visitor.cookies["jianwei_session"]
    assert visitor.post("/sign-out").status_code == 303
    visitor.cookies.set("jianwei_session", kept, domain="127.0.0.1")
    assert visitor.get("/help").status_code == 303


def test_sessions_end_by_themselves(case, visitor) -> None:
    visitor.as_role(Role.POLICE)
    case.clock.at += timedelta(hours=11)
    assert visitor.get("/help").status_code == 303


@pytest.mark.parametrize("cookie", ["", "x", "eyJuYW1lIjoiYSJ9.bad", "a" * 5000])
def test_forged_cookies_are_nobody(visitor, cookie) -> None:
    visitor.cookies.set("jianwei_session", cookie, domain="127.0.0.1")
    assert visitor.get("/leads").status_code == 303


def test_unknown_and_passwordless_accounts_cannot_sign_in(case, wang) -> None:
    assert check_password(case.accounts, "nobody", PASSWORD) is None
    case.accounts.put(Account(name="empty", display_name="", role=Role.ADMIN))
    assert check_password(case.accounts, "empty", "") is None
    assert check_password(case.accounts, "wang", PASSWORD) == wang


def test_short_passwords_are_refused() -> None:
    with pytest.raises(UsageError):
        hash_password("x" * (MIN_PASSWORD - 1))


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        ({}, {"csrf_token": ""}),
        ({}, {"csrf_token": "0" * 64}),
        ({}, {"csrf_token": "不是十六进制"}),
        ({"sec-fetch-site": "cross-site"}, {}),
        ({"sec-fetch-site": "same-site"}, {}),
    ],
)
def test_foreign_forms_do_nothing(case, visitor, headers, fields) -> None:
    from pipelines.model import LeadQuery

    found = case.leads.find(LeadQuery(limit=1)).leads[0]
    desk = visitor.as_role(Role.ISSUER_EMERGENCY)
    form = {"version": str(found.version), "reason": "与其他线索重复", **fields}
    for path in (
        "screen",
        "confirm",
        "dismiss",
        "reopen",
        "undo",
        f"evidence/{found.document.evidence[0].sha256}/verify",
    ):
        assert desk.post(f"/leads/{found.document.id}/{path}", form, headers=headers).status_code == 403
    for path in ("/exports/takedown", "/exports/delisting", "/sign-out"):
        assert desk.post(path, form, headers=headers).status_code == 403
    assert case.leads.get(found.document.id) == found
    assert desk.get("/help").status_code == 200


def test_forms_of_another_session_and_huge_or_other_bodies_are_refused(app, visitor) -> None:
    with DeskClient(app) as other:
        other.as_role(Role.POLICE)
        visitor.as_role(Role.POLICE)
        assert visitor.post("/sign-out", {"csrf_token": other.token}).status_code == 403
    assert visitor.post("/sign-out", {"note": "x" * 70_000}).status_code == 403
    assert visitor.post("/sign-out", headers={"content-type": "text/plain"}).status_code == 403


def test_practice_sign_in_only_where_allowed(tmp_path) -> None:
    for review_ui in ({"practice_sign_in": False}, {"practice_sign_in": True, "bind": "192.0.2.1"}):
        settings = settings_for(tmp_path, **review_ui)
        with open_case(settings, FixedClock()) as case, DeskClient(create_app(case, settings)) as client:
            assert "演练" not in client.get("/sign-in").text
            assert client.post("/sign-in/practice", {"role": "admin"}).status_code == 404


def test_practice_sessions_are_worth_nothing_outside_practice(tmp_path) -> None:
    practice, real = settings_for(tmp_path, practice_sign_in=True), settings_for(tmp_path)
    with open_case(practice, FixedClock()) as case:
        with DeskClient(create_app(case, practice)) as client:
            client.as_role(Role.ISSUER_EMERGENCY)
            cookie = client.cookies["jianwei_session"]
        with DeskClient(create_app(case, real)) as client:
            client.cookies.set("jianwei_session", cookie, domain="127.0.0.1")
            assert client.get("/help").status_code == 303


@pytest.mark.parametrize(
    "address", ["//evil.example/", "https://evil.example/", "/\\evil.example", "\\\\evil", "javascript:alert(1)", "", "/a\nb", "/\t/evil"]
)  # fmt: skip
def test_going_back_never_leads_elsewhere(address) -> None:
    assert safe_return(address) == "/leads"


def test_going_back_leads_to_our_pages() -> None:
    assert safe_return("/leads?status=new&q=%E5%8C%85") == "/leads?status=new&q=%E5%8C%85"
