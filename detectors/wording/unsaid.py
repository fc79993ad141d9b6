"""Signals against: the words are there, but nobody sells by them. They are quoted in a warning, taught, denied or asked about."""

from collections.abc import Iterator

from detectors.model import Signal
from detectors.ruleset import signal
from detectors.wording.context import Voice, distinct
from detectors.wording.marks import Mark, Sense
from detectors.wording.papers import first_of
from detectors.wording.passages import Document

__all__ = ["CONTEXT", "against", "standing_context"]

CONTEXT = {
    Voice.WARNING: "context.warning",
    Voice.SCHOOL: "context.lawful_training",
    Voice.DENIAL: "context.negated",
    Voice.ASKING: "context.question",
}
"""Who speaks → the row of the ruleset."""


def against(document: Document, code: str, mark: Mark) -> Signal:
    """Return a signal against that quotes the word it rests on."""
    return signal(code, document.quote(mark.start, mark.end), term=mark.text)


def standing_context(document: Document) -> Iterator[Signal]:
    """Yield who speaks in a text without words of sale that is about certificates all the same."""
    marks = document.marks
    certificate = first_of(marks, Sense.CERTIFICATE)
    if certificate is None:
        return
    narrated = distinct(marks, Sense.NARRATIVE)
    if narrated > 1 and narrated + distinct(marks, Sense.ADVICE, Sense.OFFICIAL) > 2:  # noqa: PLR2004
        yield against(document, "context.warning", first_of(marks, Sense.NARRATIVE) or certificate)
    elif distinct(marks, Sense.TRAINING, Sense.DENIAL) > 1:
        reason = first_of(marks, Sense.DENIAL) or first_of(marks, Sense.TRAINING) or certificate
        yield against(document, "context.lawful_training", reason)
