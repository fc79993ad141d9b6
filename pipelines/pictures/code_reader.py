"""Finds QR and bar codes: plainly first, then as often as a time budget allows on mended pictures. Runs in the worker.

A plain look reads most. What it misses is small, blurred, flat, dirty or bent, so each retry mends one of these. Retries are
ordered by what they recover per second, and end once everything that looks like a code was read or the budget is spent.
"""

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp

from pipelines.pictures.caps import PictureCaps
from pipelines.pictures.frames import Pixels
from pipelines.pictures.mending import Grey, at_most, close_looks, evened, grey_of, mended, soon_mended
from pipelines.pictures.reading import ReadCode
from pipelines.pictures.stripes import levelled_stripes

__all__ = ["read_codes"]

Spent = Callable[[], float]
"""Seconds since the picture was begun."""

_FIRST_PIXELS = 16_000_000
"""A long screenshot is looked at whole, a large photograph at about this size."""
_CROP_SIDE = 640
_MARGIN = 0.25
_SHARE_FOR_FURTHER = 0.3
"""Of the budget, for a further code beside one that was read: what looks like one may be print."""
_SMALLEST = 8
"""Pixels; no code is smaller."""
_SHORTEST = {"ITF": 6, "Codabar": 6, "DX Film Edge": 99, "EAN-2": 99, "EAN-5": 99, "Telepen": 8, "MSI": 8}
"""Linear symbologies without a check digit are "read" in any row of stripes; shorter finds are not believed."""

_THINNEST = 3
"""Pixels. What one single row or column gave is no code: one check digit in ten fits by chance."""


class _Found:
    """The codes so far, each text once."""

    def __init__(self, caps: PictureCaps) -> None:
        self._caps = caps
        self._codes: dict[str, ReadCode] = {}

    def add(self, bars: list[zxingcpp.Barcode]) -> list[zxingcpp.Barcode]:
        """Keep what was read; return what was seen but could not be read."""
        unread = []
        for one in bars:
            kind = str(one.format)
            text = one.text if one.valid else ""
            if not text:
                unread.append(one)
            elif len(text) >= _SHORTEST.get(kind, 1) and _thickness(one) >= _THINNEST and not self._is_full():
                text = text[: self._caps.code_chars].encode("utf-8", "replace").decode()
                self._codes.setdefault(text, ReadCode(text=text, kind=kind))
        return unread

    def __len__(self) -> int:
        return len(self._codes)

    def _is_full(self) -> bool:
        return len(self._codes) >= self._caps.code_count

    def all(self) -> tuple[ReadCode, ...]:
        """Return the codes in the order they were found."""
        return tuple(self._codes.values())


def read_codes(pixels: Pixels, caps: PictureCaps, spent: Spent) -> tuple[ReadCode, ...]:
    """Return the codes of one frame, each text once. Never raises for any pixels."""
    found = _Found(caps)
    if min(pixels.shape[:2]) < _SMALLEST:
        return ()
    grey = grey_of(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))
    plain = at_most(grey, round(max(grey.shape) * min(1.0, (_FIRST_PIXELS / grey.size) ** 0.5)))
    bars = _look(plain)
    unread = found.add(bars)
    if spent() >= caps.code_time_s:
        return found.all()
    rest = _without(plain, [one for one in bars if one not in unread])
    # One code read does not mean there is no other: what remains is looked at again before the picture is put away.
    for closer in soon_mended(rest):
        found.add(_look(closer))
    for closer in () if len(found) else levelled_stripes(rest):
        found.add(_look(closer))
    is_all_read = True
    for place in _places(rest, unread):
        if spent() > caps.code_time_s:
            return found.all()
        is_all_read = _read_place(rest, place, found) and is_all_read
    if not len(found):
        _try_hard(pixels, rest, spent, caps.code_time_s, found)
    elif not is_all_read:
        _try_hard(pixels, rest, spent, caps.code_time_s * _SHARE_FOR_FURTHER, found)
    return found.all()


def _try_hard(pixels: Pixels, grey: Grey, spent: Spent, until_s: float, found: _Found) -> None:
    """Go through all mended pictures until one gives a new code or the budget is spent."""
    before = len(found)
    for closer in mended(pixels, grey):
        if spent() > until_s:
            return
        found.add(_look(closer))
        if len(found) > before:
            return


def _look(grey: Grey, *, is_pure: bool = False) -> list[zxingcpp.Barcode]:
    if min(grey.shape[:2]) < _SMALLEST:
        return []
    return zxingcpp.read_barcodes(np.ascontiguousarray(grey), is_pure=is_pure, return_errors=True)


def _without(grey: Grey, bars: list[zxingcpp.Barcode]) -> Grey:
    """Return the picture with the read codes painted over, so that only the unread ones are looked for."""
    if not bars:
        return grey
    copy = grey.copy()
    for one in bars:
        cv2.fillConvexPoly(copy, _corners(one).astype(np.int32), 255)
    return copy


def _corners(bar: zxingcpp.Barcode) -> npt.NDArray[np.float32]:
    place = bar.position
    points = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    return np.array([(point.x, point.y) for point in points], np.float32)


def _thickness(bar: zxingcpp.Barcode) -> float:
    first, second, third, _ = _corners(bar)
    return float(min(np.linalg.norm(second - first), np.linalg.norm(third - second)))


def _places(grey: Grey, unread: list[zxingcpp.Barcode]) -> list[npt.NDArray[np.float32]]:
    """Return quadrilaterals that look like square codes: what zxing saw but could not read, and what OpenCV's detector sees."""
    places = [_corners(one) for one in unread if "QR" in str(one.format) or "Matrix" in str(one.format)]
    small = evened(at_most(grey, 1_600))
    scale = grey.shape[1] / small.shape[1]
    try:
        is_seen, corners = cv2.QRCodeDetector().detectMulti(small)
    except cv2.error:
        return places
    if is_seen and corners is not None:
        places += [np.asarray(one, np.float32) * np.float32(scale) for one in corners]
    return [place for place in places[:8] if _is_sane(place, grey.shape)]


def _is_sane(corners: npt.NDArray[np.float32], shape: tuple[int, ...]) -> bool:
    height, width = shape[:2]
    inside = np.isfinite(corners).all() and (abs(corners) < 4 * max(height, width)).all()
    return bool(inside) and cv2.contourArea(corners) > 200  # noqa: PLR2004 - 14 x 14 pixels


def _read_place(grey: Grey, corners: npt.NDArray[np.float32], found: _Found) -> bool:
    """Look at one code closely, straightened and as it stands: sharpened, in black and white. Say whether it was read."""
    before = len(found)
    for closer in (_straightened(grey, corners), _crop(grey, corners)):
        for look in () if closer is None else close_looks(closer):
            bars = _look(look)
            found.add(bars)
            if len(found) > before or any(one.valid for one in bars):
                return True
    return False


def _straightened(grey: Grey, corners: npt.NDArray[np.float32]) -> Grey:
    side, edge = _CROP_SIDE, _CROP_SIDE * _MARGIN / 2
    ends = [[edge, edge], [side - edge, edge], [side - edge, side - edge], [edge, side - edge]]
    square = np.array(ends, np.float32)
    turn = cv2.getPerspectiveTransform(corners, square)
    return grey_of(cv2.warpPerspective(grey, turn, (side, side), flags=cv2.INTER_CUBIC, borderValue=255))


def _crop(grey: Grey, corners: npt.NDArray[np.float32]) -> Grey | None:
    left, top = corners.min(0)
    right, bottom = corners.max(0)
    reach = max(right - left, bottom - top) * _MARGIN
    cut = grey[max(0, int(top - reach)) : int(bottom + reach), max(0, int(left - reach)) : int(right + reach)]
    if min(cut.shape[:2], default=0) < 16:  # noqa: PLR2004 - too small to hold a code
        return None
    scale = min(4.0, _CROP_SIDE / max(cut.shape))
    return grey_of(cv2.resize(cut, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC))
