"""What staff are told of a gang: its leads, the bonds that hold it together, and which shared marks were not counted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from detectors.marks.bonds import JOINS_FROM, MOST_PAIRED, bond_strength
from detectors.marks.kinds import rule_of
from detectors.marks.model import Family, MarkKind, Standing
from detectors.model import CandidateKind
from keywords.hosts import defang
from pipelines.marks.record import GangSize, MarkRow, Owner, Wearer, mark_id
from pipelines.ports import MarkLedger

__all__ = [
    "Bond",
    "Gang",
    "bond_sentence",
    "discount_sentence",
    "gang_of_lead",
    "gang_sentence",
    "owner_name",
    "read_gang",
    "wearers_of_mark",
]

_MOST_OWNERS = 1000
"""Owners of a gang whose bonds are worked out one by one; beyond it the oldest are."""
_MOST_DISCOUNTED = 50
_HOSTS = {MarkKind.DOMAIN, MarkKind.RESOURCE_HOST, MarkKind.NAME_SERVER, MarkKind.IMAGE_ADDRESS}
_NOUNS = (
    (CandidateKind.SITE, "个网站"),
    (CandidateKind.LISTING, "条商品信息"),
    (CandidateKind.ADVERT, "条广告"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bond:
    """Two owners and what joins them: an edge."""

    one: Owner
    other: Owner
    marks: tuple[MarkRow, ...]
    """The marks that count, the strongest of each family, strongest first."""

    @property
    def strength(self) -> int:
        """Return what the marks come to, permille; 1000 and more joins."""
        return bond_strength((row.kind, row.worth) for row in self.marks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gang:
    """One gang, explained."""

    size: GangSize
    owners: tuple[Owner, ...]
    wearers: tuple[Wearer, ...]
    """Its suspected leads, by owner."""
    bonds: tuple[Bond, ...]
    """Enough bonds to hold all owners together, the strongest that do: one fewer than owners."""
    discounted: tuple[MarkRow, ...]
    """Marks several of its owners wear that count less than their kind does."""


def read_gang(ledger: MarkLedger, size: GangSize) -> Gang:
    """Return a gang with its bonds."""
    owners = ledger.members(size.number)[:_MOST_OWNERS]
    wearers = [one for owner in owners for one in ledger.wearers_of(owner.number) if one.standing is Standing.SUSPECT]
    live = {owner.number: ledger.live_marks(owner.number) for owner in owners}
    return Gang(
        size=size,
        owners=owners,
        wearers=tuple(wearers),
        bonds=tuple(_spanning(owners, live)),
        discounted=tuple(_discounted(ledger, wearers)),
    )


def bonds_of(ledger: MarkLedger, owner: Owner, limit: int) -> tuple[Bond, ...]:
    """Return the strongest bonds of one owner, at most so many."""
    shared: dict[int, list[MarkRow]] = {}
    for row in ledger.live_marks(owner.number):
        for other in ledger.suspects(row.number, MOST_PAIRED + 1):
            if other != owner.number:
                shared.setdefault(other, []).append(row)
    bonds = (Bond(one=owner, other=ledger.owner(other), marks=_strongest(rows)) for other, rows in shared.items())
    joined = sorted(
        (bond for bond in bonds if bond.strength >= JOINS_FROM), key=lambda bond: (-bond.strength, bond.other.number)
    )
    return tuple(joined[:limit])


def gang_of_lead(ledger: MarkLedger, lead_id: str) -> int:
    """Return the number of the gang a suspected lead is in; 0: in none."""
    wearer = ledger.wearer(lead_id)
    return ledger.owner(wearer.owner).gang if wearer and wearer.standing is Standing.SUSPECT else 0


def wearers_of_mark(ledger: MarkLedger, mark: int) -> tuple[Wearer, ...]:
    """Return the suspected leads that wear a mark, by owner; those of its first thousand owners."""
    return tuple(
        wearer
        for owner in ledger.suspects(mark, _MOST_OWNERS)
        for wearer in ledger.wearers_of(owner)
        if wearer.standing is Standing.SUSPECT and mark in ledger.worn(wearer.id)
    )


def gang_sentence(size: GangSize) -> str:
    """Return `一个团伙：3 个网站，5 条商品信息`."""
    parts = [f"{size.by_kind[kind]} {noun}" for kind, noun in _NOUNS if size.by_kind.get(kind)]
    others = sum(count for kind, count in size.by_kind.items() if kind not in {kind for kind, _ in _NOUNS})
    return f"一个团伙：{'，'.join([*parts, *([f'{others} 条其他线索'] if others else [])])}"


def bond_sentence(bond: Bond) -> str:
    """Return in one Chinese sentence why two owners belong together."""
    names = f"{defang(owner_name(bond.one))} 与 {defang(owner_name(bond.other))}"
    if bond.marks[0].worth >= JOINS_FROM:
        first, *others = bond.marks
        also = f"；另有{'、'.join(_named(row) for row in others)}" if others else ""
        return f"{names}：同一{_named(first)}，足以单独认定相连（{rule_of(first.kind).reason}）{also}"
    weighed = " ＋ ".join(f"{_named(row)}（{row.worth}）" for row in bond.marks)
    return f"{names}：{weighed} ＝ {bond.strength}，达到 {JOINS_FROM}，几项成因互不相干"


def owner_sentence(gang: Gang, owner: Owner) -> str:
    """Return in one Chinese sentence why an owner's own leads belong together; empty: it has one lead only."""
    if owner.suspects < 2:  # noqa: PLR2004 - one lead needs no reason
        return ""
    kind = owner.key.partition(":")[0]
    why = "同一卖家" if kind == "seller" else "同一注册域名"
    leads = "、".join(wearer.id for wearer in gang.wearers if wearer.owner == owner.number)
    return f"{defang(owner_name(owner))}：{why}下的 {owner.suspects} 条线索（{leads}）"


def discount_sentence(row: MarkRow) -> str:
    """Return in one Chinese sentence which shared mark was not counted in full, and why."""
    return f"{_named(row)}：{row.caveat}"


def owner_name(owner: Owner) -> str:
    """Return an owner as staff know it."""
    kind, _, name = owner.key.partition(":")
    if kind == "seller":
        platform, _, seller = name.partition(":")
        return f"{platform}卖家 {seller}"
    return f"线索 L{name}" if kind == "one" else name


def _named(row: MarkRow) -> str:
    shown = defang(row.shown) if row.kind in _HOSTS else row.shown
    return f"{rule_of(row.kind).label} {shown}〔{mark_id(row.number)}〕"


def _spanning(owners: Sequence[Owner], live: dict[int, tuple[MarkRow, ...]]) -> Iterator[Bond]:
    """Yield the strongest bonds that hold the owners together."""
    by_number = {owner.number: owner for owner in owners}
    pairs = sorted(
        ((-bond_strength((row.kind, row.worth) for row in rows), pair, rows) for pair, rows in _bonds(live)),
        key=lambda row: row[:2],
    )
    group = {number: {number} for number in by_number}
    for strength, (one, other), rows in pairs:
        if -strength >= JOINS_FROM and group[one] is not group[other]:
            group[one] |= group[other]
            for number in group[other]:
                group[number] = group[one]
            yield Bond(one=by_number[one], other=by_number[other], marks=_strongest(rows))


def _bonds(live: dict[int, tuple[MarkRow, ...]]) -> Iterator[tuple[tuple[int, int], list[MarkRow]]]:
    """Yield pairs with all the marks they share; of the wearers of a strong mark each with the oldest only."""
    wearers: dict[int, list[int]] = {}
    for number, rows in sorted(live.items()):
        for row in rows:
            wearers.setdefault(row.number, []).append(number)
    worn = {number: {row.number: row for row in rows} for number, rows in live.items()}
    pairs: set[tuple[int, int]] = set()
    for mark, numbers in wearers.items():
        is_strong = worn[numbers[0]][mark].worth >= JOINS_FROM
        pairs.update(((numbers[0], other) for other in numbers[1:]) if is_strong else combinations(numbers, 2))
    for one, other in sorted(pairs):
        yield (one, other), [row for mark, row in worn[one].items() if mark in worn[other]]


def _strongest(rows: Iterable[MarkRow]) -> tuple[MarkRow, ...]:
    """Return of each family the strongest mark, the strongest first."""
    best: dict[Family, MarkRow] = {}
    for row in sorted(rows, key=lambda row: (-row.worth, row.number)):
        best.setdefault(rule_of(row.kind).family, row)
    return tuple(best.values())


def _discounted(ledger: MarkLedger, wearers: Sequence[Wearer]) -> Iterator[MarkRow]:
    owners: dict[int, set[int]] = {}
    for wearer in wearers[:_MOST_OWNERS]:
        for mark in ledger.worn(wearer.id):
            owners.setdefault(mark, set()).add(wearer.owner)
    shared = sorted(mark for mark, wearing in owners.items() if len(wearing) > 1)
    rows = (row for mark in shared if (row := ledger.mark(mark)) and row.caveat)
    yield from (row for _, row in zip(range(_MOST_DISCOUNTED), rows, strict=False))
