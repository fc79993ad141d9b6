"""Keeps the books of marks and gangs up to date, one wearer at a time: only its marks and their other wearers are looked at.

What was gained joins gangs (the older id stays); what was lost (a lead dismissed, a mark become common) makes the gangs it touches
anew from their members' marks. Either way the gangs are those `detectors.marks.bonds.components` finds from scratch, whatever the
order in which things became known; only the ids tell which came first.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from detectors.marks.bonds import JOINS_FROM, bond_strength, components
from detectors.marks.model import MarkKind, Standing
from pipelines.marks.record import MarkRow, Owner, Wearer
from pipelines.ports import MarkLedger

__all__ = ["MOST_WORN", "declare_common", "move", "settle"]

MOST_WORN = 1000
"""Marks of one wearer over all its looks; a page that shows new ones every day says nothing new by them."""


@dataclass(slots=True)
class _Changes:
    """What a step did to the graph."""

    lost: set[int] = field(default_factory=set)
    """Owners whose gang may fall apart."""
    gained: dict[int, set[int]] = field(default_factory=dict)
    """Owner → marks by which it may be joined to others."""

    def gain(self, owner: int, mark: int) -> None:
        self.gained.setdefault(owner, set()).add(mark)


def settle(ledger: MarkLedger, wearer: Wearer, marks: Sequence[MarkRow]) -> None:
    """Write down what a wearer wears now, besides what it wore before, and as what. Doing it again changes nothing."""
    before = ledger.wearer(wearer.id)
    worn = ledger.worn(wearer.id) if before else ()
    known = set(worn)
    fresh = [row for row in dict.fromkeys(marks) if row.number not in known][: max(0, MOST_WORN - len(worn))]
    if before == wearer and not fresh:
        return
    changes = _Changes()
    if before and (before.owner, before.standing) != (wearer.owner, wearer.standing):
        _shift(ledger, worn, before, -1, changes)
        _shift(ledger, worn, wearer, 1, changes)
    ledger.put_wearer(wearer)
    ledger.wear(wearer.id, [row.number for row in fresh])
    _shift(ledger, [row.number for row in fresh], wearer, 1, changes)
    _count_suspects(ledger, before, wearer, changes)
    _regroup(ledger, changes)


def move(ledger: MarkLedger, wearer_id: str, standing: Standing) -> bool:
    """Let a wearer stand as something else; return False if it is not known."""
    wearer = ledger.wearer(wearer_id)
    if wearer is None:
        return False
    settle(ledger, replace(wearer, standing=standing), ())
    return True


def declare_common(ledger: MarkLedger, number: int, *, is_common: bool) -> MarkRow | None:
    """Let a mark count nothing from now on, or count again; None: there is no such mark."""
    row = ledger.mark(number)
    if row is None:
        return None
    after = row.weighed(is_common=is_common)
    changes = _Changes()
    ledger.put_mark(after)
    _note_worth(ledger, row, after, changes)
    _regroup(ledger, changes)
    return after


def _shift(ledger: MarkLedger, marks: Sequence[int], wearer: Wearer, by: int, changes: _Changes) -> None:
    """Count a wearer in or out under its marks."""
    shifted = ledger.shift(marks, wearer.owner, wearer.standing, by)
    for number, (counts, counts_after) in zip(marks, shifted, strict=True):
        role, role_after = counts.role, counts_after.role
        row = ledger.mark(number)
        if role is role_after or row is None:
            continue
        after = row.moved(role, role_after)
        ledger.put_mark(after)
        if role_after is Standing.SUSPECT and after.worth:
            changes.gain(wearer.owner, number)
        _note_worth(ledger, row, after, changes)


def _note_worth(ledger: MarkLedger, before: MarkRow, after: MarkRow, changes: _Changes) -> None:
    if after.worth < before.worth:
        # Whom the mark helped to join is in one gang; an owner alone in its gang with it loses nothing.
        owners = [ledger.owner(number) for number in ledger.suspects(after.number)]
        per_gang = Counter(owner.gang for owner in owners)
        changes.lost.update(owner.number for owner in owners if owner.gang and per_gang[owner.gang] > 1)
    elif after.worth > before.worth:
        for owner in ledger.suspects(after.number):
            changes.gain(owner, after.number)


def _count_suspects(ledger: MarkLedger, before: Wearer | None, after: Wearer, changes: _Changes) -> None:
    """Keep the number of suspected leads of each owner; one with two or more is a gang of itself."""
    was = before.owner if before and before.standing is Standing.SUSPECT else 0
    now = after.owner if after.standing is Standing.SUSPECT else 0
    if was == now:
        return
    if was:
        owner = ledger.owner(was)
        ledger.put_owner(replace(owner, suspects=owner.suspects - 1))
        changes.lost.add(was)
    if now:
        owner = ledger.owner(now)
        ledger.put_owner(replace(owner, suspects=owner.suspects + 1))
        if owner.suspects + 1 > 1 and not owner.gang:
            ledger.put_in_gang([now], ledger.new_gang())


def _regroup(ledger: MarkLedger, changes: _Changes) -> None:
    if changes.lost:
        _split(ledger, changes.lost)
    for owner, marks in sorted(changes.gained.items()):
        _join_by(ledger, owner, marks)


def _join_by(ledger: MarkLedger, number: int, marks: Iterable[int]) -> None:
    """Join an owner to whom it now shares enough with, by these marks or with their help."""
    if not ledger.owner(number).suspects:
        return
    helped: set[int] = set()
    for mark in sorted(marks):
        row = ledger.mark(mark)
        if row is None or not row.worth:
            continue
        if row.worth >= JOINS_FROM:
            # All other wearers are together already: one of them stands for all.
            for other in ledger.suspects(mark, 2):
                if other != number:
                    _join(ledger, number, other)
                    break
        else:
            helped.update(ledger.suspects(mark))
    helped.discard(number)
    if helped:
        _join_by_several(ledger, number, helped)


def _join_by_several(ledger: MarkLedger, number: int, others: set[int]) -> None:
    shared: dict[int, list[tuple[MarkKind, int]]] = {}
    for row in ledger.live_marks(number):
        if row.worth < JOINS_FROM:
            for other in others.intersection(ledger.suspects(row.number)):
                shared.setdefault(other, []).append((row.kind, row.worth))
    for other, marks in sorted(shared.items()):
        if bond_strength(marks) >= JOINS_FROM:
            _join(ledger, number, other)


def _join(ledger: MarkLedger, one: int, other: int) -> None:
    """Put two owners into one gang, the older of theirs."""
    pair = (ledger.owner(one), ledger.owner(other))
    gangs = {owner.gang for owner in pair} - {0}
    alone = [owner.number for owner in pair if not owner.gang]
    if not gangs:
        ledger.put_in_gang(alone, ledger.new_gang())
        return
    kept = min(gangs)
    for gang in gangs - {kept}:
        ledger.merge_gang(gang, kept)
    if alone:
        ledger.put_in_gang(alone, kept)


def _split(ledger: MarkLedger, touched: Iterable[int]) -> None:
    """Make the gangs of these owners anew from the marks of their members."""
    owners = {number: ledger.owner(number) for number in touched}
    gangs = {owner.gang for owner in owners.values()} - {0}
    for gang in sorted(gangs):
        owners.update((owner.number, owner) for owner in ledger.members(gang))
    wearing: dict[int, list[int]] = {}
    rows: dict[int, MarkRow] = {}
    suspected = sorted(number for number, owner in owners.items() if owner.suspects)
    for number in suspected:
        for row in ledger.live_marks(number):
            rows[row.number] = row
            wearing.setdefault(row.number, []).append(number)
    kinds = {number: row.kind for number, row in rows.items()}
    parts = components(wearing, kinds, {number: row.worth for number, row in rows.items()}, suspected)
    _assign(ledger, owners, gangs, parts)


def _assign(ledger: MarkLedger, owners: dict[int, Owner], gangs: set[int], parts: list[frozenset[int]]) -> None:
    """Give the parts of gangs their numbers: the part with most leads keeps the gang's, other parts get new ones."""
    leads = {part: sum(owners[number].suspects for number in part) for part in parts}
    left, placed = set(gangs), dict.fromkeys(owners, 0)
    for part in sorted(parts, key=lambda part: (-leads[part], min(part))):
        if leads[part] < 2:  # noqa: PLR2004 - one lead alone is no gang
            continue
        own = {owners[number].gang for number in part} & left
        gang = min(own) if own else ledger.new_gang()
        left -= own
        for merged in own - {gang}:
            ledger.merge_gang(merged, gang)
        placed.update(dict.fromkeys(part, gang))
    for gang in {*placed.values()}:
        ledger.put_in_gang([number for number, place in placed.items() if place == gang], gang)
