"""A county's list of official sites → changes of its roster. Nothing is written before every row was read and checked."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from keywords.model import OfficialSite
from keywords.roster import Roster
from pipelines.imports.model import Rejection, Row
from pipelines.imports.rejects import write_rejects
from pipelines.imports.site_checks import HostChecks, conflicts_of, conflicts_of_withdrawal
from pipelines.imports.site_rows import (
    RowUnusableError,
    given_fields,
    host_in,
    is_example,
    is_header,
    is_withdrawal,
    site_with,
    with_name,
)
from pipelines.imports.tables import read_rows
from pipelines.official_sites import OwnRow, OwnSites

__all__ = ["SiteChange", "SiteOutcome", "SitesReport", "import_sites"]

_COLUMN_EXAMPLES = ("域名、名称、主办单位、状态", "host, name, sponsor, status")


class SiteOutcome(StrEnum):
    """What became of a row."""

    ADDED = "added"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteChange:
    """One usable row."""

    line: int
    outcome: SiteOutcome
    row: OwnRow
    conflicts: tuple[str, ...] = ()
    """Chinese sentences for a person to look at; empty: none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SitesReport:
    """What became of a file."""

    path: Path
    changes: tuple[SiteChange, ...]
    rejections: tuple[Rejection, ...]
    rejects_path: Path | None
    """Where the rejected rows were kept; None: there were none, or it was a dry run."""
    roster_path: Path
    sha256: str
    """Digest of the roster's file as written; empty: nothing was written."""

    @property
    def outcomes(self) -> Mapping[SiteOutcome, int]:
        """Return outcome → number of rows."""
        return Counter(change.outcome for change in self.changes)


def import_sites(
    path: Path, home: Path, *, at: datetime, by: str, accepts_lookalikes: bool = False, is_dry_run: bool = False
) -> SitesReport:
    """Add, correct and withdraw rows of the roster below `home` as the file says; keep unusable rows with their reason.

    `at` is the instant and `by` the person that stand beside each row. Doing it twice changes nothing.
    Raises `InputUnreadable` when the file is no table, or the roster's own file is damaged.
    """
    own = OwnSites(home)
    if is_dry_run:
        changes, rejections = _read(path, own, at, by, accepts_lookalikes=accepts_lookalikes)
        return SitesReport(
            path=path,
            changes=changes,
            rejections=rejections,
            rejects_path=None,
            roster_path=own.path,
            sha256="",
        )
    with own.changing():
        changes, rejections = _read(path, own, at, by, accepts_lookalikes=accepts_lookalikes)
        changed = {c.row.site.host: c.row for c in changes if c.outcome is not SiteOutcome.UNCHANGED}
        kept = {row.site.host: row for row in own.read()}
        sha256 = own.write(tuple((kept | changed).values())) if changed else ""
    return SitesReport(
        path=path,
        changes=changes,
        rejections=rejections,
        rejects_path=write_rejects(home / "rejected", path, rejections, at) if rejections else None,
        roster_path=own.path,
        sha256=sha256,
    )


def _read(
    path: Path, own: OwnSites, at: datetime, by: str, *, accepts_lookalikes: bool
) -> tuple[tuple[SiteChange, ...], tuple[Rejection, ...]]:
    roster = own.roster()
    reader = _SiteReader(
        source=f"import of {path.name} by {by}",
        stamp=f"{at.isoformat(timespec='seconds')}",
        by=by,
        standing={row.site.host: row for row in own.read()},
        roster=roster,
        checks=HostChecks(roster, accepts_lookalikes=accepts_lookalikes),
        seen={},
    )
    found = list(reader.changes(path))
    return (
        tuple(one for one in found if isinstance(one, SiteChange)),
        tuple(one for one in found if isinstance(one, Rejection)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _SiteReader:
    """Reads one file against the roster as it stands."""

    source: str
    stamp: str
    by: str
    standing: Mapping[str, OwnRow]
    roster: Roster
    checks: HostChecks
    seen: dict[str, int]
    """Host → line of this file."""

    def changes(self, path: Path) -> Iterator[SiteChange | Rejection]:
        for row in read_rows(path, is_header, _COLUMN_EXAMPLES):
            if isinstance(row, Rejection):
                yield row
                continue
            try:
                change = self._change(row)
            except RowUnusableError as problem:
                yield row.rejected(str(problem))
            else:
                yield from (change,) if change else ()

    def _change(self, row: Row) -> SiteChange | None:
        given = given_fields(row)
        if is_example(given):
            return None
        if "host" not in given:
            raise RowUnusableError("没有填写域名")
        host = host_in(given["host"])
        if host in self.seen:
            raise RowUnusableError(f"{host} 与第 {self.seen[host]} 行重复")
        self.checks.refuse_parent(host)
        made = self._withdrawal(row, host) if is_withdrawal(given) else self._site(row, host, given)
        self.seen[host] = row.line
        return made

    def _withdrawal(self, row: Row, host: str) -> SiteChange:
        standing, site = self.standing.get(host), self.roster.site_of(host)
        if standing and standing.is_withdrawn:
            return SiteChange(line=row.line, outcome=SiteOutcome.UNCHANGED, row=standing)
        if site is None:
            raise RowUnusableError(f"{host} 不在名录中，无需停用")
        own = self._row_of(host) or replace(site, host=host, other_hosts=(), allowed_hosts=(), is_protected=False)
        gone = OwnRow(site=own, is_withdrawn=True, imported_at=self.stamp, imported_by=self.by)
        conflicts = tuple(conflicts_of_withdrawal(host, self.roster))
        return SiteChange(line=row.line, outcome=SiteOutcome.WITHDRAWN, row=gone, conflicts=conflicts)

    def _site(self, row: Row, host: str, given: Mapping[str, str]) -> SiteChange:
        standing = self.standing.get(host)
        base = standing.site if standing else self._row_of(host)
        site = site_with(base, host, given if base else with_name(row, given), self.source)
        is_back = standing is not None and standing.is_withdrawn
        accepted = self.checks.check(site, None if is_back else base)
        if base and not is_back and replace(site, source=base.source) == base:
            same = standing or OwnRow(site=base, imported_at=self.stamp, imported_by=self.by)
            return SiteChange(line=row.line, outcome=SiteOutcome.UNCHANGED, row=same)
        return SiteChange(
            line=row.line,
            outcome=SiteOutcome.CORRECTED if base else SiteOutcome.ADDED,
            row=OwnRow(site=site, imported_at=self.stamp, imported_by=self.by),
            conflicts=(*conflicts_of(site, self.roster), *accepted),
        )

    def _row_of(self, host: str) -> OfficialSite | None:
        """Return the row of this very host, not of the site whose further host it is."""
        return next((site for site in self.roster.sites if site.host == host), None)
