from hypothesis import given
from hypothesis import strategies as st

from detectors.model import Direction
from detectors.ruleset import HIGH_FROM, MEDIUM_FROM, RULES, level_of, signal
from detectors.scoring import assess

_FILLER = dict.fromkeys(
    [
        "official",
        "technique",
        "brand",
        "shown",
        "claim",
        "tag",
        "claimed",
        "host",
        "fields",
        "result",
        "percent",
        "asset",
        "number",
        "owner",
        "code",
        "term",
        "certificate",
        "cues",
        "proof",
        "contact",
        "price",
        "written",
        "meant",
        "name",
    ],
    "x",
)


def any_signal(code: str, scale: int = 1000):
    wanted = {k: v for k, v in _FILLER.items() if "{" + k + "}" in RULES[code].sentence}
    return signal(code, scale_permille=scale, **wanted)


def test_every_row_can_be_said() -> None:
    for code in RULES:
        assert "{" not in any_signal(code).reason


def test_nothing_seen_is_nothing() -> None:
    assert assess(()).score_permille == 0


def test_second_hit_of_a_group_counts_half() -> None:
    one, other = any_signal("name.official_embedded"), any_signal("name.brand_context")
    assert assess((one, other)).score_permille == one.strength_permille + other.strength_permille // 2


@given(st.lists(st.tuples(st.sampled_from(sorted(RULES)), st.integers(0, 1000)), max_size=30))
def test_shown_numbers_add_up(picks: list[tuple[str, int]]) -> None:
    assessment = assess(any_signal(code, scale) for code, scale in picks)
    total = sum(s.strength_permille * (1 if s.direction is Direction.FOR else -1) for s in assessment.signals)
    assert assessment.score_permille == max(0, min(1000, total))
    assert assessment.level is level_of(assessment.score_permille)


@given(st.lists(st.sampled_from(sorted(RULES)), max_size=12))
def test_order_of_signals_does_not_matter(codes: list[str]) -> None:
    assert assess(map(any_signal, codes)) == assess(map(any_signal, reversed(codes)))


def test_thresholds_are_ordered() -> None:
    assert 0 < MEDIUM_FROM < HIGH_FROM < 1000
