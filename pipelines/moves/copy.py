"""Copies a whole store onto another: in parts, resumable, verified by walking both at the end.

A bookmark in the home folder says which copy is under way and how far each kind is. It only saves time: a part written twice changes
nothing, and the walk at the end finds and mends what a bookmark, or anybody who wrote to the source meanwhile, left behind.
What the target has and the source has not is never removed, only said: nobody can tell here whose it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

import msgspec

from pipelines.documents import decode, encode
from pipelines.errors import DocumentDamaged, DocumentDiffers, InputUnreadable, UsageError
from pipelines.files import replace_file
from pipelines.moves.compare import Odd, Tallied, chain_broken_at, differences, in_parts
from pipelines.moves.shelf import Contents, Kind, ShelfRow
from pipelines.ports import Clock, Shelf

__all__ = ["Copier", "CopyBookmark", "CopyReport", "KindReport", "Place", "Progress", "TargetInUse", "TargetNotEmpty"]

_ROUNDS = 4
"""Walks at most: each mends what was written to the source during the one before, which took far longer than this will."""
_NAMED = 20
"""Keys named in a report at most."""


class Progress(Protocol):
    """Is told how a move gets on."""

    def stage(self, title: str, total: int) -> None:
        """A step begins: `copy leads`, `compare leads` …; `total` rows are expected."""

    def advance(self, count: int = 1) -> None:
        """So many more are done."""


@dataclass(frozen=True, slots=True)
class Place:
    """A shelf and where it is."""

    name: str
    """Path of the file, or address of the cluster and prefix of its indices: the same name is the same store."""
    shelf: Shelf
    elsewhere: Mapping[Kind, str] = field(default_factory=dict)
    """Kinds that the shelf keeps in another store, and the name of that: the machine's own file beside a cluster."""

    def of(self, kind: Kind) -> str:
        """Return the name of the store a kind lives in."""
        return self.elsewhere.get(kind, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyBookmark:
    """How far a copy is."""

    source: str
    target: str
    started_at: datetime
    after: dict[str, str] = field(default_factory=dict)
    """Kind → key of the last row written; no entry: not begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindReport:
    """What became of one kind."""

    kind: Kind
    source: Contents
    target: Contents
    differing: tuple[str, ...] = ()
    """Keys of documents that are damaged, or that the target would not take; the first of them only."""
    extra: tuple[str, ...] = ()
    """Keys only the target has, the first of them only."""

    @property
    def is_same(self) -> bool:
        """Say whether both hold the same."""
        return self.source == self.target


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyReport:
    """What became of a copy."""

    source: str
    target: str
    kinds: tuple[KindReport, ...]
    written: int
    """Rows the target did not have before."""
    caught_up: int
    """Of these and of rows replaced: those the walk at the end found, so that were written to the source meanwhile."""
    not_held: tuple[Kind, ...]
    """Kinds with rows in the source that the target cannot hold."""
    chain_broken_at: int | None
    """Number of the first audit entry of the target that does not fit; None: the chain is whole."""

    @property
    def is_verified(self) -> bool:
        """Say whether the target holds just what the source holds, and the audit chain is whole."""
        return all(one.is_same for one in self.kinds) and not self.not_held and self.chain_broken_at is None


class TargetNotEmpty(UsageError):
    """The target holds documents that are no part of this copy."""

    def __init__(self, target: str, *, is_begun: bool) -> None:
        advice = ("如需继续上次中断的复制，请加 --resume", "add --resume to go on with the copy that was begun")
        other = ("请换一个空的目标", "choose an empty one")
        zh, en = advice if is_begun else other
        super().__init__(
            f"目标存储 {target} 不是空的，没有写入：{zh}。", f"Target {target} is not empty; nothing was written: {en}."
        )


class TargetInUse(UsageError):
    """Somebody works in the target already: going on with the copy would undo what they do."""

    def __init__(self, target: str) -> None:
        super().__init__(
            f"目标存储 {target} 已有人使用（审计日志中有源存储没有的记录），不能继续复制，以免覆盖其中的内容。",
            f"Target {target} is in use (its audit log has entries the source has not); the copy does not go on, it would overwrite their work.",
        )


class Copier:
    """One copy from a place to another."""

    def __init__(self, source: Place, target: Place, home: Path, clock: Clock, progress: Progress) -> None:
        """Keep the bookmark below `home`. Raises `UsageError` for a copy onto itself."""
        if source.name == target.name:
            raise UsageError("源存储和目标存储是同一个，无需复制。", "Source and target are the same store.")
        self._source, self._target, self._clock, self._progress = source, target, clock, progress
        self._bookmarks = _Bookmarks(home / "moves" / "copy.json")
        self._written = self._caught_up = 0

    def copy(self, *, resumes: bool = False) -> CopyReport:
        """Copy everything, or go on; then compare both, mend, and report.

        Raises `TargetNotEmpty`, `TargetInUse`, `UsageError` (nothing to resume), `StoreUnavailable`.
        """
        held = [kind for kind in self._source.shelf.kinds if kind in self._target.shelf.kinds]
        # What lives in one and the same file on both sides stays there.
        moved = [kind for kind in held if self._source.of(kind) != self._target.of(kind)]
        bookmark = self._begin(moved, resumes=resumes)
        for kind in moved:
            bookmark = self._copy_kind(kind, bookmark)
        reports = self._settle(moved)
        return CopyReport(
            source=self._source.name,
            target=self._target.name,
            kinds=tuple(reports[kind] for kind in moved),
            written=self._written,
            caught_up=self._caught_up,
            not_held=tuple(
                kind for kind in self._source.shelf.kinds if kind not in held and self._source.shelf.count(kind)
            ),
            chain_broken_at=chain_broken_at(self._target.shelf.read(Kind.AUDIT)) if Kind.AUDIT in moved else None,
        )

    def _begin(self, moved: list[Kind], *, resumes: bool) -> CopyBookmark:
        known = self._bookmarks.read()
        is_own = known is not None and (known.source, known.target) == (self._source.name, self._target.name)
        if resumes:
            if known is None or not is_own:
                raise UsageError(
                    f"没有到 {self._target.name} 的未完成复制，请去掉 --resume 重新开始。",
                    f"There is no copy to {self._target.name} to go on with; leave out --resume to begin one.",
                )
            if Kind.AUDIT in moved:
                self._refuse_target_in_use()
            return known
        if any(self._target.shelf.count(kind) for kind in moved):
            raise TargetNotEmpty(self._target.name, is_begun=is_own)
        begun = CopyBookmark(source=self._source.name, target=self._target.name, started_at=self._clock.now())
        self._bookmarks.write(begun)
        return begun

    def _refuse_target_in_use(self) -> None:
        ours = self._source.shelf.read(Kind.AUDIT)
        theirs = self._target.shelf.read(Kind.AUDIT)
        if any(one.odd is not Odd.MISSING for one in differences(ours, theirs)):
            raise TargetInUse(self._target.name)

    def _copy_kind(self, kind: Kind, bookmark: CopyBookmark) -> CopyBookmark:
        self._progress.stage(f"copy {kind}", self._source.shelf.count(kind))
        for part in in_parts(self._source.shelf.read(kind, bookmark.after.get(kind, ""))):
            self._write(kind, part)
            bookmark = replace(bookmark, after={**bookmark.after, kind: part[-1].key})
            self._bookmarks.write(bookmark)
            self._progress.advance(len(part))
        return bookmark

    def _settle(self, kinds: list[Kind]) -> dict[Kind, KindReport]:
        """Walk the kinds until both sides are the same, or as often as makes sense."""
        reports: dict[Kind, KindReport] = {}
        unsettled = kinds
        for _ in range(_ROUNDS):
            reports |= {kind: self._compare(kind) for kind in unsettled}
            unsettled = [kind for kind in unsettled if not reports[kind].is_same]
            if not unsettled:
                break
        return reports

    def _compare(self, kind: Kind) -> KindReport:
        """Return how both sides stood; what differed then is mended now."""
        self._progress.stage(f"compare {kind}", self._source.shelf.count(kind))
        ours, theirs = Tallied(self._source.shelf.read(kind)), Tallied(self._target.shelf.read(kind))
        extra: list[str] = []
        differing: list[str] = []
        for part in in_parts(self._to_mend(ours, theirs, extra)):
            differing.extend(self._mend(kind, part))
        return KindReport(
            kind=kind,
            source=ours.contents,
            target=theirs.contents,
            differing=tuple(differing[:_NAMED]),
            extra=tuple(extra[:_NAMED]),
        )

    def _to_mend(self, ours: Tallied, theirs: Tallied, extra: list[str]) -> Iterator[ShelfRow]:
        for one in differences(self._told(ours), theirs):
            if one.odd is Odd.EXTRA:
                extra.append(one.row.key)
            else:
                yield one.row

    def _told(self, rows: Tallied) -> Iterator[ShelfRow]:
        for row in rows:
            self._progress.advance()
            yield row

    def _mend(self, kind: Kind, part: list[ShelfRow]) -> tuple[str, ...]:
        refused = self._write(kind, part)
        self._caught_up += len(part) - len(refused)
        return refused

    def _write(self, kind: Kind, part: list[ShelfRow]) -> tuple[str, ...]:
        """Write a part, row by row if need be: one that is refused keeps no other back. Return the keys of the refused."""
        replaces = kind is not Kind.AUDIT
        try:
            self._written += self._target.shelf.write(kind, part, replaces=replaces)
        except (DocumentDiffers, DocumentDamaged) as refused:
            if len(part) == 1:
                return (refused.key,)
            return tuple(key for row in part for key in self._write(kind, [row]))
        return ()


class _Bookmarks:
    """The file of the bookmark."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> CopyBookmark | None:
        try:
            return decode(CopyBookmark, self._path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise InputUnreadable(
                str(self._path),
                "复制进度无法读取，请删除该文件并用空的目标重新开始",
                "the copy's bookmark is damaged; delete it and begin anew with an empty target",
            ) from error

    def write(self, bookmark: CopyBookmark) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(self._path, msgspec.json.format(encode(bookmark)), is_synced=False)
