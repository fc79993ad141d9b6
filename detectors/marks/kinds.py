"""What each kind of mark is worth (`data/kinds.csv`) and which marks everybody shares (`data/common.csv`)."""

import csv
import io
import ipaddress
import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

from detectors.marks.model import Family, Mark, MarkKind

__all__ = ["KindRule", "is_known_common", "rule_of"]

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRule:
    """One row of `data/kinds.csv`."""

    kind: MarkKind
    label: str
    """What staff call it."""
    family: Family
    strength: int
    """Permille; 1000 joins two owners by itself."""
    limit: int
    """Worn by more suspected owners than this it is nobody's own and counts nothing."""
    tainted: int
    """Its strength once innocents wear it too: 0, or a little where news reports quote it."""
    is_personal: bool
    """Kept as a keyed pseudonym with a masked form for the screen, never raw."""
    reason: str


@dataclass(slots=True)
class _Common:
    """The shared values of one kind."""

    exact: set[str] = field(default_factory=set)
    domains: set[str] = field(default_factory=set)
    prefixes: list[str] = field(default_factory=list)
    patterns: list[re.Pattern[str]] = field(default_factory=list)
    networks: list[_Network] = field(default_factory=list)

    def holds(self, value: str) -> bool:
        """Say whether the value is one of them; a domain holds all names and mailboxes below it."""
        if value in self.exact or any(map(value.startswith, self.prefixes)):
            return True
        if self.domains and any(name in self.domains for name in _with_parents(value.rpartition("@")[2])):
            return True
        if any(pattern.fullmatch(value) for pattern in self.patterns):
            return True
        return bool(self.networks) and self._is_in_network(value)

    def _is_in_network(self, value: str) -> bool:
        try:
            address = ipaddress.ip_address(value)
        except ValueError:
            return False
        return any(address in network for network in self.networks)


def rule_of(kind: MarkKind) -> KindRule:
    """Return the row of a kind."""
    return _rules()[kind]


def is_known_common(mark: Mark) -> bool:
    """Say whether everybody has this mark: delivery networks, big name servers, sample numbers, public libraries."""
    shared = _common().get(mark.kind)
    return shared is not None and shared.holds(mark.value)


@lru_cache(maxsize=1)
def _rules() -> dict[MarkKind, KindRule]:
    return {
        kind: KindRule(
            kind=kind,
            label=row["label"],
            family=Family(row["family"]),
            strength=int(row["strength"]),
            limit=int(row["limit"]),
            tainted=int(row["tainted"]),
            is_personal=row["is_personal"] == "yes",
            reason=row["reason"],
        )
        for row in _rows("kinds.csv")
        if (kind := MarkKind(row["kind"]))
    }


@lru_cache(maxsize=1)
def _common() -> dict[MarkKind, _Common]:
    shared: dict[MarkKind, _Common] = defaultdict(_Common)
    for row in _rows("common.csv"):
        one, value = shared[MarkKind(row["kind"])], row["value"]
        match row["match"]:
            case "exact":
                one.exact.add(value)
            case "domain":
                one.domains.add(value)
            case "prefix":
                one.prefixes.append(value)
            case "pattern":
                one.patterns.append(re.compile(value))
            case "network":
                one.networks.append(ipaddress.ip_network(value))
            case other:
                raise ValueError(f"common.csv: no way of matching is called {other!r}")
    return dict(shared)


def _with_parents(name: str) -> list[str]:
    labels = name.split(".")[-8:]
    return [".".join(labels[start:]) for start in range(len(labels))]


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("detectors.marks") / "data" / name).read_text("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))
