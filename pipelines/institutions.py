"""The county's roster of lawful training and examination institutions, in `$JIANWEI_HOME/institutions.csv`.

None is shipped: departments publish such lists county by county.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from detectors.wording.institutions import Institution, Institutions
from keywords.loader import several
from pipelines.own_table import OwnTable, RowShape
from pipelines.settings import Settings

__all__ = ["InstitutionRow", "OwnInstitutions", "known_institutions"]

_COLUMNS = ("name", "kind", "region_code", "hosts", "contacts", "source", "imported_at", "imported_by")


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionRow:
    """One row a person imported."""

    institution: Institution
    imported_at: str
    """UTC instant, ISO 8601."""
    imported_by: str


def known_institutions(settings: Settings) -> Institutions:
    """Return the institutions imported into this home folder. Raises `InputUnreadable` when that file is damaged."""
    return Institutions(tuple(row.institution for row in OwnInstitutions(settings.home).read()))


class OwnInstitutions(OwnTable[InstitutionRow]):
    """The file of imported rows."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, "institutions", RowShape(_COLUMNS, _cells, _row, lambda row: row.institution.name))


def _row(cells: Mapping[str, str]) -> InstitutionRow:
    institution = Institution(
        name=cells["name"],
        kind=cells["kind"],
        region_code=cells["region_code"],
        hosts=several(cells["hosts"]),
        contacts=several(cells["contacts"]),
        source=cells["source"],
    )
    return InstitutionRow(institution=institution, imported_at=cells["imported_at"], imported_by=cells["imported_by"])


def _cells(row: InstitutionRow) -> dict[str, str]:
    one = row.institution
    return {
        "name": one.name,
        "kind": one.kind,
        "region_code": one.region_code,
        "hosts": "|".join(one.hosts),
        "contacts": "|".join(one.contacts),
        "source": one.source,
        "imported_at": row.imported_at,
        "imported_by": row.imported_by,
    }
