"""What runs in the other process: takes bytes, answers with JSON, is ended by its parent when it takes too long."""

import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Protocol

import cv2
import msgspec
from PIL import Image

from pipelines.pictures.caps import PictureCaps
from pipelines.pictures.code_reader import read_codes
from pipelines.pictures.frames import Frames, Pixels, open_frames
from pipelines.pictures.reading import DRAWN, READY, WITH_TEXT, ReadCode, Reading
from pipelines.pictures.sniff import PictureRefused
from pipelines.pictures.text_reader import TextReader

__all__ = ["read_picture", "run"]

_OUT_OF_MEMORY = "识别所需内存超过上限，可能是图片炸弹"
_CV_NO_MEMORY = -4
_FRAMES_WITH_TEXT = 2
_DRAWN_CODE_TIME_S = 0.0
"""A drawn page is sharp: what a plain look does not read in it is no code."""
_POLITE = 10
"""Added to the niceness: the rest never waits for a processor a picture holds."""


class PrintReader(Protocol):
    """Recognises print."""

    def read(self, pixels: Pixels, caps: PictureCaps, spent: Callable[[], float]) -> tuple[str, str]:
        """Return (print, what was left out)."""


def run(connection: Connection, caps: PictureCaps) -> None:
    """Answer one picture after the other until the parent hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which ends us
    _bound(caps)
    reader = TextReader()
    with suppress(EOFError, OSError):
        connection.send_bytes(READY)
        while True:
            asked = connection.recv_bytes()
            wanted = replace(caps, code_time_s=_DRAWN_CODE_TIME_S) if asked[0] & DRAWN else caps
            for reading in read_picture(asked[1:], wanted, reader if asked[0] & WITH_TEXT else None):
                connection.send_bytes(msgspec.json.encode(reading))


def _bound(caps: PictureCaps) -> None:
    """Bound what a picture can take: memory, one core, and no core file with somebody's certificate in it."""
    resource.setrlimit(resource.RLIMIT_AS, (caps.memory_bytes, caps.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Image.MAX_IMAGE_PIXELS = caps.jpeg_pixel_count // 2  # Pillow refuses twice as many, also inside icons and frames
    os.nice(_POLITE)
    cv2.setNumThreads(1)  # one core a worker: the others are for other workers


def read_picture(content: bytes, caps: PictureCaps, reader: PrintReader | None) -> Iterator[Reading]:
    """Yield what is read: the codes first, then, where print is wanted, all of it. The last one is final. Never raises."""
    clock = _Spent()
    try:
        frames = open_frames(content, caps)
        codes = _codes(frames, caps)
    except PictureRefused as refused:
        yield Reading(failure=str(refused))
        return
    except MemoryError:
        yield Reading(failure=_OUT_OF_MEMORY)
        return
    except cv2.error as error:
        yield Reading(failure=_OUT_OF_MEMORY if error.code == _CV_NO_MEMORY else "识别二维码时出错，该图片已跳过")
        return
    codes_ms = clock() * 1000
    before = Reading(codes=codes, failure=frames.note, was_opened=True, is_final=reader is None, codes_ms=codes_ms)
    yield before
    if reader is not None:
        yield _with_text(before, frames, caps, reader)


def _codes(frames: Frames, caps: PictureCaps) -> tuple[ReadCode, ...]:
    found: dict[str, ReadCode] = {}
    clock = _Spent()
    for pixels in frames.pixels:
        for one in read_codes(pixels, caps, clock):
            found.setdefault(one.text, one)
    return tuple(found.values())[: caps.code_count]


def _with_text(before: Reading, frames: Frames, caps: PictureCaps, reader: PrintReader) -> Reading:
    clock, lines, notes = _Spent(), list[str](), [before.failure]
    try:
        for pixels in frames.pixels[:_FRAMES_WITH_TEXT]:
            text, note = reader.read(pixels, caps, clock)
            lines += [line for line in text.splitlines() if line not in lines]
            notes.append(note)
    except MemoryError:
        notes.append("文字" + _OUT_OF_MEMORY)
    except (RuntimeError, ValueError, OSError, cv2.error) as error:
        notes.append(f"文字识别出错（{type(error).__name__}）")
    return Reading(
        codes=before.codes,
        text="\n".join(lines)[: caps.text_chars],
        failure="；".join(dict.fromkeys(note for note in notes if note)),
        was_opened=True,
        codes_ms=before.codes_ms,
        text_ms=clock() * 1000,
    )


@dataclass(slots=True)
class _Spent:
    """Seconds this process worked since it was made: on a busy machine waiting costs a picture nothing."""

    started: float = 0.0

    def __post_init__(self) -> None:
        self.started = time.process_time()

    def __call__(self) -> float:
        return time.process_time() - self.started
