"""What surrounds every page: headers, host names, error pages with a number, colours with enough contrast, runs."""

import re
from importlib.resources import files

import pytest

from pipelines.errors import StoreUnavailable
from pipelines.model import Role
from review_ui.app import create_app
from review_ui.guard import is_loopback
from tests.review_ui.desk_client import DeskClient

CSS = (files("review_ui") / "static" / "desk.css").read_text("utf-8")
PAIRS = [
    ("ink", "paper"), ("ink", "surface"), ("ink", "sunk"), ("ink", "accent-weak"), ("ink", "high-weak"), ("ink", "medium-weak"), ("ink", "low-weak"),
    ("muted", "paper"), ("muted", "surface"), ("muted", "sunk"), ("muted", "accent-weak"), ("muted", "high-weak"), ("muted", "medium-weak"), ("muted", "low-weak"),
    ("accent", "paper"), ("accent", "surface"), ("accent", "accent-weak"), ("accent", "high-weak"), ("accent", "medium-weak"), ("accent", "low-weak"),
    ("on-accent", "accent"), ("high", "paper"), ("high", "surface"), ("high", "accent-weak"), ("high", "sunk"), ("medium", "paper"), ("medium", "surface"),
    ("medium", "accent-weak"), ("medium", "sunk"), ("low", "paper"), ("low", "surface"), ("low", "accent-weak"), ("low", "sunk"), ("ok", "paper"), ("ok", "surface"), ("on-mark", "mark"),
]  # fmt: skip


def tokens(dark: bool) -> dict[str, str]:
    blocks = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
    light = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[0]))
    return {**light, **dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[1]))} if dark else light


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_contrast(ink, ground, dark) -> None:
    known = tokens(dark)
    low, high = sorted((luminance(known[ink]), luminance(known[ground])))
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_no_colour_outside_the_tokens() -> None:
    rules = re.sub(r":root \{.*?\}", "", CSS, flags=re.DOTALL)
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(", rules)
    assert not re.findall(r"url\(|@import|@font-face", CSS)


def test_every_answer_carries_the_headers(visitor) -> None:
    visitor.as_role(Role.POLICE)
    static = re.search(r'href="(/static/[^"]+css)"', visitor.get("/help").text).group(1)
    for path in ("/leads", "/sign-in", "/nothing", static, "/leads/L0", "/leads.json"):
        headers = visitor.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "same-origin"
    assert visitor.get("/leads").headers["cache-control"] == "no-store"
    assert "immutable" in visitor.get(static).headers["cache-control"]
    assert visitor.get(static.replace("/static/", "/static/0")).status_code == 404


@pytest.mark.parametrize("path", ["/leads", "/runs", "/exports", "/help", "/sign-in"])
def test_pages_hold_nothing_inline_and_nothing_from_elsewhere(visitor, path) -> None:
    text = visitor.as_role(Role.ISSUER_MARKET).get(path).text
    assert not re.findall(r"<style|<script(?! src=)|\sstyle=|\son[a-z]+=", text)
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", text)


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1:8600", 200), ("localhost:8600", 200), ("[::1]:8600", 200), ("10.1.2.3", 200), ("desk.county.example", 421), ("", 421), ("evil.example:8600", 421), ("127.0.0.1.evil.example", 421)],
)  # fmt: skip
def test_foreign_host_names_are_refused(visitor, host, status) -> None:
    answer = visitor.get("/sign-in", headers={"host": host})
    assert answer.status_code == status
    assert "content-security-policy" in answer.headers


def test_named_hosts_are_answered(case) -> None:
    named = case.settings.model_copy(
        update={"review_ui": case.settings.review_ui.model_copy(update={"hosts": ("desk.county.example",)})}
    )
    with DeskClient(create_app(case, named), "http://desk.county.example") as client:
        assert client.get("/sign-in").status_code == 200


@pytest.mark.parametrize(
    ("address", "expected"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("127.8.8.8", True), ("0.0.0.0", False), ("::", False), ("192.0.2.1", False), ("localhost.example", False)],
)  # fmt: skip
def test_loopback(address, expected) -> None:
    assert is_loopback(address) is expected


def test_cookies_are_marked_secure_behind_https(case) -> None:
    https = case.settings.model_copy(
        update={"review_ui": case.settings.review_ui.model_copy(update={"is_https": True})}
    )
    with DeskClient(create_app(case, https)) as client:
        assert "Secure" in client.get("/sign-in").headers["set-cookie"]


class BrokenRuns:
    """A store whose disk went away, or that has a fault."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def latest(self, limit: int = 20):
        raise self._error


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (StoreUnavailable("jianwei.sqlite", "磁盘已满", "disk full"), 503, "磁盘已满"),
        (RuntimeError("内部细节 /srv/secret"), 500, "编号"),
    ],
)
def test_faults_are_one_sentence_without_the_inside(case, caplog, error, status, said) -> None:
    from dataclasses import replace

    broken = replace(case, runs=BrokenRuns(error))
    with DeskClient(create_app(broken, case.settings), raises=False) as client:
        client.as_role(Role.POLICE)
        answer = client.get("/runs")
    assert answer.status_code == status
    assert said in answer.text
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["content-security-policy"]
    if status == 500:
        reference = re.search(r"编号 ([0-9A-F]{8})", answer.text).group(1)
        assert reference in caplog.text


def test_runs_show_progress_failures_and_what_did_not_run(visitor) -> None:
    text = visitor.as_role(Role.ADMIN).get("/runs").text
    for said in (
        "已完成 4 / 10",
        "验证码页面",
        "没有配置平台定义",
        "新线索 <b>31</b>",
        "搜索：百度",
        'http-equiv="refresh"',
    ):
        assert said in text
    assert text.index("进行中") < text.index("已完成</span>")


def test_help_shows_the_permission_table(visitor) -> None:
    text = visitor.as_role(Role.TELECOM).get("/help").text
    assert text.count('scope="row"') == len(Role)
    assert "通管办" in text
