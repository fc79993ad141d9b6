import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.ruleset import RULES, RULESET_VERSION, signal
from detectors.scoring import assess
from detectors.weights import SHIPPED, Weights, raw_strengths, score_of
from tests.detectors.test_scoring import any_signal

CODES = sorted(RULES)
SIGNALS = st.lists(st.builds(any_signal, st.sampled_from(CODES), st.integers(300, 1000)), max_size=12)
WEIGHTS = st.dictionaries(st.sampled_from(CODES), st.integers(1, 1000), max_size=8).map(Weights)


def test_the_shipped_weights_are_the_table() -> None:
    assert SHIPPED.version == RULESET_VERSION
    assert all(SHIPPED[code] == rule.strength_permille for code, rule in RULES.items())


def test_a_changed_weight_changes_the_score_and_the_version() -> None:
    weights = Weights({"filing.absent": 200})
    seen = assess([signal("filing.absent")], weights=weights)
    assert seen.score_permille == 200
    assert seen.ruleset_version == weights.version
    assert weights.version.startswith(f"{RULESET_VERSION}+")
    assert weights.version != Weights({"filing.absent": 201}).version


def test_writing_the_shipped_strength_changes_no_version() -> None:
    assert Weights({"filing.absent": RULES["filing.absent"].strength_permille}).version == RULESET_VERSION


@pytest.mark.parametrize("changed", [{"no.such": 1}, {"filing.absent": -1}, {"filing.absent": 1001}])
def test_unknown_codes_and_odd_strengths_are_refused(changed: dict[str, int]) -> None:
    with pytest.raises(ValueError):
        Weights(changed)


@given(SIGNALS, WEIGHTS, WEIGHTS)
def test_an_assessment_opens_to_what_other_weights_would_make_of_it(signals, made_with, other) -> None:
    hits = raw_strengths(assess(signals, weights=made_with).signals, made_with)
    again = assess(signals, weights=other).score_permille
    # Rounding throws away the last bits of a strength, and damping more of them: what is left of a small weight says little
    # of what a large one would make of the hit.
    off = (3 + 3 * other[one.code] // made_with[one.code] << min(place, 6) for place, one in enumerate(signals))
    assert abs(score_of(hits, other) - again) <= max(sum(off), 4)


@given(SIGNALS, WEIGHTS)
def test_its_own_weights_give_the_score_back(signals, weights) -> None:
    seen = assess(signals, weights=weights)
    assert abs(score_of(raw_strengths(seen.signals, weights), weights) - seen.score_permille) <= 2 * len(signals)
