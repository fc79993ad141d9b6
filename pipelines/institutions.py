"""The county's roster of lawful training and examination institutions: one readable file below the home folder.

None is shipped: departments publish such lists county by county. `$JIANWEI_HOME/institutions.csv` is replaced as a whole; the version
before is kept beside it as `institutions.previous.csv`.
"""

import csv
import fcntl
import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from detectors.wording.institutions import Institution, Institutions
from pipelines.errors import InputUnreadable
from pipelines.files import replace_file
from pipelines.settings import Settings

__all__ = ["InstitutionRow", "OwnInstitutions", "known_institutions"]

_COLUMNS = ("name", "kind", "region_code", "hosts", "contacts", "source", "imported_at", "imported_by")
_MAX_BYTES = 50_000_000


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


class OwnInstitutions:
    """The file of imported rows. Readers see the version before or the one after a change, never half of one."""

    def __init__(self, home: Path) -> None:
        self.path = home / "institutions.csv"
        self.previous = home / "institutions.previous.csv"
        self._lock = home / "institutions.lock"

    def read(self) -> tuple[InstitutionRow, ...]:
        """Return the rows in the order of their names; none when nothing was imported yet."""
        try:
            if self.path.stat().st_size > _MAX_BYTES:
                raise self._damaged("超过 50 MB", "it is over 50 MB")
            text = self.path.read_text("utf-8-sig")
        except FileNotFoundError:
            return ()
        except (OSError, UnicodeDecodeError) as error:
            raise self._damaged(f"读取失败（{error}）", str(error)) from error
        table = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        try:
            return tuple(_row(cells) for cells in table)
        except (KeyError, TypeError, AttributeError, csv.Error) as error:
            place = table.line_num
            raise self._damaged(f"第 {place} 行不完整（{error}）", f"line {place}: {error!r}") from error

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold off other imports while the rows are read, changed and written."""
        self._lock.parent.mkdir(parents=True, exist_ok=True)
        with self._lock.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def write(self, rows: Sequence[InstitutionRow]) -> str:
        """Replace the file in one step, keep the version before, and return the new one's SHA-256."""
        stream = io.StringIO(newline="")
        writer = csv.DictWriter(stream, _COLUMNS, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(_cells(row) for row in sorted(rows, key=lambda row: row.institution.name))
        content = stream.getvalue().encode("utf-8-sig")
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


def _row(cells: dict[str, str]) -> InstitutionRow:
    institution = Institution(
        name=cells["name"],
        kind=cells["kind"],
        region_code=cells["region_code"],
        hosts=tuple(filter(None, cells["hosts"].split("|"))),
        contacts=tuple(filter(None, cells["contacts"].split("|"))),
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
