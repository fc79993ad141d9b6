"""Taking work where one process at a time works on a run: what it took it remembers itself, so a killed one leaves nothing taken."""

from collections import defaultdict
from collections.abc import Iterable

from pipelines.model import WorkItem

__all__ = ["SoleWorker"]


class SoleWorker:
    """What the frontiers of one process have in common. Subclasses know what is unfinished."""

    def __init__(self) -> None:
        self._taken: dict[str, set[tuple[str, str]]] = defaultdict(set)

    def pending(self, run_id: str, kind: str) -> tuple[WorkItem, ...]:
        """Return the unfinished items of a kind in the order they were added."""
        raise NotImplementedError

    def take(self, run_id: str, kind: str, at_least: int = 1, beginning: str = "") -> tuple[WorkItem, ...]:  # noqa: ARG002
        """Return all items that were not taken or put off yet; see `Frontier`."""
        taken = self._taken[run_id]
        fresh = tuple(
            one for one in self.pending(run_id, kind) if one.key.startswith(beginning) and (kind, one.key) not in taken
        )
        taken.update((kind, one.key) for one in fresh)
        return fresh

    def put_off(self, run_id: str, items: Iterable[WorkItem]) -> None:
        """Leave these unfinished items alone until the run is resumed."""
        self._taken[run_id].update((one.kind, one.key) for one in items)

    def reopen(self, run_id: str) -> None:
        """Let what was put off wait again."""
        self._taken.pop(run_id, None)

    def is_open(self, run_id: str, kind: str) -> bool:
        """Say whether items of a kind wait; nobody else has taken any."""
        taken = self._taken[run_id]
        return any((kind, one.key) not in taken for one in self.pending(run_id, kind))

    def renew(self, run_id: str) -> None:
        """Nobody else waits to hear of this process."""

    def leave(self, run_id: str) -> None:
        """Give back what is taken and not finished."""
        self._taken.pop(run_id, None)
