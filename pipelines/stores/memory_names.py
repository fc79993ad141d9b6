"""Watched names in memory: what tests use, and the plain statement of what the other store must do."""

import itertools
import threading
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from pipelines.errors import VersionConflict
from pipelines.model import Versioned
from pipelines.name_plan import due_at
from pipelines.name_record import LoggedChange, NameChange, NameCounts, NameRecord

__all__ = ["MemoryNames"]


class MemoryNames:
    """A `NameStore`."""

    def __init__(self) -> None:
        self._records: dict[str, Versioned[NameRecord]] = {}
        self._log: list[LoggedChange] = []
        self._looked_up_to = 0
        self._lock = threading.Lock()

    def get(self, host: str) -> Versioned[NameRecord] | None:
        """Return the record of a name, or None."""
        return self._records.get(host)

    def put(self, record: NameRecord, expected_version: int, changes: Sequence[NameChange] = ()) -> int:
        """Write the record and log the changes if the stored version is the expected one. Raises `VersionConflict`."""
        with self._lock:
            stored = self._records.get(record.host)
            actual = stored.version if stored else 0
            if actual != expected_version:
                raise VersionConflict(record.host, expected_version, actual)
            self._records[record.host] = Versioned(record, actual + 1)
            for position, change in enumerate(changes, start=len(self._log) + 1):
                logged = LoggedChange(position=position, host=record.host, imitates=record.imitates, change=change)
                self._log.append(logged)
            return actual + 1

    def changes(
        self, *, after: int = 0, since: datetime | None = None, with_quiet: bool = False, limit: int = 1000
    ) -> tuple[LoggedChange, ...]:
        """Return logged changes in the order they were written."""
        wanted = (
            one
            for one in self._log[after:]
            if (with_quiet or one.change.is_notice) and (since is None or one.change.noted_at >= since)
        )
        return tuple(itertools.islice(wanted, limit))

    def due(self, at: datetime, limit: int = 1000) -> tuple[NameRecord, ...]:
        """Return the names to be looked at by then."""
        with self._lock:
            records = [one.document for one in self._records.values()]
        due = [(due_at(one), -one.score_permille, one.host, one) for one in records if due_at(one) <= at]
        return tuple(one for *_, one in sorted(due, key=lambda row: row[:3])[:limit])

    def counts(self, at: datetime) -> NameCounts:
        """Count names and new notices."""
        with self._lock:
            records = [one.document for one in self._records.values()]
            new = sum(one.change.is_notice for one in self._log[self._looked_up_to :])
        return NameCounts(
            by_presence=dict(Counter(one.known.presence.value for one in records)),
            due=sum(due_at(one) <= at for one in records),
            new_notices=new,
        )

    def looked_up_to(self) -> int:
        """Return the position up to which changes were looked at."""
        return self._looked_up_to

    def note_look(self, position: int) -> None:
        """Remember a look."""
        with self._lock:
            self._looked_up_to = max(self._looked_up_to, position)
