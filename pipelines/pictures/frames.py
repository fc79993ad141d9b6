"""Bytes of a picture → pixels, with every size checked on the header before anything is decoded. Runs in the worker."""

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from pipelines.pictures.caps import PictureCaps
from pipelines.pictures.sniff import PictureRefused, refuse_foreign

__all__ = ["Frames", "Pixels", "open_frames"]

Pixels = npt.NDArray[np.uint8]
"""Height x width x 3, red first."""

_FORMATS = ("JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "ICO", "AVIF")
_DRAFT_SIDE = 4_600
_WORKING_SIDE = 32_000
_LIGHT = 200
_WHITE, _BLACK = (255, 255, 255), (16, 16, 16)
# What Pillow's parsers raise on broken files; the list is long because each format's reader has its own habits.
_BROKEN = (
    OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, OverflowError, AttributeError, ZeroDivisionError, RuntimeError,
    NotImplementedError, EOFError, AssertionError, ArithmeticError, LookupError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frames:
    """The frames of a picture that are looked at."""

    pixels: tuple[Pixels, ...]
    note: str = ""
    """What was left out (one Chinese clause); empty: nothing."""


def open_frames(content: bytes, caps: PictureCaps) -> Frames:
    """Return upright RGB frames on a plain ground. Raises `PictureRefused`."""
    if len(content) > caps.file_bytes:
        raise PictureRefused(f"文件超过 {caps.file_bytes // 1_000_000} MB 的上限")
    refuse_foreign(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of what is checked here anyway
        try:
            return _opened(content, caps)
        except PictureRefused:
            raise
        except Image.DecompressionBombError:
            raise PictureRefused("像素数过大，可能是图片炸弹，拒绝解码") from None
        except UnidentifiedImageError:
            raise PictureRefused("图片文件头损坏或格式不支持，无法解码") from None
        except MemoryError:
            raise PictureRefused("解码所需内存超过上限，可能是图片炸弹") from None
        except _BROKEN:
            raise PictureRefused("图片不完整或已损坏，无法解码") from None


def _opened(content: bytes, caps: PictureCaps) -> Frames:
    image = Image.open(io.BytesIO(content), formats=_FORMATS)
    _check_size(image, caps)
    if image.format in {"JPEG", "MPO"}:
        image.draft("RGB" if image.mode != "CMYK" else "CMYK", _draft_size(image.size))
        return Frames((_pixels(image),))
    if not getattr(image, "is_animated", False):
        return Frames((_pixels(image),))
    frames = tuple(_distinct(_some_frames(image, caps)))
    count = int(getattr(image, "n_frames", len(frames)))
    note = f"动图共 {count} 帧，只看了其中 {caps.frame_count} 帧" if count > caps.frame_count else ""
    return Frames(frames, note)


def _check_size(image: Image.Image, caps: PictureCaps) -> None:
    width, height = image.size
    limit = caps.jpeg_pixel_count if image.format in {"JPEG", "MPO"} else caps.pixel_count
    if width < 1 or height < 1:
        raise PictureRefused("图片没有内容")
    if max(width, height) > caps.side_pixels or width * height > limit:
        raise PictureRefused(f"图片为 {width}×{height} 像素，超过上限（{limit // 1_000_000} 百万像素），可能是图片炸弹")


def _draft_size(size: tuple[int, int]) -> tuple[int, int]:
    """Return the size a JPEG is at least decoded at: libjpeg halves it without ever unpacking the rest."""
    scale = max(1.0, max(size) / _DRAFT_SIDE)
    return int(size[0] / scale), int(size[1] / scale)


def _some_frames(image: Image.Image, caps: PictureCaps) -> Iterator[Pixels]:
    """Yield evenly spread frames, the first and the last of them, where the code mostly stands; an animation broken in the middle gives what it gave."""
    count = max(1, int(getattr(image, "n_frames", 1)))
    wanted = {(count - 1) * place // max(1, caps.frame_count - 1) for place in range(caps.frame_count)}
    last = max(wanted)
    given = 0
    try:
        for place, frame in enumerate(ImageSequence.Iterator(image)):
            if place in wanted:
                _check_size(frame, caps)
                given += 1
                yield _pixels(frame)
            if place >= last:
                return
    except _BROKEN:
        if not given:
            raise


def _distinct(frames: Iterator[Pixels]) -> Iterator[Pixels]:
    seen: set[bytes] = set()
    for frame in frames:
        key = frame[::7, ::7].tobytes()
        if key not in seen:
            seen.add(key)
            yield frame


def _pixels(image: Image.Image) -> Pixels:
    image.load()
    try:
        upright = ImageOps.exif_transpose(image)
    except _BROKEN:
        upright = image  # a broken orientation tag is no reason not to look
    plain = _plain(upright)
    if max(plain.size) > _WORKING_SIDE:
        plain.thumbnail((_WORKING_SIDE, _WORKING_SIDE))
    return np.asarray(plain, np.uint8)


def _plain(image: Image.Image) -> Image.Image:
    """Return the picture in RGB: wide greys stretched, transparency on the ground that lets its content stand out."""
    if image.mode in {"I", "F"} or image.mode.startswith("I;"):
        return _stretched(image)
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        coloured = image.convert("RGBA")
        ground = Image.new("RGB", coloured.size, _ground_for(coloured))
        ground.paste(coloured, mask=coloured.getchannel("A"))
        return ground
    return image.convert("RGB")


def _stretched(image: Image.Image) -> Image.Image:
    values = np.nan_to_num(np.asarray(image, np.float64), posinf=0, neginf=0)
    low, high = float(values.min()), float(values.max())
    scaled = (values - low) * (255 / (high - low)) if high > low else np.zeros_like(values)
    return Image.fromarray(scaled.astype(np.uint8)).convert("RGB")


def _ground_for(image: Image.Image) -> tuple[int, int, int]:
    values = np.asarray(image)
    seen = values[..., 3] > 127  # noqa: PLR2004 - more opaque than not
    if seen.any() and not seen.all() and float(values[..., :3][seen].mean()) > _LIGHT:
        return _BLACK
    return _WHITE
