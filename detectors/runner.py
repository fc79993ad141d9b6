"""Runs all detectors over one observation. One of the two places where any exception is caught."""

from collections.abc import Sequence

from detectors.model import Assessment, Observation, Signal, Skip
from detectors.registry import Detector
from detectors.scoring import assess
from detectors.weights import SHIPPED, Weights

__all__ = ["judge"]


def judge(observation: Observation, detectors: Sequence[Detector], weights: Weights = SHIPPED) -> Assessment:
    """Return the machine's 初判. A detector that fails becomes a `Skip`: it never silences the others."""
    signals: list[Signal] = []
    skips: list[Skip] = []
    for detector in detectors:
        try:
            seen = detector.examine(observation)
        except Exception as error:  # noqa: BLE001 - the detector boundary: a fault is reported, not hidden
            skips.append(Skip(detector=detector.name, cause=f"检测程序出错（{type(error).__name__}: {error}）"))
            continue
        if isinstance(seen, Skip):
            skips.append(seen)
        else:
            signals += seen
    return assess(signals, skips, weights)
