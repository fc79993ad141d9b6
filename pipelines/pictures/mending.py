"""Mends pictures so that a code in them can be read: light, contrast, size, blur. Runs in the worker.

Each mended picture costs a further look, so they are yielded in the order of what they recover per second.
"""

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from pipelines.pictures.frames import Pixels

__all__ = ["Grey", "at_most", "close_looks", "evened", "grey_of", "grown", "mended", "soon_mended", "unblurred"]

Grey = npt.NDArray[np.uint8]

_SMALL_SIDE, _TILE, _MOST_TILES = 1_500, 800, 8
_USUAL_SIDE = 2_000
_BLUR_SIDE = 1_600
_BLURS = (3.5, 2.8, 4.5, 2.2, 6.0)
"""Standard deviations in pixels that are undone, each good for its neighbours; below 2 sharpening does, above 6 nothing is left."""
_NOISE = 3e-4
"""Power of the noise beside the picture's: that of a well-kept JPEG."""
_SHARPEST_BLURRED = 0.13
"""Of the contrast: curvature of the sharpest edges. A deviation of 2 pixels gives 0.1, a sharp picture 0.2 and more."""


def soon_mended(grey: Grey) -> Iterator[Grey]:
    """Yield the two mended pictures that help most often: smoothed and sharpened, and lit evenly."""
    usual = at_most(grey, _USUAL_SIDE)
    yield _sharpened(cv2.GaussianBlur(usual, (0, 0), 1.0), 2.0, 2.0)
    yield evened(usual)


def mended(pixels: Pixels, grey: Grey) -> Iterator[Grey]:
    """Yield mended pictures, the likeliest help first."""
    side = max(grey.shape[:2])
    small = at_most(grey, _BLUR_SIDE)
    if _is_blurred(small):
        yield from unblurred(small)
    if side > _SMALL_SIDE:
        yield from _tiles(grey)
    even = evened(grey)
    for plain in (grey, even):
        large = at_most(plain if side >= _SMALL_SIDE else grown(plain, 2.0), 3_000)
        level = grey_of(cv2.createCLAHE(3.0, (8, 8)).apply(large))
        yield level
        yield _sharpened(large, 3.0, 2.0)
        yield _black_and_white(cv2.GaussianBlur(large, (5, 5), 0), 51)
        yield grey_of(cv2.medianBlur(large, 5))
        yield _sharpened(large, 6.0, 3.0)
        yield _sharpened(cv2.GaussianBlur(level, (0, 0), 1.5), 5.0, 2.5)
    yield grey_of(cv2.blur(even, (1, 5)))
    yield grey_of(cv2.blur(even, (5, 1)))
    yield from (evened(at_most(grey_of(np.ascontiguousarray(pixels[..., one])), 2_000)) for one in range(3))
    yield at_most(even, max(1, side // 2))
    if side < _SMALL_SIDE:
        yield _sharpened(grown(even, 3.0), 6.0, 2.0)


def close_looks(grey: Grey) -> Iterator[Grey]:
    """Yield a cut-out code as it is, then mended."""
    yield grey
    yield _sharpened(grey, 4.0, 2.0)
    yield grey_of(cv2.threshold(cv2.GaussianBlur(grey, (5, 5), 0), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1])
    yield _sharpened(grey, 8.0, 3.0)
    yield _black_and_white(cv2.GaussianBlur(grey, (5, 5), 0), 71)
    yield grey_of(cv2.medianBlur(grey, 7))


def unblurred(grey: Grey) -> Iterator[Grey]:
    """Yield the picture with its blur undone (Wiener's filter), for one strength of blur after the other."""
    margin = int(4 * max(_BLURS))
    height, width = (cv2.getOptimalDFTSize(side + 2 * margin) for side in grey.shape[:2])
    below, beside = height - grey.shape[0] - margin, width - grey.shape[1] - margin
    framed = cv2.copyMakeBorder(grey, margin, below, margin, beside, cv2.BORDER_REPLICATE)
    waves = np.fft.rfft2(np.asarray(framed, np.float32))
    square = np.fft.fftfreq(height)[:, None] ** 2 + np.fft.rfftfreq(width)[None] ** 2
    for blur in _BLURS:
        passed = np.exp(-2 * np.pi**2 * blur**2 * square)
        undone = np.fft.irfft2(waves * (passed / (passed**2 + _NOISE)), s=(height, width))
        yield _in_full_range(undone[margin : margin + grey.shape[0], margin : margin + grey.shape[1]], 0.3)


def evened(grey: Grey) -> Grey:
    """Return the picture lit evenly and with its whole range used: zxing takes a flat block for blank paper."""
    light = cv2.GaussianBlur(at_most(grey, 400), (0, 0), 12)
    ground = cv2.resize(light, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    return _in_full_range(grey.astype(np.float32) / (np.asarray(ground, np.float32) + 1.0))


def at_most(grey: Grey, side: int) -> Grey:
    """Return the picture no larger than this on its longer side."""
    scale = side / max(grey.shape[:2])
    if scale >= 1:
        return grey
    size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
    return grey_of(cv2.resize(grey, size, interpolation=cv2.INTER_AREA))


def grown(grey: Grey, by: float) -> Grey:
    """Return the picture so many times as large."""
    return grey_of(cv2.resize(grey, None, fx=by, fy=by, interpolation=cv2.INTER_CUBIC))


def grey_of(matrix: cv2.typing.MatLike) -> Grey:
    """Return what OpenCV gave as the greys it is."""
    return np.asarray(matrix, np.uint8)


def _is_blurred(grey: Grey) -> bool:
    """Say whether not even the sharpest edges are sharp."""
    bend = np.abs(cv2.Laplacian(cv2.GaussianBlur(grey, (3, 3), 0), cv2.CV_32F))
    low, high = (float(one) for one in np.percentile(grey[::3, ::3], (1, 99)))
    return float(np.percentile(bend[::2, ::2], 99.5)) < _SHARPEST_BLURRED * (high - low)


def _in_full_range(values: npt.NDArray[np.floating], clipped_percent: float = 1.0) -> Grey:
    low, high = (float(one) for one in np.percentile(values[::3, ::3], (clipped_percent, 100 - clipped_percent)))
    return np.asarray(np.clip((values - low) * (255.0 / max(high - low, 1e-3)), 0, 255), np.uint8)


def _tiles(grey: Grey) -> Iterator[Grey]:
    """Yield overlapping pieces at twice their size, the busiest first: a small code in a large photograph is its busiest spot."""
    step = _TILE * 2 // 3
    busy = cv2.GaussianBlur(np.abs(cv2.Laplacian(cv2.GaussianBlur(grey, (3, 3), 0), cv2.CV_32F)), (0, 0), 25)
    ranked: list[tuple[float, int, int]] = []
    for top in range(0, max(1, grey.shape[0] - step // 2), step):
        for left in range(0, max(1, grey.shape[1] - step // 2), step):
            ranked.append((float(busy[top : top + _TILE, left : left + _TILE].max()), top, left))
    for _, top, left in sorted(ranked, reverse=True)[:_MOST_TILES]:
        piece = grown(evened(grey[top : top + _TILE, left : left + _TILE]), 2.0)
        yield _sharpened(piece, 2.0, 1.0)
        yield _sharpened(cv2.GaussianBlur(piece, (0, 0), 1.5), 4.0, 3.0)


def _sharpened(grey: cv2.typing.MatLike, radius: float, amount: float) -> Grey:
    return grey_of(cv2.addWeighted(grey, 1 + amount, cv2.GaussianBlur(grey, (0, 0), radius), -amount, 0))


def _black_and_white(grey: cv2.typing.MatLike, block: int) -> Grey:
    return grey_of(cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, block, 4))
