"""Follows one CT log from its stored offset: every entry, in order, at least once; what cannot be had becomes a gap, counted and tried again.

The offset moves only after what it led to was handed on. Entries are hashed on the way and checked against the signed root
where the tree left of the offset is known (`FeedBookmark.peaks`).
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from crawler.feeds.ct_heads import judge_head
from crawler.feeds.ct_merkle import append_leaf, peaks_fit, root_of_peaks
from crawler.feeds.ct_signatures import SignatureWrong
from crawler.feeds.fetch import Failure, FetchFailed
from crawler.feeds.marks import add_broken, add_gap, close_gap, end_alarm, postpone_gap, raise_alarm
from crawler.feeds.model import CertificateLog, CertificateSeen, FeedState, LogEntry, SeenName
from crawler.feeds.parts import FeedParts
from pipelines.feeds import AlarmKind, BrokenEntry, FeedBookmark, IndexGap
from pipelines.settings import CtFeed

__all__ = ["LogTailer"]

_Result = TypeVar("_Result")

_FIRST_BACKOFF_S = 1.0
_LONGEST_BACKOFF_S = 300.0
_NARROWED_BY = 16
_NARROW_TRIES = 2
_GAPS_PER_LOOK = 20


class LogTailer:
    """One log."""

    def __init__(
        self,
        settings: CtFeed,
        log: CertificateLog,
        mark: FeedBookmark | None,
        parts: FeedParts,
        *,
        from_start: bool = False,
    ) -> None:
        self._settings = settings
        self._log = log
        self._parts = parts
        self._from_start = from_start
        self._batch = settings.batch
        self._failed_in_a_row = 0
        self._served_at = parts.clock.now()
        """When entries last came or all were there; a server that only ever tells its size is silent too."""
        self.mark = mark or FeedBookmark(feed=settings.name, kind=settings.kind)
        if from_start and self.mark.offset:
            self.mark = replace(self.mark, offset=0, peaks=(), gaps=())

    async def follow(self) -> None:
        """Look again and again until cancelled."""
        while True:
            await self.look()
            await self._parts.pause(self._settings.poll_s)

    async def look(self) -> bool:
        """Read up to the present head; return False if the server could not be reached or did not let us finish."""
        try:
            head = await self._patiently(self._log.head)
            await self._contact()
            judged = await judge_head(
                self.mark,
                head,
                lambda old, new: self._patiently(lambda: self._log.consistency(old, new)),
                self._now(),
                from_start=self._from_start,
                retry_gap_s=self._settings.poll_s,
            )
            await self._keep(judged.mark)
            await self._retry_gaps(judged.readable_size)
            await self._read_to(judged.readable_size, judged.root)
        except SignatureWrong as error:
            await self._keep(raise_alarm(self._heard(self.mark), AlarmKind.BAD_SIGNATURE, str(error), self._now()))
            self._parts.watch.note(self._settings.name, f"签名不符：{error}", f"wrong signature: {error}")
            return True
        except FetchFailed as error:
            await self._miss_contact(error)
            return False
        await self._rest()
        return True

    async def _contact(self) -> None:
        await self._keep(replace(self.mark, contact_at=self._now()))

    def _heard(self, mark: FeedBookmark) -> FeedBookmark:
        self._served_at = self._now()
        return end_alarm(mark, AlarmKind.SILENT)

    async def _miss_contact(self, error: FetchFailed) -> None:
        now = self._now()
        silent_s = (now - min(self.mark.contact_at or now, self._served_at)).total_seconds()
        is_silent = error.failure is not Failure.BUSY and silent_s > self._settings.silent_s
        if is_silent:
            await self._keep(raise_alarm(self.mark, AlarmKind.SILENT, "", now))
        self._show(FeedState.SILENT if is_silent else FeedState.RETRYING)
        self._parts.watch.note(
            self._settings.name, f"暂时读不到：{error.cause}", f"cannot be read for now: {error.cause}"
        )

    async def _rest(self) -> None:
        """Everything there is has been read. Is the log still alive?"""
        await self._keep(self._heard(self.mark))
        now = self._now()
        still_s = (now - (self.mark.grew_at or now)).total_seconds()
        is_frozen = still_s > self._settings.frozen_s
        if is_frozen:
            about = f"size {self.mark.head_size}"
            await self._keep(raise_alarm(self.mark, AlarmKind.FROZEN, about, now))
        self._show(FeedState.FROZEN if is_frozen else FeedState.WAITING)

    async def _read_to(self, size: int, root: bytes | None) -> None:
        while self.mark.offset < size:
            start = self.mark.offset
            unit_end = self._log.unit_end(start)
            end = min(max(start + self._batch, unit_end), size)
            is_narrow = end <= unit_end
            try:
                entries = await self._patiently(
                    partial(self._log.entries, start, end, size),
                    tries=_NARROW_TRIES if self._batch < self._settings.batch else 0,
                )
            except FetchFailed as error:
                await self._stop_if_away(error, start, size)
                if not is_narrow:
                    self._batch = max(1, self._batch // _NARROWED_BY)
                    continue
                await self._skip(start, size, error)
                continue
            self._batch = min(self._settings.batch, self._batch * 2)
            self._failed_in_a_row = 0
            await self._take(entries)
        if root is not None and self.mark.offset == size:
            await self._check_root(size, root)

    async def _stop_if_away(self, error: FetchFailed, start: int, size: int) -> None:
        """Raise the error where it says nothing of these entries: the server is busy, or hands out no others either.

        One entry over which a server breaks off or falls silent must not end the reading of a log for ever.
        """
        if error.failure is Failure.BUSY:
            raise error
        if error.failure is Failure.UNREACHABLE and not await self._hands_out_others(start, size):
            raise error

    async def _hands_out_others(self, start: int, size: int) -> bool:
        behind = self._log.unit_end(start)
        for at in (behind, size - 1, start - 1):
            if 0 <= at < start or behind <= at < size:
                try:
                    await self._log.entries(at, min(self._log.unit_end(at), size), max(size, self.mark.head_size or 0))
                except FetchFailed:
                    continue
                return True
        return False

    async def _skip(self, start: int, size: int, error: FetchFailed) -> None:
        """Note as a gap what cannot be had, more each time in a row, and go on behind it. Raises `FetchFailed` if the server is gone."""
        await self._log.head()
        unit = self._log.unit_end(start) - start
        wanted = max(unit, min(self._settings.batch, unit << self._failed_in_a_row))
        end = min(self._log.unit_end(start + wanted - 1), size)
        self._failed_in_a_row = min(self._failed_in_a_row + 1, 20)
        mark = add_gap(self.mark, start, end, error.cause, self._now(), self._settings.poll_s)
        await self._keep(replace(mark, offset=end, peaks=()))
        self._parts.watch.note(
            self._settings.name,
            f"条目 {start}–{end - 1} 读取失败，已记为缺口，稍后重试：{error.cause}",
            f"entries {start}–{end - 1} could not be had, noted as a gap and tried again later: {error.cause}",
        )

    async def _take(self, entries: Sequence[LogEntry]) -> None:
        """Hand on what was read, then move the offset."""
        mark = self.mark
        if peaks_fit(mark.peaks, mark.offset):
            peaks = tuple(bytes.fromhex(peak) for peak in mark.peaks)
            for place, entry in enumerate(entries):
                peaks = append_leaf(peaks, mark.offset + place, entry.leaf_hash)
            mark = replace(mark, peaks=tuple(peak.hex() for peak in peaks))
        await self._hand_on(replace(mark, offset=mark.offset + len(entries)), entries)
        self._show(FeedState.READING)

    async def _hand_on(self, mark: FeedBookmark, entries: Sequence[LogEntry]) -> None:
        certificates = [entry.seen for entry in entries if isinstance(entry.seen, CertificateSeen)]
        broken = [entry.seen for entry in entries if isinstance(entry.seen, BrokenEntry)]
        if broken:
            mark = add_broken(mark, broken)
        mark = replace(self._heard(mark), contact_at=self._now(), certificates=mark.certificates + len(certificates))
        names = (
            SeenName(name=name, certificate_sha256=one.sha256, index=one.index, log=one.log, logged_at=one.logged_at)
            for one in certificates
            for name in one.names
        )
        self.mark = await self._parts.hand_on.names(mark, names)

    async def _check_root(self, size: int, root: bytes) -> None:
        if not peaks_fit(self.mark.peaks, size):
            return
        found = root_of_peaks([bytes.fromhex(peak) for peak in self.mark.peaks])
        if found != root:
            about = f"size {size}: entries add up to root {found.hex()[:16]}, the log signed {root.hex()[:16]}"
            mark = raise_alarm(self.mark, AlarmKind.ENTRIES_DIFFER, about, self._now())
            await self._keep(replace(mark, peaks=()))

    async def _retry_gaps(self, size: int) -> None:
        """Try again what is due. Raises `FetchFailed` when the server goes away."""
        due = [gap for gap in self.mark.gaps if gap.start < size and gap.next_try_at <= self._now()]
        for gap in due[:_GAPS_PER_LOOK]:
            await self._retry_gap(gap, min(gap.end, size))

    async def _retry_gap(self, gap: IndexGap, end: int) -> None:
        at = gap.start
        while at < end:
            asked = min(max(at + self._settings.batch, self._log.unit_end(at)), end)
            try:
                entries = await self._log.entries(at, asked, max(end, self.mark.head_size or 0))
            except FetchFailed as error:
                await self._stop_if_away(error, at, end)
                rest = next((one for one in self.mark.gaps if one.start == at), None)
                if rest:
                    await self._keep(postpone_gap(self.mark, rest, self._now(), self._settings.poll_s))
                return
            await self._hand_on(close_gap(self.mark, at, at + len(entries)), entries)
            at += len(entries)

    async def _patiently(self, call: Callable[[], Awaitable[_Result]], tries: int = 0) -> _Result:
        """Call until it answers, waiting longer each time or as long as the server asks. Raises the last `FetchFailed`."""
        last = tries or self._settings.tries
        for attempt in range(1, last + 1):
            try:
                return await call()
            except FetchFailed as error:
                wait_s = min(_LONGEST_BACKOFF_S, _FIRST_BACKOFF_S * 2 ** (attempt - 1))
                if error.retry_after_s is not None:
                    wait_s = max(wait_s, error.retry_after_s)
                if attempt == last or wait_s > self._parts.longest_retry_after_s:
                    raise
                self._show(FeedState.RETRYING)
                await self._parts.pause(wait_s)
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _keep(self, mark: FeedBookmark) -> None:
        if mark != self.mark:
            self.mark = mark
            await self._parts.hand_on.keep(mark)

    def _show(self, state: FeedState) -> None:
        self._parts.watch.show(self.mark, state)

    def _now(self) -> datetime:
        return self._parts.clock.now()
