"""The books of marks in memory: what tests use, and the plain statement of what the other store must do."""

import copy
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from detectors.marks.bonds import worth
from detectors.marks.model import Mark, Standing, Tally
from pipelines.marks.record import Counts, GangSize, MarkRow, Owner, Wearer

__all__ = ["MemoryMarks"]


class MemoryMarks:
    """A `MarkStore`. Every transaction works on a copy, so that an exception leaves nothing behind."""

    def __init__(self) -> None:
        self._ledger = _Ledger()
        self._lock = threading.Lock()

    @contextmanager
    def reading(self) -> Iterator["_Ledger"]:
        """Give the books as they are at one moment."""
        yield self._ledger

    @contextmanager
    def editing(self) -> Iterator["_Ledger"]:
        """Give the books to one writer."""
        with self._lock:
            draft = copy.deepcopy(self._ledger)
            yield draft
            self._ledger = draft


@dataclass(slots=True)
class _Ledger:
    """A `MarkLedger` of plain dictionaries."""

    wearers: dict[str, Wearer] = field(default_factory=dict)
    wears: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    numbers: dict[Mark, int] = field(default_factory=dict)
    rows: dict[int, MarkRow] = field(default_factory=dict)
    counted: dict[tuple[int, int], Counts] = field(default_factory=dict)
    owners: dict[int, Owner] = field(default_factory=dict)
    merged: dict[int, int] = field(default_factory=dict)

    def wearer(self, wearer_id: str) -> Wearer | None:
        return self.wearers.get(wearer_id)

    def put_wearer(self, wearer: Wearer) -> None:
        self.wearers[wearer.id] = wearer

    def wearers_of(self, owner: int) -> tuple[Wearer, ...]:
        return tuple(one for _, one in sorted(self.wearers.items()) if one.owner == owner)

    def worn(self, wearer_id: str) -> tuple[int, ...]:
        return tuple(sorted(self.wears.get(wearer_id, ())))

    def wear(self, wearer_id: str, marks: Sequence[int]) -> None:
        self.wears[wearer_id].update(marks)

    def enter(self, marks: Sequence[tuple[Mark, str]]) -> tuple[MarkRow, ...]:
        rows = []
        for mark, shown in marks:
            number = self.numbers.setdefault(mark, len(self.numbers) + 1)
            made = MarkRow(
                number=number, kind=mark.kind, value=mark.value, shown=shown, worth=worth(mark.kind, Tally())
            )
            rows.append(self.rows.setdefault(number, made))
        return tuple(rows)

    def mark(self, number: int) -> MarkRow | None:
        return self.rows.get(number)

    def put_mark(self, row: MarkRow) -> None:
        self.rows[row.number] = row

    def declared_common(self) -> tuple[MarkRow, ...]:
        return tuple(row for _, row in sorted(self.rows.items()) if row.is_common)

    def shift(self, marks: Sequence[int], owner: int, standing: Standing, by: int) -> tuple[tuple[Counts, Counts], ...]:
        shifted = []
        for mark in marks:
            before = self.counted.get((mark, owner), Counts())
            after = replace(before, **{standing.value: getattr(before, standing.value) + by})
            self.counted[mark, owner] = after
            shifted.append((before, after))
        return tuple(shifted)

    def suspects(self, mark: int, limit: int = 0) -> tuple[int, ...]:
        owners = sorted(owner for (one, owner), counts in self.counted.items() if one == mark and counts.suspect)
        return tuple(owners[: limit or None])

    def live_marks(self, owner: int) -> tuple[MarkRow, ...]:
        worn = sorted(mark for (mark, one), counts in self.counted.items() if one == owner and counts.suspect)
        return tuple(self.rows[mark] for mark in worn if self.rows[mark].worth)

    def owner(self, number: int) -> Owner:
        return self.owners[number]

    def owner_of(self, key: str) -> Owner:
        known = next((owner for owner in self.owners.values() if owner.key == key), None)
        made = known or Owner(number=len(self.owners) + 1, key=key)
        return self.owners.setdefault(made.number, made)

    def put_owner(self, owner: Owner) -> None:
        self.owners[owner.number] = replace(self.owners[owner.number], suspects=owner.suspects)

    def new_gang(self) -> int:
        number = len(self.merged) + 1
        self.merged[number] = 0
        return number

    def put_in_gang(self, owners: Sequence[int], gang: int) -> None:
        for number in owners:
            self.owners[number] = replace(self.owners[number], gang=gang)

    def merge_gang(self, gang: int, into: int) -> None:
        self.put_in_gang([owner.number for owner in self.members(gang)], into)
        self.merged[gang] = into

    def merged_into(self, gang: int) -> int | None:
        return self.merged.get(gang)

    def members(self, gang: int) -> tuple[Owner, ...]:
        return tuple(owner for _, owner in sorted(self.owners.items()) if owner.gang == gang and gang)

    def gangs(self, only: int = 0) -> tuple[GangSize, ...]:
        sizes = []
        for gang in [only] if only else self.merged:
            members = {owner.number for owner in self.members(gang)}
            suspected = (
                one for one in self.wearers.values() if one.owner in members and one.standing is Standing.SUSPECT
            )
            kinds = Counter(one.kind for one in suspected)
            if members:
                sizes.append(GangSize(number=gang, owners=len(members), by_kind=dict(sorted(kinds.items()))))
        return tuple(sorted(sizes, key=lambda size: (-size.leads, size.number)))
