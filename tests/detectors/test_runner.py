"""Many observations judged together: the same answers as one by one, and no fault of one silences the others."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from detectors.model import Observation, Signal, Skip
from detectors.pictures.printed_text import ReadsPictures
from detectors.runner import judge, judge_each
from detectors.wording import OfferDetector
from keywords.loader import load_lexicon
from tests.builders import a_listing

_CASES = sorted((Path(__file__).parent.parent / "golden" / "wording").glob("*.json"))[::5]


def _saying(text: str) -> Observation:
    return replace(a_listing(), listing=None, title="", text=text)


def _observations() -> list[Observation]:
    given = [json.loads(path.read_text("utf-8"))["input"] for path in _CASES]
    return [_saying(one["text"]) for one in given if one.get("text")]


def test_judging_together_changes_nothing() -> None:
    detectors = (ReadsPictures(OfferDetector(load_lexicon())),)
    seen = [*_observations(), _saying(""), _saying("代办电工证\n\uffff\n免考包过，加微信abc12345")]
    seen += [_saying("\n".join(one.text for one in seen))]  # too long to be read together with others
    assert judge_each(seen, detectors) == [judge(one, detectors) for one in seen]
    assert any(one.signals for one in judge_each(seen, detectors))


def test_nothing_is_judged_as_nothing() -> None:
    assert judge_each((), (OfferDetector(load_lexicon()),)) == []


class _FailsOnDigits:
    name = "fails_on_digits"

    def examine(self, observation: Observation) -> tuple[Signal, ...] | Skip:
        if observation.text.isdigit():
            raise ValueError(observation.text)
        return ()

    def examine_each(self, observations: Sequence[Observation]) -> list[tuple[Signal, ...] | Skip]:
        return list(map(self.examine, observations))


def test_a_fault_of_one_is_reported_for_that_one_only() -> None:
    seen = [_saying(text) for text in ("one", "12", "three")]
    assert [len(one.skips) for one in judge_each(seen, (_FailsOnDigits(),))] == [0, 1, 0]
