"""The third judge: weighs what the first two came to against how much the whole text resembles those that sell (`pieces`).

The rules and the cues look for a sale in what is said; a text that avoids every word of sale passes them, and one that uses them all
in jest does not. Both witnesses are heard as logits, and added.
"""

import re
from collections.abc import Iterable

from detectors.model import Signal
from detectors.ruleset import MEDIUM_FROM, signal
from detectors.wording.outline import outline_of
from detectors.wording.passages import Document
from detectors.wording.pieces import Pieces
from detectors.wording.second_reading import ALONE_AT_MOST, COUNTED_AS, accepted_from, is_only_hinted, is_plain
from detectors.wording.told import Told, logit_of

__all__ = ["weigh_again"]

ACCEPTED = -2.0
"""From here the two together mean a sale (logit). Chosen on texts of occasions neither table was made from."""
ACCEPTED_HINTED = 0.0
"""The same where no paper is named: whoever sells whatever speaks like those that sell papers."""
ACCEPTED_REFUSED = 0.0
"""The same for all three together where the cues refused what the rules had found."""
_LETTERS = re.compile("[a-z]+").findall
_DOUBTED_AT_MOST = MEDIUM_FROM - 10
"""Permille of all signals for together where the whole text speaks against them: worth a look, no more."""


def weigh_again(settled: Iterable[tuple[Document, Told]], pieces: Pieces) -> None:
    """Add the sales the first two judges missed, and weaken those the whole text speaks against. Only in texts about papers."""
    asked = [
        (document, told, permille)
        for document, told in settled
        if (told.sells or accepted_from(document, told) is not None)
        and ((permille := told.permille) < MEDIUM_FROM or (told.sells and is_plain(document, told)))
        and not _is_in_letters(outline_of(document).text)
    ]  # nothing it could say of the others would be told
    weights = pieces.weigh_each([outline_of(document).text for document, _, _ in asked])
    for (document, told, permille), weight in zip(asked, weights, strict=True):
        heard, least = _heard_before(document, told, permille)
        sells, is_found = weight + heard >= least, permille >= MEDIUM_FROM
        if sells and not is_found:
            told.add((_reads_as_sale(document, pieces),))
            told.cap(ALONE_AT_MOST)
        elif is_found and not sells:
            told.cap(_DOUBTED_AT_MOST)


def _reads_as_sale(document: Document, pieces: Pieces) -> Signal:
    outline = outline_of(document)
    quotes = [document.quote(*outline.folded_span(*span)) for span in pieces.told(outline.text)]
    shown = "、".join(f"“{one.text[one.start : one.end]}”" for one in quotes) or "整体行文"
    return signal("offer.reads_as_sale", *quotes, scale_permille=COUNTED_AS, cues=shown)


def _heard_before(document: Document, told: Told, permille: int) -> tuple[float, float]:
    """Return what the first two judges came to (logit), and from where on it means a sale, with what the third says."""
    if told.refused is not None:
        return told.refused, ACCEPTED_REFUSED
    return logit_of(permille), ACCEPTED_HINTED if is_only_hinted(document) else ACCEPTED


def _is_in_letters(outline: str) -> bool:
    """Say whether a text is mostly written in letters: pieces of three of them are no words, and nearly all that were counted are sellers'."""
    return 2 * sum(map(len, _LETTERS(outline))) > len(outline)
