"""The last judgements, so that what a visit asked about is not judged a second time when it is handed in unchanged."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from detectors.marks.model import Mark
from detectors.model import Assessment, Observation

__all__ = ["Judged", "JudgedLately"]

_KEPT = 32
"""As many as visits may wait between their last question and the door; each holds a page and its bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One observation and what the machine made of it."""

    observation: Observation
    """As it was judged: mended, and with what registries say."""
    assessment: Assessment
    by: object
    """Whose judgement it is: later detectors may know more."""
    marks: tuple[Mark, ...] | None = None
    """What it wears; None: nobody has looked yet."""


class JudgedLately:
    """Keeps the latest judgement of each of the last few candidates. Any number of threads may ask."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._by_candidate: OrderedDict[str, tuple[Observation, Judged]] = OrderedDict()

    def keep(self, asked: Observation, judged: Judged) -> None:
        """Remember the judgement of what was asked about, in place of an earlier one of the same candidate."""
        key = asked.candidate.identity
        with self._lock:
            self._by_candidate.pop(key, None)
            self._by_candidate[key] = asked, judged
            if len(self._by_candidate) > _KEPT:
                self._by_candidate.popitem(last=False)

    def take(self, asked: Observation, by: object) -> Judged | None:
        """Return and forget the judgement of this very observation by the same; None: there is none."""
        with self._lock:
            known = self._by_candidate.pop(asked.candidate.identity, None)
        if known is None:
            return None
        before, judged = known
        return judged if judged.by is by and before == asked else None
