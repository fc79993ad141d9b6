"""What a search asks of a lead, as a small frozen tree. Texts in it are folded (`fold`), values are as they are stored."""

from dataclasses import dataclass

__all__ = ["EVERYTHING", "And", "Condition", "Contains", "FieldIs", "IsEmpty", "Not", "Or", "Range", "all_of", "any_of"]


@dataclass(frozen=True, slots=True)
class Contains:
    """The text occurs as a substring: of one part of the lead's text, or (part empty) of any part. Never across parts."""

    text: str
    """Folded; of one character or more; blanks single and only inside (a phrase)."""
    part: str = ""
    """A field stored as `Stored.PART`; empty: any part, also the rest of the text."""


@dataclass(frozen=True, slots=True)
class FieldIs:
    """A keyword field has one of these values, exactly; the empty value stands for "none"."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Range:
    """A number, instant (microseconds UTC) or day (`date.toordinal`) lies within; None: no limit. A lead without the day never does."""

    field: str
    low: int | None
    """Smallest that is in."""
    high: int | None
    """Greatest that is in."""


@dataclass(frozen=True, slots=True)
class IsEmpty:
    """The lead has no such day, or nothing in this part of its text."""

    field: str


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    one: "Condition"


@dataclass(frozen=True, slots=True)
class And:
    """All hold; none at all: every lead."""

    all: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one holds."""

    any: tuple["Condition", ...]


Condition = Contains | FieldIs | Range | IsEmpty | Not | And | Or

EVERYTHING = And(())


def all_of(conditions: list[Condition]) -> Condition:
    """Return the conjunction, flat; a single condition stays itself."""
    flat: dict[Condition, None] = {}
    for one in conditions:
        flat.update(dict.fromkeys(one.all if isinstance(one, And) else (one,)))
    return next(iter(flat)) if len(flat) == 1 else And(tuple(flat))


def any_of(conditions: list[Condition]) -> Condition:
    """Return the alternative of at least one condition, flat; a single one stays itself."""
    flat: dict[Condition, None] = {}
    for one in conditions:
        flat.update(dict.fromkeys(one.any if isinstance(one, Or) else (one,)))
    return next(iter(flat)) if len(flat) == 1 else Or(tuple(flat))
