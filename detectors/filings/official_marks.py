"""Whose number is it? The numbers of official sites: of the roster, of their stored pages, and a list of known ones.

Only a match counts. A number that is not here is not thereby anybody's.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from detectors.filings.model import FilingKind
from detectors.filings.numbers import filings_on, main_number
from detectors.model import OfficialSnapshot
from keywords.roster import Roster

__all__ = ["Owner", "OwnerBook"]


@dataclass(frozen=True, slots=True)
class Owner:
    """The official site a number belongs to."""

    name: str
    host: str

    def __str__(self) -> str:
        return f"{self.name}（{self.host}）"


class OwnerBook:
    """Number → official site."""

    def __init__(self, roster: Roster, snapshots: Sequence[OfficialSnapshot]) -> None:
        self._owners: dict[tuple[FilingKind, str], Owner] = {}
        for site in roster.sites:
            owner = Owner(site.name, site.host)
            self._own(FilingKind.ICP, site.icp_number, owner)
            self._own(FilingKind.SITE_CODE, site.site_code.lower(), owner)
        for snapshot in snapshots:
            site_or_none = roster.site_of(snapshot.host)
            owner = Owner(site_or_none.name if site_or_none else snapshot.host, snapshot.host)
            for one in filings_on(snapshot.page, snapshot.html):
                if not one.is_malformed and not one.is_parody:
                    self._own(one.kind, one.number, owner)
        for kind, number, owner in _known_marks():
            self._own(kind, number, owner)

    def owner_of(self, kind: FilingKind, number: str) -> Owner | None:
        """Return the official site of a number; None: no official site is known to have it."""
        return self._owners.get((kind, main_number(number)))

    def _own(self, kind: FilingKind, number: str, owner: Owner) -> None:
        if number:
            self._owners.setdefault((kind, main_number(number)), owner)


@lru_cache(maxsize=1)
def _known_marks() -> tuple[tuple[FilingKind, str, Owner], ...]:
    table = (files("detectors.filings") / "data" / "official_marks.csv").read_text("utf-8")
    rows: Iterable[dict[str, str]] = csv.DictReader(io.StringIO(table, newline=""))
    return tuple((FilingKind(row["kind"]), row["number"], Owner(row["name"], row["host"])) for row in rows)
