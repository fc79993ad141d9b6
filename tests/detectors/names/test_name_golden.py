"""Names kept in tests/golden/names: counterfeits by pattern (two thirds to develop on, one third to check with) and innocent neighbours."""

import csv
from pathlib import Path

import pytest

from detectors.names.engine import NameMatcher
from keywords.hosts import canonical_host
from keywords.roster import Roster

GOLDEN = Path(__file__).parents[2] / "golden" / "names"


def rows(name: str) -> list[dict[str, str]]:
    with (GOLDEN / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


COUNTERFEITS = rows("counterfeits.csv")
BENIGN = rows("benign.csv")


def recall(matcher: NameMatcher, part: str) -> tuple[float, list[str]]:
    names = [r["name"] for r in COUNTERFEITS if r["part"] == part and r["pattern"] != "unrelated"]
    missed = [name for name in names if not matcher.match(canonical_host(name))]
    return 1 - len(missed) / len(names), missed


@pytest.mark.parametrize("part", ["develop", "check"])
def test_at_least_forty_nine_of_fifty_counterfeits_are_found(matcher: NameMatcher, part: str) -> None:
    share, missed = recall(matcher, part)
    assert share >= 0.98, missed


def test_every_pattern_is_found_at_all(matcher: NameMatcher) -> None:
    for pattern in {r["pattern"] for r in COUNTERFEITS} - {"unrelated"}:
        found = [r for r in COUNTERFEITS if r["pattern"] == pattern and matcher.match(canonical_host(r["name"]))]
        assert found, pattern


def test_the_imitated_site_is_mostly_named(matcher: NameMatcher, roster: Roster) -> None:
    same_body = {site.host: {site.host, *site.other_hosts} for site in roster.sites}
    named = [r for r in COUNTERFEITS if r["imitates"]]
    right = 0
    for row in named:
        hits = matcher.match(canonical_host(row["name"]))
        right += bool(hits) and hits[0].imitates in same_body[row["imitates"]]
    assert right / len(named) >= 0.9


def test_random_names_are_left_to_the_page_detectors(matcher: NameMatcher) -> None:
    assert not [r["name"] for r in COUNTERFEITS if r["pattern"] == "unrelated" and matcher.match(r["name"])]


@pytest.mark.parametrize("row", BENIGN, ids=lambda row: row["name"])
def test_an_innocent_neighbour_is_not_a_hit(matcher: NameMatcher, row: dict[str, str]) -> None:
    assert matcher.match(canonical_host(row["name"])) == ()
