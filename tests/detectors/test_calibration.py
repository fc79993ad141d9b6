import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detectors.calibration import FEWEST_CASES, DecidedCase, Rightness, fit, interval, rightness, rightness_of
from detectors.model import Level
from detectors.ruleset import RULES
from detectors.weights import SHIPPED, Weights

SALE = (("offer.certificate_sale", 1000), ("offer.no_exam", 1000), ("offer.contact", 1000))
CHAT = (("offer.speed", 1000), ("offer.price", 1000), ("offer.contact", 1000))


def cases(hits, count: int, *, is_counterfeit: bool) -> list[DecidedCase]:
    return [DecidedCase(hits=hits, is_counterfeit=is_counterfeit)] * count


def test_counts_say_what_each_level_finds_and_what_it_alarms_at() -> None:
    decided = (
        cases(SALE, 8, is_counterfeit=True) + cases((), 2, is_counterfeit=True) + cases(CHAT, 5, is_counterfeit=False)
    )
    high, medium = rightness(decided, SHIPPED)
    assert (high.level, high.found, high.counterfeits, high.alarms, high.innocents) == (Level.HIGH, 8, 10, 0, 5)
    assert (medium.found, medium.alarms) == (8, 5)
    assert medium.recall == pytest.approx(0.8)


def test_precision_is_given_for_how_rare_counterfeits_really_are() -> None:
    counted = Rightness(level=Level.HIGH, counterfeits=100, found=90, innocents=1000, alarms=10)
    assert counted.precision_at(0.5) == pytest.approx(0.9 / 0.91)
    assert counted.precision_at(0.01) == pytest.approx(0.009 / (0.009 + 0.0099))
    assert Rightness(level=Level.HIGH, counterfeits=0, found=0, innocents=5, alarms=0).precision_at(0.01) is None


def test_a_signal_that_alarms_at_innocents_is_made_weaker_and_the_findings_righter() -> None:
    decided = cases(SALE, 60, is_counterfeit=True) + cases(CHAT, 60, is_counterfeit=False)
    proposals = {one.code: one for one in fit(decided, SHIPPED)}
    assert proposals["offer.speed"].new_permille < proposals["offer.speed"].old_permille
    assert (proposals["offer.speed"].in_counterfeits, proposals["offer.speed"].in_innocents) == (0, 60)
    fitted = Weights({code: one.new_permille for code, one in proposals.items()})
    assert rightness(decided, fitted)[1].alarms == 0 < rightness(decided, SHIPPED)[1].alarms
    assert rightness(decided, fitted)[0].found == 60


def test_few_findings_or_findings_of_one_kind_move_nothing() -> None:
    few = cases(SALE, FEWEST_CASES - 1, is_counterfeit=True) + cases(CHAT, FEWEST_CASES - 2, is_counterfeit=False)
    assert all(one.new_permille == one.old_permille for one in fit(few, SHIPPED) if one.code != "offer.contact")
    assert all(one.new_permille == one.old_permille for one in fit(cases(SALE, 99, is_counterfeit=True), SHIPPED))
    assert fit((), SHIPPED) == ()


HITS = st.lists(st.tuples(st.sampled_from(sorted(RULES)[:9]), st.integers(200, 1000)), max_size=5).map(tuple)
DECIDED = st.lists(
    st.builds(lambda hits, fake: DecidedCase(hits=hits, is_counterfeit=fake), HITS, st.booleans()), max_size=40
)


@given(DECIDED)
@settings(max_examples=25, deadline=None)
def test_fitting_is_repeatable_and_stays_near_the_table(decided) -> None:
    proposals = fit(decided, SHIPPED)
    assert proposals == fit(tuple(decided), SHIPPED)
    for one in proposals:
        shipped = RULES[one.code].strength_permille
        assert shipped // 2 <= one.new_permille <= shipped * 2


def test_levels_are_counted_from_the_scores_they_begin_at() -> None:
    high, medium, lead = rightness_of([(700, True), (699, True), (400, True), (399, True), (200, False), (199, True)])
    assert [(one.level, one.found, one.alarms) for one in (high, medium, lead)] == [
        (Level.HIGH, 1, 0), (Level.MEDIUM, 3, 0), (Level.LOW, 4, 1)
    ]  # fmt: skip
    assert lead.missed == 1


@given(st.integers(0, 400), st.integers(0, 400))
def test_an_interval_holds_the_share_and_narrows_with_more_cases(one: int, other: int) -> None:
    count, total = min(one, other), max(one, other)
    low, high = interval(count, total)
    assert 0 <= low <= high <= 1
    if total:
        assert low <= count / total <= high
        wider = high - low
        low, high = interval(count * 10, total * 10)
        assert high - low < wider


def test_an_interval_is_wilsons() -> None:
    assert interval(0, 100) == (0.0, pytest.approx(0.0370, abs=1e-4))
    assert interval(95, 100) == (pytest.approx(0.8882, abs=1e-4), pytest.approx(0.9785, abs=1e-4))
    assert interval(0, 0) == (0.0, 1.0)


@given(st.integers(1, 300), st.integers(0, 300), st.integers(1, 300), st.integers(0, 300))
def test_a_precision_lies_within_its_interval(counterfeits: int, found: int, innocents: int, alarms: int) -> None:
    one = Rightness(
        level=Level.MEDIUM, counterfeits=counterfeits, found=min(found, counterfeits), innocents=innocents, alarms=min(alarms, innocents)
    )  # fmt: skip
    precision, between = one.precision_at(0.005), one.precision_interval_at(0.005)
    assert between is not None and 0 <= between[0] <= between[1] <= 1
    assert precision is None or between[0] - 1e-12 <= precision <= between[1] + 1e-12
    assert (
        Rightness(level=Level.HIGH, counterfeits=0, found=0, innocents=5, alarms=0).precision_interval_at(0.1) is None
    )
