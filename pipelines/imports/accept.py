"""Brings a file's listings through the one door in and reports what became of each row."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from detectors.model import Observation
from pipelines.imports.listings import Pseudonym, read_listings
from pipelines.imports.model import ImportReport, Rejection
from pipelines.imports.rejects import write_rejects
from pipelines.intake import Accepted
from pipelines.ports import Clock

__all__ = ["import_listings"]

_BATCH = 100


class Door(Protocol):
    """The part of `pipelines.intake.Intake` that an import needs."""

    def accept_many(self, observations: Sequence[Observation]) -> tuple[Accepted, ...]:
        """Store, judge and merge."""


class Reader(Protocol):
    """Reads a file of listings; see `pipelines.imports.listings.read_listings`."""

    def __call__(self, path: Path, *, at: datetime, pseudonym: Pseudonym) -> Iterator[Observation | Rejection]:
        """Yield observations and rejections, in file order."""


def import_listings(
    path: Path,
    door: Door,
    clock: Clock,
    pseudonym: Pseudonym,
    rejects_folder: Path,
    read: Reader = read_listings,
    progress: Callable[[int], object] = int,
) -> ImportReport:
    """Import every usable row; keep the others with their reason in `rejects_folder`. Doing it twice changes nothing.

    `progress` is told how many rows were read since it was last told. `read` may know more than tables.
    """
    at = clock.now()
    outcomes: Counter[str] = Counter()
    rejections: list[Rejection] = []
    batch: list[Observation] = []

    def hand_over() -> None:
        for accepted in door.accept_many(batch):
            outcomes[accepted.outcome.value if accepted.outcome else "below_threshold"] += 1
        progress(len(batch))
        batch.clear()

    for row in read(path, at=at, pseudonym=pseudonym):
        if isinstance(row, Rejection):
            rejections.append(row)
            continue
        batch.append(row)
        if len(batch) >= _BATCH:
            hand_over()
    hand_over()
    return ImportReport(
        path=path,
        accepted=sum(outcomes.values()),
        outcomes=dict(outcomes),
        rejections=tuple(rejections),
        rejects_path=write_rejects(rejects_folder, path, rejections, at) if rejections else None,
    )
