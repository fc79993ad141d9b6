"""`jianwei gangs`: the list, a gang edge by edge, marks declared common, old leads noted."""

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli.gangs import app
from detectors.pages.read import read_page
from pipelines.bootstrap import open_case
from pipelines.errors import UsageError
from pipelines.settings import Settings
from tests.builders import a_listing, a_site

TONGJI = "<script src='//hm.baidu.com/hm.js?41fc030db57d5570dd22f78997dc4a7e'></script>"
SALE = "特种作业操作证电工证代办，不用考试包过，官网可查，先出证后付款，微信 gang_2046a"


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case with a gang of two sites and a listing; every test gets its own copy."""
    folder = tmp_path_factory.mktemp("gangs")
    with open_case(Settings(home=folder)) as case:
        for host in ("a-gang.top", "b-gang.cn"):
            html = f"<html><body><p>{SALE}</p>{TONGJI}</body></html>"
            accepted = case.intake.accept(a_site(host, html=html, page=read_page(html, f"http://{host}/")))
            assert accepted.lead_id
        case.intake.accept(a_listing(text=SALE, seller="5f1e"))
    return folder


@pytest.fixture
def home(made_once: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made_once, tmp_path / "home")


def run(home: Path, *words: str) -> tuple[list[dict], str]:
    result = CliRunner().invoke(app, list(words), env={"JIANWEI_HOME": str(home)}, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()], result.stderr


def read(home: Path, *words: str) -> str:
    """Return what a person at a terminal reads."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "deploy.cli.main", "--lang", "zh", "gangs", *words]
    with subprocess.Popen(
        command, stdout=theirs, stderr=subprocess.DEVNULL, env={**os.environ, "JIANWEI_HOME": str(home)}
    ) as running:
        os.close(theirs)
        told = b"".join(iter(lambda: _next(ours), b""))
        os.close(ours)
    assert running.returncode == 0
    return told.decode().replace("\r\n", "\n")


def _next(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""  # Linux says so when the other end is closed


def test_the_list_says_how_large_each_gang_is_and_what_joins_it(home: Path) -> None:
    (gang,), _ = run(home, "--json")
    assert gang["sentence"] == "一个团伙：2 个网站，1 条商品信息"
    assert (gang["id"], gang["leads"], gang["sites"], gang["listings"], gang["adverts"]) == ("G1", 3, 2, 1, 0)
    assert len(gang["edges"]) == 2
    kinds = [[mark["kind"] for mark in edge["marks"]] for edge in gang["edges"]]
    assert kinds == [["baidu_tongji", "wechat"], ["wechat"]]
    assert all(edge["strength_permille"] >= 1000 for edge in gang["edges"])
    assert "gang_2046a" not in json.dumps(gang)


def test_show_names_members_and_reasons_by_gang_or_by_lead(home: Path) -> None:
    (gang,), _ = run(home, "show", "g1", "--json")
    assert sorted(member["owner"] for member in gang["members"]) == ["a-gang.top", "b-gang.cn", "闲鱼卖家 5f1e"]
    (same,), _ = run(home, "show", gang["lead_ids"][0], "--json")
    assert same == gang


def test_people_read_sentences(home: Path) -> None:
    shown = read(home)
    assert shown.startswith("G1  一个团伙：2 个网站，1 条商品信息\n  - a-gang[.]top 与 b-gang[.]cn：同一百度统计编号")
    told = read(home, "show", "G1")
    assert "hxxp://a-gang[.]top/" in told and "凭什么：" in told
    assert "M1" in read(home, "common", "M1", "--reason", "测试")


def test_a_mark_declared_common_splits_the_gang_and_is_audited(home: Path) -> None:
    (gang,), _ = run(home, "--json")
    names = {mark["kind"]: mark["mark"] for edge in gang["edges"] for mark in edge["marks"]}
    for name in names.values():
        (row,), _ = run(home, "common", name, "--reason", "建站公司给每个客户都装", "--json")
        assert row["worth_permille"] == 0
    assert run(home, "--json") == ([], "No gangs were found.\n")
    assert [row["mark"] for row in run(home, "common")[0]] == sorted(names.values())
    with open_case(Settings(home=home)) as case:
        entries = [one for one in case.audit.entries() if one.act == "mark.declare_common"]
    assert {one.about for one in entries} == set(names.values())
    assert all("建站公司" in one.detail for one in entries)
    with pytest.raises(UsageError, match="G1"):
        run(home, "show", "G1")
    run(home, "common", names["wechat"], "--undo", "--reason", "误列")
    assert run(home, "--json")[0][0]["leads"] == 3


def test_marks_of_a_lead_and_leads_of_a_mark(home: Path) -> None:
    (gang,), _ = run(home, "--json")
    worn, _ = run(home, "marks", gang["lead_ids"][0])
    assert {row["kind"] for row in worn} >= {"domain", "baidu_tongji", "wechat"}
    account = next(row["mark"] for row in worn if row["kind"] == "baidu_tongji")
    (row, *wearers), _ = run(home, "marks", account)
    assert (row["mark"], row["suspects"]) == (account, 2)
    assert [wearer["owner"] for wearer in wearers] == ["a-gang.top", "b-gang.cn"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("show", "G99"), "G99"),
        (("show", "nonsense"), "nonsense"),
        (("common", "M999", "--reason", "x"), "M999"),
        (("marks", "M999"), "M999"),
        (("common", "M1"), "--reason"),
        (("common", "M1", "--reason", " "), "--reason"),
    ],
)
def test_what_cannot_be_done_is_said(home: Path, words: tuple[str, ...], told: str) -> None:
    with pytest.raises(UsageError) as refused:
        run(home, *words)
    assert told in refused.value.sentence("zh")
    assert told in refused.value.sentence("en")


def test_refresh_may_be_run_again_and_keeps_the_ids(home: Path) -> None:
    before, _ = run(home, "--json")
    for _ in range(2):
        _, said = run(home, "refresh")
        assert "Marks of 3 leads noted; 1 gangs now." in said
    assert run(home, "--json")[0] == before


def test_what_a_suspect_wrote_does_not_move_the_cursor(home: Path) -> None:
    with open_case(Settings(home=home)) as case:
        case.intake.accept(a_listing(title="电工证\x1b[2J包过", text=SALE, seller="5f1e", item_id="2"))
    told = read(home, "show", "G1")
    assert "电工证�[2J包过" in told
    assert "\x1b" not in told
