"""Workers that read pictures, and the guarantee that goes with them: whatever a picture does, its `Future` is answered in time.

Each worker process has a thread here that feeds it and watches the clock. A worker that is too slow, runs out of memory or dies
takes only its own picture along: the picture's reading says so, the next one gets a new worker.
"""

import os
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import TracebackType
from typing import Protocol, Self

import msgspec

from pipelines.pictures.caps import PictureCaps
from pipelines.pictures.reading import DRAWN, WITH_TEXT, Reading
from pipelines.pictures.sniff import PictureRefused, refuse_foreign

__all__ = ["PicturePool", "PictureReader"]

_MOST_WORKERS = 4
_CANNOT_START = "图片识别程序无法启动"
_DIED = "识别程序异常退出（内存超限或文件有害），该图片已跳过"

WorkerMain = Callable[[Connection, PictureCaps], None]


class PictureReader(Protocol):
    """Reads pictures without making anybody wait."""

    def submit(self, content: bytes, *, wants_text: bool = True, is_drawn: bool = False) -> "Future[Reading]":
        """Return at once; the future never raises, what went wrong stands in the reading.

        `is_drawn`: a screenshot; what is sharp needs no retries for what is blurred.
        """


@dataclass(frozen=True, slots=True)
class _Job:
    request: bytes
    """What is wanted (one byte), then the picture."""
    future: "Future[Reading]" = field(default_factory=Future)


class PicturePool:
    """Processes that read pictures; they start with the first one. Use it in a `with` block, from any thread."""

    def __init__(self, workers: int = 0, caps: PictureCaps | None = None, main: WorkerMain | None = None) -> None:
        """`workers` 0: one a core, at most four; `main` is what runs in the process, None: `worker.run`."""
        self._caps = caps or PictureCaps()
        self._count = workers or min(_MOST_WORKERS, os.cpu_count() or 1)
        self._main = main
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._processes: list[_Process] = []
        self._lock = threading.Lock()
        self._is_closed = False

    def submit(self, content: bytes, *, wants_text: bool = True, is_drawn: bool = False) -> "Future[Reading]":
        """Return at once the future of the picture's reading; it never raises. Files that are no pictures are answered right here."""
        job = _Job(bytes((WITH_TEXT * wants_text | DRAWN * is_drawn,)) + content)
        if refusal := self._refusal(content):
            job.future.set_result(Reading(failure=refusal))
            return job.future
        with self._lock:
            if self._is_closed:
                raise RuntimeError("the pool is closed")
            if len(self._threads) < self._count:
                thread = threading.Thread(target=self._serve, name="jianwei-pictures", daemon=True)
                self._threads.append(thread)
                thread.start()
            self._jobs.put(job)
        return job.future

    def close(self, *, at_once: bool = False) -> None:
        """Finish what is begun (`at_once`: give it up), cancel the rest, end the workers."""
        with self._lock:
            self._is_closed = True
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job:
                job.future.cancel()
        for _ in self._threads:
            self._jobs.put(None)
        if at_once:
            for process in self._processes:
                process.kill()
        for thread in self._threads:
            thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(at_once=error is not None)

    def _refusal(self, content: bytes) -> str:
        if len(content) > self._caps.file_bytes:
            return f"文件超过 {self._caps.file_bytes // 1_000_000} MB 的上限"
        try:
            refuse_foreign(content)
        except PictureRefused as refused:
            return str(refused)
        return ""

    def _serve(self) -> None:
        process = _Process(self._caps, self._main)
        self._processes.append(process)
        try:
            while (job := self._jobs.get()) is not None:
                if job.future.set_running_or_notify_cancel():
                    job.future.set_result(process.read(job.request))
        finally:
            process.end()


class _Process:
    """One worker process, started when needed and started anew when it is gone."""

    def __init__(self, caps: PictureCaps, main: WorkerMain | None) -> None:
        self._caps = caps
        self._main = main
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None

    def read(self, request: bytes) -> Reading:
        """Return what the worker says, or why it did not."""
        last = Reading(failure=_CANNOT_START)
        try:
            connection = self._connected()
        except (EOFError, OSError, TimeoutError):
            self.end()
            return last
        until = time.monotonic() + self._caps.time_s
        last = Reading()
        try:
            connection.send_bytes(request)
            while True:
                last = msgspec.json.decode(self._answer(connection, until), type=Reading)
                if last.is_final:
                    return last
        except TimeoutError:
            self.end()
            return _cut_short(last, f"识别超过 {self._caps.time_s:g} 秒的时限，已中止")
        except (EOFError, OSError, msgspec.DecodeError):
            self.end()
            return _cut_short(last, _DIED)

    def kill(self) -> None:
        """End the worker from another thread: the thread that feeds it sees it die."""
        process = self._process
        if process:
            with suppress(ValueError):  # already closed
                process.kill()

    def end(self) -> None:
        """End the worker, whatever it does."""
        process, connection = self._process, self._connection
        self._process = self._connection = None
        if connection:
            connection.close()
        if process:
            process.kill()
            process.join()
            process.close()

    def _connected(self) -> Connection:
        if self._connection and self._process and self._process.is_alive():
            return self._connection
        self.end()
        ours, theirs = get_context("spawn").Pipe()
        self._connection = ours
        self._process = get_context("spawn").Process(
            target=self._main or _worker_main(), args=(theirs, self._caps), daemon=True
        )
        self._process.start()
        theirs.close()
        self._answer(ours, time.monotonic() + self._caps.start_time_s)
        return ours

    @staticmethod
    def _answer(connection: Connection, until: float) -> bytes:
        if not connection.poll(max(0.0, until - time.monotonic())):
            raise TimeoutError
        return connection.recv_bytes()


def _worker_main() -> WorkerMain:
    """Import what reads pictures only once there is one: OpenCV takes half a second, and most items have none."""
    from pipelines.pictures.worker import run

    return run


def _cut_short(last: Reading, why: str) -> Reading:
    """Return what was read before the worker was gone, with the reason why there is no more."""
    told = f"{last.failure}；{why}" if last.failure else why
    return Reading(codes=last.codes, failure=told, was_opened=last.was_opened, codes_ms=last.codes_ms)
