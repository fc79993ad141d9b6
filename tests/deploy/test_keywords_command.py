import json

from typer.testing import CliRunner

from deploy.cli.keywords import app


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
