import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli.keywords import app
from pipelines.bootstrap import open_case
from pipelines.errors import UsageError
from pipelines.settings import Settings
from tests.builders import a_discovery, a_sighting, a_site


def run(*words: str, stdin: str = "") -> list[dict]:
    result = CliRunner().invoke(app, list(words), input=stdin)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_list_names_sources() -> None:
    terms = run("list", "--kind", "promise")
    assert {"官网可查", "包过"} <= {term["text"] for term in terms}
    assert all(term["source"] and term["kind"] == "promise" for term in terms)


def test_normalise_undoes_disguise_and_keeps_places() -> None:
    first, second = run("normalise", "-", stdin="操/作/证\n包过")
    assert (first["folded"], first["offsets"]) == ("操作证", [0, 2, 4])
    assert first["terms"][0]["is_disguised"] is True
    assert second["terms"][0]["text"] == "包过"


def test_plan_is_as_long_as_asked() -> None:
    plan = run("plan", "--limit", "12", "--region", "灌云")
    assert len(plan) == 12
    assert plan[0]["priority"] > plan[-1]["priority"]


def test_list_is_filtered_by_department_and_source() -> None:
    terms = run("list", "--department", "住建", "--kind", "certificate")
    assert terms and all(term["authority"] == "住建" for term in terms)
    terms = run("list", "--source", "建质〔2008〕75号")
    assert terms and all("建质〔2008〕75号" in term["notice"] for term in terms)
    assert all(term["added_on"] and term["origins"] for term in terms)


def test_normalise_takes_a_text_a_file_or_lines(tmp_path: Path) -> None:
    (one,) = run("normalise", "办 理 叉*车*证")
    assert [term["text"] for term in one["terms"]] == ["叉车证"]
    (tmp_path / "lines.txt").write_text("包过\n叉车证\n", "utf-8")
    assert [line["text"] for line in run("normalise", "--file", str(tmp_path / "lines.txt"))] == ["包过", "叉车证"]
    with pytest.raises(UsageError):
        CliRunner().invoke(app, ["normalise", "包过", "--file", "x"], catch_exceptions=False)


def test_yield_names_what_each_query_brought_and_what_is_not_known(tmp_path: Path) -> None:
    env = {"JIANWEI_HOME": str(tmp_path)}
    empty = CliRunner().invoke(app, ["yield"], env=env)
    assert empty.exit_code == 0 and empty.stdout == "" and empty.stderr
    with open_case(Settings(home=tmp_path)) as case:
        site = a_site("fake.example.com")
        site = replace(
            site, candidate=replace(site.candidate, discovery=a_discovery("engine:baidu", query="电工证 包过"))
        )
        case.leads.merge_many([a_sighting(site)])
    result = CliRunner().invoke(app, ["yield"], env=env)
    (one,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert (one["query"], one["leads"], one["open"], one["confirmed"]) == ("电工证 包过", 1, 1, 0)
    assert "not kept" in result.stderr or "没有保存" in result.stderr
