"""The look before contacts are searched for in a long folded text: where telephone numbers may begin, and whether accounts may stand in it.

Each test is a necessary condition of an expression of `contacts`, on whole arrays: most pages hold numbers, few hold so many digits so
close together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from keywords.characters import EVERY_POINT, Points, places_of, points_of

__all__ = ["LONG", "Look", "look"]

LONG = 600
"""Characters from which the look is quicker than the search."""
_MOBILE_DIGITS, _WIDEST_APART = 11, 13
"""A mobile number, and what its digits stand apart at most: three times two characters in brackets."""
_LANDLINE_DIGITS, _LANDLINE_REACH = 10, 12
"""The fewest digits of a landline number, and within how many characters they stand: two separators."""
_SHORTEST_ACCOUNT = 5


@dataclass(frozen=True, slots=True)
class Look:
    """What one look at a text says."""

    mobiles: Sequence[int]
    """Where mobile numbers may begin."""
    landlines: Sequence[int]
    may_hold_account: bool
    """Whether as many characters of an account as the shortest has stand together."""


def look(text: str) -> Look:
    """Look at a folded text: its digits are 0 to 9."""
    points = points_of(text)
    at = places_of((points >= ord("0")) & (points <= ord("9")))
    digits = points[at]
    return Look(_mobiles(at, digits), _landlines(at, digits), _may_hold_account(points))


def _mobiles(at: NDArray[np.int64], digits: Points) -> Sequence[int]:
    if len(at) < _MOBILE_DIGITS:
        return ()
    parted = np.cumsum(np.diff(at, prepend=at[0]) > _WIDEST_APART)
    last = _MOBILE_DIGITS - 1
    begins = (
        (digits[:-last] == ord("1"))
        & (digits[1 : len(digits) - last + 1] >= ord("3"))
        & (parted[last:] == parted[:-last])
    )
    found: list[int] = at[:-last][begins].tolist()
    return found


def _landlines(at: NDArray[np.int64], digits: Points) -> Sequence[int]:
    if len(at) < _LANDLINE_DIGITS:
        return ()
    last = _LANDLINE_DIGITS - 1
    first = digits[:-last]
    begins = (at[last:] - at[:-last] < _LANDLINE_REACH) & (
        (first == ord("0")) | (first == ord("4")) | (first == ord("8"))
    )
    found: list[int] = at[:-last][begins].tolist()
    return found


def _may_hold_account(points: Points) -> bool:
    is_sign = _signs().take(points)
    together = is_sign[: 1 - _SHORTEST_ACCOUNT].copy()
    for step in range(1, _SHORTEST_ACCOUNT):
        together &= is_sign[step : len(is_sign) - _SHORTEST_ACCOUNT + 1 + step]
    return bool(together.any())


@lru_cache(maxsize=1)
def _signs() -> NDArray[np.bool_]:
    """Return of each code point whether accounts are written with it."""
    signs = np.zeros(EVERY_POINT, np.bool_)
    signs[list(map(ord, "abcdefghijklmnopqrstuvwxyz0123456789_-"))] = True
    return signs
