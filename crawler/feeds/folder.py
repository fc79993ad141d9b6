"""A folder that new-domain lists and zone files are put into: only what is new since the last look is reported.

A file is known by its content (size and SHA-256), not by its name or time: unchanged or merely renamed, it is skipped. A newer
edition of a list is read whole, but only names this feed has not reported yet are reported. Memory holds digests and hits, never
the names of a zone.
"""

import asyncio
import hashlib
import os
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from crawler.feeds.marks import add_broken, end_alarm, raise_alarm
from crawler.feeds.model import FeedState, ListPart, ReadList
from crawler.feeds.parts import FeedParts
from pipelines.errors import InputUnreadable
from pipelines.feeds import AlarmKind, BrokenEntry, FeedBookmark, FileRead
from pipelines.settings import FolderFeed

__all__ = ["FolderReader"]

_UNFINISHED = (".part", ".partial", ".tmp", ".crdownload", ".filepart")
_NO_LISTS = (".", "~$")
"""Hidden files, and what Excel leaves beside a workbook that is open."""
_BLOCK = 1 << 20
_CHUNK_HITS = 200
_CHUNK_S = 0.25
"""Parts are handed over together: a zone has tens of thousands."""
_LAST_PART_S = 3.0
"""How long a stopped reader may take to come to the end of its part."""
_MAX_FILES = 10_000
_SETTLED_NS = 2_000_000_000
"""A file changed within the last two seconds may change again within the same tick of its clock."""

_Stamp = tuple[int, int, int, int]


class FolderReader:
    """One folder."""

    def __init__(
        self, settings: FolderFeed, folder: Path, mark: FeedBookmark | None, parts: FeedParts, read: ReadList
    ) -> None:
        self._settings = settings
        self._folder = folder
        self._parts = parts
        self._read = read
        self._digests: dict[str, tuple[_Stamp, str]] = {}
        """Digests of files that have not been touched at all since this process took them."""
        self.mark = mark or FeedBookmark(feed=settings.name, kind=settings.kind)

    async def follow(self) -> None:
        """Look again and again until cancelled."""
        while True:
            await self.look()
            await self._parts.pause(self._settings.poll_s)

    async def look(self) -> bool:
        """Read every file that is new or changed; return False if the folder cannot be read."""
        try:
            files = await asyncio.to_thread(_files, self._folder)
        except OSError as error:
            await self._complain(str(self._folder), f"{error.strerror or error}")
            return False
        mark = end_alarm(self.mark, AlarmKind.UNREADABLE)
        self.mark = replace(mark, contact_at=self._parts.clock.now())
        for path in files:
            await self._look_at(path)
        await self._parts.hand_on.keep(self.mark)
        self._parts.watch.show(self.mark, FeedState.WAITING)
        return True

    async def _look_at(self, path: Path) -> None:
        try:
            sha256 = await self._digest(path)
            if any(one.sha256 == sha256 for one in self.mark.files):
                return
            self._parts.watch.show(self.mark, FeedState.READING)
            async with aclosing(_in_thread(lambda: iter(self._read(str(path), self._settings.column)))) as chunks:
                async for chunk in chunks:
                    await self._take(path.name, chunk)
            size = path.stat().st_size
        except InputUnreadable as error:
            await self._complain(path.name, error.zh, error.en)
            return
        except OSError as error:
            await self._complain(path.name, f"{error.strerror or error}")
            return
        read = FileRead(name=path.name, size_bytes=size, sha256=sha256, read_at=self._parts.clock.now())
        self.mark = replace(self.mark, files=(*self.mark.files[-_MAX_FILES + 1 :], read))
        await self._parts.hand_on.keep(self.mark)

    async def _take(self, file: str, parts: Sequence[ListPart]) -> None:
        """Hand on what some parts of a list held; without hits nothing need be written down yet."""
        mark = self.mark
        for part in parts:
            mark = replace(mark, names=mark.names + part.name_count)
            if part.broken_count:
                named = [BrokenEntry(index=one.line, cause=f"{file}: {one.cause}"[:200]) for one in part.broken]
                mark = add_broken(mark, named, part.broken_count)
        found = [one for part in parts for one in part.found]
        self.mark = await self._parts.hand_on.matched(mark, file, found) if found else mark
        self._parts.watch.show(self.mark, FeedState.READING)

    async def _digest(self, path: Path) -> str:
        """Return the SHA-256 of the file, from memory where nothing about it, not even its inode's time, has changed."""
        stamp = _stamp(path)
        known = self._digests.get(path.name)
        if known and known[0] == stamp:
            return known[1]
        sha256 = await asyncio.to_thread(_sha256, path)
        if _stamp(path) == stamp and time.time_ns() - stamp[-1] > _SETTLED_NS:
            self._digests[path.name] = (stamp, sha256)
        return sha256

    async def _complain(self, about: str, zh: str, en: str = "") -> None:
        self.mark = raise_alarm(self.mark, AlarmKind.UNREADABLE, about, self._parts.clock.now())
        await self._parts.hand_on.keep(self.mark)
        self._parts.watch.show(self.mark, FeedState.RETRYING)
        self._parts.watch.note(
            self._settings.name, f"{about} 无法读取，稍后重试：{zh}", f"{about} cannot be read, tried again: {en or zh}"
        )


def _files(folder: Path) -> list[Path]:
    """Return the finished files of a folder by name."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and not path.name.startswith(_NO_LISTS) and not path.name.lower().endswith(_UNFINISHED)
    )


def _stamp(path: Path) -> _Stamp:
    stat: os.stat_result = path.stat()
    return stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


async def _in_thread(begin: Callable[[], Iterator[ListPart]]) -> AsyncGenerator[list[ListPart]]:
    """Yield chunks of what an iterator yields in a thread that may be abandoned: reading a zone must not delay Ctrl-C.

    The thread waits until each chunk was taken, so that memory stays bounded.
    """
    loop = asyncio.get_running_loop()
    chunks: asyncio.Queue[list[ListPart] | Exception | None] = asyncio.Queue()
    taken = threading.Semaphore(1)
    is_over = threading.Event()

    def put(item: list[ListPart] | Exception | None) -> None:
        if not is_over.is_set():
            loop.call_soon_threadsafe(chunks.put_nowait, item)

    def run() -> None:
        try:
            for chunk in _chunked(begin(), is_over):
                taken.acquire()
                put(chunk)
        except Exception as error:  # noqa: BLE001 - handed over to whoever waits, raised there
            put(error)
        else:
            put(None)

    thread = threading.Thread(target=run, name="jianwei-list", daemon=True)
    thread.start()
    try:
        while (item := await chunks.get()) is not None:
            if isinstance(item, Exception):
                raise item
            yield item
            taken.release()
    finally:
        is_over.set()
        taken.release()
        # It ends at its next part. Python must not shut down under a thread that is inside a library.
        await asyncio.to_thread(thread.join, _LAST_PART_S)


def _chunked(parts: Iterator[ListPart], is_over: threading.Event) -> Iterator[list[ListPart]]:
    chunk: list[ListPart] = []
    hits = 0
    began = time.monotonic()
    for part in parts:
        if is_over.is_set():
            return
        chunk.append(part)
        hits += len(part.found)
        if hits >= _CHUNK_HITS or time.monotonic() - began > _CHUNK_S:
            yield chunk
            chunk, hits, began = [], 0, time.monotonic()
    if chunk:
        yield chunk
