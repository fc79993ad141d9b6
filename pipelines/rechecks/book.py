"""Writes down what re-checks saw, once intake accepted them: the lead's state, its proof, and a line in its history."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from detectors.model import Observation
from pipelines.errors import VersionConflict
from pipelines.lifecycle import MACHINE
from pipelines.model import Lead, Versioned
from pipelines.ports import Clock, LeadStore, MarkStore
from pipelines.rechecks.elsewhere import elsewhere_since
from pipelines.rechecks.history import take_in
from pipelines.rechecks.look import judge_look
from pipelines.rechecks.plan import handed_over_at, is_watched
from pipelines.rechecks.record import RECHECK

__all__ = ["RecheckBook", "SeenAgain"]

_TRIES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenAgain:
    """One accepted observation of a lead."""

    lead_id: str
    observation: Observation
    score_permille: int
    evidence: tuple[str, ...]
    """SHA-256 of what was kept of it."""

    @property
    def is_recheck(self) -> bool:
        """Say whether it tells what became of a lead: made for it, or a listing that staff saved again where no machine may look."""
        source = self.observation.candidate.discovery.source
        return source == RECHECK or (source.startswith("file:") and self.observation.listing is not None)


class RecheckBook:
    """Keeps the re-checks of a case. May be called from any thread."""

    def __init__(
        self, leads: LeadStore, marks: MarkStore | None, clock: Clock, is_official: Callable[[str], bool]
    ) -> None:
        """Without `marks` nobody knows where else a lead's marks stand. `is_official` tells the hosts of genuine sites."""
        self._leads = leads
        self._marks = marks
        self._clock = clock
        self._is_official = is_official

    def note_many(self, looks: Sequence[SeenAgain]) -> None:
        """Take in those of the looks that are re-checks of watched leads. Again is as once. Raises `StoreUnavailable`, `VersionConflict`."""
        for look in looks:
            if look.is_recheck:
                self._note(look)

    def _note(self, look: SeenAgain) -> None:
        for attempt in range(_TRIES):
            stored = self._leads.get(look.lead_id)
            if stored is None or not (is_watched(stored.document) or stored.document.recheck):
                return  # one that was watched and came back by this very look is told why
            after = self._after(stored, look)
            if after == stored.document:
                return
            try:
                self._leads.put(after, stored.version)
            except VersionConflict:
                if attempt == _TRIES - 1:
                    raise
                continue
            return

    def _after(self, stored: Versioned[Lead], look: SeenAgain) -> Lead:
        lead = stored.document
        since = handed_over_at(lead)
        elsewhere = elsewhere_since(lead, since, self._marks, self._leads) if self._marks and since else ()
        verdict = judge_look(lead, look.observation, look.score_permille, elsewhere, self._is_official)
        return take_in(lead, verdict, look.observation.observed_at, look.evidence, self._clock.now(), MACHINE)
