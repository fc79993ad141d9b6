"""What the texts of an observation came to: one signal a code, the strongest."""

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from detectors.model import Signal
from detectors.scoring import score_of

__all__ = ["SALE_CODES", "Told", "logit_of"]

_FULL = 1000
_LEAST, _MOST = 5, 995
"""Permille: no judge is ever certain."""
SALE_CODES = frozenset({"offer.certificate_sale", "offer.reads_as_sale"})


def logit_of(permille: int) -> float:
    """Return a score as a logit."""
    heard = max(_LEAST, min(_MOST, permille))
    return math.log(heard / (_FULL - heard))


@dataclass(slots=True)
class Told:
    """Signals for and against, by code."""

    offers: dict[str, Signal] = field(default_factory=dict)
    contexts: dict[str, Signal] = field(default_factory=dict)
    refused: float | None = None
    """What rules and cues came to together (logit) where the cues refused a sale the rules had found; None: they did not."""

    @property
    def sells(self) -> bool:
        """Say whether something is sold, by either judge."""
        return not SALE_CODES.isdisjoint(self.offers)

    @property
    def permille(self) -> int:
        """Return the score it comes to (permille). Signals against count only where nothing is sold."""
        contexts = () if self.sells else self.contexts.values()
        return score_of((*self.offers.values(), *contexts))

    @property
    def logit(self) -> float:
        """Return the score as a logit."""
        return logit_of(self.permille)

    def add(self, signals: Iterable[Signal], *, scale_permille: int = _FULL) -> None:
        """Keep the strongest signal of each code; `scale_permille` weakens them all."""
        for one in signals:
            strength = one.strength_permille * scale_permille // _FULL
            kept = self.offers if one.code.startswith("offer.") else self.contexts
            if one.code not in kept or kept[one.code].strength_permille < strength:
                is_whole = strength == one.strength_permille
                kept[one.code] = one if is_whole else replace(one, strength_permille=strength)

    def weaken(self, scale_permille: int) -> None:
        """Weaken all signals for."""
        self.offers = {
            code: replace(one, strength_permille=one.strength_permille * scale_permille // _FULL)
            for code, one in self.offers.items()
        }

    def cap(self, most_permille: int) -> None:
        """Weaken all signals for alike, so that together they come to no more than this."""
        total = sum(one.strength_permille for one in self.offers.values())
        if total > most_permille:
            self.weaken(_FULL * most_permille // total)

    def keep(self, codes: Collection[str]) -> None:
        """Forget the signals for, except these."""
        self.offers = {code: one for code, one in self.offers.items() if code in codes}

    def join(self, other: "Told") -> None:
        """Take over what another text came to."""
        self.add(other.offers.values())
        self.add(other.contexts.values())
