from dataclasses import replace
from pathlib import Path

import pytest

from detectors.ruleset import RULES, RULESET_VERSION, signal
from detectors.scoring import assess
from detectors.weights import SHIPPED, Weights
from pipelines.errors import InputUnreadable
from pipelines.model import Finding, FindingOutcome
from pipelines.weights import WeightsFolder, decided_cases, read_table
from tests.builders import AT, a_lead

OWN = Weights({"filing.absent": 160, "offer.price": 90})


def decided(outcome: FindingOutcome, weights: Weights = SHIPPED):
    assessment = assess([signal("filing.absent")], weights=weights)
    return replace(
        a_lead(), assessment=assessment, finding=Finding(outcome=outcome, reason="x", decided_by="li", decided_at=AT)
    )


def test_nothing_adopted_means_the_shipped_weights(tmp_path: Path) -> None:
    assert WeightsFolder(tmp_path).in_force() == SHIPPED


def test_adopted_weights_are_read_back_and_earlier_ones_stay(tmp_path: Path) -> None:
    folder = WeightsFolder(tmp_path)
    folder.adopt(OWN)
    assert folder.in_force().changed == OWN.changed
    folder.adopt(SHIPPED)
    assert folder.in_force().changed == {}
    assert folder.of_version(OWN.version) == OWN
    assert folder.of_version("2020.1.1") is None
    assert folder.of_version(f"{RULESET_VERSION}+00000000") is None


def test_weights_of_an_older_ruleset_are_out_of_force(tmp_path: Path) -> None:
    folder = WeightsFolder(tmp_path)
    folder.adopt(OWN)
    (tmp_path / "weights" / "in_force").write_text("2020.1.1+abcdef01\n", "utf-8")
    assert folder.in_force() == SHIPPED
    assert folder.is_outdated()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("code\nfiling.absent\n", "strength_permille"),
        ("code,strength_permille\nfiling.absent,80\nno.such,5\n", "line 3"),
        ("code,strength_permille\nfiling.absent,viel\n", "line 2"),
        ("code,strength_permille\nfiling.absent,1200\n", "line 2"),
        ("code,strength_permille\nfiling.absent,1\nfiling.absent,2\n", "twice"),
        ("code,strength_permille\nfiling.absent\n", "line 2"),
    ],
)
def test_a_broken_table_names_the_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "w.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(InputUnreadable) as caught:
        read_table(path)
    assert said in caught.value.en


def test_a_missing_table_in_force_is_an_error_not_a_silent_default(tmp_path: Path) -> None:
    folder = WeightsFolder(tmp_path)
    folder.adopt(OWN)
    (tmp_path / "weights" / f"{OWN.version}.csv").unlink()
    with pytest.raises(InputUnreadable):
        folder.in_force()


def test_only_decided_leads_of_this_ruleset_are_compared(tmp_path: Path) -> None:
    folder = WeightsFolder(tmp_path)
    folder.adopt(OWN)
    old = decided(FindingOutcome.COUNTERFEIT)
    leads = [
        a_lead(),
        decided(FindingOutcome.UNDETERMINED),
        decided(FindingOutcome.COUNTERFEIT),
        decided(FindingOutcome.NOT_COUNTERFEIT, OWN),
        replace(old, assessment=replace(old.assessment, ruleset_version="2020.1.1")),
    ]
    cases, unusable = decided_cases(leads, folder)
    assert [case.is_counterfeit for case in cases] == [True, False]
    assert unusable == 1
    assert all(case.hits == (("filing.absent", 1000),) for case in cases)
    assert RULES["filing.absent"].strength_permille == 80
