"""Who belongs together: what a mark is worth in view of its wearers, which shared marks join two owners, who hangs together.

Two owners are joined when their shared marks come to `JOINS_FROM`, of each family only the strongest counted: one strong mark, or
weak ones with different causes. Nothing here depends on the order in which marks became known.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping
from itertools import combinations
from typing import Generic, TypeVar

from detectors.marks.kinds import rule_of
from detectors.marks.model import Family, MarkKind, Tally

__all__ = ["JOINS_FROM", "MOST_PAIRED", "bond_strength", "components", "why_worthless", "worth"]

JOINS_FROM = 1000
MOST_PAIRED = 30
"""A mark that joins only together with others counts nothing on more owners: that many do not share a cause by chance marks."""
_FEWEST_BYSTANDERS = 2
Owner = TypeVar("Owner", bound=Hashable)
Key = TypeVar("Key", bound=Hashable)


def worth(kind: MarkKind, tally: Tally, *, is_declared_common: bool = False) -> int:
    """Return the strength (permille) of a mark of which these wear it."""
    rule = rule_of(kind)
    if is_declared_common or tally.officials or tally.suspects > rule.limit:
        return 0
    strength = rule.tainted if _is_tainted(tally) else rule.strength
    return 0 if strength < JOINS_FROM and tally.suspects > MOST_PAIRED else strength


def why_worthless(kind: MarkKind, tally: Tally, *, is_declared_common: bool = False) -> str:
    """Return one Chinese sentence why the mark counts less than its kind does; empty: it counts in full."""
    rule = rule_of(kind)
    if is_declared_common:
        return "已由人工列为公用标志，不计"
    if tally.officials:
        return "官方网站上也有，仿冒网页会一并复制，不计"
    if tally.suspects > rule.limit:
        return f"已有 {tally.suspects} 个互不相同的主体使用（上限 {rule.limit}），视为公用，不计"
    if _is_tainted(tally):
        others = f"{tally.cleared} 个已排除的主体、{tally.bystanders} 个无嫌疑的主体也在使用"
        return f"{others}，{'只作旁证' if rule.tainted else '不计'}"
    if rule.strength < JOINS_FROM and tally.suspects > MOST_PAIRED:
        return f"已有 {tally.suspects} 个主体使用，旁证用得太广，不计"
    return ""


def bond_strength(shared: Iterable[tuple[MarkKind, int]]) -> int:
    """Return what shared marks, each with its worth, come to: the strongest of each family, added up."""
    strongest: dict[Family, int] = {}
    for kind, strength in shared:
        family = rule_of(kind).family
        strongest[family] = max(strongest.get(family, 0), strength)
    return sum(strongest.values())


def components(
    wearing: Mapping[Key, Collection[Owner]],
    kinds: Mapping[Key, MarkKind],
    worths: Mapping[Key, int],
    owners: Iterable[Owner],
) -> list[frozenset[Owner]]:
    """Return who hangs together among `owners`, from scratch; `wearing` says who wears each mark.

    The plain statement of the rule: what the incremental index comes to is tested against it, and it splits a gang anew.
    """
    joined = _Joined(owners)
    pairs: dict[tuple[Owner, Owner], list[tuple[MarkKind, int]]] = {}
    for key, wearers in wearing.items():
        strength = worths[key]
        inside = sorted(filter(joined.knows, wearers), key=joined.place)
        if strength >= JOINS_FROM:
            for owner in inside[1:]:
                joined.join(inside[0], owner)
        elif strength > 0:
            for pair in combinations(inside, 2):
                pairs.setdefault(pair, []).append((kinds[key], strength))
    for (one, other), shared in pairs.items():
        if bond_strength(shared) >= JOINS_FROM:
            joined.join(one, other)
    return joined.groups()


class _Joined(Generic[Owner]):
    """Disjoint sets of owners."""

    def __init__(self, owners: Iterable[Owner]) -> None:
        self._parent = {owner: owner for owner in owners}
        self._places = {owner: place for place, owner in enumerate(self._parent)}

    def knows(self, owner: Owner) -> bool:
        return owner in self._parent

    def place(self, owner: Owner) -> int:
        return self._places[owner]

    def join(self, one: Owner, other: Owner) -> None:
        self._parent[self._root(other)] = self._root(one)

    def groups(self) -> list[frozenset[Owner]]:
        groups: dict[Owner, set[Owner]] = {}
        for owner in self._parent:
            groups.setdefault(self._root(owner), set()).add(owner)
        return [frozenset(group) for group in groups.values()]

    def _root(self, owner: Owner) -> Owner:
        parent = self._parent
        while parent[owner] != owner:
            parent[owner] = parent[parent[owner]]
            owner = parent[owner]
        return owner


def _is_tainted(tally: Tally) -> bool:
    """Say whether innocents wear the mark: one that a person cleared, or as many bystanders as suspects and at least two."""
    return tally.cleared > 0 or tally.bystanders >= max(_FEWEST_BYSTANDERS, tally.suspects)
