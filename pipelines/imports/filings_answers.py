"""Takes back the sheet of names that people looked up by hand (`pipelines.filings.queue`). Rows left empty are passed over."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from detectors.model import FilingRecord
from pipelines.filings.registry import FilingRegistry
from pipelines.imports.filings_rows import FilingRows, RowUnusableError, is_header, missing_columns
from pipelines.imports.filings_table import RawRow, open_table
from pipelines.imports.model import Rejection
from pipelines.imports.rejects import write_rejects

__all__ = ["AnswersReport", "import_answers"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersReport:
    """What became of a sheet."""

    path: Path
    answered: int
    """Rows with an answer."""
    changed: int
    """Answers that are new or differ from the one kept."""
    empty: int
    """Rows not filled in."""
    domains: frozenset[str]
    rejections: tuple[Rejection, ...]
    rejects_path: Path | None


def import_answers(path: Path, registry: FilingRegistry, *, at: datetime, rejects_folder: Path) -> AnswersReport:
    """Keep the answers of a filled-in sheet; of a domain answered twice the latest look-up stands. Doing it twice changes nothing.

    Raises `InputUnreadable`, `StoreUnavailable`.
    """
    answers: dict[str, FilingRecord] = {}
    rejections: list[Rejection] = []
    empty = 0
    table = open_table(path, is_header, missing_columns)
    try:
        reader = FilingRows(table.header)
        for row in table.rows():
            if isinstance(row, Rejection):
                rejections.append(row)
                continue
            try:
                answer = _answer(row, reader, at)
            except RowUnusableError as problem:
                rejections.append(Rejection(row.line, str(problem), ",".join(row.cells)[:2_000]))
                continue
            if answer is None:
                empty += 1
                continue
            known = answers.get(answer.domain)
            if known is None or (known.looked_on and answer.looked_on and answer.looked_on >= known.looked_on):
                answers[answer.domain] = answer
    finally:
        table.close()
    return AnswersReport(
        path=path,
        answered=len(answers),
        changed=registry.put_answers(tuple(answers.values())),
        empty=empty,
        domains=frozenset(answers),
        rejections=tuple(rejections),
        rejects_path=write_rejects(rejects_folder, path, rejections, at) if rejections else None,
    )


def _answer(row: RawRow, reader: FilingRows, at: datetime) -> FilingRecord | None:
    return reader.answer(row, at.date()) if any(cell.strip() for cell in row.cells) else None
