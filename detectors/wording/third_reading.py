"""The third judge: weighs what the first two came to against how much the whole text resembles those that sell (`pieces`).

The rules and the cues look for a sale in what is said; a text that avoids every word of sale passes them, and one that uses them all
in jest does not. Both witnesses are heard as logits, and added.
"""

import re

from detectors.ruleset import MEDIUM_FROM, signal
from detectors.wording.outline import outline_of
from detectors.wording.passages import Document
from detectors.wording.pieces import Pieces
from detectors.wording.second_reading import ALONE_AT_MOST, COUNTED_AS, accepted_from, is_only_hinted, is_plain
from detectors.wording.told import Told

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


def weigh_again(document: Document, told: Told, pieces: Pieces) -> None:
    """Add a sale the first two judges missed, or weaken one the whole text speaks against. Only for texts about papers."""
    if not told.sells and accepted_from(document, told) is None:
        return
    permille = told.permille
    is_found = permille >= MEDIUM_FROM
    if is_found and not (told.sells and is_plain(document, told)):
        return  # nothing it could say would be told
    outline = outline_of(document)
    if _is_in_letters(outline.text):
        return
    heard, least = _heard_before(document, told)
    sells = pieces.weigh(outline.text) + heard >= least
    if sells and not is_found:
        quotes = [document.quote(*outline.folded_span(*span)) for span in pieces.told(outline.text)]
        shown = "、".join(f"“{one.text[one.start : one.end]}”" for one in quotes) or "整体行文"
        told.add((signal("offer.reads_as_sale", *quotes, scale_permille=COUNTED_AS, cues=shown),))
        told.cap(ALONE_AT_MOST)
    elif is_found and not sells:
        told.cap(_DOUBTED_AT_MOST)


def _heard_before(document: Document, told: Told) -> tuple[float, float]:
    """Return what the first two judges came to (logit), and from where on it means a sale, with what the third says."""
    if told.refused is not None:
        return told.refused, ACCEPTED_REFUSED
    return told.logit, ACCEPTED_HINTED if is_only_hinted(document) else ACCEPTED


def _is_in_letters(outline: str) -> bool:
    """Say whether a text is mostly written in letters: pieces of three of them are no words, and nearly all that were counted are sellers'."""
    return 2 * sum(map(len, _LETTERS(outline))) > len(outline)
