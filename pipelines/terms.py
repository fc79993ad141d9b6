"""The terms a county works with: the shipped ones and those of departments' lists, which stand in one readable file below the home folder.

`$JIANWEI_HOME/terms.csv` holds one row for each word and department, with the list it came from, and who imported it and when. It is
replaced as a whole; the version before is kept beside it as `terms.previous.csv`.
"""

import csv
import fcntl
import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from keywords.loader import Lexicon, load_lexicon, several
from keywords.merge import key_of, merge_terms
from keywords.model import Term, TermKind, TermOrigin
from pipelines.errors import InputUnreadable
from pipelines.files import replace_file
from pipelines.settings import Settings

__all__ = ["OwnTerms", "TermRow", "term_lexicon"]

_COLUMNS = (
    "text", "kind", "sense", "variants", "weight", "authority", "is_ambiguous", "is_neighbour", "department", "notice",
    "listed_on", "source", "status", "imported_at", "imported_by",
)  # fmt: skip
_STATUS = {"active": False, "withdrawn": True}
_MAX_BYTES = 50_000_000


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


class OwnTerms:
    """The file of imported terms. Readers see the version before or the one after a change, never half of one."""

    def __init__(self, home: Path) -> None:
        self.path = home / "terms.csv"
        self.previous = home / "terms.previous.csv"
        self._lock = home / "terms.lock"

    def lexicon(self) -> Lexicon:
        """Return the shipped terms with the rows of this file."""
        rows = self.read()
        listed = (row.term for row in rows if not row.is_withdrawn)
        return merge_terms(load_lexicon(), listed, (row.term.text for row in rows if row.is_withdrawn))

    def read(self) -> tuple[TermRow, ...]:
        """Return the rows by word and department; none when nothing was imported yet."""
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
        missing = [name for name in _COLUMNS if name not in (table.fieldnames or ())]
        if missing:
            raise self._damaged(f"缺少列 {missing[0]}", f"column {missing[0]} is missing")
        try:
            for row in table:
                rows.append(_term_row(row))
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

    def write(self, rows: Sequence[TermRow]) -> str:
        """Replace the file in one step, keep the version before, and return the new one's SHA-256."""
        stream = io.StringIO(newline="")
        writer = csv.DictWriter(stream, _COLUMNS, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(_cells(row) for row in sorted(rows, key=lambda row: row.key))
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


def _term_row(row: dict[str, str]) -> TermRow:
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
