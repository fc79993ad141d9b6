"""What traits say together."""

import itertools

import pytest

from detectors.wording.joined import JOINED, joined
from detectors.wording.traits import LABELS


@pytest.mark.parametrize(
    ("traits", "expected"),
    [
        (set(), {"~unsold"}),
        ({"~said_no_exam", "~contact"}, {"~promised_reached", "~called_unwarned"}),
        ({"~said_no_exam", "~said_verify", "~commercial"}, {"~promised_twice"}),
        ({"~said_verify", "~acted", "~all_quoted"}, {"~warned_uncalled", "~promised_warned"}),
        ({"~question"}, {"~unsold", "~asked_uncalled"}),
        ({"~training", "~price"}, {"~taught_unpromised"}),
        ({"~said_rental", "~calls"}, {"~called_unwarned"}),
    ],
)
def test_what_holds_together_is_said(traits: set[str], expected: set[str]) -> None:
    assert set(joined(traits)) == expected


def test_every_joined_trait_is_named_for_staff_and_rests_on_named_traits() -> None:
    assert JOINED.items() <= LABELS.items()
    single = sorted(LABELS.keys() - JOINED.keys())
    said = {name for pair in itertools.combinations(single, 2) for name in joined(pair)}
    assert said == JOINED.keys()


def test_the_order_of_traits_says_nothing() -> None:
    traits = ("~said_no_exam", "~contact", "~rule", "~asks")
    assert len({tuple(joined(order)) for order in itertools.permutations(traits)}) == 1
