"""A department's list of terms → changes of the terms that are looked for. Nothing is written before every row was read and checked."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from keywords.loader import load_lexicon
from keywords.merge import key_of
from keywords.model import Term
from pipelines.imports.model import Rejection, Row
from pipelines.imports.rejects import write_rejects
from pipelines.imports.site_rows import RowUnusableError
from pipelines.imports.tables import read_rows
from pipelines.imports.term_checks import Standing, differences
from pipelines.imports.term_rows import (
    ListDefaults,
    given_fields,
    is_example,
    is_withdrawal,
    listed_date,
    read_term,
    text_in,
    united,
)
from pipelines.imports.term_words import is_header
from pipelines.terms import OwnTerms, TermRow

__all__ = ["TermChange", "TermOutcome", "TermsReport", "import_terms"]

_COLUMN_EXAMPLES = ("关键词、类别、提供部门、文号、提供日期", "keyword, kind, department, notice, date")


class TermOutcome(StrEnum):
    """What became of a row."""

    ADDED = "added"
    JOINED = "joined"
    """The word was known; this list stands beside its other sources."""
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class TermChange:
    """One usable row."""

    line: int
    outcome: TermOutcome
    row: TermRow
    conflicts: tuple[str, ...] = ()
    """Chinese sentences for a person to look at; empty: none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsReport:
    """What became of a file."""

    path: Path
    changes: tuple[TermChange, ...]
    rejections: tuple[Rejection, ...]
    rejects_path: Path | None
    """Where the rejected rows were kept; None: there were none, or it was a dry run."""
    terms_path: Path
    sha256: str
    """Digest of the file of terms as written; empty: nothing was written."""

    @property
    def outcomes(self) -> Mapping[TermOutcome, int]:
        """Return outcome → number of rows."""
        return Counter(change.outcome for change in self.changes)

    @property
    def undated_count(self) -> int:
        """Return how many rows have no date: against another department's list they count as the older ones."""
        return sum(change.row.origin.listed_on is None for change in self.changes)


def import_terms(
    path: Path, home: Path, *, at: datetime, by: str, defaults: ListDefaults | None = None, is_dry_run: bool = False
) -> TermsReport:
    """Add, correct and withdraw the terms of the list; keep unusable rows with their reason. Doing it twice changes nothing.

    `at` is the instant and `by` the person that stand beside each row; `defaults` say what the rows leave out.
    Raises `InputUnreadable` when the file is no table, or the file of terms is damaged.
    """
    own, defaults = OwnTerms(home), defaults or ListDefaults()
    if is_dry_run:
        changes, rejections = _read(path, own, at, by, defaults)
        return _report(path, own, changes, rejections)
    with own.changing():
        changes, rejections = _read(path, own, at, by, defaults)
        changed = {one.row.key: one.row for one in changes if one.outcome is not TermOutcome.UNCHANGED}
        kept = {row.key: row for row in own.read()}
        sha256 = own.write(tuple((kept | changed).values())) if changed else ""
    rejects = write_rejects(home / "rejected", path, rejections, at) if rejections else None
    return _report(path, own, changes, rejections, sha256, rejects)


def _report(
    path: Path,
    own: OwnTerms,
    changes: tuple[TermChange, ...],
    rejections: tuple[Rejection, ...],
    sha256: str = "",
    rejects: Path | None = None,
) -> TermsReport:
    return TermsReport(
        path=path, changes=changes, rejections=rejections, rejects_path=rejects, terms_path=own.path, sha256=sha256
    )


def _read(
    path: Path, own: OwnTerms, at: datetime, by: str, defaults: ListDefaults
) -> tuple[tuple[TermChange, ...], tuple[Rejection, ...]]:
    defaults = replace(defaults, source=defaults.source or path.stem)
    reader = _TermReader(defaults, at.isoformat(timespec="seconds"), by, Standing.of(load_lexicon(), own.read()), {})
    rejections = list(reader.read(path))
    return tuple(reader.seen.values()), tuple(rejections)


@dataclass(frozen=True, slots=True)
class _TermReader:
    """Reads one file against the terms as they stand."""

    defaults: ListDefaults
    stamp: str
    by: str
    standing: Standing
    seen: dict[tuple[str, str], TermChange]
    """(word, department) → what this file says of it."""

    def read(self, path: Path) -> Iterator[Rejection]:
        """Note the change each row makes; yield the rows that cannot be used."""
        for row in read_rows(path, is_header, _COLUMN_EXAMPLES):
            if isinstance(row, Rejection):
                yield row
                continue
            try:
                given = given_fields(row)
                if given and not is_example(given):
                    self._note(row, given)
            except RowUnusableError as problem:
                yield row.rejected(str(problem))

    def _note(self, row: Row, given: Mapping[str, str]) -> None:
        key = (key_of(text_in(given)), given.get("department", "") or self.defaults.department)
        earlier = self.seen.get(key)
        change = self._withdrawal(row, given) if is_withdrawal(given) else self._term(row, given, earlier)
        if earlier and change.row.is_withdrawn != earlier.row.is_withdrawn:
            raise RowUnusableError(f"“{change.row.term.text}”与第 {earlier.line} 行矛盾：一行启用，一行停用")
        self.seen[key] = change

    def _term(self, row: Row, given: Mapping[str, str], earlier: TermChange | None) -> TermChange:
        key = key_of(given["text"])
        mine = self.standing.rows.get((key, given.get("department", "") or self.defaults.department))
        base = earlier.row.term if earlier else mine.term if mine else self._known(key)
        read = read_term(given, base, self.defaults)
        term, told = read.term, read.inferred
        if earlier:
            if said := differences(earlier.row.term, term):
                raise RowUnusableError(f"“{term.text}”与第 {earlier.line} 行重复而不一致：{said}")
            term = united(earlier.row.term, term)
            told = (*earlier.conflicts, f"“{term.text}”与第 {earlier.line} 行重复，已合并")
        made = TermRow(term=term, imported_at=self.stamp, imported_by=self.by)
        if mine:
            self._refuse_older(made, mine)
            return self._newer(row.line, made, mine, told)
        conflicts = told if earlier else (*told, *self.standing.conflicts_of(made))
        is_known = key in self.standing.shipped or self.standing.others(key, made.origin.department)
        outcome = TermOutcome.JOINED if is_known else TermOutcome.ADDED
        return TermChange(line=row.line, outcome=outcome, row=made, conflicts=conflicts)

    def _newer(self, line: int, made: TermRow, mine: TermRow, told: tuple[str, ...]) -> TermChange:
        """Return what a department's later row makes of its earlier one."""
        if made.term == mine.term and not mine.is_withdrawn:
            return TermChange(line=line, outcome=TermOutcome.UNCHANGED, row=mine)
        said = differences(mine.term, made.term)
        changed = (f"“{made.term.text}”改动：{said}",) if said else ()
        conflicts = (*told, *changed, *self.standing.conflicts_of(made))
        return TermChange(line=line, outcome=TermOutcome.CORRECTED, row=made, conflicts=conflicts)

    def _refuse_older(self, made: TermRow, mine: TermRow) -> None:
        new, old = made.origin.listed_on, mine.origin.listed_on
        if old and (new is None or new < old):
            raise RowUnusableError(
                f"“{made.term.text}”的日期（{new or '未填'}）早于已导入的 {old}，没有覆盖；如确应以本行为准，请填写新的日期"
            )

    def _withdrawal(self, row: Row, given: Mapping[str, str]) -> TermChange:
        text, department = text_in(given), given.get("department", "") or self.defaults.department
        if not department:
            raise RowUnusableError("没有写明提供部门；请填写“提供部门”一列，或在命令中用 --department 指定")
        key = key_of(text)
        mine = self.standing.rows.get((key, department))
        if mine and mine.is_withdrawn:
            return TermChange(line=row.line, outcome=TermOutcome.UNCHANGED, row=mine)
        others = self.standing.others(key, department)
        if not mine and others:
            listed_by = "、".join(other.origin.department for other in others)
            raise RowUnusableError(f"“{text}”由{listed_by}列出，请由该部门停用")
        if not mine and key not in self.standing.shipped:
            raise RowUnusableError(f"“{text}”不在词库中，无需停用")
        term = (
            mine.term
            if mine
            else read_term({"text": text}, self._known(key), replace(self.defaults, department=department)).term
        )
        listed_on = listed_date(given, self.defaults) or term.added_on
        origin = replace(term.origins[0], listed_on=listed_on, notice=given.get("notice", "") or term.notice)
        gone = replace(
            term, variants=term.variants if mine else (), added_on=listed_on, notice=origin.notice, origins=(origin,)
        )
        made = TermRow(term=gone, is_withdrawn=True, imported_at=self.stamp, imported_by=self.by)
        conflicts = tuple(self.standing.conflicts_of_withdrawal(made))
        return TermChange(line=row.line, outcome=TermOutcome.WITHDRAWN, row=made, conflicts=conflicts)

    def _known(self, key: str) -> Term | None:
        """Return what the shipped terms say of a word, without the other ways of writing: those are not this department's."""
        known = self.standing.shipped.get(key)
        return replace(known, variants=()) if known else None
