"""The one door to the story of names: feeds and lists say that they saw a name, surveys and visits say what became of it.

Both may come from several programs at once: a write that came too late is made again on what is there now.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from detectors.model import PageContent
from detectors.name_facts import NameFacts
from keywords.host_lines import host_of_text
from pipelines.errors import VersionConflict
from pipelines.name_history import begin, observe, see_again
from pipelines.name_record import NameChange, NameRecord, NameSight
from pipelines.name_sight import page_sight, sights_of
from pipelines.ports import Clock, NameStore

__all__ = ["NameWatch"]

_TRIES = 20
"""More writers than this never meet at one name."""
_Step = Callable[[NameRecord | None, datetime], tuple[NameRecord | None, Sequence[NameChange]]]


class NameWatch:
    """Keeps the story of watched names. May be used from any thread."""

    def __init__(self, store: NameStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def saw(
        self, host: str, imitates: str, technique: str, score_permille: int, source: str, *, at: datetime | None = None
    ) -> tuple[NameChange, ...]:
        """Watch a lookalike from now on; return what is new.

        `host` as a list or log writes it (a wildcard stands for its parent); `source` is the feed (`ct:…`), list (`list:<file>`) or
        `tip`; `generation` and `check` are our own asking and no sight of the name; `at` is when it saw the name (None: now).
        Saying the same again changes nothing.
        Raises ValueError for what is no host, `StoreUnavailable`.
        """
        _, host = host_of_text(host)

        def step(record: NameRecord | None, now: datetime) -> tuple[NameRecord, Sequence[NameChange]]:
            seen_at = min(at or now, now)
            if record is None:
                return begin(host, imitates, technique, score_permille, source, seen_at, now)
            return see_again(record, imitates, technique, score_permille, source, seen_at, now)

        return self._write(host, step)

    def surveyed(self, facts: NameFacts) -> tuple[NameChange, ...]:
        """Take in what a survey said; return what changed. A name nobody watches is left alone. Raises `StoreUnavailable`."""
        return self._looked(facts.name, lambda _: sights_of(facts))

    def showed(self, host: str, pages: Sequence[PageContent]) -> tuple[NameChange, ...]:
        """Take in what a visit of the name saw; return what changed. A name nobody watches is left alone. Raises `StoreUnavailable`."""
        return self._looked(host, lambda now: (page_sight(pages, now),))

    def _looked(self, host: str, sights: Callable[[datetime], Sequence[NameSight]]) -> tuple[NameChange, ...]:
        """Take in looks, which are asked for only where somebody watches the name: sweeps visit many that nobody does."""

        def step(record: NameRecord | None, now: datetime) -> tuple[NameRecord | None, Sequence[NameChange]]:
            if record is None:
                return None, ()
            changes: list[NameChange] = []
            for sight in sights(now):
                record, made = observe(record, sight, now)
                changes += made
            return record, changes

        return self._write(host, step)

    def _write(self, host: str, step: _Step) -> tuple[NameChange, ...]:
        tries = 0
        while True:
            stored = self._store.get(host)
            before = stored.document if stored else None
            record, changes = step(before, self._clock.now())
            if record is None or record == before:
                return ()
            try:
                self._store.put(record, stored.version if stored else 0, changes)
            except VersionConflict:
                tries += 1
                if tries == _TRIES:
                    raise
            else:
                return tuple(changes)
