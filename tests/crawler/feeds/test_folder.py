"""Folders of lists: only what is new since the last look, by content."""

import asyncio
import gzip
import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from crawler.feeds.folder import FolderReader
from pipelines.errors import InputUnreadable
from pipelines.feeds import AlarmKind
from pipelines.settings import FolderFeed
from tests.crawler.feeds.follow import Desk, GovMatcher, Killed


@dataclass(frozen=True)
class Found:
    written: str
    host: str
    line: int
    hits: tuple


@dataclass(frozen=True)
class Part:
    found: tuple = ()
    name_count: int = 1
    broken: tuple = ()
    broken_count: int = 0


@dataclass(frozen=True)
class Broken:
    line: int
    cause: str


class PlainReader:
    """One name a line, one line a part; remembers what it opened."""

    def __init__(self) -> None:
        self.opened: list[str] = []

    def __call__(self, path: str, column: str):
        self.opened.append(Path(path).name)
        opener = gzip.open if path.endswith(".gz") else open
        try:
            with opener(path, "rt") as stream:
                for number, line in enumerate(stream, 1):
                    if " " in line:
                        yield Part(name_count=0, broken=(Broken(number, "two words"),), broken_count=3)
                        continue
                    hits = GovMatcher().match(line.strip())
                    yield Part((Found(line.strip(), line.strip(), number, hits),) if hits else ())
        except EOFError:
            raise InputUnreadable(path, "文件不完整", "it ends too early") from None


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def reader() -> PlainReader:
    return PlainReader()


def look(folder: Path, desk: Desk, reader) -> bool:
    feed = FolderReader(
        FolderFeed(kind="folder", name="lists", path=folder), folder, desk.mark("lists"), desk.parts(), reader
    )
    return asyncio.run(feed.look())


def test_a_file_is_read_once_and_a_newer_edition_reports_only_what_is_new(tmp_path, desk, reader):
    path = tmp_path / "new.txt"
    path.write_text("a-gov.cn\nshop.example\nb-gov.cn\n")
    assert look(tmp_path, desk, reader)
    assert desk.names == ["a-gov.cn", "b-gov.cn"]
    assert (desk.hits[1].file, desk.hits[1].line) == ("new.txt", 3)
    look(tmp_path, desk, reader)
    assert reader.opened == ["new.txt"]
    path.write_text("b-gov.cn\nc-gov.cn\n")
    look(tmp_path, desk, reader)
    assert desk.names == ["a-gov.cn", "b-gov.cn", "c-gov.cn"]
    assert desk.mark("lists").hits == 3


def test_names_and_broken_lines_are_counted(tmp_path, desk, reader):
    (tmp_path / "new.txt").write_text("a-gov.cn\nshop.example\nbad line\nb-gov.cn\n")
    look(tmp_path, desk, reader)
    mark = desk.mark("lists")
    assert (mark.names, mark.hits, mark.broken) == (3, 2, 3)
    assert (mark.broken_latest[0].index, mark.broken_latest[0].cause) == (3, "new.txt: two words")


def test_content_decides_not_name_or_time(tmp_path, desk, reader):
    path = tmp_path / "new.txt"
    path.write_text("a-gov.cn\n")
    look(tmp_path, desk, reader)
    (tmp_path / "renamed.txt").write_text("a-gov.cn\n")
    os.utime(path, (0, 0))
    look(tmp_path, desk, reader)
    assert reader.opened == ["new.txt"]
    stat = path.stat()
    path.write_text("z-gov.cn\n")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    look(tmp_path, desk, reader)
    assert desk.names == ["a-gov.cn", "z-gov.cn"]


def test_one_process_does_not_hash_an_untouched_file_twice_but_sees_a_touched_one(tmp_path, desk, reader):
    path = tmp_path / "new.txt"
    path.write_text("a-gov.cn\n")
    feed = FolderReader(FolderFeed(kind="folder", name="lists", path=tmp_path), tmp_path, None, desk.parts(), reader)

    async def run():
        for name in ("a", "b", "c", "d"):
            path.write_text(f"{name}-gov.cn\n")
            await feed.look()
            await feed.look()

    asyncio.run(run())
    assert desk.names == ["a-gov.cn", "b-gov.cn", "c-gov.cn", "d-gov.cn"]


def test_unfinished_files_and_folders_are_left_alone(tmp_path, desk, reader):
    for name in (".hidden", "~$list.xlsx", "zone.part", "zone.TMP", "list.crdownload"):
        (tmp_path / name).write_text("a-gov.cn\n")
    (tmp_path / "folder.txt").mkdir()
    assert look(tmp_path, desk, reader)
    assert reader.opened == []


def test_a_file_that_cannot_be_read_is_an_alarm_and_tried_again(tmp_path, desk, reader):
    whole = gzip.compress(b"a-gov.cn\n" + b"shop.example\n" * 10_000 + os.urandom(5000).hex().encode())
    (tmp_path / "a.gz").write_bytes(whole[:-2000])
    (tmp_path / "b.txt").write_text("b-gov.cn\n")
    assert look(tmp_path, desk, reader)
    assert "b-gov.cn" in desk.names
    (alarm,) = desk.mark("lists").alarms
    assert (alarm.kind, alarm.about) == (AlarmKind.UNREADABLE, "a.gz")
    (tmp_path / "a.gz").write_bytes(whole)
    assert look(tmp_path, desk, reader)
    assert sorted(desk.names) == ["a-gov.cn", "b-gov.cn"]
    assert desk.mark("lists").alarms == ()


def test_a_folder_that_is_not_there_is_not_reached(tmp_path, desk, reader):
    assert not look(tmp_path / "none", desk, reader)
    assert [one.kind for one in desk.mark("lists").alarms] == [AlarmKind.UNREADABLE]


def test_killed_within_a_file_it_is_read_again_and_nothing_reported_twice(tmp_path, desk, reader):
    names = [f"n{number}-gov.cn" for number in range(1000)]
    (tmp_path / "new.txt").write_text("\n".join(names))
    real_put, puts = desk.bookmarks.put, 0

    def put(mark, reported=(), at=None):
        nonlocal puts
        real_put(mark, reported, at)
        puts += 1
        if puts == 2:
            raise Killed

    desk.bookmarks.put = put
    with pytest.raises(Killed):
        look(tmp_path, desk, reader)
    desk.bookmarks.put = real_put
    assert 0 < len(desk.hits) < 1000
    look(tmp_path, desk, reader)
    assert desk.names == names
    assert reader.opened == ["new.txt", "new.txt"]


def test_stopping_does_not_wait_for_the_end_of_a_zone(tmp_path, desk):
    (tmp_path / "zone").write_text("x")
    is_reading, go_on = threading.Event(), threading.Event()

    def reader(path: str, column: str):
        is_reading.set()
        go_on.wait(60)
        yield from ()

    async def run():
        feed = FolderReader(
            FolderFeed(kind="folder", name="lists", path=tmp_path), tmp_path, None, desk.parts(), reader
        )
        task = asyncio.create_task(feed.follow())
        async with asyncio.timeout(20):
            while not is_reading.is_set():
                await asyncio.sleep(0.01)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    try:
        asyncio.run(run())
    finally:
        go_on.set()
    mark = desk.mark("lists")
    assert mark is None or mark.files == ()


def test_a_reader_that_breaks_is_heard_of(tmp_path, desk):
    (tmp_path / "zone").write_text("x")

    def reader(path: str, column: str):
        yield from ()
        raise KeyError("a mistake of ours")

    with pytest.raises(KeyError):
        look(tmp_path, desk, reader)
