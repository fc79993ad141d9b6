"""`jianwei weights` on leads that staff decided."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deploy.cli.weights import app
from detectors.ruleset import RULES, signal
from detectors.scoring import assess
from pipelines import lifecycle
from pipelines.bootstrap import open_case
from pipelines.errors import InputUnreadable, UsageError
from pipelines.settings import Settings
from tests.builders import AT, a_lead, a_listing

SALE = (("offer.certificate_sale", {"term": "代办", "certificate": "叉车证"}), ("offer.no_exam", {"term": "免考"}))
CHAT = (("offer.speed", {"term": "三天"}), ("offer.price", {"price": "300"}), ("offer.contact", {"contact": "微信"}))


def run(home: Path, *words: str) -> list[dict]:
    result = CliRunner().invoke(app, list(words), env={"JIANWEI_HOME": str(home)}, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    with open_case(Settings(home=home)) as case:
        for number in range(60):
            is_sale = number % 2 == 0
            seen = assess([signal(code, **data) for code, data in (SALE if is_sale else CHAT)])
            lead = replace(a_lead(a_listing(item_id=str(number), title=f"第 {number} 条")), assessment=seen)
            lead = lifecycle.start_screening(lead, "li", AT)
            decide = lifecycle.confirm if is_sale else lifecycle.dismiss
            case.leads.put(decide(lead, "li", "核对过", AT), 0)
    return home


def test_every_weight_is_listed_with_its_reason(tmp_path: Path) -> None:
    listed = run(tmp_path, "list")
    assert {row["code"] for row in listed} == set(RULES)
    assert all(row["why"] and row["strength_permille"] == row["shipped_permille"] for row in listed)


def test_levels_are_checked_against_what_staff_decided(home: Path) -> None:
    high, medium = run(home, "check", "--base-rate", "0.02")
    assert (medium["found"], medium["counterfeits"], medium["alarms"], medium["innocents"]) == (30, 30, 30, 30)
    assert medium["precision_at_base_rate"] == pytest.approx(0.02)
    assert high["alarms"] == 0


def test_fitting_shows_old_against_new_and_changes_nothing_before_it_is_adopted(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "proposal.csv"
    told = run(home, "fit", "--out", str(out))
    speed = next(row for row in told if row.get("code") == "offer.speed")
    assert speed["new_permille"] < speed["old_permille"] == RULES["offer.speed"].strength_permille
    alarms = {row["weights"]: row["alarms"] for row in told if row.get("level") == "medium"}
    assert alarms["new"] < alarms["old"]
    assert all(row["strength_permille"] == row["shipped_permille"] for row in run(home, "list"))

    run(home, "adopt", str(out))
    in_force = {row["code"]: row["strength_permille"] for row in run(home, "list")}
    with out.open(encoding="utf-8", newline="") as file:
        assert in_force == {row["code"]: int(row["strength_permille"]) for row in csv.DictReader(file)}
    with open_case(Settings(home=home)) as case:
        assert next(iter(case.audit.entries())).act == "weights.adopt"
        assert case.intake.judge(a_listing(title="叉车证三天出证")).ruleset_version.count("+") == 1
    assert run(home, "check")[1]["alarms"] == alarms["new"]

    run(home, "reset")
    assert all(row["strength_permille"] == row["shipped_permille"] for row in run(home, "list"))


def test_without_findings_or_with_a_broken_table_one_sentence_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="认定"):
        run(tmp_path, "check")
    broken = tmp_path / "w.csv"
    broken.write_text("code,strength_permille\nno.such,1\n", "utf-8")
    with pytest.raises(InputUnreadable):
        run(tmp_path, "adopt", str(broken))
    assert not (tmp_path / "weights").exists()


def test_levels_are_reported_by_kind_on_a_labelled_set(tmp_path: Path) -> None:
    labelled = tmp_path / "set.jsonl"
    rows = [
        {
            "id": 1,
            "kind": "text",
            "text": "电工证不用考试，官网可查，先出证后付款，微信 abc_778899",
            "is_counterfeit": True,
        },
        {"id": 2, "kind": "text", "text": "今天的白菜很新鲜", "is_counterfeit": False},
        {"id": 3, "kind": "site", "url": "http://cx-mem-gov.cn/", "is_counterfeit": True},
    ]
    labelled.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    told = run(tmp_path, "report", str(labelled), "--base-rate", "0.005", "--json")
    assert [(row["kind"], row["at_least"]) for row in told] == [
        (kind, level) for kind in ("texts", "names") for level in ("high", "medium", "lead")
    ]
    texts = told[1]
    assert (texts["counterfeits"], texts["found"], texts["missed"], texts["innocents"], texts["flagged"]) == (
        1,
        1,
        0,
        1,
        0,
    )
    assert texts["base_rate"] == 0.005
    low, high = texts["precision_between"]
    assert 0 <= low < texts["precision_at_base_rate"] <= high == 1
    assert told == run(tmp_path, "report", str(labelled), "--base-rate", "0.005", "--json")


def test_a_line_without_its_truth_is_named(tmp_path: Path) -> None:
    labelled = tmp_path / "set.jsonl"
    labelled.write_text(
        '{"id": 1, "kind": "text", "text": "x", "is_counterfeit": true}\n{"id": 2, "kind": "text", "text": "x"}\n'
    )
    with pytest.raises(InputUnreadable, match=r"set\.jsonl:2"):
        run(tmp_path, "report", str(labelled))
