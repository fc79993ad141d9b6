"""A table of rows that people import: one readable CSV file below the home folder, replaced as a whole.

Readers see the version before or the one after a change, never half of one. The version before is kept beside it as `NAME.previous.csv`.
"""

import csv
import fcntl
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pipelines.errors import InputUnreadable
from pipelines.files import replace_file

__all__ = ["OwnTable", "RowShape"]

Row = TypeVar("Row")
_MAX_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class RowShape(Generic[Row]):
    """How a row is written."""

    columns: tuple[str, ...]
    cells: Callable[[Row], Mapping[str, str]]
    """Row → its cells, one for each column."""
    read: Callable[[Mapping[str, str]], Row]
    """Cells → the row. Raises KeyError, ValueError, TypeError or AttributeError when they are none."""
    order: Callable[[Row], Any]
    """What the rows are sorted by."""


class OwnTable(Generic[Row]):
    """The file of one kind of row."""

    def __init__(self, home: Path, name: str, shape: RowShape[Row]) -> None:
        """`name` is that of the file, without its ending."""
        self.path = home / f"{name}.csv"
        self.previous = home / f"{name}.previous.csv"
        self._lock = home / f"{name}.lock"
        self._shape = shape

    def read(self) -> tuple[Row, ...]:
        """Return the rows in their order; none when nothing was imported yet. Raises `InputUnreadable` when the file is damaged."""
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
            missing = [name for name in self._shape.columns if name not in (table.fieldnames or ())]
            for cells in table:
                self._require_none(missing)
                rows.append(self._shape.read(cells))
            if table.fieldnames and len(missing) == len(self._shape.columns):
                self._require_none(missing)  # no row tells, but that is no table of these rows
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

    def write(self, rows: Sequence[Row]) -> str:
        """Replace the file in one step, keep the version before, and return the new one's SHA-256."""
        stream = io.StringIO(newline="")
        writer = csv.DictWriter(stream, self._shape.columns, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(self._shape.cells(row) for row in sorted(rows, key=self._shape.order))
        content = stream.getvalue().encode("utf-8-sig")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.exists():
            replace_file(self.previous, self.path.read_bytes())
        replace_file(self.path, content)
        return hashlib.sha256(content).hexdigest()

    def _require_none(self, missing: Sequence[str]) -> None:
        if missing:
            raise self._damaged(f"缺少列 {missing[0]}", f"column {missing[0]} is missing")

    def _damaged(self, zh: str, en: str) -> InputUnreadable:
        return InputUnreadable(
            str(self.path),
            f"{zh}。请改正该文件，或用上一版 {self.previous.name} 替换它",
            f"{en}; correct it, or put {self.previous.name} in its place",
        )
