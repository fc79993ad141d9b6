"""Replaces the filing registry by the regulator's export: streamed, resumable, published in one step at the end.

Rows are staged in batches together with how many were read, so an import that is stopped goes on behind them when the same files are
given again, and the registry in use is whole at every moment.
"""

import csv
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol

from detectors.model import FilingRecord
from pipelines.errors import InputUnreadable, UsageError
from pipelines.exports.cells import neutral
from pipelines.filings.registry import Edition, FilingImports, FilingRegistry, SourcedRejection
from pipelines.imports.filings_rows import FilingRows, RowUnusableError, date_in, is_header, missing_columns
from pipelines.imports.filings_table import FilingTable, RawRow, open_table
from pipelines.imports.model import Rejection

__all__ = ["FilingsReport", "Progress", "TooFewUsable", "import_filings"]

_BATCH = 20_000
_SHOWN = 100
_CHUNK_BYTES = 1 << 20


class _Store(FilingRegistry, FilingImports, Protocol):
    """Both sides of the registry."""


class Progress(Protocol):
    """Who waits for an import."""

    def stage(self, title: str, total: int) -> None:
        """Begin a stage of so many bytes; 0: nobody knows how many there are."""

    def at(self, position: int) -> None:
        """Say how far the stage is."""


class TooFewUsable(UsageError):
    """Most rows could not be used: these are not the columns we took them for."""

    def __init__(self, name: str, kept: int, rejected: int, rejects: Path | None) -> None:
        where = f"原因见 {rejects}。" if rejects else ""
        super().__init__(
            f"文件 {name} 只有 {kept} 行可用、{rejected} 行退回，多半是列的内容与列名不符；正在使用的备案库没有改变。{where}",
            f"Of {name} only {kept} rows can be used and {rejected} cannot: the columns probably hold something else. The registry in use is unchanged. See {rejects}.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingsReport:
    """What became of an import."""

    edition: Edition
    rows: int
    """Rows below the headers."""
    duplicates: int
    """Records whose domain and number stood there before; the last one counts."""
    rejected: int
    rejections: tuple[SourcedRejection, ...]
    """The first hundred."""
    rejects_path: Path | None
    """Where all of them were kept; None: there were none."""
    resumed_at: int
    """Rows that an earlier, stopped import had already read; 0: it began anew."""
    is_unchanged: bool = False
    """The registry in use is of these very files: nothing was done."""
    date_source: str = ""
    """Where the registry's date comes from, in Chinese."""


def import_filings(
    paths: Sequence[Path],
    store: _Store,
    *,
    at: datetime,
    by: str,
    rejects_folder: Path,
    registry_on: date | None = None,
    progress: Progress,
) -> FilingsReport:
    """Make these files together the registry in use; keep unusable rows with their reason in `rejects_folder`.

    `registry_on` is as of when the data are; None: the date in a file's name or title, else when the file was last changed.
    Importing the same files twice changes nothing. Raises `InputUnreadable`, `TooFewUsable`, `ImportOvertaken`, `StoreUnavailable`.
    """
    fingerprint = _fingerprint(paths, progress)
    name = "、".join(path.name for path in paths)
    present = store.edition()
    tables = [open_table(path, is_header, missing_columns) for path in paths]
    try:
        on, date_source = _dated(tables, registry_on, at.date())
        if present and present.sha256 == fingerprint and present.registry_on == on:
            return _unchanged(present, date_source)
        staged = store.begin(fingerprint)
        rows, records = _stage(tables, store, staged.token, staged.rows_read, staged.staged, progress)
    finally:
        for table in tables:
            table.close()
    first = _first(store.rejections(staged.token), _SHOWN)
    rejected, rejects = _write_rejects(rejects_folder, paths[0], store.rejections(staged.token), at)
    if not records or rejected > rows - rejected:
        store.drop(staged.token)
        if not rows:
            raise InputUnreadable(str(paths[0]), "表头下面没有数据", "there is nothing below the header")
        raise TooFewUsable(name, rows - rejected, rejected, rejects)
    progress.stage("启用新备案库", 0)
    edition = _edition(name, fingerprint, on, at, by)
    published = store.publish(staged.token, edition)
    return FilingsReport(
        edition=published,
        rows=rows,
        duplicates=records - published.records,
        rejected=rejected,
        rejections=first,
        rejects_path=rejects,
        resumed_at=staged.rows_read,
        date_source=date_source,
    )


def _edition(source: str, sha256: str, on: date, at: datetime, by: str) -> Edition:
    """Return the edition to publish; the store fills in its number and counts."""
    return Edition(
        number=0,
        source=source,
        sha256=sha256,
        registry_on=on,
        imported_at=at,
        imported_by=by,
        records=0,
        domains=0,
        provinces="",
    )


def _stage(
    tables: Sequence[FilingTable], store: _Store, token: str, done: int, staged: int, progress: Progress
) -> tuple[int, int]:
    """Stage the rows behind the first `done`; return how many rows there are and how many records were made of them."""
    read = 0
    records: list[FilingRecord] = []
    rejections: list[SourcedRejection] = []
    for table in tables:
        reader = FilingRows(table.header)
        size = table.path.stat().st_size
        progress.stage(table.path.name, 0 if table.path.suffix.lower() == ".xlsx" else size)
        for row in table.rows():
            if isinstance(row, RawRow) and not any(cell.strip() for cell in row.cells):
                continue
            read += 1
            if read <= done:
                continue
            made = _read(row, reader)
            if isinstance(made, Rejection):
                rejections.append(SourcedRejection(table.path.name, made))
            else:
                records += made
            if len(records) + len(rejections) >= _BATCH:
                store.stage(token, records, rejections, read)
                staged += len(records)
                records, rejections = [], []
                progress.at(table.position_bytes())
    store.stage(token, records, rejections, max(read, done))
    return read, staged + len(records)


def _read(row: RawRow | Rejection, reader: FilingRows) -> tuple[FilingRecord, ...] | Rejection:
    if isinstance(row, Rejection):
        return row
    try:
        return reader.records(row)
    except RowUnusableError as problem:
        where = f"（工作表“{row.sheet}”）" if row.sheet else ""
        return Rejection(row.line, f"{problem}{where}", ",".join(row.cells)[:2_000])


def _fingerprint(paths: Sequence[Path], progress: Progress) -> str:
    """Return the digest of all files' content."""
    digest = hashlib.sha256()
    for path in paths:
        try:
            progress.stage(f"核对 {path.name}", path.stat().st_size)
            with path.open("rb") as stream:
                for chunk in iter(lambda: stream.read(_CHUNK_BYTES), b""):
                    digest.update(chunk)
                    progress.at(stream.tell())
        except FileNotFoundError:
            raise InputUnreadable(str(path), "找不到这个文件", "there is no such file") from None
        except OSError as error:
            raise InputUnreadable(
                str(path), f"系统拒绝读取（{error.strerror}）", f"the system refused ({error.strerror})"
            ) from error
    return digest.hexdigest()


def _dated(tables: Sequence[FilingTable], registry_on: date | None, today: date) -> tuple[date, str]:
    """Return as of when the data are, and how we know. Raises `UsageError` for a day to come."""
    on, date_source = (registry_on, "指定") if registry_on else _date_of(tables, today)
    if on > today:
        raise UsageError(
            f"备案库日期 {on} 在今天之后，请用 --date 指定。",
            f"The registry's date {on} is in the future; give --date.",
        )
    return on, date_source


def _date_of(tables: Sequence[FilingTable], today: date) -> tuple[date, str]:
    """Return as of when the files are (the oldest of them) and where that is from."""
    found: list[tuple[date, str]] = []
    for table in tables:
        changed = datetime.fromtimestamp(table.path.stat().st_mtime, UTC).date()
        told = date_in(table.path.stem)
        titled = date_in(table.title)
        if told and told <= today:
            found.append((told, "文件名"))
        elif titled and titled <= today:
            found.append((titled, "表头上方的文字"))
        else:
            found.append((min(changed, today), "文件修改时间"))
    return min(found)


def _first(rejections: Iterator[SourcedRejection], most: int) -> tuple[SourcedRejection, ...]:
    return tuple(one for one, _ in zip(rejections, range(most), strict=False))


def _write_rejects(
    folder: Path, source: Path, rejections: Iterator[SourcedRejection], at: datetime
) -> tuple[int, Path | None]:
    """Write all rejected rows, one after another, to a file that office programs open; return their number and the file."""
    first = next(rejections, None)
    if first is None:
        return 0, None
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{source.stem}-{at:%Y%m%d-%H%M%S}-rejected.csv"
    partial, count = path.with_suffix(".part"), 0
    with partial.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("文件", "行号", "原因", "原内容"))
        one: SourcedRejection | None = first
        while one is not None:
            reason, original = neutral(one.rejection.reason), neutral(one.rejection.original)
            writer.writerow((neutral(one.source), one.rejection.line, reason, original))
            count, one = count + 1, next(rejections, None)
    partial.replace(path)
    return count, path


def _unchanged(present: Edition, date_source: str) -> FilingsReport:
    return FilingsReport(
        edition=present,
        rows=0,
        duplicates=0,
        rejected=0,
        rejections=(),
        rejects_path=None,
        resumed_at=0,
        is_unchanged=True,
        date_source=date_source,
    )
