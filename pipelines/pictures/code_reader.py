"""Finds QR and bar codes: plainly first, then as often as a time budget allows on mended pictures. Runs in the worker.

A plain look reads most. What it misses is small, blurred, flat, dirty or bent, so each retry mends one of these. Retries are
ordered by what they recover per second, and end once everything that looks like a code was read or the budget is spent.
"""

from collections.abc import Callable, Iterator

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp

from pipelines.pictures.caps import PictureCaps
from pipelines.pictures.frames import Pixels
from pipelines.pictures.reading import ReadCode

__all__ = ["read_codes"]

Grey = npt.NDArray[np.uint8]
Spent = Callable[[], float]
"""Seconds since the picture was begun."""

_FIRST_PIXELS = 16_000_000
"""A long screenshot is looked at whole, a large photograph at about this size."""
_SMALL_SIDE, _TILE, _MOST_TILES = 1_500, 800, 8
_USUAL_SIDE = 2_000
_CROP_SIDE = 640
_MARGIN = 0.25
_SHARE_FOR_FURTHER = 0.3
"""Of the budget, for a further code beside one that was read: what looks like one may be print."""
_SMALLEST = 8
"""Pixels; no code is smaller."""
_SHORTEST = {"ITF": 6, "Codabar": 6, "DX Film Edge": 99, "EAN-2": 99, "EAN-5": 99, "Telepen": 8, "MSI": 8}
"""Linear symbologies without a check digit are "read" in any row of stripes; shorter finds are not believed."""


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
            elif len(text) >= _SHORTEST.get(kind, 1) and len(self._codes) < self._caps.code_count:
                text = text[: self._caps.code_chars].encode("utf-8", "replace").decode()
                self._codes.setdefault(text, ReadCode(text=text, kind=kind))
        return unread

    def __len__(self) -> int:
        return len(self._codes)

    def all(self) -> tuple[ReadCode, ...]:
        """Return the codes in the order they were found."""
        return tuple(self._codes.values())


def read_codes(pixels: Pixels, caps: PictureCaps, spent: Spent) -> tuple[ReadCode, ...]:
    """Return the codes of one frame, each text once. Never raises for any pixels."""
    found = _Found(caps)
    if min(pixels.shape[:2]) < _SMALLEST:
        return ()
    grey = _grey(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))
    plain = _at_most(grey, round(max(grey.shape) * min(1.0, (_FIRST_PIXELS / grey.size) ** 0.5)))
    bars = _look(plain)
    unread = found.add(bars)
    if spent() >= caps.code_time_s:
        return found.all()
    rest = _without(plain, [one for one in bars if one not in unread])
    # One code read does not mean there is no other: what remains is looked at again before the picture is put away.
    for mended in _soon_mended(rest):
        found.add(_look(mended))
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
    for mended in _mended(pixels, grey):
        if spent() > until_s:
            return
        found.add(_look(mended))
        if len(found) > before:
            return


def _look(grey: Grey, *, is_pure: bool = False) -> list[zxingcpp.Barcode]:
    if min(grey.shape[:2]) < _SMALLEST:
        return []
    return zxingcpp.read_barcodes(np.ascontiguousarray(grey), is_pure=is_pure, return_errors=True)


def _at_most(grey: Grey, side: int) -> Grey:
    scale = side / max(grey.shape[:2])
    if scale >= 1:
        return grey
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    return _grey(cv2.resize(grey, size, interpolation=cv2.INTER_AREA))


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


def _places(grey: Grey, unread: list[zxingcpp.Barcode]) -> list[npt.NDArray[np.float32]]:
    """Return quadrilaterals that look like square codes: what zxing saw but could not read, and what OpenCV's detector sees."""
    places = [_corners(one) for one in unread if "QR" in str(one.format) or "Matrix" in str(one.format)]
    small = _evened(_at_most(grey, 1_600))
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
        for mended in () if closer is None else _close_looks(closer):
            bars = _look(mended)
            found.add(bars)
            if len(found) > before or any(one.valid for one in bars):
                return True
    return False


def _straightened(grey: Grey, corners: npt.NDArray[np.float32]) -> Grey:
    side, edge = _CROP_SIDE, _CROP_SIDE * _MARGIN / 2
    ends = [[edge, edge], [side - edge, edge], [side - edge, side - edge], [edge, side - edge]]
    square = np.array(ends, np.float32)
    turn = cv2.getPerspectiveTransform(corners, square)
    return _grey(cv2.warpPerspective(grey, turn, (side, side), flags=cv2.INTER_CUBIC, borderValue=255))


def _crop(grey: Grey, corners: npt.NDArray[np.float32]) -> Grey | None:
    left, top = corners.min(0)
    right, bottom = corners.max(0)
    reach = max(right - left, bottom - top) * _MARGIN
    cut = grey[max(0, int(top - reach)) : int(bottom + reach), max(0, int(left - reach)) : int(right + reach)]
    if min(cut.shape[:2], default=0) < 16:  # noqa: PLR2004 - too small to hold a code
        return None
    scale = min(4.0, _CROP_SIDE / max(cut.shape))
    return _grey(cv2.resize(cut, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC))


def _close_looks(grey: Grey) -> Iterator[Grey]:
    yield grey
    yield _sharpened(grey, 4.0, 2.0)
    yield _grey(cv2.threshold(cv2.GaussianBlur(grey, (5, 5), 0), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1])
    yield _sharpened(grey, 8.0, 3.0)
    yield _black_and_white(cv2.GaussianBlur(grey, (5, 5), 0), 71)
    yield _grey(cv2.medianBlur(grey, 7))


def _mended(pixels: Pixels, grey: Grey) -> Iterator[Grey]:
    """Yield mended pictures, the likeliest help first."""
    side = max(grey.shape[:2])
    if side > _SMALL_SIDE:
        yield from _tiles(grey)
    even = _evened(grey)
    for plain in (grey, even):
        grown = _at_most(plain if side >= _SMALL_SIDE else _grown(plain, 2.0), 3_000)
        level = _grey(cv2.createCLAHE(3.0, (8, 8)).apply(grown))
        yield level
        yield _sharpened(grown, 3.0, 2.0)
        yield _black_and_white(cv2.GaussianBlur(grown, (5, 5), 0), 51)
        yield _grey(cv2.medianBlur(grown, 5))
        yield _sharpened(grown, 6.0, 3.0)
        yield _sharpened(cv2.GaussianBlur(level, (0, 0), 1.5), 5.0, 2.5)
    yield _grey(cv2.blur(even, (1, 5)))
    yield _grey(cv2.blur(even, (5, 1)))
    yield from (_evened(_at_most(_grey(np.ascontiguousarray(pixels[..., one])), 2_000)) for one in range(3))
    yield _at_most(even, max(1, side // 2))
    if side < _SMALL_SIDE:
        yield _sharpened(_grown(even, 3.0), 6.0, 2.0)


def _soon_mended(grey: Grey) -> Iterator[Grey]:
    """Yield the two mended pictures that help most often: smoothed and sharpened, and lit evenly."""
    usual = _at_most(grey, _USUAL_SIDE)
    yield _sharpened(cv2.GaussianBlur(usual, (0, 0), 1.0), 2.0, 2.0)
    yield _evened(usual)


def _evened(grey: Grey) -> Grey:
    """Return the picture lit evenly and with its whole range used: zxing takes a flat block for blank paper."""
    light = cv2.GaussianBlur(_at_most(grey, 400), (0, 0), 12)
    ground = cv2.resize(light, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    share = grey.astype(np.float32) / (np.asarray(ground, np.float32) + 1.0)
    low, high = (float(one) for one in np.percentile(share[::3, ::3], (1, 99)))
    return np.asarray(np.clip((share - low) * (255.0 / max(high - low, 1e-3)), 0, 255), np.uint8)


def _tiles(grey: Grey) -> Iterator[Grey]:
    """Yield overlapping pieces at twice their size, the busiest first: a small code in a large photograph is its busiest spot."""
    step = _TILE * 2 // 3
    busy = cv2.GaussianBlur(np.abs(cv2.Laplacian(cv2.GaussianBlur(grey, (3, 3), 0), cv2.CV_32F)), (0, 0), 25)
    ranked: list[tuple[float, int, int]] = []
    for top in range(0, max(1, grey.shape[0] - step // 2), step):
        for left in range(0, max(1, grey.shape[1] - step // 2), step):
            ranked.append((float(busy[top : top + _TILE, left : left + _TILE].max()), top, left))
    for _, top, left in sorted(ranked, reverse=True)[:_MOST_TILES]:
        piece = _grown(_evened(grey[top : top + _TILE, left : left + _TILE]), 2.0)
        yield _sharpened(piece, 2.0, 1.0)
        yield _sharpened(cv2.GaussianBlur(piece, (0, 0), 1.5), 4.0, 3.0)


def _grown(grey: Grey, by: float) -> Grey:
    return _grey(cv2.resize(grey, None, fx=by, fy=by, interpolation=cv2.INTER_CUBIC))


def _sharpened(grey: cv2.typing.MatLike, radius: float, amount: float) -> Grey:
    return _grey(cv2.addWeighted(grey, 1 + amount, cv2.GaussianBlur(grey, (0, 0), radius), -amount, 0))


def _black_and_white(grey: cv2.typing.MatLike, block: int) -> Grey:
    return _grey(cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, block, 4))


def _grey(matrix: cv2.typing.MatLike) -> Grey:
    return np.asarray(matrix, np.uint8)
