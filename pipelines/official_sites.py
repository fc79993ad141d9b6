"""The roster a county works with: the shipped rows and its own, which stand in one readable file below the home folder.

`$JIANWEI_HOME/official_sites.csv` has the columns of the shipped table, and who imported each row and when.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from keywords.model import OfficialSite
from keywords.roster import Roster, load_roster, site_of_row
from pipelines.own_table import OwnTable, RowShape
from pipelines.settings import Settings

__all__ = ["OwnRow", "OwnSites", "official_roster"]

_COLUMNS = (
    "host", "name", "sponsor", "kind", "level", "region_code", "aliases", "pinyin", "initials", "brands", "other_hosts",
    "allowed_hosts", "owns_domain", "apps", "mini_programs", "accounts", "icp_number", "site_code", "is_protected", "source",
    "confidence", "status", "imported_at", "imported_by",
)  # fmt: skip
_STATUS = {"active": False, "withdrawn": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRow:
    """One row a person imported."""

    site: OfficialSite
    is_withdrawn: bool = False
    """The host is no longer official, though it may be in the shipped table."""
    imported_at: str
    """UTC instant, ISO 8601."""
    imported_by: str


def official_roster(settings: Settings) -> Roster:
    """Return the shipped roster with the rows imported into this home folder. Raises `InputUnreadable` when that file is damaged."""
    return OwnSites(settings.home).roster()


class OwnSites(OwnTable[OwnRow]):
    """The file of imported rows."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, "official_sites", RowShape(_COLUMNS, _cells, _own_row, lambda row: row.site.host))

    def roster(self) -> Roster:
        """Return the shipped roster with the rows of this file."""
        own = self.read()
        return load_roster(
            (row.site for row in own if not row.is_withdrawn), (row.site.host for row in own if row.is_withdrawn)
        )


def _own_row(row: Mapping[str, str]) -> OwnRow:
    return OwnRow(
        site=site_of_row(row),
        is_withdrawn=_STATUS[row["status"]],
        imported_at=row["imported_at"],
        imported_by=row["imported_by"],
    )


def _cells(row: OwnRow) -> dict[str, str]:
    site = row.site
    return {
        "host": site.host,
        "name": site.name,
        "sponsor": site.sponsor,
        "kind": site.kind.value,
        "level": site.level,
        "region_code": site.region_code,
        "aliases": "|".join(site.aliases),
        "pinyin": "|".join(site.pinyin),
        "initials": "|".join(site.initials),
        "brands": "|".join(site.brands),
        "other_hosts": "|".join(site.other_hosts),
        "allowed_hosts": "|".join(site.allowed_hosts),
        "owns_domain": "" if site.owns_domain else "no",
        "apps": "|".join(site.apps),
        "mini_programs": "|".join(site.mini_programs),
        "accounts": "|".join(site.accounts),
        "icp_number": site.icp_number,
        "site_code": site.site_code,
        "is_protected": "yes" if site.is_protected else "",
        "source": site.source,
        "confidence": site.confidence,
        "status": "withdrawn" if row.is_withdrawn else "active",
        "imported_at": row.imported_at,
        "imported_by": row.imported_by,
    }
