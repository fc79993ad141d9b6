"""All detectors, in one explicit tuple, built with what they know."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from detectors.filings.filing_mismatch import FilingMismatchDetector
from detectors.filings.filing_registry import FilingRegistryDetector
from detectors.model import Observation, OfficialSnapshot, Signal, Skip
from detectors.names.detector import LookalikeHostDetector
from detectors.names.written import WrittenHostsDetector
from detectors.pages.clone import CloneDetector
from detectors.pages.identity import ClaimedIdentityDetector
from detectors.pages.kinds import OfficialHostDetector, PageKindDetector
from detectors.pages.query_form import QueryFormDetector
from detectors.pictures.codes import PictureCodesDetector
from detectors.pictures.printed_text import ReadsPictures
from detectors.wording import OfferDetector
from detectors.wording.institutions import Institutions
from keywords.loader import Lexicon
from keywords.roster import Roster

__all__ = ["Detector", "Knowledge", "ReadsTogether", "build_detectors"]


class Detector(Protocol):
    """Looks at one observation and says what it sees. Pure: the same observation always gives the same answer."""

    @property
    def name(self) -> str:
        """Return the detector's stable name, as it stands in a `Skip`."""

    def examine(self, observation: Observation) -> tuple[Signal, ...] | Skip:
        """Return what was seen, or why it could not be looked for. Must not raise for any input."""


@runtime_checkable
class ReadsTogether(Protocol):
    """A detector that reads many observations together more quickly than one by one."""

    def examine_each(self, observations: Sequence[Observation]) -> Sequence[tuple[Signal, ...] | Skip]:
        """Return for each observation what `examine` returns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What detectors are built from."""

    roster: Roster
    lexicon: Lexicon
    snapshots: tuple[OfficialSnapshot, ...] = ()
    """Empty: no official page was ever captured, so clones cannot be measured."""
    institutions: Institutions = field(default_factory=Institutions)
    """Empty: no county imported its training and examination institutions."""


def build_detectors(knowledge: Knowledge) -> tuple[Detector, ...]:
    """Return every detector; a new one is added here and nowhere else."""
    roster, snapshots = knowledge.roster, knowledge.snapshots
    return (
        OfficialHostDetector(roster),
        LookalikeHostDetector(roster),
        WrittenHostsDetector(roster),
        ClaimedIdentityDetector(roster),
        QueryFormDetector(roster),
        CloneDetector(roster, snapshots),
        FilingMismatchDetector(roster, snapshots),
        FilingRegistryDetector(roster),
        ReadsPictures(OfferDetector(knowledge.lexicon, knowledge.institutions)),
        PictureCodesDetector(roster),
        PageKindDetector(roster),
    )
