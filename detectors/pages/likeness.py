"""Pictures that look alike: difference hashes of screenshots and site icons, from bytes, within fixed caps."""

import base64
import binascii
import io
import re
import warnings

import numpy as np
from PIL import Image

__all__ = ["bits_apart", "icon_bytes_in", "picture_hash"]

_SIDE = 16
_MAX_BYTES = 30_000_000
_MAX_PIXELS = 40_000_000
_FEWEST_SET = 16
"""Bits a hash must have set, and unset: an even surface looks like every other."""
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "ICO")
_INLINE_ICON = re.compile(
    r"""<link\b[^>]{0,200}?\brel\s*=\s*["']?[^"'>]{0,20}icon[^>]{0,200}?href\s*=\s*["']?data:image/[a-z.+-]{2,20};base64,([A-Za-z0-9+/=]{20,100000})""",
    re.IGNORECASE,
)


def picture_hash(content: bytes) -> str:
    """Return the picture's difference hash, 256 bits as hex; empty: no picture, too large, or too even to tell anything.

    Tall pictures are judged by their upper part, as high as they are wide: a screenshot's length depends on its text.
    """
    if not content or len(content) > _MAX_BYTES:
        return ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
                if picture.width * picture.height > _MAX_PIXELS:
                    return ""
                seen = picture.convert("RGB").crop((0, 0, picture.width, min(picture.height, picture.width)))
                small = seen.convert("L").resize((_SIDE + 1, _SIDE), Image.Resampling.BOX)
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, OverflowError, MemoryError):
        return ""
    except Image.DecompressionBombError:
        return ""
    grey = np.asarray(small, dtype=np.int16)
    bits = (grey[:, 1:] - grey[:, :-1]) > 1
    if not _FEWEST_SET <= int(bits.sum()) <= bits.size - _FEWEST_SET:
        return ""
    return np.packbits(bits).tobytes().hex()


def bits_apart(one: str, other: str) -> int:
    """Return how many of the 256 bits differ; 256 where either is empty."""
    if not one or len(one) != len(other):
        return _SIDE * _SIDE
    return (int(one, 16) ^ int(other, 16)).bit_count()


def icon_bytes_in(html: str) -> bytes:
    """Return the site icon written into the markup itself (`data:`); empty: there is none."""
    found = _INLINE_ICON.search(html[:200_000]) if "data:image" in html[:200_000] else None
    if found is None:
        return b""
    try:
        return base64.b64decode(found[1] + "=" * (-len(found[1]) % 4))
    except (ValueError, binascii.Error):
        return b""
