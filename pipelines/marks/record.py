"""The books of the marks: who wears what, and which owners make a gang. Frozen values."""

from dataclasses import dataclass, field

from detectors.marks.bonds import why_worthless, worth
from detectors.marks.model import MarkKind, Standing, Tally

__all__ = ["Counts", "GangSize", "MarkRow", "Owner", "Wearer", "gang_id", "gang_number", "mark_id", "mark_number"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wearer:
    """One thing seen: a lead, something too weak to be one, or a stored official page."""

    id: str
    """The lead's id, or `snapshot:<url>`."""
    owner: int
    """Number of its owner."""
    kind: str
    """`CandidateKind` value; `snapshot` for an official page."""
    standing: Standing
    version: str = ""
    """What was read last, so that it is not read twice; empty: every look is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose things are (`detectors.marks.owner`): a point of the graph."""

    number: int
    key: str
    suspects: int = 0
    """Suspected leads of this owner."""
    gang: int = 0
    """0: in no gang."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many wearers of one owner wear one mark, by standing."""

    official: int = 0
    suspect: int = 0
    cleared: int = 0
    bystander: int = 0

    @property
    def role(self) -> Standing | None:
        """Return as what the owner counts for the mark: the first standing that occurs; None: no longer at all."""
        if self.official:
            return Standing.OFFICIAL
        if self.suspect:
            return Standing.SUSPECT
        if self.cleared:
            return Standing.CLEARED
        return Standing.BYSTANDER if self.bystander else None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRow:
    """One mark in the books."""

    number: int
    kind: MarkKind
    value: str
    """The normal form; of a personal mark its pseudonym."""
    shown: str
    """For staff; masked where it is personal."""
    is_common: bool = False
    """Staff declared it common."""
    tally: Tally = field(default_factory=Tally)
    worth: int
    """Permille, by `detectors.marks.bonds.worth`."""

    def moved(self, before: Standing | None, after: Standing | None) -> "MarkRow":
        """Return the row after one owner came to count as something else."""
        tally = self.tally
        steps = {standing: (after is standing) - (before is standing) for standing in (before, after) if standing}
        return self.weighed(
            tally=Tally(
                officials=tally.officials + steps.get(Standing.OFFICIAL, 0),
                suspects=tally.suspects + steps.get(Standing.SUSPECT, 0),
                cleared=tally.cleared + steps.get(Standing.CLEARED, 0),
                bystanders=tally.bystanders + steps.get(Standing.BYSTANDER, 0),
            )
        )

    def weighed(self, *, tally: Tally | None = None, is_common: bool | None = None) -> "MarkRow":
        """Return the row with these, its worth found anew."""
        tally = self.tally if tally is None else tally
        is_common = self.is_common if is_common is None else is_common
        strength = worth(self.kind, tally, is_declared_common=is_common)
        return MarkRow(
            number=self.number,
            kind=self.kind,
            value=self.value,
            shown=self.shown,
            is_common=is_common,
            tally=tally,
            worth=strength,
        )

    @property
    def caveat(self) -> str:
        """Return why it counts less than its kind does (one Chinese sentence); empty: it counts in full."""
        return why_worthless(self.kind, self.tally, is_declared_common=self.is_common)


@dataclass(frozen=True, slots=True, kw_only=True)
class GangSize:
    """One gang and how many suspected leads of each kind it has."""

    number: int
    owners: int
    by_kind: dict[str, int]
    """`CandidateKind` value → leads."""

    @property
    def leads(self) -> int:
        """Return all its leads."""
        return sum(self.by_kind.values())


def gang_id(number: int) -> str:
    """Return what staff call a gang: `G7`."""
    return f"G{number}"


def gang_number(text: str) -> int:
    """Return the number in `G7`; 0: it is no gang's id."""
    return _number(text, "G")


def mark_id(number: int) -> str:
    """Return what staff call a mark: `M12`."""
    return f"M{number}"


def mark_number(text: str) -> int:
    """Return the number in `M12`; 0: it is no mark's id."""
    return _number(text, "M")


def _number(text: str, letter: str) -> int:
    digits = text.strip().upper().removeprefix(letter)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 18 else 0  # noqa: PLR2004 - fits 64 bits
