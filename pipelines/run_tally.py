"""What a run counts: four groups of names and numbers, noted piece by piece so that a run that was killed reports what it really did.

Every finished piece of work has a tally of its own, kept before the piece counts as finished. A piece that is done again, because the
process died between the two, replaces its tally: the sum never counts anything twice and loses nothing that was acknowledged.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

__all__ = ["Tally", "nested", "summed"]

_BETWEEN = "\x1f"


@dataclass(slots=True)
class Tally:
    """Counts of one piece of work, or of a whole run."""

    outcomes: Counter[str] = field(default_factory=Counter)
    """What came of it: observations, merge outcomes, result pages …"""
    errors: Counter[str] = field(default_factory=Counter)
    """What failed, by kind."""
    sources: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(source, what) → count."""
    fields: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(definition, field) → rows in which it was found; `rows` counts all rows, `adverts` the paid ones."""

    def add(self, other: "Tally") -> None:
        """Add another's counts to these."""
        self.outcomes.update(other.outcomes)
        self.errors.update(other.errors)
        self.sources.update(other.sources)
        self.fields.update(other.fields)

    def groups(self) -> dict[str, dict[str, int]]:
        """Return the counts as they are kept."""
        return {
            "outcomes": dict(self.outcomes),
            "errors": dict(self.errors),
            "sources": {_BETWEEN.join(key): count for key, count in self.sources.items()},
            "fields": {_BETWEEN.join(key): count for key, count in self.fields.items()},
        }


def summed(kept: Iterable[Mapping[str, Mapping[str, int]]]) -> Tally:
    """Return the sum of tallies as they are kept."""
    total = Tally()
    for groups in kept:
        total.outcomes.update(groups.get("outcomes", {}))
        total.errors.update(groups.get("errors", {}))
        for name, counter in (("sources", total.sources), ("fields", total.fields)):
            for key, count in groups.get(name, {}).items():
                about, _, what = key.partition(_BETWEEN)
                counter[about, what] += count
    return total


def nested(counts: Mapping[tuple[str, str], int]) -> dict[str, dict[str, int]]:
    """Return (about, what) → count as about → what → count, sorted."""
    made: dict[str, dict[str, int]] = defaultdict(dict)
    for (about, what), count in sorted(counts.items()):
        made[about][what] = count
    return dict(made)
