"""Finds bar codes that lie slantwise: a linear code is read along rows and columns only, so they are turned level. Runs in the worker.

A bar code is a place where all edges run one way, over more than the width of a line. Print, photographs and square codes have edges of
all directions; the border of a card has one edge.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pipelines.pictures.mending import Grey, at_most, grey_of

__all__ = ["levelled_stripes"]

_SIDE, _WINDOW = 900, 23
"""Size at which stripes are looked for, and the place within which directions are compared."""
_ONE_WAY = 0.75
"""Of 1, how much the edges of a place agree in their direction."""
_STRONG = 0.15
"""Of the picture's strongest places."""
_LEAST_AREA, _LEAST_LENGTH, _LEAST_HEIGHT, _LEAST_FILLED = 1_000, 70, 15, 0.45
_LEVEL_DEGREES = 8
"""What lies this level is read as it stands."""
_MOST_PLACES = 4
_MARGIN = 0.3
_READING_LENGTH, _MOST_GROWN = 900, 3.0


@dataclass(frozen=True, slots=True)
class _Stripes:
    """A striped place: its middle, extent along and across the row of stripes, and the row's direction."""

    middle: tuple[float, float]
    length: float
    height: float
    degrees: float


def levelled_stripes(grey: Grey) -> Iterator[Grey]:
    """Yield each place with slanting stripes, cut out and turned so that its stripes stand upright."""
    small = at_most(grey, _SIDE)
    scale = grey.shape[1] / small.shape[1]
    for one in _striped(small):
        if _LEVEL_DEGREES < one.degrees % 90 < 90 - _LEVEL_DEGREES:
            yield _levelled(grey, one, scale)


def _striped(grey: Grey) -> Iterator[_Stripes]:
    values = grey.astype(np.float32)
    across, down = cv2.Sobel(values, cv2.CV_32F, 1, 0), cv2.Sobel(values, cv2.CV_32F, 0, 1)
    xx, yy, xy = (_around(one) for one in (across * across, down * down, across * down))
    strength = xx + yy
    one_way = np.sqrt((xx - yy) ** 2 + 4 * xy * xy) / (strength + 1e-3)
    is_strong = strength > max(1.0, _STRONG * float(np.percentile(strength, 99.5)))
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(np.asarray((one_way > _ONE_WAY) & is_strong, np.uint8))
    for label in sorted(range(1, len(boxes)), key=lambda place: -int(boxes[place][4]))[:_MOST_PLACES]:
        if int(boxes[label][4]) < _LEAST_AREA:
            return
        place = labels == label
        direction = 0.5 * float(np.arctan2(2 * xy[place].sum(), (xx[place] - yy[place]).sum()))
        stripes, filled = _extent(np.argwhere(place)[:, ::-1].astype(np.float32), direction)
        if stripes.length >= _LEAST_LENGTH and stripes.height >= _LEAST_HEIGHT and filled >= _LEAST_FILLED:
            yield stripes


def _around(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.asarray(cv2.blur(values, (_WINDOW, _WINDOW)), np.float32)


def _extent(points: npt.NDArray[np.float32], direction: float) -> tuple[_Stripes, float]:
    """Return the place of these points and how much of its rectangle they fill."""
    turn = np.array([[np.cos(direction), -np.sin(direction)], [np.sin(direction), np.cos(direction)]], np.float32)
    turned = points @ turn
    low, high = turned.min(0), turned.max(0)
    length, height = (float(one) for one in high - low)
    middle = turn @ ((low + high) / 2)
    stripes = _Stripes((float(middle[0]), float(middle[1])), length, height, float(np.degrees(direction)))
    return stripes, len(points) / max(length * height, 1.0)


def _levelled(grey: Grey, stripes: _Stripes, scale: float) -> Grey:
    length, height = stripes.length * scale, stripes.height * scale
    by = min(_MOST_GROWN, max(0.2, _READING_LENGTH / length))
    middle = (stripes.middle[0] * scale, stripes.middle[1] * scale)
    size = (round(length * (1 + _MARGIN) * by), round(height * by))
    turn = cv2.getRotationMatrix2D(middle, stripes.degrees, by)
    turn[:, 2] += np.array(size) / 2 - np.array(middle)
    return grey_of(cv2.warpAffine(grey, turn, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE))
