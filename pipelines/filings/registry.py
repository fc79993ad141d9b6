"""The seam of the filing registry: looked up all the time, replaced as a whole now and then.

An import is staged beside the registry in use and becomes it in one step, so whoever looks something up sees the old one or the new
one, never half of each. A staged import that was cut short stays and is taken up again by the same file.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from detectors.model import FilingRecord
from pipelines.errors import UsageError
from pipelines.imports.model import Rejection

__all__ = ["Edition", "FilingImports", "FilingRegistry", "ImportOvertaken", "SourcedRejection", "StagedImport"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One imported state of the registry."""

    number: int
    """1, 2, 3 …"""
    source: str
    """Names of the files."""
    sha256: str
    registry_on: date
    """As of when the regulator's data are."""
    imported_at: datetime
    imported_by: str
    records: int
    domains: int
    provinces: str
    """Letters of the provinces whose numbers it holds, in the order of their share."""


@dataclass(frozen=True, slots=True)
class SourcedRejection:
    """A row that could not be used, and of which file."""

    source: str
    rejection: Rejection


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedImport:
    """How far a staged import is."""

    token: str
    rows_read: int = 0
    """Rows already taken in, over all files: go on behind them."""
    staged: int = 0
    rejected: int = 0


class ImportOvertaken(UsageError):
    """Another import of filings began while this one was running."""

    def __init__(self) -> None:
        super().__init__(
            "另一项备案导入已经开始，本次导入停止；正在使用的备案库没有改变。请等那一项结束后再导入。",
            "Another import of filings began, so this one stops; the registry in use is unchanged. Import again once that one is done.",
        )


class FilingRegistry(Protocol):
    """What is asked of the registry. One contract suite runs against every implementation."""

    def edition(self) -> Edition | None:
        """Return the registry in use, or None: nothing was imported yet."""

    def of_domain(self, domain: str) -> tuple[FilingRecord, ...]:
        """Return the records of a registrable domain (A-labels), valid ones first; `()`: it knows none."""

    def of_number(self, main: str, limit: int = 5) -> tuple[FilingRecord, ...]:
        """Return up to `limit` records of a main number (`detectors.filings.numbers.main_number`), valid ones first."""

    def answer(self, domain: str) -> FilingRecord | None:
        """Return what a person found by hand for a domain (an empty `number`: no filing), or None: nobody looked."""

    def put_answers(self, answers: Sequence[FilingRecord]) -> int:
        """Keep people's answers, the latest look-up of a domain in place of an older one; return how many are new or changed."""

    def answers_count(self) -> int:
        """Return how many domains people have answered for."""


class FilingImports(Protocol):
    """Replacing the registry."""

    def begin(self, fingerprint: str) -> StagedImport:
        """Take up the staged import of the same content, or start anew in place of another's.

        `fingerprint` stands for the files' content.
        """

    def stage(
        self, token: str, records: Sequence[FilingRecord], rejections: Sequence[SourcedRejection], rows_read: int
    ) -> None:
        """Add rows and note how many were read, both or neither. Raises `ImportOvertaken`."""

    def rejections(self, token: str) -> Iterator[SourcedRejection]:
        """Yield the rejected rows in the order of the files."""

    def publish(self, token: str, edition: Edition) -> Edition:
        """Make the staged rows the registry in use, in one step; return it with number, counts and provinces filled in.

        Of rows with the same domain and number the last one stands. Raises `ImportOvertaken`.
        """

    def drop(self, token: str) -> None:
        """Forget the staged import; the registry in use stays."""
