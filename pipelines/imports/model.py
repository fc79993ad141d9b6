"""What an import is made of: rows with their place in the file, and rejections that name it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

__all__ = ["ImportReport", "Rejection", "Row", "on_sheet"]


@dataclass(frozen=True, slots=True)
class Row:
    """One readable row."""

    line: int
    """Line of a text file, or row of a sheet, 1 first; for a JSON array the element's number."""
    cells: Mapping[str, str]
    """Column name → text without outer blanks; missing cells are empty."""
    sheet: str = ""
    """Title of the sheet, where a book has several with a header."""

    def rejected(self, reason: str) -> "Rejection":
        """Return that the row could not be used; `reason` is one Chinese sentence."""
        return Rejection(self.line, on_sheet(self.sheet, reason), msgspec.json.encode(dict(self.cells)).decode())


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that could not be used. The rest of the file is."""

    line: int
    reason: str
    """One Chinese sentence."""
    original: str
    """The row as it stood, for the rejects file."""


def on_sheet(title: str, reason: str) -> str:
    """Return the sentence with the sheet it speaks of; an empty title: the book has one only."""
    return f"工作表“{title}”：{reason}" if title else reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What became of a file."""

    path: Path
    accepted: int
    outcomes: Mapping[str, int]
    """created, updated, unchanged, resurfaced, below_threshold → number of rows."""
    rejections: tuple[Rejection, ...]
    rejects_path: Path | None
    """Where the rejected rows were kept; None: there were none."""
