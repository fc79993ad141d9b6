"""The roster a county works with: the shipped rows and its own, which stand in one readable file below the home folder.

`$JIANWEI_HOME/official_sites.csv` has the columns of the shipped table, and who imported each row and when. It is replaced as a whole;
the version before is kept beside it as `official_sites.previous.csv`.
"""

import csv
import fcntl
import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from keywords.model import OfficialSite
from keywords.roster import Roster, load_roster, site_of_row
from pipelines.errors import InputUnreadable
from pipelines.files import replace_file
from pipelines.settings import Settings

__all__ = ["OwnRow", "OwnSites", "official_roster"]

_COLUMNS = (
    "host", "name", "sponsor", "kind", "level", "region_code", "aliases", "pinyin", "initials", "brands", "other_hosts",
    "allowed_hosts", "owns_domain", "apps", "mini_programs", "accounts", "icp_number", "site_code", "is_protected", "source",
    "confidence", "status", "imported_at", "imported_by",
)  # fmt: skip
_STATUS = {"active": False, "withdrawn": True}
_MAX_BYTES = 50_000_000


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


class OwnSites:
    """The file of imported rows. Readers see the version before or the one after a change, never half of one."""

    def __init__(self, home: Path) -> None:
        self.path = home / "official_sites.csv"
        self.previous = home / "official_sites.previous.csv"
        self._lock = home / "official_sites.lock"

    def roster(self) -> Roster:
        """Return the shipped roster with the rows of this file."""
        own = self.read()
        return load_roster(
            (row.site for row in own if not row.is_withdrawn), (row.site.host for row in own if row.is_withdrawn)
        )

    def read(self) -> tuple[OwnRow, ...]:
        """Return the rows in the order of their hosts; none when nothing was imported yet."""
        try:
            if self.path.stat().st_size > _MAX_BYTES:
                raise self._damaged("超过 50 MB", "it is over 50 MB")
            text = self.path.read_text("utf-8-sig")
        except FileNotFoundError:
            return ()
        except (OSError, UnicodeDecodeError) as error:
            raise self._damaged(f"读取失败（{error}）", str(error)) from error
        table = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        rows = []
        try:
            for row in table:
                rows.append(_own_row(row))
        except (KeyError, ValueError, TypeError, AttributeError, csv.Error) as error:
            place = table.line_num
            raise self._damaged(f"第 {place} 行不完整或含有未知的值（{error}）", f"line {place}: {error!r}") from error
        return tuple(rows)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold off other imports while the rows are read, changed and written."""
        self._lock.parent.mkdir(parents=True, exist_ok=True)
        with self._lock.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def write(self, rows: Sequence[OwnRow]) -> str:
        """Replace the file in one step, keep the version before, and return the new one's SHA-256."""
        stream = io.StringIO(newline="")
        writer = csv.DictWriter(stream, _COLUMNS, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(_cells(row) for row in sorted(rows, key=lambda row: row.site.host))
        content = stream.getvalue().encode("utf-8-sig")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.exists():
            replace_file(self.previous, self.path.read_bytes())
        replace_file(self.path, content)
        return hashlib.sha256(content).hexdigest()

    def _damaged(self, zh: str, en: str) -> InputUnreadable:
        return InputUnreadable(
            str(self.path),
            f"{zh}。请改正该文件，或用上一版 {self.previous.name} 替换它",
            f"{en}; correct it, or put {self.previous.name} in its place",
        )


def _own_row(row: dict[str, str]) -> OwnRow:
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
