"""One thing found on a certificate or in a row about one, and how much it weighs."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Finding", "Gravity", "worst"]


class Gravity(StrEnum):
    """What a finding asks of the reader."""

    WRONG = "wrong"
    """Cannot be so on a genuine certificate."""
    DOUBT = "doubt"
    """May have an honest reason; a person looks at the official site."""
    NOTE = "note"
    """Good to know."""


_ORDER = (Gravity.NOTE, Gravity.DOUBT, Gravity.WRONG)


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `quote` is masked wherever it is personal."""

    code: str
    """Stable, `noun.what`."""
    gravity: Gravity
    reason: str
    """One Chinese sentence."""
    quote: str = ""
    """What it was read from, personal data masked; empty: it is about something missing."""


def worst(findings: Iterable[Finding]) -> Gravity:
    """Return the heaviest gravity; `NOTE` where there is nothing."""
    return max((one.gravity for one in findings), key=_ORDER.index, default=Gravity.NOTE)
