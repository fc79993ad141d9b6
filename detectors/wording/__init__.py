"""Sale of certificates in words. `offer` is the detector and says what follows what; read it first.

What a text says: `marks` (words and turns of phrase), `contacts`, `prices`, `passages` (cuts it), `papers` (which certificate).
First judge, by rules: `context` (who speaks), then `sale`, `training_promise` or `unsaid` tell the signals. Second judge, by weighed
cues: `outline`, `speakers`, `turns`, `traits`, `likeness`, and `second_reading`, which settles between the two. Third judge, by all a
text shares with those that sell: `pieces`, and `third_reading`, which adds it to what the others came to. `institutions` knows lawful
speakers, `told` keeps the strongest signal of each code. `fit` and `training` make the tables of cues and pieces (`jianwei wording train`).

Terms live in `keywords/data/`, weights of signals in `detectors.ruleset`, weights of cues in `data/cues.csv`, counts of pieces in
`data/pieces.csv`. To teach it a word, add a row to the terms; to teach it a situation, add texts to `data/texts.csv`, make the tables
again, and put a case into `tests/golden/wording/`. Pure; see `detectors`.
"""

from detectors.wording.offer import OfferDetector

__all__ = ["OfferDetector"]
