"""Runs all detectors over observations. One of the two places where any exception is caught."""

from collections.abc import Iterable, Sequence
from contextlib import suppress

from detectors.model import Assessment, Observation, Signal, Skip
from detectors.registry import Detector, ReadsTogether
from detectors.scoring import assess
from detectors.weights import SHIPPED, Weights

__all__ = ["judge", "judge_each"]


def judge(observation: Observation, detectors: Sequence[Detector], weights: Weights = SHIPPED) -> Assessment:
    """Return the machine's 初判. A detector that fails becomes a `Skip`: it never silences the others."""
    return _assessed((_seen(detector, observation) for detector in detectors), weights)


def judge_each(
    observations: Sequence[Observation], detectors: Sequence[Detector], weights: Weights = SHIPPED
) -> list[Assessment]:
    """Return what `judge` returns for each observation; detectors that can read many of them together do."""
    together = [_seen_together(detector, observations) for detector in detectors]
    asked = list(zip(detectors, together, strict=True))
    return [  # one observation after the other: several detectors ask the same about a page
        _assessed((answers[place] if answers else _seen(one, observation) for one, answers in asked), weights)
        for place, observation in enumerate(observations)
    ]


def _assessed(answers: Iterable[tuple[Signal, ...] | Skip], weights: Weights) -> Assessment:
    signals: list[Signal] = []
    skips: list[Skip] = []
    for seen in answers:
        if isinstance(seen, Skip):
            skips.append(seen)
        else:
            signals += seen
    return assess(signals, skips, weights)


def _seen_together(detector: Detector, observations: Sequence[Observation]) -> Sequence[tuple[Signal, ...] | Skip]:
    """Return what a detector sees in each; empty: each must be looked at by itself."""
    if isinstance(detector, ReadsTogether):
        with suppress(Exception):  # one of them is at fault: looked at by itself, it is reported
            return detector.examine_each(observations)
    return ()


def _seen(detector: Detector, observation: Observation) -> tuple[Signal, ...] | Skip:
    try:
        return detector.examine(observation)
    except Exception as error:  # noqa: BLE001 - the detector boundary: a fault is reported, not hidden
        return Skip(detector=detector.name, cause=f"检测程序出错（{type(error).__name__}: {error}）")
