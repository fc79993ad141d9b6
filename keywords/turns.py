"""A fair queue: who waits longest goes first, who found something waits less, and nobody waits for ever.

Each member has a weight between 1 and `HEAVIEST`: how much it is worth from the start, raised by what it brought. The next one is the
member whose weight times the days it has waited is greatest; one never asked goes before all that were. Within one day, after everybody
was asked, turns are shared in proportion to the weights.

With T members and s turns a day nobody waits longer than 2·(`HEAVIEST` + 1)·T/s days, whatever the others bring: during the second half
of a wait of D days, whoever is preferred has waited at least D/2 divided by `HEAVIEST`, so each of the others is preferred at most
`HEAVIEST` + 1 times, and s·D/2 turns are no more than T·(`HEAVIEST` + 1).
"""

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass

__all__ = ["HEAVIEST", "Member", "Turns"]

_WORTH = 3.0
"""A member that always finds something is asked so many times as often as one of the same kind that never does."""
_DOUBT = 2
"""Askings without a lead that everybody is thought to have had: one find in one try is no proof yet."""
_FIRST_WEIGHT = 2
HEAVIEST = _FIRST_WEIGHT * _WORTH


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One who waits for a turn."""

    name: str
    is_known: bool = False
    """Worth more from the start: what people use most."""
    waited_days: int | None = None
    """Since it was asked last, 0 today; None: never asked."""
    asked_count: int = 0
    lead_count: int = 0

    @property
    def weight(self) -> float:
        """Return how often it is asked, compared with others."""
        found = self.lead_count / (self.lead_count + self.asked_count + _DOUBT)
        return (_FIRST_WEIGHT if self.is_known else 1) * (1 + (_WORTH - 1) * found)


class Turns:
    """Gives out turns, the most urgent first; of equals, in the order of the members."""

    def __init__(self, members: Iterable[Member]) -> None:
        self._members = {one.name: (place, one) for place, one in enumerate(members)}
        self._taken = dict.fromkeys(self._members, 0)
        self._heap = [(*self._rank(name), name) for name in self._members]
        heapq.heapify(self._heap)

    def take(self, is_usable: Callable[[str], bool] = lambda _: True) -> str | None:
        """Return the next usable name and let it wait anew; None: none is usable."""
        passed_over = []
        taken = None
        while self._heap and taken is None:
            entry = heapq.heappop(self._heap)
            *rank, name = entry
            if name not in self._members or tuple(rank) != self._rank(name):
                continue  # it was touched or dropped since
            if is_usable(name):
                taken = name
            else:
                passed_over.append(entry)
        for entry in passed_over:
            heapq.heappush(self._heap, entry)
        if taken is not None:
            self.touch(taken)
        return taken

    def touch(self, name: str) -> None:
        """Let a member wait anew: it is asked in another's turn. Nothing for a stranger."""
        if name in self._members:
            self._taken[name] += 1
            heapq.heappush(self._heap, (*self._rank(name), name))

    def drop(self, name: str) -> None:
        """Give a member no more turns."""
        self._members.pop(name, None)

    def _rank(self, name: str) -> tuple[int, float, int]:
        """Return what sorts the most urgent first: never asked, asked before, taken already."""
        place, one = self._members[name]
        taken = self._taken[name]
        if taken:
            return 2, -one.weight / (taken + 1), place
        if one.waited_days is None:
            return 0, -one.weight, place
        return 1, -one.weight * one.waited_days, place
