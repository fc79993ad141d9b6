"""The terms a county works with: the shipped ones and those of departments' lists, which stand in one readable file below the home folder.

`$JIANWEI_HOME/terms.csv` holds one row for each word and department, with the list it came from, and who imported it and when.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from keywords.loader import Lexicon, load_lexicon, several
from keywords.merge import key_of, merge_terms
from keywords.model import Term, TermKind, TermOrigin
from pipelines.own_table import OwnTable, RowShape
from pipelines.settings import Settings

__all__ = ["OwnTerms", "TermRow", "term_lexicon"]

_COLUMNS = (
    "text", "kind", "sense", "variants", "weight", "authority", "is_ambiguous", "is_neighbour", "department", "notice",
    "listed_on", "source", "status", "imported_at", "imported_by",
)  # fmt: skip
_STATUS = {"active": False, "withdrawn": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class TermRow:
    """One word of one department's list, as a person imported it."""

    term: Term
    """With one origin: this list."""
    is_withdrawn: bool = False
    """The department no longer lists it, or takes it off the shipped terms."""
    imported_at: str
    """UTC instant, ISO 8601."""
    imported_by: str

    @property
    def origin(self) -> TermOrigin:
        """Return the list the row comes from."""
        return self.term.origins[0]

    @property
    def key(self) -> tuple[str, str]:
        """Return (word, department): what another row must share to be a newer version of this one."""
        return key_of(self.term.text), self.origin.department


def term_lexicon(settings: Settings) -> Lexicon:
    """Return the shipped terms with those imported into this home folder. Raises `InputUnreadable` when that file is damaged."""
    return OwnTerms(settings.home).lexicon()


class OwnTerms(OwnTable[TermRow]):
    """The file of imported terms."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, "terms", RowShape(_COLUMNS, _cells, _term_row, lambda row: row.key))

    def lexicon(self) -> Lexicon:
        """Return the shipped terms with the rows of this file."""
        rows = self.read()
        listed = (row.term for row in rows if not row.is_withdrawn)
        return merge_terms(load_lexicon(), listed, (row.term.text for row in rows if row.is_withdrawn))


def _term_row(row: Mapping[str, str]) -> TermRow:
    listed_on = date.fromisoformat(row["listed_on"]) if row["listed_on"] else None
    term = Term(
        text=row["text"],
        kind=TermKind(row["kind"]),
        sense=row["sense"],
        variants=several(row["variants"]),
        weight=int(row["weight"]),
        authority=row["authority"],
        is_neighbour=row["is_neighbour"] == "yes",
        is_ambiguous=row["is_ambiguous"] == "yes",
        source=row["source"],
        notice=row["notice"],
        added_on=listed_on,
        origins=(
            TermOrigin(source=row["source"], department=row["department"], notice=row["notice"], listed_on=listed_on),
        ),
    )
    if not term.text or term.weight not in {1, 2, 3}:
        raise ValueError(f"{row['text']!r}, {row['weight']!r}")
    return TermRow(
        term=term,
        is_withdrawn=_STATUS[row["status"]],
        imported_at=row["imported_at"],
        imported_by=row["imported_by"],
    )


def _cells(row: TermRow) -> dict[str, str]:
    term, origin = row.term, row.origin
    return {
        "text": term.text,
        "kind": term.kind.value,
        "sense": term.sense,
        "variants": "|".join(term.variants),
        "weight": str(term.weight),
        "authority": term.authority,
        "is_ambiguous": "yes" if term.is_ambiguous else "",
        "is_neighbour": "yes" if term.is_neighbour else "",
        "department": origin.department,
        "notice": origin.notice,
        "listed_on": origin.listed_on.isoformat() if origin.listed_on else "",
        "source": origin.source,
        "status": "withdrawn" if row.is_withdrawn else "active",
        "imported_at": row.imported_at,
        "imported_by": row.imported_by,
    }
