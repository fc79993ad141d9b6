"""Sale of certificates in words: `offer` is the detector; `marks` finds what a text says, `passages` cuts it, `context` says who speaks.

Terms live in `keywords/data/`, turns of phrase in `marks`, weights in `detectors.ruleset`. To teach it a new word, add a row; to
teach it a new situation, put a case into `tests/golden/wording/`. Pure; see `detectors`.
"""

from detectors.wording.offer import OfferDetector

__all__ = ["OfferDetector"]
