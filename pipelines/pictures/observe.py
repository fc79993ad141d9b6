"""Puts what pictures show into an observation, without making anything else wait."""

from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, replace
from pathlib import Path

from detectors.model import SCREENSHOT, Attachment, EvidenceKind, Observation, Picture
from pipelines.pictures.caps import PictureCaps
from pipelines.pictures.pool import PictureReader
from pipelines.pictures.reading import Reading, picture_of

__all__ = ["BegunPicture", "begin_attached", "begin_file", "begin_picture", "with_pictures"]

MOST_PICTURES = 12
"""Pictures read of one thing seen; a listing shows nine."""
_LITTLE = 120
"""Characters below which a page or listing may say in pictures what it has to say."""


@dataclass(frozen=True, slots=True)
class BegunPicture:
    """A picture that is being read."""

    where: str
    content: bytes
    reading: "Future[Reading]"

    def result(self) -> Picture:
        """Wait for what it shows."""
        try:
            return picture_of(self.where, self.content, self.reading.result())
        except CancelledError:
            return picture_of(self.where, self.content, Reading(failure="识别已取消"))


def begin_picture(where: str, content: bytes, reader: PictureReader) -> BegunPicture:
    """Begin to read a picture; returns at once."""
    return BegunPicture(where, content, reader.submit(content))


def begin_file(path: Path, reader: PictureReader) -> BegunPicture:
    """Begin to read a file; one that cannot be opened is a picture with a failure, like any other."""
    try:
        return begin_picture(str(path), _content(path), reader)
    except OSError as error:
        failed: Future[Reading] = Future()
        failed.set_result(Reading(failure=f"无法打开（{error.strerror or error}）"))
        return BegunPicture(str(path), b"", failed)


def _content(path: Path) -> bytes:
    """Return a file's bytes, one more than any cap at most; what is no ordinary file (a pipe, a device) is not opened."""
    if not path.is_file():
        raise OSError(None, "不是文件" if path.exists() else "找不到这个文件")
    with path.open("rb") as file:
        return file.read(PictureCaps().file_bytes + 1)


def begin_attached(observation: Observation, reader: PictureReader) -> tuple[BegunPicture, ...]:
    """Begin to read the pictures among an observation's attachments: what listings show, and screenshots.

    A screenshot's print is recognised only where the page itself says next to nothing: elsewhere it repeats the markup.
    """
    images = [one for one in observation.attachments if one.kind is EvidenceKind.IMAGE]
    drawn = [one for one in observation.attachments if one.kind is EvidenceKind.SCREENSHOT]
    says_little = len(_said(observation)) < _LITTLE
    begun = [begin_picture(one.label, one.content, reader) for one in _distinct(images)]
    for one in _distinct(drawn):
        reading = reader.submit(one.content, wants_text=says_little and not images, is_drawn=True)
        begun.append(BegunPicture(SCREENSHOT, one.content, reading))
    return tuple(begun[:MOST_PICTURES])


def _said(observation: Observation) -> str:
    """Return what an observation says in words of its own."""
    if observation.listing:
        return observation.listing.text
    return max((capture.page.text for capture in observation.captures), key=len, default=observation.text)


def with_pictures(observation: Observation, begun: Sequence[BegunPicture]) -> Observation:
    """Wait for the pictures and return the observation with them."""
    if not begun:
        return observation
    return replace(observation, pictures=(*observation.pictures, *(one.result() for one in begun)))


def _distinct(attachments: Sequence[Attachment]) -> list[Attachment]:
    return list({one.content: one for one in attachments}.values())
