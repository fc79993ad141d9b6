"""The filing registry in memory: for tests and fakes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from detectors.filings.letters import PROVINCES
from detectors.filings.numbers import main_number
from detectors.model import FilingRecord
from pipelines.filings.registry import Edition, ImportOvertaken, SourcedRejection, StagedImport

__all__ = ["MemoryFilings"]


class MemoryFilings:
    """A `FilingRegistry` and `FilingImports`."""

    def __init__(self) -> None:
        self._edition: Edition | None = None
        self._records: dict[tuple[str, str], FilingRecord] = {}
        self._answers: dict[str, FilingRecord] = {}
        self._fingerprint = ""
        self._import: StagedImport | None = None
        self._staged: list[FilingRecord] = []
        self._rejected: list[SourcedRejection] = []
        self._imports = 0

    def edition(self) -> Edition | None:
        """Return the registry in use, or None."""
        return self._edition

    def of_domain(self, domain: str) -> tuple[FilingRecord, ...]:
        """Return the records of a domain, valid ones first."""
        return _valid_first(one for one in self._records.values() if one.domain == domain)

    def of_number(self, main: str, limit: int = 5) -> tuple[FilingRecord, ...]:
        """Return some records of a main number, valid ones first."""
        return _valid_first(one for one in self._records.values() if main_number(one.number) == main)[:limit]

    def answer(self, domain: str) -> FilingRecord | None:
        """Return what a person found for a domain, or None."""
        return self._answers.get(domain)

    def put_answers(self, answers: Sequence[FilingRecord]) -> int:
        """Keep people's answers; an older look-up never replaces a newer one."""
        changed = 0
        for one in answers:
            known = self._answers.get(one.domain)
            if known is None or (one != known and (one.looked_on or date.min) >= (known.looked_on or date.min)):
                self._answers[one.domain] = one
                changed += 1
        return changed

    def answers_count(self) -> int:
        """Return how many domains people have answered for."""
        return len(self._answers)

    def begin(self, fingerprint: str) -> StagedImport:
        """Take up the staged import of this content, or start anew."""
        self._imports += 1
        token = str(self._imports)
        if self._import and self._fingerprint == fingerprint:
            self._import = replace(self._import, token=token)
            return self._import
        self._fingerprint, self._staged, self._rejected = fingerprint, [], []
        self._import = StagedImport(token=token)
        return self._import

    def stage(
        self, token: str, records: Sequence[FilingRecord], rejections: Sequence[SourcedRejection], rows_read: int
    ) -> None:
        """Add rows and note how far the files were read."""
        known = self._required(token)
        self._staged += records
        self._rejected += rejections
        self._import = replace(known, rows_read=rows_read, staged=len(self._staged), rejected=len(self._rejected))

    def rejections(self, token: str) -> Iterator[SourcedRejection]:
        """Yield the rejected rows in the order they came."""
        self._required(token)
        yield from self._rejected

    def publish(self, token: str, edition: Edition) -> Edition:
        """Make the staged rows the registry in use."""
        self._required(token)
        self._records = {(one.domain, one.number): one for one in self._staged}
        letters = Counter(main_number(one.number)[:1] for one in self._records.values())
        held = [letter for letter, n in letters.most_common() if n * 1000 >= len(self._records) and letter in PROVINCES]
        self._edition = replace(
            edition,
            number=self._edition.number + 1 if self._edition else 1,
            records=len(self._records),
            domains=len({one.domain for one in self._records.values()}),
            provinces="".join(held),
        )
        self.drop(token)
        return self._edition

    def drop(self, token: str) -> None:
        """Forget the staged import."""
        self._required(token)
        self._import, self._fingerprint, self._staged, self._rejected = None, "", [], []

    def _required(self, token: str) -> StagedImport:
        if self._import is None or self._import.token != token:
            raise ImportOvertaken
        return self._import


def _valid_first(records: Iterator[FilingRecord]) -> tuple[FilingRecord, ...]:
    return tuple(sorted(records, key=lambda one: (one.is_cancelled, one.domain, one.number)))
