import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli.keywords import app
from pipelines.bootstrap import open_case
from pipelines.errors import UsageError
from pipelines.query_ledger import AskedPage
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


DAY = date(2026, 11, 27)
PAGE = AskedPage(run_id="R1", source="engine:baidu", text="电工证 包过", page=1, terms=("电工证", "包过"))


def test_yield_names_what_each_query_was_asked_and_brought(tmp_path: Path) -> None:
    env = {"JIANWEI_HOME": str(tmp_path)}
    empty = CliRunner().invoke(app, ["yield"], env=env)
    assert empty.exit_code == 0 and empty.stdout == "" and empty.stderr
    with open_case(Settings(home=tmp_path)) as case:
        site = a_site("fake.example.com")
        site = replace(
            site, candidate=replace(site.candidate, discovery=a_discovery("engine:baidu", query="电工证 包过"))
        )
        case.leads.merge_many([a_sighting(site)])
        for page in (PAGE, replace(PAGE, text="叉车证 包过", terms=("叉车证", "包过"))):
            case.queries.begin(page, DAY, 9)
            case.queries.note_answer(page, DAY, 10, 2)
        case.queries.note_leads([("engine:baidu", "电工证 包过", "L1")], DAY)

    def rows(*words: str) -> list[dict]:
        return [json.loads(line) for line in CliRunner().invoke(app, list(words), env=env).stdout.splitlines()]

    found, nothing = rows("yield")
    assert (found["query"], found["leads"], found["open"], found["confirmed"]) == ("电工证 包过", 1, 1, 0)
    assert found["by_source"]["engine:baidu"] == {
        "asked": 1, "pages": 1, "rows": 10, "adverts": 2, "leads": 1, "last_asked_on": "2026-11-27",
    }  # fmt: skip
    assert (nothing["query"], nothing["leads"], nothing["asked"]) == ("叉车证 包过", 0, 1)
    words = {(one["word"], one["source"]): one for one in rows("yield", "--by", "term")}
    assert (words["叉车证", "engine:baidu"]["asked_count"], words["叉车证", "engine:baidu"]["lead_count"]) == (1, 0)
    assert words["焊工证", "engine:baidu"]["last_asked_on"] is None
    assert words["叉车证", "engine:so360"]["asked_count"] == 0, "never asked is said, not left out"
    baidu, other = rows("yield", "--by", "engine")
    assert (baidu["source"], baidu["asked_word_count"], baidu["page_count"]) == ("engine:baidu", 3, 2)
    assert (baidu["row_count"], baidu["advert_count"], baidu["lead_count"]) == (20, 4, 1)
    assert (other["source"], other["asked_word_count"], other["longest_wait_days"]) == ("engine:so360", 0, None)
    planned = [one["text"] for one in rows("plan", "--limit", "30", "--engine", "baidu")]
    assert "叉车证 包过" not in planned[:20]
    assert rows("plan", "--limit", "1", "--engine", "so360")[0]["source"] == "engine:so360"
